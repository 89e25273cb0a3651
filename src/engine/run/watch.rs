//! Watching: what a company sees of its customers when a period has ended; contingency rules are decided on it.

use crate::model::Model;
use crate::model::booking::{Booking, by_cell};
use crate::model::counter::{ACQUIRED, BASKETS, CUSTOMERS, PURCHASES, SATISFACTION};
use crate::model::param::ParamSet;
use crate::model::roadmap::Watched;
use crate::model::value::AccountKind;
use crate::quantity::{PARTS_PER_ONE, UNITS_PER_ONE};
use crate::study::journey::LineKind;

use crate::engine::count::counts::Counts;

/// Customers of one segment and entry at one time.
pub struct SeenCohort<'a> {
    /// What was counted of them.
    pub ledger: &'a Counts<i128>,
    /// How many real customers each simulated one stands for.
    pub weight: f64,
    /// The numbers in force for their segment.
    pub values: &'a ParamSet,
}

/// The value of what is watched at time `t`, over all customers.
pub fn watched(model: &Model, what: Watched, t: usize, all: &[SeenCohort<'_>]) -> f64 {
    let sum = |of: &dyn Fn(&SeenCohort<'_>) -> f64| all.iter().map(|seen| of(seen) * seen.weight).sum::<f64>();
    let retained = |seen: &SeenCohort<'_>| {
        let stages = seen.ledger.cells(CUSTOMERS, t).iter().zip(&model.stages);
        stages.filter(|(_, stage)| stage.retained).map(|(count, _)| *count as f64).sum::<f64>()
    };
    let acquired = |seen: &SeenCohort<'_>| seen.ledger.cells(ACQUIRED, t)[0] as f64;
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    match what {
        Watched::Retention => share(sum(&retained), sum(&acquired)),
        Watched::ActiveCustomers => sum(&retained),
        Watched::Churned => sum(&|seen| acquired(seen) - retained(seen)),
        Watched::Purchases => sum(&|seen| seen.ledger.cells(PURCHASES, t).iter().sum::<i128>() as f64),
        Watched::Revenue => sum(&|seen| revenue(model, t, seen)),
        Watched::Satisfaction => {
            share(sum(&|seen| seen.ledger.cells(SATISFACTION, t)[0] as f64 / PARTS_PER_ONE), sum(&retained))
        }
        Watched::Stage(stage) => sum(&|seen| seen.ledger.cells(CUSTOMERS, t)[stage] as f64),
    }
}

/// Money in: baskets, and revenue lines by what they are booked on.
fn revenue(model: &Model, t: usize, seen: &SeenCohort<'_>) -> f64 {
    let baskets = seen.ledger.cells(BASKETS, t).iter().sum::<i128>() as f64 / UNITS_PER_ONE;
    let is_revenue = |account: usize| model.accounts[account].kind == AccountKind::Money(LineKind::Revenue);
    let of_cell = |bookings: &[Booking]| {
        let Some(Booking { counter, cell, .. }) = bookings.first() else { return 0.0 };
        let lines = bookings.iter().filter(|booking| is_revenue(booking.account.index()));
        let count = seen.ledger.cells(*counter, t)[*cell] as f64 / model.counters[counter.index()].unit;
        lines.map(|booking| seen.values[booking.amount]).sum::<f64>() * count
    };
    let sum = |bookings| by_cell(bookings).map(of_cell).sum::<f64>();
    baskets + sum(model.bookings.by_stage()) + sum(model.bookings.others())
}
