//! Watching: what a company sees of its customers when a period has ended; contingency rules are decided on it.

use crate::model::Model;
use crate::model::counter::{ACQUIRED, BASKETS, CUSTOMERS, MOVES, PURCHASES, SATISFACTION};
use crate::model::param::ParamSet;
use crate::model::roadmap::Watched;
use crate::model::value::AccountKind;
use crate::quantity::{PARTS_PER_ONE, UNITS_PER_ONE};
use crate::study::journey::LineKind;

use crate::engine::count::counts::Counts;
use crate::engine::table::program::Program;

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
pub fn watched(model: &Model, program: &Program, what: Watched, t: usize, all: &[SeenCohort<'_>]) -> f64 {
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
        Watched::Revenue => sum(&|seen| revenue(model, program, t, seen)),
        Watched::Satisfaction => {
            share(sum(&|seen| seen.ledger.cells(SATISFACTION, t)[0] as f64 / PARTS_PER_ONE), sum(&retained))
        }
        Watched::Stage(stage) => sum(&|seen| seen.ledger.cells(CUSTOMERS, t)[stage] as f64),
    }
}

/// Money in: baskets, and revenue lines by stage and by move.
fn revenue(model: &Model, program: &Program, t: usize, seen: &SeenCohort<'_>) -> f64 {
    let baskets = seen.ledger.cells(BASKETS, t).iter().sum::<i128>() as f64 / UNITS_PER_ONE;
    let is_revenue = |account: usize| model.accounts[account].kind == AccountKind::Money(LineKind::Revenue);
    let by_stage = model.stages.iter().zip(seen.ledger.cells(CUSTOMERS, t)).map(|(stage, count)| {
        let lines = stage.values.iter().filter(|booking| is_revenue(booking.account.index()));
        lines.map(|booking| seen.values[booking.amount]).sum::<f64>() * *count as f64
    });
    let by_move = program.moves.pairs.iter().zip(seen.ledger.cells(MOVES, t)).map(|(pair, count)| {
        let (from, to) = (pair / program.stages, pair % program.stages);
        let booked = model.stages[from].on_move.iter().filter(|(id, _)| id.index() == to);
        let lines = booked.filter(|(_, booking)| is_revenue(booking.account.index()));
        lines.map(|(_, booking)| seen.values[booking.amount]).sum::<f64>() * *count as f64
    });
    baskets + by_stage.sum::<f64>() + by_move.sum::<f64>()
}
