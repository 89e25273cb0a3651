//! What turns a random word into a number inside the period loop: quantile tables, exp, counts.
//!
//! Everything here is single precision, made of `+`, `*`, bit operations and comparisons in a
//! fixed order, so that it vectorises and gives the same bits everywhere.

use crate::stats::special::{incomplete_gamma_upper, inverse_incomplete_gamma};

/// A polynomial of degree 7 for each octave of each tail.
const TERMS: usize = 8;
/// Octaves of the distance to the nearer end, from 1/2 down to 2^-33, for both ends.
const OCTAVES: usize = 64;
/// An octave is cut at most into 2^3 pieces.
const MOST_SPLITS: u32 = 3;
/// The error, in standard deviations, at which no more cuts are made.
const GOOD_ENOUGH: f64 = 2e-7;

/// A continuous quantile function in tabular form, evaluated from a random word without any
/// logarithm or root.
///
/// The word w stands for the probability (w + 1/2) / 2^32. Its distance to the nearer end of
/// (0, 1) has an octave (its leading zeros) and, within that, a mantissa; a polynomial in the
/// mantissa gives the quantile. Where an octave is too long for one polynomial, all octaves are
/// cut into 2, 4 or 8 pieces.
///
/// For smooth laws (normal, log-normal, gamma, beta ...) the table's error stays below 2e-7
/// (see [`QuantileTable::error`]), to which the rounding of single precision adds about 1e-7 of the value:
/// for numbers that are large beside their spread, tabulate the deviation from the mean. At a
/// kink (a triangular law's mode) it may reach 1e-5 standard deviations; a jump cannot be
/// tabulated at all: compare [`crate::engine::draws::unit`] with a chance instead. Neighbouring words may give values that fall by a rounding of
/// the last place or two; on a coarser look the table rises wherever the law does.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileTable {
    pieces: Vec<[f32; TERMS]>,
    splits: u32,
    error: f64,
}

impl QuantileTable {
    /// Tabulates `quantile`, which maps (0, 1) to finite numbers and does not fall. It is asked
    /// for about 1,000 to 8,000 values.
    pub fn new(quantile: impl Fn(f64) -> f64) -> Self {
        let mut best = Self::with_splits(&quantile, 0);
        for splits in 1..=MOST_SPLITS {
            if best.error <= GOOD_ENOUGH {
                break;
            }
            let finer = Self::with_splits(&quantile, splits);
            if finer.error < best.error {
                best = finer;
            }
        }
        best
    }

    fn with_splits(quantile: &impl Fn(f64) -> f64, splits: u32) -> Self {
        let parts = 1 << splits;
        let mut pieces = Vec::with_capacity(OCTAVES * parts);
        let (mut errors, mut sum, mut squares, mut weights) = (Vec::new(), 0.0, 0.0, 0.0);
        for octave in 0..OCTAVES {
            let start = libm::ldexp(0.5, -i32::from(u8::try_from(octave % 32).unwrap_or(0)));
            for part in 0..parts {
                let (low, width) = (0.5 * start * (1.0 + part as f64 / parts as f64), 0.5 * start / parts as f64);
                let at = |t: f64| {
                    let distance = low + width * 0.5 * (t + 1.0);
                    quantile(if octave < 32 { distance } else { 1.0 - distance })
                };
                let coefficients = interpolate(&at);
                // Halfway between the nodes, the error is near its greatest.
                for i in 0..=TERMS {
                    let t = libm::cos(std::f64::consts::PI * i as f64 / TERMS as f64);
                    let exact = at(t);
                    errors.push((exact, (horner(&coefficients, t) - exact).abs()));
                    let weight = width * if i == 0 || i == TERMS { 0.5 } else { 1.0 };
                    sum += weight * exact;
                    squares += weight * exact * exact;
                    weights += weight;
                }
                pieces.push(coefficients.map(single));
            }
        }
        let mean = sum / weights;
        let sd = libm::sqrt((squares / weights - mean * mean).max(f64::MIN_POSITIVE));
        // A far value may be off in proportion to how far it lies.
        let error = errors.iter().map(|(exact, error)| error / (exact - mean).abs().max(sd)).fold(0.0, f64::max);
        Self { pieces, splits, error }
    }

