//! A touchpoint as it is simulated: what brings it about, how it ends, which states each end moves, and its numbers in a period.

use super::channel::{ChannelSheet, ChannelsSheet};
use super::feel::centred;
use super::mover::{Motion, Mover, Source, movers};
use super::needs::{Needs, Shown};
use super::say::{Saying, SayingSheet};
use super::vow::Vow;
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::{Sampler, threshold};
use crate::engine::count::layout::Place;
use crate::engine::lanes::Strip;
use crate::engine::state::bits::BitsId;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting};
use crate::engine::state::occasions::TOUCHED;
use crate::engine::state::plan::ListId;
use crate::engine::table::shape::{states, weights};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::channel::Channel;
use crate::model::journey::{Driver, State};
use crate::model::survey::asks;
use crate::model::tag::Whom;
use crate::model::touchpoint::{Cause, End, Occurs, Places, Row, Timing, Touchpoint, Way};
use crate::model::weight::Mover as Weighs;
use crate::quantity::{ParamId, StageId, TouchpointId};

/// Draws how often a touchpoint comes, or whether it does.
pub const MEET: Purpose = Purpose::numbered(13);
/// Draws how an occurrence ends, what it is like, how long it takes to come, and where it takes people.
pub const COURSE: Purpose = Purpose::numbered(14);
/// Draws whether a touchpoint comes with what brings it about.
pub const FOLLOW: Purpose = Purpose::numbered(15);
/// Draws which of a customer's periods is the first in turn.
pub const TURN: Purpose = Purpose::numbered(16);
/// Draws how an attempt in a channel goes.
pub const ATTEMPT: Purpose = Purpose::numbered(18);

/// Which occurrences of what comes too late for a line come in the next period: a bit for each.
const NEXT: ColumnSpec = ColumnSpec::new("next in line");
/// The words that say which periods are in turn.
const TURNS: ColumnSpec = ColumnSpec::new("turn");

/// A touchpoint as it is simulated.
pub struct Point {
    pub luck: u32,
    /// When it happens and to whom: the first one that fits a customer counts.
    pub rows: Vec<OfRow>,
    /// When in a period it happens.
    pub phase: Phase,
    /// Who stands in line until then, where customers may have to wait.
    pub line: Option<Line>,
    /// Whether others follow it.
    pub is_followed: bool,
    /// The random bits of those that come by themselves.
    pub bits: Option<BitsId>,
    /// The words of turns.
    pub turns: Option<ColumnId<u32, Lasting>>,
    /// What drives its rate or its chance.
    pub states: Vec<State>,
    pub timing: Option<Timing>,
    /// How long it takes to come, as a multiple of the mean, and how fast it fades, where that is known.
    pub answer: Option<(Sampler, ParamId, Option<ParamId>)>,
    pub ends: Vec<Ending>,
    /// How giving up ends it, by channel; none where nobody waits.
    pub abandons: Vec<Ending>,
    /// How many of the ends are drawn: all but that of giving up.
    pub choices: usize,
    pub counted: Place,
    /// For each end, the surveys that ask those who met it so: a bit for each.
    pub asks: Vec<u32>,
    /// The pillars that hold or break here.
    pub vows: Vec<Vow>,
    pub places: Option<Counted>,
    drivers: Vec<Driver>,
}

/// When in a period a touchpoint happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before all customers are looked at together.
    Meet,
    /// After that, before the move.
    Serve,
    /// After purchases and moves.
    After,
}

/// Those who stand in line for a touchpoint.
pub struct Line {
    /// Their places, and what is known of each.
    pub lists: [ListId; 2],
    /// What comes too late to stand in line in the same period: when in a period its cause is known, and which occurrences
    /// come in the next one.
    pub next: Option<(Phase, ColumnId<u32, Lasting>)>,
}

/// Where it is counted in which stages a touchpoint happens.
pub struct Counted {
    pub place: Place,
    /// By cell of the touchpoint, then by stage: the cell here.
    pub cells: Vec<Vec<Option<usize>>>,
}

