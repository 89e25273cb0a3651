//! The timeline gives every number's value for one scenario, segment and period.
//!
//! In what order operations apply is our own convention; `docs/model.md` ("Changes") tells it, and what each does.

use std::borrow::Cow;
use std::sync::Arc;

use crate::quantity::{ParamId, ScenarioId, SegmentId};
use crate::study::path::ParamPath as Path;

use super::Model;
use super::change::{Change, Op};
use super::course::{RoadmapTimeline, Whom};
use super::draw::Draw;
use super::param::ParamSet;
use super::strikes::{MOST_STRIKES, Strikes};
use super::world::Shock;

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
    share: Share,
    /// The first and the last time at which it can be in force.
    held: (u32, u32),
}

enum Amount {
    Same(f64),
    /// At each time 0 to the horizon.
    ByTime(Vec<f64>),
}

/// How much of a force there is while it can be in force.
enum Share {
    /// All of it.
    Whole,
    /// At each time 0 to the horizon.
    ByTime(Vec<f64>),
    /// By the periods since it began, the same for every time that it comes.
    Since(u32, Arc<[f64]>),
}

impl Force<'_> {
    /// How much of it is in force at time `t`.
    pub fn share(&self, t: u32) -> f64 {
        if t < self.held.0 || t > self.held.1 {
            return 0.0;
        }
        match &self.share {
            Share::Whole => 1.0,
            Share::ByTime(shares) => shares[t as usize],
            Share::Since(from, shares) => t.checked_sub(*from).map_or(0.0, |since| shares[since as usize]),
        }
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
    whom: Whom,
    wanted: Option<&'m [bool]>,
}

impl<'m> Timeline<'m> {
    /// The timeline of a scenario for one segment, as long as no contingency rule has been acted on.
    pub fn new(model: &'m Model, drawn: &'m Draw, scenario: ScenarioId, segment: SegmentId) -> Self {
        Self::with_rules(model, drawn, scenario, &[], segment)
    }

    /// The same with the periods in which the responses to each rule of the scenario begin.
    ///
    /// Changes apply in this order: seasons and trends, the segment's, those of initiatives, the scenario's own, those of
    /// rules, shocks.
    pub fn with_rules(
        model: &'m Model,
        drawn: &'m Draw,
        scenario: ScenarioId,
        fired: &[Vec<u32>],
        segment: SegmentId,
    ) -> Self {
        Self::concerning(model, drawn, scenario, (fired, segment.into()), None)
    }

    /// The same for the company itself: without what changes for one segment only. An initiative reaches it together with
    /// the first segment.
    pub fn of_company(model: &'m Model, drawn: &'m Draw, scenario: ScenarioId, fired: &[Vec<u32>]) -> Self {
        Self::concerning(model, drawn, scenario, (fired, Whom::Company), None)
    }

    /// The same with only those changes that aim at some numbers, by parameter; without them, all changes.
    pub fn concerning(
        model: &'m Model,
        drawn: &'m Draw,
        scenario: ScenarioId,
        (fired, whom): (&[Vec<u32>], Whom),
        wanted: Option<&'m [bool]>,
    ) -> Self {
        let mut timeline = Self { model, drawn, forces: Vec::new(), epochs: vec![0], whom, wanted };
        let written = &model.scenarios[scenario.index()];
        timeline.patterns();
        if let Whom::Segment(segment) = whom {
            timeline.plain(&model.segments[segment.index()].changes, 0);
        }
        timeline.initiatives(&RoadmapTimeline::new(model, drawn, scenario, fired), whom);
        timeline.plain(&written.changes, 0);
        for (rule, from) in written.rules.iter().zip(fired) {
            timeline.responses(&rule.changes, from);
        }
        timeline.shocks();
        for t in 1..=model.run.horizon {
            let entered = model.rivals.as_ref().is_some_and(|rivals| rivals.enter_in(&drawn.values, t));
            let same = !entered && timeline.forces.iter().all(|force| force.is_at(t, t - 1));
            let last = *timeline.epochs.last().unwrap_or(&0);
            timeline.epochs.push(if same { last } else { t });
        }
        timeline
    }

    fn is_wanted(&self, targets: &[ParamId]) -> bool {
        self.wanted.is_none_or(|wanted| targets.iter().any(|id| wanted[id.index()]))
    }

