//! A world is one replication of one study, as all blocks of customers see it.

use super::plan::Plan;
use crate::engine::chance::draws::Draws;
use crate::engine::lanes::InstructionSet;
use crate::engine::table::program::Program;

/// What is the same for every block of a replication.
#[derive(Clone, Copy)]
pub struct World<'m> {
    /// What of the loop the model uses.
    pub program: &'m Program,
    /// What mechanisms have registered.
    pub plan: &'m Plan,
    /// The random numbers of the replication.
    pub draws: Draws,
    /// The vector instructions to use.
    pub set: InstructionSet,
}
