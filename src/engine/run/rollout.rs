//! A rollout takes customers through one scenario of one replication: the period loop. No input or
//! output.

use crate::model::Model;
use crate::model::journey::Purchases;

use crate::engine::chance::draws::Draws;
use crate::engine::count::ledger::Ledger;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::{buy, count, feel, travel};
use crate::engine::state::population::{Block, Period, World};
use crate::engine::state::scratch::Scratch;
use crate::engine::state::words::Words;
use crate::engine::table::program::Program;
use crate::engine::table::tables::{PeriodTable, Tables};

/// What a rollout reads and never changes.
pub struct Rollout<'m> {
    /// What is the same for every block of the replication.
    pub world: World<'m>,
    /// The purchases of each stage.
    pub baskets: Vec<Option<&'m Purchases>>,
    /// The number of periods.
    pub horizon: u32,
}

impl<'m> Rollout<'m> {
    /// The rollout of one replication.
    pub fn new(model: &'m Model, program: &'m Program, draws: Draws, set: InstructionSet) -> Self {
        let baskets = model.stages.iter().map(|stage| stage.purchases.as_ref()).collect();
        Self { world: World { program, draws, set }, baskets, horizon: model.run.horizon }
    }

    /// Takes a fresh block through all periods.
    pub fn whole(&self, block: &mut Block, scratch: &mut Scratch, tables: &Tables, ledger: &mut Ledger) {
        if block.entry() == 0 {
            count::count(block, &self.world, 0, ledger);
        }
        for t in block.entry().max(1)..=self.horizon {
            self.period(block, scratch, tables.period(t), t, ledger);
        }
        block.settle();
    }

    /// Takes a block through one period, with words of its own.
    pub fn period(&self, block: &mut Block, scratch: &mut Scratch, table: &PeriodTable, t: u32, ledger: &mut Ledger) {
        let words = block.take_words(&self.world, scratch, t);
        self.period_with(block, scratch, &words, table, t, ledger);
        block.put_back(words, scratch);
    }

    /// Takes a block through one period with these words, in the order of the study language: feel, move, buy, count.
    pub fn period_with(
        &self,
        block: &mut Block,
        scratch: &mut Scratch,
        words: &Words,
        table: &PeriodTable,
        t: u32,
        ledger: &mut Ledger,
    ) {
        self.feel_and_move(block, scratch, words, table, t);
        self.buy_and_count(block, scratch, words, table, t, ledger);
    }

    /// The first half of a period.
    pub fn feel_and_move(&self, block: &mut Block, scratch: &mut Scratch, words: &Words, table: &PeriodTable, t: u32) {
        let now = Period { world: &self.world, table, words, t, age: block.age(t) };
        if self.world.program.remembers {
            feel::feel(block, now, scratch);
        }
        travel::travel(block, now, scratch);
    }

    /// The second half of a period.
    pub fn buy_and_count(
        &self,
        block: &mut Block,
        scratch: &mut Scratch,
        words: &Words,
        table: &PeriodTable,
        t: u32,
        ledger: &mut Ledger,
    ) {
        let program = self.world.program;
        let now = Period { world: &self.world, table, words, t, age: block.age(t) };
        if !program.booked_moves.is_empty() {
            count::moves(block, now, scratch, ledger);
        }
        if program.buys {
            buy::buy(block, now, &self.baskets, scratch, ledger);
        }
        count::count(block, &self.world, t, ledger);
        if program.compares {
            count::fingerprint(block, now, scratch);
        }
    }
}
