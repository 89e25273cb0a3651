//! A kernel is how something that is experienced moves the weights of satisfaction between the nodes of a grid.

use super::tally::product;

/// How weights move between nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// By node before, then by node after.
    weights: Vec<f64>,
    nodes: usize,
}

impl Kernel {
    /// The kernel of these weights, by node before, then by node after.
    pub fn of(weights: Vec<f64>, nodes: usize) -> Self {
        Self { weights, nodes }
    }

    /// What moves nothing.
    pub fn still(nodes: usize) -> Self {
        let mut weights = vec![0.0; nodes * nodes];
        weights.iter_mut().step_by(nodes + 1).for_each(|weight| *weight = 1.0);
        Self { weights, nodes }
    }

    /// What functions of satisfaction are expected to be after one period of experience, from what they are at the nodes.
    pub fn expect(&self, values: &[f64], expected: &mut [f64]) {
        for (expected, row) in expected.iter_mut().zip(self.weights.chunks_exact(self.nodes)) {
            *expected = product(row, values);
        }
    }

    /// Moves the weights of some customers by one period of experience.
    pub fn feel(&self, weights: &[f64], felt: &mut [f64]) {
        felt.fill(0.0);
        for (weight, row) in weights.iter().zip(self.weights.chunks_exact(self.nodes)) {
            felt.iter_mut().zip(row).for_each(|(felt, share)| *felt += weight * share);
        }
    }

    /// This one, and then another.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut weights = vec![0.0; self.weights.len()];
        for (row, into) in self.weights.chunks_exact(self.nodes).zip(weights.chunks_exact_mut(self.nodes)) {
            next.feel(row, into);
        }
        Self { weights, nodes: self.nodes }
    }

    /// That of the share of customers that a chance takes, by their satisfaction before.
    #[must_use]
    pub fn of_share(&self, chances: &[f64]) -> Self {
        let rows = self.weights.chunks_exact(self.nodes).zip(chances);
        let weights = rows.flat_map(|(row, chance)| row.iter().map(move |weight| weight * chance)).collect();
        Self { weights, nodes: self.nodes }
    }

    /// That of the share of customers that a chance takes, by their satisfaction after.
    #[must_use]
    pub fn by_share(&self, chances: &[f64]) -> Self {
        let rows = self.weights.chunks_exact(self.nodes);
        let weights = rows.flat_map(|row| row.iter().zip(chances).map(|(weight, chance)| weight * chance)).collect();
        Self { weights, nodes: self.nodes }
    }

    /// Adds that of other customers.
    pub fn add(&mut self, other: &Self) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(into, weight)| *into += weight);
    }
}
