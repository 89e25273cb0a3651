//! The summary of a run: every scenario's metrics, and how each differs from the baseline.
//!
//! This is what `summary.json` holds; `docs/summary.md` describes it, and its form is stable.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::engine::exact::depth::Depth;
use crate::quantity::PeriodUnit;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;
use crate::stats::order::Percentiles;
use crate::stats::share::Share;

/// Everything a run found, over the whole horizon.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Summary {
    /// The version of this form; 2.
    pub format: u32,
    /// The study's title, or its file's name.
    pub study: String,
    /// The seed of the run.
    pub seed: u64,
    /// The number of replications.
    pub replications: u64,
    /// The number of those in which a number was held at the end of its range, or a row of chances scaled to 1.
    #[serde(skip_serializing_if = "is_none")]
    pub replications_held: u64,
    /// The number of simulated customers in each replication.
    pub agents: u64,
    /// The number of real customers that they stand for.
    pub customers: u64,
    /// The number of periods.
    pub horizon: u64,
    /// The length of one period.
    pub period: PeriodUnit,
    /// The currency of every amount of money.
    pub currency: String,
    /// The level of every interval.
    pub interval: f64,
    /// The name of the baseline scenario.
    pub baseline: String,
    /// For which numbers `exact` is: every replication's own draw, or the medians of what is uncertain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact_at: Option<Depth>,
    /// What was left out because it would have cost too much beside the simulation, and how to get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// The scenarios in the order of the study.
    pub scenarios: Vec<ScenarioSummary>,
    /// The differences from the baseline, in the same order.
    pub contrasts: Vec<Contrast>,
    /// What to mind about the intervals, in sentences: where they are absent and why, and where they rest on little.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<String>,
    /// Whether the simulation agrees with what is known without chance.
    pub audit: AuditSummary,
}

/// The simulation held against what is known of it without chance.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct AuditSummary {
    /// What came of it.
    pub status: AuditStatus,
    /// Why nothing was held against an expectation, or which scenarios were not.
    pub why: Option<String>,
    /// The number of tests.
    pub tests: usize,
    /// The replications that were compared: those whose own draw was solved.
    pub replications: u64,
    /// Below this probability a test is an alarm: 1e-5 shared among all tests.
    pub bound: f64,
    /// The test with the lowest probability.
    pub worst: Option<Audited>,
    /// The tests that chance alone cannot explain.
    pub failed: Vec<Audited>,
    /// What does not hold that has to hold whatever chance does, in words.
    pub broken: Vec<String>,
    /// What has an expectation and could not be tested.
    pub not_tested: Vec<Unaudited>,
}

impl AuditSummary {
    /// Whether a test of a scenario failed.
    pub fn alarms(&self, scenario: &str) -> bool {
        self.failed.iter().any(|test| test.scenario == scenario)
    }
}

/// What came of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub enum AuditStatus {
    /// Nothing that chance could not explain.
    #[serde(rename = "passed")]
    Passed,
    /// Something that chance alone cannot explain, or that does not add up.
    #[serde(rename = "failed")]
    Failed,
    /// Nothing was held against an expectation; what there was adds up.
    #[serde(rename = "not audited")]
    NotAudited,
}

/// One number held against its expectation.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Audited {
    /// The scenario's name.
    pub scenario: String,
    /// The metric; `acquired` and the like where a ratio is tested through its parts.
    pub metric: String,
    /// The mean over the replications that were compared.
    pub simulated: f64,
    /// The mean of the expectations of the same replications.
    pub exact: f64,
    /// How it was tested.
    pub test: AuditTest,
    /// The probability that chance alone leads as far away.
    pub probability: f64,
}

/// How a number is held against its expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditTest {
    /// By Student's tail.
    Student,
    /// By the binomial tail of all customers counted.
    Binomial,
    /// As numbers that have to be equal, but for rounding.
    Equal,
}

/// What has an expectation and could not be tested.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Unaudited {
    /// The scenario's name.
    pub scenario: String,
    /// The metric.
    pub metric: String,
    /// Why not.
    pub why: String,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What one scenario comes to over the horizon, for the whole business.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ScenarioSummary {
    /// The scenario's name.
    pub name: String,
    /// The scenario's title; its name where it has none.
    pub title: String,
    /// The metrics by name: `retention`, `active_customers`, `churned`, `purchases`, `revenue`, `margin`,
    /// `cost`, `initiative_cost`, `cash_flow`, `npv`, and `satisfaction` where the study has it.
    pub metrics: IndexMap<String, Estimate>,
    /// Where the same metrics, `lines.NAME`, `outcomes.NAME` and `customers.STAGE` lie in single replications; empty where
    /// those are too few to know.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub percentiles: IndexMap<String, Percentiles>,
    /// Money by ledger line over the horizon, undiscounted.
    pub lines: IndexMap<String, Estimate>,
    /// The discounted outcomes by name.
    pub outcomes: IndexMap<String, Estimate>,
    /// The customers in each stage at the end of the last period.
    pub stages_at_end: IndexMap<String, Estimate>,
    /// The exact expectations by metric or outcome, where the study has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<IndexMap<String, f64>>,
    /// The same levels, by the names that `exact` uses, freed of the chance that controls explain.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub controlled: IndexMap<String, Controlled>,
}

