//! The engine: chance and time.

pub mod cohort;
pub mod cohort_table;
pub mod draws;
pub mod experiment;
pub mod flows;
pub mod ledger;
pub mod mechanism;
pub mod obstacle;
pub mod population;
pub mod program;
pub mod quadrature;
pub mod quantile;
pub mod replay;
pub mod rollout;
pub mod roster;
pub mod sampler;
pub mod satisfaction_grid;
pub mod tables;