/// When a touchpoint happens, and to whom.
pub struct OfRow {
    pub cause: Cause,
    pub whom: Whom,
    /// The channels among which customers choose.
    pub channels: Vec<usize>,
    often: Vec<Option<Occurs>>,
}

/// How a touchpoint ends.
pub struct Ending {
    /// The cell that counts it.
    pub cell: usize,
    /// What drives its chance.
    pub states: Vec<State>,
    /// What it is like around its mean.
    pub quality: Option<Sampler>,
    /// The first cell of what it moves satisfaction by, where that is counted.
    pub weighs: Option<usize>,
    pub moves: Vec<Mover>,
    /// What others hear of it.
    pub says: Option<Saying>,
    pub ways: Vec<Leading>,
    its: End,
}

/// Where an end takes people.
pub struct Leading {
    /// The stage.
    pub to: u32,
    /// What drives its chance.
    pub states: Vec<State>,
    its: Way,
}

/// The numbers of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct TouchSheet {
    /// How fast satisfaction learns.
    pub learning: f32,
    /// How much more counts what passes expectation, and what falls short of it.
    pub more: [f32; 2],
    /// The share of the way to what is promised.
    pub hears: f32,
    /// By touchpoint.
    pub points: Vec<PointSheet>,
    /// The channels.
    pub channels: ChannelsSheet,
}

/// The numbers of a period for a touchpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct PointSheet {
    /// By row.
    pub rows: Vec<RowSheet>,
    /// What drivers weigh, state by state: by stage, and alone.
    pub weights: Vec<Strip>,
    pub dense: Vec<f32>,
    /// When it weighs most, how wide that is, and what it weighs far from there.
    pub timing: [f32; 3],
    /// The mean days that it takes to come, and those after which half of its importance is gone, where it fades.
    pub answer: (f32, Option<f32>),
    /// What other ends leave over.
    pub rest: f32,
    pub ends: Vec<EndSheet>,
    /// Of giving up, by channel.
    pub abandons: Vec<EndSheet>,
}

/// The numbers of a period for a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowSheet {
    /// The mean or the chance, by stage.
    pub often: Strip,
    /// Whether it may come any less than each time.
    pub is_sure: bool,
}

/// The numbers of a period for an end.
#[derive(Clone, Debug, PartialEq)]
pub struct EndSheet {
    pub chance: f32,
    pub weights: Vec<f32>,
    /// The mean quality, and the word threshold of a Bernoulli quality.
    pub quality: f32,
    pub below: u32,
    pub effort: f32,
    pub importance: f32,
    pub promise: Option<f32>,
    /// What others hear of it.
    pub says: Option<SayingSheet>,
    /// The numbers of each motion of each state, in their order.
    pub motions: Vec<[f32; 2]>,
    /// What the ways leave over, then each with its chance and weights.
    pub stays: f32,
    pub ways: Vec<(f32, Vec<f32>)>,
}

