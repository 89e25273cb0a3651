//! The engine: chance and time.

pub mod classes;
pub mod cohort;
pub mod cohort_table;
pub mod draws;
pub mod experiment;
pub mod flows;
pub mod lanes;
pub mod ledger;
pub mod mechanism;
pub mod numeric;
pub mod obstacle;
pub mod population;
pub mod program;
pub mod quadrature;
pub mod replay;
pub mod rollout;
pub mod row_table;
pub mod sampler;
pub mod satisfaction_grid;
pub mod scratch;
pub mod shape;
pub mod tables;
