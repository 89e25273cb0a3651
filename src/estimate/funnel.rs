//! A funnel is how customers went through the stages: how many reached each of them, went on from it, were lost from it, or are
//! still there.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::{CUSTOMERS, MOVES};
use crate::quantity::StageId;
use crate::stats::estimate::Estimate;

/// How customers of a scenario went through the stages that something leads out of.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct FunnelOfScenario {
    /// The scenario.
    pub scenario: String,
    /// Whether these are exact expectations, at the medians of what is uncertain; otherwise they are counted, and what half the
    /// loss is worth is an estimate from what was counted.
    pub is_exact: bool,
    /// The stages that anybody reached, in the order in which people take them.
    pub steps: Vec<FunnelStep>,
}

/// A stage on the way. What is counted are real customers over the horizon, each as often as they come; means over
/// replications.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct FunnelStep {
    /// The stage.
    pub stage: String,
    /// Its name as people say it.
    pub title: String,
    /// How many were there at the start, came there, or moved there: all that follow.
    pub reached: f64,
    /// How many went on to another stage.
    pub went_on: f64,
    /// How many were lost: out of the retained stages, or to a stage that is not retained and that nothing leads out of.
    pub lost: f64,
    /// How many are there at the end.
    pub still_there: f64,
    /// What it would be worth if in each period half of those who are lost stayed in the stage, discounted; `null` where nobody
    /// is lost, or it is not known.
    pub worth_of_half: Option<Estimate>,
}

/// Sums of a model that counts all moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Funnel {
    /// By pair of stages, in the order of the counter.
    moved: Vec<f64>,
    /// By stage.
    there: Vec<f64>,
}

impl Funnel {
    /// Takes in customers by their flows.
    pub fn take(&mut self, flows: &Counts<f64>) {
        let last = flows.times() - 1;
        self.moved.resize(flows.cells(MOVES, last).len(), 0.0);
        self.there.resize(flows.cells(CUSTOMERS, last).len(), 0.0);
        for t in 0..=last {
            self.moved.iter_mut().zip(flows.cells(MOVES, t)).for_each(|(sum, count)| *sum += count);
        }
        self.there.iter_mut().zip(flows.cells(CUSTOMERS, last)).for_each(|(sum, count)| *sum += count);
    }

    /// The mean of so many.
    #[must_use]
    pub fn mean(&self, count: u64) -> Self {
        let mean = |sums: &Vec<f64>| sums.iter().map(|sum| sum / count.max(1) as f64).collect();
        Self { moved: mean(&self.moved), there: mean(&self.there) }
    }

    /// The steps in an order of the stages, those left out that nobody reached; `worth` is what half the loss of each is worth.
    pub fn steps(
        &self,
        model: &Model,
        order: &[StageId],
        worth: impl Fn(StageId) -> Option<Estimate>,
    ) -> Vec<FunnelStep> {
        let step = |stage: &StageId| {
            let moved = |lost: bool| self.from(model, *stage, |to| model.loses(*stage, to) == lost);
            let (went_on, lost, still_there) = (moved(false), moved(true), self.there[stage.index()]);
            let reached = went_on + lost + still_there;
            let its = &model.stages[stage.index()];
            (reached > 0.0).then(|| FunnelStep {
                stage: its.name.clone(),
                title: its.title.clone(),
                reached,
                went_on,
                lost,
                still_there,
                worth_of_half: worth(*stage).filter(|_| lost > 0.0),
            })
        };
        order.iter().filter_map(step).collect()
    }

    /// The stages from which somebody was lost.
    pub fn losing(&self, model: &Model) -> Vec<StageId> {
        let stages = (0..model.stages.len()).map(StageId::from);
        stages.filter(|from| self.from(model, *from, |to| model.loses(*from, to)) > 0.0).collect()
    }

    /// The stages that something leads out of, in the order in which people take them: next is the one that the smallest share of
    /// its customers reaches from those that are left, and among equals the first of the study.
    pub fn order(&self, model: &Model) -> Vec<StageId> {
        let pairs = model.counters[MOVES.index()].shape.pairs();
        let leads_on = |stage: &StageId| !model.stages[stage.index()].exits.is_empty();
        let mut left: Vec<StageId> = model.stage_order.iter().copied().filter(leads_on).collect();
        let reached: Vec<f64> = (0..model.stages.len())
            .map(|stage| self.there[stage] + self.from(model, StageId::from(stage), |_| true))
            .collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let mut came = vec![0.0; model.stages.len()];
            for ((_, to), count) in pairs.iter().zip(&self.moved).filter(|((from, _), _)| !order.contains(from)) {
                came[to.index()] += count;
            }
            let share = |stage: &StageId| {
                let (came, reached) = (came[stage.index()], reached[stage.index()]);
                if reached > 0.0 { came / reached } else { 1.0 }
            };
            let least = left.iter().map(share).fold(f64::INFINITY, f64::min);
            let place = left.iter().position(|stage| share(stage) <= least).unwrap_or(0);
            order.push(left.remove(place));
        }
        order
    }

    /// How many moved from a stage to some others.
    fn from(&self, model: &Model, stage: StageId, to: impl Fn(StageId) -> bool) -> f64 {
        let pairs = model.counters[MOVES.index()].shape.pairs();
        pairs
            .iter()
            .zip(&self.moved)
            .filter(|((from, into), _)| *from == stage && to(*into))
            .fold(0.0, |sum, (_, count)| sum + count)
    }
}
