//! A scenario in numbers: its changes in the order in which they apply, and what its initiatives cost.

use crate::quantity::ParamId;

use super::change::Change;

/// A scenario: the study plus changes.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is, in the author's words; may be empty.
    pub description: String,
    /// The changes, those of initiatives first.
    pub changes: Vec<Change>,
    /// What its initiatives cost.
    pub spending: Vec<Spending>,
}

/// What one initiative costs the whole business.
#[derive(Clone, Debug)]
pub struct Spending {
    /// The initiative's name.
    pub initiative: String,
    /// The period it starts in.
    pub start: u32,
    /// The first period in which its effects are in force.
    pub live: u32,
    /// Money paid in the period it starts in.
    pub once: Option<ParamId>,
    /// Money paid in every period from the start on.
    pub per_period: Option<ParamId>,
}
