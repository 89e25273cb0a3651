//! Columns hold one thing of every customer of a block.

use crate::engine::lanes::MOST_LANES;

/// A column for `size` customers; empty where it is not used.
pub fn column<T: Copy + Default>(used: bool, size: usize) -> Vec<T> {
    vec![T::default(); if used { room(size) } else { 0 }]
}

/// The length of a column that serves `size` customers in lanes: what is packed may spoil a few places more.
pub fn room(size: usize) -> usize {
    size.next_multiple_of(MOST_LANES) + MOST_LANES
}
