//! The timeline gives every number's value for one scenario, segment and period.
//!
//! In what order operations apply is our own convention; `docs/model.md` ("Changes") tells it, and what each does.

use std::borrow::Cow;

use crate::quantity::{ParamId, ScenarioId, SegmentId};
use crate::study::path::ParamPath as Path;

use super::Model;
use super::change::{Change, Op};
use super::course::Course;
use super::draw::Draw;
use super::param::ParamSet;

/// A value that a change drove out of its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfRange {
    /// The parameter.
    pub param: ParamId,
    /// The value it would take.
    pub value: f64,
}

/// An operation on numbers, and how much of it is in force at each time.
pub struct Force<'m> {
    /// The numbers.
    pub targets: &'m [ParamId],
    /// The operation.
    pub op: Op,
    /// Where it was written.
    pub written: Cow<'m, Path>,
    amount: Amount,
    /// The share at each time 0 to the horizon.
    share: Vec<f64>,
}

enum Amount {
    Same(f64),
    /// At each time 0 to the horizon.
    ByTime(Vec<f64>),
}

impl Force<'_> {
    /// How much of it is in force at time `t`.
    pub fn share(&self, t: u32) -> f64 {
        self.share[t as usize]
    }

    /// Its amount at time `t`.
    pub fn amount(&self, t: u32) -> f64 {
        match &self.amount {
            Amount::Same(amount) => *amount,
            Amount::ByTime(amounts) => amounts[t as usize],
        }
    }

    fn is_at(&self, t: u32, other: u32) -> bool {
        self.share(t).to_bits() == self.share(other).to_bits()
            && self.amount(t).to_bits() == self.amount(other).to_bits()
    }
}

/// The numbers of one scenario and segment over time, for one draw of the uncertain ones.
pub struct Timeline<'m> {
    model: &'m Model,
    drawn: &'m Draw,
    forces: Vec<Force<'m>>,
    epochs: Vec<u32>,
    wanted: Option<&'m [bool]>,
}

impl<'m> Timeline<'m> {
    /// The timeline of a scenario for one segment, as long as no contingency rule has been acted on.
    pub fn new(model: &'m Model, drawn: &'m Draw, scenario: ScenarioId, segment: SegmentId) -> Self {
        Self::with_rules(model, drawn, scenario, &[], segment)
    }

    /// The same with the period in which the response to each rule of the scenario begins.
    ///
    /// Changes apply in this order: seasons and trends, the segment's, those of initiatives, the scenario's own, those of
    /// rules, shocks.
    pub fn with_rules(
        model: &'m Model,
        drawn: &'m Draw,
        scenario: ScenarioId,
        fired: &[Option<u32>],
        segment: SegmentId,
    ) -> Self {
        Self::concerning(model, drawn, scenario, (fired, segment), None)
    }

    /// The same with only those changes that aim at some numbers, by parameter; without them, all changes.
    pub fn concerning(
        model: &'m Model,
        drawn: &'m Draw,
        scenario: ScenarioId,
        (fired, segment): (&[Option<u32>], SegmentId),
        wanted: Option<&'m [bool]>,
    ) -> Self {
        let mut timeline = Self { model, drawn, forces: Vec::new(), epochs: vec![0], wanted };
        let written = &model.scenarios[scenario.index()];
        timeline.patterns();
        timeline.plain(&model.segments[segment.index()].changes, 0);
        timeline.initiatives(&Course::new(model, drawn, scenario, fired), segment);
        timeline.plain(&written.changes, 0);
        for (rule, from) in written.rules.iter().zip(fired) {
            if let Some(from) = from {
                timeline.plain(&rule.changes, *from);
            }
        }
        timeline.shocks();
        for t in 1..=model.run.horizon {
            let same = timeline.forces.iter().all(|force| force.is_at(t, t - 1));
            let last = *timeline.epochs.last().unwrap_or(&0);
            timeline.epochs.push(if same { last } else { t });
        }
        timeline
    }

    fn is_wanted(&self, targets: &[ParamId]) -> bool {
        self.wanted.is_none_or(|wanted| targets.iter().any(|id| wanted[id.index()]))
    }

