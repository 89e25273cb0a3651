//! Arrive: customers are put where their segment starts, or its newcomers do, with the traits they keep for life.

use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::draws::{Address, Purpose};
use crate::engine::chance::sampler::{Sample, Sampler};
use crate::engine::state::population::{Block, World};

impl Block {
    /// Puts `count` customers in their places, at time 0 or at the beginning of the period in which they come.
    pub fn begin(&mut self, world: &World<'_>, crowd: Crowd, count: usize) {
        self.reset(world.program, crowd, count);
        for (place, customer) in self.customer.iter_mut().zip(0..) {
            *place = crowd.customer(customer);
        }
        self.stage[count..].fill(world.program.nobody());
        arrive(self, world, crowd.segment);
    }
}

/// Gives every customer of a fresh block a stage, traits and satisfaction.
fn arrive(block: &mut Block, world: &World<'_>, segment: usize) {
    let beginning = &world.program.segments[segment];
    let newcomers = world.program.newcomers[segment].as_ref().filter(|_| block.entry() > 0);
    let starts = newcomers.unwrap_or(&beginning.starts);
    let cohort = block.cohort();
    let count = block.live;
    let room = block.customer.len();
    let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; room]);
    let mut draw = |purpose: Purpose, draw: u32, customers: &[u32]| {
        world.draws.fill(
            world.set,
            Address { period_block: 0, purpose, draw: cohort.wrapping_add(draw) },
            customers,
            count,
            &mut words,
        );
        words[0].clone()
    };
    // Where all begin in one stage, there is nothing to draw.
    if starts.thresholds.is_empty() {
        block.stage[..count].fill(u32::from(starts.stages[0]));
    } else {
        let words = draw(Purpose::Start, 0, &block.customer);
        for (stage, word) in block.stage[..count].iter_mut().zip(&words) {
            *stage = u32::from(starts.stages[starts.thresholds.iter().filter(|at| word >= *at).count()]);
        }
    }
    if world.program.acquires {
        for (ever, stage) in block.acquired[..count].iter_mut().zip(&block.stage) {
            *ever = world.program.retained.at(*stage as usize);
        }
    }
    let mut fill = |column: &mut [f32], sampler: &Sampler, purpose: Purpose, luck: u32| {
        let words = draw(purpose, luck, &block.customer);
        world.set.run(Sample { sampler, words: &words, out: column, count });
    };
    for ((column, sampler), luck) in block.traits.iter_mut().zip(&beginning.traits).zip(&world.program.trait_luck) {
        fill(column, sampler, Purpose::Trait, *luck);
    }
    if let Some(sampler) = &world.program.first_satisfaction {
        fill(&mut block.satisfaction, sampler, Purpose::Satisfaction, 0);
    }
}
