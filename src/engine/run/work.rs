//! Work is what a piece of computing costs, counted before it starts and never by a clock. A unit is about a nanosecond of
//! one processor: what things weigh was measured once (`docs/performance.md`, "Cost by mechanism") and is fixed since.

use crate::model::Model;
use crate::model::counter::MOVES;
use crate::model::journey::Stage;
use crate::model::rate::Rate;
use crate::stats::distribution::Distribution;

use crate::engine::count::cells::{BATCHES, Cells, planned};
use crate::engine::count::layout::CountLayout;
use crate::engine::table::program::Program;

/// What an [`ExactCost`](crate::engine::exact::cost::ExactCost) counts in.
pub const CUSTOMER_PERIOD: f64 = 10.0;

/// The work of a model's simulation.
pub fn simulation(model: &Model) -> f64 {
    let periods = f64::from(model.run.horizon);
    let replications = f64::from(model.run.replications);
    let mut customer_periods = 0.0;
    for scenario in planned(model, &model.central()) {
        for (entry, its) in scenario.iter().flat_map(|segment| segment.iter().enumerate()) {
            let lived = periods - (entry as f64 - 1.0).max(0.0);
            customer_periods += f64::from(its.agents) * lived;
        }
    }
    replications * (customer_periods * of_customer(model) + of_books(model) + tables(model))
}

/// A customer in a period.
pub fn of_customer(model: &Model) -> f64 {
    let rows = &Program::new(model).rows;
    let purchases = || model.stages.iter().filter_map(|stage| stage.purchases.as_ref());
    let (buys, compares) = (purchases().next().is_some(), model.scenarios.len() > 1);
    let draws_baskets = purchases().any(|its| !matches!(its.basket_law, Distribution::Constant(_)));
    let is_driven = purchases().any(|its| its.all_drivers().next().is_some());
    let books_moves = !model.counters[MOVES.index()].shape.pairs().is_empty();
    // Each thing that happens at a rate is drawn as purchases are, and has no baskets.
    let happens = |rate: &Rate| {
        let is_driven = rate.stages.iter().flatten().any(|its| !its.drivers.is_empty());
        if is_driven { 2.7 } else { 2.0 }
    };
    let when = |used: bool, work: f64| if used { work } else { 0.0 };
    0.7 + when(!rows.clocks.is_empty(), 0.6)
        + when(model.experience.is_some(), 1.3)
        + when(rows.bends, 0.7)
        + when(rows.bends && !model.traits.is_empty(), 0.4)
        + when(buys, 3.0)
        + when(buys && draws_baskets, 1.1)
        + when(buys && is_driven, 0.7)
        + when(!rows.own.is_empty(), 1.0)
        + when(books_moves, 0.4)
        + when(model.is_coupled(), 0.6)
        + when(compares, 0.6)
        + model.rates.iter().map(happens).fold(0.0, |sum, work| sum + work)
}

/// What is counted and priced of one replication, however few its customers.
fn of_books(model: &Model) -> f64 {
    /// A number of a ledger that is counted and priced.
    const NUMBER: f64 = 10.0;
    let cells = Cells::of(model);
    let times = f64::from(model.run.horizon) + 1.0;
    // Newcomers are counted from the period on in which they come: half of the times in the mean.
    let entries = 1.0 + (cells.entries as f64 - 1.0) * 0.5;
    let width = CountLayout::of(model).width() as f64;
    let sets = 1.0 + BATCHES as f64;
    model.scenarios.len() as f64 * cells.segments as f64 * entries * times * width * sets * NUMBER
}

/// The tables of one replication: made anew where numbers are drawn.
pub fn tables(model: &Model) -> f64 {
    /// A row, and a number of the study, in one period.
    const ROW: f64 = 200.0;
    const PARAM: f64 = 4.0;
    if !model.is_uncertain() {
        return 0.0;
    }
    let rows: f64 = model.stages.iter().map(rows).sum();
    let tables = (model.scenarios.len() * model.segments.len()) as f64 * f64::from(model.run.horizon);
    tables * (rows * ROW + model.params.len() as f64 * PARAM)
}

fn rows(stage: &Stage) -> f64 {
    stage.clock_lengths().iter().map(|length| *length as f64).product()
}
