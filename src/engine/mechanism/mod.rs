//! What happens in a period, one file each, in this order: arrive, feel, move, buy, count.
//!
//! A mechanism is a plain loop over the columns of a block. It reads tables and random words and
//! writes columns; it knows no study, no scenario and no money but that of baskets.

pub mod arrive;
pub mod bend;
pub mod buy;
pub mod count;
pub mod feel;
pub mod travel;
