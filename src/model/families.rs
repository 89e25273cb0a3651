//! Families of metrics: what the list says of those of which a study has one for each of its things.

use super::channel::Gauge;
use super::facts::{Better, Dimension, Exact, Facts, Needs, Part, Ratio, Time, Use};
use Use::{Contrast, Headline, Page, Target};

/// What most families are like.
const FAMILY: Facts = Facts {
    name: "",
    title: "",
    phrase: "",
    dimension: Dimension::Own,
    time: Time::State,
    better: Better::Neither,
    ratio: None,
    exact: Exact::Never,
    needs: Needs::Nothing,
    uses: &[Headline, Contrast, Target],
};

/// Ledger lines.
pub const LINES: Facts = Facts {
    name: "lines",
    title: "Ledger lines",
    dimension: Dimension::Money,
    time: Time::Flow,
    better: Better::AsDeclared,
    exact: Exact::Always,
    uses: &[Target],
    ..FAMILY
};

/// Outcomes.
pub const OUTCOMES: Facts = Facts {
    name: "outcomes",
    title: "Outcomes",
    time: Time::Flow,
    better: Better::AsDeclared,
    exact: Exact::Always,
    uses: &[Contrast, Target],
    ..FAMILY
};

/// Customers by stage.
pub const STAGES: Facts = Facts {
    name: "customers",
    title: "Customers by stage",
    phrase: "customers in ",
    dimension: Dimension::Customers,
    exact: Exact::Always,
    uses: &[Target],
    ..FAMILY
};

/// What happens at a rate.
pub const HAPPENED: Facts = Facts {
    name: "happened",
    title: "What happened",
    dimension: Dimension::Times,
    time: Time::Flow,
    exact: Exact::Always,
    ..FAMILY
};

/// States that studies declare.
pub const CARRIED: Facts = Facts { name: "states", title: "What customers carry", ..FAMILY };

/// The classes of tags.
pub const TAGS: Facts = Facts {
    name: "tags",
    title: "Customers by class",
    phrase: "customers in ",
    dimension: Dimension::Customers,
    ..FAMILY
};

/// Touchpoints and their ends.
pub const TOUCHPOINTS: Facts = Facts {
    name: "touchpoints",
    title: "Touchpoints",
    dimension: Dimension::Times,
    time: Time::Flow,
    exact: Exact::Always,
    ..FAMILY
};

/// Surveys: what the dashboard shows, and what everybody would say.
pub const SURVEYS: Facts = Facts { name: "surveys", title: "Surveys", better: Better::More, ..FAMILY };

/// What else is said of surveys.
pub const OF_SURVEYS: Facts = Facts { uses: &[Target], better: Better::Neither, ..SURVEYS };

/// Shares that are said of surveys.
pub const SHARES_OF_SURVEYS: Facts = Facts { dimension: Dimension::Share, ..OF_SURVEYS };

/// What is read off a channel.
pub const fn channels(gauge: Gauge) -> &'static Facts {
    match gauge {
        Gauge::Attempts | Gauge::Handled => &CHANNELS,
        Gauge::Abandoned | Gauge::Closed | Gauge::ContextLost => &Facts { better: Better::Less, ..CHANNELS },
        Gauge::Solved => &Facts { better: Better::More, ..CHANNELS },
        Gauge::Abandonment => {
            &Facts { better: Better::Less, dimension: Dimension::Share, time: Time::Pooled, ..CHANNELS }
        }
        Gauge::ServiceLevel => {
            &Facts { better: Better::More, dimension: Dimension::Share, time: Time::Pooled, ..CHANNELS }
        }
        Gauge::Wait => &Facts { better: Better::Less, dimension: Dimension::Minutes, time: Time::Pooled, ..CHANNELS },
        Gauge::PeopleNeeded => {
            &Facts { better: Better::Less, dimension: Dimension::People, time: Time::Pooled, ..CHANNELS }
        }
        Gauge::Utilisation => &Facts { dimension: Dimension::Share, time: Time::Pooled, ..CHANNELS },
    }
}

/// Channels.
const CHANNELS: Facts =
    Facts { name: "channels", title: "Channels", dimension: Dimension::Times, time: Time::Flow, ..FAMILY };

/// The time to convert.
pub const TIME_TO_CONVERT: &Facts = &Facts {
    name: "time_to_convert",
    title: "Time to convert",
    phrase: "time to convert",
    dimension: Dimension::Periods,
    time: Time::State,
    better: Better::Less,
    ratio: Some(Ratio { part: Part::Waited, whole: Part::Converted }),
    exact: Exact::Never,
    needs: Needs::Conversion,
    uses: &[Headline, Contrast, Target, Page],
};

/// Where those end who come to a channel first.
pub const SWITCHED: &Facts =
    &Facts { name: "switching", title: "First channel and last", uses: &[Use::Headline, Use::Target], ..CHANNELS };

/// Pillars: how often each breaks.
pub const PILLARS: Facts = Facts {
    name: "pillars",
    title: "Broken promises",
    phrase: "breaches of ",
    dimension: Dimension::Times,
    time: Time::Flow,
    better: Better::Less,
    ..FAMILY
};

/// The share of occasions at which pillars broke.
pub const SHARES_OF_PILLARS: Facts = Facts { dimension: Dimension::Share, time: Time::State, ..PILLARS };

/// How often what customers tell is heard.
pub const HEARD: Facts = Facts {
    name: "heard",
    title: "Hearings",
    phrase: "hearings of ",
    dimension: Dimension::Times,
    time: Time::Flow,
    ..FAMILY
};

/// How many people in the market it is told.
pub const TOLD: Facts = Facts { name: "told", title: "People told", phrase: "people told by ", ..HEARD };

/// Who stays, by class.
pub const RETAINED_BY_CLASS: &Facts = &Facts {
    name: "tags.*.*.retained",
    title: "Retained by class",
    phrase: "share that stays of ",
    dimension: Dimension::Share,
    time: Time::Pooled,
    better: Better::More,
    ..FAMILY
};

/// Purchases by class.
pub const PURCHASES_BY_CLASS: &Facts = &Facts {
    name: "tags.*.*.purchases",
    title: "Purchases by class",
    phrase: "purchases of ",
    dimension: Dimension::Purchases,
    time: Time::Flow,
    ..FAMILY
};

/// Money spent on baskets by class.
pub const SPENT_BY_CLASS: &Facts = &Facts {
    name: "tags.*.*.spent",
    title: "Spent by class",
    phrase: "spent by ",
    dimension: Dimension::Money,
    time: Time::Flow,
    ..FAMILY
};

/// Occurrences of touchpoints by class.
pub const CONTACTS_BY_CLASS: &Facts = &Facts {
    name: "tags.*.*.touchpoints",
    title: "Touchpoints by class",
    phrase: "touchpoints of ",
    dimension: Dimension::Times,
    time: Time::Flow,
    ..FAMILY
};

/// What is counted by class where a tag is cut.
pub const BY_CLASS: [&Facts; 4] = [RETAINED_BY_CLASS, PURCHASES_BY_CLASS, SPENT_BY_CLASS, CONTACTS_BY_CLASS];

/// What touchpoints and their ends move satisfaction by.
pub const WEIGHTS: Facts = Facts {
    name: "touchpoints.*.weight",
    title: "What moves satisfaction",
    phrase: "satisfaction moved by ",
    time: Time::Flow,
    better: Better::More,
    needs: Needs::Experience,
    ..FAMILY
};
