//! Loads that are passed on from channel to channel until they are what they bring about.

use crate::stats::queue::line::Line;
use crate::stats::queue::priority::TwoClasses;

use super::exchange::{ATTEMPTS, Block, Channel, Desk, Exchange, Group, Way};
use super::hasten::Hasten;

/// Loads have settled when no channel's changes by more than this share of it.
const SETTLED: f64 = 1e-9;
const MOST_ROUNDS: u32 = 200;
/// The least step from loads to what they bring about.
const LEAST_STEP: f64 = 1.0 / 64.0;

/// What turns up at a channel in a period. All of it adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Attempts of those who go first.
    pub first: f64,
    /// Attempts of the others.
    pub others: f64,
    /// Attempts, each times what its time is multiplied by.
    pub handle: f64,
}

impl Load {
    /// All attempts.
    pub fn attempts(&self) -> f64 {
        self.first + self.others
    }

    /// What the time that a contact takes is multiplied by, in the mean; 1 of none.
    pub fn handle_of_one(&self) -> f64 {
        if self.attempts() > 0.0 { self.handle / self.attempts() } else { 1.0 }
    }

    /// The share of attempts that goes first; 0 of none.
    pub fn first_share(&self) -> f64 {
        if self.attempts() > 0.0 { self.first / self.attempts() } else { 0.0 }
    }

    /// A part of the way from these to others.
    fn towards(&self, other: &Self, step: f64) -> Self {
        let between = |from: f64, to: f64| if step < 1.0 { from + step * (to - from) } else { to };
        Self {
            first: between(self.first, other.first),
            others: between(self.others, other.others),
            handle: between(self.handle, other.handle),
        }
    }

    /// The largest change to other loads, as a share of all of them.
    fn change(&self, other: &Self) -> f64 {
        let by = |from: f64, to: f64, of: f64| if from == to { 0.0 } else { (to - from).abs() / of };
        let all = other.attempts();
        by(self.first, other.first, all).max(by(self.others, other.others, all)).max(by(
            self.handle,
            other.handle,
            other.handle,
        ))
    }
}

/// Loads while they are passed on.
#[derive(Clone, Debug, Default)]
pub struct Passing {
    /// What turns up, by channel.
    pub loads: Vec<Load>,
    /// By channel, whether some go first and others do not.
    pub ranked: Vec<bool>,
    /// The same as the loads bring about.
    next: Vec<Load>,
    /// The chance to give up, by channel and class: those who go first, and the others.
    give_up: Vec<[f64; 2]>,
    /// Expected attempts by group, attempt and channel.
    flows: Vec<f64>,
    /// What the rounds before tell.
    hasten: Hasten,
    /// By channel, what loads are divided by, so that they are of one size: none before the first round.
    sizes: Vec<f64>,
    /// Loads that went into a round, and those that came out of it, so divided.
    from: Vec<f64>,
    out: Vec<f64>,
}

impl Passing {
    /// Passes loads on until they settle, from the first attempts on: after how many rounds, and whether they did.
    ///
    /// Where whoever gives up turns up again as often as who is not helped, plain rounds rise to the least loads that settle.
    /// Elsewhere they may swing, and the step is halved whenever they swing wider. What the rounds before tell shortens both.
    pub fn pass(&mut self, exchange: &Exchange) -> (u32, bool) {
        self.start(exchange);
        let rises = exchange.groups.iter().all(rises);
        let (mut step, mut last) = (1.0_f64, f64::INFINITY);
        for round in 1..=MOST_ROUNDS {
            self.meet(exchange);
            self.flow(exchange);
            let changes = self.loads.iter().zip(&self.next).map(|(load, next)| load.change(next));
            let change = changes.fold(0.0, f64::max);
            if change <= SETTLED {
                std::mem::swap(&mut self.loads, &mut self.next);
                return (round, true);
            }
            if change > last || !self.hastened() {
                step = if change > last && !rises { (0.5 * step).max(LEAST_STEP) } else { step };
                self.loads.iter_mut().zip(&self.next).for_each(|(load, next)| *load = load.towards(next, step));
                self.hasten.forget();
            }
            last = change;
        }
        (MOST_ROUNDS, false)
    }

    /// Goes to where the rounds before lead, unless that is far from what this round came to; whether it did.
    fn hastened(&mut self) -> bool {
        if self.sizes.is_empty() {
            self.sizes.extend(self.next.iter().map(|next| next.attempts().max(f64::MIN_POSITIVE)));
        }
        let scaled = |to: &mut Vec<f64>, loads: &[Load]| {
            to.clear();
            let numbers = |(load, size): (&Load, &f64)| [load.first, load.others, load.handle].map(|x| x / size);
            to.extend(loads.iter().zip(&self.sizes).flat_map(numbers));
        };
        scaled(&mut self.from, &self.loads);
        scaled(&mut self.out, &self.next);
        let there = self.hasten.next(&self.from, &self.out);
        let near = |(there, out): (&f64, &f64)| (0.5 * out..=2.0 * out).contains(there);
        let goes = there.iter().zip(&self.out).all(near);
        if goes {
            for ((load, size), there) in self.loads.iter_mut().zip(&self.sizes).zip(there.chunks_exact(3)) {
                *load = Load { first: size * there[0], others: size * there[1], handle: size * there[2] };
            }
        }
        goes
    }

