//! Shapes: how rows of chances are laid out, the same for every period and draw of a study.

use crate::model::Model;
use crate::model::journey::{Chance, Clock, Driver, Stage, State};
use crate::quantity::{ParamId, StageId, TraitId};

use super::values::Values;
use crate::engine::chance::narrow::{place, single, whole};
use crate::engine::lanes::Strip;

/// A clock that rows are read by, for every stage.
#[derive(Clone)]
pub struct ClockShape {
    /// What it reads.
    pub clock: Clock,
    /// The last place of each stage's list; 0 where the stage does not read it.
    pub last: Strip,
    /// How many rows lie between two places.
    pub stride: Strip,
}

/// A chance that is the customer's own.
#[derive(Clone)]
pub struct OwnShape {
    /// The stage it leads out of.
    pub from: u32,
    /// Its place in the row.
    pub at: usize,
    /// The place of staying.
    pub stay: usize,
    /// Its column among the own chances of all stages.
    pub column: usize,
}

/// How the rows of one stage are laid out.
#[derive(Clone, Debug)]
pub struct RowShape {
    /// The first row of the stage.
    pub first: usize,
    /// How many rows it has, one for each combination of clocks.
    pub count: usize,
    /// The clocks, their list lengths and strides.
    pub clocks: Vec<(Clock, usize, usize)>,
    /// The stage.
    pub stage: usize,
    /// For each place of the row (exits and staying, in canonical order): the stage it leads to.
    pub to: Vec<u8>,
    /// The place of staying.
    pub stay: usize,
}

/// How the rows of all stages are laid out, and what bends them.
#[derive(Clone)]
pub struct RowPlan {
    /// The most places a row can lead to, staying included, rounded up to what kernels are made for.
    pub width: usize,
    /// By stage.
    pub shapes: Vec<RowShape>,
    /// The first row of each stage.
    pub first: Strip,
    /// The clocks that rows are read by.
    pub clocks: Vec<ClockShape>,
    /// Whether rows differ from customer to customer.
    pub bends: bool,
    /// What drives moves.
    pub drivers: Vec<State>,
    /// The chances that are the customer's own.
    pub own: Vec<OwnShape>,
}

impl RowPlan {
    /// The rows of a model.
    pub fn new(model: &Model) -> Self {
        let shapes = row_shapes(model);
        let total: usize = shapes.iter().map(|row| row.count).sum();
        // Kernels are made for rows of 4 and of 8 places, and for any multiple of 4.
        let width = model.stages.iter().map(|s| s.moves().count() + 1).max().unwrap_or(1).next_multiple_of(4);
        Self {
            width,
            first: Strip::of(shapes.iter().map(|row| row.first).chain([total]).map(whole)),
            clocks: clock_shapes(&shapes),
            bends: model.stages.iter().any(Stage::is_bent),
            drivers: states(model, model.stages.iter().flat_map(Stage::move_drivers)),
            own: own_shapes(model, &shapes),
            shapes,
        }
    }

    /// Whether rows are looked up four numbers at a time.
    pub fn has_fours(&self) -> bool {
        !self.clocks.is_empty() && self.width == 4
    }

    /// The number of rows of all stages; one more is that of nobody.
    pub fn count(&self) -> usize {
        self.shapes.iter().map(|row| row.count).sum()
    }
}

/// The states that drive, in an order that the file's does not change, as their sums are rounded.
pub fn states<'m>(model: &Model, drivers: impl Iterator<Item = &'m Driver>) -> Vec<State> {
    let mut states: Vec<State> = drivers.map(|driver| driver.on).collect();
    states.sort_unstable_by_key(|state| state.rank(model));
    states.dedup();
    states
}

/// What drivers weigh, state by state.
pub fn weights(states: &[State], drivers: &[Driver], values: &Values<'_>) -> Vec<f32> {
    let of = |state: &State| {
        drivers.iter().filter(|driver| driver.on == *state).map(|driver| values[driver.weight]).sum::<f64>()
    };
    states.iter().map(|state| single(of(state))).collect()
}

/// The clocks that rows are read by.
fn clock_shapes(rows: &[RowShape]) -> Vec<ClockShape> {
    let mut clocks: Vec<Clock> = Vec::new();
    for (clock, length, _) in rows.iter().flat_map(|row| &row.clocks) {
        if *length > 1 && !clocks.contains(clock) {
            clocks.push(*clock);
        }
    }
    let read = |row: &RowShape, clock: Clock| row.clocks.iter().find(|(its, ..)| *its == clock).copied();
    clocks
        .into_iter()
        .map(|clock| ClockShape {
            clock,
            last: Strip::of(
                rows.iter().map(|row| read(row, clock).map_or(0, |(_, length, _)| whole(length - 1))).chain([0]),
            ),
            stride: Strip::of(
                rows.iter().map(|row| read(row, clock).map_or(0, |(.., stride)| whole(stride))).chain([0]),
            ),
        })
        .collect()
}

/// The chances that are the customer's own, in the order of stages and exits.
fn own_shapes(model: &Model, rows: &[RowShape]) -> Vec<OwnShape> {
    let columns = own_chances(model);
    let mut own = Vec::new();
    for (from, (stage, row)) in model.stages.iter().zip(rows).enumerate() {
        for (exit, written) in stage.moves().enumerate() {
            let Chance::Own { changes, .. } = written.chance else { continue };
            let at = exit + usize::from(exit >= row.stay);
            let Some(column) = columns.iter().position(|(id, _)| *id == changes) else { continue };
            own.push(OwnShape { from: whole(from), at, stay: row.stay, column });
        }
    }
    own
}

/// The parameters and traits of all chances that are the customer's own, in the order of stages and exits.
pub fn own_chances(model: &Model) -> Vec<(ParamId, TraitId)> {
    let exits = model.stages.iter().flat_map(|stage| &stage.exits);
    let own = exits.filter_map(|exit| match exit.chance {
        Chance::Own { changes, of } => Some((changes, of)),
        _ => None,
    });
    own.collect()
}

/// How the rows of every stage are laid out.
fn row_shapes(model: &Model) -> Vec<RowShape> {
    let mut first = 0;
    let mut shapes = Vec::new();
    for (place, stage) in model.stages.iter().enumerate() {
        let lengths = stage.clock_lengths();
        let mut stride: usize = lengths.iter().product();
        let clocks = stage.clocks().into_iter().zip(lengths).map(|(clock, length)| {
            stride /= length;
            (clock, length, stride)
        });
        let clocks: Vec<_> = clocks.collect();
        let count = clocks.iter().map(|(_, length, _)| length).product();
        shapes.push(RowShape { clocks, ..row_shape(stage, StageId::from(place), first, count) });
        first += count;
    }
    shapes
}

fn row_shape(stage: &Stage, own: StageId, first: usize, count: usize) -> RowShape {
    let stay = stage.moves().filter(|exit| exit.to < own).count();
    let mut to: Vec<u8> = stage.moves().map(|exit| place(exit.to)).collect();
    to.insert(stay, place(own));
    RowShape { stage: own.index(), first, count, clocks: Vec::new(), to, stay }
}
