//! A course is how one scenario's roadmap goes in one replication: what starts when, goes live when, and does how much.
//!
//! Nothing creates value before it is in use: an initiative is built, goes live (later than planned where it slips),
//! grows into its effect and may wear out. One whose capabilities are not there waits for them. While people get used
//! to it there is a loss; where more initiatives are being got used to at a time than people can take, every loss
//! grows in proportion to their number, so that the loss of all grows with its square: the convex cost of adjustment
//! (Hamermesh & Pfann 1996, "Adjustment costs in factor demand", Journal of Economic Literature 34(3)).

use crate::quantity::SegmentId;
use crate::study::initiative::Gate;

use super::Model;
use super::draw::Draw;
use super::roadmap::{Initiative, Level, Today};
use crate::quantity::ScenarioId;

/// Whom a roadmap reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The customers of a segment.
    Segment(SegmentId),
    /// The company itself: what no segment has to itself.
    Company,
}

impl From<SegmentId> for Whom {
    fn from(segment: SegmentId) -> Self {
        Self::Segment(segment)
    }
}

/// How one scenario's roadmap goes.
pub struct RoadmapTimeline<'m> {
    model: &'m Model,
    draw: &'m Draw,
    /// The initiatives that start, in the order in which their effects apply.
    pub runs: Vec<Run<'m>>,
    /// By initiative that a rule stops: the last period in which it may run.
    stopped: Vec<(usize, u32)>,
}

/// How one initiative goes.
#[derive(Clone, Copy, Debug)]
pub struct Run<'m> {
    /// The initiative.
    pub initiative: &'m Initiative,
    /// Its place in the model.
    pub place: usize,
    /// The period in which it starts; 0 where its outlay is made at time 0, before the first period.
    pub start: u32,
    /// The period in which it arrives: it goes live, or turns out to have failed.
    pub arrival: u32,
    /// The last period in which it runs: its own, or the one before a rule stops it.
    pub until: u32,
    /// Whether it works.
    pub works: bool,
}

impl Run<'_> {
    /// The first period in which work on it is done and paid for.
    pub fn first_period(&self) -> u32 {
        first_period(self.start)
    }

    /// The period in which it goes live, where it does.
    pub fn live(&self) -> Option<u32> {
        (self.works && self.arrival <= self.until).then_some(self.arrival)
    }

    /// The period in which it reaches a segment; the company itself with the first of them.
    fn reaches(&self, whom: Whom) -> u32 {
        let waves = &self.initiative.waves;
        let wave = match whom {
            Whom::Segment(segment) => waves[segment.index()],
            Whom::Company => waves.iter().copied().min().unwrap_or(0),
        };
        self.arrival.saturating_add(wave)
    }

    /// Whether it reaches a segment before it is over; who is not reached is not disturbed either.
    fn disturbs(&self, whom: Whom) -> bool {
        self.reaches(whom) <= self.until
    }

    /// Which period after it reached a segment `t` is, counted from 1; 0 before that.
    fn grown(&self, whom: Whom, t: u32) -> u32 {
        (t + 1).saturating_sub(self.reaches(whom))
    }

    /// Whether it is paid for in period `t`: from its start, to its end or until it has failed.
    pub fn is_paid(&self, t: u32) -> bool {
        let first = self.first_period();
        t >= first && t <= self.until && (self.works || t < self.arrival.max(first + 1))
    }

    /// Whether it is in use by a segment's customers in period `t`.
    pub fn is_in_use(&self, whom: impl Into<Whom>, t: u32) -> bool {
        let whom = whom.into();
        self.works && t <= self.until && self.grown(whom, t) > 0
    }

    /// What the company pays for it in period `t` (0: at time 0), of what does not depend on customers: what is paid once,
    /// `build` among it, and what is paid in every period.
    pub fn outlay(&self, draw: &Draw, t: u32) -> (f64, f64) {
        let cost = &self.initiative.cost;
        let building = self.arrival.saturating_sub(self.first_period()).max(1);
        let is_built = t.checked_sub(self.first_period()).is_some_and(|since| since < building);
        let part = cost.build.filter(|_| is_built && t <= self.until).map_or(0.0, |id| draw[id] / f64::from(building));
        let once = cost.once.filter(|_| t == self.start).map_or(0.0, |id| draw[id]) + part;
        let running = if self.is_paid(t) { cost.running(&draw.values) } else { 0.0 };
        (once, running)
    }
}

