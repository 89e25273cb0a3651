//! The exponential function for many numbers at once, in plain arithmetic that a compiler turns into vectors.

use std::f64::consts::LOG2_E;

/// ln 2 in two parts, the first with so few digits that its small multiples are exact.
#[expect(clippy::excessive_precision, reason = "the digits are those of the binary number")]
const LN_2: [f64; 2] = [6.931_471_803_691_238_164_90e-1, 1.908_214_929_270_587_700_02e-10];
/// Added and taken away again it leaves the nearest whole number, and that in its last bits.
const ROUNDS: f64 = 6_755_399_441_055_744.0;
/// Beyond this e^x and its reciprocal are no ordinary numbers.
const MOST: f64 = 700.0;
/// 1 / i!, from the 13th down to the first.
const RECIPROCALS: [f64; 13] = {
    let mut all = [1.0; 13];
    let (mut i, mut factorial) = (1, 1.0);
    while i <= 13 {
        factorial *= i as f64;
        all[13 - i] = 1.0 / factorial;
        i += 1;
    }
    all
};

/// e^x with a relative error of about 3e-16, for x from -700 to 700; what is outside is taken as the nearest.
#[inline(always)]
pub fn exponential(x: f64) -> f64 {
    let x = if x < -MOST { -MOST } else { x };
    let x = if x > MOST { MOST } else { x };
    let shifted = x * LOG2_E + ROUNDS;
    let power = shifted - ROUNDS;
    let rest = x - power * LN_2[0] - power * LN_2[1];
    let mut sum = RECIPROCALS[0];
    for reciprocal in &RECIPROCALS[1..] {
        sum = sum * rest + reciprocal;
    }
    // The power of two stands in the last bits, and goes to where the exponent is.
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    scale * (1.0 + rest * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_function_that_libm_has() {
        for i in -70_000..=70_000 {
            let x = f64::from(i) * 0.01 + 1e-3 * libm::sin(f64::from(i));
            let (found, expected) = (exponential(x.clamp(-MOST, MOST)), libm::exp(x.clamp(-MOST, MOST)));
            assert!((found / expected - 1.0).abs() < 5e-16, "{x}: {found} is not {expected}");
        }
        assert_eq!((exponential(0.0), exponential(-0.0)), (1.0, 1.0));
        assert_eq!(exponential(-1e9), exponential(-700.0));
        assert_eq!(exponential(f64::INFINITY), exponential(700.0));
    }
}
