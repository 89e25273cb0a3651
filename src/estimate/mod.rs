//! Numbers with their doubt: metrics, contrasts, and the summary of a run.

pub mod summary;
