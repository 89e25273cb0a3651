//! Occur: a touchpoint happens to those who meet it at once, ends one way or another, and takes people elsewhere.

use super::channel::Channels;
use super::met::Powers;
use super::point::{COURSE, EndSheet, Ending, FOLLOW, Point, PointSheet, TouchSheet};
use super::say::{Saying, SayingSheet};
use crate::engine::chance::draws::{Address, Purpose};
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, Columns, Lasting, Passing};
use crate::engine::state::occasions::{Group, Occasions};
use crate::engine::state::plan::StateColumn;
use crate::engine::state::subset::gather;
use crate::model::journey::State;
use crate::model::touchpoint::Cause;

/// What of customers touchpoints reach.
pub struct Reached {
    pub satisfaction: Option<ColumnId<f32, Lasting>>,
    /// The classes of each customer, where some are told apart by them.
    pub tags: Option<ColumnId<u32, Lasting>>,
    /// The channel that each has tried last, counted from 1, where a tag reads it.
    pub last_channel: Option<ColumnId<u32, Lasting>>,
    /// What is expected: where it differs from what is met, or where promises are heard.
    pub expectation: Option<ColumnId<f32, Lasting>>,
    /// Whether it feels otherwise than it is.
    pub surprises: bool,
    pub periods: Option<ColumnId<u32, Lasting>>,
    pub touched: Option<ColumnId<u32, Passing>>,
    /// How often anything has happened to each customer in the period, where that is told apart by class.
    pub contacts: Option<ColumnId<u32, Lasting>>,
    /// Where each is taken at the next move: the stage, counted from 1.
    pub goes: Option<ColumnId<u32, Lasting>>,
    /// For each customer the surveys that ask those who met their touchpoint: a bit for each.
    pub met: Option<ColumnId<u32, Passing>>,
    /// Where what moves satisfaction is counted.
    pub moved: Option<Place>,
}

/// A touchpoint that happens in a period.
pub struct Occurring<'a> {
    pub reached: &'a Reached,
    pub channels: &'a Channels,
    pub now: Period<'a>,
    pub sheet: &'a TouchSheet,
    pub point: &'a Point,
    pub numbers: &'a PointSheet,
    /// Its place among all.
    pub place: usize,
    /// The row of its plan.
    pub row: usize,
}

/// How an occurrence ends, with its numbers.
pub struct Ends<'a> {
    pub ending: &'a Ending,
    pub numbers: &'a EndSheet,
    pub place: usize,
}

impl Ends<'_> {
    /// What others hear of it, with its numbers.
    pub fn says(&self) -> Option<(&Saying, SayingSheet)> {
        self.ending.says.as_ref().zip(self.numbers.says)
    }
}

