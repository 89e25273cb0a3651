//! What is at risk: the numbers and rows that some draw might drive out of their range, found by bounds.
//!
//! Every number is bounded by its law and by every change that could ever be in force, at once and in full, however
//! unlikely. Most studies have nothing at risk; only what is has to be looked at draw by draw.

use crate::model::Model;
use crate::model::change::{Change, Op};
use crate::model::hazard::leaving as leaving_by;
use crate::model::journey::{Chance, Clock, Stage};
use crate::model::param::Param;
use crate::model::world::Occurrence;
use crate::quantity::{ParamId, ScenarioId, SegmentId};

use crate::model::rows::ROUNDING;

/// What a law leaves out on each side.
const FAR: f64 = 1e-7;

/// What is at risk in one scenario and segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtRisk {
    /// Numbers that may leave their range.
    pub params: Vec<ParamId>,
    /// Stages whose chances of leaving may add up to more than 1.
    pub rows: Vec<usize>,
}

/// The least and the greatest that something may be.
type Ends = (f64, f64);

/// An operation that may be in force.
struct MayBe<'m> {
    targets: &'m [ParamId],
    op: Op,
    amount: Ends,
    share: Ends,
    /// How many times over it may be in force.
    times: u32,
    uncertain: bool,
}

/// Bounds of the numbers of a study.
pub struct Risk<'m> {
    model: &'m Model,
    start: Vec<Ends>,
    patterns: Vec<Ends>,
    course_is_uncertain: bool,
}

impl<'m> Risk<'m> {
    /// Bounds of what may be drawn.
    pub fn new(model: &'m Model) -> Self {
        let start: Vec<Ends> = model.params.iter().map(ends).collect();
        let years = model.run.period.years();
        let patterns = model
            .patterns
            .iter()
            .map(|pattern| {
                let growth = pattern.trend.map_or((0.0, 0.0), |id| start[id.index()]);
                let times = 0..=model.run.horizon;
                times.flat_map(|t| [growth.0, growth.1].map(|growth| pattern.factor(t, growth, years))).fold(NONE, with)
            })
            .collect();
        let uncertain = |id: &Option<ParamId>| id.is_some_and(|id| model.params[id.index()].is_uncertain());
        let levels_are_uncertain = model.capabilities.iter().any(|its| its.level.drawn().is_some());
        let course_is_uncertain = levels_are_uncertain
            || model.initiatives.iter().any(|its| {
                let share = its.dip.as_ref().map(|dip| dip.share);
                its.success.is_some() || [its.slip, its.half_life, its.catch_up, share].iter().any(uncertain)
            });
        Self { model, start, patterns, course_is_uncertain }
    }

    /// What is at risk in a scenario and segment, where something uncertain takes part.
    pub fn of(&self, scenario: ScenarioId, segment: SegmentId) -> AtRisk {
        let mut ends = self.start.clone();
        let mut uncertain: Vec<bool> = self.model.params.iter().map(Param::is_uncertain).collect();
        let mut touched = vec![false; ends.len()];
        let mut outside = vec![false; ends.len()];
        let mut at_risk = AtRisk::default();
        for may in self.forces(scenario, segment) {
            for target in may.targets.iter().filter(|id| !self.model.is_own(**id)) {
                let at = target.index();
                touched[at] = true;
                uncertain[at] |= may.uncertain;
                let meaning = self.model.params[at].meaning;
                for _ in 0..may.times {
                    let before = ends[at];
                    ends[at] = may.widens(before);
                    let (low, high) = ends[at];
                    if !(meaning.allows(low) && meaning.allows(high)) {
                        if uncertain[at] && !std::mem::replace(&mut outside[at], true) {
                            at_risk.params.push(*target);
                        }
                        let held = |end: f64, or: f64| if end.is_nan() { or } else { meaning.held(end) };
                        ends[at] = (held(low, meaning.ends().0), held(high, meaning.ends().1));
                    }
                    if ends[at] == before {
                        break;
                    }
                }
            }
        }
        let mut as_rows = vec![false; ends.len()];
        self.model
            .row_draws
            .iter()
            .flat_map(|row| &row.chances)
            .for_each(|id| as_rows[id.index()] = !touched[id.index()]);
        for (place, stage) in self.model.stages.iter().enumerate() {
            let concerned = numbers(stage);
            // A row that is drawn as a whole adds up to 1 by itself.
            let whole = concerned.iter().all(|id| as_rows[id.index()]);
            let luck = concerned.iter().any(|id| uncertain[id.index()]);
            let high = |id: ParamId| ends[id.index()].1;
            if luck && !whole && greatest(stage, &high, None).max(leaving(stage, &high)) > 1.0 + ROUNDING {
                at_risk.rows.push(place);
            }
        }
        at_risk
    }

