//! An estimate is a number that travels with its doubt.

use schemars::JsonSchema;
use serde::Serialize;

use super::interval::Ends;
use super::moments::Moments;
use super::special::student_t_quantile;

/// A mean over replications with its standard error and interval.
///
/// All four are in the unit of the quantity. Where nothing is known of the error, as with a single replication,
/// `standard_error` is absent, and `low` and `high` equal the mean; outputs then have no interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, JsonSchema, Serialize)]
#[serde(into = "Written")]
pub struct Estimate {
    /// The mean over replications.
    pub mean: f64,
    /// The standard error of the mean.
    pub standard_error: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// An estimate as it is written: an interval that is not known is absent.
#[derive(JsonSchema, Serialize)]
struct Written {
    /// The mean over replications.
    mean: f64,
    /// The standard error of the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<f64>,
    /// The lower end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The upper end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
}

impl From<Estimate> for Written {
    fn from(estimate: Estimate) -> Self {
        let (low, high) = estimate.ends().map(|ends| (ends.low, ends.high)).unzip();
        Self { mean: estimate.mean, standard_error: estimate.standard_error, low, high }
    }
}

impl Estimate {
    /// A mean of whose error nothing is known.
    pub fn unknown(mean: f64) -> Self {
        Self { mean, standard_error: None, low: mean, high: mean }
    }

    /// A mean that is known exactly.
    pub fn known(mean: f64) -> Self {
        Self { mean, standard_error: Some(0.0), low: mean, high: mean }
    }

    /// A mean with its standard error, and an interval that was made otherwise.
    pub fn between(mean: f64, standard_error: f64, ends: Ends) -> Self {
        Self { mean, standard_error: Some(standard_error), low: ends.low, high: ends.high }
    }

    /// The ends of the interval; none where nothing is known of the error.
    pub fn ends(&self) -> Option<Ends> {
        self.standard_error.map(|_| Ends { low: self.low, high: self.high })
    }

    /// Half the width of the interval, in the unit of the quantity; 0 where nothing is known of the error.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

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
            return Self::unknown(mean);
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
