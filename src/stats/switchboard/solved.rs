//! A solved switchboard.

use crate::stats::queue::law::Law;
use crate::stats::queue::line::{Line, Means};
use crate::stats::queue::priority::TwoClasses;

use super::exchange::{Desk, Exchange};
use super::passing::Passing;

/// A solved switchboard, with room for the next one: what is solved owes nothing to what was solved before.
#[derive(Clone, Debug, Default)]
pub struct Switchboard {
    /// The channels, in the order of [`Exchange::channels`].
    pub channels: Vec<Solved>,
    /// How often loads were passed on until they settled.
    pub rounds: u32,
    /// Whether they did, to a billionth.
    pub settled: bool,
    passing: Passing,
}

/// A solved channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solved {
    /// All contacts that are tried in a period, also those that come while it is closed.
    pub attempts: f64,
    /// The mean time that a contact takes, in minutes; 0 without a desk.
    pub handle: f64,
    /// The share of those who come while it is open that gives up, by class: those who go first, and the others.
    pub gives_up: [f64; 2],
    /// The same of both classes together.
    pub gives_up_of_all: f64,
    /// The mean time in line of those who come while it is open, in minutes.
    pub wait: f64,
    /// The share of the time present that people are at work, over all blocks.
    pub utilisation: f64,
    /// The blocks of its desk; none without.
    pub blocks: Vec<SolvedBlock>,
}

/// A solved block of hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolvedBlock {
    /// Customers an hour.
    pub arrivals: f64,
    /// The share of time at work.
    pub utilisation: f64,
    /// What those who go first meet, and what the others do; the same without priority.
    pub means: [Means; 2],
    /// The laws of their offered waits.
    pub laws: [Law; 2],
}

impl Switchboard {
    /// Solves a switchboard in place. Where it has the size of the one before, memory is used again. Groups have a way for each
    /// channel, and chances for each pair of them.
    pub fn solve(&mut self, exchange: &Exchange) {
        (self.rounds, self.settled) = self.passing.pass(exchange);
        self.channels.resize_with(exchange.channels.len(), Solved::default);
        for (index, channel) in exchange.channels.iter().enumerate() {
            let (load, solved) = (&self.passing.loads[index], &mut self.channels[index]);
            let mut blocks = std::mem::take(&mut solved.blocks);
            blocks.clear();
            *solved = Solved { attempts: load.attempts(), blocks, ..Solved::default() };
            if let Some(desk) = &channel.desk {
                solved.handle = desk.handle * load.handle_of_one();
                solved.add_blocks(desk, (channel.open * solved.attempts, self.passing.first(index)));
            }
        }
    }

    /// How many of a group are expected to turn to a channel with this attempt (0 for the first), a period.
    pub fn attempts(&self, group: usize, channel: usize, attempt: usize) -> f64 {
        self.passing.attempts(group, channel, attempt)
    }
}

impl Solved {
    /// Solves the blocks for all that come while the channel is open, given the share that goes first where some do.
    fn add_blocks(&mut self, desk: &Desk, (coming, first): (f64, Option<f64>)) {
        let (mut busy, mut present) = (0.0, 0.0);
        for block in &desk.blocks {
            let line = desk.line(block, (coming, self.handle));
            let solved = SolvedBlock::new(line, first);
            let share = first.unwrap_or(0.0);
            let of_all =
                |value: fn(&Means) -> f64| share * value(&solved.means[0]) + (1.0 - share) * value(&solved.means[1]);
            self.gives_up_of_all += block.share * of_all(|means| means.gives_up);
            self.wait += block.share * of_all(|means| means.wait);
            (0..2).for_each(|class| self.gives_up[class] += block.share * solved.means[class].gives_up);
            busy += solved.utilisation * line.staff * block.hours;
            present += line.staff * block.hours;
            self.blocks.push(solved);
        }
        self.utilisation = if present > 0.0 { busy / present } else { 0.0 };
    }
}

impl SolvedBlock {
    fn new(line: Line, first: Option<f64>) -> Self {
        let (means, laws) = match first {
            Some(first) => TwoClasses { all: line, first }.solve(),
            None => {
                let (means, law) = line.solve();
                ([means; 2], [law; 2])
            }
        };
        let share = first.unwrap_or(0.0);
        let gives_up = share * means[0].gives_up + (1.0 - share) * means[1].gives_up;
        Self { arrivals: line.arrivals, utilisation: line.utilisation(gives_up), means, laws }
    }
}
