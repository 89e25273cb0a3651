//! A rollout takes customers through one scenario of one replication: the period loop. No input or
//! output, no allocation inside.

use crate::model::Model;
use crate::model::journey::Purchases;

use super::draws::Draws;
use super::ledger::Ledger;
use super::mechanism::{buy, count, feel, travel};
use super::population::Block;
use super::program::Program;
use super::tables::{PeriodTable, Tables};

/// What a rollout reads and never changes.
pub struct Rollout<'m> {
    /// What of the loop the model uses.
    pub program: &'m Program,
    /// The random numbers of the replication.
    pub draws: Draws,
    /// The purchases of each stage.
    pub baskets: Vec<Option<&'m Purchases>>,
    /// The number of periods.
    pub horizon: u32,
}

impl<'m> Rollout<'m> {
    /// The rollout of one replication.
    pub fn new(model: &'m Model, program: &'m Program, draws: Draws) -> Self {
        let baskets = model.stages.iter().map(|stage| stage.purchases.as_ref()).collect();
        Self { program, draws, baskets, horizon: model.run.horizon }
    }

    /// Takes a fresh block through all periods.
    pub fn whole(&self, block: &mut Block, tables: &Tables, ledger: &mut Ledger) {
        count::count(block, self.program, 0, ledger);
        for t in 1..=self.horizon {
            self.period(block, tables.period(t), t, ledger);
        }
        block.settle();
    }

    /// Takes a block through one period, in the order of the study language: feel, move, buy, count.
    pub fn period(&self, block: &mut Block, table: &PeriodTable, t: u32, ledger: &mut Ledger) {
        block.prepare(self.program, &self.draws, t);
        block.list();
        if self.program.remembers {
            feel::feel(block, self.program, table, t);
        }
        travel::travel(block, self.program, table, t);
        if !self.program.booked_moves.is_empty() {
            count::moves(block, self.program, t, ledger);
        }
        if self.program.buys {
            buy::buy(block, self.program, table, &self.baskets, &self.draws, t, ledger);
        }
        count::count(block, self.program, t, ledger);
        count::fingerprint(block, self.program, t);
    }
}
