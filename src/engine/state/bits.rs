//! Random bits of every customer, of which mechanisms register what they need: those of four periods are drawn at once.

use super::column::column;
use crate::engine::chance::draws::{Address, Draws, Purpose};
use crate::engine::chance::normal::Normal;
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

/// What every customer draws in every period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitsSpec {
    /// What it is for.
    pub purpose: Purpose,
    /// What tells them from others of this purpose; 0 where there are no others.
    pub luck: u32,
    /// Whether the standard normal numbers that it stands for are made once where several scenarios read them.
    pub normal: bool,
}

/// The place of random bits among those that are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitsId(usize);

/// The random bits that are registered.
#[derive(Clone, Debug, Default)]
pub struct BitsPlan {
    specs: Vec<BitsSpec>,
}

impl BitsPlan {
    /// Registers random bits for a purpose, or finds them.
    pub fn register(&mut self, spec: BitsSpec) -> BitsId {
        let known = self.specs.iter().position(|its| (its.purpose, its.luck) == (spec.purpose, spec.luck));
        BitsId(known.unwrap_or_else(|| {
            self.specs.push(spec);
            self.specs.len() - 1
        }))
    }

    /// How many are drawn.
    pub fn count(&self) -> usize {
        self.specs.len()
    }

    /// Whether any are made into normal numbers.
    pub fn is_normal(&self) -> bool {
        self.specs.iter().any(|spec| spec.normal)
    }
}

/// The random bits of four periods, for each purpose that is registered.
#[derive(Clone, Default)]
pub struct Bits {
    specs: Vec<BitsSpec>,
    columns: Vec<[Vec<u32>; 4]>,
    /// The standard normal numbers of one period, where several scenarios read them; else empty.
    normal: Vec<Vec<f32>>,
}

impl Bits {
    /// Room for those of `size` customers.
    pub fn with_room(plan: &BitsPlan, size: usize) -> Self {
        let four = || std::array::from_fn(|_| column(size > 0, size));
        Self {
            columns: plan.specs.iter().map(|_| four()).collect(),
            normal: vec![Vec::new(); plan.specs.len()],
            specs: plan.specs.clone(),
        }
    }

    /// Makes the standard normal numbers of period `t`; empties them where they are not `wanted`.
    pub fn make_normal(&mut self, wanted: bool, set: InstructionSet, live: usize, t: u32) {
        for ((spec, four), normal) in self.specs.iter().zip(&self.columns).zip(&mut self.normal) {
            let words = &four[(t & 3) as usize];
            let wanted = wanted && spec.normal;
            normal.resize(if wanted { words.len() } else { 0 }, 0.0);
            if wanted {
                set.run(MakeNormal { words, live, normal });
            }
        }
    }

    /// Those of period `t`.
    #[inline]
    pub fn of(&self, id: BitsId, t: u32) -> &[u32] {
        &self.columns[id.0][(t & 3) as usize]
    }

    /// The standard normal numbers of this period; empty where each reader makes its own.
    #[inline]
    pub fn normal(&self, id: BitsId) -> &[f32] {
        &self.normal[id.0]
    }

    /// Draws those of the four periods around period `t` for customers of one cohort.
    pub fn fill(
        &mut self,
        (draws, set): (&Draws, InstructionSet),
        (customers, cohort): (&[u32], u32),
        live: usize,
        t: u32,
    ) {
        for (spec, columns) in self.specs.iter().zip(&mut self.columns) {
            if !columns[0].is_empty() {
                let draw = cohort.wrapping_add(spec.luck);
                let at = Address { period_block: t >> 2, purpose: spec.purpose, draw };
                draws.fill(set, at, customers, live, columns);
            }
        }
    }

    /// Takes in those of `count` other customers, from place `at` on.
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

/// Whether the random bits of four periods are drawn in period `t`.
pub fn is_fourth(t: u32) -> bool {
    t == 1 || t.is_multiple_of(4)
}
