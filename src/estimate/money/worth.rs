//! What is solved exactly once all replications are through: what customers are worth after the horizon, and what half the loss
//! of each stage is worth.

use crate::engine::chance::design::Design;
use crate::engine::exact::precision::Precision;
use crate::model::Model;

use super::halved_exactly::{ExactFunnel, funnels};
use super::tail::{Tails, tails};
use crate::estimate::budget::Budget;

/// What is solved when all replications are through, and what it has left of the budget.
pub struct Worth {
    /// What customers are worth after the horizon.
    pub tails: Option<Tails>,
    /// By scenario: how customers pass through the stages.
    pub funnels: Option<Vec<ExactFunnel>>,
    /// What is left.
    pub budget: Budget,
}

impl Worth {
    /// That of a model, as far as there are exact expectations and the budget allows.
    pub fn of(
        model: &Model,
        (precision, design): (Option<&Precision>, Design),
        mut budget: Budget,
        threads: usize,
    ) -> Self {
        let tails = precision.and_then(|precision| tails(model, (precision, design), &mut budget, threads));
        // A study without touchpoints takes no longer than it did, and writes what it wrote.
        let asked = precision.filter(|_| !model.touchpoints.is_empty());
        let funnels = asked.and_then(|precision| funnels(model, precision, &mut budget, threads));
        Self { tails, funnels, budget }
    }
}
