//! Special functions with the same bits on every platform.
//!
//! The standard library's `exp`, `ln` and the like may differ from platform to platform, so
//! everything here is built from `libm`, which is pinned and called by name.

#![expect(clippy::many_single_char_names, reason = "the functions' arguments are called so in the literature")]
#![expect(clippy::excessive_precision, reason = "constants are given as published")]

use std::f64::consts::{FRAC_1_SQRT_2, PI};

const TINY: f64 = 1e-300;
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
/// Far beyond what shapes up to 1e9 need: a stop for the impossible.
const MOST_TERMS: u32 = 1_000_000;
/// Newton's method takes about ten steps; the worst shapes and tails about forty.
const MOST_STEPS: u32 = 200;

/// The regularised incomplete beta function `I_x(a, b)`, for a, b > 0 and x in [0, 1].
///
/// Continued fraction of DLMF 8.17.22 by the modified method of Lentz (Thompson & Barnett 1986,
/// "Coulomb and Bessel functions of complex arguments and order").
pub fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    beta_tail(x, 1.0 - x, a, b).probability()
}

/// The x at which [`incomplete_beta`] is `p`: the quantile of Beta(a, b).
///
/// Newton's method on the logarithm of the nearer tail as a function of the log odds of x. A beta
/// variable's log odds have a log-concave density, so that the function is concave and the
/// steps cannot run away. The error is about 1e-14 of the smaller of x and 1 - x, 1e-13 for shapes
/// in the thousands; for a shape a below 1 it grows as 1 / a, as does what a rounding of `p`
/// itself makes.
pub fn inverse_incomplete_beta(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    if p <= 0.5 {
        let odds = beta_odds(p, a, b);
        // Odds that overflow are so near to 1 that only 1 is left.
        if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 }
    } else {
        1.0 / (1.0 + beta_odds(1.0 - p, b, a))
    }
}

/// The odds x / (1 - x) at which `I_x(a, b)` is `p`, for p up to one half.
fn beta_odds(p: f64, a: f64, b: f64) -> f64 {
    let target = libm::log(p);
    let mut odds = a / b;
    let mut last = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let tail = beta_tail(odds / (1.0 + odds), 1.0 / (1.0 + odds), a, b);
        let step = (target - tail.ln) / tail.slope;
        odds *= libm::exp(step);
        if odds == 0.0 || odds.is_infinite() || settled(step, last) {
            break;
        }
        last = step;
    }
    odds
}

/// A step at the limit of rounding, or a small one that no longer gets smaller.
fn settled(step: f64, last: f64) -> bool {
    step.abs() < 2e-16 || (step.abs() < 1e-10 && step.abs() >= 0.5 * last.abs())
}

/// The lower tail at a point: its logarithm, and how fast that grows with the logarithm of
/// the point (of its odds, for beta).
struct Tail {
    ln: f64,
    slope: f64,
    complement: Option<f64>,
}

impl Tail {
    fn near(ln: f64, slope: f64) -> Self {
        Self { ln, slope, complement: None }
    }

    /// From the upper tail, which is the better known one; `ln_front` as in the lower tail.
    fn beyond(upper: f64, ln_front: f64) -> Self {
        let lower = (1.0 - upper).max(f64::MIN_POSITIVE);
        Self { ln: libm::log1p(-upper), slope: libm::exp(ln_front) / lower, complement: Some(upper) }
    }

    fn probability(&self) -> f64 {
        self.complement.map_or_else(|| libm::exp(self.ln).min(1.0), |upper| 1.0 - upper)
    }

    fn upper(&self) -> f64 {
        self.complement.unwrap_or_else(|| 1.0 - self.probability())
    }
}

