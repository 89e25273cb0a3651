//! Significance: how likely chance alone is to lead as far away from what is expected as was seen.

use super::special::{incomplete_beta, normal_cdf, normal_quantile};

/// Moments up to the third of numbers seen one at a time: Pébay (2008), "Formulas for robust, one-pass parallel
/// computation of covariances and arbitrary-order statistical moments", Sandia report SAND2008-6212.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Skewed {
    count: u64,
    mean: f64,
    squares: f64,
    cubes: f64,
}

impl Skewed {
    /// Takes one more number.
    pub fn push(&mut self, x: f64) {
        let before = self.count as f64;
        self.count += 1;
        let count = self.count as f64;
        let delta = x - self.mean;
        let step = delta / count;
        let term = delta * step * before;
        self.cubes += term * step * (count - 2.0) - 3.0 * step * self.squares;
        self.squares += term;
        self.mean += step;
    }

    /// How many numbers were seen.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; 0 where there are none.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard error of their mean; none with fewer than two numbers.
    pub fn standard_error(&self) -> Option<f64> {
        (self.count >= 2).then(|| libm::sqrt(self.squares / (self.count - 1) as f64 / self.count as f64))
    }

    /// Their skewness; 0 where all are the same.
    pub fn skewness(&self) -> f64 {
        let spread = self.squares / (self.count.max(1)) as f64;
        if spread > 0.0 { self.cubes / self.count as f64 / libm::pow(spread, 1.5) } else { 0.0 }
    }
}

/// The probability that Student's t is as far from 0 as this, on either side.
pub fn student(t: f64, freedom: f64) -> f64 {
    if t.is_nan() { 0.0 } else { incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5) }
}

/// Student's t of numbers whose mean has this skewness, as it would be had they none: where few large numbers decide, a mean
/// that is low has a low standard error too, and t is far from 0 too often. Hall (1992), "On the removal of skewness by
/// transformation", Journal of the Royal Statistical Society B 54(1): it never turns back, so what is far off stays so.
pub fn unskewed(t: f64, skewness: f64) -> f64 {
    if skewness.abs() < 1e-9 {
        return t;
    }
    let cube = 1.0 + skewness * t / 3.0;
    (cube * cube * cube - 1.0) / skewness + skewness / 6.0
}

/// The probability that of `of` trials with the chance `p` each as few succeed as `count`, or as many, whichever is less
/// likely, twice. Where chances differ from trial to trial around `p` the true one is no larger, away from the mean
/// (Hoeffding 1956, "On the distribution of the number of successes in independent trials", Annals of Mathematical
/// Statistics 27(3)).
pub fn binomial(count: f64, of: f64, p: f64) -> f64 {
    let p = p.clamp(0.0, 1.0);
    let at_least = if count <= 0.0 { 1.0 } else { incomplete_beta(p, count, of - count + 1.0) };
    let at_most = if count >= of { 1.0 } else { incomplete_beta(1.0 - p, of - count, count + 1.0) };
    (2.0 * at_least.min(at_most)).min(1.0)
}

/// How often a two-sided test at a level finds a difference that is estimated with a standard error, normally.
pub fn power(difference: f64, standard_error: f64, level: f64) -> f64 {
    if !(standard_error > 0.0 && standard_error.is_finite()) {
        return 0.0;
    }
    let (z, bound) = (libm::fabs(difference) / standard_error, normal_quantile(1.0 - level / 2.0));
    normal_cdf(z - bound) + normal_cdf(-z - bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_tables() {
        // Two-sided 5 % points of t.
        for (t, freedom) in [(12.706_204_736, 1.0), (2.262_157_163, 9.0), (1.984_216_952, 99.0)] {
            assert!((student(t, freedom) - 0.05).abs() < 1e-9, "{t}");
            assert_eq!(student(-t, freedom).to_bits(), student(t, freedom).to_bits());
        }
        // P(X <= 1) of 10 trials at 1/2 is 11/1024, P(X >= 9) the same.
        assert!((binomial(1.0, 10.0, 0.5) - 22.0 / 1024.0).abs() < 1e-14);
        assert!((binomial(9.0, 10.0, 0.5) - 22.0 / 1024.0).abs() < 1e-14);
        assert_eq!((binomial(0.0, 10.0, 0.0), binomial(10.0, 10.0, 1.0), binomial(1.0, 10.0, 0.0)), (1.0, 1.0, 0.0));
    }

    #[test]
    fn a_difference_of_ten_points_is_found_by_974_answers_and_one_of_five_by_3894() {
        // Two waves of answers with variance .62 each: power .8 at 5 %.
        for (points, answers) in [(0.10, 974.0), (0.05, 3_894.0)] {
            let error = |answers: f64| libm::sqrt(2.0 * 0.62 / answers);
            assert!(power(points, error(answers), 0.05) >= 0.8, "{points}");
            assert!(power(points, error(answers - 1.0), 0.05) < 0.8, "{points}");
        }
        assert!((power(0.0, 1.0, 0.05) - 0.05).abs() < 1e-12);
        assert_eq!(power(1.0, f64::INFINITY, 0.05), 0.0);
    }

    #[test]
    fn a_low_mean_of_rare_events_is_no_rarer_than_it_is() {
        // Of 200 numbers that are Poisson at 0.3, 30 events in all: P(X <= 30) at 60 is 1.1e-5.
        let (count, mean, wanted) = (200.0, 0.3, 30.0 / 200.0);
        let error = libm::sqrt(wanted / count);
        let t = (wanted - mean) / error;
        let skewness = 1.0 / libm::sqrt(wanted * count);
        assert!(student(t, count - 1.0) < 2e-7);
        let found = student(unskewed(t, skewness), count - 1.0);
        assert!((2e-5..1e-3).contains(&found), "{found}");
        let far = |t: f64| unskewed(t, skewness);
        assert!((-80..80).all(|k| far(f64::from(k)) < far(f64::from(k + 1))), "it never turns back");
        assert_eq!(unskewed(-3.0, 0.0), -3.0);
    }

    #[test]
    fn moments_are_those_of_the_numbers() {
        let numbers = [1.0, 2.0, 2.5, 9.0, -4.0, 0.0];
        let mut seen = Skewed::default();
        numbers.iter().for_each(|x| seen.push(*x));
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let central = |power: i32| numbers.iter().map(|x| libm::pow(x - mean, f64::from(power))).sum::<f64>() / n;
        assert!((seen.mean() - mean).abs() < 1e-14);
        assert!((seen.skewness() - central(3) / libm::pow(central(2), 1.5)).abs() < 1e-13);
        let error = libm::sqrt(central(2) * n / (n - 1.0) / n);
        assert!((seen.standard_error().unwrap() - error).abs() < 1e-14);
    }
}
