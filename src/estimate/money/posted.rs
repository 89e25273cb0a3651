//! Postings: the books of one scenario in whole ten-thousandths of the currency unit, at the finest cut. Whole numbers
//! add up to the same totals across every cut and in any order.

use crate::quantity::UNITS_PER_ONE;
use serde::{Deserialize, Serialize};

/// Money by line, time, and who it belongs to: customers of a segment and entry, or the business as a whole (the last).
///
/// Most lines are the business's alone, such as what initiatives cost. Only where customers bring or cost something has a line
/// cells for them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Posted {
    times: usize,
    groups: usize,
    /// By line: by time and group of customers; empty where nothing is posted to any of them.
    customers: Vec<Vec<i128>>,
    /// By line and time.
    business: Vec<i128>,
}

impl Posted {
    /// Empty books for a number of lines, of times, and of groups of customers.
    pub fn empty(lines: usize, times: usize, groups: usize) -> Self {
        Self { times, groups, customers: vec![Vec::new(); lines], business: vec![0; lines * times] }
    }

    /// The owner that stands for the business as a whole.
    pub fn business(&self) -> usize {
        self.groups
    }

    /// The number of owners, the business included.
    pub fn owners(&self) -> usize {
        self.groups + 1
    }

    /// Posts an amount in the currency unit, rounded to whole ten-thousandths.
    pub fn post(&mut self, line: usize, time: usize, owner: usize, amount: f64) {
        /// Nothing that anyone counts is larger, and a hundred million of them are still summed without overflow.
        const MOST: f64 = 1e30;
        #[expect(clippy::cast_possible_truncation, reason = "rounded, and far below 2^127 units")]
        let units = libm::rint(amount * UNITS_PER_ONE).clamp(-MOST, MOST) as i128;
        if owner == self.groups {
            self.business[line * self.times + time] += units;
        } else if units != 0 {
            let cells = self.times * self.groups;
            let customers = &mut self.customers[line];
            if customers.is_empty() {
                *customers = vec![0; cells];
            }
            customers[time * self.groups + owner] += units;
        }
    }

    /// What is posted in one cell.
    pub fn units(&self, line: usize, time: usize, owner: usize) -> i128 {
        let of_customers = || self.row(line, time).get(owner).copied().unwrap_or(0);
        if owner == self.groups { self.business[line * self.times + time] } else { of_customers() }
    }

    /// What is posted of a line at a time to each group of customers, segment by segment and in these by entry; empty where
    /// nothing of the line is posted to any.
    pub fn row(&self, line: usize, time: usize) -> &[i128] {
        self.customers[line].get(time * self.groups..(time + 1) * self.groups).unwrap_or_default()
    }

    /// What is posted of a line at a time, whoever it belongs to.
    pub fn total(&self, line: usize, time: usize) -> i128 {
        self.row(line, time).iter().sum::<i128>() + self.business[line * self.times + time]
    }

    /// What is posted of a line, time by time and owner by owner.
    pub fn line(&self, line: usize) -> impl Iterator<Item = i128> {
        let at = move |time| self.row(line, time).iter().copied().chain([self.business[line * self.times + time]]);
        (0..self.times).flat_map(at)
    }

    /// Adds other books of the same form.
    pub fn add(&mut self, other: &Self) {
        for (into, from) in self.customers.iter_mut().zip(&other.customers) {
            if into.is_empty() {
                into.clone_from(from);
            } else {
                into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
            }
        }
        self.business.iter_mut().zip(&other.business).for_each(|(into, from)| *into += from);
    }

    /// The mean of the books of `count` replications whose sum these are.
    ///
    /// Each line is rounded so that the sum of all cells up to any one is less than one unit from the exact mean: what a
    /// cell rounds away is handed on to the next. So every total is as exact as one number can be, and all cuts tie.
    #[must_use]
    pub fn mean(mut self, count: u64) -> Self {
        let count = i128::from(count.max(1));
        let business = self.business.chunks_mut(self.times.max(1));
        for (customers, business) in self.customers.iter_mut().zip(business) {
            let (mut sum, mut told) = (0, 0);
            for (time, business) in business.iter_mut().enumerate() {
                let row = customers.get_mut(time * self.groups..(time + 1) * self.groups).unwrap_or_default();
                for cell in row.iter_mut().chain([business]) {
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
        }
        self
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
            let mut sum = Posted::empty(2, 4, 2);
            for (cell, units) in units.iter().enumerate() {
                sum.post(cell / 12, cell % 12 / 3, cell % 3, *units as f64 / UNITS_PER_ONE);
            }
            let mean = sum.clone().mean(count);
            for line in 0..2 {
                let (mut exact, mut told) = (0, 0);
                for (sum, mean) in sum.line(line).zip(mean.line(line)) {
                    exact += sum;
                    told += mean;
                    prop_assert!((exact - told * i128::from(count)).abs() < i128::from(count));
                }
                prop_assert_eq!(exact, units[12 * line..][..12].iter().map(|units| i128::from(*units)).sum::<i128>());
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
        assert_eq!(books.line(0).collect::<Vec<_>>(), [0, 0, 12_346, -20_000]);
    }

    #[test]
    fn lines_of_the_business_alone_have_no_cells_for_customers() {
        let mut books = Posted::empty(2, 2, 3);
        books.post(0, 1, books.business(), 5.0);
        books.post(1, 0, 2, 1.0);
        assert_eq!((books.row(0, 1), books.row(1, 0), books.row(1, 1)), (&[][..], &[0, 0, 10_000][..], &[0, 0, 0][..]));
        let mut sum = Posted::empty(2, 2, 3);
        sum.add(&books);
        sum.add(&books);
        assert_eq!((sum.units(0, 1, 0), sum.total(0, 1), sum.units(1, 0, 2)), (0, 100_000, 20_000));
    }
}
