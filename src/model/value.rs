//! What accumulates: ledger lines (money) and outcomes, and how time weighs them.

use crate::quantity::{LineId, ParamId, PeriodUnit};
use crate::study::journey::{CostGroup, LineKind};
use crate::study::run::Accrual;

use super::RunPlan;

/// Something that accumulates: a ledger line or an outcome.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is.
    pub kind: AccountKind,
    /// Where a cost stands in the books.
    pub group: CostGroup,
}

/// What an account is.
#[derive(Clone, Debug, PartialEq)]
pub enum AccountKind {
    /// A ledger line: money.
    Money(LineKind),
    /// An outcome beside money.
    Outcome {
        /// Its unit, as tables print it.
        unit: String,
        /// The rate a year at which it is discounted.
        discount_rate: f64,
        /// Whether less of it is better.
        less_is_better: bool,
    },
}

/// An amount per customer that goes to an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Booking {
    /// The account.
    pub account: LineId,
    /// The amount.
    pub amount: ParamId,
}

/// Discount factor of time `t` (in periods): (1 + rate)^(-t · years per period). The rate is per year.
///
/// [`Calendar::discount_factor`](crate::stats::cash::Calendar::discount_factor) is the same number for rates close to -1
/// as well, where internal rates are looked for; the two differ in the last digits only.
pub fn discount(rate: f64, t: f64, unit: PeriodUnit) -> f64 {
    libm::pow(1.0 + rate, -t * unit.years())
}

/// How what happens at times 0 to `horizon` adds up over the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeWeights {
    /// The weight of what accrues by being in a stage at each time.
    pub state: Vec<f64>,
    /// The weight of events (purchases, moves, initiative costs) of each period; that of time 0 is 0.
    pub event: Vec<f64>,
}

impl TimeWeights {
    /// The weights under a run's accrual convention, each multiplied by the discount factor at `rate` a year (0: none).
    ///
    /// Events of period t are valued at time t, or t - 1 where values accrue at the start of periods.
    /// Half-cycle and Simpson weights after Elbasha & Chhatwal (2016), "Theoretical foundations and practical
    /// applications of within-cycle correction methods", Medical Decision Making 36(1); Simpson's as coded by
    /// Alarid-Escudero et al. (2023), Medical Decision Making 43(1): 1/3, 2/3, 4/3, ..., 1/3.
    pub fn new(run: &RunPlan, rate: f64) -> Self {
        let weigh = |by_state: bool, t: u32| {
            postings(run, by_state, t).iter().map(|(time, weight)| weight * run.factor(rate, *time)).sum()
        };
        Self {
            state: (0..=run.horizon).map(|t| weigh(true, t)).collect(),
            event: (0..=run.horizon).map(|t| weigh(false, t)).collect(),
        }
    }
}

/// The times at which what accrues at time t is valued, with weights: by being in a stage, or by an event.
pub fn postings(run: &RunPlan, by_state: bool, t: u32) -> Vec<(u32, f64)> {
    let (first, last) = (t == 0, t == run.horizon);
    match (run.accrual, by_state) {
        (_, false) if first => Vec::new(),
        (Accrual::Start | Accrual::LifeTable, false) => vec![(t - 1, 1.0)],
        (_, false) | (Accrual::All, true) => vec![(t, 1.0)],
        (Accrual::End, true) => (!first).then_some((t, 1.0)).into_iter().collect(),
        (Accrual::Start, true) => (!last).then_some((t, 1.0)).into_iter().collect(),
        (Accrual::HalfCycle, true) => vec![(t, if first || last { 0.5 } else { 1.0 })],
        (Accrual::LifeTable, true) => {
            let begins = (!last).then_some((t, 0.5));
            begins.into_iter().chain((!first).then(|| (t - 1, 0.5))).collect()
        }
        (Accrual::Simpson, true) if first || last => vec![(t, 1.0 / 3.0)],
        (Accrual::Simpson, true) => vec![(t, (if t % 2 == 1 { 2.0 } else { 4.0 }) / 3.0)],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::cash::Calendar;

    proptest! {
        #[test]
        fn both_discount_factors_say_the_same(
            rate in 0.0..5.0_f64,
            time in 0_usize..2_000,
            unit in prop::sample::select(vec![PeriodUnit::Day, PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter, PeriodUnit::Year]),
            valued_before_end in prop::sample::select(vec![0.0, 0.5]),
        ) {
            let calendar = Calendar { years_per_period: unit.years(), valued_before_end };
            let at = if time == 0 { 0.0 } else { time as f64 - valued_before_end };
            let (here, there) = (discount(rate, at, unit), calendar.discount_factor(rate, time));
            prop_assert!((here - there).abs() <= 1e-11 * here, "{here} and {there}");
        }
    }
}
