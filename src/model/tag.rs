//! Tags in numbers: which classes there are, and what they are read from.

use crate::quantity::{CounterId, TagId, TraitId};

use super::journey::State;

/// A class takes four bits of a word.
pub const MOST_CLASSES: usize = 16;
/// So many classes of a customer fit one word.
pub const MOST_TAGS: usize = 8;

/// The class of those who have tried no channel that a tag names.
pub const NO_CHANNEL: &str = "none";

/// Classes that customers fall into.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is read from.
    pub on: Reading,
    /// The classes in rising order, each with the value from which on it holds.
    pub bands: Vec<(String, f64)>,
    /// After how many of a customer's periods it is read again.
    pub every: u32,
    /// What counts customers in retained stages by class.
    pub counter: CounterId,
    /// What counts what they do by class; none where the study does not ask for it.
    pub cut: Option<Cut>,
}

/// What counts by class, as it is when a period ends, what customers do in the period.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Those who were in retained stages when the period began, and those of them who are when it ends: two cells a class.
    pub stays: CounterId,
    /// Purchases, where anything is bought.
    pub purchases: Option<CounterId>,
    /// Money spent on baskets.
    pub spent: Option<CounterId>,
    /// Occurrences of touchpoints, where there are any.
    pub contacts: Option<CounterId>,
}

/// What a tag is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A number that customers carry.
    State(State),
    /// The company's share of what they bought when they last shared any, as it was in the mean.
    Wallet,
    /// The periods since they came, 1 in the first.
    Tenure,
    /// The periods that they have been in the stage, 1 in the first.
    PeriodsInStage,
    /// The channel that was tried last: a band has the name of a channel, or [`NO_CHANNEL`].
    Channel,
}

/// Whom a touchpoint is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whom {
    /// By segment; empty where it is for all.
    pub segments: Vec<bool>,
    /// Tags with a bit for each class that it is for.
    pub classes: Vec<(TagId, u16)>,
}

impl Tag {
    /// Whether a counter counts by its classes.
    pub fn is_counted_by(&self, counter: CounterId) -> bool {
        let cut = self.cut.iter().flat_map(Cut::counters);
        std::iter::once(self.counter).chain(cut).any(|its| its == counter)
    }
}

impl Cut {
    fn counters(&self) -> impl Iterator<Item = CounterId> {
        [Some(self.stays), self.purchases, self.spent, self.contacts].into_iter().flatten()
    }
}

impl Reading {
    /// The trait that it reads, if it reads one.
    pub fn trait_read(self) -> Option<TraitId> {
        if let Self::State(State::Trait(of)) = self { Some(of) } else { None }
    }
}

impl Whom {
    /// Whether it is for everybody.
    pub fn is_all(&self) -> bool {
        self.segments.is_empty() && self.classes.is_empty()
    }

    /// Whether it is for customers of a segment, whose classes stand in a word.
    pub fn fits(&self, segment: usize, tags: u32) -> bool {
        self.segments.get(segment).is_none_or(|fits| *fits)
            && self.classes.iter().all(|(tag, classes)| classes >> (tags >> (4 * tag.0) & 15) & 1 == 1)
    }
}
