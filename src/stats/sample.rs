//! Samples: what is found of a share where so many are looked at.

use super::special::{incomplete_beta, normal_quantile};

/// How many of `n` (a whole number) have what each has with chance `p`, at probability `u` in (0, 1): the binomial quantile.
///
/// By bisection on the distribution function, which is a regularised incomplete beta function, from a bracket around the
/// normal approximation; that itself, with its skewness (Cornish & Fisher 1938), where the spread is above 1,000.
pub fn binomial_quantile(n: f64, p: f64, u: f64) -> f64 {
    if n <= 0.0 || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return n;
    }
    let up_to = |k: f64| if k >= n { 1.0 } else { incomplete_beta(1.0 - p, n - k, k + 1.0) };
    let (z, spread) = (normal_quantile(u.clamp(1e-300, 1.0 - 1e-16)), libm::sqrt(n * p * (1.0 - p)));
    let skewed = (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0;
    let centre = libm::floor(n * p + z * spread + skewed + 0.5).clamp(0.0, n);
    if spread > 1_000.0 {
        return centre;
    }
    let (mut low, mut high, mut step) = (centre.clamp(-1.0, n), centre.clamp(0.0, n), 1.0);
    // Below `low` it is not reached; at `high` it is.
    while low >= 0.0 && up_to(low) >= u {
        high = low;
        low = (low - step).max(-1.0);
        step *= 2.0;
    }
    step = 1.0;
    while high < n && up_to(high) < u {
        low = high;
        high = (high + step).min(n);
        step *= 2.0;
    }
    while high - low > 1.0 {
        let middle = libm::floor(0.5 * (low + high));
        if up_to(middle) >= u { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distribution function, term by term.
    fn sums(n: u32, p: f64) -> Vec<f64> {
        let mut term = libm::pow(1.0 - p, f64::from(n));
        let mut sum = 0.0;
        (0..=n)
            .map(|k| {
                sum += term;
                term *= f64::from(n - k) / f64::from(k + 1) * p / (1.0 - p);
                sum
            })
            .collect()
    }

    #[test]
    fn it_is_the_first_number_whose_sum_of_chances_reaches_the_probability() {
        for (n, p) in [(1, 0.3), (7, 0.5), (40, 0.02), (250, 0.9), (1_000, 0.4)] {
            let sums = sums(n, p);
            for u in (1..200).map(|at| f64::from(at) / 200.0 + 1e-7) {
                let expected = sums.iter().position(|sum| *sum >= u).unwrap_or(n as usize);
                assert_eq!(binomial_quantile(f64::from(n), p, u), expected as f64, "n {n} p {p} u {u}");
            }
        }
    }

    #[test]
    fn ends_are_whole_and_hold() {
        assert_eq!(binomial_quantile(0.0, 0.5, 0.5), 0.0);
        assert_eq!(binomial_quantile(10.0, 0.0, 0.999), 0.0);
        assert_eq!(binomial_quantile(10.0, 1.0, 1e-9), 10.0);
        assert_eq!(binomial_quantile(3.0, 0.5, 1.0 - 1e-12), 3.0);
        assert_eq!(binomial_quantile(3.0, 0.5, 1e-12), 0.0);
        let large = binomial_quantile(1e9, 0.25, 0.5);
        assert!((large - 2.5e8).abs() <= 1.0, "{large}");
    }
}
