//! Words are the random words of four periods, drawn at once.

use super::column::column;
use crate::engine::chance::draws::{Address, Draws, Purpose};
use crate::engine::chance::normal::Normal;
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};
use crate::engine::table::program::Program;

/// The random words of four periods: moves, qualities, numbers of purchases, leaves.
#[derive(Clone, Default)]
pub struct Words {
    columns: [[Vec<u32>; 4]; 4],
    /// The standard normal numbers that the words of qualities stand for in one period, where several scenarios read
    /// them; else empty.
    pub normal: Vec<f32>,
}

const PURPOSES: [Purpose; 4] = [Purpose::Move, Purpose::Quality, Purpose::Purchases, Purpose::Leave];

impl Words {
    /// Room for the words of `size` customers.
    pub fn with_room(program: &Program, size: usize) -> Self {
        let used = [true, program.remembers, program.buys, program.leaves];
        let columns = used.map(|used| std::array::from_fn(|_| column(used && size > 0, size)));
        Self { columns, normal: Vec::new() }
    }

    /// Makes the standard normal numbers of period `t`; empties them where they are not `wanted`.
    pub fn make_normal(&mut self, wanted: bool, set: InstructionSet, live: usize, t: u32) {
        let mut normal = std::mem::take(&mut self.normal);
        let words = self.of(Purpose::Quality, t);
        normal.resize(if wanted { words.len() } else { 0 }, 0.0);
        if wanted {
            set.run(MakeNormal { words, live, normal: &mut normal });
        }
        self.normal = normal;
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

struct MakeNormal<'a> {
    words: &'a [u32],
    live: usize,
    normal: &'a mut [f32],
}

impl Kernel for MakeNormal<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (words, normal) = (l.words(self.words, n), l.numbers_mut(self.normal, n));
        let law = Normal::standard();
        for i in 0..n {
            l.store_f(&mut normal[i], law.at(l, l.load(&words[i])));
        }
    }
}

/// Whether the words of four periods are drawn in period `t`.
pub fn is_fourth(t: u32) -> bool {
    t == 1 || t.is_multiple_of(4)
}
