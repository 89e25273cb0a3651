//! Files: the one room that writes. What is written is whole, or it is not there.

pub mod aside;
pub mod file;
pub mod interrupt;
pub mod own;
pub mod results;
pub mod write;