/// The first period of what starts in period `start`, which is 0 where it starts before the first one.
pub fn first_period(start: u32) -> u32 {
    start.max(1)
}

impl<'m> RoadmapTimeline<'m> {
    /// The course of a scenario for one draw; `fired` says in which periods the responses to each rule begin.
    pub fn new(model: &'m Model, draw: &'m Draw, scenario: ScenarioId, fired: &[Vec<u32>]) -> Self {
        let written = &model.scenarios[scenario.index()];
        let mut starts: Vec<(usize, u32)> = written.plan.iter().map(|its| (its.initiative, its.start)).collect();
        let mut stopped = Vec::new();
        for (rule, from) in written.rules.iter().zip(fired) {
            // Who has been started or stopped once is not so again.
            let Some(from) = from.first() else { continue };
            stopped.extend(rule.stops.iter().map(|place| (*place, from.saturating_sub(1))));
            for place in &rule.initiatives {
                match starts.iter_mut().find(|(its, _)| its == place) {
                    Some((_, start)) => *start = (*start).min(*from),
                    None => starts.push((*place, *from)),
                }
            }
        }
        let mut order = vec![usize::MAX; model.initiatives.len()];
        starts.iter().enumerate().rev().for_each(|(at, (place, _))| order[*place] = at);
        let mut course = Self { model, draw, runs: Vec::new(), stopped };
        // Who waits for nothing starts as planned, whatever the others do.
        let waits = |place: usize| {
            let its = &model.initiatives[place];
            its.gate == Gate::Start && !its.requires.is_empty()
        };
        let free: Vec<Run<'m>> =
            starts.iter().filter(|its| !waits(its.0)).filter_map(|its| course.run(its.0, its.1)).collect();
        course.runs = free;
        starts.retain(|its| waits(its.0));
        // Whoever can start first does. What starts later provides no earlier than it starts, so it could let nobody
        // start before that, and no other order would give other starts.
        while let Some((start, at)) = course.first_of(&starts) {
            let run = course.run(starts.remove(at).0, start);
            course.runs.extend(run);
        }
        course.runs.sort_by_key(|run| order[run.place]);
        course
    }

    /// The first period in which one of those that wait can start, and which of them it is; none where nobody can.
    fn first_of(&self, waiting: &[(usize, u32)]) -> Option<(u32, usize)> {
        let first = |(at, (place, planned)): (usize, &(usize, u32))| {
            let initiative = &self.model.initiatives[*place];
            let start = match initiative.gate {
                Gate::Scale => Some(*planned),
                Gate::Start => self.first_possible(&initiative.requires, *planned),
            };
            start.map(|start| (start, at))
        };
        waiting.iter().enumerate().filter_map(first).min()
    }

    /// How an initiative that can start in a period goes; none where it would be over by then.
    fn run(&self, place: usize, start: u32) -> Option<Run<'m>> {
        let initiative = &self.model.initiatives[place];
        let stops = self.stopped.iter().filter(|(its, _)| *its == place).map(|(_, last)| *last);
        let until = stops.fold(initiative.until, u32::min);
        if start > until {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held at 0; `as` saturates")]
        let slip = initiative.slip.map_or(0, |id| libm::round(self.draw[id]).max(0.0) as u32);
        let works = initiative.success.is_none_or(|(chance, coin)| self.draw[coin] < self.draw[chance]);
        let arrival = first_period(start).saturating_add(initiative.build).saturating_add(slip);
        Some(Run { initiative, place, start, arrival, until, works })
    }

