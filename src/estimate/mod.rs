//! Numbers with their doubt: metrics, contrasts, and the summary of a run.

pub mod budget;
pub mod contrast;
pub mod conversion;
pub mod counted;
pub mod exact;
pub mod experiment;
pub mod extras;
pub mod findings;
pub mod funnel;
pub mod funnels;
pub mod kept;
pub mod memory;
pub mod metric_value;
pub mod money;
pub mod performance;
pub mod play;
pub mod progress;
pub mod record;
pub mod runs;
pub mod summary;
pub mod targets;
pub mod uncertainty;
pub mod weighed;
pub mod weights;