    /// Everything that may change numbers there.
    fn forces(&self, scenario: ScenarioId, segment: SegmentId) -> Vec<MayBe<'m>> {
        let model = self.model;
        let written = &model.scenarios[scenario.index()];
        let mut forces: Vec<MayBe<'m>> = Vec::new();
        for (pattern, amount) in model.patterns.iter().zip(&self.patterns) {
            forces.push(MayBe {
                targets: &pattern.targets,
                op: pattern.op,
                amount: *amount,
                share: (1.0, 1.0),
                times: 1,
                uncertain: pattern.trend.is_some_and(|id| model.params[id.index()].is_uncertain()),
            });
        }
        let whole = (1.0, 1.0);
        let reaches = |change: &&'m Change| change.reaches(segment);
        forces.extend(model.segments[segment.index()].changes.iter().map(|its| self.change(its, whole, false)));
        let begun = written.rules.iter().flat_map(|rule| &rule.initiatives).copied();
        let mut begun: Vec<usize> = written.plan.iter().map(|its| its.initiative).chain(begun).collect();
        begun.dedup();
        let learning = begun.iter().filter(|place| model.initiatives[**place].dip.is_some()).count() as f64;
        let overload = model.roadmap.change_capacity.map_or(1.0, |capacity| (learning / capacity).max(1.0));
        for place in begun {
            let initiative = &model.initiatives[place];
            let loss = initiative.dip.as_ref().map_or(0.0, |dip| self.start[dip.share.index()].1 * overload);
            let own_dip = initiative.dip.as_ref().is_some_and(|dip| dip.effects.is_empty());
            let share = (if own_dip { -loss } else { 0.0 }, 1.0);
            let luck = self.course_is_uncertain;
            forces.extend(initiative.effects.iter().filter(reaches).map(|its| self.change(its, share, luck)));
            let suffers = initiative.dip.iter().flat_map(|dip| &dip.effects);
            forces.extend(suffers.filter(reaches).map(|its| self.change(its, (0.0, loss), luck)));
        }
        forces.extend(written.changes.iter().filter(reaches).map(|its| self.change(its, whole, false)));
        for rule in &written.rules {
            let times = u32::try_from(rule.responses(model.run.horizon).len()).unwrap_or(u32::MAX);
            let changes = rule.changes.iter().filter(reaches);
            forces.extend(changes.map(|its| MayBe { times, ..self.change(its, whole, false) }));
        }
        for shock in &model.shocks {
            let (times, by_chance) = match shock.when {
                Occurrence::In(period) => (1, model.params[period.index()].is_uncertain()),
                Occurrence::Hazard(hazard) => (self.strikes(self.start[hazard.index()].1), true),
            };
            let fades = shock.half_life.is_some_and(|id| model.params[id.index()].is_uncertain());
            for (effect, law) in shock.effects.iter().zip(&shock.amounts).filter(|(its, _)| its.reaches(segment)) {
                let meaning = model.params[effect.amount.index()].meaning;
                let amount = (meaning.held(law.quantile(FAR)), meaning.held(law.upper_quantile(FAR)));
                let luck = by_chance || fades || shock.is_uncertain();
                forces.push(MayBe { amount, times, ..self.change(effect, (0.0, 1.0), luck) });
            }
        }
        forces
    }

    fn change(&self, change: &'m Change, share: Ends, uncertain: bool) -> MayBe<'m> {
        let amount = change.amount.index();
        MayBe {
            targets: &change.targets,
            op: change.op,
            amount: self.start[amount],
            share,
            times: 1,
            uncertain: uncertain || self.model.params[amount].is_uncertain(),
        }
    }

    /// How often a shock with a hazard comes at most: beyond six standard deviations.
    fn strikes(&self, hazard: f64) -> u32 {
        let mean = hazard * f64::from(self.model.run.horizon);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; `as` saturates")]
        let most = libm::ceil(mean + 6.0 * libm::sqrt(mean) + 6.0) as u32;
        if hazard > 0.0 { most.min(self.model.run.horizon) } else { 0 }
    }
}

