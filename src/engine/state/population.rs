//! Customers live in columns, in blocks: one block is a few thousand customers of one segment.

use super::column::column;
use super::leavers::{Column, Keep, List, Mark};
use super::scratch::Scratch;
use super::words::{Words, is_fourth};
use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::draws::{Address, Draws, Purpose};
use crate::engine::count::ledger::Ledger;
use crate::engine::lanes::InstructionSet;
use crate::engine::table::program::Program;
use crate::engine::table::tables::{OwnChance, PeriodTable};
use crate::model::journey::State;

/// Customers in a block unless told otherwise; their columns stay in the caches nearest to the processor.
pub const BLOCK: usize = 2048;

/// A block of customers of one segment, one column for each thing they carry; a column that a study does not use
/// is empty.
///
/// The first `live` places are taken; those who can change no more are dropped and only counted. The places behind
/// them are in the stage of nobody.
#[derive(Clone)]
pub struct Block {
    /// The customers' addresses; their luck goes with them wherever their place is.
    pub customer: Vec<u32>,
    /// The stage of each.
    pub stage: Vec<u32>,
    /// The full periods that each has been in the stage.
    pub periods_in_stage: Vec<u32>,
    /// The satisfaction of each.
    pub satisfaction: Vec<f32>,
    /// The traits, one column each.
    pub traits: Vec<Vec<f32>>,
    /// Whether each has ever been retained: all bits or none.
    pub acquired: Vec<u32>,
    /// A fingerprint of each life so far.
    pub digest: Vec<u32>,
    /// The chances that are the customer's own, one column each, after the changes in force.
    pub own: Vec<Vec<f32>>,
    /// The chance that each has parted so far, where two scenarios are followed on the way that they share.
    pub parted: Vec<f32>,
    /// Where between two steps of that chance each began, in the same case.
    pub grid: Vec<f32>,
    /// What `own` was made by.
    pub own_made_by: Vec<OwnChance>,
    /// The number of customers who can still change.
    pub live: usize,
    /// The number dropped from each stage.
    pub gone: Vec<u64>,
    /// The number dropped of those who have ever been retained.
    pub gone_acquired: u64,
    /// The fingerprints of all customers of the block, once they are known.
    pub digests: Vec<u32>,
    /// The random words of four periods for each purpose; empty where they are drawn anew each period.
    pub words: Words,
    keeps_words: bool,
    crowd: Crowd,
    count: usize,
}

impl Block {
    /// An empty block with room for `size` customers.
    pub fn with_room(program: &Program, size: usize, keeps_words: bool) -> Self {
        Self {
            customer: column(true, size),
            stage: column(true, size),
            periods_in_stage: column(program.counts_periods_in_stage, size),
            satisfaction: column(program.remembers, size),
            traits: vec![column(true, size); program.trait_luck.len()],
            acquired: column(program.acquires, size),
            digest: column(program.compares, size),
            own: vec![column(true, size); program.own_columns],
            parted: Vec::new(),
            grid: Vec::new(),
            own_made_by: Vec::new(),
            live: 0,
            gone: vec![0; program.stages],
            gone_acquired: 0,
            digests: Vec::new(),
            words: Words::with_room(program, if keeps_words { size } else { 0 }),
            keeps_words,
            crowd: Crowd::default(),
            count: 0,
        }
    }

    /// Puts everybody back to where a fresh block began.
    pub fn restart(&mut self, program: &Program, fresh: &Self) {
        self.restart_some(program, fresh, fresh.live);
    }

    /// Puts the first `count` customers of a fresh block back to where they began.
    pub fn restart_some(&mut self, program: &Program, fresh: &Self, count: usize) {
        self.reset(program, fresh.crowd, count);
        self.customer.copy_from_slice(&fresh.customer);
        self.stage.copy_from_slice(&fresh.stage);
        self.satisfaction.copy_from_slice(&fresh.satisfaction);
        self.acquired.copy_from_slice(&fresh.acquired);
        for (column, from) in self.traits.iter_mut().zip(&fresh.traits) {
            column.copy_from_slice(from);
        }
        if count < fresh.live {
            self.stage[count..].fill(program.nobody());
        }
    }

    /// The period in which these customers came; 0 for those who were there at the start.
    pub fn entry(&self) -> u32 {
        self.crowd.entry
    }

