//! Buy: customers in a stage with purchases buy a Poisson number of baskets; some leave after one of them.
//!
//! The number of purchases has the rate λ · trait · exp(sum of weight · (state - neutral)): a Poisson regression
//! (Cameron & Trivedi 2013, "Regression analysis of count data") whose gamma-distributed trait gives the
//! negative binomial of Ehrenberg (1959). A chance taken after each purchase is the dropout of the
//! BG/NBD model (Fader, Hardie & Lee 2005, Marketing Science 24(2)): who leaves after the j-th buys no more.

use crate::engine::chance::draws::{Address, Purpose, unit, unit64};
use crate::engine::chance::poisson::{MANY, few, many};
use crate::engine::chance::sampler::Sample;
use crate::engine::count::ledger::Ledger;
use crate::engine::lanes::{Eight, Kernel, Lanes, Many, Reach, Sixteen};
use crate::engine::state::population::{Block, Period};
use crate::engine::state::scratch::{Scratch, Subset};
use crate::engine::table::program::Reached;
use crate::engine::table::tables::Buying;
use crate::model::journey::Purchases;

use super::baskets::{Money, Remaining, Tally, TheirMoney, Wanted};
use super::bend::{refresh_own, tilts};
use super::bulk::{self, ONE_BY_ONE};

/// What the loop needs of a stage's purchases beside the tables of the period.
pub type Baskets<'m> = [Option<&'m Purchases>];

/// Lets everyone buy, and counts purchases and money by stage.
pub fn buy(block: &mut Block, now: Period<'_>, baskets: &Baskets<'_>, scratch: &mut Scratch, ledger: &mut Ledger) {
    if now.program().compares {
        scratch.bought[..block.live].fill(0);
    }
    let Scratch { count, subset, bought, rate_tilt, .. } = scratch;
    tilts(block, now, &now.program().rate_states, &now.table.rate_weights, rate_tilt);
    now.world.set.run(DrawCounts { block, now, tilt: rate_tilt, count });
    if now.program().leaves {
        refresh_own(block, now);
    }
    for (stage, buying) in now.table.buying.iter().enumerate() {
        let (Some(buying), Some(purchases)) = (buying, baskets[stage]) else { continue };
        let shop = Shop { now, stage, buying, purchases };
        let buyers = now.world.set.run(shop.buyers(block, count, subset));
        if buying.leave.is_some() {
            shop.some_leave(block, buyers, subset, count, ledger);
        }
        shop.serve(block, buyers, subset, bought, ledger);
    }
}

