//! What the literature prints, what births and deaths come to, and what nobody would ask.

mod extremes;
mod known;
mod laws;

use super::line::Line;

/// A line by its rates: arrivals, customers that one person serves, customers that give up, each a minute, and people.
fn line(arrivals: f64, serves: f64, gives_up: f64, staff: f64) -> Line {
    Line { arrivals: 60.0 * arrivals, staff, handle: 1.0 / serves, patience: 1.0 / gives_up, variability: 1.0 }
}

/// As good as no patience to lose, a minute.
const PATIENT: f64 = 1e-11;

#[track_caller]
fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} is not {expected}");
}
