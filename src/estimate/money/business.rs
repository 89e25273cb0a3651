//! What a run says about the business beside its metrics: the roadmap as it came, the books line by line, each
//! scenario's business case, the chain of its impact, targets, cohorts, and the three uncertainties.
//!
//! This is what `business.json` holds; `docs/summary.md` describes it, and its form is stable. The workbook, the charts
//! and the page read the same shapes. Amounts of money are in the
//! study's currency, undiscounted unless a name says otherwise; `units` are whole ten-thousandths of it.

use schemars::JsonSchema;
use serde::Serialize;

pub use crate::stats::cash::Irr;
use crate::stats::estimate::Estimate;
use crate::stats::order::Bounded;
use crate::stats::share::Share;

pub use super::courses::{CapabilityCourse, InitiativeCourse, PeriodPercentile, Roadmap, RuleCourse, ShockCourse};
use super::flat;

use crate::estimate::funnel::FunnelOfScenario;
use crate::estimate::summary::Estimator;
use crate::estimate::weighed::WeightsOfScenario;

/// Everything about the business that a run found.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct Business {
    /// The version of this form; 2.
    pub format: u32,
    /// The calendar month, 1 to 12, in which period 1 starts.
    pub first_month: u32,
    /// The calendar month, 1 to 12, in which a fiscal year starts.
    pub fiscal_year_start: u32,
    /// The fiscal year that each time 0 to the horizon belongs to, counted from 1.
    pub fiscal_years: Vec<u32>,
    /// The rate a year at which money is discounted; its median where it is uncertain.
    pub discount_rate: f64,
    /// Whether the discount rate is uncertain, so that the mean of NPVs is not the NPV of means.
    pub discount_rate_is_uncertain: bool,
    /// How many periods before its end the money of a period is valued: 0, or 0.5 for mid-period discounting.
    pub valued_before_end: f64,
    /// The length of a period in years.
    pub years_per_period: f64,
    /// How each scenario's roadmap came, in the order of the study.
    pub roadmaps: Vec<Roadmap>,
    /// What happened to the company whatever it did, in the order of the study.
    pub shocks: Vec<ShockCourse>,
    /// The finance ledger: means over replications.
    pub books: Books,
    /// Each scenario's money against the baseline's.
    pub cases: Vec<BusinessCase>,
    /// What each difference comes from.
    pub chains: Vec<ImpactChain>,
    /// The targets and how surely each scenario reaches them.
    pub targets: Vec<TargetResult>,
    /// Retention and value of each acquisition cohort.
    pub cohorts: Vec<CohortsOfScenario>,
    /// Where customers of each scenario are lost, in the order of the study; absent where it is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funnels: Vec<FunnelOfScenario>,
    /// What moved satisfaction in each scenario, in the order of the study; absent where no touchpoint is felt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<WeightsOfScenario>,
    /// The three uncertainties apart.
    pub uncertainty: Vec<Uncertainty>,
}

/// What a line of the books is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineGroup {
    /// Money in.
    Revenue,
    /// What goods and other things cost that grow with sales.
    Variable,
    /// What it costs to serve customers.
    Service,
    /// What it costs to win customers.
    Acquisition,
    /// What initiatives cost once.
    InitiativeOnce,
    /// What initiatives cost while they run.
    InitiativeRunning,
}

impl LineGroup {
    /// 1 for money in, -1 for money out.
    pub fn sign(self) -> i128 {
        if self == Self::Revenue { 1 } else { -1 }
    }
}

/// A line of the books.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct BookLine {
    /// Its name: `purchases`, `goods`, `service_cost`, `acquisition`, `initiatives.NAME.once` ...
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is. Amounts of costs are positive and count against cash flow.
    pub group: LineGroup,
}

/// The finance ledger: the mean over replications, rounded to whole units so that every cut adds up exactly.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct Books {
    /// The lines, in the order in which they are shown.
    pub lines: Vec<BookLine>,
    /// The books of each scenario, in the order of the study.
    pub scenarios: Vec<ScenarioBooks>,
}

/// The books of one scenario.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ScenarioBooks {
    /// The scenario.
    pub scenario: String,
    /// The whole business: for each line, the units at each time 0 to the horizon; the sum of all cells.
    pub totals: Vec<Vec<i128>>,
    /// The finest cut; cells of nothing are left out.
    #[serde(skip)]
    pub cells: Vec<BookCell>,
}

/// Money of one line, period, segment and acquisition cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookCell {
    /// The place of the line.
    pub line: usize,
    /// The time, 0 to the horizon.
    pub time: usize,
    /// The segment's name; none for what belongs to the business as a whole, such as an initiative.
    pub segment: Option<String>,
    /// The period in which these customers came; 0 for those who were there at the start. None as above.
    pub cohort: Option<u32>,
    /// The amount, in whole ten-thousandths.
    pub units: i128,
}

