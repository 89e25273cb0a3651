//! A wave is how many replications are under way before their counts are handed on, which bounds the memory.

use crate::model::Model;
use crate::model::world::{Coming, Shock};

/// Replications of a wave.
const MANY: u32 = 64;
/// The same where customers come in every period, each of which is counted by itself, or much is drawn.
const FEW: u32 = 8;
/// Strikes of shocks that take a megabyte of what a replication drew.
const MANY_STRIKES: f64 = 16_384.0;

/// How many replications are under way before their counts are handed on.
pub fn wave(model: &Model) -> u32 {
    if model.has_inflow() || strikes(model) > MANY_STRIKES { FEW } else { MANY }
}

/// How often shocks come by chance in a replication, in the mean.
pub fn strikes(model: &Model) -> f64 {
    let of = |shock: &Shock| match shock.when {
        Coming::Hazard(hazard) => model.params[hazard.index()].law.mean() * f64::from(model.run.horizon),
        Coming::In(_) => 0.0,
    };
    model.shocks.iter().map(of).sum()
}
