//! Choose: those who meet a touchpoint choose among its channels, and stand in line or try it at once.
//!
//! The choice is a multinomial logit over the channels as they appeal (`McFadden` 1974, "Conditional logit analysis of
//! qualitative choice behavior"); a channel loses by the mean wait of the period before.

use super::channel::Channel;
use super::occur::{Occurring, share};
use super::point::{ATTEMPT, Line};
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{Columns, Passing};
use crate::engine::state::occasions::{Occasions, Tried};
use crate::engine::state::plan::ListId;

/// The draw of the choice, past those of all attempts.
const CHOICE: u32 = 128;

impl Occurring<'_> {
    /// Lets those who meet it at once turn to a channel.
    pub(super) fn turn_to_channels(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        occasions: &mut Occasions,
        number: u32,
        counts: Option<&mut Counts<i128>>,
    ) {
        self.choose_channel((block, columns), occasions, number);
        let Occasions { at_once, end, tries, .. } = &mut *occasions;
        tries.clear();
        for (place, channel) in at_once.place[..at_once.count].iter().zip(end) {
            let kind = self.kind(block, *place as usize);
            tries.push((*place, kind), (*channel, *channel), 0);
        }
        match &self.point.line {
            Some(line) => self.stand(block, line, (occasions, number), counts),
            None => self.attempts((block, columns), occasions, number, counts),
        }
    }

    /// Chooses a channel for each.
    fn choose_channel(&self, (block, columns): (&Block, &Columns<Passing>), occasions: &mut Occasions, number: u32) {
        let options = &self.point.rows[self.row].channels;
        let count = occasions.at_once.count;
        if let [only] = options[..] {
            occasions.end[..count].fill(whole(only));
            return;
        }
        self.draw(block, &mut occasions.at_once, ATTEMPT, number + CHOICE);
        let (channels, numbers) = (&self.channels.each, &self.sheet.channels.each);
        for (at, option) in options.iter().enumerate() {
            let weights = &numbers[*option].weights;
            self.bend((block, columns), occasions, (at, &channels[*option].states, weights), false);
        }
        let Occasions { at_once, end, tilts, .. } = occasions;
        for at in 0..count {
            let weigh = |place: usize| {
                let tilt = if channels[options[place]].states.is_empty() { 1.0 } else { tilts[place][at] };
                numbers[options[place]].weight * tilt
            };
            let all = (0..options.len()).fold(0.0, |sum, place| sum + weigh(place));
            let goal = share(at_once.words[0][at]) * all;
            let (mut place, mut passed) = (0, weigh(0));
            while goal >= passed && place + 1 < options.len() {
                place += 1;
                passed += weigh(place);
            }
            end[at] = whole(options[place]);
        }
    }

    /// Where a customer goes first: a bit for each channel with priority.
    fn kind(&self, block: &Block, place: usize) -> u32 {
        let tags = self.reached.tags.map_or(0, |id| block.columns.words(id)[place]);
        let goes = |channel: &Channel| {
            channel.first.as_ref().is_some_and(|(whom, stages)| {
                stages.get(block.stage[place] as usize) == Some(&true) && whom.fits(block.segment(), tags)
            })
        };
        let bits = self.channels.first.iter().enumerate();
        bits.fold(0, |kind, (bit, channel)| kind | u32::from(goes(&self.channels.each[*channel])) << bit)
    }

    /// Puts them in line until all customers have been looked at together, and counts them there.
    fn stand(
        &self,
        block: &mut Block,
        line: &Line,
        (occasions, number): (&Occasions, u32),
        counts: Option<&mut Counts<i128>>,
    ) {
        let tries = &occasions.tries;
        let [ListId(places), ListId(known)] = line.lists;
        block.lists[places].extend_from_slice(&tries.place);
        let pack = |(tried, kind): (&Tried, &u32)| Packed { number, channel: tried.channel, kind: *kind }.word();
        block.lists[known].extend(tries.tried.iter().zip(&tries.kind).map(pack));
        let Some(counts) = counts else { return };
        for (tried, kind) in tries.tried.iter().zip(&tries.kind) {
            let its = &self.channels.each[tried.channel as usize];
            counts.cells_at(&its.line, self.now.t as usize)[*kind as usize] += 1;
        }
    }

    /// Takes those who stand in line, the first occurrence of each of them first, through what they came for.
    pub(super) fn serve(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        line: &Line,
        occasions: &mut Occasions,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        let [ListId(places), ListId(known)] = line.lists;
        let (places, known) = (std::mem::take(&mut block.lists[places]), std::mem::take(&mut block.lists[known]));
        let mut first = 0;
        while let Some(word) = known.get(first) {
            let number = Packed::of(*word).number;
            let end = first + known[first..].iter().take_while(|its| Packed::of(**its).number == number).count();
            occasions.tries.clear();
            for (place, word) in places[first..end].iter().zip(&known[first..end]) {
                let Packed { channel, kind, .. } = Packed::of(*word);
                occasions.tries.push((*place, kind), (channel, channel), 0);
            }
            self.attempts((block, columns), occasions, number, counts.as_deref_mut());
            first = end;
        }
        let [ListId(at), ListId(also)] = line.lists;
        (block.lists[at], block.lists[also]) = (places, known);
    }
}

/// What is known of somebody in line, as one word.
#[derive(Clone, Copy)]
struct Packed {
    /// Which occurrence it is, below 16.
    number: u32,
    /// The channel, below 32.
    channel: u32,
    /// Where the customer goes first.
    kind: u32,
}

impl Packed {
    fn word(self) -> u32 {
        self.number | self.channel << 4 | self.kind << 9
    }

    fn of(word: u32) -> Self {
        Self { number: word & 15, channel: word >> 4 & 31, kind: word >> 9 }
    }
}
