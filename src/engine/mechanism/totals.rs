//! Totals are what all customers of a scenario come to when they are looked at together.

use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;

/// When all customers of a scenario are looked at together, to settle what they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// Within a period, after customers asked for something and before it is given.
    Midway,
    /// When a period is over, or time 0: for the next period.
    Over,
}

/// What all customers of a scenario come to at one time, as whole numbers of simulated ones.
pub struct Totals<'a> {
    /// The time: 0 at the start, then the period.
    pub t: usize,
    /// How many customers came, by segment and period of entry.
    pub arrivals: &'a [Vec<Arrivals>],
    /// What was counted, with the segment and period of entry.
    pub counted: Vec<(usize, usize, &'a Counts<i128>)>,
}

impl Totals<'_> {
    /// The number of periods of entry, the start among them.
    pub fn entries(&self) -> usize {
        self.arrivals.first().map_or(1, Vec::len)
    }

    /// Something that is counted, by segment and period of entry, one segment after another.
    pub fn count(&self, of: impl Fn(&Counts<i128>) -> i128) -> Vec<i128> {
        let entries = self.entries();
        let mut counts = vec![0; self.arrivals.len() * entries];
        for (segment, entry, ledger) in &self.counted {
            counts[segment * entries + entry] += of(ledger);
        }
        counts
    }

    /// The same of all real customers that the simulated ones stand for.
    pub fn real(&self, of: impl Fn(&Counts<i128>) -> i128) -> f64 {
        let counts = self.count(of);
        counts.iter().zip(self.arrivals.iter().flatten()).map(|(count, its)| *count as f64 * its.weight()).sum()
    }

    /// All real customers who have come so far.
    pub fn everybody(&self) -> f64 {
        self.arrivals.iter().flat_map(|segment| &segment[..=self.t.min(segment.len() - 1)]).map(|its| its.real).sum()
    }
}
