//! The program: what of a model every mechanism reads, the same for every period of a run.

use crate::model::Model;

use super::moves::BookedMoves;
use super::shape::RowPlan;
use crate::engine::chance::narrow::whole;
use crate::engine::lanes::Strip;

/// What of a model every mechanism reads, the same for every period of a run.
///
/// Lanes beyond the last customer of a block are in a stage of their own, [`Program::nobody`], where nothing happens;
/// every strip has a place for it after those of the stages.
#[derive(Clone)]
pub struct Program {
    /// The number of stages.
    pub stages: usize,
    /// How far look-ups by stage reach.
    pub reach: Reached,
    /// For each stage, whether customers count as retained: all bits or none.
    pub retained: Strip,
    /// How rows of chances are laid out.
    pub rows: RowPlan,
    /// The moves that money is booked on.
    pub moves: BookedMoves,
}

/// How far a look-up by stage reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Up to 8 places.
    Eight,
    /// Up to 16 places.
    Sixteen,
    /// Any number of places.
    Many,
}

impl Program {
    /// The program of a model.
    pub fn new(model: &Model) -> Self {
        let stages = model.stages.len();
        Self {
            stages,
            reach: reached(stages + 1),
            retained: bits(model.stages.iter().map(|s| s.retained).chain([false])),
            rows: RowPlan::new(model),
            moves: BookedMoves::of(model),
        }
    }

    /// The stage of lanes beyond the last customer.
    pub fn nobody(&self) -> u32 {
        whole(self.stages)
    }
}

/// A strip of all bits or none.
pub fn bits(yes: impl Iterator<Item = bool>) -> Strip {
    Strip::of(yes.map(|yes| if yes { u32::MAX } else { 0 }))
}

fn reached(places: usize) -> Reached {
    match places {
        0..=8 => Reached::Eight,
        9..=16 => Reached::Sixteen,
        _ => Reached::Many,
    }
}
