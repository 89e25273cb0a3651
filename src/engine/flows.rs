//! Flows are what a segment's customers come to by time, in real customers: simulated or expected.

use crate::quantity::{PARTS_PER_ONE, UNITS_PER_ONE};

use super::ledger::Ledger;

/// Customers, purchases and money by time and stage; times run from 0 to the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// Customers by stage at each time.
    pub customers: Vec<Vec<f64>>,
    /// Purchases by stage in each period.
    pub purchases: Vec<Vec<f64>>,
    /// Money spent on baskets by stage in each period.
    pub baskets: Vec<Vec<f64>>,
    /// Customers who have been retained at some time up to each time.
    pub acquired: Vec<f64>,
    /// The sum of satisfaction over retained customers at each time.
    pub satisfaction: Vec<f64>,
    /// The moves that money is booked on, in each period.
    pub moves: Vec<Vec<f64>>,
}

impl Flows {
    /// Flows of nobody.
    pub fn empty(stages: usize, moves: usize, horizon: u32) -> Self {
        let times = horizon as usize + 1;
        let by_stage = || vec![vec![0.0; stages]; times];
        Self {
            customers: by_stage(),
            purchases: by_stage(),
            baskets: by_stage(),
            acquired: vec![0.0; times],
            satisfaction: vec![0.0; times],
            moves: vec![vec![0.0; moves]; times],
        }
    }

    /// What a ledger counted, each simulated customer standing for `weight` real ones.
    pub fn counted(ledger: &Ledger, weight: f64) -> Self {
        let times = 0..ledger.times();
        let scaled =
            |cells: &[i128], unit: f64| cells.iter().map(|cell| *cell as f64 / unit * weight).collect::<Vec<f64>>();
        Self {
            customers: times.clone().map(|t| scaled(ledger.customers(t), 1.0)).collect(),
            purchases: times.clone().map(|t| scaled(ledger.purchases(t), 1.0)).collect(),
            baskets: times.clone().map(|t| scaled(ledger.baskets(t), UNITS_PER_ONE)).collect(),
            acquired: times.clone().map(|t| ledger.acquired(t) as f64 * weight).collect(),
            satisfaction: times.clone().map(|t| ledger.satisfaction(t) as f64 / PARTS_PER_ONE * weight).collect(),
            moves: times.map(|t| scaled(ledger.moves(t), 1.0)).collect(),
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

    /// How far these flows are from others: the largest difference, relative to the largest flow of its kind.
    pub fn distance(&self, other: &Self) -> f64 {
        let nested =
            |flows: &Self| [&flows.customers, &flows.purchases, &flows.baskets, &flows.moves].map(|kind| kind.concat());
        let kinds = nested(self).into_iter().chain([self.acquired.clone(), self.satisfaction.clone()]);
        let others = nested(other).into_iter().chain([other.acquired.clone(), other.satisfaction.clone()]);
        let one = |(ours, theirs): (Vec<f64>, Vec<f64>)| {
            let largest = ours.iter().fold(0.0, |most: f64, flow| most.max(flow.abs()));
            let apart = ours.iter().zip(&theirs).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            if apart > 0.0 { apart / largest } else { 0.0 }
        };
        kinds.zip(others).map(one).fold(0.0, f64::max)
    }

    /// These flows and others.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let nested =
            self.customers.iter_mut().chain(&mut self.purchases).chain(&mut self.baskets).chain(&mut self.moves);
        let cells = nested.flatten().chain(&mut self.acquired).chain(&mut self.satisfaction);
        let nested = other.customers.iter().chain(&other.purchases).chain(&other.baskets).chain(&other.moves);
        let others = nested.flatten().chain(&other.acquired).chain(&other.satisfaction);
        cells.zip(others).for_each(|(cell, more)| *cell += more);
        self
    }

    /// Multiplies everything by a number of customers.
    #[must_use]
    pub fn times(mut self, weight: f64) -> Self {
        let nested =
            self.customers.iter_mut().chain(&mut self.purchases).chain(&mut self.baskets).chain(&mut self.moves);
        for cell in nested.flatten().chain(&mut self.acquired).chain(&mut self.satisfaction) {
            *cell *= weight;
        }
        self
    }
}
