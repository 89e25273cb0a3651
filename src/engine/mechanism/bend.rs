//! Bent rows: moves of customers whose chances are their own.
//!
//! A bent row is a multinomial logit: the weight of a place is its chance at neutral times
//! exp(sum of weight · (state - neutral)), that of staying its chance at neutral, normalised over the row
//! (`McFadden` 1974, "Conditional logit analysis of qualitative choice behavior"). A customer's own chance is a
//! trait; it takes no more than what the other exits leave over.

use crate::engine::draws::Purpose;
use crate::engine::population::Block;
use crate::engine::program::{BentShape, Program, single};
use crate::engine::quantile::exp_f32;
use crate::engine::tables::{Bend, PeriodTable};
use crate::model::journey::State;

use super::travel::row_of;

/// Customers worked on at once: one number of all of them fills a few vectors.
pub const TOGETHER: usize = 64;
/// Room for the places of a bent row: of most journeys, and of any.
const FEW_PLACES: usize = 8;
const MOST_PLACES: usize = 256;

/// One number for each customer worked on at once.
type Lanes = [f32; TOGETHER];

/// Draws the next stage of everybody in a stage whose row is bent.
pub fn travel(block: &mut Block, program: &Program, table: &PeriodTable, stage: usize, t: u32) {
    let Some(bent) = &program.rows[stage].bent else { return };
    let count = block.roster.of(stage).len();
    for first in (0..count).step_by(TOGETHER) {
        let mut places = [0_u16; TOGETHER];
        let n = TOGETHER.min(count - first);
        places[..n].copy_from_slice(&block.roster.of(stage)[first..first + n]);
        if bent.to.len() <= FEW_PLACES {
            some::<FEW_PLACES>(block, program, table, bent, stage, &places[..n], t);
        } else {
            some::<MOST_PLACES>(block, program, table, bent, stage, &places[..n], t);
        }
    }
}

fn some<const ROOM: usize>(
    block: &mut Block,
    program: &Program,
    table: &PeriodTable,
    bent: &BentShape,
    stage: usize,
    places: &[u16],
    t: u32,
) {
    let width = bent.to.len();
    let mut weights = [[0.0; TOGETHER]; ROOM];
    neutral(block, program, table, stage, places, t, &mut weights[..width]);
    own_chances(block, bent, places, &mut weights[..width]);
    for (class, bend) in (1..).zip(&table.classes[stage]) {
        let mut tilt = exponents(block, program, bend, places, t);
        tilt.iter_mut().for_each(|x| *x = exp_f32(*x));
        for (weights, _) in weights.iter_mut().zip(&bent.class).filter(|(_, its)| **its == class) {
            weights.iter_mut().zip(&tilt).for_each(|(weight, tilt)| *weight *= tilt);
        }
    }
    // Cumulative weights, then how many of them the draw has passed.
    for place in 1..width {
        let (before, here) = weights.split_at_mut(place);
        here[0].iter_mut().zip(&before[place - 1]).for_each(|(sum, before)| *sum += before);
    }
    let words = block.words.of(Purpose::Move, t);
    for (lane, place) in places.iter().enumerate() {
        // 24 bits of the word: single precision tells no more apart.
        let goal = (words[*place as usize] >> 8) as f32 * (1.0 / 16_777_216.0) * weights[width - 1][lane];
        let passed: usize = weights[..width - 1].iter().map(|sums| usize::from(goal >= sums[lane])).sum();
        block.stage[*place as usize] = bent.to[passed];
    }
}

/// The chances at neutral, place by place.
fn neutral(
    block: &Block,
    program: &Program,
    table: &PeriodTable,
    stage: usize,
    places: &[u16],
    t: u32,
    weights: &mut [Lanes],
) {
    let shape = &program.rows[stage];
    if shape.clocks.is_empty() {
        let base = &table.weights[shape.first * program.width..];
        weights.iter_mut().zip(base).for_each(|(lanes, chance)| lanes.fill(*chance));
        return;
    }
    for (lane, place) in places.iter().enumerate() {
        let base = &table.weights[row_of(block, shape, *place as usize, t) * program.width..];
        weights.iter_mut().zip(base).for_each(|(lanes, chance)| lanes[lane] = *chance);
    }
}

/// Puts the customers' own chances in their places; they take no more than what the others leave over.
fn own_chances(block: &Block, bent: &BentShape, places: &[u16], weights: &mut [Lanes]) {
    for (at, column) in &bent.own {
        for (lane, place) in places.iter().enumerate() {
            let chance = block.own[*column][*place as usize].min(weights[bent.stay][lane]);
            weights[*at][lane] = chance;
            weights[bent.stay][lane] -= chance;
        }
    }
}

/// The exponents of a driver class in period `t`: the sum of weight · (state - neutral).
pub fn exponents(block: &Block, program: &Program, bend: &Bend, places: &[u16], t: u32) -> Lanes {
    let mut sums = [0.0; TOGETHER];
    for (state, weight) in bend {
        let (column, neutral) = match state {
            State::Satisfaction => (&block.satisfaction, program.neutral_satisfaction),
            State::Trait(of) => (&block.traits[of.index()], program.trait_neutral[of.index()] - program.growth(*of, t)),
        };
        for (sum, place) in sums.iter_mut().zip(places) {
            *sum += weight * (column[*place as usize] - neutral);
        }
    }
    sums
}

/// Recomputes the columns of own chances where the changes in force differ from those they were made by.
pub fn refresh_own(block: &mut Block, table: &PeriodTable) {
    if block.own_made_by == table.own {
        return;
    }
    block.own_made_by.clone_from(&table.own);
    block.own.resize(table.own.len(), Vec::new());
    for (column, own) in block.own.iter_mut().zip(&table.own) {
        column.resize(block.customer.len(), 0.0);
        for (chance, value) in column[..block.live].iter_mut().zip(&block.traits[own.of.index()]) {
            let start = f64::from(*value);
            let changed = own.operations.iter().fold(start, |p, (op, amount, share)| op.apply(p, *amount, *share));
            *chance = single(changed.clamp(0.0, 1.0));
        }
    }
}
