//! Baskets: which are wanted, and what money they come to.

use super::cut::Bought;
use crate::engine::chance::narrow::single;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::block::Block;
use crate::engine::state::subset::Subset;
use crate::quantity::UNITS_PER_ONE;

/// Lists the customers of a stage who buy; returns how many they are.
pub(super) struct Buyers<'a> {
    pub(super) wanted: u32,
    pub(super) block: &'a Block,
    pub(super) counts: &'a [u32],
    pub(super) places: bool,
    pub(super) subset: &'a mut Subset,
}

impl Kernel for Buyers<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.block.live);
        let (stage, counts) = (l.words(&self.block.stage, n), l.words(self.counts, n));
        let customer = l.words(&self.block.customer, n);
        let Subset { place, customer: customers, count: some, .. } = self.subset;
        let mut places = l.places();
        let step = l.u(u32::try_from(L::N).unwrap_or(0));
        let mut buyers = 0;
        for i in 0..n {
            let count = l.load(&counts[i]);
            let here = l.eq(l.load(&stage[i]), l.u(self.wanted));
            let buys = l.both(here, l.ge(count, l.u(1)));
            // Few customers are in most stages.
            if l.mask(buys) != 0 {
                if self.places {
                    l.pack(place, buyers, buys, places);
                }
                l.pack(customers, buyers, buys, l.load(&customer[i]));
                buyers += l.pack(some, buyers, buys, count);
            }
            places = l.add(places, step);
        }
        buyers
    }
}

/// Lists the words of the baskets that are wanted: of a buyer's words `4 * draw` to `4 * draw + 3` those below the
/// count of purchases. Returns how many there are.
pub(super) struct Wanted<'a> {
    pub(super) draw: u32,
    pub(super) places: bool,
    pub(super) buyers: usize,
    pub(super) subset: &'a mut Subset,
}

impl Kernel for Wanted<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let Subset { place, count, words, word, whose, .. } = self.subset;
        let n = l.steps(self.buyers);
        let (place, count) = (l.words(place, n), l.words(count, n));
        let whole = in_last_step(l, self.buyers);
        let mut listed = 0;
        for (basket, words) in (4 * self.draw + 1..).zip(words) {
            let words = l.words(words, n);
            for i in 0..n {
                let mut wanted = l.ge(l.load(&count[i]), l.u(basket));
                if i + 1 == n {
                    wanted = l.both(wanted, whole);
                }
                if self.places {
                    l.pack(whose, listed, wanted, l.load(&place[i]));
                }
                listed += l.pack(word, listed, wanted, l.load(&words[i]));
            }
        }
        listed
    }
}

/// Keeps, side by side, the buyers who want more than the baskets of the draws before `draw`; returns how many they are.
pub(super) struct Remaining<'a> {
    pub(super) draw: u32,
    pub(super) places: bool,
    pub(super) buyers: usize,
    pub(super) subset: &'a mut Subset,
}

impl Kernel for Remaining<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let Subset { place, customer, count, .. } = self.subset;
        let n = l.steps(self.buyers);
        let whole = in_last_step(l, self.buyers);
        let mut kept = 0;
        for i in 0..n {
            let wanted = l.load(&l.words(count, n)[i]);
            let mut more = l.ge(wanted, l.u(4 * self.draw + 1));
            if i + 1 == n {
                more = l.both(more, whole);
            }
            if l.mask(more) != 0 {
                // What is packed lies before what is yet to be read.
                if self.places {
                    let place_here = l.load(&l.words(place, n)[i]);
                    l.pack(place, kept, more, place_here);
                }
                let customer_here = l.load(&l.words(customer, n)[i]);
                l.pack(customer, kept, more, customer_here);
                kept += l.pack(count, kept, more, wanted);
            }
        }
        kept
    }
}

/// Which lanes of the last step of `count` customers hold one: those behind hold what is of no meaning.
#[inline(always)]
fn in_last_step<L: Lanes>(l: L, count: usize) -> L::M {
    let last = l.u(u32::try_from(L::N - (l.steps(count) * L::N - count)).unwrap_or(0));
    l.ge(last, l.add(l.places(), l.u(1)))
}

/// All purchases of the listed buyers, and the most of any: a plain loop that is compiled for each instruction set.
pub(super) struct Tally<'a> {
    pub(super) counts: &'a [u32],
}

impl Kernel for Tally<'_> {
    type Output = (u64, u32);
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> (u64, u32) {
        let (mut all, mut most) = (0, 0);
        for count in self.counts {
            all += u64::from(*count);
            most = most.max(*count);
        }
        (all, most)
    }
}

/// The most baskets whose money, each below 2^51 units, can be summed in 63 bits.
const SUMMABLE: usize = 4_095;