/// Bounds of nothing yet.
const NONE: Ends = (f64::INFINITY, f64::NEG_INFINITY);

fn with((low, high): Ends, x: f64) -> Ends {
    // What is no number makes both ends none, so that it is looked at.
    if x.is_nan() { (x, x) } else { (libm::fmin(low, x), libm::fmax(high, x)) }
}

/// Bounds of what is drawn of a number.
fn ends(param: &Param) -> Ends {
    if !param.is_uncertain() {
        let value = param.at(0.5);
        return (value, value);
    }
    (param.at(FAR), param.meaning.held(param.law.upper_quantile(FAR)))
}

impl MayBe<'_> {
    /// Bounds of a number after the operation, or without it: it is monotone in each of its parts.
    fn widens(&self, (low, high): Ends) -> Ends {
        let mut ends = (low, high);
        for x in [low, high] {
            for amount in [self.amount.0, self.amount.1] {
                for share in [self.share.0, self.share.1] {
                    ends = if ends.0.is_nan() { ends } else { with(ends, self.op.apply(x, amount, share)) };
                }
            }
        }
        ends
    }
}

/// The numbers that the row of a stage is made of.
pub fn numbers(stage: &Stage) -> Vec<ParamId> {
    let mut numbers = Vec::new();
    for exit in &stage.exits {
        numbers.extend(exit.word_of_mouth);
        match exit.chance {
            Chance::Fixed(id) => numbers.push(id),
            Chance::Competing(hazard) => numbers.push(hazard.number),
            Chance::Listed { first, length, .. } => numbers.extend((first.0..first.0 + length).map(ParamId)),
            Chance::Own { .. } => {}
        }
    }
    numbers
}

/// The greatest sum of the chances taken once a period, as if everyone talked: in a period, or over all periods. Lists
/// that are read by the same clock are read at the same place, the others where they are greatest.
pub fn greatest(stage: &Stage, value: &dyn Fn(ParamId) -> f64, period: Option<u32>) -> f64 {
    let mut sum = 0.0;
    let mut hazard = 0.0;
    let mut lists: Vec<(Clock, Vec<f64>)> = Vec::new();
    for exit in stage.moves() {
        let heard = exit.word_of_mouth.map_or(0.0, value);
        if let Chance::Competing(its) = exit.chance {
            hazard += its.over_a_period(value(its.number) + heard);
            continue;
        }
        sum += heard;
        match exit.chance {
            Chance::Fixed(id) => sum += value(id),
            Chance::Own { .. } | Chance::Competing(_) => {}
            Chance::Listed { by: Clock::Period, first, length } if period.is_some() => {
                let place = period.unwrap_or(1).saturating_sub(1).min(length - 1);
                sum += value(ParamId(first.0 + place));
            }
            Chance::Listed { by, first, length } => {
                let at = lists.iter().position(|(clock, _)| *clock == by).unwrap_or_else(|| {
                    lists.push((by, Vec::new()));
                    lists.len() - 1
                });
                add_list(
                    &mut lists[at].1,
                    &(first.0..first.0 + length).map(|id| value(ParamId(id))).collect::<Vec<_>>(),
                );
            }
        }
    }
    sum + leaving_by(hazard) + lists.iter().map(|(_, list)| list.iter().copied().fold(0.0, f64::max)).sum::<f64>()
}

/// Adds two lists place by place; the last number of each holds on.
fn add_list(sums: &mut Vec<f64>, list: &[f64]) {
    let before = sums.last().copied().unwrap_or(0.0);
    sums.resize(sums.len().max(list.len()), before);
    let last = list.last().copied().unwrap_or(0.0);
    for (place, sum) in sums.iter_mut().enumerate() {
        *sum += list.get(place).copied().unwrap_or(last);
    }
}

/// The sum of the chances taken after a purchase.
pub fn leaving(stage: &Stage, value: &dyn Fn(ParamId) -> f64) -> f64 {
    let chance = |chance: Chance| if let Chance::Fixed(id) = chance { value(id) } else { 0.0 };
    stage.leaves().map(|exit| chance(exit.chance)).sum()
}
