//! Subsets: some customers of a block side by side, so that what only they do is done for them alone.

use crate::engine::lanes::{Kernel, Lanes};

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
