//! Flows are what a segment's customers come to by time, in real customers: simulated or expected.

use crate::quantity::{PARTS_PER_ONE, UNITS_PER_ONE};

use super::by_time::ByTime;
use super::ledger::Ledger;

/// A count as a number: nearly all have room in what processors turn into one at once.
fn number(count: i128) -> f64 {
    i64::try_from(count).map_or_else(|_| count as f64, |count| count as f64)
}

/// Customers, purchases and money by time and stage; times run from 0 to the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// Customers by stage at each time.
    pub customers: ByTime,
    /// Purchases by stage in each period.
    pub purchases: ByTime,
    /// Money spent on baskets by stage in each period.
    pub baskets: ByTime,
    /// Customers who have been retained at some time up to each time.
    pub acquired: Vec<f64>,
    /// The sum of satisfaction over retained customers at each time.
    pub satisfaction: Vec<f64>,
    /// The moves that money is booked on, in each period.
    pub moves: ByTime,
}

impl Flows {
    /// Flows of nobody.
    pub fn empty(stages: usize, moves: usize, horizon: u32) -> Self {
        let times = horizon as usize + 1;
        let by_stage = || ByTime::zeros(stages, times);
        Self {
            customers: by_stage(),
            purchases: by_stage(),
            baskets: by_stage(),
            acquired: vec![0.0; times],
            satisfaction: vec![0.0; times],
            moves: ByTime::zeros(moves, times),
        }
    }

    /// What a ledger counted, each simulated customer standing for `weight` real ones.
    pub fn counted(ledger: &Ledger, weight: f64) -> Self {
        let times = 0..ledger.times();
        let scaled = |of: fn(&Ledger, usize) -> &[i128], unit: f64| {
            let row = |t| of(ledger, t).iter().map(move |cell| number(*cell) / unit * weight);
            ByTime::of((of(ledger, 0).len(), ledger.times()), times.clone().map(row))
        };
        Self {
            customers: scaled(Ledger::customers, 1.0),
            purchases: scaled(Ledger::purchases, 1.0),
            baskets: scaled(Ledger::baskets, UNITS_PER_ONE),
            acquired: times.clone().map(|t| number(ledger.acquired(t)) * weight).collect(),
            satisfaction: times.clone().map(|t| number(ledger.satisfaction(t)) / PARTS_PER_ONE * weight).collect(),
            moves: scaled(Ledger::moves, 1.0),
        }
    }

    /// The customers who are in retained stages at time `t`, and those who once were and are not now.
    ///
    /// Nobody is nobody: what rounding leaves between the two sides is less than a customer of any number that can be
    /// simulated, and is dropped.
    pub fn retained_and_lost(&self, t: usize, is_retained: impl Fn(usize) -> bool) -> (f64, f64) {
        const ROUNDING: f64 = 1e-12;
        let stages = self.customers[t].iter().enumerate().filter(|(stage, _)| is_retained(*stage));
        let retained: f64 = stages.map(|(_, customers)| customers).sum();
        let lost = self.acquired[t] - retained;
        if lost.abs() <= ROUNDING * self.acquired[t] { (self.acquired[t], 0.0) } else { (retained, lost) }
    }

    /// Every number, kind by kind.
    fn kinds(&self) -> [&[f64]; 6] {
        let Self { customers, purchases, baskets, acquired, satisfaction, moves } = self;
        [customers.numbers(), purchases.numbers(), baskets.numbers(), moves.numbers(), acquired, satisfaction]
    }

    fn kinds_mut(&mut self) -> [&mut [f64]; 6] {
        let Self { customers, purchases, baskets, acquired, satisfaction, moves } = self;
        [
            customers.numbers_mut(),
            purchases.numbers_mut(),
            baskets.numbers_mut(),
            moves.numbers_mut(),
            acquired,
            satisfaction,
        ]
    }

    /// How far these flows are from others: the largest difference, relative to the largest flow of its kind.
    pub fn distance(&self, other: &Self) -> f64 {
        let one = |(ours, theirs): (&[f64], &[f64])| {
            let largest = ours.iter().fold(0.0, |most: f64, flow| most.max(flow.abs()));
            let apart = ours.iter().zip(theirs).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            if apart > 0.0 { apart / largest } else { 0.0 }
        };
        self.kinds().into_iter().zip(other.kinds()).map(one).fold(0.0, f64::max)
    }

    /// These flows and others.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let pairs = self.kinds_mut().into_iter().zip(other.kinds());
        pairs.for_each(|(into, from)| into.iter_mut().zip(from).for_each(|(into, more)| *into += more));
        self
    }

    /// Multiplies everything by a number of customers.
    #[must_use]
    pub fn times(mut self, weight: f64) -> Self {
        self.kinds_mut().into_iter().flatten().for_each(|cell| *cell *= weight);
        self
    }
}
