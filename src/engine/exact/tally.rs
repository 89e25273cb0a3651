//! A tally is what some customers come to in one period: the flows of one time.

use crate::engine::count::flows::Flows;

/// Customers, purchases and money by stage.
pub struct Tally {
    /// Customers by stage.
    pub customers: Vec<f64>,
    /// Purchases by stage.
    pub purchases: Vec<f64>,
    /// Money spent on baskets by stage.
    pub baskets: Vec<f64>,
    /// Customers who have been retained at some time so far.
    pub acquired: f64,
    /// The sum of satisfaction over retained customers.
    pub satisfaction: f64,
    /// The moves that money is booked on.
    pub moves: Vec<f64>,
}

impl Tally {
    /// That of nobody.
    pub fn new(stages: usize, moves: usize) -> Self {
        let by_stage = || vec![0.0; stages];
        Self {
            customers: by_stage(),
            purchases: by_stage(),
            baskets: by_stage(),
            acquired: 0.0,
            satisfaction: 0.0,
            moves: vec![0.0; moves],
        }
    }

    /// Puts everything to 0.
    pub fn clear(&mut self) {
        for column in [&mut self.customers, &mut self.purchases, &mut self.baskets, &mut self.moves] {
            column.fill(0.0);
        }
        (self.acquired, self.satisfaction) = (0.0, 0.0);
    }

    /// Adds it to flows at time `t`.
    pub fn add_to(&self, flows: &mut Flows, t: usize) {
        let columns = [
            (&mut flows.customers[t], &self.customers),
            (&mut flows.purchases[t], &self.purchases),
            (&mut flows.baskets[t], &self.baskets),
            (&mut flows.moves[t], &self.moves),
        ];
        for (into, from) in columns {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
        flows.acquired[t] += self.acquired;
        flows.satisfaction[t] += self.satisfaction;
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
