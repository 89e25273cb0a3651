//! Drivers: everything that drives anything, and the order in which drivers are added up.

use super::Model;
use super::journey::{Driver, Purchases, Stage, State};
use super::touchpoint::Touchpoint;

impl State {
    /// Its place in sums over drivers, whose rounding is part of every result: satisfaction, then traits, what happened and
    /// the states that the study declares, by their numbers; last the classes, in the order of tags.
    pub fn rank(self, model: &Model) -> (u8, u32, usize) {
        match self {
            Self::Satisfaction => (0, 0, 0),
            Self::Trait(of) => (1, model.traits[of.index()].luck, of.index()),
            Self::Carried(of) => (3, model.carried[of.index()].luck, of.index()),
            Self::Class(of, class) => (4, of.0, usize::from(class)),
            Self::Happened(of) => (2, model.rates[of.index()].luck, of.index()),
        }
    }
}

impl Model {
    /// Everything that drives anything.
    pub fn drivers(&self) -> impl Iterator<Item = &Driver> {
        let purchases = self.stages.iter().filter_map(|stage| stage.purchases.as_ref());
        let purchases = purchases.flat_map(Purchases::all_drivers);
        let rates = self.rates.iter().flat_map(|rate| rate.stages.iter().flatten()).flat_map(|its| &its.drivers);
        let touchpoints = self.touchpoints.iter().flat_map(Touchpoint::all_drivers);
        let channels = self.channels.iter().flat_map(|its| &its.drivers);
        self.stages
            .iter()
            .flat_map(Stage::move_drivers)
            .chain(purchases)
            .chain(rates)
            .chain(touchpoints)
            .chain(channels)
    }
}
