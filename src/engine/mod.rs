//! Chance and time: addressed random numbers, and what turns them into draws.

pub mod draws;
pub mod quantile;