    /// The quantile at the middle of the word's cell.
    #[inline]
    pub fn at(&self, word: u32) -> f32 {
        // All ones for the upper half, whose distance to 1 is the distance of the flipped word to 0.
        let flip = 0u32.wrapping_sub(word >> 31);
        let distance = (word ^ flip) << 1 | 1;
        let octave = distance.leading_zeros();
        let mantissa = (distance << octave) & 0x7FFF_FFFF;
        let piece = ((flip & 32 | octave) << self.splits) | (mantissa >> (31 - self.splits));
        let place = (mantissa << self.splits) & 0x7FFF_FFFF;
        let t = place.cast_signed() as f32 * (1.0 / 1_073_741_824.0) - 1.0;
        let Some([c0, c1, c2, c3, c4, c5, c6, c7]) = self.pieces.get(piece as usize) else { return 0.0 };
        c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * (c5 + t * (c6 + t * c7))))))
    }

    /// [`QuantileTable::at`] for a column; stops at the shorter of the two.
    pub fn fill(&self, words: &[u32], out: &mut [f32]) {
        for (out, &word) in out.iter_mut().zip(words) {
            *out = self.at(word);
        }
    }

    /// The greatest error found between the nodes, before rounding to single precision: in
    /// standard deviations, or as a share of the distance to the mean where that is longer.
    pub fn error(&self) -> f64 {
        self.error
    }
}

/// The coefficients of t^0, t^1 ... of the polynomial through the Chebyshev points of [-1, 1].
fn interpolate(f: &impl Fn(f64) -> f64) -> [f64; TERMS] {
    let angle = |i: usize| std::f64::consts::PI * (i as f64 + 0.5) / TERMS as f64;
    let values: [f64; TERMS] = std::array::from_fn(|i| f(libm::cos(angle(i))));
    let (mut before, mut now) = ([0.0; TERMS], [0.0; TERMS]);
    now[0] = 1.0;
    let mut sum = [0.0; TERMS];
    for k in 0..TERMS {
        let weight: f64 = (0..TERMS).map(|i| values[i] * libm::cos(k as f64 * angle(i))).sum();
        let weight = weight * if k == 0 { 1.0 } else { 2.0 } / TERMS as f64;
        for j in 0..TERMS {
            sum[j] += weight * now[j];
        }
        // T(k + 1) = 2 t T(k) - T(k - 1), and T(1) = t.
        let mut next = [0.0; TERMS];
        for j in 0..TERMS {
            let risen = if j == 0 { 0.0 } else { now[j - 1] };
            next[j] = if k == 0 { risen } else { 2.0 * risen - before[j] };
        }
        (before, now) = (now, next);
    }
    sum
}

fn horner(coefficients: &[f64; TERMS], t: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is what the loop works in")]
fn single(x: f64) -> f32 {
    x as f32
}

/// e^x with a relative error below 2e-7; x is taken as the nearest number of [-80, 80].
///
/// x = k ln 2 + r with a whole k, the power of 2 made from bits, e^r a polynomial fitted at the
/// Chebyshev points of |r| <= ln 2 / 2.
#[inline]
pub fn exp_f32(x: f32) -> f32 {
    // Adding 1.5 * 2^23 leaves the nearest whole number in the lowest bits.
    const SHIFT: f32 = 12_582_912.0;
    // The first part of ln 2 has nine bits, so that its product with k is exact.
    const LN_2_HIGH: f32 = 355.0 / 512.0;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-80.0, 80.0);
    let shifted = x * std::f32::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let r = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let p = 0.166_665_77 + r * (0.041_666_555 + r * (0.008_363_179 + r * 0.001_392_618_4));
    let fraction = 1.0 + (r + r * r * (0.5 + r * p));
    let power = shifted.to_bits().wrapping_sub(SHIFT.to_bits()).wrapping_add(127) << 23;
    fraction * f32::from_bits(power)
}

