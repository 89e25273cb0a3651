//! How a study is run: its clock, its size, its seed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{Number, Seed, Whole};
use crate::quantity::PeriodUnit;

/// How the study is run: periods, customers, replications, seed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The length of one period.
    pub period: PeriodUnit,
    /// How many periods are simulated.
    #[schemars(example = 36)]
    pub horizon: Whole,
    /// The real customers at the start; money is scaled to them.
    #[schemars(example = 250_000)]
    pub customers: Whole,
    /// The simulated customers, which stand for the real ones; as many as `customers` by default, 20,000 at most.
    #[serde(default)]
    pub agents: Option<Whole>,
    /// How often chance is played through; every replication draws its uncertain numbers anew.
    #[serde(default = "replications")]
    pub replications: Whole,
    /// The seed that fixes every random number of the run.
    #[serde(default = "seed")]
    pub seed: Seed,
    /// The scenario that the others are compared with; the first one by default.
    #[serde(default)]
    pub baseline: Option<String>,
    /// The rate a year at which money to come is discounted.
    #[serde(default)]
    pub discount_rate: Option<Number>,
    /// When in a period its money is valued: at its end, or in its middle.
    #[serde(default)]
    pub discounting: Discounting,
    /// The calendar month, 1 to 12, in which period 1 starts; seasons are read by it.
    #[serde(default = "january")]
    #[schemars(example = 9)]
    pub first_month: Whole,
    /// The calendar month, 1 to 12, in which a fiscal year starts; `first_month` by default.
    #[serde(default)]
    #[schemars(example = 4)]
    pub fiscal_year_start: Option<Whole>,
    /// When in a period what accrues by being in a stage is counted.
    #[serde(default)]
    pub accrual: Accrual,
    /// The level of the intervals, between 0.5 and 1.
    #[serde(default = "interval")]
    pub interval: f64,
    /// The hours that one full-time person works in a year; what touchpoints take is told in such people.
    #[serde(default = "full_time")]
    pub full_time_hours: f64,
}

/// When in a period its money is valued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discounting {
    /// At the end of the period.
    #[default]
    End,
    /// In the middle of the period.
    Mid,
}

/// When in a period the values and outcomes of a stage accrue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accrual {
    /// At the end of each period: times 1 to T count fully.
    #[default]
    End,
    /// At the start of each period: times 0 to T-1 count fully.
    Start,
    /// Times 0 to T all count fully.
    All,
    /// Half-cycle correction: times 0 and T count half.
    HalfCycle,
    /// The mean of a period's two ends, discounted from the period's start (life table).
    LifeTable,
    /// Simpson's 1/3 weights as health economists code them: 1/3, 2/3, 4/3, 2/3 ... 1/3.
    Simpson,
}

fn january() -> Whole {
    Whole(1)
}

fn replications() -> Whole {
    Whole(200)
}

fn seed() -> Seed {
    Seed(1)
}

fn interval() -> f64 {
    0.95
}

/// What the European Union takes for a year of full-time work: Regulation (EU) 2021/1060, Article 55(2)(a).
fn full_time() -> f64 {
    1720.0
}
