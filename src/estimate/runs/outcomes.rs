//! What every replication came to, for whoever computes further.

use crate::estimate::kept::{Draws, Outcome, Outcomes};
use crate::estimate::runs::Runs;

/// The name under which affected customers stand beside metrics.
const AFFECTED: &str = "affected_customers";

impl Runs {
    /// What was drawn for each replication.
    pub fn draws(&self) -> &Draws {
        self.tables.draws()
    }

    /// What each scenario came to in each replication.
    pub fn outcomes(&self) -> Outcomes {
        let scenarios = 0..self.model.scenarios.len();
        Outcomes { columns: scenarios.flat_map(|scenario| self.outcomes_of(scenario)).collect() }
    }

    fn outcomes_of(&self, scenario: usize) -> Vec<Outcome> {
        let name = &self.model.scenarios[scenario].name;
        let of = |(place, metric): (usize, &crate::model::metric::Metric)| Outcome {
            scenario: name.clone(),
            metric: metric.name(&self.model),
            values: self.samples[scenario][place].clone(),
            batches: self.tables.batches(scenario, place).to_vec(),
            at_mean_baskets: self.smooth.get(scenario).map(|metrics| metrics[place].clone()).unwrap_or_default(),
            exact: self.controls.exact(scenario, place).to_vec(),
            coupled_difference: self.forced[scenario].get(place).cloned().unwrap_or_default(),
        };
        let mut outcomes: Vec<Outcome> = self.metrics.iter().enumerate().map(of).collect();
        if scenario != self.model.baseline.index() {
            let values = self.tables.affected(scenario).to_vec();
            let (scenario, metric) = (name.clone(), AFFECTED.to_owned());
            outcomes.push(Outcome { scenario, metric, values, ..Outcome::default() });
        }
        outcomes
    }
}
