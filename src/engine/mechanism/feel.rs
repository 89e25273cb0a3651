//! Feel: one period in a stage moves a customer's satisfaction towards its quality.
//!
//! Exponential smoothing of experienced quality: s += learning · (q - s), after Oliver (1980), "A cognitive
//! model of the antecedents and consequences of satisfaction decisions", Journal of Marketing Research 17(4),
//! and Bolton (1998), Marketing Science 17(1), where satisfaction anchors on what it was before.

use crate::engine::draws::Purpose;
use crate::engine::population::Block;
use crate::engine::program::Program;
use crate::engine::sampler::Sampler;
use crate::engine::tables::PeriodTable;

/// Moves the satisfaction of customers in stages that have a quality.
pub fn feel(block: &mut Block, program: &Program, table: &PeriodTable, t: u32) {
    let words = block.words.of(Purpose::Quality, t);
    let columns = block.satisfaction[..block.live].iter_mut().zip(&block.stage).zip(words);
    for ((satisfaction, stage), word) in columns {
        let stage = *stage as usize;
        let quality = match &program.quality[stage] {
            None => continue,
            Some(Sampler::Bernoulli(_)) => f32::from(u8::from(*word < table.quality_below[stage])),
            Some(around) => table.quality[stage] + around.at(*word),
        };
        let moved = *satisfaction + table.learning[stage] * (quality - *satisfaction);
        *satisfaction = moved.clamp(0.0, 1.0);
    }
}
