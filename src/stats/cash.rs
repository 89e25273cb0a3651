//! Money at points in time: what it is worth today, when it has paid back, and how much of it is out at most.
//!
//! A flow is a slice of amounts at the times 0, 1, 2, ... periods; money in counts positive. The conventions are those of
//! Brealey, Myers & Allen (2020), "Principles of corporate finance", 13th edition, chapters 2 and 5.

use schemars::JsonSchema;
use serde::Serialize;

mod bounds;
mod rate;

/// The rates a year between which one is looked for.
pub const RATE_RANGE: (f64, f64) = (-0.9999, 1e4);
/// The share of all the money that has moved so far below which a cumulative flow is rounding.
const ROUNDING: f64 = 1e-12;

/// When the money of a period is valued, and how long a period is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calendar {
    /// The length of a period in years, above 0.
    pub years_per_period: f64,
    /// How many periods before its end the money of a period is valued: 0 for its end, 0.5 for its middle. Time 0 is a
    /// point, so that its money is never moved.
    pub valued_before_end: f64,
}

impl Calendar {
    /// How many years after time 0 the money of a time is valued.
    pub fn years(self, time: usize) -> f64 {
        if time == 0 { 0.0 } else { (time as f64 - self.valued_before_end) * self.years_per_period }
    }

    /// What 1 at a time is worth at time 0: (1 + rate)^(-years). `rate` is a year's, above -1; no unit.
    pub fn discount_factor(self, rate: f64, time: usize) -> f64 {
        libm::exp(-libm::log1p(rate) * self.years(time))
    }

    /// The net present value of a flow at time 0, in its own currency. `rate` is a year's, above -1.
    pub fn present_value(self, flow: &[f64], rate: f64) -> f64 {
        flow.iter().enumerate().map(|(time, amount)| amount * self.discount_factor(rate, time)).sum()
    }
}

/// An internal rate of return, or why there is none.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Irr {
    /// The one rate a year at which the money is worth nothing.
    Rate(f64),
    /// Money never changes its sign, or is worth nothing at no rate above -0.9999 and below 10000.
    None,
    /// Several rates do it, in rising order: money changes its sign more than once.
    Several(Vec<f64>),
}

/// The sum of a flow up to each time, that time's money included.
pub fn cumulative(flow: &[f64]) -> Vec<f64> {
    flow.iter()
        .scan(0.0, |sum, amount| {
            *sum += amount;
            Some(*sum)
        })
        .collect()
}

/// The first time from which the cumulative flow is never again below 0 within the slice.
///
/// A flow that is never below 0 has nothing to pay back, which is so from time 0 on. None where the flow ends below 0. What is
/// below 0 by less than 1e-12 of all money that has moved is rounding.
pub fn payback(flow: &[f64]) -> Option<usize> {
    let mut moved = 0.0;
    let mut from = 0;
    for (time, (amount, sum)) in flow.iter().zip(cumulative(flow)).enumerate() {
        moved += amount.abs();
        if sum < -ROUNDING * moved {
            from = time + 1;
        }
    }
    (from < flow.len()).then_some(from)
}

/// The most money that is out at any time: the deepest point of the cumulative flow as a positive amount, 0 where it is
/// never below 0.
pub fn peak_funding(flow: &[f64]) -> f64 {
    cumulative(flow).into_iter().fold(0.0, |peak, sum| f64::max(peak, -sum))
}

#[cfg(test)]
mod tests;
