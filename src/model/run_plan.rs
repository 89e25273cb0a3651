//! The run plan is how a study is run, and how time is counted and discounted.

use crate::quantity::{ParamId, PeriodUnit};
use crate::study::run::{Accrual, Discounting};

/// The most replications that addresses of random numbers tell apart.
pub const MOST_REPLICATIONS: u64 = 4_000_000_000;

/// How a study is run.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// The length of one period.
    pub period: PeriodUnit,
    /// The number of periods simulated, at least 1.
    pub horizon: u32,
    /// The real customers at the start.
    pub customers: u64,
    /// The simulated customers.
    pub agents: u32,
    /// The number of replications, at least 1.
    pub replications: u32,
    /// The seed that fixes every random number.
    pub seed: u64,
    /// The rate a year at which money is discounted.
    pub discount_rate: ParamId,
    /// When in a period its money is valued.
    pub discounting: Discounting,
    /// The calendar month, 1 to 12, in which period 1 starts.
    pub first_month: u32,
    /// The calendar month, 1 to 12, in which a fiscal year starts.
    pub fiscal_year_start: u32,
    /// When in a period what accrues by being in a stage is counted.
    pub accrual: Accrual,
    /// The level of the intervals.
    pub interval: f64,
    /// The hours that one full-time person works in a year.
    pub full_time_hours: f64,
}

impl RunPlan {
    /// The full-time people whom one minute of work in a period keeps busy.
    pub fn people_per_minute(&self) -> f64 {
        1.0 / (60.0 * self.full_time_hours * self.period.years())
    }

    /// How many periods before its end the money of a period is valued.
    pub fn valued_before_end(&self) -> f64 {
        match self.discounting {
            Discounting::End => 0.0,
            Discounting::Mid => 0.5,
        }
    }

    /// The discount factor of time `t` at a rate a year.
    pub fn factor(&self, rate: f64, t: u32) -> f64 {
        let at = if t == 0 { 0.0 } else { f64::from(t) - self.valued_before_end() };
        discount(rate, at, self.period)
    }

    /// The discount factors of the times 0 to the horizon at a rate a year.
    pub fn factors(&self, rate: f64) -> Vec<f64> {
        (0..=self.horizon).map(|t| self.factor(rate, t)).collect()
    }

    /// The discount factor of the moment at which those come who come in period `entry`: its beginning.
    pub fn factor_at_entry(&self, rate: f64, entry: usize) -> f64 {
        discount(rate, entry.saturating_sub(1) as f64, self.period)
    }

    /// The fiscal year that time `t` belongs to, counted from 1.
    pub fn fiscal_year(&self, t: u32) -> u32 {
        let months = libm::floor(f64::from(t.max(1) - 1) * self.period.years() * 12.0 + 1e-9);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "months of a bounded horizon")]
        let months = months as u32;
        1 + (months + (self.first_month + 12 - self.fiscal_year_start) % 12) / 12
    }
}

/// Discount factor of time `t` (in periods): (1 + rate)^(-t · years per period). The rate is per year.
///
/// [`Calendar::discount_factor`](crate::stats::cash::Calendar::discount_factor) is the same number for rates close to -1
/// as well, where internal rates are looked for; the two differ in the last digits only.
pub fn discount(rate: f64, t: f64, unit: PeriodUnit) -> f64 {
    libm::pow(1.0 + rate, -t * unit.years())
}
