//! A contrast of one metric: by how much a scenario differs from the baseline, over the horizon.

use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::share::Share;

use super::runs::Runs;

/// By how much a scenario differs from the baseline in one metric over the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricContrast {
    /// The scenario's name.
    pub scenario: String,
    /// The name of the scenario that it is compared with.
    pub baseline: String,
    /// The scenario less the baseline, in the unit of the metric.
    pub difference: Estimate,
    /// The share of replications in which the scenario is the better one; none where that has no direction.
    pub better: Option<Share>,
}

impl Runs {
    /// The difference of every other scenario from the baseline in a metric, in the order of the study; none where the
    /// study does not have the metric.
    pub fn contrasts(&self, metric: Metric) -> Vec<MetricContrast> {
        let Some(place) = self.place(metric) else { return Vec::new() };
        let model = self.model();
        let baseline = model.baseline.index();
        let others = (0..model.scenarios.len()).filter(|scenario| *scenario != baseline);
        let contrast = |scenario: usize| {
            let found = self.difference(scenario, place, metric);
            MetricContrast {
                scenario: model.scenarios[scenario].name.clone(),
                baseline: model.scenarios[baseline].name.clone(),
                difference: found.estimate,
                better: found.better,
            }
        };
        others.map(contrast).collect()
    }
}
