//! Customers whose flows are priced together, with when they came and how many.

use crate::engine::chance::narrow::whole;
use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;

/// Customers of one entry: what they did, and how many came.
pub struct Cohort<'a> {
    /// The period in which they came; 0 for those who were there at the start.
    pub entry: u32,
    /// What they did, in real customers.
    pub flows: &'a Counts<f64>,
    /// How many real customers came.
    pub came: f64,
    /// Those who came later and are counted in the same flows, by period of entry.
    pub later: &'a [Arrivals],
}

impl Cohort<'_> {
    /// How many real customers came in period `t`.
    pub fn came_in(&self, t: usize) -> f64 {
        if self.entry as usize == t { self.came } else { self.later.get(t).map_or(0.0, |its| its.real) }
    }
}

/// All customers of a segment as one, with what they did in real customers.
pub fn everybody<'a>(flows: &'a Counts<f64>, came: &'a [Arrivals]) -> Cohort<'a> {
    Cohort { entry: 0, flows, came: came.first().map_or(0.0, |its| its.real), later: came }
}

/// Customers by entry, with what they did in real customers.
pub fn cohorts<'a>(flows: &'a [Counts<f64>], came: &[Arrivals]) -> Vec<Cohort<'a>> {
    let one = |(entry, (flows, its)): (usize, (&'a Counts<f64>, &Arrivals))| Cohort {
        entry: whole(entry),
        flows,
        came: its.real,
        later: &[],
    };
    flows.iter().zip(came).enumerate().map(one).filter(|cohort| cohort.entry == 0 || cohort.came > 0.0).collect()
}
