//! The mean loss in the worst cases, with its interval.

use super::order::{Bounded, between, rank};
use super::resample::drawn_again;
use super::special::normal_quantile;

/// How many numbers have to lie in the tail before anything is said of their mean. From there on the interval covers at
/// least 0.93 of the time under laws from uniform to log-normal and t.
const FEWEST_IN_TAIL: f64 = 5.0;
/// How many samples are drawn again.
const ROUNDS: u64 = 999;
/// From this many numbers on the interval is the normal one, which is then as good: drawing again would cost more than it
/// gives.
const MANY: usize = 5_000;

/// The smallest count for which there is an expected shortfall with an interval: five numbers in the tail.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
pub fn fewest(tail: f64) -> usize {
    libm::ceil(FEWEST_IN_TAIL / tail - 1e-9) as usize
}

/// The mean loss over the worst share `tail` in (0, 1] of numbers in rising order, with its interval at `level`; none of fewer
/// numbers than [`fewest`]. A positive amount is a loss.
///
/// Acerbi & Tasche (2002), "On the coherence of expected shortfall", Journal of Banking & Finance 26(7), definition 2.6 for
/// the empirical distribution: where `tail` times the count is not whole, the next number weighs the rest. It is never
/// less than the value at risk.
///
/// The interval is that of the bootstrap-t: Efron & Tibshirani (1993), "An introduction to the bootstrap", chapter 12.5. The
/// standard error is that of the influence of each number (Cont, Deguest & Scandolo 2010, "Robustness and sensitivity
/// analysis of risk measurement procedures", Quantitative Finance 10(6)). Student's interval alone covers 0.80 with five
/// numbers in the tail.
pub fn shortfall_bounded(sorted: &[f64], tail: f64, level: f64) -> Option<Bounded> {
    let count = sorted.len();
    if count < fewest(tail) {
        return None;
    }
    let own = Tail::of(sorted, count, tail);
    if count >= MANY {
        let reach = own.error * normal_quantile(f64::midpoint(1.0, level));
        return Some(Bounded { value: own.loss, low: Some(own.loss - reach), high: Some(own.loss + reach) });
    }
    let again: Vec<Tail> = (0..ROUNDS).map(|round| Tail::again(sorted, tail, round)).collect();
    let ends = if own.error > 0.0 {
        let apart = again.iter().filter(|its| its.error > 0.0).map(|its| (its.loss - own.loss) / its.error);
        let [low, high] = ends(apart.collect(), level)?;
        [own.loss - high * own.error, own.loss - low * own.error]
    } else {
        // Where the worst are all alike nothing varies beside them: the losses drawn again are left.
        ends(again.iter().map(|its| its.loss).collect(), level)?
    };
    Some(Bounded { value: own.loss, low: Some(ends[0].min(own.loss)), high: Some(ends[1].max(own.loss)) })
}

/// The middle `level` of what was found in all rounds.
fn ends(mut found: Vec<f64>, level: f64) -> Option<[f64; 2]> {
    found.sort_by(f64::total_cmp);
    let beyond = (1.0 - level) / 2.0 * (found.len() as f64 + 1.0);
    let [low, high] = [beyond, found.len() as f64 + 1.0 - beyond].map(|rank| between(&found, rank));
    Some([low?, high?])
}

/// The tail of a sample.
struct Tail {
    /// The mean loss.
    loss: f64,
    /// Its standard error.
    error: f64,
}

impl Tail {
    /// The tail of `count` numbers, of which these are the smallest, in rising order.
    fn of(smallest: &[f64], count: usize, tail: f64) -> Self {
        let n = count as f64;
        // Each number influences the mean loss by how far it lies below the quantile.
        let quantile = between(smallest, rank(count, tail)).unwrap_or(0.0);
        let below = || smallest.iter().map(|x| (quantile - x).max(0.0) / tail);
        let mean = below().sum::<f64>() / n;
        let variance = (below().map(|x| x * x).sum::<f64>() / n - mean * mean).max(0.0);
        Self { loss: mean_loss(smallest, tail * n), error: libm::sqrt(variance / (n - 1.0).max(1.0)) }
    }

    /// The tail of a sample that is drawn again.
    fn again(sorted: &[f64], tail: f64, round: u64) -> Self {
        let count = sorted.len();
        let mut times = vec![0_u32; count];
        drawn_again(round, count).for_each(|place| times[place] += 1);
        let wanted = libm::ceil(rank(count, tail).max(tail * count as f64)) + 1.0;
        let mut smallest = Vec::new();
        for (number, times) in sorted.iter().zip(times) {
            if smallest.len() as f64 >= wanted {
                break;
            }
            smallest.extend((0..times).map(|_| *number));
        }
        Self::of(&smallest, count, tail)
    }
}

/// The mean loss of the first `count` numbers, the last of which may count in part; of the first alone where that is
/// less than one.
pub(super) fn mean_loss(sorted: &[f64], count: f64) -> f64 {
    let mut left = count.max(1.0);
    let mut sum = 0.0;
    for number in sorted {
        let weight = left.min(1.0);
        if weight <= 0.0 {
            break;
        }
        sum += weight * number;
        left -= weight;
    }
    -sum / (count.max(1.0) - left.max(0.0))
}
