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
use crate::engine::quantile::{exp_f32, poisson_count};
use crate::engine::tables::{Buying, PeriodTable};
use crate::model::journey::Purchases;

use super::travel::{exponent, refresh_own, trait_at};

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
    let mut counts = [0_u64; 256];
    let mut money = [0_i128; 256];
    if program.leaves {
        refresh_own(block, table);
    }
    for place in 0..block.live {
        let stage = block.stage[place] as usize;
        let (Some(buying), Some(purchases)) = (&table.buying[stage], baskets[stage]) else {
            block.bought[place] = 0;
            continue;
        };
        let mut rate = buying.rate;
        if let Some(of) = purchases.rate_trait {
            rate *= trait_at(block, program, of, place, t).max(0.0);
        }
        if !buying.bend.is_empty() {
            rate *= exp_f32(exponent(block, program, &buying.bend, place, t));
        }
        let mut count = poisson_count(block.words.of(Purpose::Purchases, t)[place], rate);
        if buying.leave.is_some() && count > 0 {
            count = leave(block, buying, place, count, t);
            let slot = program.move_slot[stage * program.stages + block.stage[place] as usize];
            if slot > 0 {
                ledger.row(t).moves(slot as usize - 1, 1);
            }
        }
        let scale = buying.basket
            * purchases.basket_trait.map_or(1.0, |of| f64::from(trait_at(block, program, of, place, t).max(0.0)));
        let units = spend(program, stage, draws, block.customer[place], t, count, scale);
        counts[stage] += u64::from(count);
        money[stage] += units;
        // The low bits of the money tell baskets apart well enough for a fingerprint.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only a fingerprint")]
        let mix = (units as u32).wrapping_mul(8).wrapping_add(count);
        block.bought[place] = mix;
    }
    let mut row = ledger.row(t);
    for stage in 0..program.stages {
        row.purchases(stage, counts[stage]);
        row.baskets(stage, money[stage]);
    }
}

/// The money of `count` baskets, each its own draw, in ten-thousandths of the currency unit.
fn spend(program: &Program, stage: usize, draws: &Draws, customer: u32, t: u32, count: u32, scale: f64) -> i128 {
    let Some(sampler) = &program.baskets[stage] else { return 0 };
    let mut units = 0;
    let mut words = [0; 4];
    for basket in 0..count {
        if basket & 3 == 0 {
            words = draws.four(customer, t, Purpose::Basket, basket >> 2);
        }
        let amount = f64::from(sampler.at(words[(basket & 3) as usize])) * scale;
        #[expect(clippy::cast_possible_truncation, reason = "a basket is far below 2^63; `as` saturates")]
        let whole = (amount + 0.5) as i64;
        units += i128::from(whole);
    }
    units
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