fn beta_tail(x: f64, y: f64, a: f64, b: f64) -> Tail {
    let n = a + b;
    // x^a y^b / B(a, b), by Loader's saddle point (2000, "Fast and accurate computation of
    // binomial probabilities"), which does not subtract large logarithms of gamma functions.
    // Of x and y the smaller is the better known; what a has too much, b has too little.
    let excess = if x < y { a - n * x } else { n * y - b };
    let ln_front = stirling(n) - stirling(a) - stirling(b) - deviance(a, n, x, excess) - deviance(b, n, y, -excess)
        + 0.5 * (libm::log(a / n) + libm::log(b))
        - HALF_LN_TWO_PI;
    // The fraction converges fast below the mean; above it, the mirror image does.
    if x > (a + 1.0) / (n + 2.0) {
        let upper = libm::exp(ln_front) * beta_fraction(y, b, a) / b;
        Tail::beyond(upper.min(1.0), ln_front)
    } else {
        let fraction = beta_fraction(x, a, b);
        Tail::near(ln_front + libm::log(fraction / a), a / fraction)
    }
}

fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..=MOST_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / keep(1.0 + even * d);
        c = keep(1.0 + even / c);
        value *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / keep(1.0 + odd * d);
        c = keep(1.0 + odd / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// ln Γ(z) less Stirling's (z - 1/2) ln z - z + ln √2π, for z > 0 (DLMF 5.11.1).
fn stirling(z: f64) -> f64 {
    if z < 16.0 {
        return libm::lgamma(z) - (z - 0.5) * libm::log(z) + z - HALF_LN_TWO_PI;
    }
    let w = 1.0 / (z * z);
    let series = 1.0 / 12.0
        - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360_360.0)))));
    series / z
}

/// a ln(a / m) + m - a with m = n x: how far a lies from the mean m (Loader's bd0). Summed over
/// the outcomes, m - a cancels.
///
/// `difference` is a - m, which the caller may know better than `x` tells it.
fn deviance(a: f64, n: f64, x: f64, difference: f64) -> f64 {
    let m = n * x;
    if difference.abs() >= 0.1 * (a + m) {
        // A point so near to 0 that the product has lost bits, or is 0, keeps its logarithm.
        let ln_ratio = if m > 1e-290 { libm::log(a / m) } else { libm::log(a / n) - libm::log(x) };
        return a * ln_ratio - difference;
    }
    // With v = (a - m) / (a + m), a ln(a / m) is 2 a (v + v^3 / 3 + v^5 / 5 + ...).
    let v = difference / (a + m);
    let square = v * v;
    let mut sum = difference * v;
    let mut term = 2.0 * a * v;
    for j in 1..100 {
        term *= square;
        let next = sum + term / f64::from(2 * j + 1);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// The regularised lower incomplete gamma function P(a, x), for a > 0.
///
/// The power series of DLMF 8.11.4 below a + 1, the continued fraction of 8.9.2 above it.
pub fn incomplete_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x.is_infinite() {
        1.0
    } else {
        gamma_tail(a, x).probability()
    }
}

/// The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), exact in its own tail.
pub fn incomplete_gamma_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        gamma_tail(a, x).upper()
    }
}

/// The x at which P(a, x) is `p`: the quantile of Gamma(a, 1).
///
/// Newton's method on the logarithm of the nearer tail; accuracy as for
/// [`inverse_incomplete_beta`].
pub fn inverse_incomplete_gamma(p: f64, a: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    if p <= 0.5 { gamma_quantile(p, a, true) } else { gamma_quantile(1.0 - p, a, false) }
}

/// The x at which Q(a, x) is `q`: [`inverse_incomplete_gamma`] of 1 - q, which keeps its digits where q is small.
pub fn inverse_incomplete_gamma_upper(q: f64, a: f64) -> f64 {
    if q <= 0.0 {
        return f64::INFINITY;
    }
    if q >= 1.0 {
        return 0.0;
    }
    if q < 0.5 { gamma_quantile(q, a, false) } else { gamma_quantile(1.0 - q, a, true) }
}