/// Draws how often each customer buys.
struct DrawCounts<'a> {
    block: &'a Block,
    now: Period<'a>,
    tilt: &'a [f32],
    count: &'a mut [u32],
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
        let program = self.now.program();
        let n = l.steps(self.block.live);
        let (stage, counts) = (l.words(&self.block.stage, n), l.words_mut(self.count, n));
        let words = l.words(self.now.words.of(Purpose::Purchases, self.now.t), n);
        let tilt = l.numbers(self.tilt, if program.rate_states.is_empty() { 0 } else { n });
        let rates = R::ready(l, &self.now.table.rate);
        for i in 0..n {
            let (stage, word) = (l.load(&stage[i]), l.load(&words[i]));
            let mut rate = R::look_f(l, rates, stage);
            for (of, stages) in &program.rate_traits {
                let own = l.load_f(&l.numbers(&self.block.traits[of.index()], n)[i]);
                let own = l.max_f(l.add_f(own, l.f(program.growth(*of, self.now.age))), l.f(0.0));
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

/// What is the same for everybody who buys in one stage in one period.
struct Shop<'a> {
    now: Period<'a>,
    stage: usize,
    buying: &'a Buying,
    purchases: &'a Purchases,
}

/// Lists the customers of a stage who buy; returns how many they are.
struct Buyers<'a> {
    wanted: u32,
    block: &'a Block,
    counts: &'a [u32],
    places: bool,
    subset: &'a mut Subset,
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

impl Shop<'_> {
    fn buyers<'b>(&self, block: &'b Block, counts: &'b [u32], subset: &'b mut Subset) -> Buyers<'b> {
        Buyers { wanted: u32::try_from(self.stage).unwrap_or(u32::MAX), block, counts, places: self.places(), subset }
    }

    /// Whether it matters whose a basket is.
    fn places(&self) -> bool {
        self.buying.leave.is_some() || self.purchases.basket_trait.is_some() || self.now.program().compares
    }

    /// Draws who leaves after which purchase, and counts their moves. They buy nothing where they come to. Who leaves a
    /// retained stage has been in one, even if they came to it in this very period.
    fn some_leave(
        &self,
        block: &mut Block,
        buyers: usize,
        subset: &mut Subset,
        counts: &mut [u32],
        ledger: &mut Ledger,
    ) {
        let program = self.now.program();
        let retained = program.retained.at(self.stage);
        for (place, count) in subset.place[..buyers].iter().zip(&mut subset.count) {
            let place = *place as usize;
            *count = leave(block, self.buying, self.now, place, *count);
            counts[place] = 0;
            if let Some(acquired) = block.acquired.get_mut(place) {
                *acquired |= retained;
            }
            let slot = program.move_slot[self.stage * program.stages + block.stage[place] as usize];
            if slot > 0 {
                ledger.row(self.now.t).moves(slot as usize - 1, 1);
            }
        }
    }

    /// Serves the listed buyers; counts purchases and money.
    fn serve(&self, block: &Block, buyers: usize, subset: &mut Subset, bought: &mut [u32], ledger: &mut Ledger) {
        let set = self.now.world.set;
        let Some(sampler) = &self.now.program().baskets[self.stage] else { return };
        let (purchases, mut most) = set.run(Tally { counts: &subset.count[..buyers] });
        let mut money = 0;
        let mut buyers = buyers;
        if most > ONE_BY_ONE {
            (money, most) = self.in_bulk(block, buyers, subset, bought);
        }
        for draw in 0..most.div_ceil(4) {
            if draw > 0 {
                buyers = set.run(Remaining { draw, places: self.places(), buyers, subset });
            }
            let at =
                Address { period_block: self.now.t, purpose: Purpose::Basket, draw: block.cohort().wrapping_add(draw) };
            self.now.world.draws.fill(set, at, &subset.customer, buyers, &mut subset.words);
            let count = set.run(Wanted { draw, places: self.places(), buyers, subset });
            set.run(Sample { sampler, words: &subset.word, out: &mut subset.value, count });
            money += self.spend(block, &subset.value[..count], &subset.whose, bought);
        }
        let mut row = ledger.row(self.now.t);
        row.purchases(self.stage, purchases);
        row.baskets(self.stage, money);
    }

    /// The money of those who buy so much that it is drawn as one sum, and the most purchases of any other.
    #[cold]
    fn in_bulk(&self, block: &Block, buyers: usize, subset: &mut Subset, bought: &mut [u32]) -> (i128, u32) {
        let spread = self.now.program().basket_spread[self.stage];
        let (mut money, mut most) = (0, 0);
        for buyer in 0..buyers {
            let count = subset.count[buyer];
            if count <= ONE_BY_ONE {
                most = most.max(count);
                continue;
            }
            // No basket of theirs is drawn by itself, so that the words of the first ones are free.
            subset.count[buyer] = 0;
            let words = self.now.world.draws.four(subset.customer[buyer], self.now.t, Purpose::Basket, block.cohort());
            let sum = bulk::sum(count, spread, unit64(words[0], words[1]));
            let place = self.places().then(|| subset.place[buyer] as usize);
            let own = self.purchases.basket_trait.zip(place).map_or(1.0, |(of, place)| {
                let growth = self.now.program().growth(of, self.now.age);
                f64::from((block.traits[of.index()][place] + growth).max(0.0))
            });
            #[expect(clippy::cast_possible_truncation, reason = "far below 2^127; `as` saturates")]
            let units = libm::round(sum * self.buying.basket * own) as i128;
            money += units;
            if let Some(place) = place {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only a fingerprint")]
                let mix = (units as u32).wrapping_mul(8).wrapping_add(count);
                bought[place] = bought[place].wrapping_add(mix);
            }
        }
        (money, most)
    }

    /// The money of some baskets, in ten-thousandths of the currency unit.
    fn spend(&self, block: &Block, baskets: &[f32], whose: &[u32], bought: &mut [u32]) -> i128 {
        let (set, scale) = (self.now.world.set, self.buying.basket);
        if !self.places() {
            return set.run(Money { baskets, scale });
        }
        let own = self.purchases.basket_trait;
        let own = own.map(|of| (block.traits[of.index()].as_slice(), self.now.program().growth(of, self.now.age)));
        set.run(TheirMoney { baskets, whose, scale, own, bought })
    }
}

/// Draws after which of `count` purchases the customer leaves, if after any; returns those that are made.
fn leave(block: &mut Block, buying: &Buying, now: Period<'_>, place: usize, count: u32) -> u32 {
    let Some(leave) = &buying.leave else { return count };
    let word = now.words.of(Purpose::Leave, now.t)[place];
    if leave.own.is_none() && leave.surely_stays.get(count as usize).is_some_and(|below| word < *below) {
        return count;
    }
    let chance = leave.own.map_or(leave.chance, |column| f64::from(block.own[column][place]));
    let u = unit(word);
    let left = if count > ONE_BY_ONE { bulk::leaves_after(u, chance, count) } else { leaves_after(u, chance, count) };
    let Some((made, within)) = left else { return count };
    let last = leave.to.len() - 1;
    let to = leave.to.iter().position(|(_, sum)| within < *sum).unwrap_or(last);
    block.stage[place] = u32::from(leave.to[to].0);
    if !block.periods_in_stage.is_empty() {
        block.periods_in_stage[place] = 0;
    }
    made
}

/// After which purchase the draw falls, and where in its step: uniform again, so that it says where to.
fn leaves_after(u: f64, chance: f64, count: u32) -> Option<(u32, f64)> {
    let mut stayed = 1.0;
    for made in 1..=count {
        let next = stayed * (1.0 - chance);
        if u >= next {
            return Some((made, if stayed > next { (stayed - u) / (stayed - next) } else { 0.0 }));
        }
        stayed = next;
    }
    None
}
