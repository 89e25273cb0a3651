//! The roadmap as the user wrote it: changes, initiatives, scenarios.

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
}

/// A project of the roadmap.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Initiative {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is, in a few sentences, for the report.
    #[serde(default)]
    pub description: Option<String>,
    /// The promise to customers that it serves.
    #[serde(default)]
    pub pillar: Option<String>,
    /// What it costs the whole business.
    #[serde(default)]
    pub cost: Cost,
    /// Periods from its start to go-live: cost runs, effect does not.
    #[serde(default = "none")]
    pub build: Whole,
    /// Periods from go-live to full effect; the effect grows evenly.
    #[serde(default = "none")]
    pub ramp: Whole,
    /// What it changes, in full effect; `from` and `until` narrow the periods further.
    #[serde(default)]
    pub effects: Vec<Change>,
}

/// What an initiative costs the whole business.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Money paid once, in the period it starts in.
    #[serde(default)]
    pub once: Option<Number>,
    /// Money paid in every period from its start on.
    #[serde(default)]
    pub per_period: Option<Number>,
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
    /// The scenario that this one starts from: its initiatives and changes hold here too.
    #[serde(default)]
    pub extends: Option<String>,
    /// The initiatives and the period each one starts in.
    #[serde(default)]
    pub initiatives: IndexMap<String, Whole>,
    /// Further changes.
    #[serde(default)]
    pub changes: Vec<Change>,
}

fn none() -> Whole {
    Whole(0)
}