/// The quantile of Gamma(a, 1) at which the lower or the upper tail is `tail`, up to one half.
fn gamma_quantile(tail: f64, a: f64, lower: bool) -> f64 {
    let target = libm::log(tail);
    let mut x = a;
    let mut last = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let tail = gamma_tail(a, x);
        let step = if lower {
            (target - tail.ln) / tail.slope
        } else {
            let (ln_upper, fall) = tail.upper_side(a, x);
            // The upper tail falls off as exp(-x), so that a long step in ln x would go far
            // beyond the root, and come back by one at a time.
            ((ln_upper - target) / fall).min(1.5)
        };
        x *= libm::exp(step);
        if x == 0.0 || settled(step, last) {
            break;
        }
        last = step;
    }
    x
}

impl Tail {
    /// The logarithm of the gamma distribution's upper tail at x, and how fast it falls with ln x.
    fn upper_side(&self, a: f64, x: f64) -> (f64, f64) {
        let upper = self.upper();
        let ln_front = gamma_front(a, x);
        if upper > 0.0 && self.complement.is_some() {
            (libm::log(upper), libm::exp(ln_front) / upper)
        } else {
            let lower = self.probability();
            (libm::log1p(-lower), libm::exp(ln_front) / upper.max(f64::MIN_POSITIVE))
        }
    }
}

/// ln of x^a e^-x / Γ(a), by the saddle point.
fn gamma_front(a: f64, x: f64) -> f64 {
    -stirling(a) - deviance(a, 1.0, x, a - x) + 0.5 * libm::log(a) - HALF_LN_TWO_PI
}

fn gamma_tail(a: f64, x: f64) -> Tail {
    let ln_front = gamma_front(a, x);
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..MOST_TERMS {
            term *= x / (a + f64::from(n));
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        return Tail::near(ln_front + libm::log(sum), 1.0 / sum);
    }
    let upper = libm::exp(ln_front) * gamma_fraction(a, x);
    Tail::beyond(upper.min(1.0), ln_front)
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / keep(b);
    let mut value = d;
    for n in 1..MOST_TERMS {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / keep(numerator * d + b);
        c = keep(b + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// The standard normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The standard normal density.
pub fn normal_density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI)
}

/// The standard normal quantile: PPND16 of Wichura (1988), "Algorithm AS 241: the percentage
/// points of the normal distribution", Applied Statistics 37. Relative error about 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    let centred = p - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * ratio(&CENTRE_ABOVE, &CENTRE_BELOW, r);
    }
    let tail = if centred < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(centred);
    }
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 { ratio(&TAIL_ABOVE, &TAIL_BELOW, r - 1.6) } else { ratio(&FAR_ABOVE, &FAR_BELOW, r - 5.0) };
    z.copysign(centred)
}

/// A ratio of two polynomials, coefficients from the constant up.
fn ratio(above: &[f64; 8], below: &[f64; 8], r: f64) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(above) / horner(below)
}

const CENTRE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_608,
    133.141_667_891_784_377_45,
    1_971.590_950_306_551_442_7,
    13_731.693_765_509_461_125,
    45_921.953_931_549_871_457,
    67_265.770_927_008_700_853,
    33_430.575_583_588_128_105,
    2_509.080_928_730_122_672_7,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_911_252,
    687.187_007_492_057_908_3,
    5_394.196_021_424_751_107_7,
    21_213.794_301_586_595_867,
    39_307.895_800_092_710_61,
    28_729.085_735_721_942_674,
    5_226.495_278_852_854_561,
];
const TAIL_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_9,
    5.769_497_221_460_691_405_5,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_7e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_4e-4,
];
const TAIL_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_4,
    6.897_673_349_851_000_045_5e-1,
    1.481_039_764_274_800_745_9e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946e-4,
    1.050_750_071_644_416_843_24e-9,
];
const FAR_ABOVE: [f64; 8] = [
    6.657_904_643_501_103_777_2,
    5.463_784_911_164_114_369_9,
    1.784_826_539_917_291_335_8,
    2.965_605_718_285_048_912_3e-1,
    2.653_218_952_657_612_309_3e-2,
    1.242_660_947_388_078_438_6e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const FAR_BELOW: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_9e-1,
    1.369_298_809_227_358_053_1e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591e-4,
    1.846_318_317_510_054_681_8e-5,
    1.421_511_758_316_445_888_7e-7,
    2.044_263_103_389_939_785_64e-15,
];

