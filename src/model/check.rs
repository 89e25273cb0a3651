//! Checks of a whole model: no row passes 1 anywhere, and every stage can be reached.

mod changes;
mod channels;
mod drawn;
pub mod hearsay;
mod place;
mod points;
mod rates;
mod risk;
mod supposition;
mod touchpoints;
mod walk;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::Model;
use super::draw::Draw;
use super::journey::Stage;
use super::timeline::Timeline;
use crate::study::path::ParamPath as Path;
use place::Place;
use rates::Rates;
use supposition::Supposition;
use walk::Seen;

/// Faults in the rows of a model in its middle, as planned, with each rule acted on and with each shock that comes by
/// chance; what only several rules together would do is warned of.
pub fn rows(model: &Model) -> Vec<Diagnostic> {
    let central = model.central();
    let mut seen = Seen { told: BTreeSet::new(), paths: BTreeSet::new(), rates: Rates::new(model) };
    let mut found = alone(model, &central, &mut seen);
    found.extend(drawn::draws(model, &seen.told));
    let together =
        everywhere(model, &central, &mut seen, |scenario| Supposition::together(model, scenario).into_iter().collect());
    found.extend(together.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }.help(
        "let the changes do less; where the rules exclude each other, leave it: numbers stop at the ends of their ranges",
    )));
    found.extend(seen.rates.faults());
    found
}

/// Faults in the rows of a model in its middle, one thing happening at a time: what takes no more than a moment.
pub fn middle_rows(model: &Model) -> Vec<Diagnostic> {
    let mut seen = Seen { told: BTreeSet::new(), paths: BTreeSet::new(), rates: Rates::new(model) };
    alone(model, &model.central(), &mut seen)
}

fn alone(model: &Model, central: &Draw, seen: &mut Seen) -> Vec<Diagnostic> {
    everywhere(model, central, seen, |scenario| Supposition::alone(model, scenario, true))
}

/// The most changes, each in every period, that are laid out to find how many rows there are; it takes some seconds.
const MOST_CHANGES: u64 = 1_000_000_000;

/// How many changes may be in force in all periods, segments and scenarios.
fn changes_over_time(model: &Model) -> u64 {
    let aside = model.patterns.len() + model.shocks.iter().map(|shock| shock.effects.len()).sum::<usize>();
    let effects = |place: &usize| {
        let its = &model.initiatives[*place];
        its.effects.len() + its.dip.as_ref().map_or(0, |dip| dip.effects.len()) + 1
    };
    let segments: usize = model.segments.iter().map(|segment| segment.changes.len()).sum();
    let of_scenario = |scenario: &super::roadmap::Scenario| {
        let plan: usize = scenario.plan.iter().map(|its| effects(&its.initiative)).sum();
        let rules =
            scenario.rules.iter().map(|rule| rule.changes.len() + rule.initiatives.iter().map(effects).sum::<usize>());
        let own = aside + plan + scenario.changes.len() + rules.sum::<usize>();
        (own as u64).saturating_mul(model.segments.len() as u64).saturating_add(segments as u64)
    };
    let all = model.scenarios.iter().map(of_scenario).fold(0, u64::saturating_add);
    all.saturating_mul(u64::from(model.run.horizon) + 1)
}

/// The rows that [`rows`] looks at, about.
pub fn work(model: &Model) -> u64 {
    let changes = changes_over_time(model);
    if changes > MOST_CHANGES {
        return changes;
    }
    let central = model.central();
    let rows: u64 = model
        .stages
        .iter()
        .map(|stage| stage.clock_lengths().iter().map(|length| *length as u64).product::<u64>())
        .sum();
    let follows = model.stages.iter().any(Stage::follows_the_period);
    let mut work = 0_u64;
    for scenario in 0..model.scenarios.len() {
        for segment in 0..model.segments.len() {
            let timeline = Timeline::new(model, &central, ScenarioId::from(scenario), SegmentId::from(segment));
            let epochs = (1..=model.run.horizon).filter(|t| *t == 1 || timeline.epoch(*t) == *t).count() as u64;
            let periods = if follows { u64::from(model.run.horizon) } else { epochs };
            let one =
                epochs.saturating_mul(rows).saturating_add(periods.saturating_mul(model.params.len() as u64 / 8 + 1));
            let scenario = ScenarioId::from(scenario);
            let times = Supposition::alone(model, scenario, true).len()
                + usize::from(Supposition::together(model, scenario).is_some());
            work = work.saturating_add(one.saturating_mul(times as u64));
        }
    }
    work
}

/// Faults in the rows of every scenario and segment under some suppositions; each is told once, where it first shows.
fn everywhere(
    model: &Model,
    drawn: &Draw,
    seen: &mut Seen,
    suppositions: impl Fn(ScenarioId) -> Vec<Supposition>,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for scenario in (0..model.scenarios.len()).map(ScenarioId::from) {
        for supposed in suppositions(scenario) {
            let drawn = &*supposed.draw(model, drawn);
            for segment in (0..model.segments.len()).map(SegmentId::from) {
                Place { model, scenario, segment, share: None, drawn, supposed }.check(seen, &mut faults);
            }
        }
    }
    faults
}

/// The stages that customers can ever be in.
pub fn reached(model: &Model) -> BTreeSet<StageId> {
    let starts = model
        .segments
        .iter()
        .flat_map(|segment| segment.start.iter().chain(segment.inflow.iter().flat_map(|inflow| &inflow.start)));
    let changes = model.changes_starts();
    let mut reached: BTreeSet<StageId> =
        starts.filter(|(_, share)| *share > 0.0 || changes).map(|(id, _)| *id).collect();
    let mut fresh: Vec<StageId> = reached.iter().copied().collect();
    while let Some(stage) = fresh.pop() {
        let here = model.touchpoints.iter().filter(|its| its.is_in(stage.index()));
        let taken = here.flat_map(|its| &its.ends).flat_map(|end| &end.ways).map(|way| way.to);
        for to in model.stages[stage.index()].exits.iter().map(|exit| exit.to).chain(taken) {
            if reached.insert(to) {
                fresh.push(to);
            }
        }
    }
    reached
}

/// Warnings of stages that no customer can ever be in.
pub fn reach(model: &Model) -> Vec<Diagnostic> {
    let reached = reached(model);
    model
        .stage_order
        .iter()
        .filter(|id| !reached.contains(id))
        .map(|id| {
            let name = &model.stages[id.index()].name;
            Diagnostic::warning(format!("no customer can ever be in `{name}`"))
                .at(Path::of(["stages", name]).to_string())
                .why("no segment starts there, nor do its newcomers, and nothing that customers can reach leads there")
                .help("let a transition lead there, let a segment start there, or take the stage out")
        })
        .collect()
}
