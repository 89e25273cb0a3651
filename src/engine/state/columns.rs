//! Columns that mechanisms register: what every customer carries on, and what is known of each within a period.

use std::marker::PhantomData;

use super::column::column;
use super::leavers::{Keep, Kept};
use crate::engine::lanes::InstructionSet;

/// Columns that are carried from period to period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting;

/// Columns whose numbers are known within a period only; those of a worker serve block after block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing;

/// What a column is called, and how it is treated. Two mechanisms that register the same column share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name.
    pub name: &'static str,
    /// Which of several of the same name.
    pub index: usize,
    /// Whether customers who join another block bring it along: lasting columns unless they are made from others, and
    /// passing ones that are read after the move.
    pub joins: bool,
    /// What lanes behind the last customer hold in a passing column that joins.
    pub idle: u32,
}

impl ColumnSpec {
    /// A lasting column, or a passing one that is read after the move.
    pub const fn new(name: &'static str) -> Self {
        Self { name, index: 0, joins: true, idle: 0 }
    }

    /// The same, one of several.
    #[must_use]
    pub const fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The same, but made anew where it is needed: those who join bring nothing.
    #[must_use]
    pub const fn made_anew(self) -> Self {
        Self { joins: false, ..self }
    }
}

/// The place of a column of words (`u32`) or numbers (`f32`), lasting or passing.
#[derive(Debug, PartialEq, Eq)]
pub struct ColumnId<T, L> {
    place: usize,
    kind: PhantomData<fn() -> (T, L)>,
}

impl<T, L> Clone for ColumnId<T, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, L> Copy for ColumnId<T, L> {}

impl<T, L> ColumnId<T, L> {
    fn new(place: usize) -> Self {
        Self { place, kind: PhantomData }
    }
}

/// The columns that are registered, of one life.
#[derive(Clone, Debug)]
pub struct ColumnPlan<L> {
    words: Vec<ColumnSpec>,
    numbers: Vec<ColumnSpec>,
    life: PhantomData<L>,
}

impl<L> Default for ColumnPlan<L> {
    fn default() -> Self {
        Self { words: Vec::new(), numbers: Vec::new(), life: PhantomData }
    }
}

impl<L> ColumnPlan<L> {
    /// Registers a column of words, or finds it.
    pub fn words(&mut self, spec: ColumnSpec) -> ColumnId<u32, L> {
        ColumnId::new(registered(&mut self.words, spec))
    }

    /// Registers a column of numbers, or finds it.
    pub fn numbers(&mut self, spec: ColumnSpec) -> ColumnId<f32, L> {
        ColumnId::new(registered(&mut self.numbers, spec))
    }

    /// Finds a column of words that some mechanism has registered.
    pub fn find(&self, spec: &ColumnSpec) -> Option<ColumnId<u32, L>> {
        self.words.iter().position(|known| known == spec).map(ColumnId::new)
    }

    /// The same of numbers.
    pub fn find_numbers(&self, spec: &ColumnSpec) -> Option<ColumnId<f32, L>> {
        self.numbers.iter().position(|known| known == spec).map(ColumnId::new)
    }

    /// Whether customers who join another block bring a column of numbers along.
    pub fn joins(&self, id: ColumnId<f32, L>) -> bool {
        self.numbers[id.place].joins
    }

    /// How many columns there are.
    pub fn count(&self) -> usize {
        self.words.len() + self.numbers.len()
    }
}

fn registered(known: &mut Vec<ColumnSpec>, spec: ColumnSpec) -> usize {
    known.iter().position(|its| *its == spec).unwrap_or_else(|| {
        known.push(spec);
        known.len() - 1
    })
}

/// The columns of a block, or those of a worker.
#[derive(Clone, Debug)]
pub struct Columns<L> {
    words: Vec<Vec<u32>>,
    numbers: Vec<Vec<f32>>,
    plan: ColumnPlan<L>,
}

impl<L: Clone> Columns<L> {
    /// Columns for `size` customers, filled with 0.
    pub fn new(plan: &ColumnPlan<L>, size: usize) -> Self {
        Self {
            words: vec![column(true, size); plan.words.len()],
            numbers: vec![column(true, size); plan.numbers.len()],
            plan: plan.clone(),
        }
    }

    /// One more column of numbers, which belongs to these customers only: those who join have none.
    pub fn append_numbers(&mut self, name: &'static str, size: usize) -> ColumnId<f32, L> {
        let id = self.plan.numbers(ColumnSpec::new(name).made_anew());
        if id.place == self.numbers.len() {
            self.numbers.push(column(true, size));
        }
        id
    }

    /// A column of words.
    #[inline]
    pub fn words(&self, id: ColumnId<u32, L>) -> &[u32] {
        &self.words[id.place]
    }

    /// A column of words, to be written.
    #[inline]
    pub fn words_mut(&mut self, id: ColumnId<u32, L>) -> &mut [u32] {
        &mut self.words[id.place]
    }

