//! A shop is what a stage sells: the same in every period, and what a period's numbers make of it.

use super::bulk::{self, ONE_BY_ONE};
use super::needs::Needs;
use super::stream::OwnNumber;
use crate::engine::chance::narrow::place;
use crate::engine::chance::sampler::{Sampler, threshold};
use crate::engine::lanes::Strip;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::{Chance, Driver, Exit, Stage};
use crate::model::rows::ROUNDING;
use crate::quantity::{ParamId, UNITS_PER_ONE};

/// What a stage sells, the same in every period.
pub struct Shop {
    /// A basket as a multiple of its mean.
    pub law: Sampler,
    /// The standard deviation of that multiple.
    pub spread: f64,
    /// The trait that multiplies baskets.
    pub basket_trait: Option<OwnNumber>,
    /// The mean number of purchases in a period.
    pub rate: ParamId,
    /// The mean basket.
    pub basket: ParamId,
    /// What bends the rate.
    pub drivers: Vec<Driver>,
    /// Where customers go after a purchase.
    pub exits: Vec<LeavingExit>,
    /// The place among own chances where the chance of leaving is the customer's own.
    pub own: Option<usize>,
}

/// An exit after a purchase.
pub struct LeavingExit {
    /// Where it leads.
    pub to: u8,
    /// Its chance; none where it is the customer's own.
    pub chance: Option<ParamId>,
}

/// The numbers of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct BuySheet {
    /// The mean number of purchases, by stage.
    pub rate: Strip,
    /// The weights of the states that drive purchases, by stage; one strip a state.
    pub weights: Vec<Strip>,
    /// For each stage, what is bought there.
    pub buying: Vec<Option<Buying>>,
}

/// What is bought in a stage in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Buying {
    /// The mean basket in ten-thousandths of the currency unit.
    pub basket: f64,
    /// The chances taken after each purchase.
    pub leave: Option<Leave>,
}

/// Chances taken after each purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Leave {
    /// The chance of leaving after one purchase; not used where it is the customer's own.
    pub chance: f64,
    /// For each small number of purchases, words below this one let the customer stay through all of them; a little
    /// lower than it might be, so that only the words that need it are looked at closely.
    surely_stays: [u32; 8],
    /// The place among own chances where the chance is the customer's own.
    pub own: Option<usize>,
    /// Where leaving leads to, with cumulative shares.
    pub to: Vec<(u8, f64)>,
}

impl Leave {
    /// Whether a word lets a customer stay through so many purchases for sure.
    #[inline]
    pub fn surely_stays(&self, word: u32, count: u32) -> bool {
        self.own.is_none() && self.surely_stays.get(count as usize).is_some_and(|below| word < *below)
    }

    /// After which of `count` purchases a customer leaves, and where to; none where they stay.
    pub fn after(&self, u: f64, chance: f64, count: u32) -> Option<(u32, u8)> {
        let (made, within) =
            if count > ONE_BY_ONE { bulk::leaves_after(u, chance, count) } else { leaves_after(u, chance, count) }?;
        let to = self.to.iter().find(|(_, sum)| within < *sum).or(self.to.last())?;
        Some((made, to.0))
    }
}

impl Shop {
    /// The shop of a stage; none where nothing is bought.
    pub fn of(model: &Model, needs: &Needs<'_>, (at, stage): (usize, &Stage)) -> Option<Self> {
        let purchases = stage.purchases.as_ref()?;
        let before: usize = model.stages[..at].iter().map(|stage| owned(&stage.exits)).sum();
        let own = |exit: &Exit| matches!(exit.chance, Chance::Own { .. });
        let first_own =
            stage.exits.iter().position(|exit| stage.leaves().any(|its| std::ptr::eq(its, exit)) && own(exit));
        let chance = |exit: &Exit| match exit.chance {
            Chance::Fixed(id) => Some(id),
            _ => None,
        };
        Some(Self {
            law: needs.sampler(&purchases.basket_law, 0.0, f64::INFINITY),
            spread: purchases.basket_law.sd(),
            basket_trait: purchases.basket_trait.and_then(|of| OwnNumber::of(needs, of)),
            rate: purchases.rate,
            basket: purchases.basket,
            drivers: purchases.drivers.clone(),
            exits: stage.leaves().map(|exit| LeavingExit { to: place(exit.to), chance: chance(exit) }).collect(),
            own: first_own.map(|exit| before + owned(&stage.exits[..exit])),
        })
    }

    /// What is bought there in a period.
    pub fn buying(&self, values: &Values<'_>) -> Buying {
        let chance = |exit: &LeavingExit| exit.chance.map_or(1.0, |id| values[id]);
        let leave = (!self.exits.is_empty()).then(|| {
            let total: f64 = self.exits.iter().map(chance).sum();
            let leaving = total.min(1.0);
            if total > 1.0 + ROUNDING {
                values.hold();
            }
            let mut sum = 0.0;
            let share = |exit: &LeavingExit| {
                sum += if total > 0.0 { chance(exit) / total } else { 1.0 };
                (exit.to, sum)
            };
            let to = self.exits.iter().map(share).collect();
            Leave { chance: leaving, surely_stays: surely_stays(leaving), own: self.own, to }
        });
        Buying { basket: values[self.basket] * UNITS_PER_ONE, leave }
    }
}

/// How many of some exits have a chance that is the customer's own.
fn owned(exits: &[Exit]) -> usize {
    exits.iter().filter(|exit| matches!(exit.chance, Chance::Own { .. })).count()
}

fn surely_stays(chance: f64) -> [u32; 8] {
    let mut stayed = 1.0;
    std::array::from_fn(|purchases| {
        if purchases > 0 {
            stayed *= 1.0 - chance;
        }
        threshold(stayed - 1e-9)
    })
}

/// After which purchase the draw falls, and where in its step: uniform again, so that it says where to.
fn leaves_after(u: f64, chance: f64, count: u32) -> Option<(u32, f64)> {
    let mut stayed = 1.0;
    for made in 1..=count {
        let next = stayed * (1.0 - chance);
        if u >= next {
            return Some((made, if stayed > next { (stayed - u) / (stayed - next) } else { 0.0 }));
        }
        stayed = next;
    }
    None
}
