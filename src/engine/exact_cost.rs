//! What exact expectations cost, in counted work: reckoned from a study before anything is solved, and never by a clock.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::model::journey::Stage;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

use super::cohort::Solver;
use super::cohort_layout::{Layout, StageCells};

/// Multiplications that take as long as simulating a customer for a period, about.
const MULTIPLICATIONS_EACH: f64 = 12.0;
/// What a period of one scenario and segment takes besides, however few are told apart: multiplications.
const OF_A_PERIOD: f64 = 400.0;
/// What a number that changes from period to period takes: multiplications.
const OF_A_NUMBER: f64 = 20.0;
/// What bending a chance takes, by an exponential or a quotient: multiplications.
const OF_BENDING: f64 = 30.0;
/// The nodes of the rule that a kernel is made with.
const NODES_OF_A_LAW: f64 = 93.0;
/// What finding where a law is cut takes: multiplications.
const OF_A_CUT: f64 = 2_000.0;

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
        let nodes = solver.grid(solver.precision.grid).nodes().len() as f64;
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
            let (step, rows) = step(model, solver.layout(), nodes);
            let made = if solver.layout().reads_age { horizon * lanes } else { changed.len() as f64 };
            let table = horizon * OF_A_PERIOD + changed.len() as f64 * model.params.len() as f64 * OF_A_NUMBER;
            plain += table + width * (horizon * lanes * step + made * rows);
            if nodes > 1.0 {
                for t in changed {
                    let values = timeline.values(t).0;
                    for stage in model.stages.iter().filter_map(|stage| stage.quality.as_ref()) {
                        kernels.insert((stage.mean, values[stage.mean].to_bits()));
                    }
                }
            }
        }
        let kernels = kernels.len() as f64 * nodes * (nodes * NODES_OF_A_LAW * 3.0 + OF_A_CUT);
        Self { draw: (plain + kernels) / MULTIPLICATIONS_EACH }
    }
}

/// The multiplications of a step of one number, and of making its rows.
fn step(model: &Model, layout: &Layout, nodes: f64) -> (f64, f64) {
    let (mut step, mut rows) = (0.0, 0.0);
    for (stage, cells) in model.stages.iter().zip(&layout.stages) {
        let count = |its: &StageCells| (its.cells(0).len() + its.cells(1).len()) as f64;
        let (all, moves) = (count(cells), cells.moves.len() as f64);
        let felt = if stage.quality.is_some() && nodes > 1.0 { nodes } else { 0.0 };
        let buys = if stage.purchases.is_some() { 2.0 + 2.0 * cells.leaves.len() as f64 } else { 0.0 };
        step += all * (3.0 + moves + felt + buys);
        let bending = if stage.is_bent() { OF_BENDING } else { 3.0 };
        rows += cells.length as f64 * (1.0 + moves) * bending + buys * OF_BENDING;
    }
    (step, rows)
}
