//! The plan of a run: what mechanisms have registered, for every block and worker alike.

use super::bits::BitsPlan;
use super::columns::{ColumnId, ColumnPlan, Lasting, Passing};
use super::subset::SubsetPlan;
use crate::engine::lanes::Strip;
use crate::engine::table::field::FieldPlan;
use crate::model::journey::State;

/// What mechanisms have registered for a run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What customers carry on.
    pub lasting: ColumnPlan<Lasting>,
    /// What is known of them within a period.
    pub passing: ColumnPlan<Passing>,
    /// What they draw in every period.
    pub bits: BitsPlan,
    /// The lists of some customers that mechanisms make.
    pub subset: SubsetPlan,
    /// The states that drivers may read.
    pub states: Vec<DriverState>,
    /// The chances that are the customer's own, in the order of stages and exits.
    pub own: Vec<OwnColumn>,
    /// What is still known of customers who are dropped, and of their moves.
    pub marks: Marks,
    /// What customers share.
    pub shared: Shared,
    /// For each stage, whether nothing more happens to a customer there: all bits or none.
    pub inert: Strip,
}

/// What marks customers.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Columns of all bits or none that are still counted of those who are dropped.
    pub flags: Vec<ColumnId<u32, Lasting>>,
    /// What happened to a customer in a period, as a number that goes into the fingerprint of a life.
    pub events: Vec<ColumnId<u32, Passing>>,
    /// Where everybody was before the move, if that matters after it.
    pub before: Option<ColumnId<u32, Passing>>,
    /// The fingerprint of a life, where lives are compared between scenarios.
    pub digest: Option<ColumnId<u32, Lasting>>,
}

/// What customers share with each other.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Numbers that are frozen within a period.
    pub fields: FieldPlan,
    /// Whether all customers are looked at together within a period.
    pub barrier: bool,
    /// Whether the numbers of the company itself are read.
    pub company: bool,
    /// How many lists of customers each block has.
    pub lists: usize,
}

/// The place of a list among those of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListId(pub usize);

/// A number of a customer that drivers may read.
#[derive(Clone, Copy, Debug)]
pub struct DriverState {
    /// Which state it is.
    pub of: State,
    /// Where it has no effect in a customer's first period.
    pub neutral: f32,
    /// How much it grows by itself from period to period, which its column leaves out.
    pub growth: f32,
    /// Its column.
    pub column: StateColumn,
}

/// The column of a chance that is the customer's own, after the changes in force.
#[derive(Clone, Copy, Debug)]
pub struct OwnColumn {
    /// The column.
    pub column: ColumnId<f32, Lasting>,
    /// The column of the trait that it is made from.
    pub of: ColumnId<f32, Lasting>,
}

/// The column of a state.
#[derive(Clone, Copy, Debug)]
pub enum StateColumn {
    /// One that customers carry on.
    Lasting(ColumnId<f32, Lasting>),
    /// One that is known within a period.
    Passing(ColumnId<f32, Passing>),
}

impl DriverState {
    /// How much it has grown in a customer's `age`-th period, counted from 1.
    pub fn growth(&self, age: u32) -> f32 {
        self.growth * (age - 1) as f32
    }

    /// Where it has no effect in a customer's `age`-th period, as its column holds it.
    pub fn neutral(&self, age: u32) -> f32 {
        self.neutral - self.growth(age)
    }
}

impl Plan {
    /// A state that drivers may read; none where no mechanism has registered it.
    pub fn state(&self, of: State) -> Option<&DriverState> {
        self.states.iter().find(|state| state.of == of)
    }

    /// Whether customers feel what others do, so that all go through time together.
    pub fn is_coupled(&self) -> bool {
        self.shared.barrier || self.shared.company || !self.shared.fields.is_empty()
    }

    /// The bytes that a customer takes whose random bits are kept, and where they are not.
    pub fn bytes(&self, keeps_bits: bool) -> usize {
        /// The address, the stage and the fingerprint that outlives those who are dropped.
        const FIXED: usize = 2;
        let bits = if keeps_bits { 4 * self.bits.count() } else { 0 };
        4 * (FIXED + usize::from(self.marks.digest.is_some()) + self.lasting.count() + self.shared.lists + bits)
    }
}
