//! Efficiency: which estimator of a scenario's difference leaves the least doubt for its work.

use crate::engine::chance::design::Design;
use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;
use crate::engine::lanes::InstructionSet;
use crate::engine::run::divergence::Resolution;
use crate::engine::run::pilot::{Pilot, Size, Trial};
use crate::model::Model;
use crate::quantity::{ScenarioId, SegmentId};
use crate::stats::moments::Moments;

use crate::estimate::budget::{Budget, LeftOut};
use crate::estimate::money::entered::cohorts;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::prices::Prices;
use crate::estimate::money::statement::Whose;
use crate::estimate::performance::Performance;
use crate::model::metric::Metric;

/// How many customers decide.
const SIZE: Size = Size { batches: 64, customers: 32 };
/// Runs of fewer simulated customers, over all replications, are done before a pilot would be.
const WORTH_A_PILOT: u64 = 100_000;
/// By how much less variance for the same work the coupled estimator has to win: a pilot is no measurement.
const MARGIN: f64 = 1.5;
/// The metrics that decide. All of them have to win.
const DECIDING: [Metric; 4] = [Metric::ActiveCustomers, Metric::Revenue, Metric::CashFlow, Metric::Npv];

/// The variance of a scenario's difference in a batch of customers, and the work that a batch takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Efficiency {
    /// The metric.
    pub metric: Metric,
    /// The mean difference, paired and forced.
    pub mean: [f64; 2],
    /// The variance with independent draws, with common random numbers, and of the coupled estimator.
    pub variance: [f64; 3],
    /// The customer-periods of each.
    pub cost: [f64; 3],
}

impl Efficiency {
    /// How much less variance for the same work one estimator has than another: 0 independent, 1 paired, 2 forced.
    /// Infinite where nothing is left to vary.
    pub fn gain(&self, from: usize, to: usize) -> f64 {
        self.variance[from] * self.cost[from] / (self.variance[to] * self.cost[to])
    }
}

/// The grain at which to force each scenario's difference; none where paired luck is the better estimator.
///
/// Nothing is tried for a run so small that trying costs more than it could save, or than its budget allows.
pub fn choose(model: &Model, design: Design, set: InstructionSet) -> Vec<Option<Resolution>> {
    let all_paired = vec![None; model.scenarios.len()];
    if affords_a_pilot(model, &mut Budget::of(model)) { tried(model, design, set) } else { all_paired }
}

/// Whether a pilot is worth its work and can be afforded; then that is spent.
pub fn affords_a_pilot(model: &Model, budget: &mut Budget) -> bool {
    let few = u64::from(model.run.agents) * u64::from(model.run.replications) < WORTH_A_PILOT;
    if few || !Pilot::is_possible(model) {
        return false;
    }
    let affords = budget.spend(Pilot::work(model, SIZE));
    if !affords {
        budget.leave_out(LeftOut::Pilot);
    }
    affords
}

/// What a pilot chooses.
pub fn tried(model: &Model, design: Design, set: InstructionSet) -> Vec<Option<Resolution>> {
    let Some(pilot) = Pilot::new(model, design, set, SIZE) else { return vec![None; model.scenarios.len()] };
    let one = |scenario: usize| {
        if scenario == model.baseline.index() {
            return None;
        }
        let trial = pilot.trial(scenario, None)?;
        let found = efficiency(model, ScenarioId::from(scenario), &trial, &DECIDING);
        let wins = |its: &Efficiency| its.variance[2] == 0.0 || its.gain(1, 2) >= MARGIN;
        // Where nobody parts with paired luck, so few do that a pilot cannot see them.
        let blind = |its: &Efficiency| its.variance[1] == 0.0;
        found.iter().all(|its| wins(its) || blind(its)).then_some(trial.grain)
    };
    (0..model.scenarios.len()).map(one).collect()
}

/// What a trial says about some metrics.
pub fn efficiency(model: &Model, scenario: ScenarioId, trial: &Trial, metrics: &[Metric]) -> Vec<Efficiency> {
    let drawn = model.central();
    let lines = Lines::of(model);
    let prices = Prices::new(model, &lines, &drawn);
    let books = |scenario: ScenarioId, flows: &[Counts<f64>]| {
        let whose = Whose { scenario, fired: &[] };
        let mut all = Performance::empty(model);
        for (segment, flows) in flows.iter().enumerate() {
            let came = [Arrivals::at_start(model, segment)];
            let mut flows = [flows.clone()];
            flows[0].scale(came[0].real);
            all.add(&prices.performance(whose, SegmentId::from(segment), &cohorts(&flows, &came), None));
        }
        prices.spend(whose, &mut all.money, None);
        all
    };
    let mut moments = vec![[Moments::default(); 4]; metrics.len()];
    for ((base, other), forced) in trial.baseline.iter().zip(&trial.scenario).zip(&trial.forced) {
        let mut moved = base.clone();
        moved.iter_mut().zip(forced).for_each(|(flows, forced)| flows.add(forced));
        let books = [books(model.baseline, base), books(scenario, other), books(scenario, &moved)];
        for (metric, moments) in metrics.iter().zip(&mut moments) {
            let [base, other, forced] = [0, 1, 2].map(|its: usize| metric.horizon(&books[its]));
            let values = [base, other, other - base, forced - base];
            moments.iter_mut().zip(values).for_each(|(moments, value)| moments.push(value));
        }
    }
    metrics.iter().zip(moments).map(|(metric, moments)| compare(*metric, &moments, trial)).collect()
}

/// The estimators of a metric: from the moments of the baseline, the scenario, their difference, and the forced one.
fn compare(metric: Metric, moments: &[Moments; 4], trial: &Trial) -> Efficiency {
    let variance = moments.map(|moments| moments.variance().unwrap_or(0.0));
    let batches = trial.baseline.len() as f64;
    let cost = [trial.cost_paired as f64 / batches, trial.cost_forced as f64 / batches];
    Efficiency {
        metric,
        mean: [moments[2].mean(), moments[3].mean()],
        variance: [variance[0] + variance[1], variance[2], variance[3]],
        cost: [cost[0], cost[0], cost[1]],
    }
}
