//! Rivals and wallets in numbers: how hard rivals pull at a time, and what customers prefer.

use crate::quantity::ParamId;

use super::facts::{Better, Dimension, Exact, Facts, Needs, Time, Use};
use super::journey::Wallet;
use super::param::ParamSet;

/// The most that rivals together may pull, more or less than at the start, as a logarithm.
const HARDEST: f64 = 40.0;

/// The company's share of what customers share with rivals.
pub const WALLET: &Facts = &Facts {
    name: "wallet",
    title: "Share of wallet",
    phrase: "share of wallet",
    dimension: Dimension::Share,
    time: Time::Pooled,
    better: Better::More,
    ratio: None,
    exact: Exact::Never,
    needs: Needs::Wallets,
    uses: &[Use::Headline, Use::Contrast, Use::Target, Use::Page, Use::Curve],
};

/// What customers buy of rivals.
pub const RIVAL_PURCHASES: &Facts = &Facts {
    name: "rival_purchases",
    title: "Purchases of rivals",
    phrase: "purchases of rivals",
    dimension: Dimension::Purchases,
    time: Time::Flow,
    better: Better::Less,
    exact: Exact::Always,
    uses: &[Use::Headline, Use::Contrast, Use::Target],
    ..*WALLET
};

/// What customers could have instead.
#[derive(Clone, Debug)]
pub struct Rivals {
    /// All of them, in canonical order.
    pub all: Vec<Rival>,
    /// How hard they pull together at a time: the logarithm of what they weigh against what they weigh at the start.
    pub pressure: ParamId,
    /// The numbers that follow the pressure.
    pub leans: Vec<Lean>,
}

/// Somebody else from whom customers buy.
#[derive(Clone, Debug)]
pub struct Rival {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// Its weight.
    pub share: ParamId,
    /// How hard it pulls, in log-odds.
    pub pull: ParamId,
    /// The period in which it enters; none where it is there at the start.
    pub enters: Option<ParamId>,
}

/// A number that follows how hard rivals pull.
#[derive(Clone, Copy, Debug)]
pub struct Lean {
    /// The number.
    pub number: ParamId,
    /// By how much, per unit of pressure.
    pub weight: ParamId,
    /// How it follows.
    pub by: Leaning,
}

/// How a number follows how hard rivals pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaning {
    /// A mean number, in its logarithm.
    Rate,
    /// A chance, in log-odds.
    Chance,
}

/// What customers of a stage prefer in a period, before drivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leant {
    /// The share of everybody; none where each has one of their own.
    pub share: Option<f64>,
    /// What is added to everybody's log-odds.
    pub added: f64,
}

impl Rival {
    /// The period in which it enters, with the numbers as they were drawn; 0 where it is there at the start.
    fn enters(&self, drawn: &ParamSet) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; `as` saturates")]
        self.enters.map_or(0, |id| libm::round(drawn[id]) as u32)
    }
}

impl Rivals {
    /// Whether one of them enters in a period.
    pub fn enter_in(&self, drawn: &ParamSet, t: u32) -> bool {
        self.all.iter().any(|its| its.enters.is_some() && its.enters(drawn) == t)
    }

    /// How hard they pull at a time: the logarithm of what they weigh with the numbers in force, against what those that
    /// are there at the start weigh as drawn. Held where nobody could tell it from more.
    pub fn pressure(&self, drawn: &ParamSet, values: &ParamSet, t: u32) -> f64 {
        let there = |from: &&Rival| from.enters(drawn) <= t;
        let weight = |its: &Rival, values: &ParamSet| values[its.share] * libm::exp(values[its.pull]);
        let before: f64 = self.all.iter().filter(|its| its.enters.is_none()).map(|its| weight(its, drawn)).sum();
        let now: f64 = self.all.iter().filter(there).map(|its| weight(its, values)).sum();
        // What nothing changes is 0 to the last bit.
        if before <= 0.0 || now.to_bits() == before.to_bits() {
            return 0.0;
        }
        libm::log(now / before).clamp(-HARDEST, HARDEST)
    }

    /// Writes the pressure at a time, and lets everything follow that it moves.
    pub fn press(&self, drawn: &ParamSet, values: &mut ParamSet, t: u32) {
        let pressure = self.pressure(drawn, values, t);
        values.0[self.pressure.index()] = pressure;
        if pressure == 0.0 {
            return;
        }
        for Lean { number, weight, by } in &self.leans {
            let factor = odds(values[*weight] * pressure);
            let number = &mut values.0[number.index()];
            *number = match by {
                Leaning::Rate => *number * factor,
                Leaning::Chance => *number * factor / (1.0 - *number + *number * factor),
            };
        }
    }
}

impl Wallet {
    /// What customers prefer at this mean share, where rivals pull so hard.
    pub fn leant(&self, share: f64, pressure: f64) -> Leant {
        match &self.preference {
            Some(preference) => Leant { share: None, added: preference.added_for(share) - pressure },
            None => Leant { share: Some(share), added: -pressure },
        }
    }

    /// The company's mean share at neutral.
    pub fn mean(&self, of: Leant) -> f64 {
        match (of.share, &self.preference) {
            (Some(share), _) => share_of(share, odds(of.added)),
            (None, Some(preference)) => preference.mean(of.added),
            (None, None) => 0.0,
        }
    }
}

/// A share after its odds were multiplied.
pub fn share_of(share: f64, odds: f64) -> f64 {
    let ours = share * odds;
    ours / (ours + (1.0 - share))
}

/// By what odds are multiplied for so much in log-odds: held where nobody could tell it from more.
pub fn odds(added: f64) -> f64 {
    libm::exp(added.clamp(-2.0 * HARDEST, 2.0 * HARDEST))
}
