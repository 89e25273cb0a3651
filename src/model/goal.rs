//! Targets in the model: a bound on a metric that results are held against.

use crate::quantity::SegmentId;

use super::metric::Metric;

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
    /// Whether the bound is for the difference from the baseline.
    pub against_baseline: bool,
    /// What to do where it is missed, in the author's words; may be empty.
    pub otherwise: String,
}
