//! What moved satisfaction in a scenario, as outputs have it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::stats::estimate::Estimate;

/// What moved satisfaction in a scenario.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct WeightsOfScenario {
    /// The scenario.
    pub scenario: String,
    /// What moved it: the ends of touchpoints that are felt, then periods in stages.
    pub movers: Vec<Weighed>,
}

/// What one mover did to satisfaction: per customer, added up over the periods of the horizon.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Weighed {
    /// Where it stands in the study: `touchpoints.NAME`, `touchpoints.NAME.ends.END` or `stages.NAME`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it moved satisfaction by: what it moved it up by less what it moved it down by.
    pub weight: Estimate,
    /// What it moved it up by.
    pub up: Estimate,
    /// What it moved it down by; not above 0.
    pub down: Estimate,
}
