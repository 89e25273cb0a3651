//! A line in which some customers go first, without interrupting who is being served.
//!
//! While all are busy, those of the first class who stand in line are a birth and death process by themselves, so that their
//! wait is that of a line with their arrivals alone. In total the line is that of one class; what is left is the second
//! class's: Cobham (1954), "Priority assignment in waiting line problems", Operations Research 2(1), where all are patient.

use super::law::{Law, Share};
use super::line::{Line, Means, within};
use super::wait::Wait;
use super::whole::{Pace, Parts, Whole, parts};

/// Where the second class is less than this share of all, its wait is that of a second class of this share.
const LEAST: f64 = 1e-6;
/// The largest chance of the second class to give up, given that it waits: its offered wait stays finite.
const MOST: f64 = 1.0 - 1e-12;

/// A line of two classes that are alike but for who goes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoClasses {
    /// The line of all.
    pub all: Line,
    /// The share of all arrivals that goes first, from 0 to 1.
    pub first: f64,
}

/// Both classes with a whole number of people.
struct Both {
    /// The chance to have to wait: that of either class.
    waits: f64,
    first: Wait,
    /// The chances to give up of those who wait, by class.
    give_up: [f64; 2],
}

impl Both {
    fn new(pace: &Pace, share: f64, people: u32) -> Self {
        let all = Whole::new(pace, people);
        let first_of = |share: f64| {
            let wait = Wait::new(share * pace.arrivals, all.served, pace.spread);
            (wait, wait.gives_up().1)
        };
        let (first, gives_up) = first_of(share);
        let rest = (1.0 - share).max(LEAST);
        let before = if share > 1.0 - LEAST { first_of(1.0 - LEAST).1 } else { gives_up };
        // What all wait less what the first wait; by rounding alone it could leave the second less than the first.
        let second = (all.gives_up - (1.0 - rest) * before) / rest;
        Self { waits: all.waits, first, give_up: [gives_up, second.max(gives_up).min(MOST)] }
    }

    /// The wait of the second class, taken as exponential, so that as many give up as have to.
    fn second(&self) -> Wait {
        Wait::exponential(self.give_up[1] / (1.0 - self.give_up[1]))
    }

    /// The parts of the second class, in closed form.
    fn second_parts(&self) -> Parts {
        let gives_up = self.give_up[1];
        Parts { waits: self.waits, gives_up: self.waits * gives_up, given_up_wait: self.waits * gives_up * gives_up }
    }
}

impl TwoClasses {
    fn share(&self) -> f64 {
        within(self.first, (0.0, 1.0))
    }

    fn teams(&self) -> impl Iterator<Item = (u32, f64)> {
        self.all.teams().into_iter().filter(|(_, share)| *share > 0.0)
    }

    /// What those who go first meet, and what the others do.
    pub fn means(&self) -> [Means; 2] {
        self.means_with(&self.parts())
    }

    /// The laws of the offered wait of both. The second one is right in what it comes to, and in its form a guess.
    pub fn laws(&self) -> [Law; 2] {
        self.laws_with(&self.parts())
    }

    /// What both meet, and the laws of their offered waits, in less time than one after the other.
    pub fn solve(&self) -> ([Means; 2], [Law; 2]) {
        let parts = self.parts();
        (self.means_with(&parts), self.laws_with(&parts))
    }

    fn parts(&self) -> [Part; 2] {
        let pace = self.all.pace();
        self.all.teams().map(|(people, share)| match people {
            _ if share == 0.0 => Part::None,
            0 => Part::Nobody(share),
            _ => Part::Some(share, Both::new(&pace, self.share(), people)),
        })
    }

    fn means_with(&self, all: &[Part; 2]) -> [Means; 2] {
        let mut sums = [Parts::default(); 2];
        for part in all {
            let (share, classes) = match part {
                Part::None => continue,
                Part::Nobody(share) => (share, [Parts::NOBODY_SERVES; 2]),
                Part::Some(share, both) => (share, [parts(both.waits, &both.first), both.second_parts()]),
            };
            sums = [sums[0].and(classes[0], *share), sums[1].and(classes[1], *share)];
        }
        sums.map(|sum| Means::of(&sum, self.all.mean_patience()))
    }

    fn laws_with(&self, all: &[Part; 2]) -> [Law; 2] {
        let of = |wait: fn(&Both) -> Wait| {
            let shares = all.each_ref().map(|part| match part {
                Part::None => Share::None,
                Part::Nobody(share) => Share::Endless(*share),
                Part::Some(share, both) => Share::Waits(share * both.waits, wait(both)),
            });
            Law::new(shares, self.all.mean_patience())
        };
        [of(|both| both.first), of(Both::second)]
    }

    /// The chances to give up of both: those of [`TwoClasses::means`], in less time.
    pub fn give_up(&self) -> [f64; 2] {
        let pace = self.all.pace();
        let mut sums = [0.0; 2];
        for (people, share) in self.teams() {
            let chances = if people == 0 {
                [1.0; 2]
            } else {
                let both = Both::new(&pace, self.share(), people);
                both.give_up.map(|chance| both.waits * chance)
            };
            sums = [sums[0] + share * chances[0], sums[1] + share * chances[1]];
        }
        sums.map(|sum: f64| sum.min(1.0))
    }
}

/// A line for a share of the time, by who serves.
enum Part {
    /// No time at all.
    None,
    /// Nobody.
    Nobody(f64),
    /// A whole number of people.
    Some(f64, Both),
}
