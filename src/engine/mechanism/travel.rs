//! Move: the next stage of every customer is drawn.
//!
//! A row without individual differences is a table of thresholds that one random word is compared with
//! (inverse distribution function). A bent row is a multinomial logit: the weight of a place is its chance at
//! neutral times exp(sum of weight · (state - neutral)), that of staying its chance at neutral, normalised
//! over the row (McFadden 1974, "Conditional logit analysis of qualitative choice behavior").

use crate::engine::draws::Purpose;
use crate::engine::population::Block;
use crate::engine::program::{BentShape, Program, single};
use crate::engine::quantile::exp_f32;
use crate::engine::tables::{Bend, PeriodTable};
use crate::model::journey::{Clock, State};
use crate::quantity::TraitId;

/// Room for the places of a bent row: of most journeys, and of any.
const FEW_PLACES: usize = 8;
const MOST_PLACES: usize = 256;

/// Draws everybody's next stage.
pub fn travel(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    let live = block.live;
    block.before[..live].copy_from_slice(&block.stage[..live]);
    if program.bends {
        refresh_own(block, table);
    }
    match program.width {
        1 => {}
        2 => plain::<1>(block, program, table, t),
        3 => plain::<2>(block, program, table, t),
        4 => plain::<3>(block, program, table, t),
        5 => plain::<4>(block, program, table, t),
        6 => plain::<5>(block, program, table, t),
        7 => plain::<6>(block, program, table, t),
        8 => plain::<7>(block, program, table, t),
        _ => any_width(block, program, table, t),
    }
    if program.bends && program.width <= FEW_PLACES {
        bent::<FEW_PLACES>(block, program, table, t);
    } else if program.bends {
        bent::<MOST_PLACES>(block, program, table, t);
    }
    if program.counts_periods_in_stage {
        for ((periods, stage), before) in block.periods_in_stage[..live].iter_mut().zip(&block.stage).zip(&block.before)
        {
            *periods = if stage == before { periods.saturating_add(1) } else { 0 };
        }
    }
}

/// Rows that differ from customer to customer, one customer at a time.
fn bent<const ROOM: usize>(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    for place in 0..block.live {
        let before = block.before[place] as usize;
        if let Some(bent) = &program.rows[before].bent {
            let row = row_of(block, program, before, place, t);
            let word = block.words.of(Purpose::Move, t)[place];
            block.stage[place] = bent_step::<ROOM>(block, program, table, bent, row, place, word, t);
        }
    }
}

/// Rows with `GAPS` thresholds: how many lie at or below the word says which place it is.
fn plain<const GAPS: usize>(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    let words = block.words.of(Purpose::Move, t);
    let thresholds = table.thresholds.as_chunks::<GAPS>().0;
    for (place, word) in words.iter().enumerate().take(block.live) {
        let row = row_of(block, program, block.before[place] as usize, place, t);
        let mut gap = 0;
        for threshold in &thresholds[row] {
            gap += usize::from(word >= threshold);
        }
        block.stage[place] = table.to[row * (GAPS + 1) + gap];
    }
}

fn any_width(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    let gaps = program.width - 1;
    let words = block.words.of(Purpose::Move, t);
    for (place, word) in words.iter().enumerate().take(block.live) {
        let row = row_of(block, program, block.before[place] as usize, place, t);
        let gap = table.thresholds[row * gaps..(row + 1) * gaps].iter().filter(|threshold| word >= threshold).count();
        block.stage[place] = table.to[row * program.width + gap];
    }
}

/// The row of a customer: the stage's first, plus the places of its clocks times their strides.
#[inline]
fn row_of(block: &Block, program: &Program, stage: usize, place: usize, t: u32) -> usize {
    let shape = &program.rows[stage];
    let mut row = shape.first;
    for (clock, length, stride) in &shape.clocks {
        let at = match clock {
            Clock::PeriodsInStage => block.periods_in_stage[place] as usize,
            Clock::Age(of) => age(block.traits[of.index()][place], t),
            Clock::Period => 0,
        };
        row += at.min(length - 1) * stride;
    }
    row
}

/// The whole part of an ageing trait in period `t`, not below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held at 0; `as` saturates")]
fn age(at_start: f32, t: u32) -> usize {
    at_start.max(0.0) as usize + t as usize - 1
}

/// The exponent of a driver class for one customer in period `t`.
#[inline]
pub fn exponent(block: &Block, program: &Program, bend: &Bend, place: usize, t: u32) -> f32 {
    let mut sum = 0.0;
    for (state, weight) in bend {
        let above = match state {
            State::Satisfaction => block.satisfaction[place] - program.neutral_satisfaction,
            State::Trait(of) => trait_at(block, program, *of, place, t) - program.trait_neutral[of.index()],
        };
        sum += weight * above;
    }
    sum
}

/// A trait's value in period `t`; one that ages has grown by one for each period before.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "at most 65,535 periods")]
pub fn trait_at(block: &Block, program: &Program, of: TraitId, place: usize, t: u32) -> f32 {
    block.traits[of.index()][place] + program.trait_growth[of.index()] * (t - 1) as f32
}

#[expect(clippy::too_many_arguments, reason = "the places of one customer's numbers; a struct would only rename them")]
fn bent_step<const ROOM: usize>(
    block: &Block,
    program: &Program,
    table: &PeriodTable,
    bent: &BentShape,
    row: usize,
    place: usize,
    word: u32,
    t: u32,
) -> u8 {
    let stage = block.before[place] as usize;
    let width = bent.to.len();
    let base = &table.weights[row * program.width..row * program.width + width];
    let mut weights = [0.0_f32; ROOM];
    weights[..width].copy_from_slice(base);
    own_chances(block, table, bent, place, &mut weights[..width]);
    let mut tilt = [1.0_f32; ROOM];
    for (class, bend) in table.classes[stage].iter().enumerate() {
        tilt[class + 1] = exp_f32(exponent(block, program, bend, place, t));
    }
    let mut total = 0.0;
    for (weight, class) in weights[..width].iter_mut().zip(&bent.class) {
        *weight *= tilt[*class as usize];
        total += *weight;
    }
    // 24 bits of the word: single precision tells no more apart.
    let goal = (word >> 8) as f32 * (1.0 / 16_777_216.0) * total;
    let mut sum = 0.0;
    let mut last = bent.stay;
    for (at, weight) in weights[..width].iter().enumerate() {
        if *weight > 0.0 {
            sum += weight;
            last = at;
            if goal < sum {
                break;
            }
        }
    }
    bent.to[last]
}

/// Puts the customer's own chances in their places; they take no more than what the others leave over.
fn own_chances(block: &Block, table: &PeriodTable, bent: &BentShape, place: usize, weights: &mut [f32]) {
    for (at, of) in bent.own.iter().enumerate() {
        let Some(of) = of else { continue };
        let own =
            table.own.iter().position(|own| own.of == *of && own.to == bent.to[at] && own.from == block.before[place]);
        let Some(column) = own else { continue };
        let chance = block.own[column][place].min(weights[bent.stay]);
        weights[at] = chance;
        weights[bent.stay] -= chance;
    }
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
