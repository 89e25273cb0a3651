//! Counts are what customers come to by time, cell by cell: simulated ones in whole numbers, real ones as flows.
//!
//! Whole numbers (`Counts<i128>`) add up to the same total in any order. Flows (`Counts<f64>`) are made of them by a weight, or
//! are expected. Both have one layout, that of the model's counters.

use serde::{Deserialize, Serialize};
use std::ops::{AddAssign, SubAssign};

use super::layout::{CountLayout, Place};
use crate::model::counter::Kept;
use crate::quantity::CounterId;

/// What a cell holds.
pub trait Cell: Copy + Default + AddAssign + SubAssign {}

impl Cell for i128 {}
impl Cell for f64 {}

/// Counts by time, from 0 to the horizon; each time from the first one that is counted on holds one row of cells.
///
/// Counters that are kept for one period only have cells of their own, which are those of the latest period counted.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Counts<T> {
    layout: CountLayout,
    first: usize,
    times: usize,
    cells: Vec<T>,
    passing: Vec<T>,
    /// The time that passing cells are of.
    now: usize,
    /// The cells of the times before.
    nothing: Vec<T>,
}

impl<T: Cell> Counts<T> {
    /// Counts of nobody, from time `first` to the horizon.
    pub fn new(layout: &CountLayout, first: u32, horizon: u32) -> Self {
        Self::between(layout, first as usize, horizon as usize + 1)
    }

    /// Counts of nobody at time `t` alone.
    pub fn at(layout: &CountLayout, t: usize) -> Self {
        Self::between(layout, t, t + 1)
    }

    fn between(layout: &CountLayout, first: usize, times: usize) -> Self {
        let (width, passing) = (layout.width(), layout.passing());
        let none = |cells: usize| vec![T::default(); cells];
        Self {
            first,
            times,
            cells: none(width * times.saturating_sub(first)),
            passing: none(passing),
            now: first,
            nothing: none(width.max(passing)),
            layout: layout.clone(),
        }
    }

    /// What is counted at time `t` alone.
    #[must_use]
    pub fn only(&self, t: usize) -> Self {
        let mut only = Self::at(&self.layout, t);
        only.cells.copy_from_slice(self.row(t));
        if self.now == t {
            only.passing.copy_from_slice(&self.passing);
        }
        only
    }

    /// Sets everything to 0.
    pub fn clear(&mut self) {
        self.cells.fill(T::default());
        self.passing.fill(T::default());
    }

    /// The number of times, horizon and start included.
    pub fn times(&self) -> usize {
        self.times
    }

    /// The first time that is counted.
    pub fn first(&self) -> usize {
        self.first
    }

    /// All cells that are kept of time `t`.
    pub fn row(&self, t: usize) -> &[T] {
        let width = self.layout.width();
        match t.checked_sub(self.first) {
            Some(t) => &self.cells[t * width..][..width],
            None => &self.nothing[..width],
        }
    }

    /// All cells that are kept of time `t`, to count into.
    pub fn row_mut(&mut self, t: usize) -> &mut [T] {
        self.begin_by(t);
        let width = self.layout.width();
        &mut self.cells[(t - self.first) * width..][..width]
    }

    /// The cells of a counter at time `t`.
    pub fn cells(&self, counter: CounterId, t: usize) -> &[T] {
        let place = self.layout.place(counter);
        match (place.kept, t.checked_sub(self.first)) {
            (Kept::Run, Some(t)) => &self.cells[t * self.layout.width() + place.first..][..place.length],
            (Kept::Period, _) if self.now == t => &self.passing[place.first..][..place.length],
            _ => &self.nothing[..place.length],
        }
    }

    /// The cells at a place at time `t`, to count into.
    pub fn cells_at(&mut self, place: &Place, t: usize) -> &mut [T] {
        let cells = if place.kept == Kept::Run {
            self.begin_by(t);
            &mut self.cells[(t - self.first) * self.layout.width()..]
        } else {
            self.pass(t)
        };
        &mut cells[place.first..][..place.length]
    }

    /// The cells of a counter at all times that are counted, time by time.
    pub fn all(&self, counter: CounterId) -> impl Iterator<Item = &T> {
        (self.first..self.times).flat_map(move |t| self.cells(counter, t))
    }

