//! A rate is how often something happens to customers in a period: a Poisson stream by stage, bent by drivers, that is counted.
//!
//! Whatever is listed here is followed by exact expectations: the mean of a Poisson regression (Cameron & Trivedi 2013,
//! "Regression analysis of count data") over where customers are. The mechanism that simulates it draws from the same rates.

use crate::quantity::{CounterId, ParamId};

use super::counter::EVERY_MODEL;
use super::journey::Driver;

/// How often something happens to customers, by stage.
#[derive(Clone, Debug)]
pub struct Rate {
    /// The key at the top of a study under which it stands, by which its mechanism knows it.
    pub kind: &'static str,
    /// Its name in the study, by which drivers read how often it happened in the period, and of which there is a metric.
    pub name: String,
    /// What tells its random numbers from those of others.
    pub luck: u32,
    /// What counts it, by stage: the counters of rates come after those that every model has.
    pub counter: CounterId,
    /// When in a period it happens.
    pub when: When,
    /// By stage; none where it does not happen.
    pub stages: Vec<Option<StageRate>>,
}

/// When in a period something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In the stage that customers are in before the move, after they felt the period.
    BeforeMove,
    /// In the stage that they are in at its end.
    AfterMove,
}

/// How often it happens in a stage.
#[derive(Clone, Debug)]
pub struct StageRate {
    /// The mean in a period.
    pub mean: ParamId,
    /// What bends the mean, in log rate.
    pub drivers: Vec<Driver>,
}

impl Rate {
    /// What happens at a rate in no stage so far; it is the `place`-th of the model, counted from 0.
    pub fn new(kind: &'static str, name: &str, luck: u32, when: When, place: usize) -> Self {
        Self { kind, name: name.to_owned(), luck, counter: Self::counter_of(place), when, stages: Vec::new() }
    }

    /// What counts the rate at a place of the model; places behind the last one are those of what is counted beside.
    pub fn counter_of(place: usize) -> CounterId {
        CounterId::from(EVERY_MODEL + place)
    }

    /// How often it happens in a stage.
    pub fn of(&self, stage: usize) -> Option<&StageRate> {
        self.stages.get(stage).and_then(Option::as_ref)
    }
}
