//! The journey as the user wrote it: segments, stages, what leads where, what is felt and bought.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Chances, Number, Spread};
use super::rival::Wallet;
use super::roadmap::Change;
use super::state::HalfLife;
use super::value::Value;
use crate::quantity::PeriodUnit;

/// One kind of customer: how many, where they start, and how they differ from the study.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// The share of the customers at the start; all shares sum to 1.
    #[schemars(example = 0.35)]
    pub share: f64,
    /// The stages its customers start in, with their shares, which sum to 1.
    pub start: IndexMap<String, f64>,
    /// The distributions of its customers' traits.
    #[serde(default)]
    pub traits: IndexMap<String, Spread>,
    /// How this segment differs from the study; always in force.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The customers who come later.
    #[serde(default)]
    pub inflow: Option<Inflow>,
}

/// New customers of a segment, who come at the beginning of a period and live it through.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"per_period": 1200}))]
pub struct Inflow {
    /// How many real customers come in each period: a number, or a list by period, whose last number holds on.
    #[serde(default)]
    pub per_period: Option<PerPeriod>,
    /// How many come for each customer of any segment who talked one period before.
    #[serde(default)]
    pub referrals: Option<Number>,
    /// How many come for each time that somebody hears what `tells` calls so.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"praise": 0.002}))]
    pub heard: IndexMap<String, Number>,
    /// The span of time for which `per_period` and `referrals` are declared; a period of the run by default.
    #[serde(default)]
    pub per: Option<PeriodUnit>,
    /// What it costs to win one of them; booked as `acquisition`.
    #[serde(default)]
    pub cost: Option<Number>,
    /// The stages they start in, with their shares, which sum to 1; those of the segment by default.
    #[serde(default)]
    pub start: IndexMap<String, f64>,
}

/// A quantity per period: one number, or a list whose last number holds on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 1200, example = [800, 1000, 1200])]
pub enum PerPeriod {
    /// The same in every period.
    One(Number),
    /// One for each period.
    List(Vec<Number>),
}

/// A trait: a number that a customer carries for life.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    /// The distribution for segments that do not give one of their own.
    #[serde(default)]
    pub law: Option<Spread>,
    /// The value at which drivers on this trait have no effect; 0 by default.
    #[serde(default)]
    pub neutral: f64,
    /// Whether it grows by 1 each period, as an age does.
    #[serde(default)]
    pub ages: bool,
}

/// A stage of the journey.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether customers here count as retained; where no stage says so, every stage that something leads out of does.
    #[serde(default)]
    pub retained: Option<bool>,
    /// Whether customers here talk: `word_of_mouth` rises with their share of all customers.
    #[serde(default)]
    pub talks: bool,
    /// What leads out of this stage, with its chance per period; what is left over stays. Beside the stages,
    /// `effective_size` says on how many customers the chances rest: they are then uncertain together (Dirichlet).
    #[serde(default)]
    pub to: IndexMap<String, Transition>,
    /// The `effective_size` of `to`, taken out of it when a study is read.
    #[serde(skip)]
    pub effective_size: Option<Number>,
    /// What one period in this stage is like for a customer, between 0 and 1; feeds satisfaction.
    #[serde(default)]
    pub quality: Option<Spread>,
    /// What customers in this stage buy.
    #[serde(default)]
    pub purchases: Option<Purchases>,
    /// Amounts per customer and period in this stage, by ledger line or outcome.
    #[serde(default)]
    pub values: IndexMap<String, Value>,
    /// The trait that the customer's `values` are multiplied by.
    #[serde(default)]
    pub values_trait: Option<String>,
    /// Fixed amounts per customer who moves from this stage to the named one, by ledger line or outcome.
    #[serde(default)]
    pub on_move: IndexMap<String, IndexMap<String, Number>>,
}

/// What leads from one stage to another: a chance per period, or a rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Transition {
    /// A chance per period.
    Chance(Number),
    /// A rule: a chance that depends on time, on the customer, or on others.
    Rule(Box<Rule>),
}

impl Transition {
    /// Whether its chance is taken on such an occasion.
    pub fn is_on(&self, occasion: Occasion) -> bool {
        match self {
            Self::Chance(_) => occasion == Occasion::Period,
            Self::Rule(rule) => rule.on == occasion,
        }
    }
}

/// A chance that depends on time, on the customer, or on others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The chance per period: a number, an uncertain number, a list by `by`, or a CSV file.
    #[serde(default)]
    pub chance: Option<Chances>,
    /// How fast customers go this way, instead of a chance: alone, 1 - exp(-rate) of them do in one span of time.
    #[serde(default)]
    #[schemars(example = 0.15)]
    pub rate: Option<Number>,
    /// The span of time for which `rate` or `chance` is declared; a period of the run by default. Ways out of a stage that
    /// have a `rate` or `per` compete for its customers.
    #[serde(default)]
    pub per: Option<PeriodUnit>,
    /// What a listed chance is read by: `periods_in_stage`, `tenure`, `period`, or a trait that ages.
    #[serde(default)]
    pub by: Option<String>,
    /// The distribution of the time in the stage, in periods, until this move (a semi-Markov stage); `chance` is then the share of those leaving.
    #[serde(default)]
    pub sojourn: Option<Spread>,
    /// The trait that is the customer's own chance.
    #[serde(default, rename = "trait")]
    pub trait_name: Option<String>,
    /// When the chance is taken: once a period, or after each purchase.
    #[serde(default)]
    pub on: Occasion,
    /// Log-odds per unit of satisfaction, a state or a trait above its neutral value, or for those in a class, `"tier.gold"`.
    #[serde(default)]
    pub drivers: IndexMap<String, Number>,
    /// What is added to the chance, times the share of all customers in stages that talk, one period before (Bass imitation).
    #[serde(default)]
    pub word_of_mouth: Option<Number>,
}

