//! Integrals by Gauss and Legendre, with 24 nodes a panel: Abramowitz & Stegun (1964), "Handbook of mathematical
//! functions", 25.4.29 and table 25.4.

/// Nodes in (0, 1) with their weights. The others are their mirror images.
#[expect(clippy::excessive_precision, reason = "all digits that the table has")]
const HALF: [(f64, f64); 12] = [
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

/// How many nodes a panel has.
pub const NODES: usize = 24;

/// All nodes from -1 to 1 in rising order, and their weights.
const RULE: ([f64; NODES], [f64; NODES]) = {
    let (mut nodes, mut weights) = ([0.0; NODES], [0.0; NODES]);
    let mut i = 0;
    while i < 12 {
        let (node, weight) = HALF[i];
        (nodes[11 - i], nodes[12 + i]) = (-node, node);
        (weights[11 - i], weights[12 + i]) = (weight, weight);
        i += 1;
    }
    (nodes, weights)
};

/// The nodes of a panel from `from` to `to`, and their weights.
#[inline(always)]
pub fn panel(from: f64, to: f64) -> ([f64; NODES], [f64; NODES]) {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    (RULE.0.map(|node| middle + half * node), RULE.1.map(|weight| half * weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_up_to_degree_47_are_exact() {
        let (nodes, weights) = panel(0.0, 2.0);
        for degree in 0..48_i32 {
            let power = |x: f64| (0..degree).fold(1.0, |product, _| product * x);
            let found: f64 = nodes.iter().zip(weights).map(|(node, weight)| weight * power(*node)).sum();
            let expected = libm::pow(2.0, f64::from(degree) + 1.0) / (f64::from(degree) + 1.0);
            assert!((found / expected - 1.0).abs() < 1e-14, "{degree}: {found} is not {expected}");
        }
    }
}
