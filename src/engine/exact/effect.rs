//! An effect is what all touchpoints of a stage do in a period to customers of one kind.

use crate::quantity::CounterId;

use super::kernel::Kernel;
use super::tally::{Tally, product};
use super::work::Making;
use crate::engine::count::counts::Counts;

/// What touchpoints do to customers of a kind in a stage and period.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// What they do to satisfaction, of those who are not taken elsewhere; none where they do nothing.
    pub kernel: Option<Kernel>,
    /// The same of those who are, by the stage counted from 1.
    pub sent: Vec<(u32, Kernel)>,
    /// What is counted: the counter, the cell, and how often by satisfaction before.
    pub counts: Vec<(CounterId, usize, Vec<f64>)>,
    /// What it took to make.
    pub work: Making,
}

impl Effect {
    /// Touchpoints are counted, and move the weights of customers by satisfaction; `felt` has as many numbers.
    pub fn feel(&self, weights: &mut [f64], felt: &mut [f64], tally: &mut Tally) {
        for (counter, cell, often) in &self.counts {
            tally.cells(*counter)[*cell] += product(weights, often);
        }
        if let Some(kernel) = &self.kernel {
            kernel.feel(weights, felt);
            weights.copy_from_slice(felt);
        }
    }

    /// From the values of customers after touchpoints at time `t` to those before; `expected` has as many numbers.
    pub fn expect(&self, values: &mut [f64], expected: &mut [f64], (rewards, t): (&Counts<f64>, usize)) {
        if let Some(kernel) = &self.kernel {
            kernel.expect(values, expected);
            values.copy_from_slice(expected);
        }
        for (counter, cell, often) in &self.counts {
            let worth = rewards.cells(*counter, t)[*cell];
            values.iter_mut().zip(often).for_each(|(value, often)| *value += worth * often);
        }
    }
}
