//! Subsets: some customers of a block side by side, so that what only they do is done for them alone.

use super::column::{column, room};
use crate::engine::lanes::{Kernel, Lanes};

/// What a mechanism lists of some customers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubsetPlan {
    /// Their places.
    pub places: bool,
    /// Numbers that are drawn for each.
    pub values: bool,
    /// Any number of baskets that are drawn for each.
    pub baskets: bool,
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

impl SubsetPlan {
    /// What either of two mechanisms lists.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            places: self.places || other.places,
            values: self.values || other.values,
            baskets: self.baskets || other.baskets,
        }
    }
}

impl Subset {
    /// Lists of up to `size` customers.
    pub fn with_room(plan: &SubsetPlan, size: usize) -> Self {
        let SubsetPlan { places, values, baskets } = *plan;
        let lists = values || baskets;
        let drawn = if baskets { 4 * room(size) } else { room(size) };
        Self {
            place: column(lists || places, size),
            customer: column(baskets, size),
            count: column(baskets, size),
            words: std::array::from_fn(|_| column(baskets, size)),
            word: vec![0; if lists { drawn } else { 0 }],
            whose: vec![0; if baskets { drawn } else { 0 }],
            value: vec![0.0; if lists { drawn } else { 0 }],
        }
    }
}

/// Lists the places of the customers in one stage; returns how many there are.
pub struct InStage<'a> {
    stage: &'a [u32],
    live: usize,
    wanted: u32,
    place: &'a mut [u32],
}

impl<'a> InStage<'a> {
    /// Of the first `live` customers those in stage `wanted`; their places go to `place`.
    pub fn of(stage: &'a [u32], live: usize, wanted: usize, place: &'a mut [u32]) -> Self {
        Self { stage, live, wanted: u32::try_from(wanted).unwrap_or(u32::MAX), place }
    }
}

impl Kernel for InStage<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        places_of(l, self.stage, self.live, self.wanted, self.place)
    }
}

/// Lists the places at which a column has the value `wanted`, among those of lanes beyond the last of `live` customers
/// too; returns how many there are.
#[inline(always)]
pub fn places_of<L: Lanes>(l: L, column: &[u32], live: usize, wanted: u32, place: &mut [u32]) -> usize {
    let mut places = l.places();
    let step = l.u(u32::try_from(L::N).unwrap_or(0));
    let mut count = 0;
    for value in l.words(column, l.steps(live)) {
        count += l.pack(place, count, l.eq(l.load(value), l.u(wanted)), places);
        places = l.add(places, step);
    }
    count
}

/// Reads a column at some places.
pub fn gather(column: &[u32], places: &[u32], out: &mut [u32]) {
    for (out, place) in out.iter_mut().zip(places) {
        *out = column[*place as usize];
    }
}
