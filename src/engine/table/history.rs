//! The history of a field: what customers shared after each look at all of them.

use super::field::{Field, FieldPlan};

/// What customers shared in each period of a scenario, so that one of them can be replayed alone.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Before anybody was looked at.
    nothing: Field,
    /// By period from 1 on: from its beginning on, and from the middle on.
    periods: Vec<[Field; 2]>,
}

impl History {
    /// Nothing yet.
    pub fn new(plan: &FieldPlan) -> Self {
        Self { nothing: Field::new(plan), periods: Vec::new() }
    }

    /// One in which nothing is shared, over so many periods.
    pub fn of_nothing(plan: &FieldPlan, horizon: u32) -> Self {
        let nothing = Field::new(plan);
        Self { periods: vec![[nothing.clone(), nothing.clone()]; horizon as usize], nothing }
    }

    /// The next period begins.
    pub fn push(&mut self, field: Field) {
        self.periods.push([field.clone(), field]);
    }

    /// All were looked at within the last period.
    pub fn push_midway(&mut self, field: Field) {
        if let Some([_, midway]) = self.periods.last_mut() {
            *midway = field;
        }
    }

    /// What is shared now.
    pub fn last(&self) -> &Field {
        self.periods.last().map_or(&self.nothing, |[_, midway]| midway)
    }

    /// What is shared from the beginning of period `t` on.
    pub fn begin(&self, t: u32) -> &Field {
        self.at(t).map_or(&self.nothing, |[begin, _]| begin)
    }

    /// What is shared from the middle of period `t` on.
    pub fn midway(&self, t: u32) -> &Field {
        self.at(t).map_or(&self.nothing, |[_, midway]| midway)
    }

    fn at(&self, t: u32) -> Option<&[Field; 2]> {
        self.periods.get((t as usize).checked_sub(1)?)
    }
}
