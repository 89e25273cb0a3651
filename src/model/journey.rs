//! The journey in numbers: stages, what leads out of them, what is felt and bought there.

use crate::quantity::{CarriedId, ParamId, RateId, StageId, TagId, TraitId};
use crate::stats::distribution::Distribution;
use crate::stats::preference::Preference;
use crate::study::journey::Occasion;

use super::hazard::Hazard;

/// A stage of the journey.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// Whether customers here count as retained.
    pub retained: bool,
    /// Whether customers here talk about the company.
    pub talks: bool,
    /// What leads out, in canonical order of the destinations.
    pub exits: Vec<Exit>,
    /// What one period here is like.
    pub quality: Option<Quality>,
    /// What customers here buy.
    pub purchases: Option<Purchases>,
}

/// A way out of a stage.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Where it leads.
    pub to: StageId,
    /// Its chance.
    pub chance: Chance,
    /// What bends the chance, in log-odds.
    pub drivers: Vec<Driver>,
    /// The log-odds per unit of how hard rivals pull.
    pub rivals: Option<ParamId>,
    /// What is added to the chance times the share of talkers one period before.
    pub word_of_mouth: Option<ParamId>,
    /// When the chance is taken.
    pub on: Occasion,
}

/// The chance of an exit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chance {
    /// The same number in every period.
    Fixed(ParamId),
    /// A list of `length` numbers from `first` on, read by a clock; the last one holds on.
    Listed {
        /// What the list is read by.
        by: Clock,
        /// The first number.
        first: ParamId,
        /// How many numbers there are, at least 1.
        length: u32,
    },
    /// The customer's own chance: a trait, with the changes that aim at `changes`.
    Own {
        /// The trait.
        of: TraitId,
        /// The parameter that changes aim at; its own value is not used.
        changes: ParamId,
    },
    /// What comes of a hazard that competes with the others of the row.
    Competing(Hazard),
}

/// What a list is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The periods that a customer has been in the stage: 1 at the first chance to leave.
    PeriodsInStage,
    /// The period, counted from 1; also a customer's tenure where all are there from the start.
    Period,
    /// The periods since the customer came: 1 in the first one.
    Tenure,
    /// A trait that ages: its whole part at the start plus the periods since; 0 reads the first number.
    Age(TraitId),
}

/// What bends a chance or a rate: log-odds or log-rate per unit above neutral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Driver {
    /// What the customer's state is read from.
    pub on: State,
    /// The effect per unit.
    pub weight: ParamId,
}

/// A number that a customer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Satisfaction, between 0 and 1.
    Satisfaction,
    /// A trait.
    Trait(TraitId),
    /// How often something has happened to the customer in the period so far.
    Happened(RateId),
    /// A state that the study declares.
    Carried(CarriedId),
    /// 1 where the customer is in a class of a tag, by its place there; else 0.
    Class(TagId, u8),
}

/// What one period in a stage is like: a distribution around a mean that can be changed.
#[derive(Clone, Debug)]
pub struct Quality {
    /// The mean.
    pub mean: ParamId,
    /// The distribution as written; a changed mean shifts it, and makes a Bernoulli likelier.
    pub law: Distribution,
}

/// What customers in a stage buy in one period.
#[derive(Clone, Debug)]
pub struct Purchases {
    /// The mean number of purchases per customer and period.
    pub rate: ParamId,
    /// The mean of one basket.
    pub basket: ParamId,
    /// The distribution of a basket as a multiple of its mean.
    pub basket_law: Distribution,
    /// The share of a basket that is margin.
    pub margin: ParamId,
    /// The trait that multiplies the rate.
    pub rate_trait: Option<TraitId>,
    /// The trait that multiplies the baskets.
    pub basket_trait: Option<TraitId>,
    /// What bends the rate, in log rate.
    pub drivers: Vec<Driver>,
    /// How customers share them with rivals; none where all are the company's.
    pub wallet: Option<Wallet>,
}

/// How customers share what they buy between the company and its rivals.
#[derive(Clone, Debug)]
pub struct Wallet {
    /// The company's mean share where rivals pull as at the start, and at neutral.
    pub share: ParamId,
    /// How customers differ in that; none where all are alike.
    pub preference: Option<Preference>,
    /// What bends it, in log-odds.
    pub drivers: Vec<Driver>,
}

impl Purchases {
    /// What bends the rate, and what bends which share of it is the company's.
    pub fn all_drivers(&self) -> impl Iterator<Item = &Driver> {
        self.drivers.iter().chain(self.wallet.iter().flat_map(|its| &its.drivers))
    }
}

/// Satisfaction: a customer's memory of what was experienced.
#[derive(Clone, Debug)]
pub struct Experience {
    /// Satisfaction at the start, held in [0, 1].
    pub start: Distribution,
    /// Where drivers have no effect.
    pub neutral: f64,
    /// How fast experience moves it.
    pub learning: ParamId,
    /// How it feels against what was expected; none where it feels as it is.
    pub surprise: Option<Surprise>,
    /// How promises are heard; none where they are not.
    pub hears: Option<Hears>,
}

/// How what is met feels against what was expected.
#[derive(Clone, Copy, Debug)]
pub struct Surprise {
    /// How much more counts what passes expectation.
    pub gain: ParamId,
    /// How much more counts what falls short of it.
    pub loss: ParamId,
    /// What was expected.
    pub expectation: CarriedId,
}

/// How what is promised raises or lowers what is expected.
#[derive(Clone, Copy, Debug)]
pub struct Hears {
    /// The share of the way to what is promised.
    pub pace: ParamId,
    /// What is expected.
    pub expectation: CarriedId,
}
