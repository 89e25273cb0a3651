//! How roadmaps and shocks went over all replications, as `business.json` has it.

use schemars::JsonSchema;
use serde::Serialize;

use super::flat;
use crate::stats::order::Bounded;
use crate::stats::share::Share;

/// A scenario's roadmap as it came, over all replications.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Roadmap {
    /// The scenario.
    pub scenario: String,
    /// Its initiatives by planned start.
    pub initiatives: Vec<InitiativeCourse>,
    /// The capabilities that its initiatives require or provide.
    pub capabilities: Vec<CapabilityCourse>,
    /// Its contingency rules.
    pub rules: Vec<RuleCourse>,
}

/// How one initiative went.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct InitiativeCourse {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// The promise that it serves; may be empty.
    pub pillar: String,
    /// The period in which it is planned to start; none where only a rule starts it.
    pub planned_start: Option<u32>,
    /// The period in which it is planned to go live.
    pub planned_live: Option<u32>,
    /// The first period of its full effect as planned.
    pub planned_full: Option<u32>,
    /// The last period in which it is planned to have any effect; none where it lasts.
    pub planned_end: Option<u32>,
    /// The share of replications in which it went live within the horizon; none with a single replication.
    #[serde(flatten, serialize_with = "flat::live_share")]
    #[schemars(schema_with = "flat::schema::live_share")]
    pub live_share: Option<Share>,
    /// The 5th, 50th and 95th percentile of the period of go-live over all replications, those in which it never does
    /// last; none where there are too few replications to tell.
    pub live: [Option<PeriodPercentile>; 3],
    /// The mean share of its effect in force at each time, 0 to the horizon; below 0 while it disturbs more than it helps.
    pub effect: Vec<f64>,
    /// What it requires: capability and level.
    pub requires: Vec<(String, f64)>,
    /// What it provides: capability and level.
    pub provides: Vec<(String, f64)>,
}

/// How far a capability was there.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct CapabilityCourse {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is: people, skill, way of working, data or technology.
    pub kind: String,
    /// The mean level at each time, 0 to the horizon.
    pub level: Vec<f64>,
}

/// How often a contingency rule was acted on.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct RuleCourse {
    /// The condition in words.
    pub when: String,
    /// What it does, in words.
    pub then: String,
    /// The share of replications in which it was acted on; none with a single replication.
    #[serde(flatten, serialize_with = "flat::share")]
    #[schemars(schema_with = "flat::schema::share")]
    pub share: Option<Share>,
    /// The median period in which it was; none where it was in too few replications to tell.
    pub median_period: Option<Bounded>,
}

/// How often a shock came: the same in every scenario.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ShockCourse {
    /// Its name as people say it.
    pub title: String,
    /// The share of replications in which it came within the horizon; none with a single replication.
    #[serde(flatten, serialize_with = "flat::share")]
    #[schemars(schema_with = "flat::schema::share")]
    pub share: Option<Share>,
    /// How many times it came in a replication: the mean over all of them.
    pub times: f64,
    /// The median period in which it first came, over the replications in which it did; none where they are too few to
    /// tell.
    pub median_period: Option<Bounded>,
}

/// A percentile of the period in which something happens, with its interval; none stands for never within the horizon.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct PeriodPercentile {
    /// The period.
    pub period: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval; never also where it is open.
    pub high: Option<f64>,
}
