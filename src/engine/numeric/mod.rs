//! What turns random words into numbers inside the period loop: e^x, quantile functions, counts.
//!
//! All but `hazard.rs`, which only hastens what the model says, is single precision, made of `+`, `*`, bit operations and comparisons in a
//! fixed order, so that it gives the same bits in lanes of any width and everywhere.

pub mod exp;
pub mod hazard;
pub mod normal;
pub mod poisson;
pub mod quantile;