/// A level with the chance taken out of it that controls explain: numbers of a replication whose means are known.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Controlled {
    /// The mean with its error and interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The variance of this mean as a share of that of the plain one; 0 where nothing is left to doubt.
    pub residual_variance_share: f64,
    /// The number of controls used.
    pub controls: usize,
}

/// How one scenario differs from the baseline.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Contrast {
    /// The scenario's name.
    pub scenario: String,
    /// The baseline's name.
    pub baseline: String,
    /// How the differences were estimated.
    pub estimator: Estimator,
    /// Scenario minus baseline by metric (and `outcomes.NAME`).
    pub metrics: IndexMap<String, Difference>,
    /// Where the paired differences in the same metrics lie in single replications; empty where those are too few to know.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub percentiles: IndexMap<String, Percentiles>,
    /// By survey, from when on it shows the difference.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub visible: IndexMap<String, Visible>,
    /// The real customers whose path or purchases differ at all: mean over replications.
    pub affected_customers: f64,
    /// The simulated affected customers, summed over replications: what the intervals rest on.
    pub affected_agents: u64,
}

/// From when on a survey shows how a scenario differs from the baseline.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Visible {
    /// The first period from which on a two-sided test at 5 %, of a wave of each, finds the difference 8 times in 10; none
    /// where that is not within the horizon.
    pub period: Option<u64>,
    /// How often the test finds it in the last wave.
    pub power: f64,
}

/// How differences from the baseline are estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub enum Estimator {
    /// Both scenarios are simulated with common random numbers.
    #[serde(rename = "paired")]
    Paired,
    /// Both follow the path that they share; the chances to diverge are summed up, and branches are simulated from there.
    #[serde(rename = "coupled")]
    Coupled,
    /// Paired, with what customers buy at mean baskets: those of this study vary by more than their mean.
    #[serde(rename = "paired at mean baskets")]
    PairedAtMeanBaskets,
}

/// A difference from the baseline.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Difference {
    /// The mean difference with its error and interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The share of replications in which the scenario is better, ties counting half; none of a single one.
    #[serde(flatten, serialize_with = "better")]
    #[schemars(with = "Option<Better>")]
    pub better: Option<Share>,
}

/// The share of replications in which a scenario is better, under the names that it has in the file.
#[derive(JsonSchema, Serialize)]
#[expect(clippy::struct_field_names, reason = "these are the names in the file")]
struct Better {
    /// The share.
    probability_better: f64,
    /// The lower end of its interval.
    probability_better_low: f64,
    /// The upper end of its interval.
    probability_better_high: f64,
}

/// Writes a share under the names of a probability to be better; nothing where there is none.
#[expect(clippy::ref_option, reason = "serde asks so")]
fn better<S: Serializer>(share: &Option<Share>, serializer: S) -> Result<S::Ok, S::Error> {
    let named = |its: &Share| Better {
        probability_better: its.share,
        probability_better_low: its.low,
        probability_better_high: its.high,
    };
    share.as_ref().map(named).serialize(serializer)
}

/// One metric of one scenario and segment over time, as `timeline.csv` has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The scenario's name.
    pub scenario: String,
    /// The segment's name, or `all`.
    pub segment: String,
    /// The metric's name; customers by stage are `customers.STAGE`.
    pub metric: String,
    /// One estimate for each time 0, 1, ... horizon.
    pub values: Vec<Estimate>,
}

/// One metric of one scenario over time with its outcomes, all customers together.
#[derive(Clone, Debug, PartialEq)]
pub struct Bands {
    /// The scenario's name.
    pub scenario: String,
    /// The metric's name.
    pub metric: String,
    /// Whether it is the difference from the baseline; otherwise it is the level.
    pub difference: bool,
    /// One for each time 0, 1, ... horizon.
    pub values: Vec<Band>,
}

/// A mean with what nine of ten replications lie between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The mean over replications.
    pub mean: Estimate,
    /// The 5th and the 95th percentile; none where replications are too few.
    pub outcomes: Option<Ends>,
}