impl Occurring<'_> {
    /// Lets it happen to all who are coming, the first occurrence of everybody first.
    pub fn all(
        &self,
        block: &mut Block,
        columns: &mut Columns<Passing>,
        occasions: &mut Occasions,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        let mut first = 0;
        while let Some(&number) = occasions.coming.number.get(first) {
            let these = occasions.coming.number[first..].iter().take_while(|its| **its == number).count();
            let Occasions { coming, at_once, .. } = &mut *occasions;
            at_once.place[..these].copy_from_slice(&coming.place[first..first + these]);
            at_once.count = these;
            first += these;
            self.admit((block, columns), occasions, number);
            if occasions.at_once.count == 0 {
                continue;
            }
            if self.point.rows[self.row].channels.is_empty() {
                self.one((block, columns), occasions, number, counts.as_deref_mut());
            } else {
                self.turn_to_channels((block, columns), occasions, number, counts.as_deref_mut());
            }
        }
    }

    /// Draws four words of each, for one occurrence.
    pub(super) fn draw(&self, block: &Block, some: &mut Group, purpose: Purpose, number: u32) {
        gather(&block.customer, &some.place[..some.count], &mut some.customer);
        let draw = block.cohort().wrapping_add(self.point.luck).wrapping_add(number);
        let at = Address { period_block: self.now.t, purpose, draw };
        self.now.world.draws.fill(self.now.world.set, at, &some.customer, some.count, &mut some.words);
    }

    /// Keeps those to whom it happens: where it does not come by itself, by stage and by chance.
    fn admit(&self, (block, columns): (&Block, &Columns<Passing>), occasions: &mut Occasions, number: u32) {
        let numbers = &self.numbers.rows[self.row];
        if matches!(self.point.rows[self.row].cause, Cause::Rate | Cause::Chance) {
            return;
        }
        let sure = numbers.is_sure;
        if !sure {
            self.draw(block, &mut occasions.at_once, FOLLOW, number);
            self.bend((block, columns), occasions, (0, &self.point.states, &self.numbers.dense), false);
        }
        let Occasions { at_once, tilts, .. } = occasions;
        let mut kept = 0;
        for at in 0..at_once.count {
            let place = at_once.place[at];
            let chance = numbers.often.number(block.stage[place as usize] as usize);
            let happens = if sure {
                chance > 0.0
            } else {
                let tilt = if self.point.states.is_empty() { 1.0 } else { tilts[0][at] };
                share(at_once.words[0][at]) * (1.0 - chance + chance * tilt) < chance * tilt
            };
            if happens {
                at_once.place[kept] = place;
                kept += 1;
            }
        }
        at_once.count = kept;
    }

    /// Writes what drivers multiply by for each of those who meet it at once, or for whom it ends alike.
    pub(super) fn bend(
        &self,
        (block, columns): (&Block, &Columns<Passing>),
        occasions: &mut Occasions,
        (at, states, weights): (usize, &[State], &[f32]),
        alike: bool,
    ) {
        if states.is_empty() {
            return;
        }
        occasions.tilt(at);
        let Occasions { at_once, alike: group, tilts, .. } = occasions;
        let some = if alike { group } else { at_once };
        let sums = &mut tilts[at];
        sums[..some.count].fill(0.0);
        for (state, weight) in states.iter().zip(weights) {
            let Some(state) = self.now.plan().state(*state) else { continue };
            let column = match state.column {
                StateColumn::Lasting(column) => block.columns.numbers(column),
                StateColumn::Passing(column) => columns.numbers(column),
            };
            let neutral = state.neutral(self.now.age);
            for (sum, place) in sums.iter_mut().zip(&some.place[..some.count]) {
                *sum += *weight * (column[*place as usize] - neutral);
            }
        }
        self.now.world.set.run(Powers { sums, count: some.count });
    }

    /// One occurrence of each of those who meet it at once.
    pub(super) fn one(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        occasions: &mut Occasions,
        number: u32,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        self.draw(block, &mut occasions.at_once, COURSE, number);
        self.choose((block, columns), occasions);
        if let Some(counts) = counts.as_deref_mut().filter(|_| self.point.ends.len() > 1) {
            counts.cells_at(&self.point.counted, self.now.t as usize)[0] += occasions.at_once.count as i128;
        }
        let ends = self.point.ends.iter().zip(&self.numbers.ends).take(self.point.choices);
        for (place, (ending, numbers)) in ends.enumerate() {
            self.alike(occasions, whole(place));
            if occasions.alike.count > 0 {
                let ends = Ends { ending, numbers, place };
                self.ended((block, columns), occasions, number, &ends, counts.as_deref_mut());
            }
        }
    }

    /// What an end comes to for those for whom it ends alike.
    pub(super) fn ended(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        occasions: &mut Occasions,
        number: u32,
        ends: &Ends<'_>,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        if let Some(counts) = counts.as_deref_mut() {
            let many = occasions.alike.count as i128;
            counts.cells_at(&self.point.counted, self.now.t as usize)[ends.ending.cell] += many;
            self.count_places(block, &occasions.alike, ends.ending, counts);
        }
        self.note((block, columns), occasions, number, ends);
        let asks_for_gap = occasions.told.is_some();
        self.felt(block, (&mut occasions.alike, asks_for_gap), ends, counts.as_deref_mut());
        if let Some(counts) = counts.as_deref_mut().filter(|_| !self.point.vows.is_empty()) {
            self.hold(&occasions.alike, ends, counts);
        }
        if let (Some(counts), Some((says, sheet))) = (counts, ends.says()) {
            let Group { place, count, .. } = &occasions.alike;
            says.count(sheet, (block, self.now), &place[..*count], counts);
        }
        if occasions.told.is_some() {
            self.tell(block, occasions, number, ends);
        }
        self.send((block, columns), occasions, ends);
    }

    /// Counts in which stages it happens, where that is asked.
    fn count_places(&self, block: &Block, alike: &Group, ending: &Ending, counts: &mut Counts<i128>) {
        let Some(places) = &self.point.places else { return };
        let cells = counts.cells_at(&places.place, self.now.t as usize);
        // All of it, and what ends so; where it ends in one way only, they are the same.
        let of = if ending.cell > 0 { &[0, ending.cell][..] } else { &[0] };
        for by_stage in of.iter().map(|cell| &places.cells[*cell]).filter(|its| its.iter().any(Option::is_some)) {
            for place in &alike.place[..alike.count] {
                if let Some(cell) = by_stage[block.stage[*place as usize] as usize] {
                    cells[cell] += 1;
                }
            }
        }
    }

    /// Chooses how it ends, in proportion to what each way weighs; what others leave over ends as the touchpoint says.
    fn choose(&self, (block, columns): (&Block, &Columns<Passing>), occasions: &mut Occasions) {
        let ends = &self.point.ends[..self.point.choices];
        if ends.len() == 1 {
            return;
        }
        for (at, (ending, numbers)) in ends.iter().zip(&self.numbers.ends).enumerate() {
            self.bend((block, columns), occasions, (at, &ending.states, &numbers.weights), false);
        }
        let Occasions { at_once, end, tilts, .. } = occasions;
        for at in 0..at_once.count {
            let weigh = |place: usize| {
                let tilt = if ends[place].states.is_empty() { 1.0 } else { tilts[place][at] };
                self.numbers.ends[place].chance * tilt
            };
            let all = (1..ends.len()).fold(self.numbers.rest, |sum, place| sum + weigh(place));
            let goal = share(at_once.words[0][at]) * all;
            let (mut place, mut passed) = (0, self.numbers.rest);
            while goal >= passed && place + 1 < ends.len() {
                place += 1;
                passed += weigh(place);
            }
            end[at] = whole(place);
        }
    }

    /// Lists those for whom it ends alike.
    fn alike(&self, occasions: &mut Occasions, wanted: u32) {
        let Occasions { at_once, alike, end, .. } = occasions;
        if self.point.choices == 1 {
            std::mem::swap(at_once, alike);
            return;
        }
        alike.count = 0;
        alike.tried.clear();
        for at in (0..at_once.count).filter(|at| end[*at] == wanted) {
            let to = alike.count;
            alike.place[to] = at_once.place[at];
            alike.tried.extend(at_once.tried.get(at));
            for (words, from) in alike.words.iter_mut().zip(&at_once.words).skip(1) {
                words[to] = from[at];
            }
            alike.count += 1;
        }
    }

    /// Notes what happened, for those that follow and for lives to be compared.
    fn note(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        occasions: &mut Occasions,
        number: u32,
        ends: &Ends<'_>,
    ) {
        let Occasions { alike, happened, .. } = occasions;
        let places = &alike.place[..alike.count];
        if self.point.is_followed {
            for place in places {
                happened[self.place].push(*place, number, whole(ends.place));
            }
        }
        if let Some(contacts) = self.reached.contacts {
            let contacts = block.columns.words_mut(contacts);
            for place in places {
                contacts[*place as usize] += 1;
            }
        }
        let asks = self.point.asks[ends.place];
        if let Some(met) = self.reached.met.filter(|_| asks > 0) {
            let met = columns.words_mut(met);
            for place in places {
                met[*place as usize] |= asks;
            }
        }
        if let Some(touched) = self.reached.touched {
            let touched = columns.words_mut(touched);
            let code = self.point.luck.wrapping_add(whole(ends.place)).wrapping_mul(2).wrapping_add(1);
            for place in places {
                let touched = &mut touched[*place as usize];
                *touched = touched.wrapping_mul(31).wrapping_add(code);
            }
            // Where and how long is told apart too.
            for (place, tried) in places.iter().zip(&alike.tried) {
                let touched = &mut touched[*place as usize];
                *touched = touched.wrapping_mul(31).wrapping_add(tried.mark());
            }
        }
    }

    /// Sends people elsewhere at the next move; where two touchpoints do, the first one counts.
    fn send(&self, (block, columns): (&mut Block, &Columns<Passing>), occasions: &mut Occasions, ends: &Ends<'_>) {
        let Some(goes) = self.reached.goes.filter(|_| !ends.ending.ways.is_empty()) else { return };
        for (at, (way, (_, weights))) in ends.ending.ways.iter().zip(&ends.numbers.ways).enumerate() {
            self.bend((block, columns), occasions, (at, &way.states, weights), true);
        }
        let Occasions { alike, tilts, .. } = occasions;
        let stage = &block.stage;
        let goes = block.columns.words_mut(goes);
        for at in 0..alike.count {
            let weigh = |place: usize| {
                let tilt = if ends.ending.ways[place].states.is_empty() { 1.0 } else { tilts[place][at] };
                ends.numbers.ways[place].0 * tilt
            };
            let ways = ends.ending.ways.len();
            let all = (0..ways).fold(ends.numbers.stays, |sum, place| sum + weigh(place));
            let goal = share(alike.words[3][at]) * all;
            let mut passed = 0.0;
            for (place, way) in ends.ending.ways.iter().enumerate() {
                passed += weigh(place);
                if goal < passed {
                    let customer = alike.place[at] as usize;
                    if goes[customer] == 0 && way.to != stage[customer] {
                        goes[customer] = way.to + 1;
                    }
                    break;
                }
            }
        }
    }
}

/// The share that a word draws: 24 bits of it, as single precision tells no more apart.
pub(super) fn share(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}
