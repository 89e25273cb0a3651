//! Arrive: customers are put where their segment starts, with the traits they keep for life.

use crate::engine::draws::{Draws, Purpose};
use crate::engine::population::Block;
use crate::engine::program::Program;

/// Gives every customer of a fresh block a stage, traits and satisfaction.
pub fn arrive(block: &mut Block, program: &Program, draws: &Draws, segment: usize) {
    let beginning = &program.segments[segment];
    for place in 0..block.live {
        let customer = block.customer[place];
        let word = draws.word(customer, 0, Purpose::Start, 0);
        let stage = beginning.stages[beginning.thresholds.iter().filter(|at| word >= **at).count()];
        block.stage[place] = stage;
        block.acquired[place] = program.retained[stage as usize];
    }
    for ((column, sampler), luck) in block.traits.iter_mut().zip(&beginning.traits).zip(&program.trait_luck) {
        for (value, customer) in column[..block.live].iter_mut().zip(&block.customer) {
            *value = sampler.at(draws.word(*customer, 0, Purpose::Trait, *luck));
        }
    }
    if let Some(sampler) = &program.first_satisfaction {
        for (value, customer) in block.satisfaction[..block.live].iter_mut().zip(&block.customer) {
            *value = sampler.at(draws.word(*customer, 0, Purpose::Satisfaction, 0));
        }
    }
}
