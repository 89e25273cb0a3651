//! Booked moves: the moves of a period that money is booked on are counted.

use super::contract::{Mechanism, Step};
use super::needs::{Needs, Shown};
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::At;
use crate::engine::state::columns::{ColumnId, Passing};
use crate::engine::state::subset::SubsetPlan;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::counter::MOVES;
use crate::quantity::StageId;

/// Counts the moves of a period that money is booked on.
pub struct CountMoves {
    before: ColumnId<u32, Passing>,
    moves: Place,
}

impl Mechanism for CountMoves {
    const NAME: &'static str = "booked moves";
    type Sheet = ();

    fn declare(_model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        if needs.program.moves.pairs.is_empty() {
            return None;
        }
        needs.subset(SubsetPlan { places: true, ..SubsetPlan::default() });
        Some(Self { before: needs.before(), moves: needs.counter(MOVES, Shown::ByStage) })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Booked]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        let t = at.time() as usize;
        let Some(counts) = &mut at.counts else { return };
        let (before, stage) = (at.scratch.columns.words(self.before), &at.block.stage);
        let place = &mut at.scratch.subset.place;
        let count = at.world.set.run(Moved { before, stage, live: at.block.live, place });
        let moves = counts.cells_at(&self.moves, t);
        for place in &place[..count] {
            let (from, to) = (before[*place as usize] as usize, stage[*place as usize] as usize);
            if let Some(slot) = at.world.program.moves.slot(from, to) {
                moves[slot] += 1;
            }
        }
    }

    fn rests(&self, _stage: StageId) -> bool {
        true
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

/// Lists the customers whose stage has changed.
struct Moved<'a> {
    before: &'a [u32],
    stage: &'a [u32],
    live: usize,
    place: &'a mut [u32],
}

impl Kernel for Moved<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.live);
        let (before, stage) = (l.words(self.before, n), l.words(self.stage, n));
        let mut places = l.places();
        let step = l.u(u32::try_from(L::N).unwrap_or(0));
        let mut count = 0;
        for i in 0..n {
            let same = l.eq(l.load(&before[i]), l.load(&stage[i]));
            let moved = l.eq(l.plus_one(l.u(0), same), l.u(0));
            count += l.pack(self.place, count, moved, places);
            places = l.add(places, step);
        }
        count
    }
}
