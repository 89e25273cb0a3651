//! Quantile functions in tables.

use crate::engine::lanes::{Lanes, Many, Portable, Reach, Strip};

/// A polynomial of degree 7 for each octave of each tail.
pub const TERMS: usize = 8;
/// The octaves of one end.
const HALF: u32 = 32;
/// Octaves of the distance to the nearer end, from 1/2 down to 2^-33, for both ends.
const OCTAVES: usize = 2 * HALF as usize;
/// An octave is cut at most into 2^3 pieces.
const MOST_SPLITS: u32 = 3;
/// The error, in standard deviations, at which no more cuts are made.
const GOOD_ENOUGH: f64 = 2e-7;

/// A continuous quantile function in tabular form, evaluated from a random word without any
/// logarithm or root.
///
/// The word w stands for the probability (w + 1/2) / 2^32. Its distance to the nearer end of
/// (0, 1) has an octave (the exponent of a floating-point number) and, within that, a mantissa; a polynomial
/// in the mantissa gives the quantile. Where an octave is too long for one polynomial, all octaves are
/// cut into 2, 4 or 8 pieces.
///
/// For smooth laws (normal, log-normal, gamma, beta ...) the table's error before rounding stays below 2e-7
/// (see [`QuantileTable::error`]), to which the rounding of single precision adds about 1e-7 of the value:
/// for numbers that are large beside their spread, tabulate the deviation from the mean. At a
/// kink (a triangular law's mode) it may reach 1e-5 standard deviations; a jump cannot be
/// tabulated at all: compare [`super::draws::unit`] with a chance instead. Neighbouring words may give
/// values that fall by a rounding of the last place or two; on a coarser look the table rises wherever the law does.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileTable {
    /// For each power of the place, its coefficients by piece: first the lower half of the law, then the upper.
    coefficients: Vec<Strip>,
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

    /// A table with one polynomial for each octave.
    pub fn whole_octaves(quantile: impl Fn(f64) -> f64) -> Self {
        Self::with_splits(&quantile, 0)
    }

    /// The bits of a coefficient of a piece.
    pub fn coefficient(&self, term: usize, piece: usize) -> u32 {
        self.coefficients[term].at(piece)
    }

    fn with_splits(quantile: &impl Fn(f64) -> f64, splits: u32) -> Self {
        let parts = 1 << splits;
        let mut pieces = Vec::with_capacity(OCTAVES * parts);
        let (mut errors, mut sum, mut squares, mut weights) = (Vec::new(), 0.0, 0.0, 0.0);
        for octave in 0..OCTAVES {
            // Octave k holds the distances from 2^(k - 33) to twice that; the last one ends in the middle.
            let start = libm::ldexp(1.0, i32::from(u8::try_from(octave % 32).unwrap_or(0)) - 32);
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
        let coefficients = (0..TERMS).map(|term| Strip::of_f32(pieces.iter().map(|piece| piece[term]))).collect();
        Self { coefficients, splits, error }
    }

    /// The quantile at the middle of each word's cell.
    #[inline(always)]
    pub fn at<L: Lanes>(&self, l: L, word: L::U) -> L::F {
        let bits = foot(l, l.min(word, l.xor(word, l.u(u32::MAX))));
        // The exponent counts the octaves, the first bits of the mantissa the pieces of each.
        let piece = l.sub(l.right_by(bits, l.u(23 - self.splits)), l.u(126 << self.splits));
        let upper = l.and(l.sub(l.u(0), l.right::<31>(word)), l.u(HALF << self.splits));
        polynomial(l, self, l.add(piece, upper), l.mul(bits, l.u(1 << self.splits)))
    }

    /// [`QuantileTable::at`] for one word.
    pub fn of(&self, word: u32) -> f32 {
        self.at(Portable::<1>, [word])[0]
    }

    /// The greatest error found between the nodes, before rounding to single precision: in
    /// standard deviations, or as a share of the distance to the mean where that is longer.
    pub fn error(&self) -> f64 {
        self.error
    }
}

/// The bits, as a number, of the distance to the nearer end in parts of 2^32: `tail` counts whole words.
#[inline(always)]
pub fn foot<L: Lanes>(l: L, tail: L::U) -> L::U {
    /// The last number below 2^31, so that rounding up cannot open an octave of its own.
    const LAST: f32 = 2_147_483_520.0;
    l.bits_of(l.min_f(l.add_f(l.to_f(tail), l.f(0.5)), l.f(LAST)))
}

/// The place in [-1, 1) that a mantissa says.
#[inline(always)]
pub fn place<L: Lanes>(l: L, bits: L::U) -> L::F {
    let unit = l.of_bits(l.or(l.and(bits, l.u(0x007F_FFFF)), l.u(1.0_f32.to_bits())));
    l.sub_f(l.add_f(unit, unit), l.f(3.0))
}

/// The polynomial of each lane's piece, at the place that the mantissa in `bits` says.
#[inline(always)]
pub fn polynomial<L: Lanes>(l: L, table: &QuantileTable, piece: L::U, bits: L::U) -> L::F {
    let t = place(l, bits);
    let mut term = TERMS - 1;
    let mut sum = Many::look_f(l, Many::ready(l, &table.coefficients[term]), piece);
    while term > 0 {
        term -= 1;
        sum = l.mul_add(t, sum, Many::look_f(l, Many::ready(l, &table.coefficients[term]), piece));
    }
    sum
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

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "words are made from wider numbers")]
mod tests {
    use super::*;
    use crate::engine::chance::draws::unit;
    use crate::engine::lanes::{InstructionSet, Kernel, MOST_LANES};
    use crate::stats::distribution::Distribution;

