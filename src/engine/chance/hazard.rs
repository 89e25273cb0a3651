//! Hazards of many customers: 1 - (1 - p)^ratio, as if each were made by [`Force::on`], but several at once.
//!
//! The power is made in double precision with an error far below what single precision can tell apart. Where the
//! rounding could go either way all the same, the number is made again by `libm`, so that the bits are always those.

use crate::engine::lanes::{Kernel, Lanes};
use crate::model::change::Force;

/// Numbers that are made side by side.
const ABREAST: usize = 8;
/// More than the quick power and the one of `libm` can differ by.
const DOUBT: f64 = 4e-15;
/// Between these the quick power has been held against `libm`.
const RATIOS: std::ops::RangeInclusive<f64> = 1e-3..=16.0;
/// Chances beyond this one leave too little of 1.
const MOST: f32 = 0.999_999;

/// Adding 1.5 * 2^52 leaves the nearest whole number in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// The first part of ln 2 has so few bits that its product with a small whole number is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);

/// Writes the chance of each trait after a hazard, held in [0, 1].
pub struct Hazard<'a> {
    /// The traits.
    pub traits: &'a [f32],
    /// The change of the hazard.
    pub force: Force,
    /// Where the chances go.
    pub out: &'a mut [f32],
}

impl Kernel for Hazard<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let quick = RATIOS.contains(&self.force.ratio);
        for (traits, out) in self.traits.chunks(ABREAST).zip(self.out.chunks_mut(ABREAST)) {
            let mut of = [0.0; ABREAST];
            of[..traits.len()].copy_from_slice(traits);
            let (chances, mut sure) = several(of, self.force.ratio);
            sure &= quick;
            for i in 0..traits.len() {
                out[i] = if sure { chances[i] } else { one(traits[i], self.force) };
            }
        }
    }
}

/// Several chances, and whether single precision holds them all without a doubt.
#[inline(always)]
fn several(traits: [f32; ABREAST], ratio: f64) -> ([f32; ABREAST], bool) {
    let (mut low, mut high) = ([0.0; ABREAST], [0.0; ABREAST]);
    for i in 0..ABREAST {
        let chance = 1.0 - power(1.0 - f64::from(traits[i]), ratio);
        low[i] = rounded(chance - DOUBT);
        high[i] = rounded(chance + DOUBT);
    }
    let mut doubts = 0;
    for i in 0..ABREAST {
        doubts |= low[i].to_bits() ^ high[i].to_bits();
        doubts |= u32::from(!(traits[i] >= 0.0 && traits[i] <= MOST));
    }
    (low, doubts == 0)
}

#[cold]
fn one(of: f32, force: Force) -> f32 {
    rounded(force.on(f64::from(of)).clamp(0.0, 1.0))
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "columns of customers are single precision")]
fn rounded(x: f64) -> f32 {
    x as f32
}

/// x^y for x in (0, 1]: the logarithm by the series of its inverse hyperbolic tangent, the exponential by Taylor's.
#[inline(always)]
fn power(x: f64, y: f64) -> f64 {
    /// 1 and the root of 1/2 as bits: x is a mantissa between that root and twice it, times a power of 2.
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    const ROOT: u64 = 0x3FE6_A09E_667F_3BCD;
    /// 2^52 with the offset of exponents.
    const EXPONENTS: f64 = 4_503_599_627_370_496.0 + 1023.0;
    let bits = x.to_bits();
    let exponent = bits.wrapping_add(ONE - ROOT) >> 52;
    let mantissa = f64::from_bits(bits.wrapping_sub(exponent << 52).wrapping_add(ONE));
    let exponent = f64::from_bits(exponent | 0x4330_0000_0000_0000) - EXPONENTS;
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut series = 1.0 / 21.0;
    for odd in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        series = series * square + 1.0 / odd;
    }
    let log = exponent * LN_2_HIGH + (2.0 * s + (exponent * LN_2_LOW + 2.0 * s * square * series));
    let shifted = y * log * std::f64::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let rest = (y * log - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let mut exp = 1.0;
    for n in [13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        exp = 1.0 + exp * rest * (1.0 / n);
    }
    exp * f64::from_bits((shifted.to_bits() << 52).wrapping_add(ONE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chance::draws::{Draws, Purpose};
    use crate::engine::lanes::InstructionSet;
    use crate::model::change::Op;

    #[test]
    fn the_quick_power_is_near_that_of_libm() {
        let draws = Draws::new(5, 0);
        let mut worst = 0.0_f64;
        for i in 0..400_000 {
            let words = draws.four(i, 0, Purpose::numbered(8), 0);
            let x = 1.0 - f64::from(words[0]) / 4_294_967_296.0 * f64::from(MOST);
            let y =
                libm::exp((f64::from(words[1]) / 4_294_967_296.0 - 0.7) * 9.6).clamp(*RATIOS.start(), *RATIOS.end());
            worst = worst.max((power(x, y) - libm::pow(x, y)).abs());
        }
        assert!(worst < DOUBT / 4.0, "{worst:e}");
    }

    #[test]
    fn the_bits_are_those_of_one_after_the_other() {
        let draws = Draws::new(6, 0);
        let small = |i: u32| f32::from_bits(draws.word(i, 0, Purpose::numbered(8), 0) >> 2);
        let even = |i: u32| draws.word(i, 1, Purpose::numbered(8), 0) as f32 / 4_294_967_296.0;
        let mut traits: Vec<f32> = (0..20_000).map(even).chain((0..3_000).map(small)).collect();
        traits.extend([0.0, -0.0, 1.0, -0.3, 1.5, MOST, 1e-9, 0.5]);
        for (amount, share) in [(0.87, 1.0), (0.8, 0.5), (1.0, 1.0), (12.5, 1.0), (1e-9, 1.0), (40.0, 0.7), (0.0, 1.0)]
        {
            let force = Force::of(Op::Hazard, amount, share);
            let expected: Vec<u32> = traits.iter().map(|x| one(*x, force).to_bits()).collect();
            for set in InstructionSet::available() {
                let mut out = vec![0.0; traits.len()];
                set.run(Hazard { traits: &traits, force, out: &mut out });
                assert_eq!(out.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), expected, "{amount} {}", set.name());
            }
        }
    }
}
