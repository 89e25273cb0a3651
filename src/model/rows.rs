//! A row is what can happen to a customer in one stage in one period, as chances that sum to 1 with staying.

use crate::quantity::ParamId;
use crate::study::journey::Occasion;

use super::hazard::compete;
use super::journey::{Chance, Clock, Driver, Exit, Stage};
use super::param::ParamSet;
use super::rival::odds;

/// Rounding of sums such as 0.7 + 0.2 + 0.1 is no fault.
pub const ROUNDING: f64 = 1e-9;

/// How far a customer's clocks have run, and what else chances are read by.
pub struct Moment<'a> {
    /// The numbers in force.
    pub values: &'a ParamSet,
    /// The period, counted from 1.
    pub period: u32,
    /// The place in lists for each clock of the stage (see [`Stage::clocks`]), counted from 0.
    pub clocks: &'a [usize],
    /// The share of talkers one period before.
    pub talkers: f64,
}

impl Stage {
    /// The exits whose chance is taken once a period.
    pub fn moves(&self) -> impl Iterator<Item = &Exit> {
        self.exits.iter().filter(|exit| exit.on == Occasion::Period)
    }

    /// The exits whose chance is taken after each purchase.
    pub fn leaves(&self) -> impl Iterator<Item = &Exit> {
        self.exits.iter().filter(|exit| exit.on == Occasion::Purchase)
    }

    /// The clocks of customers that chances here are read by; the period is none of them.
    pub fn clocks(&self) -> Vec<Clock> {
        let mut clocks = Vec::new();
        for exit in self.moves() {
            if let Chance::Listed { by, .. } = exit.chance
                && by != Clock::Period
                && !clocks.contains(&by)
            {
                clocks.push(by);
            }
        }
        clocks
    }

    /// The longest list for each clock of [`Stage::clocks`].
    pub fn clock_lengths(&self) -> Vec<usize> {
        let longest = |clock: &Clock| self.moves().filter_map(|exit| exit.list_by(*clock)).max().unwrap_or(1);
        self.clocks().iter().map(longest).collect()
    }

    /// Whether chances here are read by the period.
    pub fn follows_the_period(&self) -> bool {
        self.moves().any(|exit| exit.list_by(Clock::Period).is_some())
    }

    /// Whether a customer's own chance or drivers bend the row, so that it differs from customer to customer.
    pub fn is_bent(&self) -> bool {
        self.moves().any(|exit| !exit.drivers.is_empty() || matches!(exit.chance, Chance::Own { .. }))
    }

    /// All drivers of moves from here.
    pub fn move_drivers(&self) -> impl Iterator<Item = &Driver> {
        self.moves().flat_map(|exit| &exit.drivers)
    }

    /// The chances of the exits taken once a period, at neutral, own chances as 0.
    pub fn chances(&self, moment: &Moment<'_>) -> Vec<f64> {
        let mut chances = Vec::new();
        self.add_chances(moment, &self.clocks(), &mut chances);
        chances
    }

    /// Lets rivals pull at the chances of the exits taken once a period: a multinomial logit, in which staying stays as it is.
    pub fn lean(&self, pressure: f64, values: &ParamSet, chances: &mut [f64]) {
        if pressure == 0.0 || self.moves().all(|exit| exit.rivals.is_none()) {
            return;
        }
        let mut sum = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        for (exit, chance) in self.moves().zip(&mut *chances) {
            *chance *= exit.rivals.map_or(1.0, |weight| odds(values[weight] * pressure));
            sum += *chance;
        }
        chances.iter_mut().for_each(|chance| *chance /= sum);
    }

    /// Adds the same behind others; `clocks` are those of [`Stage::clocks`].
    pub fn add_chances(&self, moment: &Moment<'_>, clocks: &[Clock], into: &mut Vec<f64>) {
        let (first, mut competes) = (into.len(), false);
        into.extend(self.moves().map(|exit| {
            let heard = exit.word_of_mouth.map_or(0.0, |weight| moment.values[weight] * moment.talkers);
            match exit.chance {
                Chance::Competing(hazard) => {
                    competes = true;
                    hazard.over_a_period(moment.values[hazard.number] + heard)
                }
                _ => exit.chance_at(moment, clocks) + heard,
            }
        }));
        if competes {
            let competing = self.moves().zip(&mut into[first..]).filter(|(exit, _)| exit.competes());
            compete(&mut competing.map(|(_, hazard)| hazard).collect::<Vec<_>>());
        }
    }
}

impl Exit {
    /// Whether its hazard competes with others of the row.
    pub fn competes(&self) -> bool {
        matches!(self.chance, Chance::Competing(_))
    }

    fn list_by(&self, clock: Clock) -> Option<usize> {
        match self.chance {
            Chance::Listed { by, length, .. } if by == clock => Some(length as usize),
            _ => None,
        }
    }

    fn chance_at(&self, moment: &Moment<'_>, clocks: &[Clock]) -> f64 {
        match self.chance {
            Chance::Fixed(id) => moment.values[id],
            Chance::Own { .. } | Chance::Competing(_) => 0.0,
            Chance::Listed { by, first, length } => {
                let place = match clocks.iter().position(|clock| *clock == by) {
                    Some(clock) => moment.clocks[clock],
                    None => moment.period.saturating_sub(1) as usize,
                };
                moment.values[ParamId(first.0 + u32::try_from(place).unwrap_or(u32::MAX).min(length - 1))]
            }
        }
    }
}

/// Scales chances that add up to more than 1, so that they add up to 1; says whether they did. One draw in a thousand may
/// come this far: see `check`.
pub fn hold(chances: &mut [f64]) -> bool {
    let total: f64 = chances.iter().sum();
    if passes(total) {
        chances.iter_mut().for_each(|chance| *chance /= total);
    }
    passes(total)
}

/// Whether the chances of a row that add up to `total` pass 1 by more than rounding does.
pub fn passes(total: f64) -> bool {
    total > 1.0 + ROUNDING
}

/// Every combination of places in lists of the given lengths, the last one running fastest.
pub fn combinations(lengths: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<'_> {
    let count: usize = lengths.iter().product();
    (0..count).map(move |mut left| {
        let mut places = vec![0; lengths.len()];
        for (place, length) in places.iter_mut().zip(lengths).rev() {
            *place = left % length;
            left /= length;
        }
        places
    })
}
