//! What a draw does: how likely rows pass 1, and numbers leave their range, when uncertain numbers and shocks are drawn.
//!
//! It is computed at the points of [`super::points`], the same for every number of replications, so that what is fine here
//! can be run. What is rarer than [`MAY_HAPPEN`] is held at the end of its range in a run, and counted there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::draw::{Draw, Needed};
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::quantity::{ParamId, ScenarioId, SegmentId};

use super::place::Place;
use super::points::{POINTS, Points};
use super::risk::{AtRisk, Risk, greatest, leaving, numbers};
use super::supposition::Supposition;
use crate::model::rows::ROUNDING;

/// The share of draws in which a row may pass 1, or a number leave its range.
const MAY_HAPPEN: f64 = 1e-3;
/// The most work that draws are checked with: some seconds, about. Where all points would take more, fewer are looked at.
const MOST_WORK: u64 = 400_000_000;
/// The most work before it is seen whether anything goes wrong at all: a moment.
const FIRST_WORK: u64 = 50_000_000;
/// The fewest points.
const FEWEST: u32 = 32;

/// Something that may go wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Param(ParamId),
    Row(usize),
}

/// One scenario and segment with what is at risk there.
struct Spot {
    scenario: ScenarioId,
    segment: SegmentId,
    at_risk: AtRisk,
    /// The numbers that are looked at.
    watched: Vec<ParamId>,
    /// The same, by parameter.
    wanted: Vec<bool>,
    suppositions: Vec<Supposition>,
}

/// Where something went wrong first, and at how many points it did.
struct Hit {
    spot: usize,
    supposed: Supposition,
    point: u32,
    t: u32,
    points: u32,
}

/// Faults of what is too likely to go wrong in a draw, but for what was told: numbers and rows by their places.
pub fn draws(model: &Model, told: &BTreeSet<(u32, bool)>) -> Vec<Diagnostic> {
    if !model.is_uncertain() {
        return Vec::new();
    }
    let spots = spots(model);
    if spots.is_empty() {
        return Vec::new();
    }
    let needed = needed(model, &spots);
    let central = model.central();
    let work = work(model, &central, &spots, &needed);
    let fitting = |most: u64| {
        let mut count = POINTS;
        while count > FEWEST && work.saturating_mul(u64::from(count)) > most {
            count /= 2;
        }
        count
    };
    let (first, count) = (fitting(FIRST_WORK), fitting(MOST_WORK));
    if work.saturating_mul(u64::from(count)) > 8 * MOST_WORK {
        return vec![too_much()];
    }
    let uncertain = model.params.iter().filter(|param| param.is_uncertain());
    let points = Points::new(uncertain.map(|param| param.luck));
    let mut hits: BTreeMap<Item, Hit> = BTreeMap::new();
    for point in 0..count {
        if point == first && hits.is_empty() {
            return Vec::new();
        }
        let drawn = Draw::partly(model, &points.at(point), &central, &needed);
        let mut found: BTreeMap<Item, (usize, Supposition, u32)> = BTreeMap::new();
        for (place, spot) in spots.iter().enumerate() {
            for supposed in &spot.suppositions {
                spot.look(model, &drawn, *supposed, &mut |item, t| {
                    found.entry(item).or_insert((place, *supposed, t));
                });
            }
        }
        for (item, (spot, supposed, t)) in found {
            hits.entry(item).or_insert(Hit { spot, supposed, point, t, points: 0 }).points += 1;
        }
    }
    let share = |hit: &Hit| f64::from(hit.points) / f64::from(count);
    let fresh = |item: &Item| match item {
        Item::Param(id) => !told.contains(&(id.0, true)),
        Item::Row(row) => !told.contains(&(u32::try_from(*row).unwrap_or(u32::MAX), false)),
    };
    let told = hits.iter().filter(|(item, hit)| share(hit) > MAY_HAPPEN && fresh(item)).filter_map(|(item, hit)| {
        let drawn = Draw::partly(model, &points.at(hit.point), &central, &needed);
        let Spot { scenario, segment, .. } = spots[hit.spot];
        let place = Place { model, scenario, segment, share: Some(share(hit)), drawn: &drawn, supposed: hit.supposed };
        place.told(*item, hit.t)
    });
    told.collect()
}