/// When a chance is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Once a period.
    #[default]
    Period,
    /// After each purchase; several purchases take it several times.
    Purchase,
}

/// What customers in a stage buy in one period.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchases {
    /// The mean number of purchases per customer and period (Poisson).
    #[schemars(example = 1.2)]
    pub rate: Number,
    /// The span of time for which `rate` is declared; a period of the run by default.
    #[serde(default)]
    pub per: Option<PeriodUnit>,
    /// The distribution of one basket, in money; every basket is its own draw.
    #[schemars(example = "lognormal(mean=42, sd=25)")]
    pub basket: Spread,
    /// The share of a basket that is margin; 1 by default.
    #[serde(default)]
    pub margin: Option<Number>,
    /// The trait that the customer's rate is multiplied by.
    #[serde(default, rename = "trait")]
    pub rate_trait: Option<String>,
    /// The trait that the customer's baskets are multiplied by.
    #[serde(default)]
    pub basket_trait: Option<String>,
    /// Change of log rate per unit of satisfaction, a state or a trait above its neutral value, or for those in a class.
    #[serde(default)]
    pub drivers: IndexMap<String, Number>,
    /// How customers share these purchases with rivals; `rate` is then what they buy of anybody.
    #[serde(default)]
    pub wallet: Option<Wallet>,
}

/// Satisfaction: a customer's memory of what was experienced, between 0 and 1.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experience {
    /// The satisfaction of a customer at the start, held in [0, 1].
    #[schemars(example = "normal(0.6, 0.1)")]
    pub start: Spread,
    /// The satisfaction at which drivers have no effect.
    #[schemars(example = 0.6)]
    pub neutral: f64,
    /// How fast experience moves satisfaction: s += learning * (quality - s); between 0 and 1.
    #[schemars(example = 0.3)]
    pub learning: Number,
    /// How much more counts what passes expectation; by default not at all.
    #[serde(default)]
    #[schemars(example = 0.2)]
    pub gain: Option<Number>,
    /// How much more counts what falls short of expectation; by default not at all.
    #[serde(default)]
    #[schemars(example = 0.45)]
    pub loss: Option<Number>,
    /// What customers expect: the state `expectation`.
    #[serde(default)]
    pub expectation: Option<Expectation>,
    /// What they remember of good and bad periods: the states `peak` and `last`, and `memory`, which blends them.
    #[serde(default)]
    pub memory: Option<Memory>,
    /// How firmly they stay with the company: the state `commitment`.
    #[serde(default)]
    pub commitment: Option<Commitment>,
}

/// What customers expect, between 0 and 1; it adapts to what they get.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"start": 0.65, "adapts": 0.1}))]
pub struct Expectation {
    /// The spread at entry, held in [0, 1].
    #[schemars(example = "normal(0.65, 0.08)")]
    pub start: Spread,
    /// The share of the way to the quality of a period that it goes.
    #[schemars(example = 0.1)]
    pub adapts: Number,
    /// The share of the way to what is promised that it goes; 0 by default.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub hears: Option<Number>,
}

/// What customers remember: the period farthest from neutral, and the last one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"peak": 0.5}))]
pub struct Memory {
    /// The weight of the peak; the last period has the rest.
    #[schemars(example = 0.5)]
    pub peak: f64,
    /// The periods in which half of peak and last has gone back to neutral; by default nothing is forgotten.
    #[serde(default)]
    pub half_life: Option<HalfLife>,
}

/// How firmly customers stay with the company, between 0 and 1: it follows satisfaction, neutral at one half.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"start": 0.5, "rise": 0.04, "fall": 0.08}))]
pub struct Commitment {
    /// The spread at entry, held in [0, 1].
    #[schemars(example = "normal(0.5, 0.15)")]
    pub start: Spread,
    /// The share of the way to satisfaction that it goes in a period, where that leads up; with `cusp`, its pace.
    #[schemars(example = 0.04)]
    pub rise: Number,
    /// The same where it leads down; by default the same share.
    #[serde(default)]
    #[schemars(example = 0.08)]
    pub fall: Option<Number>,
    /// How hard it is to turn: above 0 there are two settled levels, so that the way down is not the way up.
    #[serde(default)]
    #[schemars(example = 1.0)]
    pub cusp: Option<Number>,
    /// How strongly satisfaction pulls, with `cusp`.
    #[serde(default = "slope")]
    pub slope: f64,
}

fn slope() -> f64 {
    6.0
}

/// A line of the ledger that `values` feed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether the line is money in or money out.
    pub kind: LineKind,
    /// Where a cost stands in the books; with what it costs to serve by default.
    #[serde(default)]
    pub group: Option<CostGroup>,
}

/// Where a cost stands in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostGroup {
    /// It grows with sales.
    Variable,
    /// It serves customers.
    Service,
    /// It wins customers.
    Acquisition,
}

/// Whether a ledger line is money in or money out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Money in; all of it is margin.
    Revenue,
    /// Money out.
    Cost,
}

/// What accumulates beside money.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The name as people say it.
    #[serde(default)]
    pub title: Option<String>,
    /// The unit, as tables print it.
    #[serde(default)]
    pub unit: Option<String>,
    /// The rate a year at which it is discounted; 0 by default.
    #[serde(default)]
    pub discount_rate: Option<f64>,
    /// Whether less of it is better; more is better by default.
    #[serde(default)]
    pub less_is_better: bool,
}
