//! Buy: customers in a stage with purchases buy a Poisson number of baskets; some leave after one of them.
//!
//! The number of purchases has the rate λ · trait · exp(sum of weight · (state - neutral)): a Poisson regression
//! (Cameron & Trivedi 2013, "Regression analysis of count data") whose gamma-distributed trait gives the
//! negative binomial of Ehrenberg (1959). A chance taken after each purchase is the dropout of the
//! BG/NBD model (Fader, Hardie & Lee 2005, Marketing Science 24(2)): who leaves after the j-th buys no more.

use crate::engine::draws::{Draws, Purpose, unit};
use crate::engine::ledger::Ledger;
use crate::engine::population::Block;
use crate::engine::program::Program;
use crate::engine::quantile::{POISSON_MANY, exp_f32, poisson_few, poisson_many};
use crate::engine::sampler::Sampler;
use crate::engine::tables::{Buying, PeriodTable};
use crate::model::journey::Purchases;
use crate::quantity::TraitId;

use super::bend::{TOGETHER, exponents, refresh_own};

/// What the loop needs of a stage's purchases beside the tables of the period.
pub type Baskets<'m> = [Option<&'m Purchases>];

/// Lets everyone buy, and counts purchases and money by stage.
pub fn buy(
    block: &mut Block,
    program: &Program,
    table: &PeriodTable,
    baskets: &Baskets<'_>,
    draws: &Draws,
    t: u32,
    ledger: &mut Ledger,
) {
    if program.leaves {
        refresh_own(block, table);
    }
    let live = block.live;
    block.bought[..live].fill(0);
    let mut roster = std::mem::take(&mut block.roster);
    roster.list(&block.stage[..live]);
    for (stage, buying) in table.buying.iter().enumerate() {
        let (Some(buying), Some(purchases), Some(sampler)) = (buying, baskets[stage], &program.baskets[stage]) else {
            continue;
        };
        let shop = Shop { program, stage, buying, purchases, sampler, draws, t };
        let mut counts = (0, 0);
        for places in roster.of(stage).chunks(TOGETHER) {
            shop.serve(block, places, &mut counts, ledger);
        }
        let mut row = ledger.row(t);
        row.purchases(stage, counts.0);
        row.baskets(stage, counts.1);
    }
    block.roster = roster;
}

/// What is the same for everybody who buys in one stage in one period.
struct Shop<'a> {
    program: &'a Program,
    stage: usize,
    buying: &'a Buying,
    purchases: &'a Purchases,
    sampler: &'a Sampler,
    draws: &'a Draws,
    t: u32,
}

