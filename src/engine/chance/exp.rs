//! e^x in lanes.

use crate::engine::lanes::Lanes;

/// Adding 1.5 * 2^23 leaves the nearest whole number in the lowest bits.
const SHIFT: f32 = 12_582_912.0;
/// The first part of ln 2 has nine bits, so that its product with a small whole number is exact.
const LN_2_HIGH: f32 = 355.0 / 512.0;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Exponents are held between this and its negative, so that no power leaves single precision.
pub const MOST_EXPONENT: f32 = 80.0;

/// e^x with a relative error below 2e-7; x is taken as the nearest number of ±[`MOST_EXPONENT`].
///
/// x = k ln 2 + r with a whole k, the power of 2 made from bits, e^r a polynomial fitted at the
/// Chebyshev points of |r| <= ln 2 / 2.
#[inline(always)]
pub fn exp<L: Lanes>(l: L, x: L::F) -> L::F {
    let x = l.within(x, l.f(-MOST_EXPONENT), l.f(MOST_EXPONENT));
    let shifted = l.mul_add(x, l.f(std::f32::consts::LOG2_E), l.f(SHIFT));
    let whole = l.sub_f(shifted, l.f(SHIFT));
    let r = l.sub_f(l.sub_f(x, l.mul_f(whole, l.f(LN_2_HIGH))), l.mul_f(whole, l.f(LN_2_LOW)));
    let mut p = l.f(0.001_392_618_4);
    p = l.mul_add(r, p, l.f(0.008_363_179));
    p = l.mul_add(r, p, l.f(0.041_666_555));
    p = l.mul_add(r, p, l.f(0.166_665_77));
    let square = l.mul_f(r, r);
    let fraction = l.add_f(l.f(1.0), l.mul_add(square, l.mul_add(r, p, l.f(0.5)), r));
    let power = l.left::<23>(l.add(l.sub(l.bits_of(shifted), l.u(SHIFT.to_bits())), l.u(127)));
    l.mul_f(fraction, l.of_bits(power))
}

/// The same law in double precision, for expectations that are to agree with what is simulated.
pub fn exp_held(x: f64) -> f64 {
    let most = f64::from(MOST_EXPONENT);
    libm::exp(x.clamp(-most, most))
}

#[cfg(test)]
mod tests {
    use super::exp;
    use crate::engine::lanes::Portable;

    fn exp_of(x: f32) -> f32 {
        exp(Portable::<1>, [x])[0]
    }

    #[test]
    fn it_is_near_the_true_one_everywhere() {
        let mut worst = 0.0_f64;
        for i in -800_000..=800_000 {
            let x = i as f32 * 1e-4;
            worst = worst.max((f64::from(exp_of(x)) / libm::exp(f64::from(x)) - 1.0).abs());
        }
        assert!(worst < 1e-7, "{worst:e}");
        assert_eq!(exp_of(0.0).to_bits(), 1f32.to_bits());
        assert_eq!(exp_of(1e9).to_bits(), exp_of(80.0).to_bits());
        assert_eq!(exp_of(-1e9).to_bits(), exp_of(-80.0).to_bits());
    }

    /// Value stability: these bits are a promise.
    #[test]
    fn values_keep_their_bits() {
        let bits: Vec<u32> = [-20.0, -1.5, 0.3, 7.7].iter().map(|&x| exp_of(x).to_bits()).collect();
        assert_eq!(bits, [0x310D_A433, 0x3E64_7C3C, 0x3FAC_C82C, 0x450A_0590], "{bits:#010x?}");
    }
}
