//! The work of exact expectations as it is done, in multiplications, counted and never timed.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::engine::count::layout::CountLayout;
use crate::model::Model;

use super::layout::{Layout, StageCells};

/// What a period of one scenario and segment takes besides, however few are told apart: multiplications.
pub const OF_A_PERIOD: f64 = 400.0;
/// What a number that changes from period to period takes: multiplications.
const OF_A_NUMBER: f64 = 20.0;
/// What a number of the books takes that is priced, and held against the simulation: multiplications.
const OF_A_BOOKING: f64 = 12.0;
/// What bending a chance takes, by an exponential or a quotient: multiplications.
const OF_BENDING: f64 = 30.0;
/// The nodes of the rule that a kernel is made with.
const NODES_OF_A_LAW: f64 = 93.0;
/// What finding where a law is cut takes: multiplications.
const OF_A_CUT: f64 = 2_000.0;

/// What the parts of a period take on one satisfaction grid.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// A step of one kind and satisfaction of customers.
    pub step: f64,
    /// Making the rows of one.
    pub rows: f64,
    /// Filling a table.
    pub table: f64,
    /// A period, whatever happens in it.
    pub period: f64,
    /// Making a kernel.
    pub kernel: f64,
}

impl Weights {
    /// The weights of a model on a grid of so many satisfactions.
    pub fn new(model: &Model, layout: &Layout, nodes: usize) -> Self {
        let nodes = nodes as f64;
        let (mut step, mut rows) = (0.0, 0.0);
        for (place, (stage, cells)) in model.stages.iter().zip(&layout.stages).enumerate() {
            let count = |its: &StageCells| (its.cells(0).len() + its.cells(1).len()) as f64;
            let (all, moves) = (count(cells), cells.moves.len() as f64);
            let felt = if stage.quality.is_some() && nodes > 1.0 { nodes } else { 0.0 };
            let buys = if stage.purchases.is_some() { 2.0 + 2.0 * cells.leaves.len() as f64 } else { 0.0 };
            let rates = model.rates.iter().filter_map(|rate| rate.of(place)).count() as f64;
            let present = model.presences.iter().filter(|its| its.stage.index() == place).count() as f64;
            step += all * (3.0 + moves + felt + buys + rates + present);
            let bending = if stage.is_bent() { OF_BENDING } else { 3.0 };
            rows += cells.length as f64 * (1.0 + moves) * bending + (buys + rates) * OF_BENDING;
        }
        let booked = CountLayout::of(model).width() as f64;
        Self {
            step,
            rows,
            table: model.params.len() as f64 * OF_A_NUMBER,
            period: OF_A_PERIOD + booked * OF_A_BOOKING,
            kernel: nodes * (nodes * NODES_OF_A_LAW * 3.0 + OF_A_CUT),
        }
    }
}

/// Multiplications that were done, by any thread: whole numbers, which add up in any order.
#[derive(Debug, Default)]
pub struct Done(AtomicU64);

impl Done {
    /// Counts some more.
    pub fn add(&self, multiplications: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive, far below 2^63")]
        self.0.fetch_add(libm::ceil(multiplications) as u64, Ordering::Relaxed);
    }

    /// All of them.
    pub fn all(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64
    }
}
