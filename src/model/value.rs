//! What accumulates: ledger lines (money) and outcomes, and how time weighs them.

use crate::quantity::{LineId, ParamId, PeriodUnit};
use crate::study::journey::{CostGroup, LineKind};
use crate::study::run::Accrual;

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
    /// The weights under an accrual convention, each multiplied by the discount factor at `rate` a year (0: none).
    ///
    /// Events of period t are valued at time t, or t - 1 where values accrue at the start of periods.
    /// Half-cycle and Simpson weights after Elbasha & Chhatwal (2016), "Theoretical foundations and practical
    /// applications of within-cycle correction methods", Medical Decision Making 36(1); Simpson's as coded by
    /// Alarid-Escudero et al. (2023), Medical Decision Making 43(1): 1/3, 2/3, 4/3, ..., 1/3.
    pub fn new(accrual: Accrual, rate: f64, unit: PeriodUnit, horizon: u32) -> Self {
        let factor = |t: u32| discount(rate, f64::from(t), unit);
        let state = (0..=horizon)
            .map(|t| {
                let ends = t == 0 || t == horizon;
                match accrual {
                    Accrual::End => f64::from(u8::from(t > 0)) * factor(t),
                    Accrual::Start => f64::from(u8::from(t < horizon)) * factor(t),
                    Accrual::All => factor(t),
                    Accrual::HalfCycle => (if ends { 0.5 } else { 1.0 }) * factor(t),
                    Accrual::LifeTable => {
                        let begins = if t < horizon { factor(t) } else { 0.0 };
                        let finishes = if t > 0 { factor(t - 1) } else { 0.0 };
                        0.5 * (begins + finishes)
                    }
                    Accrual::Simpson if ends => factor(t) / 3.0,
                    Accrual::Simpson => (if t % 2 == 1 { 2.0 } else { 4.0 }) / 3.0 * factor(t),
                }
            })
            .collect();
        let early = u32::from(matches!(accrual, Accrual::Start | Accrual::LifeTable));
        let event = (0..=horizon).map(|t| if t == 0 { 0.0 } else { factor(t - early) }).collect();
        Self { state, event }
    }
}
