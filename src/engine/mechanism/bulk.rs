//! Bulk: the money of so many baskets that they are drawn as one sum, so that a purchase costs nothing by itself.
//!
//! A Poisson number of baskets is a compound Poisson sum. Given the number, the sum has a known mean and standard
//! deviation; its law is taken for a gamma law with the same two, which is exact where all baskets are alike or exponential,
//! never negative, and by the Berry-Esseen theorem nearer to the true law, the more baskets there are: docs/model.md
//! ("Feel, move, buy") has the bound.

use crate::stats::special::{inverse_incomplete_gamma, normal_quantile};

/// Up to so many purchases of a customer in a period each basket is drawn by itself.
pub const ONE_BY_ONE: u32 = 4_096;

/// From this shape on a gamma law is the cube of a normal one to eight digits: Wilson & Hilferty (1931), "The distribution of
/// chi-square", Proceedings of the National Academy of Sciences 17(12).
const NEARLY_CUBIC: f64 = 1e5;
/// The least shape: below it nearly all of the law lies at 0.
const LEAST: f64 = 1e-3;

/// The sum of `count` baskets of mean 1 at a probability; `spread` is the standard deviation of one.
pub fn sum(count: u32, spread: f64, probability: f64) -> f64 {
    let mean = f64::from(count);
    if spread == 0.0 {
        return mean;
    }
    let shape = (mean / (spread * spread)).max(LEAST);
    if shape < NEARLY_CUBIC {
        return mean * inverse_incomplete_gamma(probability, shape) / shape;
    }
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + libm::sqrt(ninth) * normal_quantile(probability);
    mean * root * root * root
}

/// After which of many purchases the first `1 - (1 - chance)^n` above `u` falls: more than `count` where it does not. The
/// second number says where in its step `u` fell, which is uniform again.
pub fn leaves_after(u: f64, chance: f64, count: u32) -> Option<(u32, f64)> {
    if chance >= 1.0 {
        return Some((1, 1.0 - u));
    }
    let stays = libm::log1p(-chance);
    if chance <= 0.0 || u < libm::exp(f64::from(count) * stays) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within the count")]
    let made = libm::ceil(libm::log(u) / stays).clamp(1.0, f64::from(count)) as u32;
    let before = libm::exp(f64::from(made - 1) * stays);
    let after = libm::exp(f64::from(made) * stays);
    let within = if before > after { ((before - u) / (before - after)).clamp(0.0, 1.0 - f64::EPSILON) } else { 0.0 };
    Some((made, within))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chance::draws::{Draws, Purpose, unit, unit64};
    use crate::stats::distribution::Distribution;

    #[test]
    fn sums_have_the_mean_and_the_spread_of_sums() {
        let nodes = 20_000;
        for (count, spread) in [(5_000_u32, 0.7), (5_000, 3.0), (1_000_000, 0.5), (4_000_000_000, 1.0)] {
            let at = |i: i32| sum(count, spread, (f64::from(i) + 0.5) / f64::from(nodes));
            let mean = (0..nodes).map(at).sum::<f64>() / f64::from(nodes);
            let square = |i: i32| (at(i) - mean) * (at(i) - mean);
            let sd = libm::sqrt((0..nodes).map(square).sum::<f64>() / f64::from(nodes));
            let (n, known) = (f64::from(count), spread * libm::sqrt(f64::from(count)));
            // The midpoint rule leaves out a little of both tails.
            assert!((mean - n).abs() < 1e-3 * known, "{count} {spread}: {mean}");
            assert!((sd / known - 1.0).abs() < 1e-3, "{count} {spread}: {sd}");
        }
        assert_eq!(sum(7_000, 0.0, 0.9), 7_000.0, "one price is exact");
        let both = [NEARLY_CUBIC * 0.999_999, NEARLY_CUBIC * 1.000_001].map(|shape| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let count = shape as u32;
            sum(count, 1.0, 0.99) / f64::from(count)
        });
        assert!((both[0] - both[1]).abs() < 1e-7, "both ways meet: {both:?}");
    }

    /// Sums of drawn baskets lie below quantiles of the law as often as they should, within the bound of docs/model.md.
    #[test]
    fn sums_follow_the_law_within_the_bound() {
        let basket = Distribution::LogNormal { mu: -0.5 * 0.49, sigma: 0.7 };
        let (count, trials) = (4_200_u32, 1_500_u32);
        let draws = Draws::new(5, 0);
        let sums: Vec<f64> = (0..trials)
            .map(|customer| {
                (0..count / 4)
                    .flat_map(|draw| draws.four(customer, 1, Purpose::numbered(4), draw))
                    .map(|word| basket.quantile(unit(word)))
                    .sum()
            })
            .collect();
        for p in [0.05, 0.25, 0.5, 0.75, 0.95] {
            let q = sum(count, basket.sd(), p);
            let share = sums.iter().filter(|sum| **sum <= q).count() as f64 / f64::from(trials);
            let error = libm::sqrt(p * (1.0 - p) / f64::from(trials));
            assert!((share - p).abs() < 4.0 * error + 0.01, "{p}: {share}");
        }
    }

    #[test]
    fn leaving_after_many_purchases_is_leaving_after_one_at_a_time() {
        for (chance, count) in [(0.3, 10_u32), (0.001, 5_000), (1e-5, 20_000), (1.0, 9), (0.0, 9)] {
            for word in (0..60_u32).map(|i| i * 71_582_788) {
                let u = unit(word);
                let mut stayed = 1.0;
                let slowly = (1..=count).find_map(|made| {
                    let next = stayed * (1.0 - chance);
                    let within = (stayed - u) / (stayed - next);
                    stayed = next;
                    (u >= next).then_some((made, within))
                });
                let quickly = leaves_after(u, chance, count);
                assert_eq!(slowly.map(|its| its.0), quickly.map(|its| its.0), "{chance} {count} {u}");
                if let (Some((_, a)), Some((_, b))) = (slowly, quickly) {
                    assert!((a - b).abs() < 1e-6, "{chance} {count} {u}: {a} {b}");
                }
            }
        }
        assert!(unit64(u32::MAX, u32::MAX) < 1.0);
    }
}
