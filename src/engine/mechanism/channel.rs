//! A channel as it is simulated: what it weighs in the choice, what a contact there takes and settles, and its numbers in a
//! period. What customers share of it stands in the field: the laws of its waits, and how its people are.

use super::needs::{Needs, Shown};
use super::say::{Saying, SayingSheet};
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::threshold;
use crate::engine::count::layout::Place;
use crate::engine::state::occasions::TOUCHED;
use crate::engine::table::field::FieldId;
use crate::engine::table::shape::{states, weights};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::channel::{self, Changed, Desk};
use crate::model::journey::State;
use crate::model::tag::Whom;
use crate::quantity::ParamId;
use crate::stats::queue::law::Law;

/// What customers share of channels.
const SHARED: &str = "channels";

/// The numbers of a channel in the field, before the laws of its waits.
#[derive(Clone, Copy)]
pub enum Slot {
    /// The mean wait in minutes, last time it was known.
    Wait,
    /// The share of time at work.
    Utilisation,
    /// The share of contacts whose context was lost.
    Lost,
    /// How far the spirits of its people are from where they started.
    Spirits,
    /// The real contacts handled so far.
    Handled,
    /// The minutes of a contact of those who come first and are not recognised.
    Minutes,
    /// The minutes of all of its people in a period.
    Capacity,
    /// The share of contacts that come while it is open.
    Open,
    /// Mean minutes until people give up.
    Patience,
    /// What the people add to quality.
    Quality,
    /// What they add to the log-odds to settle a matter.
    Solves,
    /// The people whom the goal takes, by contact that is expected.
    Needed,
}

/// How many numbers stand before the laws.
const SLOTS: usize = 12;

/// All channels as they are simulated.
pub struct Channels {
    /// By their places in the model.
    pub each: Vec<Channel>,
    /// What customers share of them, where anybody can wait.
    shared: Option<FieldId>,
    /// The channels that let some go first, in their order.
    pub first: Vec<usize>,
}

/// A channel as it is simulated.
pub struct Channel {
    /// What drives the choice.
    pub states: Vec<State>,
    /// What others hear of every attempt.
    pub says: Option<Saying>,
    pub counter: Place,
    pub people: Place,
    pub line: Place,
    /// The minutes within which a contact is answered in time.
    pub within: f32,
    /// Who goes first, and in which stages.
    pub first: Option<(Whom, Vec<bool>)>,
    /// The first of its numbers in the field.
    slots: usize,
    pub its: channel::Channel,
}

/// The numbers of a period for all channels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelsSheet {
    pub each: Vec<ChannelSheet>,
}

/// The numbers of a period for a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelSheet {
    /// What it weighs in the choice before drivers.
    pub weight: f32,
    pub weights: Vec<f32>,
    pub solves: f64,
    /// The chance that a contact settles the matter, by whether the customer is recognised and whether context is lost.
    pub settled: [[f64; 2]; 2],
    /// Where people turn next: the channel and the chance.
    pub switch: Vec<(usize, f64)>,
    pub again: Vec<(usize, f64)>,
    pub recognises: f64,
    pub carries: f64,
    pub known: Change,
    pub lost: Change,
    pub wait_effort: f32,
    pub attempt_effort: f32,
    /// The mean quality of giving up, and the word threshold of a Bernoulli one.
    pub given_up: f32,
    pub below: u32,
    pub says: Option<SayingSheet>,
    /// Its people, in the numbers of whom they are asked for: only those of the company count.
    pub desk: Option<DeskSheet>,
    /// What is shared of it, where anybody can wait.
    pub shared: Option<Shared>,
}

/// What something about a contact changes in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub quality: f32,
    pub effort: f32,
    /// Multiplies the minutes.
    pub handle: f64,
    /// Multiplies the odds to settle the matter.
    pub solves: f64,
}

/// The numbers of the people of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskSheet {
    /// The people at work in each part of the open hours.
    pub staff: Vec<f64>,
    pub open: f64,
    pub handle: f64,
    pub variability: f64,
    pub patience: f64,
    /// Start, pace, comfortable, strain, frustration; then quality, handle, solves.
    pub team: Option<[f64; 8]>,
    /// Volume and exponent.
    pub practice: Option<[f64; 2]>,
}

