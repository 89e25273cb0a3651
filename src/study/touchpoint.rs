//! Touchpoints as the user wrote them: what happens between a customer and the company, how it turns out, what follows.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Spread, Whole};
use super::tag::Row;

/// Something that happens between a customer and the company: a delivery, a call, a complaint, an offer.
///
/// It has exactly one of `rate`, `every`, `on` and `plan`, or `chance` alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Touchpoint {
    /// Its name as people say it; by default the key.
    #[serde(default)]
    pub title: Option<String>,
    /// The stages in which it happens; by default all that something leads out of.
    #[serde(default, rename = "in")]
    #[schemars(example = serde_json::json!(["active"]))]
    pub stages: Vec<String>,
    /// Whom it is for: classes of tags, segments; everybody by default.
    #[serde(default, rename = "where")]
    #[schemars(example = serde_json::json!({"tier": ["gold"], "segment": ["families"]}))]
    pub whom: IndexMap<String, Vec<String>>,
    /// The mean number per customer and period (Poisson): one for all stages, or by stage.
    #[serde(default)]
    pub rate: Option<ByStage>,
    /// The chance that it happens: once a period, or each time of `every` or `on`; one for all stages, or by stage.
    #[serde(default)]
    pub chance: Option<ByStage>,
    /// It happens every so many of a customer's periods; each customer has a turn of their own.
    #[serde(default)]
    #[schemars(example = 3)]
    pub every: Option<Whole>,
    /// A service model: the first row that fits a customer says how often they are met; whom none fits never is.
    #[serde(default)]
    pub plan: Vec<Row>,
    /// What brings it about: `"purchase"`, `"entry"` into a stage, another touchpoint, or one way in which that ends, such as
    /// `"delivery.late"`; or what others tell, such as `"heard.posts"`.
    #[serde(default)]
    #[schemars(example = &"purchase")]
    pub on: Option<String>,
    /// Log rate, or log-odds of the chance, per unit of satisfaction, a state or a trait above its neutral value, or for those
    /// in a class, `"tier.gold"`.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"satisfaction": -1.5}))]
    pub drivers: IndexMap<String, Number>,
    /// What it is like, from 0 to 1; nothing is felt by default.
    #[serde(default)]
    #[schemars(example = "normal(0.74, 0.12)")]
    pub quality: Option<Spread>,
    /// The quality that is lost to trouble; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.05)]
    pub effort: Option<Number>,
    /// By how much it moves customers, as a multiple of a period in a stage; 1 by default.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub importance: Option<Number>,
    /// How its weight depends on when it comes; it always weighs the same by default.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// The quality that it makes people expect.
    #[serde(default)]
    #[schemars(example = 0.8)]
    pub promise: Option<Number>,
    /// The days until it comes, where it follows another touchpoint.
    #[serde(default)]
    #[schemars(example = "lognormal(median=1.5, sigma=1)")]
    pub answer: Option<Spread>,
    /// The days after which half of the importance of an answer is gone.
    #[serde(default)]
    #[schemars(example = 8)]
    pub fades: Option<Number>,
    /// The channels among which customers choose; it needs none by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = serde_json::json!(["phone", "chat"]))]
    pub channels: Vec<String>,
    /// Amounts each time, by ledger line or outcome.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"delivery_cost": 4.2}))]
    pub values: IndexMap<String, Number>,
    /// The minutes of work that it takes each time.
    #[serde(default)]
    #[schemars(example = 6)]
    pub minutes: Option<Number>,
    /// What others hear of it.
    #[serde(default)]
    pub tells: Option<Tells>,
    /// Where it takes people, with its chance, from whichever stage they are in.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"trial": 0.2}))]
    pub to: IndexMap<String, Way>,
    /// How else it can end, with its chance; what an end does not say is as the touchpoint says it.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"late": {"chance": 0.06, "quality": 0.3}}))]
    pub ends: IndexMap<String, End>,
}

/// A number for all stages, or one by stage.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 0.3, example = serde_json::json!({"active": 0.3, "at_risk": 0.6}))]
pub enum ByStage {
    /// The same in all stages.
    One(Number),
    /// One by stage; it does not happen in others.
    Each(IndexMap<String, Number>),
}

/// How the weight of a touchpoint depends on when it comes: `miss + (1 - miss) exp(-((k - best) / width)² / 2)` in the k-th
/// period in the stage.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"best": 3, "width": 1, "miss": -0.4}))]
pub struct Timing {
    /// The period in the stage in which it weighs most, counted from 1.
    pub best: Number,
    /// How many periods early or late still do, above 0.
    pub width: Number,
    /// What it weighs far from there; below 0 it undoes what states add.
    pub miss: Number,
}

/// Where a touchpoint takes people.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 0.2, example = serde_json::json!({"chance": 0.2, "drivers": {"fit": 1.0}}))]
pub enum Way {
    /// The same chance for all.
    Chance(Number),
    /// A chance that drivers bend.
    Driven(Driven),
}

/// A chance that drivers bend.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Driven {
    /// The chance.
    #[schemars(example = 0.2)]
    pub chance: Number,
    /// Log-odds per unit of satisfaction, a state or a trait above its neutral value, or for those in a class.
    #[serde(default)]
    pub drivers: IndexMap<String, Number>,
}

/// How a touchpoint can end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"chance": 0.06, "quality": 0.3}))]
pub struct End {
    /// The chance that it ends so; what all of them leave over ends as the touchpoint itself says.
    #[schemars(example = 0.06)]
    pub chance: Number,
    /// Log-odds per unit of satisfaction, a state or a trait above its neutral value, or for those in a class.
    #[serde(default)]
    pub drivers: IndexMap<String, Number>,
    /// What it is like then.
    #[serde(default)]
    pub quality: Option<Spread>,
    /// The quality that is lost to trouble then.
    #[serde(default)]
    pub effort: Option<Number>,
    /// By how much it moves customers then.
    #[serde(default)]
    pub importance: Option<Number>,
    /// The quality that it makes people expect then.
    #[serde(default)]
    pub promise: Option<Number>,
    /// Amounts each time, by ledger line or outcome, beside or instead of those of the touchpoint.
    #[serde(default)]
    pub values: IndexMap<String, Number>,
    /// The minutes of work that it takes then, instead of those of the touchpoint.
    #[serde(default)]
    pub minutes: Option<Number>,
    /// What others hear of it then.
    #[serde(default)]
    pub tells: Option<Tells>,
    /// Where it takes people then, with its chance.
    #[serde(default)]
    pub to: IndexMap<String, Way>,
}

/// What others hear of a touchpoint, one period later: `on = "heard.posts"` is hearing it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"as": "posts", "reach": "followers", "in_market": 0.01}))]
pub struct Tells {
    /// What it is called where it is heard.
    #[serde(rename = "as")]
    #[schemars(example = &"posts")]
    pub name: String,
    /// How many people hear it: a number, or the name of a trait that the teller carries.
    #[schemars(example = 5, example = &"followers")]
    pub reach: Number,
    /// The share of them who are customers or prospects here.
    #[schemars(example = 0.01)]
    pub in_market: Number,
}
