//! A depth says for which numbers a run solves exact expectations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For which numbers exact expectations are solved. Where nothing is uncertain, medians and draws are the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// For none.
    None,
    /// For the medians of what is uncertain, once.
    Medians,
    /// For what every replication draws.
    Draws,
}

impl Depth {
    /// The depth of a name; none where there is none of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::None, Self::Medians, Self::Draws].into_iter().find(|depth| depth.name() == name)
    }

    /// Its name on the command line and in `summary.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Medians => "medians",
            Self::Draws => "draws",
        }
    }
}
