//! Pure arithmetic on numbers and slices; knows no journey.

pub mod control;
pub mod copula;
pub mod distribution;
pub mod estimate;
pub mod moments;
pub mod special;
