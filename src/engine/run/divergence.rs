//! Forced divergence: the difference of two scenarios from pairs of branches that part where the scenarios do.
//! The coupling is maximal (Lindvall 2002, "Lectures on the coupling method"; Thorisson 2000, "Coupling, stationarity,
//! and regeneration").
//!
//! A customer follows the way that both scenarios share. With h the chance to part at a move, given that they have
//! not before, the chance to have parted grows: S <- S + (1 - S) h. Whenever S passes a step of a grid of width
//! d = 2^-grain, laid at random for each customer, a pair of branches begins: each scenario goes on from there by
//! what its row has over, with the same luck, to the horizon. A moment whose chance is s starts s / d pairs in the
//! mean, so d times the sum over pairs of (scenario - baseline) has the expectation of the difference.
//! The counts are whole numbers, as everywhere.

use super::rollout::Rollout;
use crate::engine::count::ledger::Ledger;
use crate::engine::mechanism::part::{Fork, Way, agree, follow, split};
use crate::engine::mechanism::{buy, count, feel};
use crate::engine::state::population::{Block, Past, Period};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::agreement::{Agreement, Meeting};
use crate::engine::table::program::Program;

/// How finely chances to part are cut: a pair of branches stands for 2^-grain of a customer. At most 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grain(pub u8);

impl Grain {
    /// The part of a customer that a pair of branches stands for.
    pub fn part(self) -> f64 {
        1.0 / f64::from(1_u32 << self.0.min(24))
    }
}

/// What one worker needs to follow the shared way and the branches.
pub struct Divergence {
    size: usize,
    way: Block,
    scratch: Scratch,
    fork: Fork,
    pair: [Block; 2],
    /// Those who part in this period, before they join the others of their branch.
    joining: Block,
    joiners: Scratch,
    /// Where purchases on the shared way are counted, of which nothing is kept.
    unread: Ledger,
    partings: Vec<Past>,
    traits: Vec<f32>,
}

impl Divergence {
    /// For blocks of up to `size` customers.
    pub fn new(program: &Program, size: usize, horizon: u32) -> Self {
        let block = |keeps_words: bool| Block::with_room(program, size, keeps_words);
        Self {
            size,
            way: block(true),
            scratch: Scratch::new(program, size, true),
            fork: Fork::new(program, size),
            pair: [block(true), block(true)],
            joining: block(false),
            joiners: Scratch::new(program, size, false),
            unread: Ledger::new(program.counted(), 0, horizon),
            partings: Vec::new(),
            traits: Vec::new(),
        }
    }

    /// How many pairs of branches wait to be followed.
    pub fn waiting(&self) -> usize {
        self.partings.len()
    }

    /// Forgets the pairs that wait.
    pub fn forget(&mut self) {
        self.partings.clear();
        self.traits.clear();
    }

    /// Takes a fresh block along the shared way; the pairs of branches that begin there wait. Returns the
    /// customer-periods that it took.
    pub fn share(&mut self, rollout: &Rollout<'_>, agreement: &Agreement<'_>, grain: Grain, fresh: &Block) -> u64 {
        let (world, program) = (&rollout.world, rollout.world.program);
        self.way.restart(program, fresh);
        self.way.set_out_together(world);
        let mut cost = 0;
        for t in 1..=agreement.last() {
            if self.way.live == 0 {
                break;
            }
            let words = self.way.take_words(world, &mut self.scratch, t);
            cost += self.way.live as u64;
            let now = agreement.tables(t).map(|table| Period { world, table, words: &words, t, age: t });
            match agreement.meeting(t) {
                Meeting::Same => rollout.feel_and_move(&mut self.way, &mut self.scratch, &words, now[0].table, t),
                meeting => {
                    if program.remembers {
                        feel::feel(&mut self.way, now[0], &mut self.scratch);
                    }
                    let listed = agree(&mut self.way, now, meeting, &mut self.scratch, &mut self.fork, grain.0.min(24));
                    self.note(listed, t);
                    follow(&mut self.way, now[0], meeting, &self.scratch, &self.fork);
                }
            }
            if program.leaves {
                buy::buy(&mut self.way, now[0], &rollout.baskets, &mut self.scratch, &mut self.unread);
            }
            count::acquire(&mut self.way, world);
            self.way.put_back(words, &mut self.scratch);
        }
        cost
    }

    /// Notes what those have become who part now.
    fn note(&mut self, listed: usize, t: u32) {
        for (place, count) in self.fork.place[..listed].iter().zip(&self.fork.count) {
            let place = *place as usize;
            for _ in 0..*count {
                self.partings.push(self.way.past(place, t));
                self.traits.extend(self.way.traits.iter().map(|column| column[place]));
            }
        }
    }

