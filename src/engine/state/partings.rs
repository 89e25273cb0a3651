//! Partings: what customers had become when two scenarios parted for them, before the move.

use super::block::Block;
use super::scratch::Scratch;
use super::world::World;

/// What customers had become, one after another.
#[derive(Default)]
pub struct Partings {
    at: Vec<Parted>,
    words: Vec<u32>,
    numbers: Vec<f32>,
}

/// One customer, and where the columns begin among all.
struct Parted {
    t: u32,
    customer: u32,
    stage: u32,
    words: usize,
    numbers: usize,
}

impl Partings {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.at.clear();
        self.words.clear();
        self.numbers.clear();
    }

    /// The period of one.
    pub fn period(&self, at: u32) -> u32 {
        self.at[at as usize].t
    }

    /// Notes the customer at a place, who parts in period `t`: what is carried on, and what is known of the period so far.
    pub fn push(&mut self, t: u32, (block, scratch): (&Block, &Scratch), place: usize) {
        let (words, numbers) = (self.words.len(), self.numbers.len());
        let (customer, stage) = (block.customer[place], block.stage[place]);
        self.at.push(Parted { t, customer, stage, words, numbers });
        block.columns.gather(place, &mut self.words, &mut self.numbers);
        scratch.columns.gather(place, &mut self.words, &mut self.numbers);
    }

    /// All of them by period: a counting sort.
    pub fn by_period(&self, horizon: u32) -> Vec<u32> {
        let mut first = vec![0_u32; horizon as usize + 2];
        for parted in &self.at {
            first[parted.t as usize + 1] += 1;
        }
        for t in 1..first.len() {
            first[t] += first[t - 1];
        }
        let mut order = vec![0; self.at.len()];
        for (at, parted) in (0..).zip(&self.at) {
            let next = &mut first[parted.t as usize];
            order[*next as usize] = at;
            *next += 1;
        }
        order
    }

    /// Puts some of them into a block of their own.
    pub fn load(&self, (block, scratch): (&mut Block, &mut Scratch), world: &World<'_>, some: &[u32]) {
        block.clear(world);
        for at in some {
            let Parted { customer, stage, words, numbers, .. } = self.at[*at as usize];
            let place = block.place(customer, stage);
            let rest = block.columns.scatter(place, (&self.words[words..], &self.numbers[numbers..]));
            scratch.columns.scatter(place, rest);
        }
    }
}
