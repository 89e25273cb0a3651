//! What exact expectations cost, in counted work: computed from a study before anything is solved, and never by a clock.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::model::touchpoint::End;
use crate::quantity::{ParamId, ScenarioId, SegmentId};

use super::cohort::Solver;
use super::kernels::Kernels;
use super::rows::Rows;
use super::table::CohortTable;
use super::touching::Touching;
use super::work::{Making, Weights};

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
        let (grid, nodes) = (nodes, nodes as f64);
        let (mut plain, mut kernels, mut met) = (0.0, BTreeSet::new(), BTreeSet::new());
        let rehearsed = solver.rehearsed();
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
                for t in &changed {
                    let values = timeline.values(*t).0;
                    for stage in model.stages.iter().filter_map(|stage| stage.quality.as_ref()) {
                        kernels.insert((stage.mean, values[stage.mean].to_bits()));
                    }
                    met.extend(kernels_met(model, &values));
                }
            }
            if !model.touchpoints.is_empty() {
                let place = (&timeline, SegmentId::from(segment));
                let [own, by_age] = of_single_kinds(solver, &rehearsed, place, &changed);
                let again = if solver.layout().reads_age { horizon * lanes / changed.len() as f64 } else { 1.0 };
                let own = own.multiplications(grid) + by_age.multiplications(grid) * (again - 1.0).max(0.0);
                plain += own * solver.precision.count(segment) as f64;
            }
        }
        plain += rehearsed.work().multiplications(grid);
        Self { draw: (plain + (kernels.len() + met.len()) as f64 * weights.kernel) / MULTIPLICATIONS_EACH }
    }
}

/// What makes the kernels of occurrences: the touchpoint, its end, and the bits of mean, effort and pace.
fn kernels_met(model: &Model, values: &ParamSet) -> Vec<(usize, usize, [u64; 3])> {
    let Some(experience) = &model.experience else { return Vec::new() };
    let points = model.touchpoints.iter().enumerate();
    let ends = points.flat_map(|(place, its)| its.ends.iter().enumerate().map(move |(end, its)| (place, end, its)));
    let one = |(place, end, its): (usize, usize, &End)| {
        let number = |id: Option<ParamId>, default: f64| id.map_or(default, |id| values[id]);
        let pace = values[experience.learning] * number(its.importance, 1.0);
        let by = [values[its.quality.as_ref()?.mean], number(its.effort, 0.0), pace];
        Some((place, end, by.map(f64::to_bits)))
    };
    ends.filter_map(one).collect()
}

/// What making the effects of touchpoints takes for one kind of customers, in the periods in which numbers change, and what of it
/// is made anew for another age; those that are the same for all kinds stay with the kernels.
fn of_single_kinds<'a>(
    solver: &'a Solver<'_>,
    kernels: &'a Kernels<'a>,
    (timeline, segment): (&Timeline<'_>, SegmentId),
    changed: &[u32],
) -> [Making; 2] {
    let (model, layout, kinds) = (solver.model, solver.layout(), solver.kinds(segment).middle());
    let nodes = kernels.grid().nodes().len();
    let mut table = CohortTable::new((model, segment), timeline, kernels, 0);
    let mut rows = Rows::new(model, layout, &kinds, nodes);
    let mut touching = Touching::new(model, layout, &kinds, nodes);
    let mut made = [Making::default(); 2];
    for t in changed {
        table.go_to(*t);
        for (made, age) in made.iter_mut().zip([*t + 1, *t + 2]) {
            rows.make(&table, age);
            touching.make(&table, &rows, age);
            *made = *made + std::mem::take(&mut touching.work);
        }
    }
    made
}
