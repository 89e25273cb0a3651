//! What a switchboard is solved for.

/// How often a customer turns up at most for one matter.
pub const ATTEMPTS: usize = 4;

/// Channels, and the customers who turn to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The channels.
    pub channels: Vec<Channel>,
    /// Groups of customers who are alike, each with as many [`Group::ways`] as there are channels.
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
    /// The hours of a period by how they are staffed, at least one; shares sum to 1. Each block settles by itself.
    pub blocks: Vec<Block>,
    /// The mean time that a contact takes, in minutes, above 0.
    pub handle: f64,
    /// The mean time after which a customer gives up, in minutes, above 0.
    pub patience: f64,
    /// The squared coefficient of variation of the time that a contact takes, 0 or more; 1 is exponential.
    pub variability: f64,
}

/// Hours of a period that are staffed alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// The share of the channel's contacts that come in these hours, from 0 to 1.
    pub share: f64,
    /// How many hours a period these are, above 0.
    pub hours: f64,
    /// People at work in these hours, 0 or more.
    pub staff: f64,
}

/// Customers who are alike: those of one segment, and of one priority in each channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What they bring to each channel, and how they fare there.
    pub ways: Vec<Way>,
    /// The chance to turn to another channel after giving up: row by channel that one comes from, `ways.len()` squared. Rows
    /// sum to 1 at most; the rest lets it be.
    pub switch: Vec<f64>,
    /// The chance to turn to another channel after a contact that solved nothing, likewise.
    pub again: Vec<f64>,
}

/// A group in a channel. Two numbers are that of the first attempt, and that of later ones, which may have lost their context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// How many of the group turn to the channel first of all, a period, 0 or more.
    pub load: f64,
    /// Whether the group goes first here.
    pub first: bool,
    /// The chance that a contact solves the matter, from 0 to 1, as a mean over who is recognised and who has lost context.
    pub solves: [f64; 2],
    /// What the time that a contact takes is multiplied by, above 0; likewise.
    pub handle: [f64; 2],
}

impl Way {
    /// A group that brings so many, is always recognised and never loses what was said before.
    pub fn plain(load: f64, solves: f64) -> Self {
        Self { load, first: false, solves: [solves; 2], handle: [1.0; 2] }
    }
}

/// A number as a mean over later attempts, where `kept` of them have kept their context: the chance to be recognised times
/// the chance that it has come along.
pub fn mixed(kept: f64, with: f64, lost: f64) -> f64 {
    kept * with + (1.0 - kept) * lost
}
