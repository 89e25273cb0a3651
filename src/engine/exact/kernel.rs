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
        let nodes = self.nodes;
        let mut weights = vec![0.0; self.weights.len()];
        for (row, into) in self.weights.chunks_exact(nodes).zip(weights.chunks_exact_mut(nodes)) {
            // Four rows at a time, so that sums are loaded and stored a quarter as often.
            let (fours, rest) = row.as_chunks::<4>();
            let (their_fours, their_rest) = next.weights.split_at(fours.len() * 4 * nodes);
            for ([a, b, c, d], rows) in fours.iter().zip(their_fours.chunks_exact(4 * nodes)) {
                let (first, second) = rows.split_at(2 * nodes);
                let ((of_a, of_b), (of_c, of_d)) = (first.split_at(nodes), second.split_at(nodes));
                let others = of_a.iter().zip(of_b).zip(of_c.iter().zip(of_d));
                for (into, ((of_a, of_b), (of_c, of_d))) in into.iter_mut().zip(others) {
                    *into += (a * of_a + b * of_b) + (c * of_c + d * of_d);
                }
            }
            for (weight, row) in rest.iter().zip(their_rest.chunks_exact(nodes)) {
                into.iter_mut().zip(row).for_each(|(into, share)| *into += weight * share);
            }
        }
        Self { weights, nodes }
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
