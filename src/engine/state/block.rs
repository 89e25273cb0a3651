//! Customers live in columns, in blocks: one block is a few thousand customers of one segment.

use super::bits::{Bits, is_fourth};
use super::column::column;
use super::columns::{Columns, Lasting};
use super::leavers::{Keep, Kept, List, Mark};
use super::plan::{Marks, Plan};
use super::scratch::Scratch;
use super::world::World;
use crate::engine::chance::crowd::Crowd;
use crate::engine::table::program::Program;
use crate::engine::table::tables::OwnChance;

/// Customers in a block unless told otherwise; their columns stay in the caches nearest to the processor.
pub const BLOCK: usize = 2048;

/// A block of customers of one segment: their addresses, their stages, and the columns that mechanisms register.
///
/// The first `live` places are taken; those who can change no more are dropped and only counted. The places behind
/// them are in the stage of nobody.
#[derive(Clone)]
pub struct Block {
    /// The customers' addresses; their random numbers go with them wherever their place is.
    pub customer: Vec<u32>,
    /// The stage of each.
    pub stage: Vec<u32>,
    /// What else they carry on.
    pub columns: Columns<Lasting>,
    /// Some of them by place, list by list, within a period.
    pub lists: Vec<Vec<u32>>,
    /// What the columns of own chances were made by.
    pub own_made_by: Vec<OwnChance>,
    /// The number of customers who can still change.
    pub live: usize,
    /// Those who were dropped.
    pub gone: Gone,
    /// The random bits of four periods; empty where they are drawn anew each period.
    bits: Bits,
    keeps_bits: bool,
    crowd: Crowd,
    count: usize,
}

/// Those who were dropped from a block, as far as they are still counted.
#[derive(Clone)]
pub struct Gone {
    /// The number dropped from each stage.
    pub by_stage: Vec<u64>,
    /// The number of those with each flag.
    pub with_flag: Vec<u64>,
    /// The fingerprints of all customers of the block, once they are known.
    pub digests: Vec<u32>,
}

impl Block {
    /// An empty block with room for `size` customers.
    pub fn with_room(world: &World<'_>, size: usize, keeps_bits: bool) -> Self {
        let Plan { lasting, bits, marks, .. } = world.plan;
        Self {
            customer: column(true, size),
            stage: column(true, size),
            columns: Columns::new(lasting, size),
            lists: vec![Vec::new(); world.plan.shared.lists],
            own_made_by: Vec::new(),
            live: 0,
            gone: Gone {
                by_stage: vec![0; world.program.stages],
                with_flag: vec![0; marks.flags.len()],
                digests: Vec::new(),
            },
            bits: Bits::with_room(bits, if keeps_bits { size } else { 0 }),
            keeps_bits,
            crowd: Crowd::default(),
            count: 0,
        }
    }

    /// Puts the first `count` customers of a fresh block back to where they began.
    pub fn restart(&mut self, world: &World<'_>, fresh: &Self, count: usize) {
        self.reset(world.plan, fresh.crowd, count);
        self.customer.copy_from_slice(&fresh.customer);
        self.stage.copy_from_slice(&fresh.stage);
        self.columns.restart(&fresh.columns);
        if count < fresh.live {
            self.stage[count..].fill(world.program.nobody());
        }
    }

    /// The segment of these customers.
    pub fn segment(&self) -> usize {
        self.crowd.segment
    }

    /// The period in which these customers came; 0 for those who were there at the start.
    pub fn entry(&self) -> u32 {
        self.crowd.entry
    }

    /// What tells the random numbers of these customers from those of others with the same addresses; 0 for those who were
    /// there at the start.
    pub fn cohort(&self) -> u32 {
        self.crowd.luck()
    }

    /// Which of their periods `t` is for these customers, counted from 1.
    pub fn age(&self, t: u32) -> u32 {
        t + 1 - self.crowd.entry.max(1)
    }

    /// The number of customers, those dropped included.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Makes room for `count` customers of a crowd, of whom nothing is known yet but who they are.
    pub fn begin(&mut self, world: &World<'_>, crowd: Crowd, count: usize) {
        self.reset(world.plan, crowd, count);
        self.columns.clear();
        for (place, customer) in self.customer.iter_mut().zip(0..) {
            *place = crowd.customer(customer);
        }
        self.stage[count..].fill(world.program.nobody());
    }

    /// Empties the block.
    pub fn clear(&mut self, world: &World<'_>) {
        self.reset(world.plan, Crowd::default(), 0);
        self.columns.clear();
        self.stage.fill(world.program.nobody());
    }

