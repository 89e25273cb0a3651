//! How many people a target takes.

use super::line::{Line, MOST_STAFF};

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

impl Target {
    /// By how much a line misses the target; 0 or less where it holds to it.
    fn missed_by(self, line: &Line) -> f64 {
        match self {
            Self::Wait(minutes) => line.gives_up() * line.mean_patience() - minutes,
            Self::Served { share, within } => share - line.served_within(within),
            Self::GivesUp(share) => line.gives_up() - share,
        }
    }
}

/// The people that a target takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staffing {
    /// The least number as a mean, where one more is there for a part of the time.
    pub mean: f64,
    /// The least whole number.
    pub whole: f64,
}

/// How many people `line` takes to hold to a target, whatever its own `staff`; none where a million do not suffice.
///
/// What is aimed at never worsens with more people, so that the least whole number is found by halving. Between whole numbers
/// a line is linear in them, and the least mean is known from the two beside it.
pub fn staffing(line: &Line, target: Target) -> Option<Staffing> {
    let missed = |staff: f64| target.missed_by(&Line { staff, ..*line });
    if missed(0.0) <= 0.0 {
        return Some(Staffing { mean: 0.0, whole: 0.0 });
    }
    let (mut below, mut whole) = (0.0, 1.0);
    while missed(whole) > 0.0 {
        if whole >= MOST_STAFF {
            return None;
        }
        (below, whole) = (whole, (2.0 * whole).min(MOST_STAFF));
    }
    while whole - below > 1.0 {
        let middle = libm::floor(0.5 * (below + whole));
        if missed(middle) > 0.0 { below = middle } else { whole = middle }
    }
    let (before, after) = (missed(below), missed(whole));
    Some(Staffing { mean: below + before / (before - after), whole })
}
