//! Narrow numbers: as columns of customers and tables hold them.

use crate::quantity::StageId;

/// A number of places, stages or rows; models have far fewer than 2^32.
pub fn whole(x: usize) -> u32 {
    u32::try_from(x).unwrap_or(u32::MAX)
}

/// A stage as the byte that columns hold; more than 255 stages are refused at compile.
pub fn place(stage: StageId) -> u8 {
    u8::try_from(stage.0).unwrap_or(u8::MAX)
}

/// A number as columns of customers hold it.
#[expect(clippy::cast_possible_truncation, reason = "columns of customers are single precision")]
pub fn single(x: f64) -> f32 {
    x as f32
}