/// Every scenario and segment where something is at risk.
fn spots(model: &Model) -> Vec<Spot> {
    let risk = Risk::new(model);
    let mut spots = Vec::new();
    for scenario in (0..model.scenarios.len()).map(ScenarioId::from) {
        for segment in (0..model.segments.len()).map(SegmentId::from) {
            let at_risk = risk.of(scenario, segment);
            if at_risk == AtRisk::default() {
                continue;
            }
            let mut watched = at_risk.params.clone();
            watched.extend(at_risk.rows.iter().flat_map(|row| numbers(&model.stages[*row])));
            watched.sort_unstable();
            watched.dedup();
            let mut wanted = vec![false; model.params.len()];
            watched.iter().for_each(|id| wanted[id.index()] = true);
            let suppositions = Supposition::alone(model, scenario, false);
            spots.push(Spot { scenario, segment, at_risk, watched, wanted, suppositions });
        }
    }
    spots
}

/// What of a draw decides about what is at risk.
fn needed(model: &Model, spots: &[Spot]) -> Needed {
    let mut wanted = vec![false; model.params.len()];
    let mut targets = vec![false; model.params.len()];
    spots.iter().flat_map(|spot| &spot.watched).for_each(|id| targets[id.index()] = true);
    wanted.clone_from(&targets);
    let concerns = |ids: &[ParamId]| ids.iter().any(|id| targets[id.index()]);
    let segments = model.segments.iter().flat_map(|its| &its.changes);
    let scenarios = model
        .scenarios
        .iter()
        .flat_map(|its| its.changes.iter().chain(its.rules.iter().flat_map(|rule| &rule.changes)));
    let effects =
        model.initiatives.iter().flat_map(|its| its.effects.iter().chain(its.dip.iter().flat_map(|dip| &dip.effects)));
    for change in segments.chain(scenarios).chain(effects).filter(|its| concerns(&its.targets)) {
        wanted[change.amount.index()] = true;
    }
    for id in model.patterns.iter().filter(|its| concerns(&its.targets)).filter_map(|its| its.trend) {
        wanted[id.index()] = true;
    }
    // What starts when hangs on all initiatives, and on what is there today.
    model.capabilities.iter().filter_map(|its| its.level.drawn()).for_each(|id| wanted[id.index()] = true);
    for its in &model.initiatives {
        let dip = its.dip.as_ref().map(|dip| dip.share);
        let coins = its.success.map_or([None, None], |(chance, coin)| [Some(chance), Some(coin)]);
        for id in [its.slip, its.half_life, its.catch_up, dip].into_iter().chain(coins).flatten() {
            wanted[id.index()] = true;
        }
    }
    let shocks = model.shocks.iter().any(|shock| shock.effects.iter().any(|effect| concerns(&effect.targets)));
    if shocks {
        for shock in &model.shocks {
            let (crate::model::world::Occurrence::In(id) | crate::model::world::Occurrence::Hazard(id)) = shock.when;
            wanted[id.index()] = true;
            shock.half_life.into_iter().for_each(|id| wanted[id.index()] = true);
        }
    }
    let together = model.together.as_ref().map_or(&[][..], |together| &together.params);
    let rows = (0..model.row_draws.len())
        .filter(|row| model.row_draws[*row].chances.iter().any(|id| wanted[id.index()]))
        .collect();
    let mut with_others = vec![false; model.params.len()];
    let in_rows = model.row_draws.iter().flat_map(|row| &row.chances);
    in_rows.chain(together).for_each(|id| with_others[id.index()] = true);
    let alone = |id: &ParamId| {
        let at = id.index();
        wanted[at] && model.params[at].is_uncertain() && !with_others[at]
    };
    Needed {
        params: (0..model.params.len()).map(ParamId::from).filter(alone).collect(),
        together: together.iter().any(|id| wanted[id.index()]),
        rows,
        shocks,
    }
}

