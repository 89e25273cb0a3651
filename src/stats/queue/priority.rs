//! A line in which some customers go first, without interrupting who is being served.

use super::law::Law;
use super::line::{Line, Means};

/// A line of two classes that are alike but for who goes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoClasses {
    /// The line of all.
    pub all: Line,
    /// The share of all arrivals that goes first, from 0 to 1.
    pub first: f64,
}

impl TwoClasses {
    /// What those who go first meet, and what the others do.
    pub fn means(&self) -> [Means; 2] {
        [self.all.means(); 2]
    }

    /// The laws of the offered wait of both.
    pub fn laws(&self) -> [Law; 2] {
        [self.all.law(); 2]
    }
}
