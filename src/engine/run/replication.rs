//! A replication is what one play of chance came to, before anything is priced.

use crate::model::draw::Draw;

use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;

/// What one replication counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Its number, from 0 on.
    pub number: u32,
    /// The numbers of the study as they were drawn.
    pub drawn: Draw,
    /// The counts by scenario and cell.
    pub ledgers: Vec<Vec<Counts<i128>>>,
    /// How many customers come, by scenario, segment and entry.
    pub arrivals: Vec<Vec<Vec<Arrivals>>>,
    /// In which periods the responses to each rule begin, by scenario.
    pub fired: Vec<Vec<Vec<u32>>>,
    /// The expected flows of all real customers by scenario and segment, where the model has them; no segments in a
    /// scenario that has none.
    pub expected: Option<Vec<Vec<Counts<f64>>>>,
    /// What solving them took, in multiplications; 0 where they are the same in every replication.
    pub work: u64,
    /// The simulated customers whose lives differ from the baseline's, by scenario and cell.
    pub differing: Vec<Vec<u64>>,
    /// For each scenario whose differences from the baseline are forced, the difference by segment, in simulated
    /// customers. None in a replication whose drawn numbers do not allow it.
    pub forced: Vec<Option<Vec<Counts<f64>>>>,
    /// Whether a number had to be held at the end of its range, or a row of chances scaled, in any scenario.
    pub held: bool,
}
