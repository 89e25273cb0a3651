//! What every replication came to, for whoever computes further.

use crate::estimate::kept::{Draws, ReplicatedMetric};
use crate::estimate::runs::Runs;
use crate::model::metric::Metric;

/// The name under which affected customers stand beside metrics.
const AFFECTED: &str = "affected_customers";

impl Runs {
    /// What was drawn for each replication.
    pub fn draws(&self) -> &Draws {
        self.kept.draws()
    }

    /// What each scenario came to in each replication, scenario by scenario and metric by metric.
    pub fn replicated(&self) -> Vec<ReplicatedMetric> {
        (0..self.model.scenarios.len()).flat_map(|scenario| self.replicated_of(scenario)).collect()
    }

    fn replicated_of(&self, scenario: usize) -> Vec<ReplicatedMetric> {
        let name = &self.model.scenarios[scenario].name;
        let of = |(place, metric): (usize, &Metric)| ReplicatedMetric {
            scenario: name.clone(),
            metric: metric.name(&self.model),
            values: self.samples[scenario][place].clone(),
            batches: self.kept.batches(scenario, place).to_vec(),
            at_mean_baskets: self.smooth.get(scenario).map(|metrics| metrics[place].clone()).unwrap_or_default(),
            exact: self.controls.exact(scenario, place).to_vec(),
            coupled_difference: self.forced[scenario].get(place).cloned().unwrap_or_default(),
        };
        let mut all: Vec<ReplicatedMetric> = self.metrics.iter().enumerate().map(of).collect();
        if scenario != self.model.baseline.index() {
            let values = self.kept.affected(scenario).to_vec();
            let (scenario, metric) = (name.clone(), AFFECTED.to_owned());
            all.push(ReplicatedMetric { scenario, metric, values, ..ReplicatedMetric::default() });
        }
        all
    }
}