/// The money of one scenario against the baseline's.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct BusinessCase {
    /// The scenario.
    pub scenario: String,
    /// What it is compared with.
    pub baseline: String,
    /// The difference in NPV, forced where that pays.
    pub npv: Estimate,
    /// How `npv` was estimated.
    pub estimator: Estimator,
    /// The same difference by paired luck: what `by_line` adds up to, and what all that follows rests on.
    pub paired: Estimate,
    /// The share of replications in which the paired difference in NPV is above 0; a difference of nothing is not. None
    /// with a single replication, as all shares of replications.
    #[serde(flatten, serialize_with = "flat::probability_positive")]
    #[schemars(schema_with = "flat::schema::probability_positive")]
    pub probability_positive: Option<Share>,
    /// The internal rate of return a year of the mean difference in cash flow.
    pub irr: Irr,
    /// The lowest rate that the replications leave possible; none where that end is open.
    pub irr_low: Option<f64>,
    /// The highest rate that the replications leave possible; none where that end is open.
    pub irr_high: Option<f64>,
    /// When the difference in cash flow has paid back.
    pub payback: Payback,
    /// When the discounted difference in cash flow has paid back.
    pub discounted_payback: Payback,
    /// The most money that is out at any time: the deepest point of the cumulative difference, as a positive amount. The
    /// mean over replications, which is never less than the deepest point of the mean.
    pub peak_funding: Estimate,
    /// The mean difference in NPV per unit of mean discounted initiative cost beyond the baseline's; none where that is not
    /// above 0.
    pub return_on_investment: Option<Bounded>,
    /// The share of replications at the lower end that value at risk and expected shortfall speak of, such as 0.05.
    pub tail: f64,
    /// The loss in NPV difference that is passed with chance `tail`: minus that quantile. None with fewer replications
    /// than hold one in the tail.
    pub value_at_risk: Option<Bounded>,
    /// The mean loss in NPV difference over that tail. None with fewer replications than hold five in the tail.
    pub expected_shortfall: Option<Bounded>,
    /// The cumulative discounted difference in cash flow at each time.
    pub cumulative_discounted: Vec<Spread>,
    /// The discounted difference over the horizon by line: what the waterfall shows. Costs count negative.
    pub by_line: Vec<(BookLine, f64)>,
}

impl BusinessCase {
    /// Whether the net present value is another estimate than what the lines add up to: forced, or at mean baskets.
    pub fn differs_from_its_lines(&self) -> bool {
        self.estimator != Estimator::Paired
    }
}

/// A distribution over replications: its mean, and the percentiles that so many replications can tell.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: Estimate,
    /// The 5th percentile.
    pub p5: Option<Bounded>,
    /// The median.
    pub median: Option<Bounded>,
    /// The 95th percentile.
    pub p95: Option<Bounded>,
}

/// When money has paid back, as a distribution over replications.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Payback {
    /// The share of replications that have paid back by each time 0 to the horizon, for good within the horizon; empty with
    /// a single replication.
    #[serde(flatten, serialize_with = "flat::by_time")]
    #[schemars(schema_with = "flat::schema::by_time")]
    pub by_time: Vec<Share>,
    /// The share that pays back within the horizon.
    #[serde(flatten, serialize_with = "flat::within_horizon")]
    #[schemars(schema_with = "flat::schema::within_horizon")]
    pub within_horizon: Option<Share>,
    /// The 5th, 50th and 95th percentile of the payback period over all replications, those that never pay back last;
    /// none where there are too few replications to tell.
    pub periods: [Option<PeriodPercentile>; 3],
}

/// The difference in cash flow to the baseline, undiscounted, split over what drives it.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ImpactChain {
    /// The scenario.
    pub scenario: String,
    /// What is compared with.
    pub baseline: String,
    /// The parts; they add up to `total`.
    pub parts: Vec<ChainPart>,
    /// The whole difference over the horizon.
    pub total: Estimate,
    /// The mean part by segment (none for the business as a whole) and fiscal year.
    pub cells: Vec<ChainCell>,
}

/// One driver's part.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ChainPart {
    /// The driver: `customers`, `frequency`, `basket`, `margin_rate`, `fees`, `cost_to_serve`, `acquisition`,
    /// `initiatives`. Where touchpoints cost money, `contacts`, `cost_per_contact` and `other_cost` instead of
    /// `cost_to_serve`.
    pub driver: String,
    /// The driver as people say it.
    pub title: String,
    /// The part over the horizon.
    pub amount: Estimate,
}

