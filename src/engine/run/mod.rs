//! Runs: experiments, all scenarios in lockstep, replays, and the coupled estimator of differences.

pub mod divergence;
pub mod group;
pub mod lockstep;
pub mod piece;
pub mod pilot;
pub mod replay;
pub mod replication;
pub mod rollout;
pub mod simulation;
pub mod span;
pub mod threads;
pub mod watch;
pub mod wave;
pub mod work;
