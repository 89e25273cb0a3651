//! States as the user wrote them: numbers that customers carry, and what moves each.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Spread};

/// A number that a customer carries from period to period, such as trust, fatigue or readiness, and all that moves it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// The spread at entry; by default everybody starts at rest.
    #[serde(default)]
    #[schemars(example = "normal(0.5, 0.1)")]
    pub start: Option<Spread>,
    /// The two numbers between which it is held, the lower one first.
    #[serde(default = "unit")]
    #[schemars(example = [0, 10])]
    pub range: Vec<f64>,
    /// Where drivers have no effect, within the range.
    #[serde(default)]
    pub neutral: f64,
    /// What it forgets towards, within the range; by default where it is neutral.
    #[serde(default)]
    pub rest: Option<Number>,
    /// The periods in which half of the distance to rest is gone; by default nothing is forgotten.
    #[serde(default)]
    #[schemars(example = 6)]
    pub half_life: Option<HalfLife>,
    /// The signal that it moves towards in every period.
    #[serde(default)]
    #[schemars(example = &"quality")]
    pub follows: Option<String>,
    /// The share of the way towards the signal that it goes in a period, where that leads up.
    #[serde(default)]
    #[schemars(example = 0.1)]
    pub rise: Option<Number>,
    /// The same where it leads down; by default the same share.
    #[serde(default)]
    pub fall: Option<Number>,
    /// The signal of which it keeps the value that lies farthest from neutral.
    #[serde(default)]
    #[schemars(example = &"quality")]
    pub peak: Option<String>,
    /// What each signal adds in a period, per unit of the signal.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"purchases": 1}))]
    pub adds: IndexMap<String, Number>,
    /// The weights of other states of which it is the sum; then it has no life of its own.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"peak": 0.5, "last": 0.5}))]
    pub blend: IndexMap<String, f64>,
}

/// A half-life in periods, the same on both sides of rest or one for each.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 6)]
pub enum HalfLife {
    /// The same on both sides.
    Both(Number),
    /// One for each side.
    Sides(HalfLives),
}

/// A half-life for each side of rest, in periods.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HalfLives {
    /// Above rest.
    #[schemars(example = 12)]
    pub above: Number,
    /// Below rest.
    #[schemars(example = 6)]
    pub below: Number,
}

fn unit() -> Vec<f64> {
    vec![0.0, 1.0]
}
