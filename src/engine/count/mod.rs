//! What is counted, by time: whole numbers, and flows of real customers.

pub mod cells;
pub mod counts;
pub mod layout;
