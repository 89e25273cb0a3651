//! Scratch is the paper that a worker uses for block after block: nothing on it outlives a period.

use super::bits::Bits;
use super::column::column;
use super::columns::{Columns, Passing};
use super::occasions::Occasions;
use super::subset::Subset;
use super::world::World;
use crate::engine::table::program::Program;

/// Columns for one block that hold what is known within a period only.
pub struct Scratch {
    /// The columns that mechanisms have registered.
    pub columns: Columns<Passing>,
    /// What rows of chances are bent by.
    pub bends: Bends,
    /// What drivers multiply the rate of purchases by.
    pub rate_tilt: Vec<f32>,
    /// Who can change no more: all bits or none.
    pub inert: Vec<u32>,
    /// The places of those who are dropped.
    pub dropped: Vec<u32>,
    /// Some of the customers, side by side.
    pub subset: Subset,
    /// What touchpoints come to.
    pub occasions: Occasions,
    /// Random bits of a block that keeps none of its own.
    pub bits: Bits,
}

/// Which row of chances everybody reads, and what bends it.
#[derive(Clone)]
pub struct Bends {
    /// The row that each customer's stage and clocks lead to; empty where it is the stage's only one.
    pub row: Vec<u32>,
    /// For each class of drivers, what it multiplies a customer's chances by.
    pub tilt: Vec<Vec<f32>>,
    /// For each chance that is the customer's own, what it takes of staying.
    pub taken: Vec<Vec<f32>>,
    /// For each chance that is the customer's own, what it weighs where it leads.
    pub given: Vec<Vec<f32>>,
}

impl Scratch {
    /// Paper for blocks of up to `size` customers.
    ///
    /// Blocks that keep their random bits need no room for them here.
    pub fn new(world: &World<'_>, size: usize, keeps_bits: bool) -> Self {
        Self {
            columns: Columns::new(&world.plan.passing, size),
            bends: Bends::new(world.program, size),
            rate_tilt: Vec::new(),
            inert: column(true, size),
            dropped: column(true, size),
            occasions: Occasions::default(),
            subset: Subset::with_room(&world.plan.subset, size),
            bits: Bits::with_room(&world.plan.bits, if keeps_bits { 0 } else { size }),
        }
    }
}

impl Bends {
    /// Columns for up to `size` customers.
    pub fn new(program: &Program, size: usize) -> Self {
        let own = program.rows.own.len();
        Self {
            row: column(!program.rows.clocks.is_empty(), size),
            tilt: Vec::new(),
            taken: vec![column(true, size); own],
            given: vec![column(true, size); own],
        }
    }

    /// The row of each customer; none where it is the stage's only one.
    pub fn rows(&self) -> Option<&[u32]> {
        (!self.row.is_empty()).then_some(self.row.as_slice())
    }
}
