//! An impression is what an occurrence is like, how that feels, and which states it moves.

use super::met::{Add, AfterTrouble, Feels, Peak, Toward};
use super::moved::Moved;
use super::mover::{Motion, Source};
use super::moving::Hold;
use super::occur::{Ends, Occurring};
use super::point::{EndSheet, Phase};
use super::vow::Vow;
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::{Sample, Sampler};
use crate::engine::count::counts::Counts;
use crate::engine::state::block::Block;
use crate::engine::state::occasions::Group;

impl Occurring<'_> {
    /// What it is like, how that feels, and which states it moves.
    pub(super) fn felt(
        &self,
        block: &mut Block,
        (some, asks_for_gap): (&mut Group, bool),
        ends: &Ends<'_>,
        counts: Option<&mut Counts<i128>>,
    ) {
        let (set, numbers) = (self.now.world.set, ends.numbers);
        let count = some.count;
        self.weigh(block, some, numbers);
        if let Some(promise) = numbers.promise
            && self.sheet.hears > 0.0
            && let Some(expectation) = self.reached.expectation
        {
            let Group { place, carried, other, weight, .. } = some;
            take(block.columns.numbers(expectation), &place[..count], carried);
            other[..count].fill(promise);
            set.run(Toward { x: carried, signal: other, weight, paces: [self.sheet.hears; 2], count });
            give(carried, &place[..count], block.columns.numbers_mut(expectation));
        }
        if let Some(sampler) = &ends.ending.quality {
            self.quality(some, sampler, numbers);
            some.felt[..count].copy_from_slice(&some.quality[..count]);
            if asks_for_gap || self.point.vows.iter().any(Vow::asks_for_shortfall) {
                self.fall_short(block, some);
            }
            if let Some(satisfaction) = self.reached.satisfaction {
                let expectation = self.reached.expectation.filter(|_| self.reached.surprises);
                let Group { place, carried, other, weight, quality, felt, .. } = some;
                take(block.columns.numbers(satisfaction), &place[..count], carried);
                if let Some(expectation) = expectation {
                    take(block.columns.numbers(expectation), &place[..count], other);
                }
                set.run(Feels {
                    quality,
                    expected: expectation.map(|_| other.as_slice()),
                    more: self.sheet.more,
                    weight,
                    learning: self.sheet.learning,
                    satisfaction: carried,
                    felt,
                    count,
                });
                let (places, column) = (&place[..count], block.columns.numbers_mut(satisfaction));
                if let Some((counts, (weighed, cell))) = counts.zip(self.reached.moved.zip(ends.ending.weighs)) {
                    moved(carried, places, column).count(counts, &weighed, (cell, self.now.t));
                }
                give(carried, places, column);
            }
        }
        self.move_states(block, some, ends);
    }

    /// By how much it was better than expected, where somebody asks for that.
    fn fall_short(&self, block: &Block, some: &mut Group) {
        let Some(expectation) = self.reached.expectation else { return };
        let Group { count, place, gap, quality, .. } = some;
        take(block.columns.numbers(expectation), &place[..*count], gap);
        for (gap, quality) in gap[..*count].iter_mut().zip(quality) {
            *gap = *quality - *gap;
        }
    }

    /// What an occurrence weighs: its importance, how long it took to come, and when it comes.
    fn weigh(&self, block: &Block, some: &mut Group, numbers: &EndSheet) {
        let count = some.count;
        some.timing[..count].fill(1.0);
        some.weight[..count].fill(numbers.importance);
        if let Some(periods) = self.reached.periods.filter(|_| self.point.timing.is_some()) {
            let periods = block.columns.words(periods);
            let [best, width, miss] = self.numbers.timing.map(f64::from);
            for at in 0..count {
                let been = periods[some.place[at] as usize];
                // What is counted after the move has the period in it.
                let period = f64::from(if self.point.phase == Phase::After { been.max(1) } else { been + 1 });
                let off = (period - best) / width.max(1e-6);
                let timing = single(miss + (1.0 - miss) * libm::exp(-0.5 * off * off));
                some.timing[at] = timing;
                some.weight[at] *= timing.max(0.0);
            }
        }
        if let Some((law, ..)) = &self.point.answer {
            let (mean, fades) = self.numbers.answer;
            let Group { words, days, weight, .. } = some;
            self.now.world.set.run(Sample { sampler: law, words: &words[2], out: days, count });
            for (weight, days) in weight[..count].iter_mut().zip(days) {
                *days *= mean;
                if let Some(fades) = fades {
                    let left = libm::exp2(-f64::from(*days) / f64::from(fades));
                    *weight *= if fades > 0.0 { single(left) } else { 0.0 };
                }
            }
        } else if !self.point.vows.is_empty() {
            some.days[..count].fill(0.0);
        }
    }

    /// Draws what it is like, after the trouble.
    fn quality(&self, some: &mut Group, sampler: &Sampler, numbers: &EndSheet) {
        let (set, count) = (self.now.world.set, some.count);
        let Group { words, quality, tried, .. } = some;
        if let Sampler::Bernoulli(_) = sampler {
            for (quality, word) in quality[..count].iter_mut().zip(&words[1]) {
                *quality = f32::from(u8::from(*word < numbers.below));
            }
            tried.iter().zip(&mut *quality).for_each(|(its, quality)| *quality -= its.trouble);
            set.run(AfterTrouble { quality, added: -numbers.effort, count });
        } else {
            set.run(Sample { sampler, words: &words[1], out: quality, count });
            tried.iter().zip(&mut *quality).for_each(|(its, quality)| *quality -= its.trouble);
            set.run(AfterTrouble { quality, added: numbers.quality - numbers.effort, count });
        }
    }

    /// Moves the states that remember it.
    fn move_states(&self, block: &mut Block, some: &mut Group, ends: &Ends<'_>) {
        let (set, count) = (self.now.world.set, some.count);
        let mut motions = ends.numbers.motions.iter();
        for mover in &ends.ending.moves {
            let Group { place, carried, other, weight, timing, quality, felt, .. } = &mut *some;
            let places = &place[..count];
            take(block.columns.numbers(mover.column), places, carried);
            for ((motion, source), numbers) in mover.by.iter().zip(&mut motions) {
                let signal = match source {
                    Source::Quality => quality.as_slice(),
                    Source::Felt => felt.as_slice(),
                    Source::Effort | Source::Promise | Source::One => {
                        other[..count].fill(ends.numbers.constant(*source));
                        other.as_slice()
                    }
                };
                match motion {
                    Motion::Toward(_) => set.run(Toward { x: carried, signal, weight, paces: *numbers, count }),
                    Motion::Add(_) => set.run(Add { x: carried, signal, timing, amount: numbers[0], count }),
                    Motion::Peak => set.run(Peak { x: carried, signal, weight, neutral: mover.neutral, count }),
                }
            }
            set.run(Hold { x: carried, live: count, range: mover.range });
            give(carried, places, block.columns.numbers_mut(mover.column));
        }
    }
}

impl EndSheet {
    /// What a signal is that is the same for everybody.
    fn constant(&self, source: Source) -> f32 {
        match source {
            Source::Effort => self.effort,
            Source::Promise => self.promise.unwrap_or(0.0),
            Source::Quality | Source::Felt | Source::One => 1.0,
        }
    }
}

/// Reads numbers at some places.
fn take(column: &[f32], places: &[u32], out: &mut [f32]) {
    for (out, place) in out.iter_mut().zip(places) {
        *out = column[*place as usize];
    }
}

/// By how much numbers are others than those that stand at some places.
fn moved(numbers: &[f32], places: &[u32], column: &[f32]) -> Moved {
    let mut moved = Moved::default();
    numbers.iter().zip(places).for_each(|(number, place)| moved.add(column[*place as usize], *number));
    moved
}

/// Writes them back.
fn give(numbers: &[f32], places: &[u32], column: &mut [f32]) {
    for (number, place) in numbers.iter().zip(places) {
        column[*place as usize] = *number;
    }
}
