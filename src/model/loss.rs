//! Loss: which moves there are in a journey, and which of them lose customers.

use super::Model;
use super::booking::{Booking, Bookings};
use super::counter::{MOVES, Shape};
use super::journey::Stage;
use super::touchpoint::Touchpoint;
use crate::quantity::StageId;

/// All moves that customers may make, in their order: those that stages lead to, and those by which touchpoints take people
/// elsewhere.
pub fn moves(stages: &[Stage], touchpoints: &[Touchpoint]) -> Vec<(StageId, StageId)> {
    let leaves = || (0..).map(StageId).zip(stages).filter(|(_, stage)| !stage.exits.is_empty());
    let exits = leaves().flat_map(|(from, stage)| stage.exits.iter().map(move |exit| (from, exit.to)));
    let ways = touchpoints.iter().flat_map(|its| &its.ends).flat_map(|end| &end.ways);
    let taken = ways.flat_map(|way| leaves().map(|(from, _)| (from, way.to))).filter(|(from, to)| from != to);
    let mut moves: Vec<(StageId, StageId)> = exits.chain(taken).collect();
    moves.sort_unstable();
    moves.dedup();
    moves
}

impl Model {
    /// Whether a move loses a customer: it leads out of the retained stages, or to a stage that is not retained and that nothing
    /// leads out of.
    pub fn loses(&self, from: StageId, to: StageId) -> bool {
        let [before, after] = [from, to].map(|id| &self.stages[id.index()]);
        !after.retained && (before.retained || after.exits.is_empty())
    }

    /// Whether every move is counted: also those that no money is booked on.
    pub fn counts_all_moves(&self) -> bool {
        let counted = self.counters[MOVES.index()].shape.pairs();
        moves(&self.stages, &self.touchpoints).iter().all(|pair| counted.binary_search(pair).is_ok())
    }

    /// The same model in which every move is counted.
    #[must_use]
    pub fn with_all_moves(&self) -> Self {
        let before = self.counters[MOVES.index()].shape.pairs();
        let mut all = moves(&self.stages, &self.touchpoints);
        all.extend(before);
        all.sort_unstable();
        all.dedup();
        let cell = |booking: &Booking| match booking.counter {
            MOVES => all.partition_point(|pair| *pair < before[booking.cell]),
            _ => booking.cell,
        };
        let bookings = self.bookings.all().iter().map(|booking| Booking { cell: cell(booking), ..*booking }).collect();
        let mut counters = self.counters.clone();
        counters[MOVES.index()].shape = Shape::ByPair(all);
        let bookings = Bookings::new(bookings, &mut counters, self.stages.len());
        Self { counters, bookings, ..self.clone() }
    }
}
