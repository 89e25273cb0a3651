//! Touchpoints in numbers: when they happen, how they end, what each end is like, and where it takes people.

use std::borrow::Cow;

use crate::quantity::{CounterId, HearsayId, ParamId, StageId, TouchpointId};
use crate::stats::distribution::Distribution;

use super::hearsay::Tells;
use super::journey::{Driver, Quality};
use super::tag::Whom;

/// No customer meets a touchpoint more often in a period.
pub const MOST_OCCURRENCES: u32 = 15;

/// The largest mean number of occurrences in a period: more than 15 of them then come once in 200,000 periods.
pub const MOST_IN_THE_MEAN: f64 = 4.0;

/// Something that happens between customers and the company.
#[derive(Clone, Debug)]
pub struct Touchpoint {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What tells its draws from those of others.
    pub luck: u32,
    /// When it happens and to whom: the first row that fits a customer counts. There is one, unless it has a plan.
    pub rows: Vec<Row>,
    /// What bends its rate, in log rate, or its chance, in log-odds.
    pub drivers: Vec<Driver>,
    /// How its weight depends on when it comes.
    pub timing: Option<Timing>,
    /// How long it takes to come.
    pub answer: Option<Answer>,
    /// How it ends: as it says itself, then the other ends in canonical order.
    pub ends: Vec<End>,
    /// What counts it: one cell for all of it, and where it has several ends one for each.
    pub counter: CounterId,
    /// In which stages it happens, where money is booked on it and that may be in several.
    pub places: Option<Places>,
}

/// What counts in which stages a touchpoint happens, as far as money is booked on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What counts it: a cell for each of these cells and each of these stages.
    pub counter: CounterId,
    /// The cells of the touchpoint that money is booked on.
    pub cells: Vec<usize>,
    /// The stages in which it may happen.
    pub stages: Vec<StageId>,
}

impl Places {
    /// The cell that counts what a cell of the touchpoint counts, in a stage.
    pub fn cell(&self, of: usize, stage: StageId) -> Option<usize> {
        let cell = self.cells.iter().position(|its| *its == of)?;
        let stage = self.stages.iter().position(|its| *its == stage)?;
        Some(cell * self.stages.len() + stage)
    }

    /// How many cells there are.
    pub fn length(&self) -> usize {
        self.cells.len() * self.stages.len()
    }
}

/// When a touchpoint happens, and to whom.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whom it is for.
    pub whom: Whom,
    /// What brings it about.
    pub cause: Cause,
    /// For each stage, whether it happens there, and how often or with which chance; a chance of 1 where none is given.
    pub stages: Vec<Option<Occurs>>,
    /// The channels among which customers choose, by place; none where it needs none.
    pub channels: Vec<usize>,
}

/// How often something happens in a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Occurs {
    /// Each time.
    Always,
    /// With this mean, or with this chance.
    With(ParamId),
}

/// What brings a touchpoint about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It comes by itself, any number of times in a period.
    Rate,
    /// It comes by itself, once in a period at most.
    Chance,
    /// Every so many of a customer's periods.
    Every(u32),
    /// Each purchase, in the period of the purchase.
    Purchase,
    /// Coming to a stage, in the period in which that happens.
    Entry,
    /// Each time that what others told is heard.
    Heard(HearsayId),
    /// Another touchpoint, or one of its ends.
    After {
        /// The other touchpoint.
        of: TouchpointId,
        /// One of its ends, by its place; none where all count.
        end: Option<usize>,
    },
}

/// How the weight of a touchpoint depends on when it comes.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The period in the stage in which it weighs most, counted from 1.
    pub best: ParamId,
    /// How many periods early or late still do.
    pub width: ParamId,
    /// What it weighs far from there.
    pub miss: ParamId,
}

/// How long a touchpoint that follows another takes to come.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The mean, in days.
    pub mean: ParamId,
    /// The days as a multiple of their mean.
    pub law: Distribution,
    /// The days after which half of the importance is gone; none where it does not fade.
    pub fades: Option<ParamId>,
}

