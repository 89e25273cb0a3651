//! Channels as the user wrote them: where touchpoints happen, with which people and hours, and where customers turn next.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Spread};
use super::touchpoint::Tells;

/// Where touchpoints happen: a phone line, a chat, a bot, a public wall.
///
/// Nobody waits in a channel without `staff`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// What it weighs where customers choose among channels, as a logarithm; 0 by default.
    #[serde(default)]
    #[schemars(example = 1.5)]
    pub appeal: Option<Number>,
    /// Log-odds to choose it per unit of satisfaction, a state or a trait above its neutral value, or for those in a class.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"age": 0.03}))]
    pub drivers: IndexMap<String, Number>,
    /// Log-odds lost per minute of the mean wait of the period before; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub shuns: Option<Number>,
    /// People at work while it is open, a mean. Nobody waits where it is left out.
    #[serde(default)]
    #[schemars(example = 14)]
    pub staff: Option<Number>,
    /// Open hours in a period; all of it by default.
    #[serde(default)]
    #[schemars(example = 170.0)]
    pub hours: Option<f64>,
    /// The share of contacts that come while it is open; others are given up at once. 1 by default.
    #[serde(default)]
    #[schemars(example = 0.9)]
    pub open: Option<Number>,
    /// Parts of the open hours with staff of their own, instead of `staff`; shares and hours sum up.
    #[serde(default)]
    pub peaks: Vec<Peak>,
    /// Mean minutes of work that a contact takes.
    #[serde(default)]
    #[schemars(example = 6)]
    pub handle: Option<Number>,
    /// The squared coefficient of variation of that: 1, the default, is exponential, 0 always the same.
    #[serde(default)]
    #[schemars(example = 1.0)]
    pub variability: Option<Number>,
    /// Mean minutes until people give up; a period of open hours by default.
    #[serde(default)]
    #[schemars(example = 2)]
    pub patience: Option<Number>,
    /// Who goes first: classes of tags, segments and stages.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"tier": ["gold"]}))]
    pub priority: IndexMap<String, Vec<String>>,
    /// The minutes within which a contact counts as answered in time; 20 seconds by default.
    #[serde(default)]
    #[schemars(example = 1.0)]
    pub within: Option<f64>,
    /// What the channel should hold to; how many people that takes is told.
    #[serde(default)]
    pub goal: Option<Goal>,
    /// The chance that a contact here settles the matter; 1 by default.
    #[serde(default)]
    #[schemars(example = 0.86)]
    pub solves: Option<Number>,
    /// Where people turn after giving up, with chances; the rest let it be.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"chat": 0.5}))]
    pub switch: IndexMap<String, Number>,
    /// Where they turn after a contact that did not settle it, with chances.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"phone": 0.8}))]
    pub again: IndexMap<String, Number>,
    /// The chance that a customer is recognised here; 1 by default.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub recognises: Option<Number>,
    /// The chance that what was said before has come along, where a customer is recognised; 1 by default.
    #[serde(default)]
    #[schemars(example = 0.6)]
    pub carries: Option<Number>,
    /// What being recognised changes.
    #[serde(default)]
    pub known: Option<Changed>,
    /// What having to say everything again changes.
    #[serde(default)]
    pub lost: Option<Changed>,
    /// The quality lost per minute waited; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.02)]
    pub wait_effort: Option<Number>,
    /// The quality lost per attempt after the first; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.05)]
    pub attempt_effort: Option<Number>,
    /// What giving up is like, from 0 to 1; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub given_up: Option<Spread>,
    /// What others hear of every contact tried here, as on a public wall.
    #[serde(default)]
    pub tells: Option<Tells>,
    /// What a contact handled here costs, besides the people.
    #[serde(default)]
    #[schemars(example = 0.4)]
    pub cost: Option<Number>,
    /// What a person costs a period who is there throughout the open hours.
    #[serde(default)]
    #[schemars(example = 4_300)]
    pub staff_cost: Option<Number>,
    /// How load and lost context change the people, and what that changes.
    #[serde(default)]
    pub team: Option<Team>,
    /// How the people learn.
    #[serde(default)]
    pub practice: Option<Practice>,
}

/// A part of the open hours with staff of its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"share": 0.45, "hours": 40, "staff": 18}))]
pub struct Peak {
    /// The share of contacts that come then.
    #[schemars(example = 0.45)]
    pub share: f64,
    /// Its hours in a period.
    #[schemars(example = 40.0)]
    pub hours: f64,
    /// People at work then, a mean.
    #[schemars(example = 18)]
    pub staff: Number,
}

/// What a channel should hold to: exactly one of `wait`, `answered` and `given_up`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"answered": 0.8}))]
pub struct Goal {
    /// The mean minutes that people wait at most.
    #[serde(default)]
    #[schemars(example = 1.0)]
    pub wait: Option<f64>,
    /// The share of contacts that is answered in time (`within`) at least.
    #[serde(default)]
    #[schemars(example = 0.8)]
    pub answered: Option<f64>,
    /// The share that gives up at most.
    #[serde(default)]
    #[schemars(example = 0.03)]
    pub given_up: Option<f64>,
}

/// What something about a contact changes in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"effort": 0.1, "handle": 0.25, "solves": 0.7}))]
pub struct Changed {
    /// Added to the quality.
    #[serde(default)]
    #[schemars(example = 0.05)]
    pub quality: Option<Number>,
    /// Added to the trouble.
    #[serde(default)]
    #[schemars(example = 0.1)]
    pub effort: Option<Number>,
    /// The share by which the contact takes longer.
    #[serde(default)]
    #[schemars(example = 0.25)]
    pub handle: Option<Number>,
    /// Multiplies the odds that it settles the matter.
    #[serde(default)]
    #[schemars(example = 0.7)]
    pub solves: Option<Number>,
}

/// How load and lost context change the people, and what that changes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"start": 0.7, "pace": 0.1, "comfortable": 0.85, "strain": 2.0, "quality": 0.2}))]
pub struct Team {
    /// Their spirits at the start, from 0 to 1.
    #[schemars(example = 0.7)]
    pub start: Number,
    /// The share of the way that they move in a period.
    #[schemars(example = 0.1)]
    pub pace: Number,
    /// The utilisation up to which nothing strains them.
    #[schemars(example = 0.85)]
    pub comfortable: Number,
    /// The spirits lost per unit of utilisation above that.
    #[schemars(example = 2.0)]
    pub strain: Number,
    /// The spirits lost where all contacts have lost their context; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub frustration: Option<Number>,
    /// The quality gained per unit of spirits above the start; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub quality: Option<Number>,
    /// The log of the minutes of a contact, per unit of spirits above the start; 0 by default.
    #[serde(default)]
    #[schemars(example = -0.3)]
    pub handle: Option<Number>,
    /// The log-odds to settle the matter, per unit of spirits above the start; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.8)]
    pub solves: Option<Number>,
}

/// How people learn: minutes and the odds of not settling a matter are multiplied by (1 + contacts so far / volume)^(-exponent).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"volume": 20_000, "exponent": 0.322}))]
pub struct Practice {
    /// The contacts that they have handled before the start, above 0.
    #[schemars(example = 20_000)]
    pub volume: Number,
    /// How fast they learn: 0.322 is the curve on which each doubling saves a fifth.
    #[schemars(example = 0.322)]
    pub exponent: Number,
}
