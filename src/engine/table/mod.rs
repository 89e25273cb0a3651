//! What the numbers of a period become for the loop.

pub mod agreement;
pub mod classes;
pub mod field;
pub mod history;
pub mod moves;
pub mod program;
pub mod reach;
pub mod row_table;
pub mod shape;
pub mod sheet;
pub mod tables;
pub mod values;
