//! A span is a run of customers who are counted in one cell.

use crate::model::Model;

use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::narrow::whole;
use crate::engine::count::cells::{Arrivals, BATCHES, Cells, of_batch};

/// A run of customers who are counted in one cell.
#[derive(Clone, Copy)]
pub struct Span {
    /// The cell.
    pub cell: usize,
    /// The batch that they belong to.
    pub batch: usize,
    /// Their segment and period of entry, and the first address.
    pub crowd: Crowd,
    /// How many of the same batch come before the first.
    pub offset: usize,
    /// The number of customers, in the scenario that has most of them.
    pub count: usize,
}

impl Span {
    /// How many of these customers there are where so many come in all.
    pub fn count_of(&self, arrivals: Arrivals) -> usize {
        self.count.min(of_batch(arrivals.agents, self.batch).saturating_sub(self.offset))
    }
}

/// The spans of one segment and entry, of at most `size` customers each, for `agents` of them.
pub fn spans(cells: Cells, crowd: Crowd, agents: u32, size: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    for batch in 0..BATCHES {
        let count = of_batch(agents, batch);
        let cell = cells.place(crowd.segment, crowd.entry as usize, batch);
        let all = Crowd { first: crowd.customer(whole(batch)), step: crowd.step * whole(BATCHES), ..crowd };
        for offset in (0..count).step_by(size) {
            let crowd = Crowd { first: all.customer(whole(offset)), ..all };
            spans.push(Span { cell, batch, crowd, offset, count: size.min(count - offset) });
        }
    }
    spans
}

/// All customers cut into spans of at most `size`, as many as there are in the scenario that has most; `arrivals` are by
/// scenario, segment and entry.
pub fn all_spans(model: &Model, arrivals: &[Vec<Vec<Arrivals>>], size: usize) -> Vec<Span> {
    let cells = Cells::of(model);
    let mut all = Vec::new();
    let mut first = 0;
    for segment in 0..cells.segments {
        for entry in 0..cells.entries {
            let most = arrivals.iter().map(|scenario| scenario[segment][entry].agents).max().unwrap_or(0);
            let crowd = Crowd::new(segment, whole(entry), if entry == 0 { first } else { 0 });
            all.extend(spans(cells, crowd, most, size));
            first += if entry == 0 { most } else { 0 };
        }
    }
    all
}
