//! Intervals that stay where their number can be, and that have a width where too little was seen.
//!
//! Ends are in the unit of the number. Levels are chances such as 0.95, shared evenly between both sides.

use super::resample::drawn_again;
use super::special::{inverse_incomplete_beta, normal_quantile, student_t_quantile};

/// The two ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ends {
    /// Both ends multiplied by a number that is not negative.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }

    /// The part between two bounds.
    #[must_use]
    pub fn within(self, least: f64, most: f64) -> Self {
        Self { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }

    /// Stretched until it holds a number.
    #[must_use]
    pub fn holding(self, number: f64) -> Self {
        Self { low: self.low.min(number), high: self.high.max(number) }
    }
}

/// The interval of a chance of which `events` were seen in `trials`, both of which may be fractions: a tie counts half, and
/// trials that resemble each other count for fewer.
///
/// Clopper & Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of the binomial",
/// Biometrika 26(4), by quantiles of beta. It has a width where nothing, or nothing else, was seen.
pub fn binomial(events: f64, trials: f64, level: f64) -> Ends {
    if trials <= 0.0 {
        return Ends { low: 0.0, high: 1.0 };
    }
    let tail = (1.0 - level) / 2.0;
    let events = events.clamp(0.0, trials);
    let others = trials - events;
    let low = if events > 0.0 { inverse_incomplete_beta(tail, events, others + 1.0) } else { 0.0 };
    let high = if others > 0.0 { inverse_incomplete_beta(1.0 - tail, events + 1.0, others) } else { 1.0 };
    Ends { low, high }
}

/// How sure an interval is to be, and how many replications it is made from. Its quantiles take longer than the rest:
/// many intervals share one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    /// The level, such as 0.95.
    pub level: f64,
    /// The number of replications.
    pub replications: u64,
    /// The quantile of Student's t with one degree of freedom fewer; 0 where one replication tells nothing.
    pub student: f64,
    /// The same of the normal distribution: what it would be if the spread were known.
    pub normal: f64,
}

impl Confidence {
    /// A level over this many replications.
    pub fn new(level: f64, replications: u64) -> Self {
        let upper = f64::midpoint(1.0, level);
        let student = if replications < 2 { 0.0 } else { student_t_quantile(upper, replications as f64 - 1.0) };
        Self { level, replications, student, normal: normal_quantile(upper) }
    }

    /// What a known variance has to be multiplied by, so that Student's quantile makes of it what the normal one would.
    fn of_known(self) -> f64 {
        if self.student > 0.0 { (self.normal / self.student) * (self.normal / self.student) } else { 1.0 }
    }

    /// The variance to allow for `size`, what the number would move by if one thing more had happened that can happen, where
    /// hardly any did: the width that is left when none was seen is of 3.4 of them, and of so many none is seen with a chance
    /// of 3 %. Beside twenty that were seen it is little. Agresti & Caffo (2000), "Simple and effective confidence intervals
    /// for proportions and differences of proportions result from adding two successes and two failures", The American
    /// Statistician 54(4), have the same thought; the three events are our own choice.
    pub fn unseen(self, size: f64) -> f64 {
        3.0 * size * size * self.of_known()
    }

    /// The interval of Student's t.
    pub fn about(self, mean: f64, standard_error: f64) -> Ends {
        let half = self.student * standard_error;
        Ends { low: mean - half, high: mean + half }
    }
}

/// What an interval of a share rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rests {
    /// The customers of all replications, as many as would weigh the same: Kish's effective number.
    pub customers: f64,
    /// Whether all customers are independent, so that nothing but their number matters.
    pub independent: bool,
}