/// The quantile of Student's t with `freedom` degrees of freedom at probability `p` in (0, 1).
///
/// By bisection on the distribution function: slow, sure, and the same everywhere.
pub fn student_t_quantile(p: f64, freedom: f64) -> f64 {
    if p < 0.5 {
        return -student_t_quantile(1.0 - p, freedom);
    }
    let above = |t: f64| 0.5 * incomplete_beta(freedom / (freedom + t * t), 0.5 * freedom, 0.5);
    let (mut low, mut high) = (0.0, 1.0);
    while above(high) > 1.0 - p && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if above(middle) > 1.0 - p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values as their source prints them")]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, relative: f64) {
        assert!((value / expected - 1.0).abs() <= relative, "{value:e} is not {expected:e}");
    }

    /// Expected values by mpmath at 30 digits, those with shapes of 1e4 by scipy.
    #[test]
    fn the_quantiles_of_beta_are_the_known_ones() {
        near(inverse_incomplete_beta(0.3, 2.0, 5.0), 0.18180347131894917, 2e-14);
        near(inverse_incomplete_beta(0.2, 0.01, 0.01), 1.5810953654476492e-40, 1e-13);
        near(inverse_incomplete_beta(0.9, 0.5, 0.5), 0.9755282581475768, 2e-14);
        near(inverse_incomplete_beta(0.1, 20.0, 0.5), 0.9338080824650352, 2e-14);
        near(inverse_incomplete_beta(0.9, 0.01, 50.0), 3.037203990323272e-07, 1e-13);
        near(inverse_incomplete_beta(0.01, 10000.0, 10000.0), 0.4917755717968846, 2e-14);
        near(inverse_incomplete_beta(0.001, 10000.0, 3.0), 0.9988778551149807, 2e-14);
        near(inverse_incomplete_beta(0.999, 3.0, 10000.0), 0.001122144885019294, 2e-14);
    }

    #[test]
    fn the_quantiles_of_gamma_are_the_known_ones() {
        near(inverse_incomplete_gamma(0.3, 2.0), 1.0973492107034917, 2e-14);
        near(inverse_incomplete_gamma(0.2, 0.01), 7.1758381098578925e-71, 1e-13);
        near(inverse_incomplete_gamma(0.9999999, 0.01), 9.225127002237146, 1e-13);
        near(inverse_incomplete_gamma(0.9, 0.5), 1.3527717270477075, 2e-14);
        near(inverse_incomplete_gamma(0.01, 0.1), 6.073048362407899e-21, 2e-14);
        near(inverse_incomplete_gamma(1e-10, 7.0), 0.12802388710671844, 2e-14);
        near(inverse_incomplete_gamma(0.01, 10000.0), 9768.836856696591, 2e-14);
        near(inverse_incomplete_gamma(0.999999, 10000.0), 10482.561164638257, 2e-14);
    }

    #[test]
    fn the_incomplete_gamma_function_has_its_known_values_in_both_tails() {
        near(incomplete_gamma(0.5, 0.3), 0.5614219739190002, 3e-14);
        near(incomplete_gamma_upper(0.5, 0.3), 0.4385780260809999, 3e-14);
        near(incomplete_gamma(0.01, 1e-05), 0.8963367982671973, 3e-14);
        near(incomplete_gamma_upper(0.01, 1e-05), 0.1036632017328028, 3e-14);
        near(incomplete_gamma(3.0, 10.0), 0.9972306042844884, 3e-14);
        near(incomplete_gamma_upper(3.0, 10.0), 0.002769395715511576, 3e-14);
        near(incomplete_gamma(100.0, 130.0), 0.9972495916326934, 3e-14);
        near(incomplete_gamma_upper(100.0, 130.0), 0.002750408367306526, 3e-14);
        near(incomplete_gamma(10000.0, 9900.0), 0.15865119219356463, 3e-14);
        near(incomplete_gamma_upper(10000.0, 9900.0), 0.8413488078064354, 3e-14);
    }

    #[test]
    fn the_normal_quantile_has_its_known_values() {
        near(normal_quantile(0.3), -0.5244005127080408, 4e-16);
        near(normal_quantile(0.975), 1.9599639845400538, 4e-16);
        near(normal_quantile(1e-05), -4.264890793922825, 4e-16);
        near(normal_quantile(1e-20), -9.262340089798407, 4e-16);
        near(normal_quantile(1e-300), -37.0470962993612, 4e-16);
        near(normal_quantile(0.5000001), 2.506628273311648e-07, 4e-16);
        near(normal_cdf(-1.0), 0.158_655_253_931_457_05, 4e-16);
        assert!(normal_quantile(0.0).is_infinite() && normal_quantile(1.0).is_infinite());
    }

    const SHAPES: [f64; 8] = [0.01, 0.1, 0.5, 1.0, 3.0, 40.0, 1000.0, 1e4];
    const CHANCES: [f64; 9] = [1e-30, 1e-9, 1e-4, 0.03, 0.4, 0.6, 0.97, 0.9999, 0.999_999_999];

    #[test]
    fn the_gamma_quantile_inverts_the_function_for_all_shapes_and_tails() {
        for a in SHAPES {
            let mut last = 0.0;
            for p in CHANCES {
                let x = inverse_incomplete_gamma(p, a);
                assert!(x >= last);
                last = x;
                if x < 1e-300 {
                    continue;
                }
                // What a relative error of 1e-14 in x, or of p's own rounding, may amount to.
                let (back, tail) =
                    if p < 0.5 { (incomplete_gamma(a, x), p) } else { (incomplete_gamma_upper(a, x), 1.0 - p) };
                let allowed = 2e-14 + 1e-14 * libm::exp(gamma_front(a, x)) / tail;
                assert!((back / tail - 1.0).abs() < allowed, "a {a} p {p}: {:e} > {allowed:e}", back / tail - 1.0);
            }
        }
    }

    #[test]
    fn the_beta_quantile_inverts_the_function_for_all_shapes_and_tails() {
        for a in SHAPES {
            for b in SHAPES {
                let mut last = 0.0;
                for p in CHANCES {
                    let x = inverse_incomplete_beta(p, a, b);
                    assert!(x >= last, "a {a} b {b} p {p}");
                    last = x;
                    if !(1e-300..=0.9).contains(&x) {
                        continue;
                    }
                    let tail = beta_tail(x, 1.0 - x, a, b);
                    let (back, wanted) = if p < 0.5 { (tail.probability(), p) } else { (tail.upper(), 1.0 - p) };
                    // The continued fraction loses digits as the shapes grow.
                    let growth = (0.1 * (a + b).sqrt()).max(1.0);
                    let allowed = 4e-14 * growth + 2e-14 * tail.slope * tail.probability() / wanted;
                    let error = (back / wanted - 1.0).abs();
                    assert!(error < allowed, "a {a} b {b} p {p}: {error:e} > {allowed:e}");
                }
            }
        }
    }

    #[test]
    fn beta_is_its_own_mirror_image() {
        for (a, b) in [(2.0, 5.0), (0.3, 0.9), (300.0, 20.0)] {
            for p in [0.01, 0.3, 0.77] {
                near(1.0 - inverse_incomplete_beta(p, a, b), inverse_incomplete_beta(1.0 - p, b, a), 4e-14);
            }
        }
    }

    #[test]
    fn students_t_meets_its_tables() {
        near(student_t_quantile(0.975, 10.0), 2.228_138_851_986_274_2, 1e-13);
        near(student_t_quantile(0.95, 1.0), 6.313_751_514_675_037_4, 1e-13);
    }
}
