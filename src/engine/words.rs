//! Words are the random words of four periods, drawn at once.

use super::draws::{Address, Draws, Purpose};
use super::lanes::InstructionSet;
use super::program::Program;
use super::scratch::room;

/// The random words of four periods: moves, qualities, numbers of purchases, leaves.
#[derive(Clone, Default)]
pub struct Words {
    columns: [[Vec<u32>; 4]; 4],
}

const PURPOSES: [Purpose; 4] = [Purpose::Move, Purpose::Quality, Purpose::Purchases, Purpose::Leave];

impl Words {
    /// Room for the words of `size` customers.
    pub fn with_room(program: &Program, size: usize) -> Self {
        let used = [true, program.remembers, program.buys, program.leaves];
        let column = |used: bool| vec![0; if used && size > 0 { room(size) } else { 0 }];
        Self { columns: used.map(|used| std::array::from_fn(|_| column(used))) }
    }

    /// The words of a purpose for period `t`.
    pub fn of(&self, purpose: Purpose, t: u32) -> &[u32] {
        let column = PURPOSES.iter().position(|its| *its == purpose).unwrap_or(0);
        &self.columns[column][(t & 3) as usize]
    }

    /// Draws the words of the four periods around period `t` for customers of one cohort.
    pub fn fill(
        &mut self,
        draws: &Draws,
        set: InstructionSet,
        (customers, cohort): (&[u32], u32),
        live: usize,
        t: u32,
    ) {
        for (purpose, columns) in PURPOSES.into_iter().zip(&mut self.columns) {
            if !columns[0].is_empty() {
                draws.fill(set, Address { period_block: t >> 2, purpose, draw: cohort }, customers, live, columns);
            }
        }
    }

    /// Takes in the words of `count` other customers, from place `at` on.
    pub fn join(&mut self, at: usize, others: &Self, count: usize) {
        for (column, new) in self.columns.iter_mut().flatten().zip(others.columns.iter().flatten()) {
            if !column.is_empty() {
                column[at..at + count].copy_from_slice(&new[..count]);
            }
        }
    }
}

/// Whether the words of four periods are drawn in period `t`.
pub fn is_fourth(t: u32) -> bool {
    t == 1 || t.is_multiple_of(4)
}
