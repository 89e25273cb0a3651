//! Integrals by Gauss and Legendre, with 24 nodes a panel: Abramowitz & Stegun (1964), "Handbook of mathematical
//! functions", 25.4.29 and table 25.4.

/// Nodes in (0, 1) with their weights. The others are their mirror images.
const RULE: [(f64, f64); 12] = [
    (0.064_056_892_862_605_626, 0.127_938_195_346_752_16),
    (0.191_118_867_473_616_31, 0.125_837_456_346_828_30),
    (0.315_042_679_696_163_37, 0.121_670_472_927_803_39),
    (0.433_793_507_626_045_14, 0.115_505_668_053_725_60),
    (0.545_421_471_388_839_54, 0.107_444_270_115_965_63),
    (0.648_093_651_936_975_57, 0.097_618_652_104_113_888),
    (0.740_124_191_578_554_36, 0.086_190_161_531_953_276),
    (0.820_001_985_973_902_92, 0.073_346_481_411_080_306),
    (0.886_415_527_004_401_03, 0.059_298_584_915_436_781),
    (0.938_274_552_002_732_76, 0.044_277_438_817_419_806),
    (0.974_728_555_971_309_50, 0.028_531_388_628_933_663),
    (0.995_187_219_997_021_36, 0.012_341_229_799_987_200),
];

/// The integrals of several functions from `from` to `to`, summed in a fixed order.
#[inline]
pub fn integrals<const N: usize>(from: f64, to: f64, of: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let mut sums = [0.0; N];
    for (node, weight) in RULE {
        let (below, above) = (of(middle - half * node), of(middle + half * node));
        for i in 0..N {
            sums[i] += weight * (below[i] + above[i]);
        }
    }
    sums.map(|sum| sum * half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_up_to_degree_47_are_exact() {
        for degree in 0..48_i32 {
            let power = |x: f64| [(0..degree).fold(1.0, |product, _| product * x)];
            let [found] = integrals(0.0, 2.0, power);
            let expected = libm::pow(2.0, f64::from(degree) + 1.0) / (f64::from(degree) + 1.0);
            assert!((found / expected - 1.0).abs() < 1e-14, "{degree}: {found} is not {expected}");
        }
    }
}
