//! What customers are worth after the horizon, if everything went on as it is written: exact, where the model allows.

use crate::engine::cohort;
use crate::engine::obstacle::{combinations_needed, obstacles};
use crate::engine::program::Program;
use crate::model::Model;
use crate::model::journey::{Chance, Clock, Exit};
use crate::quantity::{ScenarioId, SegmentId};

use super::cohorts::of_customers;
use super::lines::Lines;
use super::posted::Posted;
use super::statement::{Cohort, Prices, Whose};

/// The longest horizon that is looked at, in periods.
const LONGEST: u32 = 4_800;
/// What the last half of a horizon may add, as a share of the whole, for the rest to count as nothing.
const NOTHING: f64 = 1e-6;
/// The most cohort-periods that are followed, all kinds of customers told apart.
const MOST_WORK: u64 = 20_000_000;

/// What a customer of each scenario and entry is worth after the horizon, discounted to entry, with every uncertain
/// number at its median; none where there is no exact expectation, or where the worth has no end.
pub fn tails(model: &Model) -> Option<Vec<Vec<f64>>> {
    if !obstacles(model).is_empty() || ends_with_the_horizon(model) {
        return None;
    }
    let horizon = model.run.horizon;
    let mut long = model.clone();
    let mut last: Option<Vec<Vec<f64>>> = None;
    loop {
        long.run.horizon = (long.run.horizon * 2).min(LONGEST.max(horizon + 1));
        let entries = model.entries() as u64;
        let kinds = combinations_needed(model) as u64 * (model.segments.len() * model.scenarios.len()) as u64;
        if entries * kinds * u64::from(long.run.horizon) > MOST_WORK {
            return None;
        }
        let worth = worth(&long, horizon);
        let settled = |last: &Vec<Vec<f64>>| {
            last.iter().flatten().zip(worth.iter().flatten()).all(|(a, b)| (a - b).abs() <= NOTHING * (1.0 + b.abs()))
        };
        if last.as_ref().is_some_and(settled) {
            return Some(worth);
        }
        if long.run.horizon >= LONGEST {
            return None;
        }
        last = Some(worth);
    }
}

/// Whether a list of chances was cut at the horizon, so that it does not say how things go on.
fn ends_with_the_horizon(model: &Model) -> bool {
    let cut = |exit: &Exit| match exit.chance {
        Chance::Listed { by, length, .. } => !matches!(by, Clock::Age(_)) && length >= model.run.horizon,
        _ => false,
    };
    model.stages.iter().flat_map(|stage| &stage.exits).any(cut)
}

/// The worth after `horizon` within the model's own, longer one, by scenario and entry.
fn worth(model: &Model, horizon: u32) -> Vec<Vec<f64>> {
    let (program, lines, drawn) = (Program::new(model), Lines::of(model), model.central());
    let prices = Prices::new(model, &program, &lines, &drawn);
    let rate = drawn[model.run.discount_rate];
    let last = if model.has_inflow() { horizon } else { 0 };
    let times = model.run.horizon as usize + 1;
    let entries = model.entries();
    let one = |scenario: usize, entry: u32| {
        let whose = Whose { scenario: ScenarioId::from(scenario), fired: &[] };
        let mut posted = Posted::empty(lines.all.len(), times, model.segments.len() * entries);
        let mut came = 0.0;
        for (segment, written) in model.segments.iter().enumerate() {
            let weight =
                if entry == 0 { written.share * model.run.customers as f64 } else { newcomers(model, segment, entry) };
            let place = (ScenarioId::from(scenario), SegmentId::from(segment));
            let flows = cohort::expected(model, &program, &drawn, place, entry).times(weight);
            came += weight;
            prices.statement(
                whose,
                SegmentId::from(segment),
                &[Cohort { entry, flows: &flows, came: weight }],
                Some(&mut posted),
            );
        }
        let at_entry = model.run.factor_at_entry(rate, entry as usize);
        let value = |t: usize| {
            let customers = lines.all.iter().enumerate().filter(|(_, line)| of_customers(line.group));
            let units = |(line, its): (usize, &super::business::BookLine)| {
                its.group.sign() * (0..posted.owners()).map(|owner| posted.units(line, t, owner)).sum::<i128>()
            };
            customers.map(units).sum::<i128>() as f64 / crate::quantity::UNITS_PER_ONE
        };
        let after =
            (horizon + 1..=model.run.horizon).map(|t| value(t as usize) * model.run.factor(rate, t)).sum::<f64>();
        if came > 0.0 { after / at_entry / came } else { 0.0 }
    };
    (0..model.scenarios.len()).map(|scenario| (0..=last).map(|entry| one(scenario, entry)).collect()).collect()
}

/// How the newcomers of a period are spread over segments, as the baseline has it.
fn newcomers(model: &Model, segment: usize, entry: u32) -> f64 {
    let drawn = model.central();
    let timeline = crate::model::timeline::Timeline::new(model, &drawn, model.baseline, SegmentId::from(segment));
    let inflow = model.segments[segment].inflow.as_ref();
    inflow.map_or(0.0, |inflow| inflow.real(&timeline.values(entry).0, entry, 0.0))
}
