//! Channels in numbers: where touchpoints happen, with which people and hours, and where customers turn next.

use crate::quantity::{CounterId, ParamId};

use super::hearsay::Tells;
use super::journey::{Driver, Quality};
use super::param::ParamSet;
use super::tag::Whom;
use crate::stats::queue::staffing::Target;

/// So often customers try at most before they let it be.
pub const MOST_ATTEMPTS: u32 = 4;
/// What the end of a touchpoint is called at which customers gave up.
pub const ABANDONED: &str = "abandoned";

/// Where touchpoints happen.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it weighs in the choice, as a logarithm.
    pub appeal: Option<ParamId>,
    /// What bends that.
    pub drivers: Vec<Driver>,
    /// Log-odds lost per minute of the mean wait of the period before.
    pub shuns: Option<ParamId>,
    /// Its people; none where nobody waits.
    pub desk: Option<Desk>,
    /// The chance that a contact settles the matter.
    pub solves: Option<ParamId>,
    /// Where people turn after giving up, by channel.
    pub switch: Vec<(usize, ParamId)>,
    /// Where they turn after a contact that settled nothing.
    pub again: Vec<(usize, ParamId)>,
    /// The chance that a customer is recognised.
    pub recognises: Option<ParamId>,
    /// The chance that what was said has come along, where a customer is recognised.
    pub carries: Option<ParamId>,
    /// What being recognised changes.
    pub known: Changed,
    /// What lost context changes.
    pub lost: Changed,
    /// The quality lost per minute waited.
    pub wait_effort: Option<ParamId>,
    /// The quality lost per attempt after the first.
    pub attempt_effort: Option<ParamId>,
    /// What giving up is like.
    pub given_up: Quality,
    /// What others hear of every contact tried here.
    pub tells: Option<Tells>,
    /// The minutes within which a contact is answered in time.
    pub within: f64,
    /// What counts what happens here.
    pub counter: CounterId,
    /// What counts how much of its people's time contacts take, and how many people its goal takes.
    pub people: CounterId,
    /// What counts who stands in line here in a period: a cell for each kind of customers by where they go first.
    pub line: CounterId,
}

/// The people of a channel, and when they are there.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The parts of the open hours, at least one.
    pub peaks: Vec<Peak>,
    /// The share of contacts that come while it is open.
    pub open: Option<ParamId>,
    /// Mean minutes of a contact.
    pub handle: ParamId,
    /// The squared coefficient of variation of these.
    pub variability: Option<ParamId>,
    /// Mean minutes until people give up.
    pub patience: ParamId,
    /// Who goes first, and in which stages; nobody where there is none.
    pub first: Option<(Whom, Vec<bool>)>,
    /// What a person costs a period.
    pub staff_cost: Option<ParamId>,
    /// How load changes the people.
    pub team: Option<Team>,
    /// How they learn: the contacts before the start, and the exponent.
    pub practice: Option<[ParamId; 2]>,
    /// What the channel should hold to.
    pub goal: Option<Target>,
}

/// A part of the open hours.
#[derive(Clone, Copy, Debug)]
pub struct Peak {
    /// The share of contacts that come then.
    pub share: f64,
    /// Its hours in a period.
    pub hours: f64,
    /// People at work then.
    pub staff: ParamId,
}

/// What something about a contact changes in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changed {
    /// Added to the quality.
    pub quality: Option<ParamId>,
    /// Added to the trouble.
    pub effort: Option<ParamId>,
    /// The share by which it takes longer.
    pub handle: Option<ParamId>,
    /// Multiplies the odds to settle the matter.
    pub solves: Option<ParamId>,
}

/// How load and lost context change the people, and what that changes.
#[derive(Clone, Copy, Debug)]
pub struct Team {
    /// Their spirits at the start.
    pub start: ParamId,
    /// The share of the way that they move in a period.
    pub pace: ParamId,
    /// The utilisation up to which nothing strains them.
    pub comfortable: ParamId,
    /// The spirits lost per unit of utilisation above that.
    pub strain: ParamId,
    /// The spirits lost where all contacts have lost their context.
    pub frustration: Option<ParamId>,
    /// The quality gained per unit of spirits above the start.
    pub quality: Option<ParamId>,
    /// The log of the minutes of a contact per unit of that.
    pub handle: Option<ParamId>,
    /// The log-odds to settle the matter per unit of that.
    pub solves: Option<ParamId>,
}

