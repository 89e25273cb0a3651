//! Streams: how often something happens to each customer in a period, a Poisson number.
//!
//! The rate is λ · trait · exp(sum of weight · (state - neutral)): a Poisson regression (Cameron & Trivedi 2013,
//! "Regression analysis of count data").

use super::bend::share;
use super::needs::Needs;
use crate::engine::chance::poisson::{MANY, few, many};
use crate::engine::lanes::{Eight, Kernel, Lanes, Many, Reach, Sixteen, Strip};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::engine::table::program::Reached;
use crate::engine::table::reach::reach;
use crate::model::journey::State;
use crate::quantity::TraitId;

/// A trait that multiplies rates.
pub struct RateTrait {
    /// The trait.
    pub of: OwnNumber,
    /// The stages where it does: 1 or 0.
    pub stages: Strip,
}

/// A trait of every customer.
#[derive(Clone, Copy)]
pub struct OwnNumber {
    /// Its column, which leaves out how much it has grown.
    pub column: ColumnId<f32, Lasting>,
    /// How much it grows from period to period.
    growth: f32,
}

impl OwnNumber {
    /// The trait; none where nobody has registered it.
    pub fn of(needs: &Needs<'_>, of: TraitId) -> Option<Self> {
        let growth = needs.growth(State::Trait(of))?;
        Some(Self { column: needs.trait_column(of)?, growth })
    }

    /// How much it has grown by a period.
    pub fn growth(self, now: Period<'_>) -> f32 {
        self.growth * (now.age - 1) as f32
    }
}

/// Draws how often something happens to each customer: the mean of the stage, times traits, times what drivers make of it.
pub struct DrawCounts<'a> {
    /// The customers.
    pub block: &'a Block,
    /// The period.
    pub now: Period<'a>,
    /// A random word of each customer.
    pub words: &'a [u32],
    /// The mean, by stage.
    pub mean: &'a Strip,
    /// The traits that multiply it.
    pub traits: &'a [RateTrait],
    /// What drivers multiply it by; empty where there are none.
    pub tilt: &'a [f32],
    /// How often, customer by customer.
    pub count: &'a mut [u32],
}

impl Kernel for DrawCounts<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match self.now.program().reach {
            Reached::Eight => self.draw::<L, Eight>(l),
            Reached::Sixteen => self.draw::<L, Sixteen>(l),
            Reached::Many => self.draw::<L, Many>(l),
        }
    }
}

impl DrawCounts<'_> {
    #[inline(always)]
    fn draw<L: Lanes, R: Reach>(self, l: L) {
        let n = l.steps(self.block.live);
        let (stage, counts) = (l.words(&self.block.stage, n), l.words_mut(self.count, n));
        let words = l.words(self.words, n);
        let tilt = l.numbers(self.tilt, if self.tilt.is_empty() { 0 } else { n });
        let rates = R::ready(l, self.mean);
        for i in 0..n {
            let (stage, word) = (l.load(&stage[i]), l.load(&words[i]));
            let mut rate = R::look_f(l, rates, stage);
            for RateTrait { of, stages } in self.traits {
                let own = l.load_f(&l.numbers(self.block.columns.numbers(of.column), n)[i]);
                let own = l.max_f(l.add_f(own, l.f(of.growth(self.now))), l.f(0.0));
                let here = l.eq(R::look(l, R::ready(l, stages), stage), l.u(1));
                rate = l.pick_f(here, l.mul_f(rate, own), rate);
            }
            if i < tilt.len() {
                rate = l.mul_f(rate, l.load_f(&tilt[i]));
            }
            let count = few(l, word, rate);
            let left = l.mask(l.ge(count, l.u(MANY)));
            l.store(&mut counts[i], if left == 0 { count } else { one_by_one(l, left, count, word, rate) });
        }
    }
}

/// Counts one by one those that are many.
#[cold]
#[inline(always)]
fn one_by_one<L: Lanes>(l: L, left: u32, count: L::U, word: L::U, rate: L::F) -> L::U {
    let (mut counts, words, rates) = (l.lanes(count), l.lanes(word), l.lanes(l.bits_of(rate)));
    for lane in 0..L::N {
        if left >> lane & 1 == 1 {
            counts[lane] = many(words[lane], f32::from_bits(rates[lane]));
        }
    }
    l.load(&l.words(&counts, 1)[0])
}

/// Draws whether something happens to each customer: a chance by stage, bent in log-odds.
pub struct DrawChances<'a> {
    /// The customers.
    pub block: &'a Block,
    /// The period.
    pub now: Period<'a>,
    /// A random word of each customer.
    pub words: &'a [u32],
    /// The chance, by stage.
    pub chance: &'a Strip,
    /// What drivers multiply the odds by; empty where there are none.
    pub tilt: &'a [f32],
    /// 1 where it happens, else 0.
    pub count: &'a mut [u32],
}

impl Kernel for DrawChances<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.block.live);
        let (stage, counts) = (l.words(&self.block.stage, n), l.words_mut(self.count, n));
        let words = l.words(self.words, n);
        let tilt = l.numbers(self.tilt, if self.tilt.is_empty() { 0 } else { n });
        let (reached, one) = (self.now.program().reach, l.f(1.0));
        for i in 0..n {
            let chance = l.of_bits(reach(l, reached, self.chance, l.load(&stage[i])));
            let mut goal = share(l, l.load(&words[i]));
            let mut weight = chance;
            if i < tilt.len() {
                weight = l.mul_f(chance, l.load_f(&tilt[i]));
                goal = l.mul_f(goal, l.add_f(l.sub_f(one, chance), weight));
            }
            // A draw at its weight or above it does not happen.
            let misses = l.plus_one(l.u(0), l.ge_f(goal, weight));
            l.store(&mut counts[i], l.sub(l.u(1), misses));
        }
    }
}
