//! A group is some customers who move through time together with all others, in every scenario.

use crate::model::Model;

use super::piece::blocks;
use super::rollout::Rollout;
use super::span::Span;
use crate::engine::count::ledger::Ledger;
use crate::engine::mechanism::count;
use crate::engine::state::population::{Block, drop_when_due};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::tables::PeriodTable;

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
    /// Whether they are not as many as in the first world, so that they share neither places nor words with them.
    alone: bool,
    /// The customers.
    pub blocks: Vec<Block>,
    /// What they count.
    pub ledger: Ledger,
}

impl InWorld {
    /// Begins with `count` customers of a span.
    fn begin(&mut self, rollout: &Rollout<'_>, span: Span, size: usize, count: usize, keeps_words: bool) {
        self.own = true;
        for (crowd, count) in blocks(span.crowd, count, size) {
            let mut block = Block::with_room(rollout.world.program, count, keeps_words);
            block.begin(&rollout.world, crowd, count);
            if crowd.entry == 0 {
                count::count(&mut block, &rollout.world, 0, &mut self.ledger);
            }
            self.blocks.push(block);
        }
    }

    /// Parts from the first world with what its customers have become so far.
    fn part_from(&mut self, first: &mut Self) {
        self.own = true;
        self.blocks = first.blocks.iter_mut().map(Block::twin).collect();
        self.ledger.clone_from(&first.ledger);
    }
}

impl Group {
    /// A span of customers where they begin, in blocks of up to `size`: how many there are in each scenario, and
    /// whether that has parted from the first one already.
    pub fn new(model: &Model, rollout: &Rollout<'_>, span: Span, size: usize, worlds: &[(usize, bool)]) -> Self {
        let program = rollout.world.program;
        let keeps_words = model.run.agents <= MOST_THAT_KEEP_WORDS;
        let ledger = Ledger::new(program.counted(), span.crowd.entry, model.run.horizon);
        let counts: Vec<usize> = worlds.iter().map(|(count, _)| *count).collect();
        let mut begun: Vec<InWorld> = Vec::new();
        for (at, (count, part)) in worlds.iter().enumerate() {
            let alone = *count != counts[0];
            let mut world = InWorld { own: false, alone, blocks: Vec::new(), ledger: ledger.clone() };
            if at == 0 || alone {
                world.begin(rollout, span, size.min(span.count.max(1)), *count, keeps_words);
            } else if *part && let Some(first) = begun.first_mut() {
                world.part_from(first);
            }
            begun.push(world);
        }
        let worlds = begun;
        let scratch = Scratch::new(program, size.min(span.count), keeps_words);
        Self { span, worlds, scratch }
    }

    /// Takes everybody through a period in every scenario. Those that have not parted from the first one yet go
    /// with it. Everybody is in the same place in all of them, so that words are drawn once.
    pub fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], part: &[bool], t: u32) {
        let Self { span, worlds, scratch } = self;
        let segment = span.crowd.segment;
        let Some((first, others)) = worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && !world.own) {
            world.part_from(first);
        }
        for at in 0..worlds[0].blocks.len() {
            let mut blocks: Vec<&mut Block> =
                worlds.iter_mut().filter(|world| !world.alone).filter_map(|world| world.blocks.get_mut(at)).collect();
            drop_when_due(&mut blocks, &rollout.world, scratch, t);
            let (live, shared) = (blocks[0].live, blocks.len() > 1);
            let mut words = worlds[0].blocks[at].words_for_all(&rollout.world, scratch, t);
            words.make_normal(shared && rollout.world.program.quality_is_normal, rollout.world.set, live, t);
            for (world, tables) in worlds.iter_mut().zip(tables).filter(|(world, _)| !world.alone) {
                if let Some(block) = world.blocks.get_mut(at) {
                    rollout.period_with(block, scratch, &words, &tables[segment], t, &mut world.ledger);
                }
            }
            worlds[0].blocks[at].put_back(words, scratch);
        }
        for (world, tables) in worlds.iter_mut().zip(tables).filter(|(world, _)| world.alone) {
            for block in &mut world.blocks {
                rollout.period(block, scratch, &tables[segment], t, &mut world.ledger);
            }
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    pub fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].own { &self.worlds[world] } else { &self.worlds[0] }
    }
}
