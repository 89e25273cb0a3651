//! What accumulates: ledger lines (money) and outcomes, and how time weighs them.

use crate::study::journey::{CostGroup, LineKind};
use crate::study::run::Accrual;

use super::run_plan::RunPlan;

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

/// A part of what accrues by being in a stage at some time: by the amounts of one period, valued at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accrued {
    /// The period whose amounts are in force.
    pub period: u32,
    /// The time at which it is valued.
    pub time: u32,
    /// Its weight.
    pub weight: f64,
}

/// The parts that accrue by being in a stage at time `t`, before any discount.
///
/// The weight of a time belongs to the periods that it ends and begins: that of time 0 to the first, that of the
/// horizon to the last. Half-cycle and Simpson weights after Elbasha & Chhatwal (2016), "Theoretical foundations and
/// practical applications of within-cycle correction methods", Medical Decision Making 36(1); Simpson's as coded by
/// Alarid-Escudero et al. (2023), Medical Decision Making 43(1): 1/3, 2/3, 4/3, ..., 1/3.
pub fn accrued(run: &RunPlan, t: u32) -> Vec<Accrued> {
    let (first, last) = (t == 0, t == run.horizon);
    let ends = |time: u32, weight: f64| (!first).then_some(Accrued { period: t, time, weight });
    let begins = |weight: f64| (!last).then_some(Accrued { period: t + 1, time: t, weight });
    // A weight that no period has to itself is shared by the two that meet at its time.
    let shared = |end: f64, between: f64| {
        if first || last { [ends(t, end), begins(end)] } else { [ends(t, between / 2.0), begins(between / 2.0)] }
    };
    let parts = match run.accrual {
        Accrual::End => [ends(t, 1.0), None],
        Accrual::Start => [begins(1.0), None],
        Accrual::All => [if first { begins(1.0) } else { ends(t, 1.0) }, None],
        Accrual::HalfCycle => shared(0.5, 1.0),
        Accrual::LifeTable => [begins(0.5), ends(t.saturating_sub(1), 0.5)],
        Accrual::Simpson => shared(1.0 / 3.0, (if t % 2 == 1 { 2.0 } else { 4.0 }) / 3.0),
    };
    parts.into_iter().flatten().collect()
}

/// The time at which what happens in period `t` is valued: at its end, or at its beginning where values accrue there.
/// What is paid at time 0 is valued there.
pub fn event_time(run: &RunPlan, t: u32) -> u32 {
    match run.accrual {
        Accrual::Start | Accrual::LifeTable => t.saturating_sub(1),
        _ => t,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::model::run_plan::discount;
    use crate::quantity::PeriodUnit;
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
