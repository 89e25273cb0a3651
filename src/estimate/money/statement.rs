//! A statement is the money of one scenario in one replication, by time.

use crate::model::Model;
use crate::quantity::ScenarioId;
use serde::{Deserialize, Serialize};

use super::served::Served;

/// Books by time, from 0 to the horizon, for some customers of one scenario. Statements add up over segments.
///
/// Money by time is undiscounted and weighed by the accrual convention, so that it sums to the horizon's total.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Statement {
    /// Money in.
    pub revenue: Vec<f64>,
    /// Money in less what goods cost.
    pub margin: Vec<f64>,
    /// Costs by ledger lines, and of winning customers.
    pub cost: Vec<f64>,
    /// What of `cost` is spent on winning customers.
    pub acquisition: Vec<f64>,
    /// What initiatives cost.
    pub initiative_cost: Vec<f64>,
    /// Cash flow (margin less costs), discounted.
    pub discounted: Vec<f64>,
    /// The accounts (ledger lines and outcomes) by time; outcomes are discounted by rates of their own.
    pub accounts: Vec<Vec<f64>>,
    /// What serving customers at touchpoints took.
    pub served: Served,
}

impl Statement {
    /// Books with nothing in them.
    pub fn empty(model: &Model) -> Self {
        let times = model.run.horizon as usize + 1;
        let column = || vec![0.0; times];
        Self {
            revenue: column(),
            margin: column(),
            cost: column(),
            acquisition: column(),
            initiative_cost: column(),
            discounted: column(),
            accounts: vec![column(); model.accounts.len()],
            served: Served::empty(&model.serving, times),
        }
    }

    /// How many columns there are.
    pub fn width(model: &Model) -> usize {
        6 + model.accounts.len() + Served::width(&model.serving)
    }

    /// Adds the books of other customers of the same scenario.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.columns_mut().into_iter().zip(other.columns());
        for (into, from) in pairs {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
    }

    fn columns(&self) -> Vec<&Vec<f64>> {
        let own = [&self.revenue, &self.margin, &self.cost, &self.acquisition, &self.initiative_cost, &self.discounted];
        own.into_iter().chain(&self.accounts).chain(self.served.columns()).collect()
    }

    fn columns_mut(&mut self) -> Vec<&mut Vec<f64>> {
        let own = [
            &mut self.revenue,
            &mut self.margin,
            &mut self.cost,
            &mut self.acquisition,
            &mut self.initiative_cost,
            &mut self.discounted,
        ];
        own.into_iter().chain(&mut self.accounts).chain(self.served.columns_mut()).collect()
    }
}

/// Whose books are kept: a scenario, and in which period the response to each of its rules begins.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The scenario.
    pub scenario: ScenarioId,
    /// When its rules were acted on.
    pub fired: &'a [Vec<u32>],
}
