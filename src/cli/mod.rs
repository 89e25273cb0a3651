//! The command line: the only floor that prints.

pub mod explain;
