//! A group is customers of one segment who hear from others, in every scenario at once.

use crate::model::Model;

use super::ledger::Ledger;
use super::mechanism::count;
use super::piece::{Span, blocks};
use super::population::Block;
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::PeriodTable;

/// Customers who hear from each other keep the words of four periods up to this many agents; beyond, memory is dearer
/// than drawing them anew each period.
pub const MOST_THAT_KEEP_WORDS: u32 = 1 << 20;

/// Customers of one segment who move together with all others, in every scenario.
pub struct Group {
    /// The segment.
    pub segment: usize,
    /// The scenarios, the baseline first.
    pub worlds: Vec<InWorld>,
    scratch: Scratch,
}

/// A group's customers in one scenario.
pub struct InWorld {
    /// Empty as long as they are those of the first world.
    pub blocks: Vec<Block>,
    /// What they count.
    pub ledger: Ledger,
}

impl Group {
    /// A span of customers at time 0, in blocks of up to `size`, for a number of scenarios.
    pub fn new(model: &Model, rollout: &Rollout<'_>, span: Span, size: usize, worlds: usize) -> Self {
        let program = rollout.world.program;
        let keeps_words = model.run.agents <= MOST_THAT_KEEP_WORDS;
        let empty = Ledger::new(program.stages, program.booked_moves.len(), model.run.horizon);
        let mut worlds: Vec<InWorld> =
            (0..worlds).map(|_| InWorld { blocks: Vec::new(), ledger: empty.clone() }).collect();
        for (first, count) in blocks(span, size) {
            let mut block = Block::with_room(program, count, keeps_words);
            block.begin(&rollout.world, span.segment, first, count);
            count::count(&mut block, &rollout.world, 0, &mut worlds[0].ledger);
            worlds[0].blocks.push(block);
        }
        let scratch = Scratch::new(program, size.min(span.count), keeps_words);
        Self { segment: span.segment, worlds, scratch }
    }

    /// Takes everybody through a period in every scenario. Those that have not parted from the first one yet go
    /// with it. Words that were drawn for the first one serve the others as long as neither has dropped anybody.
    pub fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], part: &[bool], t: u32) {
        let Self { segment, worlds, scratch } = self;
        let Some((first, others)) = worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && world.blocks.is_empty()) {
            world.blocks.clone_from(&first.blocks);
            world.ledger.clone_from(&first.ledger);
        }
        for (at, block) in first.blocks.iter_mut().enumerate() {
            let words = block.take_words(&rollout.world, scratch, t);
            rollout.period_with(block, scratch, &words, &tables[0][*segment], t, &mut first.ledger);
            let mut left = Vec::new();
            for (world, tables) in others.iter_mut().zip(&tables[1..]) {
                let InWorld { blocks, ledger } = world;
                let Some(its) = blocks.get_mut(at) else { continue };
                its.drop_when_due(&rollout.world, scratch, t);
                if block.is_whole() && its.is_whole() {
                    rollout.period_with(its, scratch, &words, &tables[*segment], t, ledger);
                } else {
                    left.push((its, ledger, &tables[*segment]));
                }
            }
            block.put_back(words, scratch);
            for (block, ledger, table) in left {
                rollout.period(block, scratch, table, t, ledger);
            }
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    pub fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].blocks.is_empty() { &self.worlds[0] } else { &self.worlds[world] }
    }
}
