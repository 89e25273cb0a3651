//! How well variances are known, and their differences.

use super::special::{inverse_incomplete_beta, inverse_incomplete_gamma};

/// A variance that was estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variance {
    /// The estimate, in the square of the values' unit.
    pub value: f64,
    /// Its degrees of freedom: those of the chi-squared law that it follows.
    pub freedom: f64,
}

impl Variance {
    /// The interval at `level`, by the quantiles of chi-squared.
    pub fn ends(self, level: f64) -> [f64; 2] {
        let beyond = (1.0 - level) / 2.0;
        [1.0 - beyond, beyond].map(|p| self.value / chi_squared(p, self.freedom))
    }
}

/// The interval at `level` of the difference of two variances that were estimated apart from each other.
///
/// The modified large-sample interval of Ting, Burdick, Graybill, Jeyaratnam & Lu (1990), "Confidence intervals on linear
/// combinations of variance components that are unrestricted in sign", Journal of Statistical Computation and Simulation
/// 35(1-2); Burdick & Graybill (1992), "Confidence intervals on variance components", chapter 3.3. It is exact where either
/// variance is nothing.
pub fn difference(first: Variance, second: Variance, level: f64) -> [f64; 2] {
    let beyond = (1.0 - level) / 2.0;
    let (a, b) = (first.value, second.value);
    let side = |p: f64| {
        // How far each variance reaches to this side, and what both do together.
        let reach_a = 1.0 - 1.0 / chi_squared(p, first.freedom);
        let reach_b = 1.0 / chi_squared(1.0 - p, second.freedom) - 1.0;
        let ratio = fisher(p, first.freedom, second.freedom);
        let square = |x: f64| x * x;
        let both = (square(ratio - 1.0) - square(reach_a * ratio) - square(reach_b)) / ratio;
        libm::sqrt((square(reach_a * a) + square(reach_b * b) + both * a * b).max(0.0))
    };
    [a - b - side(1.0 - beyond), a - b + side(beyond)]
}

/// The quantile at `p` of chi-squared over its degrees of freedom.
fn chi_squared(p: f64, freedom: f64) -> f64 {
    2.0 * inverse_incomplete_gamma(p, freedom / 2.0) / freedom
}

/// The quantile at `p` of F.
fn fisher(p: f64, above: f64, below: f64) -> f64 {
    let share = inverse_incomplete_beta(p, above / 2.0, below / 2.0);
    below * share / (above * (1.0 - share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        assert!((chi_squared(0.95, 10.0) * 10.0 - 18.307).abs() < 1e-3);
        assert!((fisher(0.95, 4.0, 20.0) - 2.866).abs() < 1e-3 && (fisher(0.05, 4.0, 20.0) - 0.1723).abs() < 1e-3);
    }

    #[test]
    fn a_difference_from_nothing_is_the_interval_of_a_variance() {
        let [some, none] = [3.0, 0.0].map(|value| Variance { value, freedom: 19.0 });
        let (plain, apart) = (some.ends(0.95), difference(some, none, 0.95));
        assert!((plain[0] - apart[0]).abs() < 1e-9 && (plain[1] - apart[1]).abs() < 1e-9, "{plain:?} {apart:?}");
    }

    #[test]
    fn an_end_at_0_is_the_test_of_equal_variances() {
        // Where the ratio is the quantile of F, the interval just holds 0.
        let second = Variance { value: 2.0, freedom: 30.0 };
        let first = Variance { value: 2.0 * fisher(0.975, 12.0, 30.0), freedom: 12.0 };
        assert!(difference(first, second, 0.95)[0].abs() < 1e-9);
    }
}