/// What is counted of a channel; the cells of [`Channel::counter`] in this order. After them stands a cell for each channel:
/// how many of those who came here first ended there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// Contacts that were tried, those while it was closed among them.
    Attempts,
    /// Those who gave up while it was open.
    Abandoned,
    /// Those who came while it was closed.
    Closed,
    /// Contacts handled.
    Handled,
    /// Of these the ones that settled the matter.
    Solved,
    /// Of these the ones whose context was lost.
    ContextLost,
    /// Of these the ones that were answered in time.
    InTime,
    /// The seconds waited, by those who gave up too.
    Waited,
    /// The seconds of work that contacts take.
    Worked,
}

/// How many cells count a channel.
pub const CELLS: usize = 9;
/// Of so many channels at most some customers go first.
pub const MOST_WITH_PRIORITY: usize = 4;
/// The cell that counts how much of its people's time contacts take.
pub const BUSY: usize = 0;
/// The cell that counts the people whom its goal takes, each contact its part of them.
pub const NEEDED: usize = 1;
/// How many cells count both.
pub const OF_PEOPLE: usize = 2;
/// In how many parts of one each of these is counted.
pub const PEOPLE_PARTS: f64 = 1_099_511_627_776.0;

/// What is read off a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// How often it is tried.
    Attempts,
    /// How many give up while it is open.
    Abandoned,
    /// How many come while it is closed.
    Closed,
    /// How many contacts are handled.
    Handled,
    /// How many of these settle the matter.
    Solved,
    /// How many of these have lost their context.
    ContextLost,
    /// The share of attempts while it is open at which people give up.
    Abandonment,
    /// The share of attempts while it is open that are answered in time.
    ServiceLevel,
    /// The mean minutes waited, by those who give up too.
    Wait,
    /// The share of its people's time that contacts take.
    Utilisation,
    /// The people at work whom its goal takes.
    PeopleNeeded,
}

impl Gauge {
    /// All of them, in the order in which outputs show them.
    pub const ALL: [Self; 11] = [
        Self::Attempts,
        Self::Abandoned,
        Self::Closed,
        Self::Handled,
        Self::Solved,
        Self::ContextLost,
        Self::Abandonment,
        Self::ServiceLevel,
        Self::Wait,
        Self::Utilisation,
        Self::PeopleNeeded,
    ];

    /// What follows the name of the channel in that of the metric.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Abandoned => "abandoned",
            Self::Closed => "closed",
            Self::Handled => "handled",
            Self::Solved => "solved",
            Self::ContextLost => "context_lost",
            Self::Abandonment => "abandonment",
            Self::ServiceLevel => "service_level",
            Self::Wait => "wait",
            Self::Utilisation => "utilisation",
            Self::PeopleNeeded => "people_needed",
        }
    }

    /// What follows the title of the channel in a sentence.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Abandoned => "given up",
            Self::Closed => "came while closed",
            Self::Handled => "handled",
            Self::Solved => "solved",
            Self::ContextLost => "context lost",
            Self::Abandonment => "share that gives up",
            Self::ServiceLevel => "share answered in time",
            Self::Wait => "mean wait",
            Self::Utilisation => "utilisation",
            Self::PeopleNeeded => "people that the goal takes",
        }
    }

    /// Whether only channels have it where people work.
    pub const fn needs_people(self) -> bool {
        !matches!(self, Self::Attempts | Self::Handled | Self::Solved | Self::ContextLost)
    }

    /// What it divides, of the counts of a channel in a period, and of its people.
    pub fn parts(self, cells: &[f64], people: &[f64]) -> [f64; 2] {
        let of = |tally: Tally| cells[tally.cell()];
        let open = of(Tally::Attempts) - of(Tally::Closed);
        match self {
            Self::Attempts => [of(Tally::Attempts), 1.0],
            Self::Abandoned => [of(Tally::Abandoned), 1.0],
            Self::Closed => [of(Tally::Closed), 1.0],
            Self::Handled => [of(Tally::Handled), 1.0],
            Self::Solved => [of(Tally::Solved), 1.0],
            Self::ContextLost => [of(Tally::ContextLost), 1.0],
            Self::Abandonment => [of(Tally::Abandoned), open],
            Self::ServiceLevel => [of(Tally::InTime), open],
            Self::Wait => [of(Tally::Waited) / 60.0, open],
            Self::Utilisation => [people[BUSY], 1.0],
            Self::PeopleNeeded => [people[NEEDED], 1.0],
        }
    }
}

