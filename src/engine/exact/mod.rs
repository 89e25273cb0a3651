//! Exact expectations: no chance, no simulated customers.

pub mod cohort;
pub mod cost;
pub mod depth;
pub mod kernels;
pub mod layout;
pub mod obstacle;
pub mod precision;
pub mod presences;
pub mod quadrature;
pub mod quality_law;
pub mod rows;
pub mod satisfaction_grid;
pub mod settling;
pub mod state;
pub mod table;
pub mod tally;
pub mod value_to_come;
pub mod work;
