//! The moves that money is booked on.

use crate::model::Model;

/// The moves that money is booked on, each with a place of its own among what is counted.
#[derive(Clone, Debug)]
pub struct BookedMoves {
    /// As `from * stages + to`; their order is the ledger's.
    pub pairs: Vec<usize>,
    stages: usize,
    /// For each pair, its place in `pairs` plus 1, or 0.
    slots: Vec<u16>,
}

impl BookedMoves {
    /// Those of a model.
    pub fn of(model: &Model) -> Self {
        let stages = model.stages.len();
        let on_move = |(from, stage): (usize, &crate::model::journey::Stage)| {
            stage.on_move.iter().map(|(to, _)| from * stages + to.index()).collect::<Vec<_>>()
        };
        let mut pairs: Vec<usize> = model.stages.iter().enumerate().flat_map(on_move).collect();
        pairs.sort_unstable();
        pairs.dedup();
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
