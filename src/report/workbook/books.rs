//! What a scenario's books add up to, exactly: the numbers that the formulas are to come to.

use super::layout::Sum;
use crate::estimate::money::business::{Business, ScenarioBooks};
use crate::quantity::UNITS_PER_ONE;
use crate::stats::cash::Calendar;

/// The sums of a scenario at each time, in units.
pub struct ScenarioSums {
    sums: [Vec<i128>; 7],
    /// The lines at each time.
    lines: Vec<Vec<i128>>,
}

/// Units as an amount of money.
pub fn amount(units: i128) -> f64 {
    units as f64 / UNITS_PER_ONE
}

/// How a business values money.
pub fn calendar(business: &Business) -> Calendar {
    Calendar { years_per_period: business.years_per_period, valued_before_end: business.valued_before_end }
}

impl ScenarioSums {
    /// The sums of a scenario's books.
    pub fn of(business: &Business, books: &ScenarioBooks) -> Self {
        let times = books.totals.iter().map(Vec::len).max().unwrap_or(0);
        let held = |sum: Sum, t: usize| -> i128 {
            let lines = business.books.lines.iter().zip(&books.totals);
            lines.filter(|(line, _)| sum.holds(line.group)).filter_map(|(_, units)| units.get(t)).sum()
        };
        let at = |sum: Sum, t: usize| match sum {
            Sum::Margin => held(Sum::Revenue, t) - held(Sum::Variable, t),
            Sum::Cash => {
                let costs = [Sum::Variable, Sum::Service, Sum::Acquisition, Sum::Initiatives];
                held(Sum::Revenue, t) - costs.into_iter().map(|cost| held(cost, t)).sum::<i128>()
            }
            sum => held(sum, t),
        };
        let sums = Sum::ALL.map(|sum| (0..times).map(|t| at(sum, t)).collect());
        Self { sums, lines: books.totals.clone() }
    }

    /// A sum at each time, in units.
    pub fn units(&self, sum: Sum) -> &[i128] {
        &self.sums[sum as usize]
    }

    /// A line at each time, in units.
    pub fn line(&self, place: usize) -> &[i128] {
        self.lines.get(place).map_or(&[], Vec::as_slice)
    }

    /// A sum over the horizon, in the currency.
    pub fn total(&self, sum: Sum) -> f64 {
        amount(self.units(sum).iter().sum())
    }

    /// The cash flow by time, in the currency.
    pub fn cash(&self) -> Vec<f64> {
        self.units(Sum::Cash).iter().map(|units| amount(*units)).collect()
    }

    /// The cash flow less another's by time, in the currency.
    pub fn beyond(&self, other: &Self) -> Vec<f64> {
        let pairs = self.units(Sum::Cash).iter().zip(other.units(Sum::Cash));
        pairs.map(|(own, others)| amount(own - others)).collect()
    }

    /// The largest sum over the horizon in size, in the currency.
    pub fn largest(&self) -> f64 {
        Sum::ALL.into_iter().map(|sum| self.total(sum).abs()).fold(0.0, f64::max)
    }

    /// How many numbers were rounded to whole units to make these books.
    pub fn cells(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }
}
