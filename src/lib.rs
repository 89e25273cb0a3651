//! polku (Finnish: path) simulates customer journeys and compares roadmap scenarios.

pub mod diagnostic;
pub mod engine;
pub mod estimate;
pub mod quantity;
pub mod report;
pub mod stats;
pub mod study;
