//! What is kept of every replication for whoever computes further: what it drew, and what each scenario came to in it.

use crate::engine::count::cells::BATCHES;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::world::{Occurrence, Shock};
use crate::quantity::ParamId;
use crate::study::path::ParamPath as Path;

use super::money::pricer::PricedScenario;

/// What is gathered of every replication.
pub struct Kept {
    uncertain: Vec<ParamId>,
    draws: Draws,
    /// By scenario, then by metric: the batches of each replication; empty where customers affect each other.
    batches: Vec<Vec<Vec<[f64; BATCHES]>>>,
    /// Whether customers affect each other, so that batches say little of chance.
    is_coupled: bool,
    /// By scenario: the real customers who live differently than in the baseline, in each replication.
    affected: Vec<Vec<f64>>,
}

/// What was drawn for each replication: uncertain numbers, and the shocks that came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draws {
    /// The paths of all that may be drawn.
    pub paths: Vec<String>,
    /// The replication, counted from 0; the place of the path; the value.
    pub values: Vec<(u32, usize, f64)>,
}

/// One metric of one scenario, replication by replication. What is empty does not exist in this run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicatedMetric {
    /// The scenario's name.
    pub scenario: String,
    /// The metric's name.
    pub metric: String,
    /// As simulated.
    pub values: Vec<f64>,
    /// What it would be if all customers were like those of one batch.
    pub batches: Vec<[f64; BATCHES]>,
    /// With what customers buy at mean baskets.
    pub at_mean_baskets: Vec<f64>,
    /// The exact expectation for what the replication drew.
    pub exact: Vec<f64>,
    /// The coupled estimate of the difference from the baseline.
    pub coupled_difference: Vec<f64>,
}

impl Kept {
    /// Nothing yet.
    pub fn new(model: &Model, metrics: usize) -> Self {
        let uncertain: Vec<ParamId> =
            (0..model.params.len()).filter(|at| model.params[*at].is_uncertain()).map(ParamId::from).collect();
        let mut paths: Vec<String> = uncertain.iter().map(|id| path(model, *id)).collect();
        for shock in &model.shocks {
            paths.push(came(model, shock));
            paths.extend(shock.effects.iter().map(|effect| path(model, effect.amount)));
        }
        let scenarios = model.scenarios.len();
        Self {
            uncertain,
            draws: Draws { paths, values: Vec::new() },
            batches: vec![vec![Vec::new(); metrics]; scenarios],
            affected: vec![Vec::new(); scenarios],
            is_coupled: model.is_coupled(),
        }
    }

    /// Takes in a replication; they come in their order.
    pub fn take(&mut self, model: &Model, number: u32, drawn: &Draw, scenarios: &[PricedScenario]) {
        let numbers = self.uncertain.iter().enumerate().map(|(place, id)| (number, place, drawn[*id]));
        self.draws.values.extend(numbers);
        for struck in &drawn.struck {
            let before: usize = model.shocks[..struck.shock].iter().map(|shock| 1 + shock.effects.len()).sum();
            let first = self.uncertain.len() + before;
            let values = std::iter::once(f64::from(struck.period)).chain(struck.amounts.iter().copied());
            self.draws.values.extend((first..).zip(values).map(|(place, value)| (number, place, value)));
        }
        for (scenario, its) in scenarios.iter().enumerate() {
            self.affected[scenario].push(its.differing.1);
            for (kept, batches) in self.batches[scenario].iter_mut().zip(&its.batches).filter(|_| !self.is_coupled) {
                kept.extend(<[f64; BATCHES]>::try_from(batches.as_slice()));
            }
        }
    }

    /// What was drawn.
    pub fn draws(&self) -> &Draws {
        &self.draws
    }

    /// The batches of a metric of a scenario, replication by replication; empty where there are none.
    pub fn batches(&self, scenario: usize, metric: usize) -> &[[f64; BATCHES]] {
        &self.batches[scenario][metric]
    }

    /// The real customers of a scenario who live differently than in the baseline, replication by replication.
    pub fn affected(&self, scenario: usize) -> &[f64] {
        &self.affected[scenario]
    }
}

impl Draws {
    /// Every value: the replication, counted from 0, the path, the value. Of a shock there are as many rows as times that it
    /// came: the period at `shocks.N.came`, then its amounts.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &str, f64)> {
        self.values.iter().map(|(replication, place, value)| (*replication, self.paths[*place].as_str(), *value))
    }
}

/// The path of a number; elements of a list have their places behind it, counted from 0.
fn path(model: &Model, id: ParamId) -> String {
    let param = &model.params[id.index()];
    param.element.map_or_else(|| param.path.to_string(), |element| format!("{}.{element}", param.path))
}

/// The path under which it stands when a shock came.
fn came(model: &Model, shock: &Shock) -> String {
    let (Occurrence::In(id) | Occurrence::Hazard(id)) = shock.when;
    let names = model.params[id.index()].path.names();
    Path::of(names.iter().take(2).copied().chain(["came"])).to_string()
}
