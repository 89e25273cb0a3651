//! Flows are what a segment's customers come to by time, in real customers: simulated or expected.

use crate::quantity::{PARTS_PER_ONE, UNITS_PER_ONE};

use super::by_time::ByTime;
use super::ledger::Ledger;

/// A count as a number: nearly all have room in what processors turn into one at once.
fn number(count: i128) -> f64 {
    i64::try_from(count).map_or_else(|_| large(count), |count| count as f64)
}

/// Apart, or else compilers take the slow way for every count.
#[cold]
#[inline(never)]
fn large(count: i128) -> f64 {
    count as f64
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
        let last = u32::try_from(ledger.times() - 1).unwrap_or(u32::MAX);
        let mut flows = Self::empty(ledger.customers(0).len(), ledger.moves(0).len(), last);
        flows.count(ledger, weight);
        flows
    }

    /// Adds what a ledger counted, each simulated customer standing for `weight` real ones.
    pub fn count(&mut self, ledger: &Ledger, weight: f64) {
        for t in ledger.first()..ledger.times() {
            let kinds: [(&mut ByTime, &[i128], f64); 4] = [
                (&mut self.customers, ledger.customers(t), 1.0),
                (&mut self.purchases, ledger.purchases(t), 1.0),
                (&mut self.baskets, ledger.baskets(t), UNITS_PER_ONE),
                (&mut self.moves, ledger.moves(t), 1.0),
            ];
            for (into, cells, unit) in kinds {
                into[t].iter_mut().zip(cells).for_each(|(into, cell)| *into += number(*cell) / unit * weight);
            }
            self.acquired[t] += number(ledger.acquired(t)) * weight;
            self.satisfaction[t] += number(ledger.satisfaction(t)) / PARTS_PER_ONE * weight;
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

    /// Adds the flows of others.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.kinds_mut().into_iter().zip(other.kinds());
        pairs.for_each(|(into, from)| into.iter_mut().zip(from).for_each(|(into, more)| *into += more));
    }

    /// Multiplies everything by a number of customers.
    #[must_use]
    pub fn times(mut self, weight: f64) -> Self {
        self.kinds_mut().into_iter().flatten().for_each(|cell| *cell *= weight);
        self
    }
}
