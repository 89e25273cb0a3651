//! A rollout takes customers through one scenario of one replication: the period loop. No input or
//! output.

use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::draws::Draws;
use crate::engine::count::counts::Counts;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::contract::Step;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::state::at::{At, Period};
use crate::engine::state::bits::Bits;
use crate::engine::state::block::Block;
use crate::engine::state::plan::Plan;
use crate::engine::state::scratch::Scratch;
use crate::engine::state::world::World;
use crate::engine::table::tables::{PeriodTable, Tables};
use crate::quantity::StageId;

/// What a rollout reads and never changes.
pub struct Rollout<'m> {
    /// Which mechanisms act, and when.
    pub schedule: &'m Schedule,
    /// What is the same for every block of the replication.
    pub world: World<'m>,
    /// The number of periods.
    pub horizon: u32,
}

/// Some steps in a row, both ends included.
pub type Steps = (Step, Step);

/// All steps of a period.
pub const PERIOD: Steps = (Step::Forget, Step::Count);
/// Those before all customers are looked at together within a period.
pub const FIRST_HALF: Steps = (Step::Forget, Step::Meet);
/// Those after it.
pub const SECOND_HALF: Steps = (Step::Serve, Step::Count);

/// The parts of a period between which all customers are looked at together.
pub fn halves(plan: &Plan) -> &'static [Steps] {
    if plan.shared.barrier { &[FIRST_HALF, SECOND_HALF] } else { &[PERIOD] }
}

/// A period of one scenario.
#[derive(Clone, Copy)]
pub struct InPeriod<'a> {
    /// The numbers of the period.
    pub table: &'a PeriodTable,
    /// The period, from 1 on.
    pub t: u32,
}

impl<'m> Rollout<'m> {
    /// The rollout of one replication over so many periods.
    pub fn new(schedule: &'m Schedule, horizon: u32, draws: Draws, set: InstructionSet) -> Self {
        Self { schedule, world: schedule.world(draws, set), horizon }
    }

    /// Fills a block with `count` customers of a crowd where they begin: as it is written unless a `start` is given.
    pub fn begin(
        &self,
        block: &mut Block,
        scratch: &mut Scratch,
        (crowd, count): (Crowd, usize),
        start: Option<&[(StageId, f64)]>,
    ) {
        self.schedule.begin(&self.world, (block, scratch), (crowd, count), start);
    }

    /// Counts customers who are there at the start at time 0.
    pub fn start(&self, block: &mut Block, scratch: &mut Scratch, ledger: &mut Counts<i128>) {
        if block.entry() == 0 {
            let mut at = At { block, world: &self.world, period: None, start: None, scratch, counts: Some(ledger) };
            self.schedule.run(Step::Start, Step::Start, &mut at);
        }
    }

    /// Takes a fresh block through all periods.
    pub fn whole(&self, block: &mut Block, scratch: &mut Scratch, tables: &Tables, ledger: &mut Counts<i128>) {
        self.start(block, scratch, ledger);
        for t in block.entry().max(1)..=self.horizon {
            self.period(block, scratch, InPeriod { table: tables.period(t), t }, ledger);
        }
        block.settle(self.world.plan);
    }

    /// Takes a block through one period, with random bits of its own.
    pub fn period(&self, block: &mut Block, scratch: &mut Scratch, now: InPeriod<'_>, ledger: &mut Counts<i128>) {
        let bits = block.take_bits(&self.world, scratch, now.t);
        self.walk((block, scratch), &bits, now, PERIOD, Some(ledger));
        block.put_back(bits, scratch);
    }

    /// A period as mechanisms read it.
    pub fn moment<'a>(&'a self, block: &Block, bits: &'a Bits, InPeriod { table, t }: InPeriod<'a>) -> Period<'a> {
        Period { world: &self.world, table, bits, t, age: block.age(t) }
    }

    /// Takes a block through some steps of a period, with these random bits.
    pub fn walk(
        &self,
        (block, scratch): (&mut Block, &mut Scratch),
        bits: &Bits,
        now: InPeriod<'_>,
        (first, last): Steps,
        counts: Option<&mut Counts<i128>>,
    ) {
        let period = Some(self.moment(block, bits, now));
        self.schedule.run(first, last, &mut At { block, world: &self.world, period, start: None, scratch, counts });
    }
}
