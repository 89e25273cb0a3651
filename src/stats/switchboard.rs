//! Channels that people are passed between: how many turn up where, when those who give up or are not helped try again.
//!
//! Overflow is solved for in the mean, as a fixed point: loads are passed on until they are what they bring about. Blocks of
//! hours are lines that have settled, each by itself: Green, Kolesar & Soares (2001), "Improving the SIPP approach for staffing
//! service systems that have cyclic demands", Operations Research 49(4).

mod exchange;
mod hasten;
mod passing;
mod solved;

pub use exchange::{ATTEMPTS, Block, Channel, Desk, Exchange, Group, Way, mixed};
pub use solved::{Solved, SolvedBlock, Switchboard};

#[cfg(test)]
mod tests;
