//! A booking is an amount for each thing that a counter counts, and the account that it goes to.

use crate::quantity::{CounterId, LineId, ParamId};

use super::counter::{Counter, Kept, Shape};

/// An amount that goes to an account for every one that is counted in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Booking {
    /// What is counted.
    pub counter: CounterId,
    /// The cell, by its place in the counter.
    pub cell: usize,
    /// The account.
    pub account: LineId,
    /// The amount for each one.
    pub price: Price,
}

/// The amount for each one that is counted, by the period whose amounts are in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Price {
    /// One number.
    One(ParamId),
    /// A number for the period that ends when things are counted, and one for the period that begins.
    Around([ParamId; 2]),
    /// A list of `length` numbers from `first` on, read by the period; the last one holds on.
    ByPeriod {
        /// The first number.
        first: ParamId,
        /// How many numbers there are, at least 1.
        length: u32,
    },
}

impl Price {
    /// The number in a period, counted from 1, which begins when things are counted, or ends then.
    pub fn of(self, period: u32, begins: bool) -> ParamId {
        match self {
            Self::One(number) => number,
            Self::Around([ending, beginning]) => {
                if begins {
                    beginning
                } else {
                    ending
                }
            }
            Self::ByPeriod { first, length } => ParamId(first.0 + period.saturating_sub(1).min(length - 1)),
        }
    }

    /// How many periods there are before the last number holds on.
    pub fn length(self) -> usize {
        if let Self::ByPeriod { length, .. } = self { length as usize } else { 1 }
    }

    /// All numbers that it may be.
    pub fn all(self) -> Vec<ParamId> {
        match self {
            Self::One(number) => vec![number],
            Self::Around(numbers) => numbers.to_vec(),
            Self::ByPeriod { first, length } => (first.0..first.0 + length).map(ParamId).collect(),
        }
    }
}

/// The bookings of a model, in the order in which the books walk over them: those by stage, stage by stage, then all others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bookings {
    all: Vec<Booking>,
    /// For each stage, where its bookings end.
    ends: Vec<usize>,
}

impl Bookings {
    /// Some bookings in a model of so many stages; those of one cell keep their order. What is booked is kept for the run,
    /// whatever its counter says.
    pub fn new(all: Vec<Booking>, counters: &mut [Counter], stages: usize) -> Self {
        for booking in &all {
            counters[booking.counter.index()].kept = Kept::Run;
        }
        let is_by_stage = |booking: &Booking| counters[booking.counter.index()].shape == Shape::ByStage;
        let (mut by_stage, mut others): (Vec<Booking>, Vec<Booking>) = all.into_iter().partition(is_by_stage);
        by_stage.sort_by_key(|booking| (booking.cell, booking.counter));
        others.sort_by_key(|booking| (booking.counter, booking.cell));
        let ends = (0..stages).map(|stage| by_stage.partition_point(|booking| booking.cell <= stage)).collect();
        by_stage.append(&mut others);
        Self { all: by_stage, ends }
    }

    /// All of them.
    pub fn all(&self) -> &[Booking] {
        &self.all
    }

    /// Those by stage.
    pub fn by_stage(&self) -> &[Booking] {
        &self.all[..self.ends.last().copied().unwrap_or(0)]
    }

    /// Those of one stage.
    pub fn of_stage(&self, stage: usize) -> &[Booking] {
        let first = stage.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[first..self.ends[stage]]
    }

    /// Those that are not by stage.
    pub fn others(&self) -> &[Booking] {
        &self.all[self.ends.last().copied().unwrap_or(0)..]
    }
}

/// Bookings cell by cell: those of one counter and cell in a row.
pub fn by_cell(bookings: &[Booking]) -> impl Iterator<Item = &[Booking]> {
    bookings.chunk_by(|one, other| (one.counter, one.cell) == (other.counter, other.cell))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::counter::{CUSTOMERS, MOVES, Measure, PURCHASES, counters};
    use crate::quantity::StageId;

    #[test]
    fn bookings_go_stage_by_stage_and_keep_the_order_within_a_cell() {
        let mut list = counters(vec![(StageId(0), StageId(1)), (StageId(1), StageId(0))], false, false);
        list.push(Counter { kept: Kept::Period, ..Counter::new("calls", Shape::Whole, Measure::Event) });
        let calls = CounterId(6);
        let written =
            [(MOVES, 1), (calls, 0), (PURCHASES, 1), (CUSTOMERS, 1), (MOVES, 0), (CUSTOMERS, 1), (CUSTOMERS, 0)];
        let bookings = (0..).zip(written).map(|(account, (counter, cell))| Booking {
            counter,
            cell,
            account: LineId(account),
            price: Price::One(ParamId(0)),
        });
        let bookings = Bookings::new(bookings.collect(), &mut list, 2);
        let order = |some: &[Booking]| some.iter().map(|booking| booking.account.0).collect::<Vec<_>>();
        assert_eq!((order(bookings.of_stage(0)), order(bookings.of_stage(1))), (vec![6], vec![3, 5, 2]));
        assert_eq!((order(bookings.by_stage()), order(bookings.others())), (vec![6, 3, 5, 2], vec![4, 0, 1]));
        assert_eq!(by_cell(bookings.all()).count(), 6);
        assert_eq!(list[calls.index()].kept, Kept::Run, "what is booked is kept");
    }
}
