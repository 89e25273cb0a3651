//! A mover is a state that an end of a touchpoint moves: towards a signal, by an amount, or to a peak.

use super::moving::CARRIED;
use super::needs::Needs;
use crate::engine::chance::narrow::single;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::model::Model;
use crate::model::state::{Carried, Life, Signal};
use crate::quantity::{ParamId, TouchpointId};

/// A state that an end moves.
pub struct Mover {
    pub column: ColumnId<f32, Lasting>,
    pub range: (f32, f32),
    pub neutral: f32,
    /// What moves it, in this order.
    pub by: Vec<(Motion, Source)>,
}

/// How a state moves.
#[derive(Clone, Copy)]
pub enum Motion {
    /// Towards the signal, at the paces up and down.
    Toward([ParamId; 2]),
    /// By an amount for each unit of it.
    Add(ParamId),
    /// To it where it is farther from neutral.
    Peak,
}

/// What the signal is at an occurrence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Quality,
    Felt,
    Effort,
    Promise,
    /// 1 each time.
    One,
}

/// The states that an end moves, in the order of the model.
pub fn movers(model: &Model, needs: &Needs<'_>, at: (usize, usize)) -> Vec<Mover> {
    let mover = |(place, carried): (usize, &Carried)| {
        let Life::Own(own) = &carried.life else { return None };
        let source = |signal: Signal| source(model, at, signal);
        let follows = own.follows.and_then(|its| Some((Motion::Toward(its.paces), source(its.signal)?)));
        let adds = own.adds.iter().filter_map(|(signal, amount)| Some((Motion::Add(*amount), source(*signal)?)));
        let peak = own.peak.and_then(|signal| Some((Motion::Peak, source(signal)?)));
        let by: Vec<(Motion, Source)> = follows.into_iter().chain(adds).chain(peak).collect();
        let range = (single(carried.range.0), single(carried.range.1));
        (!by.is_empty()).then(|| (place, range, single(carried.neutral), by))
    };
    let found: Vec<_> = model.carried.iter().enumerate().filter_map(mover).collect();
    let column = |place: usize| needs.lasting_numbers(CARRIED.at(place));
    found
        .into_iter()
        .filter_map(|(place, range, neutral, by)| Some(Mover { column: column(place)?, range, neutral, by }))
        .collect()
}

/// What a signal is where a touchpoint ends so; none where it is not met there.
fn source(model: &Model, (place, end): (usize, usize), signal: Signal) -> Option<Source> {
    let its = &model.touchpoints[place].ends[end];
    let here = |of: TouchpointId| of.index() == place;
    let feels = its.quality.is_some();
    match signal {
        Signal::Quality => feels.then_some(Source::Quality),
        Signal::Felt => feels.then_some(Source::Felt),
        Signal::QualityOf(of) => (feels && here(of)).then_some(Source::Quality),
        Signal::FeltOf(of) => (feels && here(of)).then_some(Source::Felt),
        Signal::Effort => its.effort.map(|_| Source::Effort),
        Signal::Promise => its.promise.map(|_| Source::Promise),
        Signal::Occurrence(of, one) => (here(of) && one.is_none_or(|one| one == end)).then_some(Source::One),
        Signal::Purchases | Signal::Spent | Signal::Satisfaction | Signal::Carried(_) => None,
    }
}
