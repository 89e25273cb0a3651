//! A group is some customers who move through time together with all others, in every scenario.

use crate::model::Model;

use super::ledger::Ledger;
use super::mechanism::count;
use super::piece::{Span, blocks};
use super::population::Block;
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::PeriodTable;

/// With more simulated customers than this the words of four periods are not kept for each: memory is dearer
/// than drawing them anew each period.
pub const MOST_THAT_KEEP_WORDS: u32 = 1 << 20;

/// Customers of one segment who move together with all others, in every scenario.
pub struct Group {
    /// Who they are.
    pub span: Span,
    /// The scenarios, the baseline first.
    pub worlds: Vec<InWorld>,
    scratch: Scratch,
}

/// A group's customers in one scenario.
pub struct InWorld {
    /// Whether they have parted from those of the first world; until then there are no blocks.
    own: bool,
    /// The customers.
    pub blocks: Vec<Block>,
    /// What they count.
    pub ledger: Ledger,
}

impl Group {
    /// A span of customers where they begin, in blocks of up to `size`: how many there are in each scenario, and
    /// whether that has parted from the first one already.
    pub fn new(model: &Model, rollout: &Rollout<'_>, span: Span, size: usize, worlds: &[(usize, bool)]) -> Self {
        let program = rollout.world.program;
        let keeps_words = model.run.agents <= MOST_THAT_KEEP_WORDS;
        let ledger = Ledger::new(program, span.crowd.entry, model.run.horizon);
        let first = worlds.first().map_or(0, |(count, _)| *count);
        let world = |(at, (count, part)): (usize, &(usize, bool))| {
            let own = at == 0 || *part || *count != first;
            let mut world = InWorld { own, blocks: Vec::new(), ledger: ledger.clone() };
            for (crowd, count) in blocks(span.crowd, *count, size).filter(|_| own) {
                let mut block = Block::with_room(program, count, keeps_words);
                block.begin(&rollout.world, crowd, count);
                if crowd.entry == 0 {
                    count::count(&mut block, &rollout.world, 0, &mut world.ledger);
                }
                world.blocks.push(block);
            }
            world
        };
        let worlds = worlds.iter().enumerate().map(world).collect();
        let scratch = Scratch::new(program, size.min(span.count), keeps_words);
        Self { span, worlds, scratch }
    }

    /// Takes everybody through a period in every scenario. Those that have not parted from the first one yet go
    /// with it. Words that were drawn for the first one serve the others as long as neither has dropped anybody.
    pub fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], part: &[bool], t: u32) {
        let Self { span, worlds, scratch } = self;
        let segment = span.crowd.segment;
        let Some((first, others)) = worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && !world.own) {
            world.own = true;
            world.blocks.clone_from(&first.blocks);
            world.ledger.clone_from(&first.ledger);
        }
        let most = others.iter().map(|world| world.blocks.len()).fold(first.blocks.len(), usize::max);
        for at in 0..most {
            let mut base = first.blocks.get_mut(at).map(|block| (block.take_words(&rollout.world, scratch, t), block));
            if let Some((words, block)) = &mut base {
                rollout.period_with(block, scratch, words, &tables[0][segment], t, &mut first.ledger);
            }
            let mut left = Vec::new();
            for (world, tables) in others.iter_mut().zip(&tables[1..]) {
                let InWorld { blocks, ledger, .. } = world;
                let Some(its) = blocks.get_mut(at) else { continue };
                let table = &tables[segment];
                match &base {
                    Some((words, block)) if block.is_whole() && block.count() == its.count() => {
                        its.drop_when_due(&rollout.world, scratch, t);
                        if its.is_whole() {
                            rollout.period_with(its, scratch, words, table, t, ledger);
                        } else {
                            left.push((its, ledger, table));
                        }
                    }
                    _ => left.push((its, ledger, table)),
                }
            }
            if let Some((words, block)) = base {
                block.put_back(words, scratch);
            }
            for (block, ledger, table) in left {
                rollout.period(block, scratch, table, t, ledger);
            }
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    pub fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].own { &self.worlds[world] } else { &self.worlds[0] }
    }
}