impl Point {
    /// The touchpoint at a place; those before it are there already.
    pub fn of(model: &Model, needs: &mut Needs<'_>, place: usize, before: &[Self]) -> Self {
        let its = &model.touchpoints[place];
        let known = match its.cause() {
            Cause::Purchase | Cause::Entry => Phase::After,
            Cause::After { of, .. } => before[of.index()].phase,
            Cause::Rate | Cause::Chance | Cause::Every(_) | Cause::Heard(_) => Phase::Meet,
        };
        let line = model.waits_at(its).then(|| Line {
            lists: [needs.list(), needs.list()],
            next: (known != Phase::Meet).then(|| (known, needs.words(NEXT.at(place)))),
        });
        let by_itself = its.rows.iter().any(|row| matches!(row.cause, Cause::Rate | Cause::Chance));
        let turns = its.rows.iter().any(|row| matches!(row.cause, Cause::Every(_)));
        let follows = |other: &Touchpoint| matches!(other.cause(), Cause::After { of, .. } if of.index() == place);
        let vows = Vow::all(model, needs, place);
        // How long it takes matters where it fades, and to whom it was promised.
        let matters = |fades: Option<ParamId>| fades.is_some() || !vows.is_empty();
        let answer = its
            .answer
            .as_ref()
            .filter(|answer| matters(answer.fades))
            .map(|answer| (needs.sampler(&answer.law, 0.0, f64::INFINITY), answer.mean, answer.fades));
        needs.draws(COURSE);
        needs.draws(FOLLOW);
        needs.draws(TURN);
        needs.draws(ATTEMPT);
        Self {
            luck: its.luck,
            rows: its.rows.iter().map(OfRow::of).collect(),
            phase: if line.is_some() { Phase::Serve } else { known },
            line,
            is_followed: model.touchpoints.iter().any(follows),
            bits: by_itself.then(|| needs.bits_of(MEET, its.luck)),
            turns: turns.then(|| needs.words(TURNS.at(place))),
            states: states(model, its.drivers.iter()),
            timing: its.timing,
            answer,
            ends: its.ends.iter().enumerate().map(|(end, _)| Ending::of(model, needs, (place, end))).collect(),
            abandons: abandons(model, needs, place),
            choices: its.choices().len(),
            counted: needs.counter(its.counter, Shown::ByEvent(TOUCHED)),
            asks: (0..its.ends.len()).map(|end| asks(&model.surveys, (place, end))).collect(),
            vows,
            places: its.places.as_ref().map(|places| Counted::of(its, needs, places)),
            drivers: its.drivers.clone(),
        }
    }

    /// Whether customers meet it in a phase, be it only to stand in line.
    pub fn is_met_in(&self, phase: Phase) -> bool {
        if self.line.is_some() { phase == Phase::Meet } else { phase == self.phase }
    }

    /// Whether anything of it happens in a phase.
    pub fn acts_in(&self, phase: Phase) -> bool {
        let waits = |line: &Line| phase == Phase::Serve || line.next.is_some_and(|(known, _)| known == phase);
        self.is_met_in(phase) || self.line.as_ref().is_some_and(waits)
    }

    /// Whether it may happen in a stage.
    pub fn is_in(&self, stage: usize) -> bool {
        self.rows.iter().any(|row| row.often[stage].is_some())
    }

    /// What the numbers of a period become for it.
    pub fn sheet(&self, values: &Values<'_>, channels: &ChannelsSheet) -> PointSheet {
        let dense = weights(&self.states, &self.drivers, values);
        let stages = self.rows.first().map_or(0, |row| row.often.len());
        let of_all = |weight: &f32| Strip::of_f32((0..stages).map(|_| *weight).chain([0.0]));
        let ends: Vec<EndSheet> = self.ends.iter().map(|end| end.sheet(values)).collect();
        let timing = |its: Timing| [its.best, its.width, its.miss].map(|id| single(values[id]));
        PointSheet {
            rows: self.rows.iter().map(|row| row.sheet(values)).collect(),
            weights: dense.iter().map(of_all).collect(),
            dense,
            timing: self.timing.map_or([0.0; 3], timing),
            answer: self.answer.as_ref().map_or((0.0, None), |(_, mean, fades)| {
                (single(values[*mean]), fades.map(|fades| single(values[fades])))
            }),
            rest: left_over(values, ends.iter().map(|end| end.chance)),
            abandons: self.abandons.iter().zip(&channels.each).map(|its| given_up(its, values)).collect(),
            ends,
        }
    }
}

/// How giving up ends a touchpoint, by channel; none where nobody waits.
fn abandons(model: &Model, needs: &mut Needs<'_>, place: usize) -> Vec<Ending> {
    let its = &model.touchpoints[place];
    if !model.waits_at(its) {
        return Vec::new();
    }
    let mut end = |channel: &Channel| {
        let its = Ending::of(model, needs, (place, its.choices().len()));
        let quality = its.quality.as_ref().map(|_| centred(needs, &channel.given_up.law));
        Ending { quality, ..its }
    };
    model.channels.iter().map(&mut end).collect()
}

