//! A layout says where each counter of a model stands among the cells of a time.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::model::Model;
use crate::model::counter::Kept;
use crate::quantity::CounterId;

/// Where the counters of a model stand; clones share it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CountLayout {
    places: Arc<[Place]>,
    width: usize,
    passing: usize,
}

/// Where the cells of one counter stand.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Place {
    /// The first one, among those that are kept as long.
    pub first: usize,
    /// How many there are.
    pub length: usize,
    /// How many units in a cell make one.
    pub unit: f64,
    /// How long counts are kept.
    pub kept: Kept,
}

impl CountLayout {
    /// The layout of a model's counters.
    pub fn of(model: &Model) -> Self {
        let (mut width, mut passing) = (0, 0);
        let places = model.counters.iter().map(|counter| {
            let end = if counter.kept == Kept::Run { &mut width } else { &mut passing };
            let (first, length) = (*end, counter.cells(model.stages.len()));
            *end += length;
            Place { first, length, unit: counter.unit, kept: counter.kept }
        });
        Self { places: places.collect(), width, passing }
    }

    /// Where a counter stands.
    pub fn place(&self, counter: CounterId) -> Place {
        self.places[counter.index()]
    }

    /// Where each counter stands, in the model's order.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The counters, in the model's order.
    pub fn ids(&self) -> impl Iterator<Item = CounterId> + use<> {
        (0..self.places.len()).map(CounterId::from)
    }

    /// The number of cells that are kept for each time.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of cells that are kept for one period only.
    pub fn passing(&self) -> usize {
        self.passing
    }
}