impl Shop<'_> {
    /// Serves some customers; adds to the purchases and the money counted.
    fn serve(&self, block: &mut Block, places: &[u16], counts: &mut (u64, i128), ledger: &mut Ledger) {
        let rates = self.rates(block, places);
        let counts_drawn = self.draw_counts(block, places, &rates);
        let mut buyers = Buyers::default();
        for (place, mut count) in places.iter().zip(counts_drawn) {
            let place = *place as usize;
            if count > 0 && self.buying.leave.is_some() {
                count = leave(block, self.buying, place, count, self.t);
                let slot = self.program.move_slot[self.stage * self.program.stages + block.stage[place] as usize];
                if slot > 0 {
                    ledger.row(self.t).moves(slot as usize - 1, 1);
                }
            }
            buyers.note(place, block.customer[place], count);
        }
        let n = buyers.n;
        self.draws.fill(
            &buyers.customer[..n],
            self.t,
            Purpose::Basket,
            0,
            buyers.words.each_mut().map(|w| &mut w[..n]),
        );
        for buyer in 0..n {
            let (place, count) = (buyers.place[buyer], buyers.count[buyer]);
            let units = self.spend(block, place, count, [0, 1, 2, 3].map(|word: usize| buyers.words[word][buyer]));
            counts.0 += u64::from(count);
            counts.1 += i128::from(units);
            // The low bits of the money tell baskets apart well enough for a fingerprint.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only a fingerprint")]
            let mix = (units as u32).wrapping_mul(8).wrapping_add(count);
            block.bought[place] = mix;
        }
    }

    /// The numbers of purchases: the few of most customers all at once, the many of some one by one.
    fn draw_counts(&self, block: &Block, places: &[u16], rates: &[f32; TOGETHER]) -> [u32; TOGETHER] {
        let column = block.words.of(Purpose::Purchases, self.t);
        let mut words = [0; TOGETHER];
        for (word, place) in words.iter_mut().zip(places) {
            *word = column[*place as usize];
        }
        let mut counts = [0; TOGETHER];
        for ((count, word), rate) in counts.iter_mut().zip(words).zip(rates) {
            *count = poisson_few(word, *rate);
        }
        for ((count, word), rate) in counts.iter_mut().zip(words).zip(rates).take(places.len()) {
            if *count == POISSON_MANY {
                *count = poisson_many(word, *rate);
            }
        }
        counts
    }

    /// The mean numbers of purchases.
    fn rates(&self, block: &Block, places: &[u16]) -> [f32; TOGETHER] {
        let mut rates = [self.buying.rate; TOGETHER];
        if let Some(of) = self.purchases.rate_trait {
            let growth = self.program.growth(of, self.t);
            for (rate, place) in rates.iter_mut().zip(places) {
                *rate *= (block.traits[of.index()][*place as usize] + growth).max(0.0);
            }
        }
        if !self.buying.bend.is_empty() {
            let bend = exponents(block, self.program, &self.buying.bend, places, self.t);
            rates.iter_mut().zip(bend).for_each(|(rate, x)| *rate *= exp_f32(x));
        }
        rates
    }

    /// The money of `count` baskets, each its own draw, in ten-thousandths of the currency unit;
    /// `words` are those of the first four.
    fn spend(&self, block: &Block, place: usize, count: u32, mut words: [u32; 4]) -> i64 {
        let trait_at = |of: TraitId| block.traits[of.index()][place] + self.program.growth(of, self.t);
        let own = self.purchases.basket_trait.map_or(1.0, |of| f64::from(trait_at(of).max(0.0)));
        let scale = self.buying.basket * own;
        let mut units: i64 = 0;
        for basket in 0..count {
            if basket > 0 && basket.is_multiple_of(4) {
                words = self.draws.four(block.customer[place], self.t, Purpose::Basket, basket >> 2);
            }
            let amount = f64::from(self.sampler.at(words[(basket & 3) as usize])) * scale;
            #[expect(clippy::cast_possible_truncation, reason = "a basket is far below 2^63; `as` saturates")]
            let whole = (amount + 0.5) as i64;
            units = units.saturating_add(whole);
        }
        units
    }
}

/// Those who buy, from the first place on: their words are drawn together, in a loop that can become vectors.
struct Buyers {
    n: usize,
    place: [usize; TOGETHER],
    customer: [u32; TOGETHER],
    count: [u32; TOGETHER],
    words: [[u32; TOGETHER]; 4],
}

impl Default for Buyers {
    fn default() -> Self {
        Self { n: 0, place: [0; TOGETHER], customer: [0; TOGETHER], count: [0; TOGETHER], words: [[0; TOGETHER]; 4] }
    }
}

impl Buyers {
    /// Notes a customer; one who buys nothing is written over by the next.
    fn note(&mut self, place: usize, customer: u32, count: u32) {
        (self.place[self.n], self.customer[self.n], self.count[self.n]) = (place, customer, count);
        self.n += usize::from(count > 0);
    }
}

/// Draws after which of `count` purchases the customer leaves, if after any; returns those that are made.
fn leave(block: &mut Block, buying: &Buying, place: usize, count: u32, t: u32) -> u32 {
    let Some(leave) = &buying.leave else { return count };
    let chance = leave.own.map_or(leave.chance, |column| f64::from(block.own[column][place]));
    let u = unit(block.words.of(Purpose::Leave, t)[place]);
    let mut stayed = 1.0;
    for made in 1..=count {
        let next = stayed * (1.0 - chance);
        if u >= next {
            // Where in its step the draw fell says where to: uniform again.
            let within = if stayed > next { (stayed - u) / (stayed - next) } else { 0.0 };
            let last = leave.to.len() - 1;
            let to = leave.to.iter().position(|(_, sum)| within < *sum).unwrap_or(last);
            block.stage[place] = leave.to[to].0;
            block.periods_in_stage[place] = 0;
            return made;
        }
        stayed = next;
    }
    count
}
