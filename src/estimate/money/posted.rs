//! Postings: the books of one scenario in whole ten-thousandths of the currency unit, at the finest cut. Whole numbers
//! add up to the same totals across every cut and in any order.

use crate::quantity::UNITS_PER_ONE;
use serde::{Deserialize, Serialize};

/// Money by line, time, and who it belongs to: customers of a segment and entry, or the business as a whole (the last).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Posted {
    times: usize,
    owners: usize,
    units: Vec<i128>,
}

impl Posted {
    /// Empty books for a number of lines, of times, and of groups of customers.
    pub fn empty(lines: usize, times: usize, groups: usize) -> Self {
        let owners = groups + 1;
        Self { times, owners, units: vec![0; lines * times * owners] }
    }

    /// The owner that stands for the business as a whole.
    pub fn business(&self) -> usize {
        self.owners - 1
    }

    /// The number of owners, the business included.
    pub fn owners(&self) -> usize {
        self.owners
    }

    /// Posts an amount in the currency unit, rounded to whole ten-thousandths.
    pub fn post(&mut self, line: usize, time: usize, owner: usize, amount: f64) {
        /// Nothing that anyone counts is larger, and a hundred million of them are still summed without overflow.
        const MOST: f64 = 1e30;
        #[expect(clippy::cast_possible_truncation, reason = "rounded, and far below 2^127 units")]
        let units = libm::rint(amount * UNITS_PER_ONE).clamp(-MOST, MOST) as i128;
        let place = self.place(line, time, owner);
        self.units[place] += units;
    }

    /// What is posted in one cell.
    pub fn units(&self, line: usize, time: usize, owner: usize) -> i128 {
        self.units[self.place(line, time, owner)]
    }

    /// What is posted of a line at a time to each group of customers, segment by segment and in these by entry.
    pub fn row(&self, line: usize, time: usize) -> &[i128] {
        &self.units[self.place(line, time, 0)..][..self.business()]
    }

    /// What is posted of a line at a time, whoever it belongs to.
    pub fn total(&self, line: usize, time: usize) -> i128 {
        let first = self.place(line, time, 0);
        self.units[first..first + self.owners].iter().sum()
    }

    /// What is posted of a line, time by time and owner by owner.
    pub fn line(&self, line: usize) -> &[i128] {
        &self.units[self.place(line, 0, 0)..][..self.times * self.owners]
    }

    /// Adds other books of the same form.
    pub fn add(&mut self, other: &Self) {
        self.units.iter_mut().zip(&other.units).for_each(|(into, from)| *into += from);
    }

    /// The mean of the books of `count` replications whose sum these are.
    ///
    /// Each line is rounded so that the sum of all cells up to any one is less than one unit from the exact mean: what a
    /// cell rounds away is handed on to the next. So every total is as exact as one number can be, and all cuts tie.
    #[must_use]
    pub fn mean(mut self, count: u64) -> Self {
        let count = i128::from(count.max(1));
        let length = self.times * self.owners;
        for line in self.units.chunks_mut(length.max(1)) {
            let (mut sum, mut told) = (0, 0);
            for cell in line {
                // A cell that was never posted to stays empty; what was rounded waits for the next one.
                if *cell == 0 {
                    continue;
                }
                sum += *cell;
                let upto = sum.div_euclid(count);
                *cell = upto - told;
                told = upto;
            }
        }
        self
    }

    fn place(&self, line: usize, time: usize, owner: usize) -> usize {
        (line * self.times + time) * self.owners + owner
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mean_is_less_than_a_unit_from_exact_up_to_every_cell(
            units in proptest::collection::vec(-1_000_000_i64..1_000_000, 24), count in 1_u64..1000
        ) {
            let sum = Posted { times: 4, owners: 3, units: units.iter().map(|unit| i128::from(*unit)).collect() };
            let mean = sum.clone().mean(count);
            for (sum, mean) in sum.units.chunks(12).zip(mean.units.chunks(12)) {
                let (mut exact, mut told) = (0, 0);
                for (sum, mean) in sum.iter().zip(mean) {
                    exact += sum;
                    told += mean;
                    prop_assert!((exact - told * i128::from(count)).abs() < i128::from(count));
                }
            }
        }
    }

    #[test]
    fn amounts_are_posted_in_whole_units() {
        let mut books = Posted::empty(1, 2, 1);
        books.post(0, 1, 0, 1.23456);
        books.post(0, 1, books.business(), -2.0);
        assert_eq!((books.total(0, 1), books.total(0, 0)), (-7_654, 0));
        assert_eq!((books.units(0, 1, 0), books.units(0, 1, 1), books.units(0, 0, 0)), (12_346, -20_000, 0));
    }
}