    fn reset(&mut self, plan: &Plan, crowd: Crowd, count: usize) {
        self.crowd = crowd;
        self.live = count;
        self.count = count;
        self.gone.by_stage.fill(0);
        self.gone.with_flag.fill(0);
        self.own_made_by.clear();
        self.lists.iter_mut().for_each(Vec::clear);
        self.gone.digests.resize(if plan.marks.digest.is_some() { count } else { 0 }, 0);
    }

    /// Puts a customer with an address and a stage into the next place, and returns that; columns are for the caller to set.
    pub fn place(&mut self, customer: u32, stage: u32) -> usize {
        let place = self.live;
        self.customer[place] = customer;
        self.stage[place] = stage;
        self.live += 1;
        self.count += 1;
        place
    }

    /// Takes in the customers of another block behind its own, with their random bits.
    pub fn join(&mut self, bits: &mut Bits, other: &Self, others_bits: &Bits) {
        let (from, to) = (self.live, self.live + other.live);
        self.customer[from..to].copy_from_slice(&other.customer[..other.live]);
        self.stage[from..to].copy_from_slice(&other.stage[..other.live]);
        self.columns.join(from, &other.columns, other.live);
        bits.join(from, others_bits, other.live);
        // The columns of own chances have to be made again.
        self.own_made_by.clear();
        self.live = to;
        self.count += other.live;
    }

    /// Takes out the random bits of period `t`, for those who can still change: before they are drawn come those who
    /// are due to be dropped.
    pub fn take_bits(&mut self, world: &World<'_>, scratch: &mut Scratch, t: u32) -> Bits {
        drop_when_due(&mut [self], world, scratch, t);
        self.bits_for_all(world, scratch, t)
    }

    /// Takes out the random bits of period `t`, drawn where need be: every fourth period those of four.
    pub fn bits_for_all(&mut self, world: &World<'_>, scratch: &mut Scratch, t: u32) -> Bits {
        let mut bits = std::mem::take(if self.keeps_bits { &mut self.bits } else { &mut scratch.bits });
        if is_fourth(t) || t == self.crowd.entry || !self.keeps_bits {
            bits.fill((&world.draws, world.set), (&self.customer, self.cohort()), self.live, t);
        }
        bits
    }

    /// Puts the random bits back where they were taken from.
    pub fn put_back(&mut self, bits: Bits, scratch: &mut Scratch) {
        let kept = if self.keeps_bits { &mut self.bits } else { &mut scratch.bits };
        *kept = bits;
    }

    /// Writes every fingerprint to its customer's place among [`Gone::digests`].
    pub fn settle(&mut self, plan: &Plan) {
        let Some(digest) = plan.marks.digest else { return };
        for place in 0..self.live {
            self.gone.digests[self.crowd.place(self.customer[place])] = self.columns.words(digest)[place];
        }
    }

    /// A block like this one, but without random bits.
    #[must_use]
    pub fn twin(&mut self) -> Self {
        let bits = std::mem::take(&mut self.bits);
        let twin = Self { keeps_bits: false, ..self.clone() };
        self.bits = bits;
        twin
    }

    /// Drops the customers at these places, who are those marked.
    fn drop_marked(&mut self, world: &World<'_>, marked: &[u32], places: &[u32]) {
        let Marks { flags, digest, .. } = &world.plan.marks;
        for place in places {
            let place = *place as usize;
            self.gone.by_stage[self.stage[place] as usize] += 1;
            for (gone, flag) in self.gone.with_flag.iter_mut().zip(flags) {
                *gone += u64::from(self.columns.words(*flag)[place] != 0);
            }
            if let Some(digest) = digest {
                self.gone.digests[self.crowd.place(self.customer[place])] = self.columns.words(*digest)[place];
            }
        }
        let live = self.live;
        self.columns.keep(world.set, marked, live);
        for column in [&mut self.customer, &mut self.stage] {
            self.live = world.set.run(Keep { marked, live, column: Kept::Words(column) });
        }
        self.stage[self.live..].fill(world.program.nobody());
    }
}

/// Every fourth period, before new bits are drawn: drops those who can change no more if they are more than an
/// eighth. Several blocks hold the same customers in several scenarios; they are dropped where they can change no more
/// in any of them, so that everybody has the same place in all.
pub fn drop_when_due(blocks: &mut [&mut Block], world: &World<'_>, scratch: &mut Scratch, t: u32) {
    if !is_fourth(t) {
        return;
    }
    let (mut inert, mut live) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        live = block.live;
        let Program { reach, .. } = *world.program;
        let (stage, marked) = (&block.stage, &mut scratch.inert);
        inert = world.set.run(Mark { reach, inert: &world.plan.inert, stage, live, marked, first: at == 0 });
    }
    if inert * 8 > live {
        let marked = scratch.inert.as_slice();
        let count = world.set.run(List { marked, live, place: &mut scratch.dropped });
        for block in blocks {
            block.drop_marked(world, marked, &scratch.dropped[..count]);
        }
    }
}
