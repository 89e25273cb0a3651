//! The small words everything else is said in: periods, places in tables, and
//! how exactly money is counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Money and outcomes are counted in ten-thousandths of their unit.
///
/// Whole numbers add up to the same total in any order, so no split of the work
/// into blocks, threads or shards can change a bit.
pub const UNITS_PER_ONE: f64 = 10_000.0;

/// Satisfaction and other shares between 0 and 1 are counted in 2^-24 parts.
pub const PARTS_PER_ONE: f64 = 16_777_216.0;

/// A span of time, such as one period of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PeriodUnit {
    /// A day; 365.25 make a year.
    Day,
    /// A week; 365.25 / 7 make a year.
    Week,
    /// A month; 12 make a year.
    Month,
    /// A quarter; 4 make a year.
    Quarter,
    /// A year.
    Year,
}

impl PeriodUnit {
    /// The length of one period in years.
    pub fn years(self) -> f64 {
        match self {
            Self::Day => 1.0 / 365.25,
            Self::Week => 7.0 / 365.25,
            Self::Month => 1.0 / 12.0,
            Self::Quarter => 0.25,
            Self::Year => 1.0,
        }
    }

    /// The length of one period in hours.
    pub fn hours(self) -> f64 {
        365.25 * 24.0 * self.years()
    }

    /// How many of another unit one of this makes: a month is a twelfth of a year.
    pub fn in_units_of(self, other: Self) -> f64 {
        self.years() / other.years()
    }

    /// The word for one period, as an axis or a sentence needs it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

macro_rules! place {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The place as an index into a table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            /// A table with more than 2^32 rows is refused long before this.
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    };
}

place!(
    /// A stage, by its place in the model's canonical order.
    StageId
);
place!(
    /// A segment, by its place in the model's canonical order.
    SegmentId
);
place!(
    /// A scenario, by its place in the study file.
    ScenarioId
);
place!(
    /// A number of the study that has a path, by its place in the model.
    ParamId
);
place!(
    /// A trait that customers carry, by its place in the model.
    TraitId
);
place!(
    /// Something that happens at a rate, by its place in the model.
    RateId
);
place!(
    /// A state that customers carry, by its place in the model.
    CarriedId
);
place!(
    /// A touchpoint, by its place in the model.
    TouchpointId
);
place!(
    /// What customers tell others, by its place in the model.
    HearsayId
);
place!(
    /// A tag, by its place in the model.
    TagId
);
place!(
    /// A line of the ledger (money) or an outcome, by its place in the model.
    LineId
);
place!(
    /// Something that a run counts, by its place among the model's counters.
    CounterId
);
