//! What exact expectations cost, in counted work: computed from a study before anything is solved, and never by a clock.

use std::collections::BTreeSet;

use crate::model::journey::Stage;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

use super::cohort::Solver;
use super::work::Weights;

/// Multiplications that take as long as simulating a customer for a period, about.
pub const MULTIPLICATIONS_EACH: f64 = 12.0;

/// The work of exact expectations, in customer-periods of simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExactCost {
    /// Of all scenarios and segments, for one draw of the numbers.
    pub draw: f64,
}

impl ExactCost {
    /// What a solver will take for one draw, over the horizon of its study.
    pub fn of(solver: &Solver<'_>) -> Self {
        let model = solver.model;
        let nodes = solver.grid(solver.precision.grid).nodes().len();
        let weights = Weights::new(model, solver.layout(), nodes);
        let nodes = nodes as f64;
        let (mut plain, mut kernels) = (0.0, BTreeSet::new());
        let central = model.central();
        let horizon = f64::from(model.run.horizon);
        for (scenario, segment) in
            (0..model.scenarios.len()).flat_map(|scenario| (0..model.segments.len()).map(move |its| (scenario, its)))
        {
            let timeline = Timeline::new(model, &central, ScenarioId::from(scenario), SegmentId::from(segment));
            let follows = model.stages.iter().any(Stage::follows_the_period);
            let changed: Vec<u32> = (0..=model.run.horizon).filter(|t| follows || timeline.epoch(*t) == *t).collect();
            let width = solver.precision.count(segment) as f64 * nodes;
            let entries = if model.segments[segment].inflow.is_some() { 0.5 * horizon + 1.0 } else { 1.0 };
            let lanes = if solver.layout().reads_age { entries } else { 1.0 };
            let made = if solver.layout().reads_age { horizon * lanes } else { changed.len() as f64 };
            let table = horizon * weights.period + changed.len() as f64 * weights.table;
            plain += table + width * (horizon * lanes * weights.step + made * weights.rows);
            if nodes > 1.0 {
                for t in changed {
                    let values = timeline.values(t).0;
                    for stage in model.stages.iter().filter_map(|stage| stage.quality.as_ref()) {
                        kernels.insert((stage.mean, values[stage.mean].to_bits()));
                    }
                }
            }
        }
        Self { draw: (plain + kernels.len() as f64 * weights.kernel) / MULTIPLICATIONS_EACH }
    }
}
