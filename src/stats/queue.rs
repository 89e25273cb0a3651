//! Waiting in line for people who serve: how many wait, how long, and how many give up.
//!
//! [`line`] has a line of one kind of customers (Erlang-A), [`priority`] one in which some go first, [`law`] the law that
//! waits are drawn from, [`staffing`] how many people a target takes.

mod exponential;
pub mod law;
mod legendre;
pub mod line;
pub mod priority;
pub mod staffing;
mod wait;
pub mod whole;

#[cfg(test)]
mod tests;
