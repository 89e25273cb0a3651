//! Pillars in numbers: what the company has promised never to do, and where it is counted.

use crate::quantity::{CounterId, TouchpointId};

/// The cell of a pillar's counter that counts breaches.
pub const BREACHES: usize = 0;
/// The cell that counts the occasions at which it could break.
pub const OCCASIONS: usize = 1;
/// How many cells count a pillar.
pub const CELLS: usize = 2;

/// What is said of the breaches of a pillar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaches {
    /// How many there are.
    Count,
    /// Their share of the occasions so far.
    Share,
}

/// What the company has promised never to do.
#[derive(Clone, Debug)]
pub struct Pillar {
    /// Its name in the study.
    pub name: String,
    /// The promise as people say it.
    pub title: String,
    /// The touchpoint at which it holds or breaks.
    pub on: TouchpointId,
    /// One of its ends, by its place; none where all count.
    pub end: Option<usize>,
    /// What breaks it.
    pub never: Never,
    /// What counts it: breaches and occasions.
    pub counter: CounterId,
}

/// What breaks a pillar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Never {
    /// It ends so, by its place among the ends.
    End(usize),
    /// This touchpoint does not follow within so many days.
    Without {
        /// What has to follow.
        by: TouchpointId,
        /// Within how many days; however long where there is none.
        within: Option<f64>,
    },
    /// Quality falls short of what was expected by more than this.
    ShortBy(f64),
    /// Somebody waits longer than so many minutes in a channel.
    WaitOver(f64),
    /// Somebody needs more than so many attempts.
    AttemptsOver(u32),
    /// Somebody has to say again what was said before.
    ContextLost,
}
