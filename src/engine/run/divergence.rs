//! The coupled estimator: the difference of two scenarios from pairs of branches that part where the scenarios do.
//! The coupling is maximal (Lindvall 2002, "Lectures on the coupling method"; Thorisson 2000, "Coupling, stationarity,
//! and regeneration").
//!
//! A customer follows the way that both scenarios share. With h the chance to part at a move, given that they have
//! not before, the chance to have parted grows: S <- S + (1 - S) h. Whenever S passes a step of a grid of width
//! d = 2^-grain, laid at random for each customer, a pair of branches begins: each scenario goes on from there by
//! what its row has over, with the same luck, to the horizon. A moment whose chance is s starts s / d pairs in the
//! mean, so d times the sum over pairs of (scenario - baseline) has the expectation of the difference.
//! The counts are whole numbers, as everywhere.

use super::rollout::{InPeriod, Rollout};
use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::draws::{Address, Purpose};
use crate::engine::count::counts::Counts;
use crate::engine::mechanism::contract::Step;
use crate::engine::mechanism::part::{Fork, Parting, Shared, Way};
use crate::engine::state::block::Block;
use crate::engine::state::partings::Partings;
use crate::engine::state::scratch::Scratch;
use crate::engine::state::world::World;
use crate::engine::table::agreement::{Agreement, Meeting};
use serde::{Deserialize, Serialize};

/// How finely differences are split, by scenario; none where they are only paired.
pub type Resolutions = [Option<Resolution>];

/// How finely chances to part are cut: a pair of branches stands for 2^-grain of a customer. At most 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Resolution(pub u8);

impl Resolution {
    /// The part of a customer that a pair of branches stands for.
    pub fn part(self) -> f64 {
        1.0 / f64::from(1_u32 << self.0.min(24))
    }
}

/// What one worker needs to follow the shared way and the branches.
pub struct Divergence {
    size: usize,
    way: Block,
    shared: Shared,
    scratch: Scratch,
    fork: Fork,
    pair: [Block; 2],
    /// Those who part in this period, before they join the others of their branch.
    joining: Block,
    joiners: Scratch,
    partings: Partings,
}

impl Divergence {
    /// For blocks of up to `size` customers.
    pub fn new(world: &World<'_>, size: usize) -> Self {
        let block = |keeps_bits: bool| Block::with_room(world, size, keeps_bits);
        let mut way = block(true);
        let shared = Shared {
            parted: way.columns.append_numbers("parted", size),
            grid: way.columns.append_numbers("grid", size),
            grain: 0,
        };
        Self {
            size,
            way,
            shared,
            scratch: Scratch::new(world, size, true),
            fork: Fork::new(world.program, size),
            pair: [block(true), block(true)],
            joining: block(false),
            joiners: Scratch::new(world, size, false),
            partings: Partings::default(),
        }
    }

    /// How many pairs of branches wait to be followed.
    pub fn waiting(&self) -> usize {
        self.partings.len()
    }

    /// Forgets the pairs that wait.
    pub fn forget(&mut self) {
        self.partings.clear();
    }

    /// Takes `count` customers of a crowd along the shared way; the pairs of branches that begin there wait. Returns the
    /// customer-periods that it took.
    pub fn share(
        &mut self,
        rollout: &Rollout<'_>,
        agreement: &Agreement<'_>,
        grain: Resolution,
        (crowd, count): (Crowd, usize),
    ) -> u64 {
        let world = &rollout.world;
        self.shared.grain = grain.0.min(24);
        rollout.begin(&mut self.way, &mut self.scratch, (crowd, count), None);
        self.set_out_together(world);
        let mut cost = 0;
        for t in 1..=agreement.last() {
            if self.way.live == 0 {
                break;
            }
            let bits = self.way.take_bits(world, &mut self.scratch, t);
            cost += self.way.live as u64;
            let tables = agreement.tables(t);
            let now = InPeriod { table: tables[0], t };
            rollout.walk((&mut self.way, &mut self.scratch), &bits, now, (Step::Forget, Step::Settle), None);
            let meeting = agreement.meeting(t);
            if let Meeting::Same = meeting {
                rollout.walk((&mut self.way, &mut self.scratch), &bits, now, (Step::Move, Step::Move), None);
            } else {
                let now = tables.map(|table| rollout.moment(&self.way, &bits, InPeriod { table, t }));
                let parting = Parting { transition: &rollout.schedule.transition, now, meeting };
                let listed = parting.agree(&mut self.way, self.shared, &mut self.scratch, &mut self.fork);
                self.note(listed, t);
                parting.follow(&mut self.way, &self.scratch, &self.fork);
            }
            rollout.walk((&mut self.way, &mut self.scratch), &bits, now, (Step::Booked, Step::Count), None);
            self.way.put_back(bits, &mut self.scratch);
        }
        cost
    }