    /// What tells the luck of these customers from that of others with the same addresses; 0 for those who were there
    /// at the start.
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

    /// Lets everybody of a block at its start follow the way that two scenarios share.
    pub fn set_out_together(&mut self, world: &World<'_>) {
        let room = self.customer.len();
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; room]);
        let at = Address { period_block: 0, purpose: Purpose::Part, draw: 0 };
        world.draws.fill(world.set, at, &self.customer, self.live, &mut words);
        self.grid.clear();
        self.grid.extend(words[0].iter().map(|word| (word >> 8) as f32 * (1.0 / 16_777_216.0)));
        self.parted.clear();
        self.parted.resize(room, 0.0);
    }

    /// Empties the block.
    pub fn clear(&mut self, program: &Program) {
        self.reset(program, Crowd::default(), 0);
        self.stage.fill(program.nobody());
    }

    /// Puts a customer with a known past into the next place; traits are for the caller to set.
    pub fn place(&mut self, past: &Past) {
        let place = self.live;
        self.customer[place] = past.customer;
        self.stage[place] = past.stage;
        if let Some(periods) = self.periods_in_stage.get_mut(place) {
            *periods = past.periods_in_stage;
        }
        if let Some(satisfaction) = self.satisfaction.get_mut(place) {
            *satisfaction = past.satisfaction;
        }
        if let Some(acquired) = self.acquired.get_mut(place) {
            *acquired = past.acquired;
        }
        self.live += 1;
        self.count += 1;
    }

    /// The past of the customer at a place, before the move of period `t`.
    pub fn past(&self, place: usize, t: u32) -> Past {
        Past {
            t,
            customer: self.customer[place],
            stage: self.stage[place],
            periods_in_stage: self.periods_in_stage.get(place).copied().unwrap_or(0),
            satisfaction: self.satisfaction.get(place).copied().unwrap_or(0.0),
            acquired: self.acquired.get(place).copied().unwrap_or(0),
        }
    }

    /// Takes in the customers of another block behind its own, with their random words.
    pub fn join(&mut self, words: &mut Words, other: &Self, others_words: &Words) {
        let (from, to) = (self.live, self.live + other.live);
        let columns = [
            (&mut self.customer, &other.customer),
            (&mut self.stage, &other.stage),
            (&mut self.periods_in_stage, &other.periods_in_stage),
            (&mut self.acquired, &other.acquired),
        ];
        for (column, new) in columns.into_iter().filter(|(column, _)| !column.is_empty()) {
            column[from..to].copy_from_slice(&new[..other.live]);
        }
        let numbers = std::iter::once((&mut self.satisfaction, &other.satisfaction));
        for (column, new) in numbers.chain(self.traits.iter_mut().zip(&other.traits)).filter(|(c, _)| !c.is_empty()) {
            column[from..to].copy_from_slice(&new[..other.live]);
        }
        words.join(from, others_words, other.live);
        // The columns of own chances have to be made again.
        self.own_made_by.clear();
        self.live = to;
        self.count += other.live;
    }

    /// Makes room for so many customers of a crowd, of whom nothing is known yet.
    pub fn reset(&mut self, program: &Program, crowd: Crowd, count: usize) {
        self.crowd = crowd;
        self.live = count;
        self.count = count;
        self.gone.fill(0);
        self.gone_acquired = 0;
        self.own_made_by.clear();
        self.digests.resize(if program.compares { count } else { 0 }, 0);
        self.digest.fill(0);
        self.periods_in_stage.fill(0);
    }

    /// The column of a state.
    pub fn state(&self, state: State) -> &[f32] {
        match state {
            State::Satisfaction => &self.satisfaction,
            State::Trait(of) => &self.traits[of.index()],
        }
    }

    /// Takes out the random words of period `t`, for those who can still change: before words are drawn come those who
    /// are due to be dropped.
    pub fn take_words(&mut self, world: &World<'_>, scratch: &mut Scratch, t: u32) -> Words {
        drop_when_due(&mut [self], world, scratch, t);
        self.words_for_all(world, scratch, t)
    }

    /// Takes out the random words of period `t`, drawn where need be: every fourth period those of four.
    pub fn words_for_all(&mut self, world: &World<'_>, scratch: &mut Scratch, t: u32) -> Words {
        let mut words = std::mem::take(if self.keeps_words { &mut self.words } else { &mut scratch.words });
        if is_fourth(t) || t == self.crowd.entry || !self.keeps_words {
            words.fill(&world.draws, world.set, (&self.customer, self.cohort()), self.live, t);
        }
        words
    }

    /// Puts the words back where they were taken from.
    pub fn put_back(&mut self, words: Words, scratch: &mut Scratch) {
        let kept = if self.keeps_words { &mut self.words } else { &mut scratch.words };
        *kept = words;
    }

    /// Writes every fingerprint to its customer's place in [`Block::digests`].
    pub fn settle(&mut self) {
        if !self.digests.is_empty() {
            for place in 0..self.live {
                self.digests[self.crowd.place(self.customer[place])] = self.digest[place];
            }
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

    /// A block like this one, but without random words.
    #[must_use]
    pub fn twin(&mut self) -> Self {
        let words = std::mem::take(&mut self.words);
        let twin = Self { keeps_words: false, ..self.clone() };
        self.words = words;
        twin
    }

    /// Drops the customers at these places, who are those marked.
    fn drop_marked(&mut self, world: &World<'_>, marked: &[u32], places: &[u32]) {
        for place in places {
            let place = *place as usize;
            self.gone[self.stage[place] as usize] += 1;
            self.gone_acquired += u64::from(!world.program.acquires || self.acquired[place] != 0);
            if !self.digests.is_empty() {
                self.digests[self.crowd.place(self.customer[place])] = self.digest[place];
            }
        }
        let live = self.live;
        let words =
            [&mut self.customer, &mut self.stage, &mut self.periods_in_stage, &mut self.acquired, &mut self.digest];
        for column in words.into_iter().filter(|column| !column.is_empty()) {
            self.live = world.set.run(Keep { marked, live, column: Column::Words(column) });
        }
        let alone = [&mut self.satisfaction, &mut self.parted, &mut self.grid];
        let numbers = alone.into_iter().chain(&mut self.traits).chain(&mut self.own);
        for column in numbers.filter(|column| !column.is_empty()) {
            world.set.run(Keep { marked, live, column: Column::Numbers(column) });
        }
        self.stage[self.live..].fill(world.program.nobody());
    }
}

/// Every fourth period, before new words are drawn: drops those who can change no more if they are more than an
/// eighth. Several blocks hold the same customers in several scenarios; they are dropped where they can change no more
/// in any of them, so that everybody has the same place in all.
pub fn drop_when_due(blocks: &mut [&mut Block], world: &World<'_>, scratch: &mut Scratch, t: u32) {
    if !is_fourth(t) {
        return;
    }
    let (mut inert, mut live) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        live = block.live;
        let (program, marked) = (world.program, &mut scratch.inert);
        inert = world.set.run(Mark { program, stage: &block.stage, live, marked, first: at == 0 });
    }
    if inert * 8 > live {
        let marked = scratch.inert.as_slice();
        let count = world.set.run(List { marked, live, place: &mut scratch.dropped });
        for block in blocks {
            block.drop_marked(world, marked, &scratch.dropped[..count]);
        }
    }
}

/// What a customer has become by a period, traits left out.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// The period.
    pub t: u32,
    /// The address.
    pub customer: u32,
    /// The stage.
    pub stage: u32,
    /// The full periods in the stage.
    pub periods_in_stage: u32,
    /// The satisfaction.
    pub satisfaction: f32,
    /// Whether ever retained: all bits or none.
    pub acquired: u32,
}

/// What is the same for every block of a replication.
pub struct World<'m> {
    /// What of the loop the model uses.
    pub program: &'m Program,
    /// The random numbers of the replication.
    pub draws: Draws,
    /// The vector instructions to use.
    pub set: InstructionSet,
}

/// What every mechanism reads in one period.
#[derive(Clone, Copy)]
pub struct Period<'a> {
    /// What is the same for every block of a replication.
    pub world: &'a World<'a>,
    /// The numbers of the period.
    pub table: &'a PeriodTable,
    /// The random words.
    pub words: &'a Words,
    /// The period, from 1 on.
    pub t: u32,
    /// Which of their periods it is for the customers, from 1 on.
    pub age: u32,
}

impl<'a> Period<'a> {
    /// What of the loop the model uses.
    pub fn program(&self) -> &'a Program {
        self.world.program
    }
}
