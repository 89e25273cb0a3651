//! Scratch is the paper that a worker uses for block after block: nothing on it outlives a period.

use super::column::{column, room};
use super::words::Words;
use crate::engine::table::program::Program;

/// Columns for one block that hold what is known within a period only.
pub struct Scratch {
    /// The stage that each customer had before the move of this period.
    pub before: Vec<u32>,
    /// The row of chances that each customer's stage and clocks lead to.
    pub row: Vec<u32>,
    /// For each class of drivers, what it multiplies a customer's chances by.
    pub tilt: Vec<Vec<f32>>,
    /// What drivers multiply the rate of purchases by.
    pub rate_tilt: Vec<f32>,
    /// For each chance that is the customer's own, what it takes of staying.
    pub taken: Vec<Vec<f32>>,
    /// For each chance that is the customer's own, what it weighs where it leads.
    pub given: Vec<Vec<f32>>,
    /// What a period was like, where it is not normal.
    pub quality: Vec<f32>,
    /// The purchases of each customer.
    pub count: Vec<u32>,
    /// Each customer's purchases, in a mix with their money.
    pub bought: Vec<u32>,
    /// Who can change no more: all bits or none.
    pub inert: Vec<u32>,
    /// The places of those who are dropped.
    pub dropped: Vec<u32>,
    /// Some of the customers, side by side.
    pub subset: Subset,
    /// Random words of a block that keeps none of its own.
    pub words: Words,
}

/// Some customers of a block, side by side: those of a stage, or those who buy.
#[derive(Default)]
pub struct Subset {
    /// Their places in the block.
    pub place: Vec<u32>,
    /// Their addresses.
    pub customer: Vec<u32>,
    /// Their purchases.
    pub count: Vec<u32>,
    /// Four words of each.
    pub words: [Vec<u32>; 4],
    /// The words of those that are wanted.
    pub word: Vec<u32>,
    /// The places that those words belong to.
    pub whose: Vec<u32>,
    /// The numbers that were made of those words.
    pub value: Vec<f32>,
}

impl Scratch {
    /// Paper for blocks of up to `size` customers.
    ///
    /// Blocks that keep their words need no room for them here.
    pub fn new(program: &Program, size: usize, keeps_words: bool) -> Self {
        Self {
            before: column(program.needs_before, size),
            row: column(!program.clocks.is_empty(), size),
            tilt: Vec::new(),
            rate_tilt: column(!program.rate_states.is_empty(), size),
            taken: vec![column(true, size); program.own.len()],
            given: vec![column(true, size); program.own.len()],
            quality: column(!program.quality_by_list.is_empty(), size),
            count: column(program.buys, size),
            bought: column(program.buys, size),
            inert: column(true, size),
            dropped: column(true, size),
            subset: Subset::with_room(program, size),
            words: Words::with_room(program, if keeps_words { 0 } else { size }),
        }
    }
}

impl Subset {
    fn with_room(program: &Program, size: usize) -> Self {
        let lists = program.buys || !program.quality_by_list.is_empty();
        let baskets = if program.buys { 4 * room(size) } else { room(size) };
        let drawn = |used: bool| vec![0; if used { baskets } else { 0 }];
        Self {
            place: column(lists || !program.booked_moves.is_empty(), size),
            customer: column(program.buys, size),
            count: column(program.buys, size),
            words: std::array::from_fn(|_| column(program.buys, size)),
            word: drawn(lists),
            whose: drawn(program.buys),
            value: vec![0.0; if lists { baskets } else { 0 }],
        }
    }
}
