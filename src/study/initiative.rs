//! An initiative as the user wrote it: what it costs, what it needs and provides, and how its effect goes in time.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Whole};
use super::roadmap::Change;
use crate::quantity::PeriodUnit;

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
    /// What it costs.
    #[serde(default)]
    pub cost: Cost,
    /// Periods from its start to go-live: cost runs, effect does not.
    #[serde(default = "none")]
    pub build: Whole,
    /// Periods by which go-live may come later than planned, drawn once per replication and rounded: `"uniform(0, 4)"`.
    #[serde(default)]
    #[schemars(example = "triangular(0, 1, 4)")]
    pub slip: Option<Number>,
    /// The chance that it works at all, taken once per replication; 1 by default. One that fails costs until go-live,
    /// disturbs, and then ends.
    #[serde(default)]
    #[schemars(example = 0.8)]
    pub success: Option<Number>,
    /// Periods from go-live to full effect, or a table with their `shape`.
    #[serde(default = "at_once")]
    pub ramp: Ramp,
    /// Periods after which half of the full effect has worn out; it lasts by default.
    #[serde(default)]
    #[schemars(example = 24)]
    pub half_life: Option<Number>,
    /// The share of the effect that rivals copy in each period after go-live; that of `[roadmap]` by default.
    #[serde(default)]
    pub catch_up: Option<Number>,
    /// The last period in which it runs: effect and running cost end after it.
    #[serde(default)]
    pub until: Option<Whole>,
    /// Periods after go-live in which a segment's wave of the rollout comes; 0 for segments not named.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(example = serde_json::json!({"young": 2}))]
    pub waves: IndexMap<String, Whole>,
    /// A temporary loss after go-live, while people learn.
    #[serde(default)]
    pub dip: Option<Dip>,
    /// The capabilities that have to be there when it starts: names, or names with levels from 0 to 1.
    #[serde(default, skip_serializing_if = "Needs::is_empty")]
    pub requires: Needs,
    /// The capabilities that are there from its go-live on: names, or names with levels from 0 to 1.
    #[serde(default, skip_serializing_if = "Needs::is_empty")]
    pub provides: Needs,
    /// What happens where a required capability is not there: the initiative waits for it, or its effect is scaled.
    #[serde(default)]
    pub gate: Option<Gate>,
    /// What it changes, in full effect; `from` and `until` narrow the periods further.
    #[serde(default)]
    pub effects: Vec<Change>,
}

/// What an initiative costs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Money paid once, in the period it starts in.
    #[serde(default)]
    pub once: Option<Number>,
    /// Money spread evenly over the periods from its start to go-live.
    #[serde(default)]
    pub build: Option<Number>,
    /// Money paid in every period from its start on.
    #[serde(default)]
    pub per_period: Option<Number>,
    /// Money per retained customer and period, from the period on in which it reaches the segment.
    #[serde(default)]
    pub per_customer: Option<Number>,
    /// Money each time that a touchpoint happens, or that it ends in a certain way, while the initiative is in use.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(example = serde_json::json!({"call": 0.4}))]
    pub per_contact: IndexMap<String, Number>,
    /// The span of time for which `per_period` and `per_customer` are declared; a period of the run by default.
    #[serde(default)]
    pub per: Option<PeriodUnit>,
}

/// How an effect grows after go-live: a number of periods, evenly, or a table with a shape.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 4)]
pub enum Ramp {
    /// Evenly over so many periods.
    Periods(Whole),
    /// With a shape.
    Shaped(ShapedRamp),
}

/// A ramp with a shape.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShapedRamp {
    /// Periods from go-live to full effect.
    #[schemars(example = 6)]
    pub periods: Whole,
    /// The shape of the growth.
    #[serde(default)]
    pub shape: RampShape,
    /// Of an adoption curve: the chance per period to adopt unprompted; 0.03 by default.
    #[serde(default)]
    pub innovation: Option<f64>,
    /// Of an adoption curve: how strongly those who have adopted draw others; 0.38 by default.
    #[serde(default)]
    pub imitation: Option<f64>,
}

/// The shape in which an effect grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RampShape {
    /// Evenly.
    #[default]
    Linear,
    /// Slowly, fast, slowly.
    Logistic,
    /// As an innovation is adopted (Bass 1969), scaled to be whole after the ramp's periods.
    Adoption,
}

/// A temporary loss after go-live, while people learn.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"periods": 3, "share": 0.2}))]
pub struct Dip {
    /// Periods from go-live until people are used to it; the loss fades evenly over them.
    #[schemars(example = 3)]
    pub periods: Whole,
    /// The loss in the first period after go-live, as a share of the full effect turned round; of the changes in
    /// `effects` where they are listed.
    #[schemars(example = 0.2)]
    pub share: Number,
    /// What suffers instead of what the initiative is to improve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Change>,
}

/// Capabilities by name: a list where they are wanted whole, or a table with levels from 0 to 1.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = serde_json::json!(["identity"]))]
pub enum Needs {
    /// Whole.
    Whole(Vec<String>),
    /// To a level.
    Levels(IndexMap<String, f64>),
}

impl Default for Needs {
    fn default() -> Self {
        Self::Whole(Vec::new())
    }
}

impl Needs {
    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.levels().is_empty()
    }

    /// The names with their levels.
    pub fn levels(&self) -> Vec<(String, f64)> {
        match self {
            Self::Whole(names) => names.iter().map(|name| (name.clone(), 1.0)).collect(),
            Self::Levels(levels) => levels.iter().map(|(name, level)| (name.clone(), *level)).collect(),
        }
    }
}

/// What happens where a required capability is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The initiative waits until it can start.
    #[default]
    Start,
    /// It starts, and its effect is scaled by the level that is there.
    Scale,
}

/// Something that the company has to be able to do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether it is people, a skill, a way of working, data or technology.
    pub kind: CapabilityKind,
    /// How much of it is in place today, from 0 to 1; 0 by default.
    #[serde(default = "nothing")]
    #[schemars(example = 0.4)]
    pub level: Number,
}

/// What a capability is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityKind {
    /// People.
    People,
    /// Something that people know how to do.
    Skill,
    /// How work is done.
    WayOfWorking,
    /// What is known.
    Data,
    /// Systems.
    Technology,
}

impl CapabilityKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Skill => "skill",
            Self::WayOfWorking => "way of working",
            Self::Data => "data",
            Self::Technology => "technology",
        }
    }
}

/// What holds for the roadmap as a whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadmapRules {
    /// How many initiatives people can get used to at a time; beyond it every dip grows in proportion.
    #[serde(default)]
    #[schemars(example = 2)]
    pub change_capacity: Option<f64>,
    /// The share of every effect that rivals copy in each period after go-live; 0 by default.
    #[serde(default)]
    pub catch_up: Option<Number>,
}

fn none() -> Whole {
    Whole(0)
}

fn nothing() -> Number {
    Number::Known(0.0)
}

fn at_once() -> Ramp {
    Ramp::Periods(Whole(0))
}
