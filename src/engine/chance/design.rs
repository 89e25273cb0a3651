//! A design says what each replication is given: its random numbers, and the numbers and shocks that are drawn with them.
//!
//! It is the one owner of draws. Whatever simulates or solves is handed one; nothing makes draws out of a seed by itself.

use crate::model::Model;
use crate::model::draw::Draw;

use super::draws::Draws;

/// What each replication of a run is given. Replications of one number are given the same, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    seed: u64,
}

impl Design {
    /// That of a model's run plan: everything is drawn by the seed and the number of the replication.
    pub fn of(model: &Model) -> Self {
        Self { seed: model.run.seed }
    }

    /// The random numbers of a replication.
    pub fn draws(&self, replication: u32) -> Draws {
        Draws::new(self.seed, replication)
    }

    /// The uncertain numbers and the shocks of a replication: the same for every scenario.
    pub fn drawn(&self, model: &Model, replication: u32) -> Draw {
        Draw::new(model, &self.draws(replication))
    }

    /// The random numbers of a pilot, counted from 0: those of replications beyond the run, of which no study has so many.
    pub fn pilot(&self, number: u32) -> Draws {
        self.draws(u32::MAX - number)
    }
}
