//! Rivals and wallets as the user wrote them: what customers could have instead, and how they share what they buy.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::Number;

/// Somebody else from whom customers buy what the company sells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rival {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// Its weight among rivals; those that are there at the start weigh 1 together, whatever their weights sum to.
    #[schemars(example = 0.8)]
    pub share: Number,
    /// How much harder it pulls than at the start, in log-odds; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub pull: Option<Number>,
    /// The period in which it enters, rounded; by default it is there at the start.
    #[serde(default)]
    #[schemars(example = "triangular(6, 12, 24)")]
    pub enters: Option<Number>,
}

/// How customers in a stage share what they buy between the company and its rivals.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"share": 0.45, "spread": 1.3}))]
pub struct Wallet {
    /// The company's mean share of what they buy, where rivals pull as at the start.
    #[schemars(example = 0.45)]
    pub share: Number,
    /// How alike customers are in that (the sum of the two parameters of a beta distribution); all are alike by default.
    #[serde(default)]
    #[schemars(example = 1.3)]
    pub spread: Option<f64>,
    /// Log-odds per unit of satisfaction, a state or a trait above its neutral value, or for those in a class.
    #[serde(default)]
    pub drivers: IndexMap<String, Number>,
}