    /// Follows all pairs that wait to the horizon, and counts the branches: the baseline's, the scenario's. Returns
    /// the customer-periods that it took.
    pub fn branch(&mut self, rollout: &Rollout<'_>, agreement: &Agreement<'_>, ledgers: &mut [Ledger; 2]) -> u64 {
        let order = self.by_period(rollout.horizon);
        let cost = order.chunks(self.size).map(|some| self.follow(rollout, agreement, some, ledgers)).sum();
        self.forget();
        cost
    }

    /// The pairs that wait, by the period in which they part: a counting sort.
    fn by_period(&self, horizon: u32) -> Vec<u32> {
        let mut first = vec![0_u32; horizon as usize + 2];
        for parting in &self.partings {
            first[parting.t as usize + 1] += 1;
        }
        for t in 1..first.len() {
            first[t] += first[t - 1];
        }
        let mut order = vec![0; self.partings.len()];
        for (at, parting) in (0..).zip(&self.partings) {
            let next = &mut first[parting.t as usize];
            order[*next as usize] = at;
            *next += 1;
        }
        order
    }

    /// Follows some pairs, who join their branches in the periods in which they part.
    fn follow(
        &mut self,
        rollout: &Rollout<'_>,
        agreement: &Agreement<'_>,
        some: &[u32],
        ledgers: &mut [Ledger; 2],
    ) -> u64 {
        let program = rollout.world.program;
        self.pair.iter_mut().for_each(|block| block.clear(program));
        let Some(first) = some.first().map(|at| self.partings[*at as usize].t) else { return 0 };
        let (mut rest, mut cost) = (some, 0);
        for t in first..=rollout.horizon {
            let now = rest.iter().take_while(|at| self.partings[**at as usize].t == t).count();
            let (joining, later) = rest.split_at(now);
            rest = later;
            if rest.is_empty() && joining.is_empty() && self.pair.iter().all(|block| block.live == 0) {
                // Those who are gone are still counted where they are.
                (t..=rollout.horizon).for_each(|t| {
                    self.pair.iter().zip(&mut *ledgers).for_each(|(block, ledger)| block.count_gone(t, ledger));
                });
                break;
            }
            for (side, ledger) in ledgers.iter_mut().enumerate() {
                cost += self.period(rollout, agreement, side, joining, t, ledger);
            }
        }
        cost
    }

    /// One period of one branch.
    fn period(
        &mut self,
        rollout: &Rollout<'_>,
        agreement: &Agreement<'_>,
        side: usize,
        joining: &[u32],
        t: u32,
        ledger: &mut Ledger,
    ) -> u64 {
        let world = &rollout.world;
        let tables = agreement.tables(t);
        let mut words = self.pair[side].take_words(world, &mut self.scratch, t);
        let live = self.pair[side].live;
        if live > 0 {
            rollout.feel_and_move(&mut self.pair[side], &mut self.scratch, &words, tables[side], t);
        }
        if !joining.is_empty() {
            self.load(world.program, joining);
            let theirs = self.joining.take_words(world, &mut self.joiners, t);
            let now = tables.map(|table| Period { world, table, words: &theirs, t, age: t });
            let way = if side == 0 { Way::Baseline } else { Way::Scenario };
            let meeting = agreement.meeting(t);
            split(&mut self.joining, now, meeting, way, &mut self.joiners, &mut self.fork);
            if world.program.needs_before {
                let (before, joined) = (&mut self.scratch.before, live + joining.len());
                before[live..joined].copy_from_slice(&self.joiners.before[..joining.len()]);
                // Lanes behind the last customer are nobody's, before the move as after it.
                before[joined..].fill(world.program.nobody());
            }
            self.pair[side].join(&mut words, &self.joining, &theirs);
            self.joining.put_back(theirs, &mut self.joiners);
        }
        rollout.buy_and_count(&mut self.pair[side], &mut self.scratch, &words, tables[side], t, ledger);
        self.pair[side].put_back(words, &mut self.scratch);
        (live + joining.len()) as u64
    }

    /// Puts those who part now into a block of their own.
    fn load(&mut self, program: &Program, joining: &[u32]) {
        self.joining.clear(program);
        let traits = self.joining.traits.len();
        for (place, at) in joining.iter().enumerate() {
            let at = *at as usize;
            self.joining.place(&self.partings[at]);
            for (column, value) in self.joining.traits.iter_mut().zip(&self.traits[at * traits..]) {
                column[place] = *value;
            }
        }
    }
}