/// What all customers share of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    pub minutes: f64,
    pub capacity: f64,
    pub open: f64,
    pub patience: f64,
    pub quality: f32,
    pub solves: f64,
    /// The people whom the goal takes, by contact.
    pub needed: f64,
    /// The part of the open hours, by the shares of contacts so far.
    pub upto: Vec<f64>,
    /// The laws of the offered wait by part: of those who go first, and of all others.
    pub laws: Vec<[Law; 2]>,
}

impl Channels {
    /// Those of a model; whether anybody can wait is known.
    pub fn of(model: &Model, needs: &mut Needs<'_>) -> Self {
        let mut slots = 0;
        let mut each = Vec::new();
        for its in &model.channels {
            each.push(Channel::of(model, needs, its, slots));
            let parts = its.desk.as_ref().map_or(0, |desk| desk.peaks.len());
            slots += if parts > 0 { SLOTS + 2 * parts * Law::NUMBERS } else { 0 };
        }
        let shared = model.waits().then(|| {
            needs.barrier();
            needs.company();
            needs.field(SHARED, slots)
        });
        let first = (0..each.len()).filter(|place| each[*place].first.is_some()).collect();
        Self { each, shared, first }
    }

    /// What the numbers of a period become.
    pub fn sheet(&self, values: &Values<'_>) -> ChannelsSheet {
        let field = self.shared.map(|id| values.field(id));
        ChannelsSheet { each: self.each.iter().map(|channel| channel.sheet(values, field)).collect() }
    }

    /// Where the field has what is shared.
    pub fn field(&self) -> Option<FieldId> {
        self.shared
    }

    /// How many kinds of customers there are by where they go first.
    pub fn kinds(&self) -> usize {
        1 << self.first.len()
    }

    /// Whether customers of a kind go first in a channel.
    pub fn goes_first(&self, channel: usize, kind: usize) -> bool {
        self.first.iter().position(|its| *its == channel).is_some_and(|bit| kind >> bit & 1 == 1)
    }
}

impl Channel {
    fn of(model: &Model, needs: &mut Needs<'_>, its: &channel::Channel, slots: usize) -> Self {
        Self {
            states: states(model, its.drivers.iter()),
            says: its.tells.and_then(|tells| {
                let told = needs.counter(model.hearsay[tells.of.index()].told, Shown::ByEvent(TOUCHED));
                Saying::of(needs, tells, told)
            }),
            counter: needs.counter(its.counter, Shown::ByEvent(TOUCHED)),
            people: needs.counter(its.people, Shown::ByEvent(TOUCHED)),
            line: needs.counter(its.line, Shown::ByEvent(TOUCHED)),
            within: single(its.within),
            first: its.desk.as_ref().and_then(|desk| desk.first.clone()),
            slots,
            its: its.clone(),
        }
    }

    /// The place of a number of its in the field.
    pub fn slot(&self, slot: Slot) -> usize {
        self.slots + slot as usize
    }

    /// Where the law of a part of the open hours stands in the field.
    pub fn law(&self, part: usize, class: usize) -> std::ops::Range<usize> {
        let first = self.slots + SLOTS + (2 * part + class) * Law::NUMBERS;
        first..first + Law::NUMBERS
    }

