//! Chance: addresses of random numbers, draws, and what turns random words into numbers.

pub mod crowd;
pub mod design;
pub mod draws;
pub mod exp;
pub mod hazard;
pub mod luck;
pub mod narrow;
pub mod normal;
pub mod poisson;
pub mod quantile;
pub mod sampler;