    fn push(&mut self, change: &'m Change, amount: f64, share: impl Fn(u32) -> f64) {
        if !self.is_wanted(&change.targets) {
            return;
        }
        let in_force = |t: u32| if change.holds_at(t) { share(t) } else { 0.0 };
        self.forces.push(Force {
            targets: &change.targets,
            op: change.op,
            written: Cow::Borrowed(&change.written),
            amount: Amount::Same(amount),
            share: (0..=self.model.run.horizon).map(in_force).collect(),
        });
    }

    /// Changes that are in force from period `from` on.
    fn plain(&mut self, changes: &'m [Change], from: u32) {
        for change in changes {
            self.push(change, self.drawn[change.amount], |t| f64::from(u8::from(t >= from)));
        }
    }

    fn patterns(&mut self) {
        let model = self.model;
        let times = 0..=model.run.horizon;
        for pattern in &model.patterns {
            if !self.is_wanted(&pattern.targets) {
                continue;
            }
            let growth = pattern.trend.map_or(0.0, |id| self.drawn[id]);
            let factor = |t: u32| pattern.factor(t, growth, model.run.period.years());
            self.forces.push(Force {
                targets: &pattern.targets,
                op: pattern.op,
                written: Cow::Owned(Path::of(["over_time".to_owned(), pattern.place.to_string()])),
                amount: Amount::ByTime(times.clone().map(factor).collect()),
                share: vec![1.0; model.run.horizon as usize + 1],
            });
        }
    }

    fn initiatives(&mut self, course: &Course<'m>, segment: SegmentId) {
        for run in &course.runs {
            for effect in &run.initiative.effects {
                self.push(effect, self.drawn[effect.amount], |t| course.share(run, segment, t));
            }
            let listed = run.initiative.dip.iter().flat_map(|dip| &dip.effects);
            for effect in listed {
                self.push(effect, self.drawn[effect.amount], |t| course.loss(run, segment, t));
            }
        }
    }

    fn shocks(&mut self) {
        let (model, drawn) = (self.model, self.drawn);
        for struck in &drawn.struck {
            let shock = &model.shocks[struck.shock];
            let half_life = shock.half_life.map(|id| drawn[id]);
            for (effect, amount) in shock.effects.iter().zip(&struck.amounts) {
                let since = |t: u32| t.checked_sub(struck.period);
                self.push(effect, *amount, |t| since(t).map_or(0.0, |since| shock.share(since, half_life)));
            }
        }
    }

    /// What is in force over time, in the order in which it applies.
    pub fn forces(&self) -> &[Force<'m>] {
        &self.forces
    }

    /// The first time from which on all numbers are as they are at time `t`.
    pub fn epoch(&self, t: u32) -> u32 {
        self.epochs[t as usize]
    }

    /// Every number's value at time `t`; those that a change drove out of range are listed, and held at its end.
    pub fn values(&self, t: u32) -> (ParamSet, Vec<OutOfRange>) {
        let mut values = self.drawn.values.clone();
        let faults = self.apply(t, &mut values);
        (values, faults)
    }

    /// Lets everything in force at time `t` work on numbers as they were drawn; lists and holds as [`Timeline::values`] does.
    pub fn apply(&self, t: u32, values: &mut ParamSet) -> Vec<OutOfRange> {
        let mut faults = Vec::new();
        for force in &self.forces {
            let share = force.share(t);
            if share == 0.0 {
                continue;
            }
            let amount = force.amount(t);
            for &target in force.targets {
                if self.model.is_own(target) {
                    continue;
                }
                let value = force.op.apply(values[target], amount, share);
                let meaning = self.model.params[target.index()].meaning;
                values.0[target.index()] = value;
                if !meaning.allows(value) {
                    faults.push(OutOfRange { param: target, value });
                    // One draw in a thousand may come this far, and rules that act together: see `check`.
                    values.0[target.index()] = meaning.held(value);
                }
            }
        }
        faults
    }

    /// The operations in force at time `t` on a chance that is each customer's own.
    pub fn own_operations(&self, target: ParamId, t: u32) -> Vec<(Op, f64, f64)> {
        let concerned = self.forces.iter().filter(|force| force.targets.contains(&target) && force.share(t) != 0.0);
        concerned.map(|force| (force.op, force.amount(t), force.share(t))).collect()
    }
}
