//! Serving: which touchpoints are contacts, which of these cost money, the minutes of work that they take, and the metrics of
//! all that.

use crate::quantity::{CounterId, ParamId};

use super::facts::{Better, Dimension, Exact, Facts, Needs, Time, Use};

/// The row of [`Contacts`](super::metric::Metric::Contacts) in the list of metrics.
pub const CONTACTS: &Facts =
    &Facts { name: "contacts", title: "Contacts", phrase: "contacts", better: Better::Neither, ..ROW };

/// That of [`Minutes`](super::metric::Metric::Minutes).
pub const MINUTES: &Facts = &Facts {
    name: "minutes",
    title: "Minutes of work",
    phrase: "minutes of work",
    dimension: Dimension::Minutes,
    needs: Needs::Work,
    uses: &[Use::Headline, Use::Contrast, Use::Target],
    ..ROW
};

/// That of [`FullTime`](super::metric::Metric::FullTime).
pub const FULL_TIME: &Facts = &Facts {
    name: "full_time",
    title: "Full-time people",
    phrase: "full-time people needed",
    dimension: Dimension::People,
    // A sum of people over periods means nothing.
    time: Time::State,
    needs: Needs::Work,
    uses: &[Use::Headline, Use::Contrast, Use::Target, Use::Page, Use::Curve],
    ..ROW
};

/// That of [`CostToServe`](super::metric::Metric::CostToServe).
pub const COST_TO_SERVE: &Facts = &Facts {
    name: "cost_to_serve",
    title: "Cost of contacts",
    phrase: "cost of contacts",
    dimension: Dimension::Money,
    needs: Needs::CostOfContacts,
    ..ROW
};

/// A row to begin with.
const ROW: Facts = Facts {
    name: "",
    title: "",
    phrase: "",
    dimension: Dimension::Times,
    time: Time::Flow,
    better: Better::Less,
    ratio: None,
    exact: Exact::Always,
    needs: Needs::Contacts,
    uses: &[Use::Headline, Use::Contrast, Use::Target, Use::Page],
};

/// What a model knows of serving customers at touchpoints; nothing where no touchpoint takes work or costs money. Money that
/// is spent on winning customers is not meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serving {
    /// What counts the touchpoints that take work or cost money, however they end.
    pub contacts: Vec<CounterId>,
    /// Those of them that cost money.
    pub paid: Vec<CounterId>,
    /// The work of each cell that takes any.
    pub work: Vec<Work>,
    /// What counts the channels whose contacts cost money.
    pub channels: Vec<CounterId>,
    /// What counts the channels where people work.
    pub desks: Vec<CounterId>,
    /// The full-time people whom one minute of work in a period keeps busy.
    pub people_per_minute: f64,
}

/// The minutes of work for each one that is counted in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// What counts the touchpoint.
    pub counter: CounterId,
    /// The cell of all of it, or of one of its ends.
    pub cell: usize,
    /// The minutes.
    pub minutes: ParamId,
}

impl Serving {
    /// Whether a counter is that of a touchpoint, or a channel, which costs money.
    pub fn pays(&self, counter: CounterId) -> bool {
        self.paid.contains(&counter) || self.channels.contains(&counter)
    }

    /// Whether there is what a metric of serving needs; of anything else that a metric needs this knows nothing.
    pub fn has(&self, needs: Needs) -> bool {
        match needs {
            Needs::Contacts => !self.contacts.is_empty(),
            Needs::CostOfContacts => !self.paid.is_empty(),
            Needs::Work => !self.work.is_empty() || !self.desks.is_empty(),
            Needs::Nothing | Needs::Experience | Needs::Conversion | Needs::Wallets => false,
        }
    }
}
