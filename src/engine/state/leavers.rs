//! Leavers: customers who can change no more are marked, listed, and left out of the columns.

use super::subset::places_of;
use crate::engine::lanes::{Kernel, Lanes, Strip};
use crate::engine::table::program::Reached;
use crate::engine::table::reach::reach;

/// Marks the customers to whom nothing more happens, of those already marked unless it is the `first` time; returns how
/// many they are.
pub struct Mark<'a> {
    /// How far look-ups by stage reach.
    pub reach: Reached,
    /// For each stage, whether nothing more happens there: all bits or none.
    pub inert: &'a Strip,
    /// The stages.
    pub stage: &'a [u32],
    /// The number of customers.
    pub live: usize,
    /// The marks: all bits or none.
    pub marked: &'a mut [u32],
    /// Whether nobody is marked yet.
    pub first: bool,
}

impl Kernel for Mark<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.live);
        let (stage, marked) = (l.words(self.stage, n), l.words_mut(self.marked, n));
        let mut count = 0;
        for i in 0..n {
            let mut inert = reach(l, self.reach, self.inert, l.load(&stage[i]));
            if !self.first {
                inert = l.and(inert, l.load(&marked[i]));
            }
            l.store(&mut marked[i], inert);
            count += l.mask(l.eq(inert, l.u(u32::MAX))).count_ones() as usize;
        }
        // Lanes beyond the last customer are inert as well.
        count - (n * L::N - self.live)
    }
}

/// Lists the places of those who are marked; returns how many they are.
pub struct List<'a> {
    /// The marks: all bits or none.
    pub marked: &'a [u32],
    /// The number of customers.
    pub live: usize,
    /// Where the places go.
    pub place: &'a mut [u32],
}

impl Kernel for List<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let count = places_of(l, self.marked, self.live, u32::MAX, self.place);
        // Lanes beyond the last customer were listed last.
        count - (l.steps(self.live) * L::N - self.live)
    }
}

/// A column of either kind.
pub enum Kept<'a> {
    /// Words.
    Words(&'a mut Vec<u32>),
    /// Numbers.
    Numbers(&'a mut Vec<f32>),
}

/// Keeps, of a column, those who are not marked, side by side; returns how many they are.
pub struct Keep<'a> {
    /// The marks: all bits or none.
    pub marked: &'a [u32],
    /// The number of customers.
    pub live: usize,
    /// The column.
    pub column: Kept<'a>,
}

impl Kernel for Keep<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) -> usize {
        let n = l.steps(self.live);
        let marked = l.words(self.marked, n);
        let mut kept = 0;
        for i in 0..n {
            let keep = l.eq(l.load(&marked[i]), l.u(0));
            // What is packed lies before what is yet to be read.
            kept += match self.column {
                Kept::Words(ref mut column) => {
                    let x = l.load(&l.words(column, n)[i]);
                    l.pack(column, kept, keep, x)
                }
                Kept::Numbers(ref mut column) => {
                    let x = l.load_f(&l.numbers(column, n)[i]);
                    l.pack_f(column, kept, keep, x)
                }
            };
        }
        kept
    }
}
