//! A presence is what is counted of the customers in a stage where its values are not the same for all of them: how many
//! they are by their place in a list, or the sum of a trait over them. Prices multiply it, so that no mechanism sees one.

use crate::quantity::{CounterId, StageId, TraitId};
use crate::stats::distribution::Distribution;

use super::counter::{Counter, Measure, Shape};

/// What is counted of the customers in a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Presence {
    /// The stage.
    pub stage: StageId,
    /// The trait that is summed over them; where there is none, they are counted.
    pub own: Option<TraitId>,
    /// By which places in a list they are told apart; none where they are not.
    pub list: Option<List>,
    /// What counts it, cell by cell: whole numbers of the parts that its unit says.
    pub counter: CounterId,
}

/// A list of amounts, as far as it says who is counted with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// What it is read by.
    pub clock: Clock,
    /// How many amounts it has, at least 1.
    pub length: usize,
}

/// What a list of amounts is read by, where that differs between customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The periods since the customer came.
    Tenure,
    /// The periods that the customer has been in the stage.
    PeriodsInStage,
}

impl List {
    /// How many kinds of customers are told apart.
    fn cells(self) -> usize {
        match self.clock {
            Clock::Tenure => self.length + 1,
            Clock::PeriodsInStage => 2 * self.length,
        }
    }

    /// The cell of customers who have been so many whole periods in the stage, at the end of their `age`-th period.
    ///
    /// Those who have been in the stage ever since they came were there when their first period began. Those who came to it
    /// later have it for their first period, the one in which they came.
    #[inline]
    fn cell(self, periods: usize, age: usize) -> usize {
        match self.clock {
            Clock::Tenure => age.min(self.length),
            Clock::PeriodsInStage if periods == age && periods < self.length => self.length + periods,
            Clock::PeriodsInStage => periods.min(self.length - 1),
        }
    }

    /// The places in the list of those in a cell: in the period that ends when they are counted, and in the one that begins.
    fn places(self, cell: usize) -> [usize; 2] {
        match self.clock {
            Clock::Tenure => [cell.saturating_sub(1), cell.min(self.length - 1)],
            Clock::PeriodsInStage if cell < self.length => [cell, cell],
            Clock::PeriodsInStage => {
                let stayed = cell - self.length;
                [stayed.saturating_sub(1), stayed]
            }
        }
    }
}

impl Presence {
    /// Its counter, in a model with these laws of the trait.
    pub fn counter(&self, name: &str, laws: &[Distribution]) -> Counter {
        let unit = if self.own.is_some() { parts(laws) } else { 1.0 };
        Counter { unit, ..Counter::new(&format!("values of {name}"), Shape::ByItem(self.cells()), Measure::State) }
    }

    /// How many cells it has.
    pub fn cells(&self) -> usize {
        self.list.map_or(1, List::cells)
    }

    /// The cell of customers who have been so many whole periods in the stage, at the end of their `age`-th period; 0 at
    /// time 0.
    #[inline]
    pub fn cell(&self, periods: usize, age: usize) -> usize {
        self.list.map_or(0, |list| list.cell(periods, age))
    }

    /// The places in the list of those in a cell: in the period that ends when they are counted, and in the one that begins.
    pub fn places(&self, cell: usize) -> [usize; 2] {
        self.list.map_or([0, 0], |list| list.places(cell))
    }

    /// Whether customers are told apart by the periods in the stage.
    pub fn counts_periods(&self) -> bool {
        self.list.is_some_and(|list| list.clock == Clock::PeriodsInStage)
    }
}

/// In how many parts one of a trait is counted: a power of two, by which the largest mean of its laws comes to 2^23 to 2^24
/// parts. So it is counted about as finely as it is drawn, and a level 2^27 times the mean still has room.
fn parts(laws: &[Distribution]) -> f64 {
    let mean = laws.iter().map(Distribution::mean).filter(|mean| mean.is_finite()).fold(0.0, f64::max);
    let (_, exponent) = libm::frexp(mean);
    libm::ldexp(1.0, (24 - exponent).clamp(-64, 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_as_many_parts_as_a_number_of_single_precision() {
        for mean in [1e-9, 0.3, 1.0, 7.0, 1e12] {
            let parts = parts(&[Distribution::Constant(0.0), Distribution::Constant(mean)]) * mean;
            assert!((8_388_608.0..=16_777_216.0).contains(&parts), "{mean}: {parts}");
        }
        assert!(parts(&[Distribution::Constant(0.0)]) >= 1.0);
    }

    #[test]
    fn every_cell_has_the_places_of_all_who_are_in_it() {
        for length in 1..5 {
            for age in 0..9 {
                let last = length - 1;
                let tenure = List { clock: Clock::Tenure, length };
                let wanted = [age.max(1) - 1, age].map(|place: usize| place.min(last));
                assert_eq!(tenure.places(tenure.cell(0, age)), wanted);
                assert!(tenure.cell(0, age) < tenure.cells());
                for periods in 0..=age {
                    let stay = List { clock: Clock::PeriodsInStage, length };
                    // Counted for the n-th time: those who came later once more than whole periods have gone by.
                    let counted = if periods == age { periods } else { periods + 1 };
                    let wanted = [counted.max(1) - 1, periods].map(|place: usize| place.min(last));
                    assert_eq!(stay.places(stay.cell(periods, age)), wanted, "{periods} of {age} periods");
                    assert!(stay.cell(periods, age) < stay.cells());
                }
            }
        }
    }
}