/// The interval of a share: the mean over replications with the square of its standard error.
///
/// Korn & Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts estimated
/// from survey data", Survey Methodology 24(2): the interval of a [`binomial`] of as many customers as would be so sure,
/// at most as many as there were. Their number is told from the spread over replications, and is made smaller by what
/// Student's t says of that spread. Where no replication differs from the others nothing is known of how their customers
/// resemble each other; then the chance that a replication shows anything bounds the share.
pub fn share(mean: f64, variance_of_mean: f64, rests: Rests, sure: Confidence) -> Ends {
    let mean = mean.clamp(0.0, 1.0);
    let spread = mean * (1.0 - mean);
    let number = if rests.independent {
        rests.customers
    } else if spread <= 0.0 {
        sure.replications as f64
    } else {
        (spread / variance_of_mean * sure.of_known()).min(rests.customers)
    };
    binomial(mean * number, number, sure.level)
}

/// The interval of a mean between 0 and 1 that is no count: Student's t of its log odds, so that it stays there.
pub fn mean_of_shares(mean: f64, standard_error: f64, sure: Confidence) -> Ends {
    let spread = mean * (1.0 - mean);
    if spread <= 0.0 || standard_error <= 0.0 {
        return Ends { low: mean, high: mean };
    }
    let half = sure.student * standard_error / spread;
    let odds = mean / (1.0 - mean);
    let at = |moved: f64| 1.0 / (1.0 + libm::exp(-moved) / odds);
    Ends { low: at(-half), high: at(half) }
}

/// How often a bootstrap draws a sample anew.
const RESAMPLES: usize = 1_999;

/// The interval of a mean of numbers that are not symmetric, by the bootstrap of Student's t: Efron & Tibshirani (1993),
/// "An introduction to the bootstrap", chapter 12; Hall (1988), "Theoretical comparison of bootstrap confidence
/// intervals", The Annals of Statistics 16(3). None where there are fewer than two numbers.
pub fn bootstrap_t(sample: &[f64], sure: Confidence) -> Option<Ends> {
    let (mean, error) = mean_and_error(sample.iter().copied())?;
    if error <= 0.0 {
        return Some(Ends { low: mean, high: mean });
    }
    let mut students: Vec<f64> = Vec::with_capacity(RESAMPLES);
    for round in 0..RESAMPLES {
        let (its, of) = mean_and_error(drawn_again(round as u64, sample.len()).map(|place| sample[place]))?;
        // A sample of one number again and again has no error; where it is off the mean it is as far off as any can be.
        let off = its - mean;
        students.push(if of > 0.0 { off / of } else { off * f64::INFINITY });
    }
    students.iter_mut().filter(|its| its.is_nan()).for_each(|its| *its = 0.0);
    students.sort_by(f64::total_cmp);
    let tail = (1.0 - sure.level) / 2.0;
    // With 1,999 and 5 % the 50th from both ends.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the count of samples")]
    let rank = libm::round(tail * (RESAMPLES + 1) as f64).clamp(1.0, RESAMPLES as f64 / 2.0) as usize;
    let (below, above) = (students[rank - 1], students[RESAMPLES - rank]);
    let finite = |t: f64, plain: f64| if t.is_finite() { t } else { plain };
    Some(Ends {
        low: mean - finite(above, 3.0 * sure.student).max(0.0) * error,
        high: mean - finite(below, -3.0 * sure.student).min(0.0) * error,
    })
}

