//! Moved: by how much satisfaction is moved is counted in the parts in which satisfaction is, ups apart from downs.
//!
//! A change is the difference of what is counted of satisfaction before and after it. So all changes of a customer add up to
//! the last bit to what became of their satisfaction, whatever moved it.

use super::needs::{Needs, Shown};
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::lanes::MOST_LANES;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::scratch::Scratch;
use crate::model::Model;
use crate::model::weight::Mover;
use crate::quantity::{PARTS_PER_ONE, StageId};

/// The satisfaction of every customer before a period is felt.
const BEFORE: ColumnSpec = ColumnSpec::new("satisfaction before");
/// No study has more stages than this.
const MOST_STAGES: usize = 256;

/// By how much satisfaction went up, and down: that is below 0.
#[derive(Clone, Copy, Default)]
pub struct Moved([i64; 2]);

impl Moved {
    /// Takes in one change.
    #[inline]
    pub fn add(&mut self, before: f32, after: f32) {
        let by = parts(after) - parts(before);
        self.0[usize::from(by < 0)] += by;
    }

    /// Counts all changes into the cells of what made them, from the first one on.
    pub fn count(self, counts: &mut Counts<i128>, place: &Place, (cell, t): (usize, u32)) {
        let cells = &mut counts.cells_at(place, t as usize)[cell..];
        cells.iter_mut().zip(self.0).for_each(|(cell, by)| *cell += i128::from(by));
    }
}

/// In how many parts a satisfaction is counted.
#[inline]
fn parts(satisfaction: f32) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a power of two at most, by which nothing is rounded")]
    let parts = (satisfaction * PARTS_PER_ONE as f32) as i64;
    parts
}

/// What periods in stages do to satisfaction.
pub struct ByStage {
    place: Place,
    /// By stage: the first cell; none where a period is not felt.
    cells: Vec<Option<usize>>,
    before: ColumnId<f32, Passing>,
}

impl ByStage {
    /// What is counted; none where no touchpoint is felt, or no stage.
    pub fn of(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        let weights = model.weights.as_ref()?;
        let cell = |stage| weights.cell(Mover::Stage(StageId::from(stage)));
        let cells: Vec<Option<usize>> = (0..model.stages.len()).map(cell).collect();
        cells.iter().any(Option::is_some).then(|| Self {
            place: needs.counter(weights.counter, Shown::ByState),
            cells,
            before: needs.passing_numbers(BEFORE.made_anew()),
        })
    }

    /// Whether a period in a stage is counted.
    pub fn counts(&self, stage: StageId) -> bool {
        self.cells[stage.index()].is_some()
    }

    /// Notes everybody's satisfaction before the period is felt.
    pub fn note(&self, block: &Block, scratch: &mut Scratch, satisfaction: ColumnId<f32, Lasting>) {
        let lanes = block.live.next_multiple_of(MOST_LANES);
        let before = scratch.columns.numbers_mut(self.before);
        before[..lanes].copy_from_slice(&block.columns.numbers(satisfaction)[..lanes]);
    }

    /// Counts by how much it is another now.
    pub fn count(
        &self,
        (block, scratch): (&Block, &Scratch),
        satisfaction: ColumnId<f32, Lasting>,
        (counts, t): (&mut Counts<i128>, u32),
    ) {
        let mut by_stage = [Moved::default(); MOST_STAGES];
        let (before, after) = (scratch.columns.numbers(self.before), block.columns.numbers(satisfaction));
        for ((stage, before), after) in block.stage[..block.live].iter().zip(before).zip(after) {
            by_stage[*stage as usize % MOST_STAGES].add(*before, *after);
        }
        for (moved, cell) in by_stage.into_iter().zip(&self.cells) {
            if let Some(cell) = cell {
                moved.count(counts, &self.place, (*cell, t));
            }
        }
    }
}
