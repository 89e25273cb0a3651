//! What moves satisfaction is gathered replication by replication: each end of a touchpoint, and a period in each stage.

use crate::model::Model;
use crate::model::weight::CELLS;
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;

use super::metric_value::per_customer;
use super::money::pricer::PricedScenario;
use super::weighed::{Weighed, WeightsOfScenario};

/// What moved satisfaction, by scenario and mover: up, down, and both.
pub struct GatheredWeights {
    sums: Vec<Vec<[Moments; 3]>>,
}

impl GatheredWeights {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let movers = model.weights.as_ref().map_or(0, |weights| weights.movers.len());
        Self { sums: vec![vec![[Moments::default(); 3]; movers]; model.scenarios.len()] }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, priced: &[PricedScenario]) {
        let Some(weights) = &model.weights else { return };
        for (sums, its) in self.sums.iter_mut().zip(priced) {
            let counted = &its.all.counted;
            let over_time = |cell: usize| {
                let at = |t| per_customer(counted.flows.cells(weights.counter, t)[cell], counted.living[t]);
                (0..counted.times()).map(at).sum::<f64>()
            };
            for (place, moments) in sums.iter_mut().enumerate() {
                let [up, down] = [0, 1].map(|side| over_time(CELLS * place + side));
                moments.iter_mut().zip([up, down, up + down]).for_each(|(moments, value)| moments.push(value));
            }
        }
    }

    /// What was found; a scenario's intervals are `known` unless something that decides comes too seldom. Nothing where no
    /// touchpoint is felt.
    pub fn found(&self, model: &Model, known: &dyn Fn(usize) -> bool) -> Vec<WeightsOfScenario> {
        let Some(weights) = &model.weights else { return Vec::new() };
        let estimate = |scenario: usize, moments: &Moments| {
            if known(scenario) { Estimate::of(moments, model.run.interval) } else { Estimate::unknown(moments.mean()) }
        };
        let of = |(scenario, sums): (usize, &Vec<[Moments; 3]>)| WeightsOfScenario {
            scenario: model.scenarios[scenario].name.clone(),
            movers: weights
                .movers
                .iter()
                .zip(sums)
                .map(|(mover, [up, down, both])| Weighed {
                    name: mover.path(&model.touchpoints, &model.stages).to_string(),
                    title: mover.title(&model.touchpoints, &model.stages),
                    weight: estimate(scenario, both),
                    up: estimate(scenario, up),
                    down: estimate(scenario, down),
                })
                .collect(),
        };
        self.sums.iter().enumerate().map(of).collect()
    }
}
