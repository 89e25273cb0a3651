//! Values are the numbers in force in one period for one segment of one scenario, as mechanisms read them.

use std::cell::Cell;
use std::ops::Index;

use super::field::{Field, FieldId};
use crate::model::param::ParamSet;
use crate::quantity::ParamId;

/// The numbers in force. They note whether the period or the field was read, which makes a sheet another in every period.
pub struct Values<'a> {
    params: &'a ParamSet,
    period: u32,
    field: &'a Field,
    moves_on: Cell<bool>,
    held: Cell<bool>,
}

impl<'a> Values<'a> {
    /// The numbers of a period, from 1 on, with what customers share in it.
    pub fn new(params: &'a ParamSet, period: u32, field: &'a Field) -> Self {
        Self { params, period, field, moves_on: Cell::new(false), held: Cell::new(false) }
    }

    /// The period, from 1 on.
    pub fn period(&self) -> u32 {
        self.moves_on.set(true);
        self.period
    }

    /// A slice of what customers share.
    pub fn field(&self, id: FieldId) -> &'a [f64] {
        self.moves_on.set(true);
        self.field.get(id)
    }

    /// Notes that a number had to be held in its range.
    pub fn hold(&self) {
        self.held.set(true);
    }

    /// Whether a number had to be held in its range.
    pub fn held(&self) -> bool {
        self.held.get()
    }

    /// Whether the period or the field was read since this was last asked.
    pub fn take_moves_on(&self) -> bool {
        self.moves_on.take()
    }
}

impl Index<ParamId> for Values<'_> {
    type Output = f64;

    fn index(&self, id: ParamId) -> &f64 {
        &self.params[id]
    }
}