impl Tally {
    /// Its cell.
    pub const fn cell(self) -> usize {
        self as usize
    }
}

impl Channel {
    /// Where people may turn from here, with what names the chances.
    pub fn onward(&self) -> impl Iterator<Item = usize> {
        self.switch.iter().chain(&self.again).map(|(to, _)| *to)
    }

    /// The numbers that the company has once for all of its customers, who stand in one line.
    pub fn of_company(&self) -> impl Iterator<Item = ParamId> {
        self.desk.iter().flat_map(Desk::numbers)
    }

    /// Whether people can wait here.
    pub fn is_staffed(&self) -> bool {
        self.desk.is_some()
    }

    /// What can be read off it.
    pub fn gauges(&self) -> impl Iterator<Item = Gauge> {
        let (staffed, aims) = (self.is_staffed(), self.desk.as_ref().is_some_and(|desk| desk.goal.is_some()));
        Gauge::ALL.into_iter().filter(move |gauge| match gauge {
            Gauge::PeopleNeeded => aims,
            gauge => staffed || !gauge.needs_people(),
        })
    }
}

impl Desk {
    /// The numbers that the company has once for all of its customers.
    fn numbers(&self) -> impl Iterator<Item = ParamId> {
        let staff = self.peaks.iter().map(|peak| peak.staff);
        let may = [self.open, self.variability, self.staff_cost].into_iter().flatten();
        let team = self.team.iter().flat_map(Team::numbers);
        let practice = self.practice.into_iter().flatten();
        staff.chain([self.handle, self.patience]).chain(may).chain(team).chain(practice)
    }

    /// What its people cost in a period.
    pub fn cost(&self, values: &ParamSet) -> Option<f64> {
        Some(values[self.staff_cost?] * self.present(|staff| values[staff]))
    }

    /// The numbers that nothing works without: minutes of a contact, of patience, and contacts that people learned from.
    pub fn above_nothing(&self) -> impl Iterator<Item = ParamId> {
        [self.handle, self.patience].into_iter().chain(self.practice.map(|[volume, _]| volume))
    }

    /// What one contact adds to the cells of its people: its share of their time in a period, and about how many it keeps busy.
    pub fn of_contact(&self, values: &ParamSet) -> [f64; OF_PEOPLE] {
        let all = |of: &dyn Fn(&Peak) -> f64| 60.0 * self.peaks.iter().map(of).sum::<f64>();
        let minutes = [all(&|peak| values[peak.staff] * peak.hours), all(&|peak| peak.hours)];
        minutes.map(|minutes| if minutes > 0.0 { values[self.handle] / minutes } else { 0.0 })
    }

    /// The mean number of people at work over the open hours.
    pub fn present(&self, staff: impl Fn(ParamId) -> f64) -> f64 {
        let hours: f64 = self.peaks.iter().map(|peak| peak.hours).sum();
        self.peaks.iter().map(|peak| staff(peak.staff) * peak.hours).sum::<f64>() / hours.max(f64::MIN_POSITIVE)
    }
}

impl Team {
    fn numbers(&self) -> impl Iterator<Item = ParamId> {
        let may = [self.frustration, self.quality, self.handle, self.solves].into_iter().flatten();
        [self.start, self.pace, self.comfortable, self.strain].into_iter().chain(may)
    }

    /// Whether it matters how they are.
    pub fn changes_anything(&self) -> bool {
        self.quality.or(self.handle).or(self.solves).is_some()
    }
}

/// The channels that customers may come to from some of them, by place.
pub fn within_reach(channels: &[Channel], from: &[usize]) -> Vec<bool> {
    let mut reached = vec![false; channels.len()];
    let mut fresh: Vec<usize> = from.to_vec();
    while let Some(place) = fresh.pop() {
        if !std::mem::replace(&mut reached[place], true) {
            fresh.extend(channels[place].onward());
        }
    }
    reached
}
