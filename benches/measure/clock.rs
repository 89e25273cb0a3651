//! How long a cycle is here, told by work whose cycles are known.

use std::hint::black_box;
use std::time::Duration;

use super::work::timed;

/// Steps of the chain; some tenths of a second.
const STEPS: u32 = 200_000_000;

/// Cycles in a nanosecond, measured now: a virtual machine's nominal clock is not what it runs at.
///
/// Each step waits for the one before and takes two cycles: an exclusive or and a rotation, one each on the processors
/// this is built for, and nothing a compiler could foresee or do abreast.
pub fn cycles_per_nanosecond() -> f64 {
    let mut chain = black_box(0x9E37_79B9_7F4A_7C15_u64);
    let key = black_box(0xD1B5_4A32_D192_ED03_u64);
    let taken: Duration = timed(|| {
        for _ in 0..STEPS {
            chain = (chain ^ key).rotate_left(7);
        }
    });
    black_box(chain);
    2.0 * f64::from(STEPS) / taken.as_secs_f64() / 1e9
}
