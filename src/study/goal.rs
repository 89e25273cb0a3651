//! Targets as the user wrote them: what a roadmap has to reach.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::Whole;

/// A bound on a metric, and what to do where it is missed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"metric": "retention", "period": 24, "at_least": 0.7}))]
pub struct Target {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// The metric, as `summary.json` names it: `retention`, `npv`, `revenue`, `lines.NAME`, `outcomes.NAME`, `customers.STAGE`.
    #[schemars(example = &"retention")]
    pub metric: String,
    /// The segment; all customers by default.
    #[serde(default)]
    pub segment: Option<String>,
    /// The period at whose end it is judged: a state as it is then, a flow summed up to then. The horizon by default.
    #[serde(default)]
    pub period: Option<Whole>,
    /// The metric must be this or more.
    #[serde(default)]
    #[schemars(example = 0.7)]
    pub at_least: Option<f64>,
    /// The metric must be this or less.
    #[serde(default)]
    #[schemars(example = 0.9)]
    pub at_most: Option<f64>,
    /// Whether the bound is for the difference from the baseline instead of the level.
    #[serde(default)]
    #[schemars(example = true)]
    pub against_baseline: bool,
    /// Whether the bound is for that difference as a share of the baseline: 0.05 is 5 % more than the baseline has.
    #[serde(default)]
    #[schemars(example = true)]
    pub relative_to_baseline: bool,
    /// What to do where it is missed, in the author's words.
    #[serde(default, rename = "else")]
    #[schemars(example = &"Stop after the first stage.")]
    pub otherwise: Option<String>,
}