/// The money of some baskets in ten-thousandths of the currency unit, all with the same scale.
pub(super) struct Money<'a> {
    pub(super) baskets: &'a [f32],
    pub(super) scale: f64,
}

impl Kernel for Money<'_> {
    type Output = i128;
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> i128 {
        let mut sum = 0_i128;
        for some in self.baskets.chunks(SUMMABLE) {
            let mut money = 0_i64;
            for basket in some {
                money += units(*basket, self.scale);
            }
            sum += i128::from(money);
        }
        sum
    }
}

/// Where it is noted what customers bought.
#[derive(Default)]
pub(super) struct Noted<'a, 'b> {
    /// As lives are compared by.
    pub(super) bought: Option<&'a mut [u32]>,
    /// The money, in currency units.
    pub(super) spent: Option<&'a mut [f32]>,
    /// What is told apart by class.
    pub(super) by_class: Option<&'a mut Bought<'b>>,
}

impl<'b> Noted<'_, 'b> {
    /// The same, lent.
    #[inline(always)]
    pub(super) fn lent(&mut self) -> Noted<'_, 'b> {
        let Self { bought, spent, by_class } = self;
        Noted { bought: bought.as_deref_mut(), spent: spent.as_deref_mut(), by_class: by_class.as_deref_mut() }
    }

    /// Notes so many purchases of a customer, and their money in ten-thousandths of the currency unit.
    pub(super) fn note(&mut self, place: usize, units: i64, purchases: u32) {
        if let Some(bought) = &mut self.bought {
            bought[place] = bought[place].wrapping_add(mixed(units, purchases));
        }
        self.keep(place, units);
    }

    /// Notes their money for what reads it.
    #[inline(always)]
    fn keep(&mut self, place: usize, units: i64) {
        if let Some(by_class) = &mut self.by_class {
            by_class.spends(place, i128::from(units));
        }
        if let Some(spent) = &mut self.spent {
            spent[place] += single(units as f64 / UNITS_PER_ONE);
        }
    }
}

/// The same where it matters whose a basket is: its size may be the customer's own, and is noted in what they bought.
pub(super) struct TheirMoney<'a, 'b> {
    pub(super) baskets: &'a [f32],
    pub(super) whose: &'a [u32],
    pub(super) scale: f64,
    /// The customers' own sizes at the start, and what has been added to them since.
    pub(super) own: Option<(&'a [f32], f32)>,
    pub(super) noted: Noted<'a, 'b>,
}

impl Kernel for TheirMoney<'_, '_> {
    type Output = i128;
    #[inline(always)]
    fn run<L: Lanes>(mut self, _: L) -> i128 {
        let mut sum = 0_i128;
        for (baskets, whose) in self.baskets.chunks(SUMMABLE).zip(self.whose.chunks(SUMMABLE)) {
            let mut money = 0_i64;
            for (basket, place) in baskets.iter().zip(whose) {
                let place = *place as usize;
                let units = units(*basket, self.scale_of(place));
                money += units;
                if let Some(bought) = &mut self.noted.bought {
                    bought[place] = bought[place].wrapping_add(mixed(units, 1));
                }
            }
            sum += i128::from(money);
        }
        // Few studies note more, and all others are spared the questions.
        if self.noted.spent.is_some() || self.noted.by_class.is_some() {
            for (basket, place) in self.baskets.iter().zip(self.whose) {
                let place = *place as usize;
                let units = units(*basket, self.scale_of(place));
                self.noted.keep(place, units);
            }
        }
        sum
    }
}

impl TheirMoney<'_, '_> {
    /// What a customer's baskets are multiplied by.
    #[inline(always)]
    fn scale_of(&self, place: usize) -> f64 {
        match self.own {
            Some((own, growth)) => self.scale * f64::from((own[place] + growth).max(0.0)),
            None => self.scale,
        }
    }
}

/// What so many purchases and their money are in a fingerprint: the low bits of the money tell baskets apart well enough.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only a fingerprint")]
#[inline(always)]
fn mixed(units: i64, purchases: u32) -> u32 {
    (units as u32).wrapping_mul(8).wrapping_add(purchases)
}

/// A basket in whole ten-thousandths of the currency unit, held below 2^51 of them.
#[inline(always)]
fn units(basket: f32, scale: f64) -> i64 {
    /// The last bit of numbers of this size counts ones: adding it rounds to a whole number.
    const ONES: f64 = 6_755_399_441_055_744.0;
    const MOST: f64 = 2_251_799_813_685_248.0;
    let amount = f64::from(basket) * scale;
    let held = if amount < MOST { amount } else { MOST };
    (held + ONES).to_bits().wrapping_sub(ONES.to_bits()).cast_signed()
}
