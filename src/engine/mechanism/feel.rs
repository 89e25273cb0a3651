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
    for (stage, sampler) in program.quality.iter().enumerate() {
        let places = block.roster.of(stage);
        let (mean, learning) = (table.quality[stage], table.learning[stage]);
        let mut learn = |place: usize, quality: f32| {
            let satisfaction = &mut block.satisfaction[place];
            *satisfaction = (*satisfaction + learning * (quality - *satisfaction)).clamp(0.0, 1.0);
        };
        match sampler {
            None => {}
            Some(Sampler::Bernoulli(_)) => {
                let below = table.quality_below[stage];
                places
                    .iter()
                    .for_each(|place| learn(*place as usize, f32::from(u8::from(words[*place as usize] < below))));
            }
            Some(around) => {
                places.iter().for_each(|place| learn(*place as usize, mean + around.at(words[*place as usize])));
            }
        }
    }
}