/// How a touchpoint ends.
#[derive(Clone, Debug)]
pub struct End {
    /// Its name; none of how it ends by itself.
    pub name: Option<String>,
    /// Its chance; none of how it ends by itself, which takes what the others leave over, and of giving up.
    pub chance: Option<ParamId>,
    /// Whether it is that customers gave up waiting: then it is the last one, and nobody draws it.
    pub given_up: bool,
    /// What bends the chance, in log-odds.
    pub drivers: Vec<Driver>,
    /// What it is like; none where nothing is felt.
    pub quality: Option<Quality>,
    /// The quality lost to trouble.
    pub effort: Option<ParamId>,
    /// By how much it moves customers.
    pub importance: Option<ParamId>,
    /// What it makes people expect.
    pub promise: Option<ParamId>,
    /// The minutes of work that it takes.
    pub minutes: Option<ParamId>,
    /// What others hear of it.
    pub tells: Option<Tells>,
    /// Where it takes people, in canonical order of the destinations.
    pub ways: Vec<Way>,
}

/// Where a touchpoint takes people.
#[derive(Clone, Debug)]
pub struct Way {
    /// The stage.
    pub to: StageId,
    /// The chance.
    pub chance: ParamId,
    /// What bends it, in log-odds.
    pub drivers: Vec<Driver>,
}

impl Touchpoint {
    /// What brings it about; of a plan, what the first row says.
    pub fn cause(&self) -> Cause {
        self.rows.first().map_or(Cause::Chance, |row| row.cause)
    }

    /// Whether it may happen in a stage.
    pub fn is_in(&self, stage: usize) -> bool {
        self.rows.iter().any(|row| row.stages.get(stage).is_some_and(Option::is_some))
    }

    /// Everything that drives it: whether it happens, how it ends, and where it takes people.
    pub fn all_drivers(&self) -> impl Iterator<Item = &Driver> {
        let ends =
            self.ends.iter().flat_map(|end| end.drivers.iter().chain(end.ways.iter().flat_map(|way| &way.drivers)));
        self.drivers.iter().chain(ends)
    }

    /// The cell that counts an end; all of it where there is one end only.
    pub fn cell(&self, end: usize) -> usize {
        if self.ends.len() > 1 { 1 + end } else { 0 }
    }

    /// What people call what a cell counts.
    pub fn title_of(&self, cell: usize) -> Cow<'_, str> {
        let end = cell.checked_sub(1).and_then(|end| self.ends.get(end)).and_then(|end| end.name.as_ref());
        end.map_or(Cow::Borrowed(&self.title), |end| Cow::Owned(format!("{}, {}", self.title, end.replace('_', " "))))
    }

    /// How many cells count it.
    pub fn cells(&self) -> usize {
        if self.ends.len() > 1 { 1 + self.ends.len() } else { 1 }
    }

    /// The ends that are drawn: all but that of giving up.
    pub fn choices(&self) -> &[End] {
        let ends = self.ends.len() - usize::from(self.ends.last().is_some_and(|end| end.given_up));
        &self.ends[..ends]
    }

    /// The channels that it may come to first.
    pub fn channels(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().flat_map(|row| row.channels.iter().copied())
    }

    /// Whether it takes anybody anywhere.
    pub fn moves(&self) -> bool {
        self.ends.iter().any(|end| !end.ways.is_empty())
    }

    /// What its count is called, and that of each named end, with their cells.
    pub fn counted(&self) -> impl Iterator<Item = (usize, String)> {
        let ends = self
            .ends
            .iter()
            .enumerate()
            .filter_map(|(place, end)| Some((self.cell(place), format!("{}.{}", self.name, end.name.as_ref()?))));
        std::iter::once((0, self.name.clone())).chain(ends)
    }
}