/// One driver's part in one segment and year.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ChainCell {
    /// The segment; none for the business as a whole.
    pub segment: Option<String>,
    /// The fiscal year, from 1.
    pub year: u32,
    /// The driver.
    pub driver: String,
    /// The mean.
    pub amount: f64,
}

/// A target and how surely each scenario reaches it.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct TargetResult {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it; empty where it has none.
    pub title: String,
    /// What is asked, in words: `retention at least 0.7 by month 24`.
    pub asked: String,
    /// What the author says to do otherwise; may be empty.
    pub otherwise: String,
    /// The metric.
    pub metric: String,
    /// The segment; none for all customers.
    pub segment: Option<String>,
    /// The segment's name as people say it.
    pub segment_title: Option<String>,
    /// The period at which it is judged.
    pub period: u32,
    /// Whether the bound is a floor; a ceiling otherwise.
    pub at_least: bool,
    /// The bound.
    pub bound: f64,
    /// Whether the bound is for the difference to the baseline.
    pub against_baseline: bool,
    /// Whether it is for that difference as a share of the baseline.
    pub relative_to_baseline: bool,
    /// How each scenario stands, in the order of the study; the baseline is left out where the bound is for the
    /// difference to it.
    pub scenarios: Vec<TargetOfScenario>,
}

/// How one scenario stands to a target.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct TargetOfScenario {
    /// The scenario.
    pub scenario: String,
    /// The share of replications that reach it; none with a single replication.
    #[serde(flatten, serialize_with = "flat::probability")]
    #[schemars(schema_with = "flat::schema::probability")]
    pub probability: Option<Share>,
    /// How far the metric is beyond the bound: above 0 is good.
    pub gap: Estimate,
    /// The share that would reach it if it were judged at each time 0 to the horizon; empty with a single replication.
    #[serde(flatten, serialize_with = "flat::probability_over_time")]
    #[schemars(schema_with = "flat::schema::probability_over_time")]
    pub probability_over_time: Vec<Share>,
    /// The first time at which the scenario differs from the baseline in any replication: before it a bound for the
    /// difference asks nothing. 0 where the bound is for the level; none where they never differ.
    pub differs_from: Option<u32>,
}

/// The acquisition cohorts of a scenario.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct CohortsOfScenario {
    /// The scenario.
    pub scenario: String,
    /// The cohorts, those who were there at the start first.
    pub cohorts: Vec<CohortResult>,
}

/// One acquisition cohort: the customers who came in one period.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct CohortResult {
    /// The period in which they came; 0 for those who were there at the start.
    pub entry: u32,
    /// The real customers who came.
    pub customers: f64,
    /// Those ever retained who are so now, by periods since entry.
    pub retention: Vec<f64>,
    /// The share of all who came who are retained now, by periods since entry.
    pub retention_of_all: Vec<f64>,
    /// The real customers who came in a stage that is not retained; none where nobody may convert.
    pub came_to_convert: Option<f64>,
    /// The share of these who have been in a retained stage since, by periods since entry; empty where there are none.
    pub conversion: Vec<f64>,
    /// The share of those who converted who are retained so many periods after their first moment in a retained stage, from 0
    /// on; empty where nobody did.
    pub retention_from_conversion: Vec<f64>,
    /// The mean number of periods that it took those who converted within the horizon; none where nobody did.
    pub mean_time_to_convert: Option<f64>,
    /// The number of periods within which half of them did.
    pub median_time_to_convert: Option<u32>,
    /// Discounted margin less cost of service and acquisition per customer who came, valued at entry.
    pub lifetime_value: Bounded,
    /// What one of them is worth after the horizon, valued at entry: the mean over what up to 16 replications drew. None
    /// where the model has no exact answer, or nobody came in those replications.
    pub tail_value: Option<f64>,
    /// The share of lifetime value that falls within the horizon.
    pub captured_share: Option<f64>,
}

/// The three uncertainties of one number.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Uncertainty {
    /// The scenario.
    pub scenario: String,
    /// Whether it is the difference to the baseline; a level otherwise.
    pub difference: bool,
    /// The metric.
    pub metric: String,
    /// The mean.
    pub mean: f64,
    /// Simulation error: the standard error of the mean that more simulated customers or replications would take away.
    pub simulation_error: Bounded,
    /// Parameter uncertainty: the standard deviation that knowing the uncertain numbers would take away.
    pub parameter_sd: Bounded,
    /// Whether chance is so large beside it that `parameter_sd` cannot be told from 0. Not so where no number is
    /// uncertain: then it is 0.
    pub parameter_is_below_noise: bool,
    /// Outcome spread: the standard deviation of what a business of this many customers will see.
    pub outcome_sd: Bounded,
    /// How many simulated customers make chance less than a tenth of the parameter uncertainty in variance; none where
    /// no number is uncertain.
    pub agents_that_would_do: Option<u64>,
}
