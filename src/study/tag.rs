//! Tags as the user wrote them: classes that customers fall into as they change.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Whole};

/// Classes that customers fall into by a number that they carry, such as tiers by value or phases by tenure.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is read from: a state, a trait, `"channel"` (the last one tried), `"satisfaction"`, `"tenure"` or `"periods_in_stage"`.
    #[schemars(example = &"tenure")]
    pub on: String,
    /// The classes, each with the value from which on it holds, in rising order; who is below the first is in the first.
    #[schemars(example = serde_json::json!({"bronze": 0, "silver": 15, "gold": 60}))]
    pub bands: IndexMap<String, f64>,
    /// After how many of a customer's periods it is read again; 1 by default.
    #[serde(default)]
    #[schemars(example = 3)]
    pub every: Option<Whole>,
    /// Whether what customers do is counted by class too: who stays, purchases, money spent on them, and touchpoints.
    #[serde(default)]
    #[schemars(example = true)]
    pub cut: Option<bool>,
}

/// A row of a service model: whom it is for, and how often they are met.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"where": {"tier": ["gold"]}, "every": 1}))]
pub struct Row {
    /// The classes of tags, the segments and the stages that it is for; everybody by default.
    #[serde(default, rename = "where")]
    pub whom: IndexMap<String, Vec<String>>,
    /// The mean number per customer and period (Poisson).
    #[serde(default)]
    #[schemars(example = 0.3)]
    pub rate: Option<Number>,
    /// The chance that it happens: once a period, or in each turn of `every`.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub chance: Option<Number>,
    /// It happens every so many of a customer's periods.
    #[serde(default)]
    #[schemars(example = 3)]
    pub every: Option<Whole>,
    /// The channels among which these choose; those of the touchpoint by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = serde_json::json!(["key_account"]))]
    pub channels: Vec<String>,
}