    /// Adds the counts of others.
    pub fn add(&mut self, other: &Self) {
        self.join(other, |cell, more| *cell += more);
    }

    /// Takes away the counts of others.
    pub fn subtract(&mut self, other: &Self) {
        self.join(other, |cell, less| *cell -= less);
    }

    #[inline]
    fn join(&mut self, other: &Self, join: impl Fn(&mut T, T)) {
        debug_assert!(self.layout == other.layout, "counts of other counters");
        self.begin_by(other.first);
        let first = (other.first - self.first) * self.layout.width();
        self.cells[first..].iter_mut().zip(&other.cells).for_each(|(cell, its)| join(cell, *its));
        if !self.passing.is_empty() && other.now >= self.now {
            self.pass(other.now).iter_mut().zip(&other.passing).for_each(|(cell, its)| join(cell, *its));
        }
    }

    /// Counts from time `t` on, if not from before.
    fn begin_by(&mut self, t: usize) {
        if t < self.first {
            self.begin_at(t);
        }
    }

    #[cold]
    fn begin_at(&mut self, t: usize) {
        let missing = (self.first - t) * self.layout.width();
        self.cells.splice(0..0, std::iter::repeat_n(T::default(), missing));
        self.first = t;
    }

    /// The cells that are kept for one period only; what they hold of another one is over.
    fn pass(&mut self, t: usize) -> &mut [T] {
        if self.now != t {
            self.passing.fill(T::default());
            self.now = t;
        }
        &mut self.passing
    }
}

impl Counts<f64> {
    /// The cells of a counter at time `t`, to add flows to. Mechanisms count into a [`Place`], so that who writes a counter
    /// has said by what a life shows it.
    pub fn cells_mut(&mut self, counter: CounterId, t: usize) -> &mut [f64] {
        let place = self.layout.place(counter);
        self.cells_at(&place, t)
    }

    /// The flows of what was counted, each simulated customer standing for `weight` real ones.
    pub fn counted(counts: &Counts<i128>, weight: f64) -> Self {
        let mut flows = Self::between(&counts.layout, counts.first, counts.times);
        flows.count(counts, weight);
        flows
    }

    /// Adds what was counted, each simulated customer standing for `weight` real ones.
    pub fn count(&mut self, counts: &Counts<i128>, weight: f64) {
        debug_assert!(self.layout == counts.layout, "counts of other counters");
        self.begin_by(counts.first);
        let width = self.layout.width();
        for t in counts.first..counts.times {
            let (into, row) = (&mut self.cells[(t - self.first) * width..], counts.row(t));
            for place in self.layout.places().iter().filter(|place| place.kept == Kept::Run) {
                let cells = into[place.first..][..place.length].iter_mut().zip(&row[place.first..]);
                cells.for_each(|(into, cell)| *into += number(*cell) / place.unit * weight);
            }
        }
    }

    /// Multiplies every flow by a number of customers.
    pub fn scale(&mut self, weight: f64) {
        self.cells.iter_mut().chain(&mut self.passing).for_each(|cell| *cell *= weight);
    }

    /// How far these flows are from others: the largest difference, relative to the largest flow of its counter.
    pub fn distance(&self, other: &Self) -> f64 {
        let one = |counter| {
            let (mut largest, mut apart) = (0.0_f64, 0.0_f64);
            for t in self.first.min(other.first)..self.times {
                for (our, their) in self.cells(counter, t).iter().zip(other.cells(counter, t)) {
                    largest = largest.max(our.abs());
                    apart = apart.max((our - their).abs());
                }
            }
            if apart > 0.0 { apart / largest } else { 0.0 }
        };
        self.layout.ids().map(one).fold(0.0, f64::max)
    }
}

/// A count as a number: nearly all have room in what processors turn into one at once.
fn number(count: i128) -> f64 {
    i64::try_from(count).map_or_else(|_| large(count), |count| count as f64)
}

/// Apart, or else compilers take the slow way for every count.
#[cold]
#[inline(never)]
fn large(count: i128) -> f64 {
    count as f64
}
