//! The world around the company in numbers: shocks, seasons and trends.

use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;

use super::change::{Change, Op};

/// Something that happens to the company, whatever it does.
#[derive(Clone, Debug)]
pub struct Shock {
    /// Its name as people say it.
    pub title: String,
    /// When it comes.
    pub when: Occurrence,
    /// Periods after which half of it has been got over.
    pub half_life: Option<ParamId>,
    /// Periods over which it grows to its full size.
    pub onset: u32,
    /// What it changes.
    pub effects: Vec<Change>,
    /// The distributions of the amounts of `effects`, drawn anew each time that it comes.
    pub amounts: Vec<Distribution>,
    /// The number that fixes its luck.
    pub luck: u64,
}

/// When a shock comes.
#[derive(Clone, Copy, Debug)]
pub enum Occurrence {
    /// In a period.
    In(ParamId),
    /// With this chance in every period, again and again.
    Hazard(ParamId),
}

impl Shock {
    /// Whether it is drawn if it comes, or how large it is. A period that is uncertain is a number of the model.
    pub fn is_uncertain(&self) -> bool {
        let known = |law: &Distribution| matches!(law, Distribution::Constant(_));
        matches!(self.when, Occurrence::Hazard(_)) || !self.amounts.iter().all(known)
    }

    /// The share of a shock in force so many periods after it came: it grows evenly over its onset, and then half of it
    /// is got over in every half-life: an intervention that dies out geometrically (Box & Tiao 1975, "Intervention
    /// analysis with applications to economic and environmental problems", Journal of the American Statistical
    /// Association 70(349)).
    pub fn share(&self, since: u32, half_life: Option<f64>) -> f64 {
        let grown = since + 1;
        if grown < self.onset {
            return f64::from(grown) / f64::from(self.onset);
        }
        let after = f64::from(grown - self.onset.max(1));
        half_life
            .map_or(1.0, |half| if half > 0.0 { libm::exp2(-after / half) } else { f64::from(u8::from(after == 0.0)) })
    }
}

/// How numbers go over time by themselves: season times trend, the multiplicative form of Winters (1960), "Forecasting
/// sales by exponentially weighted moving averages", Management Science 6(3).
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The numbers.
    pub targets: Vec<ParamId>,
    /// `Times`, or `Odds` for chances.
    pub op: Op,
    /// The factor of each time 0 to the horizon; empty where there is no season.
    pub season: Vec<f64>,
    /// The growth a year.
    pub trend: Option<ParamId>,
    /// The place in the study's list.
    pub place: usize,
}

impl Pattern {
    /// The factor at time `t`, with the drawn growth a year and the length of a period in years.
    pub fn factor(&self, t: u32, growth: f64, years: f64) -> f64 {
        let season = self.season_at(t as usize, years);
        if growth == 0.0 { season } else { season * libm::pow(libm::fmax(1.0 + growth, 0.0), f64::from(t) * years) }
    }
}

impl Pattern {
    /// The season at time `t`; beyond the horizon it was made for, that of whole years before.
    fn season_at(&self, t: usize, years: f64) -> f64 {
        let Some(last) = self.season.len().checked_sub(1) else { return 1.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the periods of a year")]
        let year = (libm::round(1.0 / years) as usize).max(1);
        let back = t.saturating_sub(last).div_ceil(year) * year;
        self.season[t.saturating_sub(back)]
    }
}

/// The season's factor of each time 0 to `horizon`, from twelve monthly factors: of the month that a period lies in,
/// the mean of its months where it is longer. Reading monthly factors at other lengths so is our own convention.
pub fn season(monthly: &[f64], first_month: u32, years: f64, horizon: u32) -> Vec<f64> {
    let of = |t: u32| {
        let begins = f64::from(t.max(1) - 1) * years * 12.0;
        let length = years * 12.0;
        let months = libm::fmax(libm::round(length), 1.0);
        let middle = if length < 1.0 { begins + length / 2.0 } else { libm::round(begins) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "months of a bounded horizon")]
        let (first, count) = (libm::floor(middle) as usize + first_month as usize - 1, months as usize);
        (first..first + count).map(|month| monthly[month % 12]).sum::<f64>() / months
    };
    (0..=horizon).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::season;

    #[test]
    fn a_season_is_read_by_the_calendar() {
        let monthly: Vec<f64> = (1..=12).map(f64::from).collect();
        let months = season(&monthly, 11, 1.0 / 12.0, 14);
        assert_eq!(months[..4], [11.0, 11.0, 12.0, 1.0]);
        assert_eq!(months[14], 12.0);
        let quarters = season(&monthly, 1, 0.25, 5);
        assert_eq!(quarters[1..], [2.0, 5.0, 8.0, 11.0, 2.0]);
        let weeks = season(&monthly, 1, 7.0 / 365.25, 53);
        assert_eq!((weeks[1], weeks[26], weeks[52]), (1.0, 6.0, 12.0));
        assert_eq!(season(&monthly, 7, 1.0, 1)[1], 6.5);
    }
}
