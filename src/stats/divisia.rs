//! A difference of products is split over the factors that made it.
//!
//! The additive logarithmic mean Divisia index LMDI-I: Ang (2004), "Decomposition analysis for policymaking in energy", Energy
//! Policy 32(9); Ang (2005), "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33(7). It leaves
//! no rest, and says the same of before and after swapped.

/// The logarithmic mean (a - b) / (ln a - ln b) of two numbers that are not below 0; between their geometric and arithmetic
/// means, a where they are equal, 0 where one is 0.
fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low <= 0.0 {
        return 0.0;
    }
    let apart = high - low;
    // Near each other the difference is exact, and so is its small share: no series is needed.
    let logarithm = if apart < 0.5 * low { libm::log1p(apart / low) } else { libm::log(high) - libm::log(low) };
    if logarithm > 0.0 { apart / logarithm } else { low }
}

/// What each factor has to do with the difference between the products `after` and `before`: parts that add up to it.
///
/// For factors above 0, L(after, before) ln(factor after / factor before) with the logarithmic mean L of the products. What
/// is 0 is taken as the limit of what is nearly 0: Ang & Liu (2007), "Handling zero values in the logarithmic mean Divisia
/// index decomposition approach", Energy Policy 35(1): a product that comes from 0 is the part of the factors that came
/// from 0, in equal shares; one that stays at 0 has no parts. A factor that is below 0 both times counts by its size, and the
/// products' sign with it. Where a factor changes its sign there is no logarithm and no such limit: all parts are then Shapley's (Sun
/// 1998, "Changes in energy consumption and energy intensity: a complete decomposition model", Energy Economics 20(1)),
/// the mean over all orders in which factors may change one by one. Parts differ where one passes from the one rule to the
/// other; they always add up. In the unit of the product. Takes 2^N products where a sign changes, so N should stay small.
pub fn parts<const N: usize>(before: [f64; N], after: [f64; N]) -> [f64; N] {
    let (first, last) = (product(&before), product(&after));
    let turns = before.iter().zip(&after).any(|(a, b)| a * b < 0.0 || (a.min(*b) < 0.0 && *a * *b == 0.0));
    let mut parts = if turns {
        shapley(before, after)
    } else if first == 0.0 || last == 0.0 {
        limits(before, after, last - first)
    } else {
        let sign = first.signum();
        let mean = sign * logarithmic_mean(first.abs(), last.abs());
        std::array::from_fn(|k| mean * logarithm_of_ratio(after[k].abs(), before[k].abs()))
    };
    settle(&mut parts, last - first);
    parts
}

fn product(factors: &[f64]) -> f64 {
    factors.iter().product()
}

fn logarithm_of_ratio(after: f64, before: f64) -> f64 {
    let share = (after - before) / before;
    if share.abs() < 0.5 { libm::log1p(share) } else { libm::log(after) - libm::log(before) }
}

/// The parts where a product is 0 and no sign changes.
fn limits<const N: usize>(before: [f64; N], after: [f64; N], difference: f64) -> [f64; N] {
    let turned = |k: usize| (before[k] == 0.0) != (after[k] == 0.0);
    // With both products 0 the difference is 0, and so are the parts.
    let count = (0..N).filter(|k| turned(*k)).count().max(1);
    std::array::from_fn(|k| if turned(k) { difference / count as f64 } else { 0.0 })
}

/// The mean over all orders of change of what the product changes by when a factor's turn comes.
fn shapley<const N: usize>(before: [f64; N], after: [f64; N]) -> [f64; N] {
    let mixed =
        |changed: usize| -> f64 { (0..N).map(|k| if changed >> k & 1 == 1 { after[k] } else { before[k] }).product() };
    std::array::from_fn(|k| {
        let others = (0..1_usize << N).filter(|changed| changed >> k & 1 == 0);
        others.map(|changed| orders(changed.count_ones(), N) * (mixed(changed | 1 << k) - mixed(changed))).sum()
    })
}

/// The share of orders of `all` factors in which exactly these `earlier` ones come before a given one.
fn orders(earlier: u32, all: usize) -> f64 {
    let choices = (0..earlier).fold(1.0, |c, i| c * (all as f64 - 1.0 - f64::from(i)) / (f64::from(i) + 1.0));
    1.0 / (all as f64 * choices)
}