fn mean_and_error(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let moments: super::moments::Moments = numbers.collect();
    let variance = moments.variance()?;
    Some((moments.mean(), libm::sqrt(variance / moments.count() as f64)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    }

    #[test]
    fn a_chance_has_the_interval_of_the_tables() {
        // R: binom.test(c(3, 7))$conf.int, binom.test(c(0, 20))$conf.int.
        let Ends { low, high } = binomial(3.0, 10.0, 0.95);
        close(low, 0.066_739_51);
        close(high, 0.652_452_85);
        let none = binomial(0.0, 20.0, 0.95);
        assert_eq!(none.low, 0.0);
        close(none.high, 0.168_433_47);
        let all = binomial(20.0, 20.0, 0.95);
        assert_eq!(all.high, 1.0);
        close(all.low, 1.0 - none.high);
        assert_eq!(binomial(0.0, 0.0, 0.95), Ends { low: 0.0, high: 1.0 });
    }

    #[test]
    fn a_share_rests_on_as_many_customers_as_its_spread_says() {
        let sure = Confidence::new(0.95, 50);
        let rests = Rests { customers: 5_000.0, independent: false };
        // Spread by 0.5 · 0.5 / 1,000, so 1,000 customers, less what 50 replications know of the spread.
        let wide = share(0.5, 0.25 / 1_000.0, rests, sure);
        let surer = libm::pow(1.959_964 / 2.009_575, 2.0);
        let expected = binomial(500.0 * surer, 1_000.0 * surer, 0.95);
        assert!((wide.low - expected.low).abs() < 1e-5 && (wide.high - expected.high).abs() < 1e-5);
        // Less spread than independent customers have is luck.
        assert_eq!(share(0.5, 1e-12, rests, sure), binomial(2_500.0, 5_000.0, 0.95));
        let alone = Rests { independent: true, ..rests };
        assert_eq!(share(0.998, 0.5, alone, sure), binomial(0.998 * 5_000.0, 5_000.0, 0.95));
    }

    #[test]
    fn a_share_of_which_nothing_was_seen_is_bounded_by_replications_where_customers_are_alike() {
        let sure = Confidence::new(0.95, 20);
        let rests = Rests { customers: 2_000.0, independent: false };
        assert_eq!(share(1.0, 0.0, rests, sure), binomial(20.0, 20.0, 0.95));
        assert_eq!(share(1.0, 0.0, Rests { independent: true, ..rests }, sure), binomial(2_000.0, 2_000.0, 0.95));
    }

    #[test]
    fn where_nothing_was_seen_three_more_are_allowed_for() {
        let sure = Confidence::new(0.95, 20);
        let Ends { low, high } = sure.about(0.0, libm::sqrt(sure.unseen(1.0)));
        assert!((high - 3.394_757).abs() < 1e-5 && low == -high, "{high}");
        assert_eq!(Confidence::new(0.95, 1).student, 0.0);
    }

    #[test]
    fn a_bootstrap_of_even_numbers_is_like_students_and_of_skewed_ones_leans() {
        let sure = Confidence::new(0.95, 40);
        let even: Vec<f64> = (0..40).map(|i| f64::from(i) - 19.5).collect();
        let ends = bootstrap_t(&even, sure).unwrap();
        let plain = super::super::estimate::Estimate::of(&even.iter().copied().collect(), 0.95);
        assert!((ends.low / plain.low - 1.0).abs() < 0.15 && (ends.high / plain.high - 1.0).abs() < 0.15, "{ends:?}");
        let skewed: Vec<f64> = (1..=40).map(|i| libm::pow(f64::from(i) / 40.0, 12.0)).collect();
        let (mean, _) = mean_and_error(skewed.iter().copied()).unwrap();
        let ends = bootstrap_t(&skewed, sure).unwrap();
        assert!(ends.high - mean > 1.3 * (mean - ends.low), "{ends:?}");
        assert_eq!(bootstrap_t(&[1.0], sure), None);
        assert_eq!(bootstrap_t(&[2.0, 2.0], sure), Some(Ends { low: 2.0, high: 2.0 }));
    }

    proptest! {
        #[test]
        fn intervals_stay_where_shares_are(
            mean in 0.0..=1.0_f64, variance in 0.0..0.3_f64, replications in 2_u64..300, agents in 1.0..1e6_f64,
            independent in any::<bool>(),
        ) {
            let sure = Confidence::new(0.95, replications);
            let rests = Rests { customers: agents * replications as f64, independent };
            let Ends { low, high } = share(mean, variance, rests, sure);
            prop_assert!(0.0 <= low && low <= mean && mean <= high && high <= 1.0 && low < high, "{low} {mean} {high}");
            let Ends { low, high } = mean_of_shares(mean, libm::sqrt(variance), sure);
            prop_assert!(0.0 <= low && low <= mean + 1e-12 && mean <= high + 1e-12 && high <= 1.0);
        }
    }
}