    fn push(&mut self, change: &'m Change, amount: Amount, share: Share) {
        let idle = matches!(amount, Amount::Same(amount) if change.op.does_nothing(amount));
        let reaches = match self.whom {
            Whom::Segment(segment) => change.reaches(segment),
            Whom::Company => change.segments.is_none(),
        };
        if idle || !reaches || !self.is_wanted(&change.targets) {
            return;
        }
        self.forces.push(Force {
            targets: &change.targets,
            op: change.op,
            written: Cow::Borrowed(&change.written),
            amount,
            share,
            held: (change.from, change.until),
        });
    }

    /// Changes that are in force from period `from` on.
    fn plain(&mut self, changes: &'m [Change], from: u32) {
        for change in changes {
            let forces = self.forces.len();
            self.push(change, Amount::Same(self.drawn[change.amount]), Share::Whole);
            for force in &mut self.forces[forces..] {
                force.held.0 = force.held.0.max(from);
            }
        }
    }

    /// Changes that come into force in each of some periods, every time once more.
    fn responses(&mut self, changes: &'m [Change], from: &[u32]) {
        let Some(first) = from.first() else { return };
        if from.len() == 1 {
            return self.plain(changes, *first);
        }
        for change in changes {
            let amount = self.drawn[change.amount];
            let by = |t: u32| change.op.times_over(amount, from.partition_point(|from| *from <= t));
            let forces = self.forces.len();
            self.push(change, Amount::ByTime((0..=self.model.run.horizon).map(by).collect()), Share::Whole);
            for force in &mut self.forces[forces..] {
                force.held.0 = force.held.0.max(*first);
            }
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
                share: Share::Whole,
                held: (0, u32::MAX),
            });
        }
    }

    fn initiatives(&mut self, course: &RoadmapTimeline<'m>, whom: Whom) {
        let times = 0..=self.model.run.horizon;
        for run in &course.runs {
            let shares = |share: &dyn Fn(u32) -> f64| Share::ByTime(times.clone().map(share).collect());
            for effect in &run.initiative.effects {
                if !self.is_wanted(&effect.targets) {
                    continue;
                }
                let shares = shares(&|t| course.share(run, whom, t));
                self.push(effect, Amount::Same(self.drawn[effect.amount]), shares);
            }
            let listed = run.initiative.dip.iter().flat_map(|dip| &dip.effects);
            for effect in listed {
                if !self.is_wanted(&effect.targets) {
                    continue;
                }
                let shares = shares(&|t| course.loss(run, whom, t));
                self.push(effect, Amount::Same(self.drawn[effect.amount]), shares);
            }
        }
    }

    fn shocks(&mut self) {
        let (model, drawn) = (self.model, self.drawn);
        let half_life = |shock: &Shock| shock.half_life.map(|id| drawn[id]);
        if drawn.struck.len() > MOST_STRIKES
            && let Some(strikes) = Strikes::new(model, drawn)
        {
            for (place, shock) in model.shocks.iter().enumerate() {
                for (effect, change) in shock.effects.iter().enumerate() {
                    let factors = strikes.factors(place, effect, half_life(shock));
                    self.push(change, Amount::ByTime(factors), Share::Whole);
                }
            }
            return;
        }
        let profile =
            |shock: &Shock| (0..=model.run.horizon).map(|since| shock.share(since, half_life(shock))).collect();
        let profiles: Vec<Arc<[f64]>> = model.shocks.iter().map(profile).collect();
        for struck in &drawn.struck {
            for (effect, amount) in model.shocks[struck.shock].effects.iter().zip(&struck.amounts) {
                let share = Share::Since(struck.period, Arc::clone(&profiles[struck.shock]));
                self.push(effect, Amount::Same(*amount), share);
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

    /// Every number's value at time `t`; those that a change drove out of range are listed, and held at its end. What is
    /// declared for a span of time is then made that of a period, but for hazards, which rows turn into chances.
    pub fn values(&self, t: u32) -> (ParamSet, Vec<OutOfRange>) {
        let mut values = self.drawn.values.clone();
        let faults = self.apply(t, &mut values);
        for (id, periods) in &self.model.spans {
            values.0[id.index()] *= periods;
        }
        if let Some(rivals) = &self.model.rivals {
            rivals.press(&self.drawn.values, &mut values, t);
        }
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