    fn sheet(&self, values: &Values<'_>, field: Option<&[f64]>) -> ChannelSheet {
        let its = &self.its;
        let number = |id: Option<ParamId>, default: f64| id.map_or(default, |id| values[id]);
        let onward = |ways: &[(usize, ParamId)]| ways.iter().map(|(to, id)| (*to, values[*id])).collect();
        let change = |its: &Changed| Change {
            quality: single(number(its.quality, 0.0)),
            effort: single(number(its.effort, 0.0)),
            handle: 1.0 + number(its.handle, 0.0),
            solves: number(its.solves, 1.0),
        };
        let shared = its.desk.as_ref().zip(field);
        let wait = shared.map_or(0.0, |(_, field)| field[self.slot(Slot::Wait)]);
        let given_up = values[its.given_up.mean];
        let mut sheet = ChannelSheet {
            settled: [[0.0; 2]; 2],
            weight: single(libm::exp(number(its.appeal, 0.0) - number(its.shuns, 0.0) * wait)),
            weights: weights(&self.states, &its.drivers, values),
            solves: number(its.solves, 1.0),
            switch: onward(&its.switch),
            again: onward(&its.again),
            recognises: number(its.recognises, 1.0),
            carries: number(its.carries, 1.0),
            known: change(&its.known),
            lost: change(&its.lost),
            wait_effort: single(number(its.wait_effort, 0.0)),
            attempt_effort: single(number(its.attempt_effort, 0.0)),
            given_up: single(given_up),
            below: threshold(given_up),
            says: self.says.as_ref().map(|says| says.sheet(values)),
            desk: its.desk.as_ref().map(|desk| DeskSheet::of(desk, values)),
            shared: shared.map(|(desk, field)| self.shared(desk, field)),
        };
        let people = sheet.shared.as_ref().map_or(0.0, |shared| shared.solves);
        sheet.settled = [false, true].map(|known| [false, true].map(|lost| sheet.settles(known, lost, people)));
        sheet
    }

    fn shared(&self, desk: &Desk, field: &[f64]) -> Shared {
        let number = |slot: Slot| field[self.slot(slot)];
        let upto = desk.peaks.iter().scan(0.0, |sum, peak| {
            *sum += peak.share;
            Some(*sum)
        });
        let law = |part: usize| [0, 1].map(|class| Law::read(&field[self.law(part, class)]));
        Shared {
            minutes: number(Slot::Minutes),
            capacity: number(Slot::Capacity),
            open: number(Slot::Open),
            patience: number(Slot::Patience),
            quality: single(number(Slot::Quality)),
            solves: number(Slot::Solves),
            needed: number(Slot::Needed),
            upto: upto.collect(),
            laws: (0..desk.peaks.len()).map(law).collect(),
        }
    }
}

impl DeskSheet {
    fn of(desk: &Desk, values: &Values<'_>) -> Self {
        let number = |id: Option<ParamId>, default: f64| id.map_or(default, |id| values[id]);
        Self {
            staff: desk.peaks.iter().map(|peak| values[peak.staff]).collect(),
            open: number(desk.open, 1.0),
            handle: values[desk.handle],
            variability: number(desk.variability, 1.0),
            patience: values[desk.patience],
            team: desk.team.map(|team| {
                let sure = [team.start, team.pace, team.comfortable, team.strain].map(|id| values[id]);
                let may = [team.frustration, team.quality, team.handle, team.solves].map(|id| number(id, 0.0));
                std::array::from_fn(|at| if at < 4 { sure[at] } else { may[at - 4] })
            }),
            practice: desk.practice.map(|ids| ids.map(|id| values[id])),
        }
    }
}

impl ChannelSheet {
    /// The chance that a contact settles the matter: whether the customer is recognised, and whether context was lost.
    pub fn settles(&self, recognised: bool, lost: bool, people: f64) -> f64 {
        let mut times = libm::exp(people);
        if recognised {
            times *= self.known.solves;
        }
        if lost {
            times *= self.lost.solves;
        }
        let odds = self.solves * times;
        if self.solves >= 1.0 { 1.0 } else { odds / (1.0 - self.solves + odds) }
    }

    /// What the minutes of a contact are multiplied by.
    pub fn takes(&self, recognised: bool, lost: bool) -> f64 {
        let known = if recognised { self.known.handle } else { 1.0 };
        if lost { known * self.lost.handle } else { known }
    }

    /// The quality that it adds, and the trouble that it takes off.
    pub fn changes(&self, recognised: bool, lost: bool) -> f32 {
        let of = |change: &Change, so: bool| if so { change.quality - change.effort } else { 0.0 };
        of(&self.known, recognised) + of(&self.lost, lost)
    }
}