/// What [`poisson_few`] gives for a word that it leaves to [`poisson_many`].
pub const POISSON_MANY: u32 = 6;

/// From this word on, single precision cannot tell 1 - u from 0 well enough: 2^-12 of all words.
const POISSON_EDGE: u32 = 0xFFF0_0000;

/// The Poisson count of a word: the first k at which the distribution function exceeds
/// u = (word + 1/2) / 2^32.
///
/// Below 6 the distribution function is summed in single precision (absolute error about 1e-7);
/// the rest is done in double precision. The count never falls as the word rises; it never falls
/// as the mean rises by more than that error. A mean below 0, or none, counts as 0; one above
/// 1e9 as 1e9. Means above 40 take a slower way, and cost the more the larger they are.
#[inline]
pub fn poisson_count(word: u32, mean: f32) -> u32 {
    let few = poisson_few(word, mean);
    if few < POISSON_MANY { few } else { poisson_many(word, mean) }
}

/// The count of [`poisson_count`] where it is easily had, else [`POISSON_MANY`]: no branch and no
/// loop, for columns. [`poisson_many`] then does the few words that need it.
#[inline]
pub fn poisson_few(word: u32, mean: f32) -> u32 {
    let steps = poisson_steps(word, mean);
    if word >= POISSON_EDGE { POISSON_MANY } else { steps }
}

/// How many of the first six values of the distribution function the word reaches.
#[inline]
fn poisson_steps(word: u32, mean: f32) -> u32 {
    let mean = mean.max(0.0);
    let u = (word as f32 + 0.5) * (1.0 / 4_294_967_296.0);
    let p0 = exp_f32(-mean);
    let p1 = p0 * mean;
    let p2 = p1 * mean * (1.0 / 2.0);
    let p3 = p2 * mean * (1.0 / 3.0);
    let p4 = p3 * mean * (1.0 / 4.0);
    let p5 = p4 * mean * (1.0 / 5.0);
    let c1 = p0 + p1;
    let c2 = c1 + p2;
    let c3 = c2 + p3;
    let c4 = c3 + p4;
    let c5 = c4 + p5;
    let first = u32::from(u >= p0) + u32::from(u >= c1) + u32::from(u >= c2);
    first + u32::from(u >= c3) + u32::from(u >= c4) + u32::from(u >= c5)
}

/// The count of [`poisson_count`] for a word of which [`poisson_few`] says [`POISSON_MANY`].
#[cold]
pub fn poisson_many(word: u32, mean: f32) -> u32 {
    // What the words below have already reached by the short way is never taken back.
    let least = poisson_steps(word.min(POISSON_EDGE - 1), mean);
    let u = super::draws::unit(word);
    // `max` makes 0 of what is not a number, which `clamp` would pass on.
    let mean = f64::from(mean.max(0.0)).min(1e9);
    let count = if mean > 40.0 { poisson_around_the_mean(u, mean) } else { poisson_summed(u, mean) };
    count.max(least)
}

