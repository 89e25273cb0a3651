//! Poisson counts: by inversion, the few straight through in lanes, the many one by one.

use super::draws::unit;
use crate::engine::lanes::{Lanes, Portable};
use crate::stats::special::{incomplete_gamma_upper, inverse_incomplete_gamma, normal_quantile};

use super::exp::exp;

/// What [`few`] gives for a word that it leaves to [`many`].
pub const MANY: u32 = 6;

/// From this word on, single precision cannot tell 1 - u from 0 well enough: 2^-12 of all words.
const EDGE: u32 = 0xFFF0_0000;

/// The Poisson count of each word: the first k at which the distribution function exceeds
/// u = (word + 1/2) / 2^32, where it is easily had, else [`MANY`]: no branch and no loop.
///
/// Below 6 the distribution function is summed in single precision, and u has 24 bits (absolute error about 2e-7);
/// [`many`] does the rest in double precision. The count never falls as the word rises; it never falls
/// as the mean rises by more than that error. A mean below 0, or none, counts as 0; one above
/// 1e9 as 1e9. Means above 40 take a slower way, and cost the more the larger they are.
#[inline(always)]
pub fn few<L: Lanes>(l: L, word: L::U, mean: L::F) -> L::U {
    l.pick(l.ge(word, l.u(EDGE)), l.u(MANY), steps(l, word, mean))
}

/// How many of the first six values of the distribution function each word reaches.
#[inline(always)]
fn steps<L: Lanes>(l: L, word: L::U, mean: L::F) -> L::U {
    // e^-80 is the least power there is; from far below on, all words reach all six.
    let mean = l.within(mean, l.f(0.0), l.f(80.0));
    let u = l.mul_f(l.add_f(l.to_f(l.right::<8>(word)), l.f(0.5)), l.f(1.0 / 16_777_216.0));
    let mut term = exp(l, l.sub_f(l.f(0.0), mean));
    let mut sum = term;
    let mut count = l.plus_one(l.u(0), l.ge_f(u, sum));
    let shares = [1.0, 1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0];
    let mut k = 0;
    while k < shares.len() {
        term = l.mul_f(term, l.mul_f(mean, l.f(shares[k])));
        sum = l.add_f(sum, term);
        count = l.plus_one(count, l.ge_f(u, sum));
        k += 1;
    }
    count
}

/// The count of a word of which [`few`] says [`MANY`].
#[cold]
pub fn many(word: u32, mean: f32) -> u32 {
    // What the words below have already reached by the short way is never taken back.
    let least = steps(Portable::<1>, [word.min(EDGE - 1)], [mean])[0];
    let u = unit(word);
    // `max` makes 0 of what is not a number, which `clamp` would pass on.
    let mean = f64::from(mean.max(0.0)).min(1e9);
    let count = if mean > LARGE {
        expanded(u, mean).unwrap_or_else(|| around_the_mean(u, mean))
    } else if mean > 40.0 {
        around_the_mean(u, mean)
    } else {
        summed(u, mean)
    };
    count.max(least)
}

/// Means above this one are counted by an expansion.
const LARGE: f64 = 500.0;

/// A count for a large mean, by the expansion of the quantile around the normal one: Giles (2016), "Algorithm 955:
/// approximation of the inverse Poisson cumulative distribution function", ACM Transactions on Mathematical Software 42(1),
/// with one term more than its error takes. None where that leaves a doubt between two counts, once in a thousand.
fn expanded(u: f64, mean: f64) -> Option<u32> {
    let w = normal_quantile(u);
    let (w2, root) = (w * w, libm::sqrt(mean));
    let x = mean + root * w + (1.0 / 3.0 + w2 / 6.0) - (w / 36.0 + w * w2 / 72.0) / root
        + (-8.0 / 405.0 + w2 * (7.0 / 810.0) + w2 * w2 / 270.0) / mean;
    let doubt = (1.0 / 40.0 + w2 / 80.0 + w2 * w2 / 160.0) / mean + 4.0 * f64::EPSILON * mean;
    let count = libm::floor(x);
    (x - count > doubt && count + 1.0 - x > doubt).then(|| whole(count))
}

fn summed(u: f64, mean: f64) -> u32 {
    let mut k = 0;
    let mut term = libm::exp(-mean);
    let mut sum = term;
    // 1 - u is at least 2^-33, far above what the sum may lack of 1 by rounding.
    while sum <= u && k < 1000 {
        k += 1;
        term *= mean / f64::from(k);
        sum += term;
    }
    k
}

