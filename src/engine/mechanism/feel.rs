//! Feel: one period in a stage moves a customer's satisfaction towards its quality.
//!
//! Exponential smoothing of experienced quality: s += learning · (q - s), after Oliver (1980), "A cognitive
//! model of the antecedents and consequences of satisfaction decisions", Journal of Marketing Research 17(4),
//! and Bolton (1998), Marketing Science 17(1), where satisfaction anchors on what it was before.

use crate::engine::chance::draws::Purpose;
use crate::engine::chance::normal::Normal;
use crate::engine::chance::sampler::{Sample, Sampler};
use crate::engine::lanes::{Eight, Kernel, Lanes, Many, Reach, Sixteen};
use crate::engine::state::population::{Block, Period};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::program::Reached;

use crate::engine::state::subset::{InStage, gather};

/// Moves the satisfaction of customers in stages that have a quality.
pub fn feel(block: &mut Block, now: Period<'_>, scratch: &mut Scratch) {
    for stage in &now.program().quality_by_list {
        by_list(block, now, scratch, *stage);
    }
    let quality = &scratch.quality;
    let live = block.live;
    now.world.set.run(Learn { now, stage: &block.stage, quality, satisfaction: &mut block.satisfaction, live });
}

/// Draws the quality of the customers in one stage, where it is not normal.
fn by_list(block: &Block, now: Period<'_>, scratch: &mut Scratch, stage: usize) {
    let Some(sampler) = &now.program().quality[stage] else { return };
    let subset = &mut scratch.subset;
    let count = now.world.set.run(InStage::of(&block.stage, block.live, stage, &mut subset.place));
    let words = now.words.of(Purpose::Quality, now.t);
    gather(words, &subset.place[..count], &mut subset.word);
    if let Sampler::Bernoulli(_) = sampler {
        let below = now.table.quality_below[stage];
        for (value, word) in subset.value[..count].iter_mut().zip(&subset.word) {
            *value = f32::from(u8::from(*word < below));
        }
    } else {
        now.world.set.run(Sample { sampler, words: &subset.word, out: &mut subset.value, count });
        let mean = now.table.quality.number(stage);
        subset.value[..count].iter_mut().for_each(|value| *value += mean);
    }
    for (place, value) in subset.place[..count].iter().zip(&subset.value) {
        scratch.quality[*place as usize] = *value;
    }
}

struct Learn<'a> {
    now: Period<'a>,
    stage: &'a [u32],
    quality: &'a [f32],
    satisfaction: &'a mut [f32],
    live: usize,
}

impl Kernel for Learn<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match self.now.program().reach {
            Reached::Eight => self.learn::<L, Eight>(l),
            Reached::Sixteen => self.learn::<L, Sixteen>(l),
            Reached::Many => self.learn::<L, Many>(l),
        }
    }
}

impl Learn<'_> {
    #[inline(always)]
    fn learn<L: Lanes, R: Reach>(self, l: L) {
        let (program, table) = (self.now.program(), self.now.table);
        let words = self.now.words.of(Purpose::Quality, self.now.t);
        let normal = Normal::standard();
        let n = l.steps(self.live);
        let made = l.numbers(&self.now.words.normal, if self.now.words.normal.is_empty() { 0 } else { n });
        let draws = program.quality_is_normal && made.is_empty();
        let (stage, words) = (l.words(self.stage, n), l.words(words, if draws { n } else { 0 }));
        let own = l.numbers(self.quality, if program.quality_by_list.is_empty() { 0 } else { n });
        let satisfaction = l.numbers_mut(self.satisfaction, n);
        let (mean, learning) = (R::ready(l, &table.quality), R::ready(l, &table.learning));
        let (spread, listed) = (R::ready(l, &program.quality_spread), R::ready(l, &program.quality_listed));
        for i in 0..n {
            let stage = l.load(&stage[i]);
            let mut quality = R::look_f(l, mean, stage);
            if program.quality_is_normal {
                let z = if i < words.len() { normal.at(l, l.load(&words[i])) } else { l.load_f(&made[i]) };
                quality = l.mul_add(R::look_f(l, spread, stage), z, quality);
            }
            if i < own.len() {
                quality = l.pick_f(l.eq(R::look(l, listed, stage), l.u(1)), l.load_f(&own[i]), quality);
            }
            let s = l.load_f(&satisfaction[i]);
            let learned = l.mul_add(R::look_f(l, learning, stage), l.sub_f(quality, s), s);
            l.store_f(&mut satisfaction[i], l.within(learned, l.f(0.0), l.f(1.0)));
        }
    }
}