/// The work of one point, about, in operations on numbers.
fn work(model: &Model, central: &Draw, spots: &[Spot], needed: &Needed) -> u64 {
    /// A quantile, and what stands around a change in a period.
    const QUANTILE: u64 = 100;
    const IN_A_PERIOD: u64 = 4;
    let together = model.together.as_ref().filter(|_| needed.together).map_or(0, |its| its.params.len() as u64);
    let rows: usize = needed.rows.iter().map(|row| model.row_draws[*row].chances.len()).sum();
    let draw = QUANTILE * (needed.params.len() as u64 + together + 10 * rows as u64) + together * together / 2;
    let shocks = if needed.shocks { u64::from(model.run.horizon) * model.shocks.len() as u64 * 20 } else { 0 };
    let spot = |spot: &Spot| {
        let timeline =
            Timeline::concerning(model, central, spot.scenario, (&[], spot.segment.into()), Some(&spot.wanted));
        let rules: usize = model.scenarios[spot.scenario.index()].rules.len();
        let forces = (timeline.forces().len() + rules + 1) as u64;
        let starts = model.scenarios[spot.scenario.index()].plan.len() as u64;
        let periods = u64::from(model.run.horizon) + 1;
        let one = starts * starts + periods * (forces * IN_A_PERIOD + spot.watched.len() as u64 * 2);
        one * spot.suppositions.len() as u64
    };
    draw + shocks + model.params.len() as u64 / 8 + spots.iter().map(spot).sum::<u64>()
}

impl Spot {
    /// Looks for what goes wrong in a draw, and tells each first time.
    fn look(&self, model: &Model, drawn: &Draw, supposed: Supposition, tell: &mut dyn FnMut(Item, u32)) {
        let fired = supposed.fired(model, self.scenario);
        let place = (fired.as_slice(), self.segment.into());
        let timeline = Timeline::concerning(model, drawn, self.scenario, place, Some(&self.wanted));
        let follows = self.at_risk.rows.iter().any(|row| model.stages[*row].follows_the_period());
        let mut values: Option<ParamSet> = None;
        let mut outside = false;
        for t in 0..=model.run.horizon {
            let changed = t == 0 || timeline.epoch(t) == t;
            if !(changed || t == 1 || follows) {
                continue;
            }
            let now = values.get_or_insert_with(|| drawn.values.clone());
            if changed {
                self.watched.iter().for_each(|id| now.0[id.index()] = drawn[*id]);
                outside = false;
                for fault in timeline.apply(t, now).iter().filter(|fault| self.wanted[fault.param.index()]) {
                    tell(Item::Param(fault.param), t);
                    outside = true;
                }
            }
            // What a row of numbers out of range comes to says nothing more.
            if t > 0 && !outside {
                let value = |id: ParamId| now[id];
                for row in &self.at_risk.rows {
                    let stage = &model.stages[*row];
                    if greatest(stage, &value, Some(t)).max(leaving(stage, &value)) > 1.0 + ROUNDING {
                        tell(Item::Row(*row), t);
                    }
                }
            }
        }
    }
}

impl Place<'_> {
    /// The fault of something that goes wrong at a time.
    fn told(&self, item: Item, t: u32) -> Option<Diagnostic> {
        let fired = self.supposed.fired(self.model, self.scenario);
        let timeline = Timeline::with_rules(self.model, self.drawn, self.scenario, &fired, self.segment);
        let (values, faults) = timeline.values(t);
        match item {
            Item::Param(id) => {
                faults.iter().find(|fault| fault.param == id).map(|fault| self.out_of_range(&timeline, fault, t))
            }
            Item::Row(row) => self.row(&timeline, (&values, t), &self.model.stages[row]),
        }
    }
}

/// The fault of a study whose draws nobody can wait for.
fn too_much() -> Diagnostic {
    Diagnostic::error("what may be drawn in this study takes too long to check")
        .at("run.horizon")
        .why("rows of chances that could pass 1, and numbers that changes could drive out of their range, are followed through every scenario, segment and period")
        .help("use longer periods, a shorter horizon or fewer rules, or give changes as `odds`, which cannot leave [0, 1]")
}