/// A count for a large mean: P(count <= k) is Q(k + 1, mean), so that the gamma law tells where
/// to look (DLMF 8.4.10).
fn around_the_mean(u: f64, mean: f64) -> u32 {
    let cdf = |k: u32| incomplete_gamma_upper(f64::from(k) + 1.0, mean);
    let spread = libm::sqrt(mean);
    // Within ten standard deviations, as 2^-33 lies within seven; halve the gap until it is one.
    let (mut low, mut high) = (whole(mean - 10.0 * spread), whole(mean + 10.0 * spread));
    let guess = inverse_incomplete_gamma(u, mean);
    let (below, above) = (whole(guess - 3.0), whole(guess + 3.0));
    if below > low && cdf(below) <= u {
        low = below;
    }
    if above < high && cdf(above) > u {
        high = above;
    }
    if cdf(low) > u {
        return low;
    }
    while high - low > 1 {
        let middle = u32::midpoint(low, high);
        if cdf(middle) > u {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within range first")]
fn whole(x: f64) -> u32 {
    x.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "words are made from wider numbers")]
mod tests {
    use super::*;

    const WORDS: f64 = 4_294_967_296.0;

    fn count(word: u32, mean: f32) -> u32 {
        let few = few(Portable::<1>, [word], [mean])[0];
        if few < MANY { few } else { many(word, mean) }
    }

    fn grid() -> Vec<u32> {
        let mut words: Vec<u32> = (0..1 << 16).map(|i| (i << 16) | 0x8000).collect();
        words.extend((0..32).flat_map(|k| [1_u32 << k, !(1_u32 << k)]));
        words.sort_unstable();
        words
    }

    /// The first word that gives at least k, by halving: the share of words below it is the
    /// distribution function that the counts really follow.
    fn first_word(k: u32, mean: f32) -> u64 {
        let (mut low, mut high) = (0u64, 1u64 << 32);
        while low < high {
            let middle = u64::midpoint(low, high);
            if count(middle as u32, mean) >= k { high = middle } else { low = middle + 1 }
        }
        low
    }

    #[test]
    fn the_expansion_gives_the_count_of_the_distribution() {
        let mut doubtful = 0;
        for mean in [501.0, 1_234.5, 40_000.0, 1e6, 3.3e7] {
            for word in (0..400_u32).map(|i| i * 10_737_418 + 7).chain([0, 9, u32::MAX - 3, u32::MAX]) {
                match expanded(unit(word), mean) {
                    Some(count) => assert_eq!(count, around_the_mean(unit(word), mean), "{mean} {word}"),
                    None => doubtful += 1,
                }
            }
        }
        assert!(doubtful < 20, "{doubtful}");
    }

    #[test]
    fn counts_follow_the_poisson_law() {
        for mean in [0.0, 1e-6, 0.01, 0.3, 1.2, 4.0, 11.0, 40.0, 41.0, 50.0, 300.0] {
            for k in 0..90 {
                let share = first_word(k + 1, mean) as f64 / WORDS;
                let exact = incomplete_gamma_upper(f64::from(k) + 1.0, f64::from(mean));
                let error = (share - exact).abs();
                assert!(error < if k < 6 { 3e-7 } else { 1e-9 }, "mean {mean}, k {k}: {error:e}");
            }
        }
    }

    #[test]
    fn the_last_words_give_rare_counts_no_more_than_their_share() {
        for mean in [0.01, 0.5, 2.0] {
            for k in 1..14 {
                let share = (1u64 << 32).saturating_sub(first_word(k, mean)) as f64 / WORDS;
                let exact = crate::stats::special::incomplete_gamma(f64::from(k), f64::from(mean));
                assert!(
                    (share - exact).abs() < 3e-7_f64.min(exact * 0.002) + 2.4e-10,
                    "mean {mean}, {k}: {share:e} {exact:e}"
                );
            }
        }
    }

    #[test]
    fn counts_rise_with_the_word_and_with_the_mean() {
        let words: Vec<u32> = grid().into_iter().step_by(37).collect();
        for mean in [0.1, 0.9, 3.0, 12.0, 39.0, 45.0] {
            let counts: Vec<u32> = words.iter().map(|&w| count(w, mean)).collect();
            assert!(counts.is_sorted(), "mean {mean}");
        }
        for &w in words.iter().step_by(5) {
            let mut last = 0;
            for i in 0..500 {
                let count = count(w, i as f32 * 0.1);
                assert!(count >= last, "word {w:#x}, mean {}", f64::from(i) * 0.1);
                last = count;
            }
        }
    }

    #[test]
    fn strange_means_give_a_count_all_the_same() {
        assert_eq!(count(u32::MAX, f32::NAN), 0);
        assert_eq!(count(u32::MAX, -3.0), 0);
        assert_eq!(count(u32::MAX, 0.0), 0);
        let many = f64::from(count(1 << 31, 1e6));
        assert!((many - 1e6).abs() < 2.0, "{many}");
        for mean in [81.0, 500.0, 2e7, 1e9, 1e30, f32::INFINITY] {
            let held = f64::from(mean).min(1e9);
            for word in [0, 1 << 20, 1 << 31, u32::MAX] {
                let count = f64::from(count(word, mean));
                assert!((count - held).abs() < 8.0 * libm::sqrt(held), "{count} for a mean of {mean}");
            }
        }
    }

    /// Value stability: these counts are a promise.
    #[test]
    fn values_stay_what_they_were() {
        let words = [0, 12_345, 0x4000_0000, 0x7FFF_FFFF, 0xC0DE_CAFE, u32::MAX];
        let counts: Vec<u32> = words.iter().map(|&w| count(w, 3.3)).collect();
        assert_eq!(counts, [0, 0, 2, 3, 4, 20], "{counts:?}");
    }
}