/// Gives what rounding left over to the largest part, where it matters least.
fn settle(parts: &mut [f64], difference: f64) {
    for _ in 0..2 {
        let rest = difference - parts.iter().sum::<f64>();
        if let Some(largest) = parts.iter_mut().max_by(|a, b| a.abs().total_cmp(&b.abs())) {
            *largest += rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn adds_up<const N: usize>(before: [f64; N], after: [f64; N]) -> bool {
        let parts = parts(before, after);
        let difference = product(&after) - product(&before);
        let size = parts.iter().fold(difference.abs(), |most, part| most.max(part.abs()));
        (parts.iter().sum::<f64>() - difference).abs() <= 1e-15 * N as f64 * size
    }

    #[test]
    fn the_mean_is_smooth_where_its_numbers_meet() {
        assert_eq!(logarithmic_mean(3.0, 3.0), 3.0);
        assert_eq!(logarithmic_mean(3.0, 0.0), 0.0);
        assert!((logarithmic_mean(1.0, std::f64::consts::E) - (std::f64::consts::E - 1.0)).abs() < 1e-15);
        for apart in [1e-15, 1e-12, 1e-8, 1e-4] {
            // 1 + d/2 - d^2/12 + d^3/24
            let series = 1.0 + apart * (0.5 - apart * (1.0 / 12.0 - apart / 24.0));
            assert!((logarithmic_mean(1.0, 1.0 + apart) - series).abs() < 1e-15, "{apart}");
        }
    }

    #[test]
    fn a_small_case_by_hand() {
        // From 2 * 3 to 4 * 4.5: L(18, 6) = 12 / ln 3, so the parts are 12 ln 2 / ln 3 and 12 ln 1.5 / ln 3.
        let [quantity, price] = parts([2.0, 3.0], [4.0, 4.5]);
        assert!((quantity - 12.0 * libm::log(2.0) / libm::log(3.0)).abs() < 1e-13);
        assert!((price - 12.0 * libm::log(1.5) / libm::log(3.0)).abs() < 1e-13);
    }

    #[test]
    fn zeros_are_limits() {
        assert_eq!(parts([0.0, 2.0, 3.0], [5.0, 4.0, 3.0]), [60.0, 0.0, 0.0]);
        assert_eq!(parts([0.0, 0.0, 3.0], [5.0, 4.0, 1.0]), [10.0, 10.0, 0.0]);
        assert_eq!(parts([5.0, 4.0], [0.0, 7.0]), [-20.0, 0.0]);
        assert_eq!(parts([0.0, 4.0], [5.0, 0.0]), [0.0, 0.0]);
        assert_eq!(parts([0.0, 4.0], [0.0, 9.0]), [0.0, 0.0]);
        // The parts of what is nearly 0 go there, as slowly as logarithms do.
        let near = parts([1e-300, 2.0, 3.0], [5.0, 4.0, 3.0]);
        assert!((near[0] - 60.0).abs() < 0.1 && near[1].abs() < 0.1, "{near:?}");
    }

    #[test]
    fn a_negative_factor_counts_by_its_size_and_one_that_turns_by_shapley() {
        let [customers, margin] = parts([100.0, -2.0], [150.0, -2.0]);
        assert!((customers + 100.0).abs() < 1e-12 && margin == 0.0);
        // Two factors: half of each order. 100 * -2 -> 150 * 4: customers 50 * (-2 + 4) / 2, margin 6 * (100 + 150) / 2.
        let [customers, margin] = parts([100.0, -2.0], [150.0, 4.0]);
        assert!((customers - 50.0).abs() < 1e-12 && (margin - 750.0).abs() < 1e-12);
    }

    #[test]
    fn a_factor_that_does_not_change_has_no_part_and_what_happened_backwards_is_its_opposite() {
        let forth = parts([2.0, 7.0, 0.3, 1.1], [3.0, 7.0, 0.2, 1.2]);
        let back = parts([3.0, 7.0, 0.2, 1.2], [2.0, 7.0, 0.3, 1.1]);
        assert_eq!(forth[1], 0.0);
        assert!(forth.iter().zip(back).all(|(a, b)| (a + b).abs() < 1e-14));
    }

    proptest! {
        #[test]
        fn parts_add_up(
            before in prop::array::uniform5(prop_oneof![Just(0.0), 1e-9_f64..1e9, -1e3_f64..1e3]),
            after in prop::array::uniform5(prop_oneof![Just(0.0), 1e-9_f64..1e9, -1e3_f64..1e3]),
        ) {
            prop_assert!(adds_up(before, after), "{:?}", parts(before, after));
            prop_assert!(adds_up(before, before.map(|x| x * (1.0 + 1e-13))));
        }
    }
}
