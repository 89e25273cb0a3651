//! A wave is how many replications are under way before their counts are handed on, which bounds the memory.

use std::ops::Range;

use rayon::prelude::*;

use crate::model::Model;
use crate::model::world::{Occurrence, Shock};

/// Replications of a wave.
const MANY: u32 = 64;
/// The same where customers come in every period, each of which is counted by itself, or much is drawn.
const FEW: u32 = 8;
/// Strikes of shocks that take a megabyte of what a replication drew.
const MANY_STRIKES: f64 = 16_384.0;

/// Makes something of each of some replications, a wave at a time, and hands it on in their order. Waves hold so many
/// replications, counted from 0 whatever part of them is made. What makes one is told the work that earlier waves took, and
/// says what its own took: what is known when a wave ends does not hang on who was fastest in it. None where one made nothing.
pub fn in_waves<R: Send>(
    part: Range<u32>,
    most: u32,
    make: impl Fn(u32, u64) -> Option<(R, u64)> + Sync,
    mut sink: impl FnMut(R),
) -> Option<()> {
    let (mut next, mut taken) = (part.start, 0);
    while next < part.end {
        let end = (next - next % most).saturating_add(most).min(part.end);
        let wave: Option<Vec<(R, u64)>> = (next..end).into_par_iter().map(|number| make(number, taken)).collect();
        for (made, work) in wave? {
            sink(made);
            taken += work;
        }
        next = end;
    }
    Some(())
}

/// How many replications are under way before their counts are handed on.
pub fn wave(model: &Model) -> u32 {
    if model.has_inflow() || strikes(model) > MANY_STRIKES { FEW } else { MANY }
}

/// How often shocks come by chance in a replication, in the mean.
pub fn strikes(model: &Model) -> f64 {
    let of = |shock: &Shock| match shock.when {
        Occurrence::Hazard(hazard) => model.params[hazard.index()].law.mean() * f64::from(model.run.horizon),
        Occurrence::In(_) => 0.0,
    };
    model.shocks.iter().map(of).sum()
}
