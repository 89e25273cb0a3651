//! What happens to customers: the contract of a mechanism, and a file for each.

pub mod arrive;
mod baskets;
pub mod bend;
pub mod booked_moves;
mod bulk;
pub mod buy;
pub mod compare;
pub mod contract;
pub mod count;
pub mod feel;
pub mod needs;
pub mod own;
pub mod part;
pub mod row;
pub mod schedule;
pub mod talk;
pub mod totals;
pub mod transition;
