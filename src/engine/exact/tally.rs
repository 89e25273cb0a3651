//! A tally is what some customers come to in one period: the flows of one time.

use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::quantity::CounterId;

/// The flows of one time, whichever it is.
pub struct Tally(Counts<f64>);

impl Tally {
    /// That of nobody.
    pub fn new(layout: &CountLayout) -> Self {
        Self(Counts::at(layout, 0))
    }

    /// Puts everything to 0.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The cells of a counter.
    pub fn cells(&mut self, counter: CounterId) -> &mut [f64] {
        self.0.cells_mut(counter, 0)
    }

    /// Adds it to flows at time `t`.
    pub fn add_to(&self, flows: &mut Counts<f64>, t: usize) {
        flows.row_mut(t).iter_mut().zip(self.0.row(0)).for_each(|(into, from)| *into += from);
    }
}

/// A sum of products in four lanes, so that no addition waits for the one before.
pub fn product(weights: &[f64], numbers: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let ((fours, rest), (others, tail)) = (weights.as_chunks::<4>(), numbers.as_chunks::<4>());
    for (four, other) in fours.iter().zip(others) {
        lanes.iter_mut().zip(four.iter().zip(other)).for_each(|(lane, (a, b))| *lane += a * b);
    }
    lanes.iter().sum::<f64>() + rest.iter().zip(tail).map(|(a, b)| a * b).sum::<f64>()
}

/// A sum in four lanes.
pub fn sum(numbers: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (fours, rest) = numbers.as_chunks::<4>();
    for four in fours {
        lanes.iter_mut().zip(four).for_each(|(lane, x)| *lane += x);
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}
