//! Targets in the model: a bound on a metric that results are held against.

use crate::quantity::SegmentId;

use super::metric::Metric;

/// What of a metric a bound is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The metric itself.
    Level,
    /// Its difference from the baseline.
    Difference,
    /// Its difference from the baseline, as a share of the size of the baseline.
    Share,
}

impl Asked {
    /// Whether the baseline comes into it; then the baseline itself is not judged.
    pub fn is_against_baseline(self) -> bool {
        self != Self::Level
    }
}

/// A bound on a metric.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it; its name in the study by default.
    pub title: String,
    /// The metric.
    pub metric: Metric,
    /// The segment; none for all customers.
    pub segment: Option<SegmentId>,
    /// The period at whose end it is judged.
    pub period: u32,
    /// Whether the bound is a floor; a ceiling otherwise.
    pub at_least: bool,
    /// The bound.
    pub bound: f64,
    /// What the bound is a bound on.
    pub asked: Asked,
    /// What to do where it is missed, in the author's words; may be empty.
    pub otherwise: String,
}
