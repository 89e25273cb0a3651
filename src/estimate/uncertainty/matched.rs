//! Simulated customers matched with those expected of as many.

use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::{ACQUIRED, CUSTOMERS, PURCHASES};
use serde::{Deserialize, Serialize};

use crate::estimate::counted::{Counted, retained_and_lost};

/// The simulated customers of one replication of a scenario beside those expected of as many.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Matched {
    /// How many there are. Where newcomers stand for different numbers of real ones, as many as tell as much (Kish).
    pub agents: f64,
    /// Those in each stage at the horizon, retained, ever retained, and retained no more: as they were, and expected.
    pub counts: Vec<(f64, f64)>,
    /// The purchases expected of them.
    pub purchases: f64,
}

impl Matched {
    /// Nobody, in so many stages.
    pub fn empty(stages: usize) -> Self {
        Self { agents: 0.0, counts: vec![(0.0, 0.0); stages + 3], purchases: 0.0 }
    }

    /// Takes in the customers of one segment, and what is expected of them.
    pub fn take(&mut self, model: &Model, seen: &Counted, expected: &Counts<f64>, came: &[Arrivals]) {
        let last = model.run.horizon as usize;
        let real: f64 = came.iter().map(|its| its.real).sum();
        let squares: f64 = came.iter().map(|its| its.real * its.weight()).sum();
        let agents = if squares > 0.0 { real * real / squares } else { return };
        let (retained, lost) = retained_and_lost(model, expected, last);
        let each = expected.cells(CUSTOMERS, last).iter().chain([&retained, &expected.cells(ACQUIRED, last)[0], &lost]);
        for ((sum, seen), expected) in self.counts.iter_mut().zip(customers(seen)).zip(each) {
            let seen = seen / real * agents;
            // All weigh the same where nobody comes later: whole customers.
            sum.0 += if came.len() == 1 { libm::rint(seen) } else { seen };
            sum.1 += expected / real * agents;
        }
        self.agents += agents;
        self.purchases += expected.all(PURCHASES).sum::<f64>() / real * agents;
    }
}

/// Real customers at the horizon: by stage, retained, ever retained, and retained no more.
pub fn customers(counted: &Counted) -> Vec<f64> {
    let last = counted.times() - 1;
    let (stages, acquired) = (counted.flows.cells(CUSTOMERS, last), counted.flows.cells(ACQUIRED, last)[0]);
    stages.iter().copied().chain([counted.retained[last], acquired, counted.churned[last]]).collect()
}
