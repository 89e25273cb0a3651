//! The engine: chance and time, in eight rooms. From below: lanes; chance; count and table; state and exact; mechanism; run.

pub mod chance;
pub mod count;
pub mod exact;
pub mod lanes;
pub mod mechanism;
pub mod run;
pub mod state;
pub mod table;