    /// The first period from `planned` on in which all levels are there; none within the horizon.
    fn first_possible(&self, requires: &[Level], planned: u32) -> Option<u32> {
        let there = |need: &Level| {
            if self.today(need.capability) >= need.level {
                return Some(planned);
            }
            let enough = |its: &Level| its.capability == need.capability && its.level >= need.level;
            let provided = self.runs.iter().filter(|run| run.initiative.provides.iter().any(enough));
            provided.filter_map(Run::live).min()
        };
        if requires.is_empty() {
            return Some(planned);
        }
        let start = requires.iter().try_fold(planned, |start, need| there(need).map(|there| start.max(there)))?;
        (start <= self.model.run.horizon).then_some(start)
    }

    /// How much of a capability is there before anything is done.
    fn today(&self, capability: usize) -> f64 {
        match self.model.capabilities[capability].level {
            Today::Known(level) => level,
            Today::Drawn(id) => self.draw[id],
        }
    }

    /// The level of a capability in period `t`.
    pub fn level(&self, capability: usize, t: u32) -> f64 {
        self.level_beside(None, capability, t)
    }

    /// The same without what one initiative provides.
    fn level_beside(&self, place: Option<usize>, capability: usize, t: u32) -> f64 {
        let others = self.runs.iter().filter(|run| Some(run.place) != place);
        let live = others.filter(|run| run.live().is_some_and(|live| live <= t));
        let provided = live.flat_map(|run| &run.initiative.provides).filter(|its| its.capability == capability);
        provided.map(|its| its.level).fold(self.today(capability), f64::max)
    }

    /// How much of a run's effects is in force for a segment at time `t`; below 0 while it disturbs more than it helps.
    pub fn share(&self, run: &Run<'_>, whom: impl Into<Whom>, t: u32) -> f64 {
        let whom = whom.into();
        let own_dip = run.initiative.dip.as_ref().is_some_and(|dip| dip.effects.is_empty());
        let loss = if own_dip { self.loss(run, whom, t) } else { 0.0 };
        self.gain(run, whom, t) - loss
    }

    /// The same without the loss while people learn.
    fn gain(&self, run: &Run<'_>, whom: Whom, t: u32) -> f64 {
        let grown = run.grown(whom, t);
        if grown == 0 || !run.is_in_use(whom, t) {
            return 0.0;
        }
        let initiative = run.initiative;
        let mut share = initiative.ramp.share(grown);
        if let Some(half) = initiative.half_life {
            let worn = f64::from(grown.saturating_sub(initiative.ramp.periods.max(1)));
            share *= if self.draw[half] > 0.0 {
                libm::exp2(-worn / self.draw[half])
            } else {
                f64::from(u8::from(worn == 0.0))
            };
        }
        if let Some(copied) = initiative.catch_up {
            share *= libm::pow(1.0 - self.draw[copied], f64::from(grown - 1));
        }
        if initiative.gate == Gate::Scale {
            // Nothing stands on what it provides itself.
            let level = |its: &Level| self.level_beside(Some(run.place), its.capability, t);
            let there = |its: &Level| if its.level > 0.0 { level(its) / its.level } else { 1.0 };
            share *= initiative.requires.iter().map(there).fold(1.0, f64::min);
        }
        share
    }

    /// The loss while a segment's customers and those who serve them get used to a run, as a share of the full effect.
    pub fn loss(&self, run: &Run<'_>, whom: impl Into<Whom>, t: u32) -> f64 {
        let Some(dip) = &run.initiative.dip else { return 0.0 };
        let whom = whom.into();
        let grown = run.grown(whom, t);
        if grown == 0 || !run.disturbs(whom) {
            return 0.0;
        }
        let left = dip.left(grown);
        if left == 0.0 { 0.0 } else { self.draw[dip.share] * left * self.overload(whom, t) }
    }

    /// By how much losses are larger because more is being got used to than people can take.
    fn overload(&self, whom: Whom, t: u32) -> f64 {
        let Some(capacity) = self.model.roadmap.change_capacity else { return 1.0 };
        let being_learnt = |run: &&Run<'_>| {
            let dip = run.initiative.dip.as_ref();
            run.disturbs(whom) && dip.is_some_and(|dip| (1..=dip.periods).contains(&run.grown(whom, t)))
        };
        (self.runs.iter().filter(being_learnt).count() as f64 / capacity).max(1.0)
    }
}
