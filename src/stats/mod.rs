//! Pure arithmetic on numbers and slices; knows no journey.

pub mod cash;
pub mod control;
pub mod copula;
pub mod correlation;
pub mod distribution;
pub mod divisia;
pub mod estimate;
pub mod interval;
pub mod moments;
pub mod nested;
pub mod risk;
pub mod special;
