//! What customers carry, in columns and blocks.

pub mod column;
pub mod leavers;
pub mod population;
pub mod scratch;
pub mod subset;
pub mod words;
