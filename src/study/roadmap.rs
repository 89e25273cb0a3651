//! The roadmap as the user wrote it: changes, scenarios, contingency rules.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Whole};

/// A change: one target, one operation, and the periods in which it holds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"target": "stages.active.to.churned", "odds": 0.8}))]
pub struct Change {
    /// The parameter path that is changed; `*` stands for any one name.
    #[schemars(example = "stages.active.to.churned")]
    pub target: String,
    /// Puts this number in its place.
    #[serde(default)]
    pub set: Option<Number>,
    /// Adds this number.
    #[serde(default)]
    pub add: Option<Number>,
    /// Multiplies by this number.
    #[serde(default)]
    pub times: Option<Number>,
    /// Multiplies the odds p / (1 - p) of a chance; cannot leave [0, 1].
    #[serde(default)]
    pub odds: Option<Number>,
    /// Multiplies the hazard of a chance: 1 - (1 - p)^amount; cannot leave [0, 1].
    #[serde(default)]
    pub hazard: Option<Number>,
    /// The first period in which it holds; from the start by default.
    #[serde(default)]
    pub from: Option<Whole>,
    /// The last period in which it holds; to the end by default.
    #[serde(default)]
    pub until: Option<Whole>,
    /// The segments whose customers it reaches; all by default.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["families"]))]
    pub segments: Option<Vec<String>>,
}

/// A scenario: which initiatives start when, and what else is different.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is, in a few sentences, for the report.
    #[serde(default)]
    pub description: Option<String>,
    /// The scenario that this one starts from: its initiatives, changes and rules hold here too.
    #[serde(default)]
    pub extends: Option<String>,
    /// The initiatives and the period each one starts in.
    #[serde(default)]
    pub initiatives: IndexMap<String, Whole>,
    /// Further changes.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// Contingency rules: what is done when a metric passes a bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Contingency>,
}

/// A contingency rule: decided within the run, on what the company would see.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"when": {"metric": "retention", "below": 0.8, "from": 6}, "then": {"initiatives": ["win_back"]}}))]
pub struct Contingency {
    /// What is watched.
    pub when: Condition,
    /// What is done from the next period on; nothing where it is empty.
    #[serde(default)]
    pub then: Response,
    /// Periods after which it is looked at again once it has acted; it acts once by default.
    #[serde(default)]
    #[schemars(example = 6)]
    pub again_after: Option<Whole>,
}

/// A condition on a metric of the whole business, looked at when a period has ended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"metric": "retention", "below": 0.8}))]
pub struct Condition {
    /// The metric: `retention`, `active_customers`, `churned`, `purchases`, `revenue`, `margin`, `cost`, `cash_flow`,
    /// `satisfaction`, `customers.STAGE`, `touchpoints.NAME`, `surveys.NAME` or `pillars.NAME`.
    #[schemars(example = &"retention")]
    pub metric: String,
    /// Act when the metric is below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// Act when the metric is above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// The first period that is looked at; 1 by default.
    #[serde(default)]
    pub from: Option<Whole>,
    /// The last period that is looked at; the horizon by default.
    #[serde(default)]
    pub by: Option<Whole>,
    /// Periods by which the company sees it late; 0 by default.
    #[serde(default)]
    #[schemars(example = 1)]
    pub delay: Option<Whole>,
}

/// What a contingency rule does.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The initiatives that start in the next period.
    #[serde(default)]
    pub initiatives: Vec<String>,
    /// The initiatives that stop: the period before is their last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// The changes that are in force from the next period on.
    #[serde(default)]
    pub changes: Vec<Change>,
}
