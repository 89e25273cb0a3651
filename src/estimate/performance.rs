//! A performance is what some customers of one scenario came to in one replication: what was counted, and the money for it.

use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use serde::{Deserialize, Serialize};

use super::counted::Counted;
use super::money::statement::Statement;

/// What some customers came to by time, from 0 to the horizon. Performances add up over segments.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Performance {
    /// What was counted.
    pub counted: Counted,
    /// The money.
    pub money: Statement,
}

impl Performance {
    /// That of nobody.
    pub fn empty(model: &Model) -> Self {
        let counted = Counted::empty(&CountLayout::of(model), model.run.horizon);
        Self { counted, money: Statement::empty(model) }
    }

    /// How many numbers it has for each time.
    pub fn width(model: &Model) -> usize {
        Counted::width(&CountLayout::of(model)) + Statement::width(model)
    }

    /// Adds that of other customers of the same scenario.
    pub fn add(&mut self, other: &Self) {
        self.counted.add(&other.counted);
        self.money.add(&other.money);
    }
}
