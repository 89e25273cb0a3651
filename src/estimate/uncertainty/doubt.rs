//! The three uncertainties apart: what more simulated customers would take away, what more knowledge would, and what
//! nothing will.

use crate::model::Model;
use crate::stats::nested::{Components, Nested};
use crate::stats::order::Bounded;

use crate::estimate::money::business::Uncertainty;
use crate::estimate::money::pricer::PricedScenario;
use crate::model::facts::Use;
use crate::model::metric::Metric;

/// The doubts of all scenarios, by replication.
pub struct Doubts {
    /// By scenario, then by metric: of the level, and of the difference from the baseline.
    nested: Vec<Vec<[Nested; 2]>>,
}

impl Doubts {
    /// Before any replication.
    pub fn new(scenarios: usize, metrics: usize) -> Self {
        Self { nested: vec![vec![[Nested::default(); 2]; metrics]; scenarios] }
    }

    /// Takes in a replication.
    pub fn take(&mut self, baseline: usize, metrics: &[Metric], priced: &[PricedScenario]) {
        let base = &priced[baseline];
        for (nested, its) in self.nested.iter_mut().zip(priced) {
            for (place, metric) in metrics.iter().enumerate().filter(|(_, metric)| metric.is_for(Use::Headline)) {
                let (level, from) = (metric.horizon(&its.all), metric.horizon(&base.all));
                let (batches, others) = (&its.batches[place], &base.batches[place]);
                nested[place][0].push(level, batches);
                let differences: Vec<f64> = batches.iter().zip(others).map(|(a, b)| a - b).collect();
                nested[place][1].push(level - from, &differences);
            }
        }
    }

    /// What was found, for the metrics over the horizon.
    pub fn found(&self, model: &Model, metrics: &[Metric]) -> Vec<Uncertainty> {
        let mut found = Vec::new();
        for (scenario, nested) in self.nested.iter().enumerate() {
            for (place, metric) in metrics.iter().enumerate().filter(|(_, metric)| metric.is_for(Use::Headline)) {
                let kinds =
                    [false, true].into_iter().filter(|difference| !difference || scenario != model.baseline.index());
                for difference in kinds {
                    let components = nested[place][usize::from(difference)].components();
                    found.extend(components.map(|its| uncertainty(model, scenario, difference, *metric, &its)));
                }
            }
        }
        found
    }
}

fn uncertainty(model: &Model, scenario: usize, difference: bool, metric: Metric, its: &Components) -> Uncertainty {
    let agents = u64::from(model.run.agents);
    let (level, uncertain) = (model.run.interval, model.is_uncertain());
    // Where nothing is uncertain, whatever is found between replications is chance that batches missed.
    let nothing = Bounded { value: 0.0, low: Some(0.0), high: Some(0.0) };
    let enough = its.agents_that_would_do(agents).filter(|_| uncertain);
    Uncertainty {
        scenario: model.scenarios[scenario].name.clone(),
        difference,
        metric: metric.name(model),
        mean: its.mean,
        simulation_error: its.chance_error_bounded(level),
        parameter_sd: if uncertain { its.between_bounded(level) } else { nothing },
        parameter_is_below_noise: uncertain && its.below_noise,
        outcome_sd: its.outcome_bounded((model.run.customers as f64, agents as f64), uncertain, level),
        agents_that_would_do: enough,
    }
}
