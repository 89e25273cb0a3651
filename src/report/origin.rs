//! Where the numbers of a report come from.

use std::sync::Arc;

use crate::engine::exact::depth::Depth;
use crate::study::source::Source;

/// Where the numbers of a report come from, and how they were asked for.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The text of the study, with what was set in it.
    pub source: Arc<Source>,
    /// The scenarios that were asked for by name; empty where all of them were run.
    pub scenarios: Vec<String>,
    /// The scenario that was compared with instead of the study's baseline.
    pub against: Option<String>,
    /// The exact expectations that were asked for.
    pub exact: Option<Depth>,
}
