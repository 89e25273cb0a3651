//! Groups: customers who hear from each other go through every period together, in all scenarios.

use super::ledger::Ledger;
use super::piece::{Span, blocks};
use super::population::Block;
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::PeriodTable;

/// Customers of one segment who move together with all others, in every scenario.
pub struct Group {
    /// The segment.
    pub segment: usize,
    /// The customers in each scenario, the baseline's first.
    pub worlds: Vec<InWorld>,
    scratch: Scratch,
}

/// A group's customers in one scenario.
pub struct InWorld {
    /// The customers; empty as long as they are those of the first world.
    pub blocks: Vec<Block>,
    /// What was counted.
    pub ledger: Ledger,
}

impl Group {
    /// A span of customers at time 0, in blocks of up to `size`, for a number of scenarios.
    ///
    /// Blocks that keep their words take 16 bytes more for each customer and purpose; others draw them anew each period.
    pub fn new(rollout: &Rollout<'_>, span: Span, size: usize, worlds: usize, keeps_words: bool) -> Self {
        let program = rollout.world.program;
        let mut ledger = Ledger::new(program.stages, program.booked_moves.len(), rollout.horizon);
        let fresh = blocks(span, size).map(|(first, count)| {
            let mut block = Block::with_room(program, count, keeps_words);
            block.begin(&rollout.world, span.segment, first, count);
            super::mechanism::count::count(&mut block, &rollout.world, 0, &mut ledger);
            block
        });
        let fresh = fresh.collect();
        let mut in_worlds = vec![InWorld { blocks: fresh, ledger: ledger.clone() }];
        in_worlds.resize_with(worlds, || InWorld { blocks: Vec::new(), ledger: ledger.clone() });
        let scratch = Scratch::new(program, size.min(span.count), keeps_words);
        Self { segment: span.segment, worlds: in_worlds, scratch }
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
            rollout.go(block, scratch, &tables[0][*segment], t, &words);
            rollout.stay(block, scratch, &tables[0][*segment], t, &words, &mut first.ledger);
            let mut left = Vec::new();
            for (world, tables) in others.iter_mut().zip(&tables[1..]) {
                let InWorld { blocks, ledger } = world;
                let Some(its) = blocks.get_mut(at) else { continue };
                its.drop_when_due(&rollout.world, t);
                if block.is_whole() && its.is_whole() {
                    rollout.go(its, scratch, &tables[*segment], t, &words);
                    rollout.stay(its, scratch, &tables[*segment], t, &words, ledger);
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
