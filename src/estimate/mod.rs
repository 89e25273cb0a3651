//! Numbers with their doubt: metrics, contrasts, and the summary of a run.

pub mod business;
pub mod controls;
pub mod efficiency;
pub mod exact;
pub mod memory;
pub mod metric;
pub mod runs;
pub mod statement;
pub mod summary;
