//! Channels that people are passed between: how many turn up where, when those who give up or are not helped try again.

use super::queue::law::Law;
use super::queue::line::Means;

/// How often a customer turns up at most for one matter.
pub const ATTEMPTS: usize = 4;

/// What a switchboard is solved for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The channels.
    pub channels: Vec<Channel>,
    /// Groups of customers who are alike.
    pub groups: Vec<Group>,
}

/// A channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channel {
    /// The share of contacts that come while it is open, from 0 to 1. The others go on as if they had given up at once.
    pub open: f64,
    /// Who serves; none where nobody has to wait, as with a bot.
    pub desk: Option<Desk>,
}

/// The people of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// The hours of a period by how they are staffed; shares sum to 1. Each block settles by itself.
    pub blocks: Vec<Block>,
    /// The mean time that a contact takes, in minutes, above 0.
    pub handle: f64,
    /// The mean time after which a customer gives up, in minutes, above 0.
    pub patience: f64,
    /// The squared coefficient of variation of the time that a contact takes; 1 is exponential.
    pub variability: f64,
}

/// Hours of a period that are staffed alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// The share of the channel's contacts that come in these hours.
    pub share: f64,
    /// How many hours a period these are, above 0.
    pub hours: f64,
    /// People at work in these hours, 0 or more.
    pub staff: f64,
}

/// Customers who are alike: those of one segment and priority.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What they bring to each channel, and how they fare there.
    pub ways: Vec<Way>,
    /// The chance to turn to another channel after giving up: row by channel that one comes from, `ways.len()` squared.
    pub switch: Vec<f64>,
    /// The chance to turn to another channel after a contact that solved nothing, likewise.
    pub again: Vec<f64>,
}

/// A group in a channel. What differs between the first attempt and later ones is a pair: a later one may have lost its
/// context, and is mixed over those that have and have not ([`mixed`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// How many of the group turn to the channel first of all, a period, 0 or more.
    pub load: f64,
    /// Whether the group goes first here.
    pub first: bool,
    /// The chance that a contact solves the matter.
    pub solves: [f64; 2],
    /// What the time that a contact takes is multiplied by.
    pub handle: [f64; 2],
}

/// What later attempts meet in the mean where `kept` of them have kept their context.
pub fn mixed(kept: f64, with: f64, lost: f64) -> f64 {
    kept * with + (1.0 - kept) * lost
}

/// A solved switchboard, with room for the next one: what is solved owes nothing to what was solved before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Switchboard {
    /// The channels, in the order of [`Exchange::channels`].
    pub channels: Vec<Solved>,
    /// How often the loads were passed on until they settled.
    pub rounds: u32,
    /// Whether they did, to a billionth.
    pub settled: bool,
    attempts: Vec<f64>,
}

/// A solved channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solved {
    /// All contacts that are tried in a period, also those that come while it is closed.
    pub attempts: f64,
    /// The mean time that a contact takes, in minutes.
    pub handle: f64,
    /// The share of those who come while it is open that gives up, by class: those who go first, and the others.
    pub gives_up: [f64; 2],
    /// The same of both classes.
    pub gives_up_of_all: f64,
    /// The mean time in line of those who come while it is open, in minutes.
    pub wait: f64,
    /// The share of hours present that are at work, over all blocks.
    pub utilisation: f64,
    /// The blocks of its desk; none without.
    pub blocks: Vec<SolvedBlock>,
}

/// A solved block of hours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SolvedBlock {
    /// Customers an hour.
    pub arrivals: f64,
    /// The share of time at work.
    pub utilisation: f64,
    /// What those who go first meet, and what the others do. Without priority both meet the same.
    pub means: [Means; 2],
    /// The laws of their offered waits.
    pub laws: [Law; 2],
}

impl Switchboard {
    /// Solves a switchboard in place.
    pub fn solve(&mut self, exchange: &Exchange) {
        self.attempts.clear();
        self.attempts.resize(exchange.groups.len() * exchange.channels.len() * ATTEMPTS, 0.0);
    }

    /// How many of a group are expected to turn to a channel with this attempt (0 for the first), a period.
    pub fn attempts(&self, group: usize, channel: usize, attempt: usize) -> f64 {
        self.attempts[(group * self.channels.len() + channel) * ATTEMPTS + attempt]
    }
}
