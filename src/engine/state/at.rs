//! Where a mechanism stands: a block of customers, in a period of a world.

use super::bits::Bits;
use super::block::Block;
use super::plan::Plan;
use super::scratch::Scratch;
use super::world::World;
use crate::engine::count::counts::Counts;
use crate::engine::table::program::Program;
use crate::engine::table::tables::PeriodTable;
use crate::quantity::StageId;

/// What every mechanism reads in one period.
#[derive(Clone, Copy)]
pub struct Period<'a> {
    /// What is the same for every block of a replication.
    pub world: &'a World<'a>,
    /// The numbers of the period.
    pub table: &'a PeriodTable,
    /// The random bits.
    pub bits: &'a Bits,
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

    /// What mechanisms have registered.
    pub fn plan(&self) -> &'a Plan {
        self.world.plan
    }
}

/// What a mechanism works on in one step.
pub struct At<'a> {
    /// The customers.
    pub block: &'a mut Block,
    /// What is the same for every block of a replication.
    pub world: &'a World<'a>,
    /// The period; none where customers begin, and at time 0.
    pub period: Option<Period<'a>>,
    /// Where customers begin, where a change moves them from where it is written.
    pub start: Option<&'a [(StageId, f64)]>,
    /// What lives for a period only.
    pub scratch: &'a mut Scratch,
    /// Where to count; none on the way that two scenarios share, where only what customers carry on matters.
    pub counts: Option<&'a mut Counts<i128>>,
}

impl At<'_> {
    /// The time: 0 at the start, then the period.
    pub fn time(&self) -> u32 {
        self.period.map_or(0, |period| period.t)
    }
}
