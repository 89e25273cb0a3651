//! What customers carry, in columns and blocks.

pub mod at;
pub mod bits;
pub mod block;
pub mod column;
pub mod columns;
pub mod leavers;
pub mod occasions;
pub mod partings;
pub mod plan;
pub mod scratch;
pub mod subset;
pub mod world;