    /// A column of numbers.
    #[inline]
    pub fn numbers(&self, id: ColumnId<f32, L>) -> &[f32] {
        &self.numbers[id.place]
    }

    /// A column of numbers, to be written.
    #[inline]
    pub fn numbers_mut(&mut self, id: ColumnId<f32, L>) -> &mut [f32] {
        &mut self.numbers[id.place]
    }

    /// Takes a column out, to be written while others are read; [`Columns::put_words`] gives it back.
    #[inline]
    pub fn take_words(&mut self, id: ColumnId<u32, L>) -> Vec<u32> {
        std::mem::take(&mut self.words[id.place])
    }

    /// Gives back what [`Columns::take_words`] took.
    #[inline]
    pub fn put_words(&mut self, id: ColumnId<u32, L>, column: Vec<u32>) {
        self.words[id.place] = column;
    }

    /// Takes a column out, to be written while others are read; [`Columns::put_numbers`] gives it back.
    #[inline]
    pub fn take_numbers(&mut self, id: ColumnId<f32, L>) -> Vec<f32> {
        std::mem::take(&mut self.numbers[id.place])
    }

    /// Gives back what [`Columns::take_numbers`] took.
    #[inline]
    pub fn put_numbers(&mut self, id: ColumnId<f32, L>, column: Vec<f32>) {
        self.numbers[id.place] = column;
    }

    /// Sets everything that joins to 0.
    pub fn clear(&mut self) {
        joining(&mut self.words, &self.plan.words).for_each(|(column, _)| column.fill(0));
        joining(&mut self.numbers, &self.plan.numbers).for_each(|(column, _)| column.fill(0.0));
    }

    /// Puts everything that joins back to what it was in fresh columns of the same plan.
    pub fn restart(&mut self, fresh: &Self) {
        for ((column, _), from) in joining(&mut self.words, &self.plan.words).zip(fresh.joining_words()) {
            column.copy_from_slice(from);
        }
        for ((column, _), from) in joining(&mut self.numbers, &self.plan.numbers).zip(fresh.joining_numbers()) {
            column.copy_from_slice(from);
        }
    }

    /// Takes in `count` customers of other columns, from place `from` on.
    pub fn join(&mut self, from: usize, other: &Self, count: usize) {
        let to = from + count;
        for ((column, _), new) in joining(&mut self.words, &self.plan.words).zip(other.joining_words()) {
            column[from..to].copy_from_slice(&new[..count]);
        }
        for ((column, _), new) in joining(&mut self.numbers, &self.plan.numbers).zip(other.joining_numbers()) {
            column[from..to].copy_from_slice(&new[..count]);
        }
    }

    /// Gives lanes from place `from` on what idle ones hold.
    pub fn idle(&mut self, from: usize) {
        joining(&mut self.words, &self.plan.words).for_each(|(column, spec)| column[from..].fill(spec.idle));
        joining(&mut self.numbers, &self.plan.numbers)
            .for_each(|(column, spec)| column[from..].fill(f32::from_bits(spec.idle)));
    }

    /// Keeps those of `live` customers who are not marked, side by side.
    pub fn keep(&mut self, set: InstructionSet, marked: &[u32], live: usize) {
        for column in &mut self.words {
            set.run(Keep { marked, live, column: Kept::Words(column) });
        }
        for column in &mut self.numbers {
            set.run(Keep { marked, live, column: Kept::Numbers(column) });
        }
    }

    /// Adds what joins of the customer at a place to lists of words and of numbers.
    pub fn gather(&self, place: usize, words: &mut Vec<u32>, numbers: &mut Vec<f32>) {
        words.extend(self.joining_words().map(|column| column[place]));
        numbers.extend(self.joining_numbers().map(|column| column[place]));
    }

    /// Writes what [`Columns::gather`] listed to a place, and leaves of both lists what comes after.
    pub fn scatter<'l>(&mut self, place: usize, (words, numbers): (&'l [u32], &'l [f32])) -> (&'l [u32], &'l [f32]) {
        let (mut next_word, mut next_number) = (words.iter(), numbers.iter());
        for ((column, _), value) in joining(&mut self.words, &self.plan.words).zip(&mut next_word) {
            column[place] = *value;
        }
        for ((column, _), value) in joining(&mut self.numbers, &self.plan.numbers).zip(&mut next_number) {
            column[place] = *value;
        }
        (next_word.as_slice(), next_number.as_slice())
    }

    fn joining_words(&self) -> impl Iterator<Item = &Vec<u32>> {
        self.words.iter().zip(&self.plan.words).filter(|(_, spec)| spec.joins).map(|(column, _)| column)
    }

    fn joining_numbers(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.numbers.iter().zip(&self.plan.numbers).filter(|(_, spec)| spec.joins).map(|(column, _)| column)
    }
}

fn joining<'c, T>(
    columns: &'c mut [Vec<T>],
    specs: &'c [ColumnSpec],
) -> impl Iterator<Item = (&'c mut Vec<T>, &'c ColumnSpec)> {
    columns.iter_mut().zip(specs).filter(|(_, spec)| spec.joins)
}
