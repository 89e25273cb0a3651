//! Pure arithmetic on numbers and slices; knows no journey.

pub mod cash;
pub mod components;
pub mod control;
pub mod copula;
pub mod correlation;
pub mod distribution;
pub mod divisia;
pub mod estimate;
pub mod interval;
pub mod moments;
pub mod nested;
pub mod order;
pub mod preference;
pub mod queue;
pub mod ratio;
pub mod resample;
pub mod risk;
pub mod sample;
pub mod share;
pub mod shortfall;
pub mod significance;
pub mod special;
pub mod switchboard;