    /// Lets everybody of a block at its start follow the way that two scenarios share.
    fn set_out_together(&mut self, world: &World<'_>) {
        let Self { way, shared, .. } = self;
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; way.customer.len()]);
        let at = Address { period_block: 0, purpose: Purpose::PART, draw: 0 };
        world.draws.fill(world.set, at, &way.customer, way.live, &mut words);
        for (grid, word) in way.columns.numbers_mut(shared.grid).iter_mut().zip(&words[0]) {
            *grid = (word >> 8) as f32 * (1.0 / 16_777_216.0);
        }
        way.columns.numbers_mut(shared.parted).fill(0.0);
    }

    /// Notes what those have become who part now.
    fn note(&mut self, listed: usize, t: u32) {
        for (place, count) in self.fork.place[..listed].iter().zip(&self.fork.count) {
            for _ in 0..*count {
                self.partings.push(t, (&self.way, &self.scratch), *place as usize);
            }
        }
    }

    /// Follows all pairs that wait to the horizon, and counts the branches: the baseline's, the scenario's. Returns
    /// the customer-periods that it took.
    pub fn branch(&mut self, rollout: &Rollout<'_>, agreement: &Agreement<'_>, ledgers: &mut [Counts<i128>; 2]) -> u64 {
        let order = self.partings.by_period(rollout.horizon);
        let cost = order.chunks(self.size).map(|some| self.follow(rollout, agreement, some, ledgers)).sum();
        self.forget();
        cost
    }

    /// Follows some pairs, who join their branches in the periods in which they part.
    fn follow(
        &mut self,
        rollout: &Rollout<'_>,
        agreement: &Agreement<'_>,
        some: &[u32],
        ledgers: &mut [Counts<i128>; 2],
    ) -> u64 {
        self.pair.iter_mut().for_each(|block| block.clear(&rollout.world));
        let Some(first) = some.first().map(|at| self.partings.period(*at)) else { return 0 };
        let (mut rest, mut cost) = (some, 0);
        for t in first..=rollout.horizon {
            let now = rest.iter().take_while(|at| self.partings.period(**at) == t).count();
            let (joining, later) = rest.split_at(now);
            rest = later;
            let over = rest.is_empty() && joining.is_empty() && self.pair.iter().all(|block| block.live == 0);
            for (side, ledger) in ledgers.iter_mut().enumerate() {
                if over {
                    // Those who are gone are still counted where they are.
                    self.count_gone(rollout, InPeriod { table: agreement.tables(t)[side], t }, side, ledger);
                } else {
                    cost += self.period(rollout, agreement, side, (joining, t), ledger);
                }
            }
        }
        cost
    }

    fn count_gone(&mut self, rollout: &Rollout<'_>, now: InPeriod<'_>, side: usize, ledger: &mut Counts<i128>) {
        let bits = std::mem::take(&mut self.joiners.bits);
        let steps = (Step::Count, Step::Count);
        rollout.walk((&mut self.pair[side], &mut self.scratch), &bits, now, steps, Some(ledger));
        self.joiners.bits = bits;
    }

    /// One period of one branch.
    fn period(
        &mut self,
        rollout: &Rollout<'_>,
        agreement: &Agreement<'_>,
        side: usize,
        (joining, t): (&[u32], u32),
        ledger: &mut Counts<i128>,
    ) -> u64 {
        let world = &rollout.world;
        let tables = agreement.tables(t);
        let now = InPeriod { table: tables[side], t };
        let mut bits = self.pair[side].take_bits(world, &mut self.scratch, t);
        let live = self.pair[side].live;
        if live > 0 {
            let steps = (Step::Forget, Step::Move);
            rollout.walk((&mut self.pair[side], &mut self.scratch), &bits, now, steps, Some(ledger));
        }
        if !joining.is_empty() {
            self.partings.load((&mut self.joining, &mut self.joiners), world, joining);
            let theirs = self.joining.take_bits(world, &mut self.joiners, t);
            let both = tables.map(|table| rollout.moment(&self.joining, &theirs, InPeriod { table, t }));
            let parting =
                Parting { transition: &rollout.schedule.transition, now: both, meeting: agreement.meeting(t) };
            let way = if side == 0 { Way::Baseline } else { Way::Scenario };
            parting.split(&mut self.joining, way, &mut self.joiners, &mut self.fork);
            self.scratch.columns.join(live, &self.joiners.columns, joining.len());
            // Lanes behind the last customer are nobody's, before the move as after it.
            self.scratch.columns.idle(live + joining.len());
            self.pair[side].join(&mut bits, &self.joining, &theirs);
            self.joining.put_back(theirs, &mut self.joiners);
        }
        let steps = (Step::Booked, Step::Count);
        rollout.walk((&mut self.pair[side], &mut self.scratch), &bits, now, steps, Some(ledger));
        self.pair[side].put_back(bits, &mut self.scratch);
        (live + joining.len()) as u64
    }
}
