//! The world around the company as the user wrote it: shocks, seasons and trends, and what moves together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Whole};
use super::roadmap::Change;

/// Something that happens to the company: the same in every scenario of a replication.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shock {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// The period in which it comes; an uncertain one is drawn once per replication and rounded.
    #[serde(default)]
    #[schemars(example = 6)]
    pub period: Option<Number>,
    /// The chance per period that it comes, again and again, instead of a `period`.
    #[serde(default)]
    #[schemars(example = 0.02)]
    pub hazard: Option<Number>,
    /// Periods after which half of it has been got over; it stays by default.
    #[serde(default)]
    #[schemars(example = 12)]
    pub half_life: Option<Number>,
    /// Periods over which it grows to its full size; at once by default.
    #[serde(default = "at_once")]
    #[schemars(example = 3)]
    pub onset: Whole,
    /// What it changes; an uncertain amount is drawn anew each time that it comes.
    pub effects: Vec<Change>,
}

/// How a number goes over time by itself: a season, a trend, or both.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"target": "stages.active.purchases.rate", "trend": 0.02}))]
pub struct OverTime {
    /// The parameter path; `*` stands for any one name.
    #[schemars(example = &"stages.*.purchases.rate")]
    pub target: String,
    /// Twelve factors, January first, that a number is multiplied by; of a chance, its odds.
    #[serde(default)]
    #[schemars(example = [0.9, 0.9, 1.0, 1.0, 1.1, 1.0, 0.9, 0.9, 1.0, 1.0, 1.1, 1.2])]
    pub season: Option<Vec<f64>>,
    /// The growth per year, such as 0.02; of a chance, that of its odds.
    #[serde(default)]
    #[schemars(example = 0.02)]
    pub trend: Option<Number>,
}

/// Uncertain numbers that are drawn together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"paths": ["stages.active.to.lapsed", "stages.active.to.churned"], "rank": 0.6}))]
pub struct Correlated {
    /// Where the numbers are written.
    pub paths: Vec<String>,
    /// The rank correlation (Spearman's) of each pair of them, between -1 and 1.
    #[schemars(example = 0.6)]
    pub rank: f64,
}

fn at_once() -> Whole {
    Whole(0)
}
