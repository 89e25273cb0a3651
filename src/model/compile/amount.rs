//! Amounts that go to accounts, as they are compiled.

use crate::model::booking::Price;
use crate::quantity::{CounterId, LineId, StageId};

/// An amount as a study writes it, and the account that it goes to.
#[derive(Clone, Copy)]
pub struct Amount {
    /// What it is for.
    pub per: Per,
    /// The account.
    pub account: LineId,
    /// The number, or which number when.
    pub price: Price,
}

/// What an amount is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// One of what a cell of a counter counts, such as a customer and period in a stage.
    Each(CounterId, usize),
    /// A move from one stage to another, which is counted if money is booked on it.
    Move(StageId, StageId),
    /// One of what a cell of a presence counts, by their places.
    Present(usize, usize),
    /// A contact handled in a channel, by its place.
    Handled(usize),
}
