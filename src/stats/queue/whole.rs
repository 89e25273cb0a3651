//! A line with a whole number of people who serve.
//!
//! Erlang-A: Palm (1957), "Research on telephone traffic carried by full availability groups", Tele 1; Garnett, Mandelbaum
//! & Reiman (2002), "Designing a call center with impatient customers", Manufacturing & Service Operations Management 4(3).
//! Times of serving that are not exponential stretch or squeeze the wait by k = (1 + scv) / 2, as in diffusions: Kingman
//! (1962), "On queues in heavy traffic"; Allen (1978), "Probability, statistics and queueing theory". That is exact for one
//! server and endless patience (Pollaczek and Khinchine), and an approximation elsewhere.

use super::wait::Wait;

/// Erlang's loss formula: the share of customers who find all of `servers` busy where nobody waits. `load` is in servers,
/// 0 or more.
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    1.0 / inverse_loss(servers, load)
}

/// One over the loss formula: infinite where nobody is ever lost.
fn inverse_loss(servers: u32, load: f64) -> f64 {
    let per_server = 1.0 / load;
    let mut inverse = 1.0;
    for server in 1..=servers {
        inverse = 1.0 + inverse * (f64::from(server) * per_server);
        if inverse == f64::INFINITY {
            break;
        }
    }
    inverse
}

/// A line without its people, in units of the mean patience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// People whom arrivals would keep busy.
    pub load: f64,
    /// Arrivals in a mean patience.
    pub arrivals: f64,
    /// Customers whom one person serves in a mean patience.
    pub served: f64,
    /// By how much variability stretches the wait: k.
    pub spread: f64,
}

/// What customers meet, in the mean, as shares of all and in mean patiences. Lines that share their customers add up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// The share that has to wait.
    pub waits: f64,
    /// The share that gives up, which is the mean time in line, too.
    pub gives_up: f64,
    /// The mean time in line of those who give up, times their share.
    pub given_up_wait: f64,
}

impl Parts {
    /// Where nobody serves, all wait until they give up.
    pub const NOBODY_SERVES: Self = Self { waits: 1.0, gives_up: 1.0, given_up_wait: 1.0 };

    /// These, and a share more of others.
    #[must_use]
    pub fn and(self, other: Self, share: f64) -> Self {
        Self {
            waits: self.waits + share * other.waits,
            gives_up: self.gives_up + share * other.gives_up,
            given_up_wait: self.given_up_wait + share * other.given_up_wait,
        }
    }
}

/// A line with people, at least one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whole {
    /// Customers served in a mean patience while all are busy.
    pub served: f64,
    /// The chance to have to wait.
    pub waits: f64,
    /// The wait of those who wait.
    pub wait: Wait,
    /// The chance that they give up.
    pub gives_up: f64,
}

impl Whole {
    /// The line with so many people, 1 or more.
    pub fn new(pace: &Pace, people: u32) -> Self {
        let served = f64::from(people) * pace.served;
        let plain = Wait::new(pace.arrivals, served, 1.0);
        let (mass, gives_up) = plain.gives_up();
        let waits = chance_to_wait(pace, people, (plain.rise(), mass));
        if pace.spread == 1.0 {
            return Self { served, waits, wait: plain, gives_up };
        }
        let wait = Wait::new(pace.arrivals, served, pace.spread);
        let (_, gives_up) = wait.gives_up();
        // Where all are nearly always busy, even times of serving spread the wait so little that more than all hands could
        // do would be served. Then as many more wait as it takes to leave what they can do.
        let least = (1.0 - served / pace.arrivals).max(0.0) / gives_up;
        Self { served, waits: waits.max(least).min(1.0), wait, gives_up }
    }

    /// What its customers meet.
    pub fn parts(&self) -> Parts {
        parts(self.waits, &self.wait)
    }

    /// The share of all customers who are served after at most so many mean patiences.
    pub fn served_within(&self, time: f64) -> f64 {
        let (mass, _) = self.wait.gives_up();
        1.0 - self.waits + self.waits * self.wait.served_within(time, mass)
    }
}

/// What customers meet who wait with a chance, and then have an offered wait.
pub fn parts(waits: f64, wait: &Wait) -> Parts {
    let outcome = wait.outcome();
    Parts { waits, gives_up: waits * outcome.gives_up, given_up_wait: waits * outcome.given_up_wait }
}

/// The chance to wait, given the rise of the density of the wait to its mode, and its integral from there.
fn chance_to_wait(pace: &Pace, people: u32, (rise, mass): (f64, f64)) -> f64 {
    let idle = inverse_loss(people - 1, pace.load);
    if idle == f64::INFINITY {
        return 0.0;
    }
    let busy = pace.arrivals * mass;
    busy / (idle * libm::exp(-rise) + busy)
}
