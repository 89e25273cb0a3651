//! What happens in a period, one file each, in this order: arrive, feel, move, buy, count.
//!
//! A mechanism is a plain loop over the columns of a block, in lanes. It reads tables and random words and
//! writes columns; it knows no study, no scenario and no money but that of baskets.

pub mod arrive;
mod baskets;
pub mod bend;
mod bulk;
pub mod buy;
pub mod count;
pub mod feel;
pub mod part;
pub mod row;
pub mod travel;