fn poisson_summed(u: f64, mean: f64) -> u32 {
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
fn poisson_around_the_mean(u: f64, mean: f64) -> u32 {
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
    use crate::engine::draws::unit;
    use crate::stats::distribution::Distribution;

    const WORDS: f64 = 4_294_967_296.0;

    fn table(law: Distribution) -> QuantileTable {
        QuantileTable::new(|p| law.quantile(p))
    }

    /// Words that cover the octaves' insides and both ends.
    fn grid() -> Vec<u32> {
        let mut words: Vec<u32> = (0..1 << 16).map(|i| (i << 16) | 0x8000).collect();
        for k in 0..32 {
            for j in 0..64u32 {
                let w = (1u32 << k).saturating_add(((u64::from(j) << k) / 64) as u32);
                words.extend([w, !w]);
            }
        }
        words.extend([0, u32::MAX, i32::MAX as u32, 1 << 31]);
        words.sort_unstable();
        words.dedup();
        words
    }

    fn worst(law: Distribution) -> f64 {
        let table = table(law);
        let worst = grid().iter().map(|&w| (f64::from(table.at(w)) - law.quantile(unit(w))).abs()).fold(0.0, f64::max);
        worst / law.sd()
    }

    #[test]
    fn a_table_is_as_near_to_its_law_as_it_says() {
        use Distribution::*;
        assert!(worst(Normal { mean: 0.0, sd: 1.0 }) < 7e-7);
        assert!(worst(Normal { mean: 0.65, sd: 0.15 }) < 1.2e-6);
        assert!(worst(LogitNormal { mu: 0.5, sigma: 1.0 }) < 1e-6);
        assert!(worst(Beta { a: 2.0, b: 5.0 }) < 1e-6);
        assert!(worst(Beta { a: 0.5, b: 0.5 }) < 1e-6);
        assert!(worst(Uniform { low: 0.0, high: 1.0 }) < 1e-6);
        // Their far tails are many standard deviations long, and rounded in proportion.
        assert!(worst(LogNormal { mu: 3.4, sigma: 0.5 }) < 5e-6);
        assert!(worst(Gamma { shape: 2.0, scale: 3.0 }) < 2e-6);
        assert!(worst(Gamma { shape: 0.1, scale: 3.0 }) < 1e-5);
        assert!(worst(Exponential { mean: 3.0 }) < 2e-6);
        assert!(worst(Weibull { shape: 1.5, scale: 3.0 }) < 2e-6);
        assert!(worst(Pert { low: 1.0, mode: 2.0, high: 4.0 }) < 1e-6);
        assert!(worst(Triangular { low: 1.0, mode: 2.0, high: 4.0 }) < 1e-5);
    }

    #[test]
    fn mean_and_variance_of_a_dense_grid_are_those_of_the_law() {
        for law in [
            Distribution::Normal { mean: 1.0, sd: 1.0 },
            Distribution::Beta { a: 2.0, b: 5.0 },
            Distribution::LogNormal { mu: 0.0, sigma: 0.3 },
            Distribution::Gamma { shape: 2.5, scale: 1.0 },
        ] {
            let table = table(law);
            // Octave by octave, each with its weight: far denser in the tails than even steps.
            let (mut sum, mut squares) = (0.0, 0.0);
            let mean = law.mean();
            for octave in 0..31u32 {
                let first = 1u64 << (30 - octave);
                let cells = first.min(1 << 14);
                let width = first / cells;
                for i in 0..cells {
                    let w = (first + i * width + width / 2) as u32;
                    for w in [w, !w] {
                        let x = f64::from(table.at(w)) - mean;
                        sum += x * width as f64;
                        squares += x * x * width as f64;
                    }
                }
            }
            for w in [0, u32::MAX] {
                let x = f64::from(table.at(w)) - mean;
                sum += x;
                squares += x * x;
            }
            let (off, variance) = (sum / WORDS, squares / WORDS);
            assert!(off.abs() < 1e-6 * law.sd(), "{law:?}: mean off by {off:e}");
            let ratio = variance / (law.sd() * law.sd()) - 1.0;
            assert!(ratio.abs() < 1e-6, "{law:?}: variance off by {ratio:e}");
        }
    }

    #[test]
    fn a_table_rises() {
        for law in [Distribution::Normal { mean: 0.0, sd: 1.0 }, Distribution::Beta { a: 2.0, b: 5.0 }] {
            let table = table(law);
            let mut last = f32::NEG_INFINITY;
            for w in (0..1 << 16).map(|i| i << 16 | 0x8000) {
                let x = table.at(w);
                assert!(x > last, "{law:?} falls from {last} to {x} at {w:#x}");
                last = x;
            }
            // Word by word across the seams, it falls by no more than rounding.
            for seam in (9..32).map(|k| 1u32 << k) {
                for w in seam - 300..seam + 300 {
                    for w in [w, !w - 1] {
                        let (x, next) = (table.at(w), table.at(w + 1));
                        assert!(next - x >= -3e-7 * x.abs().max(1.0), "{law:?}: {x} then {next} at {w:#x}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_column_holds_the_values_of_its_words() {
        let table = table(Distribution::Normal { mean: 0.7, sd: 0.15 });
        let words = grid();
        let mut out = vec![0.0; words.len()];
        table.fill(&words, &mut out);
        assert!(words.iter().zip(&out).all(|(&w, x)| x.to_bits() == table.at(w).to_bits()));
    }

    #[test]
    fn exp_is_near_the_true_one_everywhere() {
        let mut worst = 0.0_f64;
        for i in -800_000..=800_000 {
            let x = i as f32 * 1e-4;
            worst = worst.max((f64::from(exp_f32(x)) / libm::exp(f64::from(x)) - 1.0).abs());
        }
        assert!(worst < 1e-7, "{worst:e}");
        assert_eq!(exp_f32(0.0).to_bits(), 1f32.to_bits());
        assert_eq!(exp_f32(1e9).to_bits(), exp_f32(80.0).to_bits());
        assert_eq!(exp_f32(-1e9).to_bits(), exp_f32(-80.0).to_bits());
    }

    /// The first word that gives at least k, by halving: the share of words below it is the
    /// distribution function that the counts really follow.
    fn first_word(k: u32, mean: f32) -> u64 {
        let (mut low, mut high) = (0u64, 1u64 << 32);
        while low < high {
            let middle = u64::midpoint(low, high);
            if poisson_count(middle as u32, mean) >= k { high = middle } else { low = middle + 1 }
        }
        low
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
            let counts: Vec<u32> = words.iter().map(|&w| poisson_count(w, mean)).collect();
            assert!(counts.is_sorted(), "mean {mean}");
        }
        for &w in words.iter().step_by(5) {
            let mut last = 0;
            for i in 0..500 {
                let count = poisson_count(w, i as f32 * 0.1);
                assert!(count >= last, "word {w:#x}, mean {}", f64::from(i) * 0.1);
                last = count;
            }
        }
    }

    #[test]
    fn strange_means_give_a_count_all_the_same() {
        assert_eq!(poisson_count(u32::MAX, f32::NAN), 0);
        assert_eq!(poisson_count(u32::MAX, -3.0), 0);
        assert_eq!(poisson_count(u32::MAX, 0.0), 0);
        let many = f64::from(poisson_count(1 << 31, 1e6));
        assert!((many - 1e6).abs() < 2.0, "{many}");
    }

    /// Value stability: these bits are a promise.
    #[test]
    fn values_keep_their_bits() {
        let normal = table(Distribution::Normal { mean: 0.0, sd: 1.0 });
        let beta = table(Distribution::Beta { a: 2.0, b: 5.0 });
        let words = [0, 12_345, 0x4000_0000, 0x7FFF_FFFF, 0xC0DE_CAFE, u32::MAX];
        let bits: Vec<u32> = words.iter().flat_map(|&w| [normal.at(w).to_bits(), beta.at(w).to_bits()]).collect();
        assert_eq!(bits, STABLE, "{bits:#010x?}");
        let exps: Vec<u32> = [-20.0, -1.5, 0.3, 7.7].iter().map(|&x| exp_f32(x).to_bits()).collect();
        assert_eq!(exps, STABLE_EXP, "{exps:#010x?}");
        let counts: Vec<u32> = words.iter().map(|&w| poisson_count(w, 3.3)).collect();
        assert_eq!(counts, [0, 0, 2, 3, 4, 20], "{counts:?}");
    }
    const STABLE: [u32; 12] = [
        0xC0CA_D08C,
        0x363A_F4E8,
        0xC091_222F,
        0x39E5_A47E,
        0xBF2C_AB5A,
        0x3E25_07E5,
        0x3380_0000,
        0x3E87_65FD,
        0x3F2F_6B04,
        0x3EC8_7D80,
        0x40CA_D08C,
        0x3F7E_274F,
    ];
    const STABLE_EXP: [u32; 4] = [0x310D_A433, 0x3E64_7C3C, 0x3FAC_C82C, 0x450A_0590];
}
