//! Customers live in columns, in blocks: one block is a few hundred customers of one segment.

use super::draws::{Draws, Purpose};
use super::ledger::Ledger;
use super::program::Program;
use super::roster::Roster;
use super::tables::OwnChance;

/// Customers in a block unless told otherwise; their columns stay in the first-level cache.
pub const BLOCK: usize = 512;

/// A block of customers of one segment, one column for each thing they carry.
///
/// The first `live` places are taken; those who can change no more are dropped and only counted.
pub struct Block {
    /// The customers' addresses; their luck goes with them wherever their place is.
    pub customer: Vec<u32>,
    /// The stage of each.
    pub stage: Vec<u8>,
    /// The stage that each had before the move of this period.
    pub before: Vec<u8>,
    /// The full periods that each has been in the stage.
    pub periods_in_stage: Vec<u16>,
    /// The satisfaction of each.
    pub satisfaction: Vec<f32>,
    /// The traits, one column each.
    pub traits: Vec<Vec<f32>>,
    /// Whether each has ever been retained, 0 or 1.
    pub acquired: Vec<u8>,
    /// A fingerprint of each life so far.
    pub digest: Vec<u32>,
    /// The chances that are the customer's own, one column each, after the changes in force.
    pub own: Vec<Vec<f32>>,
    /// What `own` was made by.
    pub own_made_by: Vec<OwnChance>,
    /// Each customer's purchases of this period, in a mix with their money.
    pub bought: Vec<u32>,
    /// The number of customers who can still change.
    pub live: usize,
    /// The number dropped from each stage.
    pub gone: Vec<u64>,
    /// The number dropped of those who have ever been retained.
    pub gone_acquired: u64,
    /// The fingerprints of all customers of the block, once they are known.
    pub digests: Vec<u32>,
    /// The customers by stage.
    pub roster: Roster,
    /// The random words of four periods for each purpose.
    pub words: Words,
    first: u32,
}

/// The random words of four periods: moves, qualities, numbers of purchases, leaves.
#[derive(Default)]
pub struct Words {
    columns: [[Vec<u32>; 4]; 4],
}

impl Words {
    /// The words of a purpose for period `t`.
    pub fn of(&self, purpose: Purpose, t: u32) -> &[u32] {
        let column = match purpose {
            Purpose::Quality => 1,
            Purpose::Purchases => 2,
            Purpose::Leave => 3,
            _ => 0,
        };
        &self.columns[column][(t & 3) as usize]
    }

    fn fill(&mut self, draws: &Draws, customers: &[u32], t: u32, program: &Program) {
        let wanted = [
            (Purpose::Move, true),
            (Purpose::Quality, program.remembers),
            (Purpose::Purchases, program.buys),
            (Purpose::Leave, program.leaves),
        ];
        for ((purpose, used), columns) in wanted.into_iter().zip(&mut self.columns) {
            if used {
                let n = customers.len();
                draws.fill(customers, t >> 2, purpose, 0, columns.each_mut().map(|column| &mut column[..n]));
            }
        }
    }

    fn room(&mut self, size: usize) {
        for column in self.columns.iter_mut().flatten() {
            column.resize(size, 0);
        }
    }
}

impl Block {
    /// An empty block with room for `size` customers.
    pub fn with_room(program: &Program, size: usize) -> Self {
        let mut words = Words::default();
        words.room(size);
        Self {
            customer: vec![0; size],
            stage: vec![0; size],
            before: vec![0; size],
            periods_in_stage: vec![0; size],
            satisfaction: vec![0.0; size],
            traits: vec![vec![0.0; size]; program.trait_luck.len()],
            acquired: vec![0; size],
            digest: vec![0; size],
            own: Vec::new(),
            own_made_by: Vec::new(),
            bought: vec![0; size],
            live: 0,
            gone: vec![0; program.stages],
            gone_acquired: 0,
            digests: vec![0; size],
            roster: Roster::with_room(program.stages, size),
            words,
            first: 0,
        }
    }

    /// Puts customers `first` to `first + count` of a segment in their places at time 0.
    pub fn begin(&mut self, program: &Program, draws: &Draws, segment: usize, first: u32, count: usize) {
        self.first = first;
        self.live = count;
        self.gone.fill(0);
        self.gone_acquired = 0;
        self.own_made_by.clear();
        self.digests.resize(count, 0);
        self.digest.fill(0);
        self.periods_in_stage.fill(0);
        for (place, customer) in self.customer[..count].iter_mut().zip(first..) {
            *place = customer;
        }
        super::mechanism::arrive::arrive(self, program, draws, segment);
    }

    /// Puts everybody back to where a fresh block began.
    pub fn restart(&mut self, fresh: &Self) {
        let n = fresh.live;
        self.first = fresh.first;
        self.live = n;
        self.gone.fill(0);
        self.gone_acquired = 0;
        self.own_made_by.clear();
        self.digests.resize(n, 0);
        self.digest.fill(0);
        self.periods_in_stage.fill(0);
        self.customer[..n].copy_from_slice(&fresh.customer[..n]);
        self.stage[..n].copy_from_slice(&fresh.stage[..n]);
        self.satisfaction[..n].copy_from_slice(&fresh.satisfaction[..n]);
        self.acquired[..n].copy_from_slice(&fresh.acquired[..n]);
        for (column, from) in self.traits.iter_mut().zip(&fresh.traits) {
            column[..n].copy_from_slice(&from[..n]);
        }
    }

    /// The first customer of the block.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// Lists the customers by stage.
    pub fn list(&mut self) {
        self.roster.list(&self.stage[..self.live]);
    }

    /// Makes the random words of period `t` ready; every fourth period those of four are drawn.
    ///
    /// Before that, those who can change no more are dropped if they are more than an eighth.
    pub fn prepare(&mut self, program: &Program, draws: &Draws, t: u32) {
        if t > 1 && t & 3 != 0 {
            return;
        }
        let inert = self.stage[..self.live].iter().filter(|stage| program.inert[**stage as usize]).count();
        if inert * 8 > self.live {
            self.drop_inert(program);
        }
        self.words.fill(draws, &self.customer[..self.live], t, program);
    }

    /// Writes every fingerprint to its customer's place in [`Block::digests`].
    pub fn settle(&mut self) {
        for place in 0..self.live {
            self.digests[(self.customer[place] - self.first) as usize] = self.digest[place];
        }
    }

    /// Counts those who were dropped, who are where they were.
    pub fn count_gone(&self, t: u32, ledger: &mut Ledger) {
        let mut row = ledger.row(t);
        for (stage, count) in self.gone.iter().enumerate() {
            row.customers(stage, *count);
        }
        row.acquired(self.gone_acquired);
    }

    fn drop_inert(&mut self, program: &Program) {
        let mut kept = 0;
        for place in 0..self.live {
            let stage = self.stage[place] as usize;
            if program.inert[stage] {
                self.gone[stage] += 1;
                self.gone_acquired += u64::from(self.acquired[place]);
                self.digests[(self.customer[place] - self.first) as usize] = self.digest[place];
                continue;
            }
            self.customer[kept] = self.customer[place];
            self.stage[kept] = self.stage[place];
            self.periods_in_stage[kept] = self.periods_in_stage[place];
            self.satisfaction[kept] = self.satisfaction[place];
            self.acquired[kept] = self.acquired[place];
            self.digest[kept] = self.digest[place];
            for column in self.traits.iter_mut().chain(&mut self.own) {
                column[kept] = column[place];
            }
            kept += 1;
        }
        self.live = kept;
    }
}