    /// How many of a group are expected to turn to a channel with an attempt.
    pub fn attempts(&self, group: usize, channel: usize, attempt: usize) -> f64 {
        self.flows[(group * ATTEMPTS + attempt) * self.loads.len() + channel]
    }

    /// First attempts alone, in memory that suffices.
    fn start(&mut self, exchange: &Exchange) {
        let channels = exchange.channels.len();
        self.loads.clear();
        self.loads.resize(channels, Load::default());
        self.next.clear();
        self.next.resize(channels, Load::default());
        self.give_up.clear();
        self.give_up.resize(channels, [0.0; 2]);
        self.flows.clear();
        self.flows.resize(exchange.groups.len() * ATTEMPTS * channels, 0.0);
        for group in &exchange.groups {
            for (load, way) in self.loads.iter_mut().zip(&group.ways) {
                load.add(way, 0, way.load);
            }
        }
        self.hasten.forget();
        self.sizes.clear();
        self.ranked.clear();
        let goes_first =
            |channel: usize, first: bool| exchange.groups.iter().any(|group| group.ways[channel].first == first);
        self.ranked.extend((0..channels).map(|channel| goes_first(channel, true) && goes_first(channel, false)));
    }

    /// Who gives up at these loads.
    fn meet(&mut self, exchange: &Exchange) {
        for (index, channel) in exchange.channels.iter().enumerate() {
            if let Some(desk) = &channel.desk {
                let first = self.first(index);
                self.give_up[index] = give_up(desk, &self.loads[index], (channel.open, first));
            }
        }
    }

    /// The share of attempts that goes first in a channel, where some do and others do not.
    pub fn first(&self, channel: usize) -> Option<f64> {
        self.ranked[channel].then(|| self.loads[channel].first_share())
    }

    /// What turns up where so many give up.
    fn flow(&mut self, exchange: &Exchange) {
        let channels = exchange.channels.len();
        self.next.fill(Load::default());
        for (group, flows) in exchange.groups.iter().zip(self.flows.chunks_exact_mut((ATTEMPTS * channels).max(1))) {
            flows.fill(0.0);
            for (flow, way) in flows.iter_mut().zip(&group.ways) {
                *flow = way.load;
            }
            for attempt in 0..ATTEMPTS {
                let (before, after) = flows.split_at_mut((attempt + 1) * channels);
                let from = &before[attempt * channels..];
                for (next, (way, flow)) in self.next.iter_mut().zip(group.ways.iter().zip(from)) {
                    next.add(way, attempt, *flow);
                }
                if attempt + 1 < ATTEMPTS {
                    turn_up_again(group, (&exchange.channels, &self.give_up), (attempt, from), &mut after[..channels]);
                }
            }
        }
    }
}

impl Load {
    fn add(&mut self, way: &Way, attempt: usize, flow: f64) {
        *(if way.first { &mut self.first } else { &mut self.others }) += flow;
        self.handle += flow * way.handle[attempt.min(1)];
    }
}

/// Whether more who give up never means fewer who turn up somewhere.
fn rises(group: &Group) -> bool {
    let channels = group.ways.len();
    group.ways.iter().enumerate().all(|(channel, way)| {
        let row = channel * channels..(channel + 1) * channels;
        let unsolved = 1.0 - way.solves[0].min(way.solves[1]);
        let mut both = group.switch[row.clone()].iter().zip(&group.again[row]);
        way.handle[1] >= way.handle[0] && both.all(|(switch, again)| *switch >= unsolved * again)
    })
}

/// The chances to give up in a channel by class, over its blocks.
fn give_up(desk: &Desk, load: &Load, (open, first): (f64, Option<f64>)) -> [f64; 2] {
    let (coming, handle) = (open * load.attempts(), desk.handle * load.handle_of_one());
    let mut sums = [0.0; 2];
    for block in &desk.blocks {
        let all = desk.line(block, (coming, handle));
        let chances = match first {
            Some(first) => TwoClasses { all, first }.give_up(),
            None => [all.gives_up(); 2],
        };
        sums = [sums[0] + block.share * chances[0], sums[1] + block.share * chances[1]];
    }
    sums
}

/// Passes the attempts of a group on from all channels to all.
fn turn_up_again(
    group: &Group,
    (channels, give_up): (&[Channel], &[[f64; 2]]),
    (attempt, from): (usize, &[f64]),
    to: &mut [f64],
) {
    let count = channels.len();
    for (index, (channel, way)) in channels.iter().zip(&group.ways).enumerate() {
        let gives_up = give_up[index][usize::from(!way.first)];
        let left = from[index] * (1.0 - channel.open + channel.open * gives_up);
        let unsolved = from[index] * channel.open * (1.0 - gives_up) * (1.0 - way.solves[attempt.min(1)]);
        let row = index * count..(index + 1) * count;
        for (to, (switch, again)) in to.iter_mut().zip(group.switch[row.clone()].iter().zip(&group.again[row])) {
            *to += left * switch + unsolved * again;
        }
    }
}

impl Desk {
    /// The line of a block, given all that come while the channel is open and the mean minutes of a contact.
    pub(super) fn line(&self, block: &Block, (coming, handle): (f64, f64)) -> Line {
        Line {
            arrivals: coming * block.share / block.hours,
            staff: block.staff,
            handle,
            patience: self.patience,
            variability: self.variability,
        }
    }
}
