//! The work of exact expectations as it is done, in multiplications, counted and never timed.

use std::ops::Add;
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
            step += all * (3.0 + moves + felt + buys + rates + present + touches(model, layout, place, nodes));
            let bending = if stage.is_bent() { OF_BENDING } else { 3.0 };
            rows += cells.length as f64 * (1.0 + moves) * bending + (buys + rates) * OF_BENDING;
        }
        // Who comes to a stage goes through what follows apart from who was there.
        step *= if layout.touch.separates { 2.0 } else { 1.0 };
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

/// What touchpoints of a stage take of one kind and satisfaction of customers in a step: what is counted, and what is moved.
fn touches(model: &Model, layout: &Layout, stage: usize, nodes: f64) -> f64 {
    let here = || model.touchpoints.iter().enumerate().filter(|(_, its)| its.is_in(stage));
    let counted: usize = here().map(|(_, its)| its.cells()).sum();
    let moved = |late: bool| {
        let moves = here().any(|(place, _)| {
            let planned = &layout.touch.points[place];
            planned.is_joint && planned.is_late == late
        });
        f64::from(u8::from(moves)) * nodes
    };
    let sent = layout.stages[stage].sends() as f64 * nodes;
    counted as f64 + sent + moved(false) + moved(true)
}

/// What making the effects of touchpoints takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Making {
    /// How many kernels were multiplied.
    pub products: u64,
    /// How many touchpoints were met, by one kind of customers each.
    pub met: u64,
}

impl Making {
    /// The multiplications on a grid of so many satisfactions.
    pub fn multiplications(self, nodes: usize) -> f64 {
        /// What bending the numbers of a touchpoint takes, whatever the grid, and for each satisfaction.
        const OF_A_TOUCHPOINT: f64 = 1_000.0;
        const OF_A_NODE: f64 = 100.0;
        let nodes = nodes as f64;
        self.products as f64 * nodes * nodes * nodes + self.met as f64 * (OF_A_TOUCHPOINT + OF_A_NODE * nodes)
    }
}

impl Add for Making {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { products: self.products + other.products, met: self.met + other.met }
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