    const WORDS: f64 = 4_294_967_296.0;

    fn table(law: &Distribution) -> QuantileTable {
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

    fn worst(law: &Distribution) -> f64 {
        let table = table(law);
        let worst = grid().iter().map(|&w| (f64::from(table.of(w)) - law.quantile(unit(w))).abs()).fold(0.0, f64::max);
        worst / law.sd()
    }

    #[test]
    fn a_table_is_as_near_to_its_law_as_it_says() {
        use Distribution::*;
        assert!(worst(&Normal { mean: 0.0, sd: 1.0 }) < 7e-7);
        assert!(worst(&Normal { mean: 0.65, sd: 0.15 }) < 1.2e-6);
        assert!(worst(&LogitNormal { mu: 0.5, sigma: 1.0 }) < 1e-6);
        assert!(worst(&Beta { a: 2.0, b: 5.0 }) < 1e-6);
        assert!(worst(&Beta { a: 0.5, b: 0.5 }) < 1e-6);
        assert!(worst(&Uniform { low: 0.0, high: 1.0 }) < 1e-6);
        // Their far tails are many standard deviations long, and rounded in proportion.
        assert!(worst(&LogNormal { mu: 3.4, sigma: 0.5 }) < 5e-6);
        assert!(worst(&Gamma { shape: 2.0, scale: 3.0 }) < 2e-6);
        assert!(worst(&Gamma { shape: 0.1, scale: 3.0 }) < 1e-5);
        assert!(worst(&Exponential { mean: 3.0 }) < 2e-6);
        assert!(worst(&Weibull { shape: 1.5, scale: 3.0 }) < 2e-6);
        assert!(worst(&Pert { low: 1.0, mode: 2.0, high: 4.0 }) < 1e-6);
        assert!(worst(&Triangular { low: 1.0, mode: 2.0, high: 4.0 }) < 1e-5);
    }

    #[test]
    fn mean_and_variance_of_a_dense_grid_are_those_of_the_law() {
        for law in [
            Distribution::Normal { mean: 1.0, sd: 1.0 },
            Distribution::Beta { a: 2.0, b: 5.0 },
            Distribution::LogNormal { mu: 0.0, sigma: 0.3 },
            Distribution::Gamma { shape: 2.5, scale: 1.0 },
        ] {
            let table = table(&law);
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
                        let x = f64::from(table.of(w)) - mean;
                        sum += x * width as f64;
                        squares += x * x * width as f64;
                    }
                }
            }
            for w in [0, u32::MAX] {
                let x = f64::from(table.of(w)) - mean;
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
            let table = table(&law);
            let mut last = f32::NEG_INFINITY;
            for w in (0..1 << 16).map(|i| i << 16 | 0x8000) {
                let x = table.of(w);
                assert!(x > last, "{law:?} falls from {last} to {x} at {w:#x}");
                last = x;
            }
            // Word by word across the seams, it falls by no more than rounding.
            for seam in (9..32).map(|k| 1u32 << k) {
                for w in seam - 300..seam + 300 {
                    for w in [w, !w - 1] {
                        let (x, next) = (table.of(w), table.of(w + 1));
                        assert!(next - x >= -3e-7 * x.abs().max(1.0), "{law:?}: {x} then {next} at {w:#x}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_numbers() {
        for law in [
            Distribution::Gamma { shape: 0.1, scale: 3.0 },
            Distribution::Triangular { low: 1.0, mode: 2.0, high: 4.0 },
        ] {
            let table = table(&law);
            let mut words = grid();
            words.truncate(words.len() / MOST_LANES * MOST_LANES);
            for set in InstructionSet::available() {
                let mut out = vec![0.0; words.len()];
                set.run(Column { table: &table, words: &words, out: &mut out });
                assert!(words.iter().zip(&out).all(|(&w, x)| x.to_bits() == table.of(w).to_bits()), "{}", set.name());
            }
        }
    }

    struct Column<'a> {
        table: &'a QuantileTable,
        words: &'a [u32],
        out: &'a mut [f32],
    }

    impl Kernel for Column<'_> {
        type Output = ();
        #[inline(always)]
        fn run<L: Lanes>(self, l: L) {
            let n = l.steps(self.words.len());
            let (words, out) = (l.words(self.words, n), l.numbers_mut(self.out, n));
            for i in 0..n {
                l.store_f(&mut out[i], self.table.at(l, l.load(&words[i])));
            }
        }
    }

    /// Value stability: these bits are a promise.
    #[test]
    fn values_keep_their_bits() {
        let normal = table(&Distribution::Normal { mean: 0.0, sd: 1.0 });
        let beta = table(&Distribution::Beta { a: 2.0, b: 5.0 });
        let words = [0, 12_345, 0x4000_0000, 0x7FFF_FFFF, 0xC0DE_CAFE, u32::MAX];
        let bits: Vec<u32> = words.iter().flat_map(|&w| [normal.of(w).to_bits(), beta.of(w).to_bits()]).collect();
        assert_eq!(bits, STABLE, "{bits:#010x?}");
    }
    const STABLE: [u32; 12] = [
        0xC0CA_D08C,
        0x363A_F4E8,
        0xC091_222F,
        0x39E5_A47E,
        0xBF2C_AB5A,
        0x3E25_07E5,
        0xB300_0000,
        0x3E87_65FD,
        0x3F2F_6B04,
        0x3EC8_7D80,
        0x40CA_D08C,
        0x3F7E_274F,
    ];
}
