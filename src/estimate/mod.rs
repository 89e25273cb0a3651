//! Numbers with their doubt: metrics, contrasts, and the summary of a run.

pub mod books;
pub mod budget;
pub mod business;
pub mod case;
pub mod chain;
pub mod cohorts;
pub mod controls;
pub mod courses;
pub mod doubt;
pub mod efficiency;
pub mod exact;
pub mod extras;
pub mod findings;
pub mod flat;
pub mod lines;
pub mod memory;
pub mod metric;
pub mod posted;
pub mod pricer;
pub mod progress;
pub mod runs;
pub mod statement;
pub mod summary;
pub mod tail;
pub mod targets;
pub mod when;
