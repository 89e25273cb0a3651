//! Move: the next stage of every customer is drawn.
//!
//! A row without individual differences is a list of thresholds that one random word is compared with
//! (inverse distribution function). Rows that customers bend are in `bend.rs`.

use crate::engine::draws::Purpose;
use crate::engine::population::Block;
use crate::engine::program::{Program, RowShape};
use crate::engine::tables::PeriodTable;
use crate::model::journey::Clock;

use super::bend;

/// Draws everybody's next stage.
pub fn travel(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    let live = block.live;
    block.before[..live].copy_from_slice(&block.stage[..live]);
    if program.bends {
        bend::refresh_own(block, table);
    }
    for (stage, shape) in program.rows.iter().enumerate() {
        if shape.bent.is_some() {
            bend::travel(block, program, table, stage, t);
        } else {
            plain(block, program, table, stage, t);
        }
    }
    if program.counts_periods_in_stage {
        let columns = block.periods_in_stage[..live].iter_mut().zip(&block.stage).zip(&block.before);
        for ((periods, stage), before) in columns {
            *periods = if stage == before { periods.saturating_add(1) } else { 0 };
        }
    }
}

/// How many of a row's thresholds lie at or below the word says which place it is.
fn plain(block: &mut Block, program: &Program, table: &PeriodTable, stage: usize, t: u32) {
    let shape = &program.rows[stage];
    let gaps = program.width - 1;
    let words = block.words.of(Purpose::Move, t);
    let row = |at: usize| {
        (&table.thresholds[at * gaps..(at + 1) * gaps], &table.to[at * program.width..(at + 1) * program.width])
    };
    if shape.clocks.is_empty() {
        let (thresholds, to) = row(shape.first);
        for place in block.roster.of(stage) {
            let word = words[*place as usize];
            let gap: usize = thresholds.iter().map(|threshold| usize::from(word >= *threshold)).sum();
            block.stage[*place as usize] = to[gap];
        }
        return;
    }
    for place in block.roster.of(stage) {
        let word = words[*place as usize];
        let (thresholds, to) = row(row_of(block, shape, *place as usize, t));
        let gap: usize = thresholds.iter().map(|threshold| usize::from(word >= *threshold)).sum();
        block.stage[*place as usize] = to[gap];
    }
}

/// The row of a customer: the stage's first, plus the places of its clocks times their strides.
#[inline]
pub fn row_of(block: &Block, shape: &RowShape, place: usize, t: u32) -> usize {
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
