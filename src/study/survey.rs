//! Surveys and pillars as the user wrote them: what the company measures, and what it has promised never to do.
//!
//! Neither changes anything in customers' lives.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Whole};

/// A survey: whom the company asks, how often, what they answer by, and who answers at all.
///
/// Scores are detractors, passives and promoters; what the dashboard shows runs from −100 to 100.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// After how many periods of the study customers are asked again; 1 by default. The first wave is at the end of so many.
    #[serde(default)]
    #[schemars(example = 3)]
    pub every: Option<Whole>,
    /// The touchpoint, or one of its ends, that customers must have met in the period; all are asked by default.
    #[serde(default)]
    #[schemars(example = &"delivery")]
    pub on: Option<String>,
    /// How many real people are asked in a wave; all who may be where they are fewer.
    #[schemars(example = 2000)]
    pub sample: Whole,
    /// The stages whose customers are asked; by default those that are retained.
    #[serde(default, rename = "in")]
    #[schemars(example = serde_json::json!(["active"]))]
    pub stages: Vec<String>,
    /// What people answer by: satisfaction, a state or a trait.
    #[schemars(example = &"satisfaction")]
    pub reads: String,
    /// By how much a unit of that moves the answer, in log-odds.
    #[schemars(example = 7.0)]
    pub slope: Number,
    /// Where detractors end, and where promoters begin, on the scale of `slope` times what is read.
    #[schemars(example = serde_json::json!([4.0, 5.4]))]
    pub cuts: Vec<Number>,
    /// Who answers; everybody by default.
    #[serde(default)]
    pub response: Option<Answering>,
}

/// Who of those asked answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"chance": 0.12, "strong": 6.0}))]
pub struct Answering {
    /// The chance to answer of those who feel neither good nor bad.
    #[schemars(example = 0.12)]
    pub chance: Number,
    /// By how much those who feel strongly answer more, in log-odds per unit away from neutral; 0 by default.
    #[serde(default)]
    #[schemars(example = 6.0)]
    pub strong: Option<Number>,
    /// By how much a reward raises the answering, in log-odds; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.3)]
    pub incentive: Option<Number>,
    /// Log-odds per unit of satisfaction, a state or a trait above its neutral value.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"commitment": 1.0}))]
    pub drivers: IndexMap<String, Number>,
}

/// A pillar: what the company has promised never to do. Breaches are counted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"on": "post", "never": {"without": "reply", "within": 2}}))]
pub struct Pillar {
    /// The promise as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// The touchpoint, or one of its ends, at which it holds or breaks.
    #[schemars(example = &"post")]
    pub on: String,
    /// What breaks it.
    pub never: Never,
}

/// What breaks a pillar: exactly one of `end`, `without`, `short_by`, `wait_over`, `attempts_over` and `context_lost`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"without": "reply", "within": 2}))]
pub struct Never {
    /// An end of the touchpoint that must not come.
    #[serde(default)]
    #[schemars(example = &"late")]
    pub end: Option<String>,
    /// The touchpoint that has to follow.
    #[serde(default)]
    #[schemars(example = &"reply")]
    pub without: Option<String>,
    /// The days within which that has to come; however long by default.
    #[serde(default)]
    #[schemars(example = 2.0)]
    pub within: Option<f64>,
    /// By how much quality may fall short of what was expected at most.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub short_by: Option<f64>,
    /// The minutes that nobody should wait longer than in a channel.
    #[serde(default)]
    #[schemars(example = 5.0)]
    pub wait_over: Option<f64>,
    /// The attempts that nobody should need more than.
    #[serde(default)]
    #[schemars(example = 2)]
    pub attempts_over: Option<Whole>,
    /// Whether it breaks where people have to say again what they said before.
    #[serde(default)]
    #[schemars(example = true)]
    pub context_lost: Option<bool>,
}