fn given_up((ending, channel): (&Ending, &ChannelSheet), values: &Values<'_>) -> EndSheet {
    EndSheet { quality: channel.given_up, below: channel.below, ..ending.sheet(values) }
}

impl Counted {
    fn of(touchpoint: &Touchpoint, needs: &mut Needs<'_>, its: &Places) -> Self {
        let stages = touchpoint.rows.first().map_or(0, |row| row.stages.len());
        let cell = |of| (0..stages).map(|stage| its.cell(of, StageId::from(stage))).collect();
        Self {
            place: needs.counter(its.counter, Shown::ByEvent(TOUCHED)),
            cells: (0..touchpoint.cells()).map(cell).collect(),
        }
    }
}

impl OfRow {
    fn of(row: &Row) -> Self {
        Self { cause: row.cause, whom: row.whom.clone(), channels: row.channels.clone(), often: row.stages.clone() }
    }

    fn sheet(&self, values: &Values<'_>) -> RowSheet {
        let often = |its: &Option<Occurs>| match its {
            None => 0.0,
            Some(Occurs::Always) => 1.0,
            Some(Occurs::With(id)) => single(values[*id]),
        };
        let sure = |its: &Option<Occurs>| !matches!(its, Some(Occurs::With(_)));
        RowSheet {
            often: Strip::of_f32(self.often.iter().map(often).chain([0.0])),
            is_sure: self.often.iter().all(sure),
        }
    }
}

impl Ending {
    fn of(model: &Model, needs: &mut Needs<'_>, (place, end): (usize, usize)) -> Self {
        let touchpoint = &model.touchpoints[place];
        let its = &touchpoint.ends[end];
        let way = |way: &Way| Leading { to: way.to.0, states: states(model, way.drivers.iter()), its: way.clone() };
        Self {
            cell: touchpoint.cell(end),
            states: states(model, its.drivers.iter()),
            quality: its.quality.as_ref().map(|quality| centred(needs, &quality.law)),
            weighs: model.weights.as_ref().and_then(|its| its.cell(Weighs::End(TouchpointId::from(place), end))),
            moves: movers(model, needs, (place, end)),
            says: its.tells.and_then(|tells| {
                let told = needs.counter(model.hearsay[tells.of.index()].told, Shown::ByEvent(TOUCHED));
                Saying::of(needs, tells, told)
            }),
            ways: its.ways.iter().map(way).collect(),
            its: its.clone(),
        }
    }

    fn sheet(&self, values: &Values<'_>) -> EndSheet {
        let its = &self.its;
        let number = |id: Option<ParamId>, default: f32| id.map_or(default, |id| single(values[id]));
        let mean = its.quality.as_ref().map_or(0.0, |quality| values[quality.mean]);
        let motion = |(motion, _): &(Motion, Source)| match motion {
            Motion::Toward(paces) => paces.map(|id| single(values[id])),
            Motion::Add(amount) => [single(values[*amount]), 0.0],
            Motion::Peak => [0.0; 2],
        };
        let ways: Vec<(f32, Vec<f32>)> = self
            .ways
            .iter()
            .map(|way| (single(values[way.its.chance]), weights(&way.states, &way.its.drivers, values)))
            .collect();
        EndSheet {
            chance: number(its.chance, 0.0),
            weights: weights(&self.states, &its.drivers, values),
            quality: single(mean),
            below: threshold(mean),
            effort: number(its.effort, 0.0),
            importance: number(its.importance, 1.0),
            promise: its.promise.map(|id| single(values[id])),
            says: self.says.as_ref().map(|says| says.sheet(values)),
            motions: self.moves.iter().flat_map(|mover| &mover.by).map(motion).collect(),
            stays: left_over(values, ways.iter().map(|(chance, _)| *chance)),
            ways,
        }
    }
}

/// What chances leave over; where they pass 1, nothing, which is noted.
fn left_over(values: &Values<'_>, chances: impl Iterator<Item = f32>) -> f32 {
    let left = 1.0 - chances.sum::<f32>();
    if left < -1e-5 {
        values.hold();
    }
    left.max(0.0)
}
