//! Extras are what a run does beside its simulation: how differences are estimated, and what is solved exactly.

use crate::engine::exact::cohort::Solver;
use crate::engine::exact::cost::ExactCost;
use crate::engine::exact::depth::Depth;
use crate::engine::exact::precision::Precision;
use crate::engine::exact::settling::draws_to_settle;
use crate::engine::mechanism::schedule::obstacles;
use crate::engine::run::divergence::Resolution;
use crate::engine::run::simulation::Simulation;
use crate::engine::run::work::CUSTOMER_PERIOD;
use crate::model::Model;

use super::budget::{Budget, LeftOut};
use crate::estimate::uncertainty::efficiency::{affords_a_pilot, tried};

/// What a run does beside its simulation.
#[derive(Clone, Debug)]
pub struct Extras {
    /// The exact expectations that were asked for; none where the budget decides.
    pub asked: Option<Depth>,
    /// How the difference of each scenario is estimated: forced at a grain, or paired.
    pub grains: Vec<Option<Resolution>>,
    /// For which numbers exact expectations are solved.
    pub depth: Depth,
    /// How finely laws are taken apart for them; none where there are none.
    pub precision: Option<Precision>,
    /// Why there are none; empty where there are.
    pub why_not: Vec<String>,
    /// Whether scenarios are audited that have expectations where others have none.
    pub is_audited: bool,
    /// How much work exact expectations of draws may take before they are given up.
    pub allowance: f64,
    /// What may still be spent.
    pub budget: Budget,
}

impl Extras {
    /// What a simulation can afford, or what was asked for. Where a pilot has chosen already, its choice is `known`.
    pub fn new(simulation: &Simulation<'_>, asked: Option<Depth>, known: Option<Vec<Option<Resolution>>>) -> Self {
        let model = simulation.model();
        let mut budget = budget(model, asked);
        let affords = affords_a_pilot(model, &mut budget);
        let grains = match known {
            Some(grains) => grains,
            None if affords => tried(model, simulation.design(), simulation.set()),
            None => vec![None; model.scenarios.len()],
        };
        Self::with_grains(simulation, grains, asked, budget)
    }

    /// The same with the estimators of differences given.
    pub fn forced(simulation: &Simulation<'_>, grains: &[Option<Resolution>], asked: Option<Depth>) -> Self {
        Self::with_grains(simulation, grains.to_vec(), asked, budget(simulation.model(), asked))
    }

    fn with_grains(
        simulation: &Simulation<'_>,
        grains: Vec<Option<Resolution>>,
        asked: Option<Depth>,
        mut budget: Budget,
    ) -> Self {
        let depth = asked.unwrap_or_else(|| affordable(simulation, &mut budget));
        let obstacles = obstacles(simulation.model());
        let (precision, why_not) = match (depth, obstacles.is_empty()) {
            (_, false) => (None, obstacles),
            (Depth::None, true) if asked.is_some() => (None, vec!["`--exact none` was asked for".to_owned()]),
            (Depth::None, true) if !budget.is_whole() => (None, vec!["they would take too much work".to_owned()]),
            _ => match simulation.solver() {
                Ok(solver) => (Some(solver.precision.clone()), Vec::new()),
                Err(why) => (None, why.to_vec()),
            },
        };
        let depth = if precision.is_some() { depth } else { Depth::None };
        // What was computed is that of the medians; draws differ, and may take what is left beside it.
        let allowance = if asked == Some(Depth::Draws) { f64::INFINITY } else { budget.of_draws() + budget.left() };
        let is_audited = asked != Some(Depth::None);
        Self { asked, grains, depth, precision, why_not, is_audited, allowance, budget }
    }

    /// Notes that draws took more than they may, so that expectations stand at the medians instead.
    pub fn give_up_draws(&mut self) {
        self.depth = Depth::Medians;
        self.budget.overspend();
        self.budget.leave_out(LeftOut::Draws);
    }
}

/// What may be spent: as much as it takes where it was asked for.
fn budget(model: &Model, asked: Option<Depth>) -> Budget {
    if asked == Some(Depth::Draws) { Budget::unbounded(model) } else { Budget::of(model) }
}

/// For which numbers expectations can be afforded. How finely laws have to be taken apart is found out first, which takes
/// some coarse solutions.
fn affordable(simulation: &Simulation<'_>, budget: &mut Budget) -> Depth {
    /// Solutions at the coarsest precision that it takes at each draw to find the one that is needed: two grids.
    const TO_SETTLE: f64 = 2.0;
    let model = simulation.model();
    if !obstacles(model).is_empty() {
        return Depth::None;
    }
    let work = |solver: &Solver<'_>| CUSTOMER_PERIOD * ExactCost::of(solver).draw;
    let coarse = Solver::with(model, simulation.program(), Precision::first(model));
    if !budget.spend(TO_SETTLE * draws_to_settle(model) as f64 * work(&coarse)) {
        budget.leave_out(LeftOut::Expectations);
        return Depth::None;
    }
    let Ok(solver) = simulation.solver() else { return Depth::None };
    budget.depth(model.is_uncertain(), model.run.replications, work(solver))
}
