//! An estimate is a number that travels with its doubt.

use serde::Serialize;

use super::moments::Moments;
use super::special::student_t_quantile;

/// A mean over replications with its standard error and interval.
///
/// All four are in the unit of the quantity. With a single replication nothing
/// is known of the error: `standard_error` is absent, and `low` and `high` equal the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean over replications.
    pub mean: f64,
    /// The standard error of the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// The mean of independent replications with the interval of Student's t at `level` (0.95, say).
    pub fn of(moments: &Moments, level: f64) -> Self {
        Self::at(moments, Self::quantile(moments.count(), level))
    }

    /// The quantile of Student's t that an interval at `level` over `count` replications reaches to; 0 where one
    /// replication tells nothing. It takes longer than the rest of an estimate: many of one count share it.
    pub fn quantile(count: u64, level: f64) -> f64 {
        if count < 2 { 0.0 } else { student_t_quantile(f64::midpoint(1.0, level), count as f64 - 1.0) }
    }

    /// [`Estimate::of`] with the quantile that the interval reaches to.
    pub fn at(moments: &Moments, quantile: f64) -> Self {
        let mean = moments.mean();
        let Some(variance) = moments.variance() else {
            return Self { mean, standard_error: None, low: mean, high: mean };
        };
        Self::reaching(mean, libm::sqrt(variance / moments.count() as f64), quantile)
    }

    /// A mean with its standard error, and the interval of Student's t with these degrees of freedom.
    pub fn about(mean: f64, standard_error: f64, freedom: f64, level: f64) -> Self {
        Self::reaching(mean, standard_error, student_t_quantile(f64::midpoint(1.0, level), freedom))
    }

    fn reaching(mean: f64, standard_error: f64, quantile: f64) -> Self {
        let half = standard_error * quantile;
        Self { mean, standard_error: Some(standard_error), low: mean - half, high: mean + half }
    }
}
