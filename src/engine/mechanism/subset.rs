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
        let mut places = l.places();
        let step = l.u(u32::try_from(L::N).unwrap_or(0));
        let mut count = 0;
        for stage in l.words(self.stage, l.steps(self.live)) {
            let here = l.eq(l.load(stage), l.u(self.wanted));
            count += l.pack(self.place, count, here, places);
            places = l.add(places, step);
        }
        count
    }
}

/// Reads a column at some places.
pub fn gather(column: &[u32], places: &[u32], out: &mut [u32]) {
    for (out, place) in out.iter_mut().zip(places) {
        *out = column[*place as usize];
    }
}
