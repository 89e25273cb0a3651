//! The moves that money is booked on.

use crate::model::Model;
use crate::model::counter::MOVES;

/// The moves that money is booked on, each with a place of its own among what is counted.
#[derive(Clone, Debug)]
pub struct BookedMoves {
    /// As `from * stages + to`; their order is that of the counter.
    pub pairs: Vec<usize>,
    stages: usize,
    /// For each pair, its place in `pairs` plus 1, or 0.
    slots: Vec<u16>,
}

impl BookedMoves {
    /// Those of a model.
    pub fn of(model: &Model) -> Self {
        let stages = model.stages.len();
        let pairs = model.counters[MOVES.index()].shape.pairs();
        let pairs: Vec<usize> = pairs.iter().map(|(from, to)| from.index() * stages + to.index()).collect();
        let mut slots = vec![0; stages * stages];
        for (slot, pair) in pairs.iter().enumerate() {
            slots[*pair] = u16::try_from(slot + 1).unwrap_or(u16::MAX);
        }
        Self { pairs, stages, slots }
    }

    /// The place of a move; none where no money is booked on it.
    #[inline]
    pub fn slot(&self, from: usize, to: usize) -> Option<usize> {
        (self.slots[from * self.stages + to] as usize).checked_sub(1)
    }
}
