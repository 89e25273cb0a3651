//! A group is customers of one segment who hear from others, in every scenario at once.

use crate::model::Model;

use super::ledger::Ledger;
use super::mechanism::count;
use super::piece::{Span, blocks};
use super::population::{Block, drop_when_due};
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
    /// with it. Everybody is in the same place in all of them, so that words are drawn once.
    pub fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], part: &[bool], t: u32) {
        let Self { segment, worlds, scratch } = self;
        let Some((first, others)) = worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && world.blocks.is_empty()) {
            world.blocks = first.blocks.iter_mut().map(Block::twin).collect();
            world.ledger.clone_from(&first.ledger);
        }
        for at in 0..worlds[0].blocks.len() {
            let mut blocks: Vec<&mut Block> = worlds.iter_mut().filter_map(|world| world.blocks.get_mut(at)).collect();
            drop_when_due(&mut blocks, &rollout.world, scratch, t);
            let (live, shared) = (blocks[0].live, blocks.len() > 1);
            let mut words = worlds[0].blocks[at].words_for_all(&rollout.world, scratch, t);
            words.make_normal(shared && rollout.world.program.quality_is_normal, rollout.world.set, live, t);
            for (world, tables) in worlds.iter_mut().zip(tables) {
                if let Some(block) = world.blocks.get_mut(at) {
                    rollout.period_with(block, scratch, &words, &tables[*segment], t, &mut world.ledger);
                }
            }
            worlds[0].blocks[at].put_back(words, scratch);
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    pub fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].blocks.is_empty() { &self.worlds[0] } else { &self.worlds[world] }
    }
}
