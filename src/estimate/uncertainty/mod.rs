//! How sure numbers are: controls, intervals and what forbids them, the audit, where uncertainty comes from.

pub mod audit;
pub mod caution;
pub mod controls;
pub mod doubt;
pub mod efficiency;
pub mod grounds;
pub mod matched;
pub mod rarity;
pub mod stake;
pub mod uncoupled;
