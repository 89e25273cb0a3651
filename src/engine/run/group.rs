//! A group is some customers who move through time together with all others, in every scenario.

use crate::model::Model;

use super::piece::blocks;
use super::rollout::{InPeriod, PERIOD, Rollout, Steps};
use super::span::Span;
use crate::engine::chance::crowd::Crowd;
use crate::engine::count::counts::Counts;
use crate::engine::state::block::{Block, drop_when_due};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::tables::PeriodTable;
use crate::quantity::StageId;

/// With more simulated customers than this the random bits of four periods are not kept for each: memory is dearer
/// than drawing them anew each period.
pub const MOST_THAT_KEEP_BITS: u32 = 1 << 20;

/// The customers of a span in one scenario, as they come.
#[derive(Clone, Debug, Default)]
pub struct Coming {
    /// How many they are.
    pub count: usize,
    /// Whether the scenario has parted from the first one already.
    pub parted: bool,
    /// Where they start, where a change moves that.
    pub start: Option<Vec<(StageId, f64)>>,
}

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
    /// Whether they are not as many as in the first world, or start elsewhere, so that they share neither places nor words
    /// with them.
    alone: bool,
    /// The customers.
    pub blocks: Vec<Block>,
    /// What they count.
    pub ledger: Counts<i128>,
}

impl InWorld {
    /// Begins with some blocks of customers.
    fn begin(
        &mut self,
        rollout: &Rollout<'_>,
        scratch: &mut Scratch,
        blocks: impl Iterator<Item = (Crowd, usize)>,
        (keeps_bits, start): (bool, Option<&[(StageId, f64)]>),
    ) {
        self.own = true;
        for (crowd, count) in blocks {
            let mut block = Block::with_room(&rollout.world, count, keeps_bits);
            rollout.begin(&mut block, scratch, (crowd, count), start);
            rollout.start(&mut block, scratch, &mut self.ledger);
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
    /// A span of customers where they begin, in blocks of up to `size`, as they come in each scenario.
    pub fn new(model: &Model, rollout: &Rollout<'_>, span: Span, size: usize, worlds: &[Coming]) -> Self {
        let keeps_bits = model.run.agents <= MOST_THAT_KEEP_BITS;
        let size = size.min(span.count.max(1));
        let ledger = Counts::new(&rollout.schedule.layout, span.crowd.entry, model.run.horizon);
        let mut scratch = Scratch::new(&rollout.world, size.min(span.count), keeps_bits);
        let first = worlds.first().cloned().unwrap_or_default();
        let mut begun: Vec<InWorld> = Vec::new();
        for (at, Coming { count, parted, start }) in worlds.iter().enumerate() {
            let alone = *count != first.count || *start != first.start;
            let mut world = InWorld { own: false, alone, blocks: Vec::new(), ledger: ledger.clone() };
            if at == 0 || alone {
                let each = blocks(span.crowd, *count, size);
                world.begin(rollout, &mut scratch, each, (keeps_bits, start.as_deref()));
            } else if *parted && let Some(first) = begun.first_mut() {
                world.part_from(first);
            }
            begun.push(world);
        }
        Self { span, worlds: begun, scratch }
    }

    /// A period begins: those that part from the first scenario now have blocks of their own from here on.
    pub fn begin(&mut self, part: &[bool]) {
        let Some((first, others)) = self.worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && !world.own) {
            world.part_from(first);
        }
    }

    /// Takes everybody through some steps of a period in every scenario. Those that have not parted from the first one yet
    /// go with it. Everybody is in the same place in all of them, so that random bits are drawn once.
    pub fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], steps: Steps, t: u32) {
        let Self { span, worlds, scratch } = self;
        let (segment, world) = (span.crowd.segment, &rollout.world);
        // Nobody is dropped while a period is under way.
        let opens = steps.0 == PERIOD.0;
        for at in 0..worlds[0].blocks.len() {
            let mut blocks: Vec<&mut Block> =
                worlds.iter_mut().filter(|world| !world.alone).filter_map(|world| world.blocks.get_mut(at)).collect();
            if opens {
                drop_when_due(&mut blocks, world, scratch, t);
            }
            let (live, shared) = (blocks[0].live, blocks.len() > 1);
            let mut bits = worlds[0].blocks[at].bits_for_all(world, scratch, t);
            bits.make_normal(shared, world.set, live, t);
            for (world, tables) in worlds.iter_mut().zip(tables).filter(|(world, _)| !world.alone) {
                if let Some(block) = world.blocks.get_mut(at) {
                    let now = InPeriod { table: &tables[segment], t };
                    rollout.walk((block, scratch), &bits, now, steps, Some(&mut world.ledger));
                }
            }
            worlds[0].blocks[at].put_back(bits, scratch);
        }
        for (own, tables) in worlds.iter_mut().zip(tables).filter(|(own, _)| own.alone) {
            for block in &mut own.blocks {
                if opens {
                    drop_when_due(&mut [&mut *block], world, scratch, t);
                }
                let bits = block.bits_for_all(world, scratch, t);
                let now = InPeriod { table: &tables[segment], t };
                rollout.walk((block, scratch), &bits, now, steps, Some(&mut own.ledger));
                block.put_back(bits, scratch);
            }
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    pub fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].own { &self.worlds[world] } else { &self.worlds[0] }
    }
}
