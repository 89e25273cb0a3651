//! What is counted, by time: whole numbers, and flows of real customers.

pub mod by_time;
pub mod cells;
pub mod flows;
pub mod ledger;
