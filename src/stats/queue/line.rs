//! A line in which all customers are alike.

use super::law::{Law, Share};
use super::whole::{Pace, Parts, Whole};

/// The most people that are counted with: what is above is taken as this.
pub const MOST_STAFF: f64 = 1e6;
/// The times in minutes, and the arrivals an hour, that are counted with: what is outside is taken as the nearest.
const TIMES: (f64, f64) = (1e-9, 1e12);
const MOST_ARRIVALS: f64 = 1e15;
const MOST_VARIABILITY: f64 = 1e6;

/// A line that has settled: what comes, and what is there to serve it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Customers an hour, 0 or more. They come at random: a Poisson process.
    pub arrivals: f64,
    /// People who serve, 0 or more. Between whole numbers a line is a mixture of the two beside it: one more is there for a
    /// part of the time, each time long enough to settle. Where nobody serves, all give up.
    pub staff: f64,
    /// The mean time that serving one takes, in minutes, above 0.
    pub handle: f64,
    /// The mean time after which a customer gives up waiting, in minutes, above 0. Each has an own one, exponential.
    pub patience: f64,
    /// The squared coefficient of variation of the time that serving takes, 0 or more; 1 is exponential.
    pub variability: f64,
}

/// What customers of a line meet, in the mean. Times are in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// The chance to have to wait at all.
    pub waits: f64,
    /// The chance to give up.
    pub gives_up: f64,
    /// The mean time in line of all customers, also of those who do not wait.
    pub wait: f64,
    /// The mean time in line of those who are served; 0 where nobody is.
    pub wait_served: f64,
    /// The mean time in line of those who give up; 0 where nobody does.
    pub wait_given_up: f64,
}

impl Means {
    /// Parts as means, given the mean patience in minutes.
    pub(super) fn of(parts: &Parts, patience: f64) -> Self {
        let served = (1.0 - parts.gives_up).max(0.0);
        let share = |time: f64, of: f64| if of > 0.0 { patience * time / of } else { 0.0 };
        Self {
            waits: parts.waits.min(1.0),
            gives_up: parts.gives_up.min(1.0),
            wait: patience * parts.gives_up,
            wait_served: share((parts.gives_up - parts.given_up_wait).max(0.0), served),
            wait_given_up: share(parts.given_up_wait, parts.gives_up),
        }
    }
}

/// The numbers of people between which a line is a mixture, with their shares: none where nobody serves.
pub(super) type Teams = [(u32, f64); 2];

impl Line {
    /// The line without its people.
    pub(super) fn pace(&self) -> Pace {
        let (handle, arrivals) = (time(self.handle), within(self.arrivals, (0.0, MOST_ARRIVALS)) / 60.0);
        Pace {
            load: arrivals * handle,
            arrivals: arrivals * self.mean_patience(),
            served: self.mean_patience() / handle,
            spread: 0.5 * (1.0 + within(self.variability, (0.0, MOST_VARIABILITY))),
        }
    }

    /// The mean patience that is counted with, in minutes.
    pub(super) fn mean_patience(&self) -> f64 {
        time(self.patience)
    }

    /// The whole numbers of people beside the line's own, with their shares of the time; the second may have none.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
    pub(super) fn teams(&self) -> Teams {
        let staff = within(self.staff, (0.0, MOST_STAFF));
        let fewer = libm::floor(staff);
        let share = staff - fewer;
        [(fewer as u32, 1.0 - share), (fewer as u32 + 1, share)]
    }

    /// What customers meet.
    pub fn means(&self) -> Means {
        self.means_with(&self.parts())
    }

    /// The law of the offered wait. Between whole numbers of people its tail is mixed as the means are.
    pub fn law(&self) -> Law {
        self.law_with(&self.parts())
    }

    /// What customers meet, and the law of the offered wait, in less time than one after the other.
    pub fn solve(&self) -> (Means, Law) {
        let parts = self.parts();
        (self.means_with(&parts), self.law_with(&parts))
    }

    /// The lines with whole numbers of people, with their shares of the time.
    fn parts(&self) -> [Part; 2] {
        let pace = self.pace();
        self.teams().map(|(people, share)| match people {
            _ if share == 0.0 => Part::None,
            0 => Part::Nobody(share),
            _ => Part::Some(share, Whole::new(&pace, people)),
        })
    }

    fn means_with(&self, parts: &[Part; 2]) -> Means {
        let sum = parts.iter().fold(Parts::default(), |sum, part| match part {
            Part::None => sum,
            Part::Nobody(share) => sum.and(Parts::NOBODY_SERVES, *share),
            Part::Some(share, whole) => sum.and(whole.parts(), *share),
        });
        Means::of(&sum, self.mean_patience())
    }

    fn law_with(&self, parts: &[Part; 2]) -> Law {
        let shares = parts.each_ref().map(|part| match part {
            Part::None => Share::None,
            Part::Nobody(share) => Share::Endless(*share),
            Part::Some(share, whole) => Share::Waits(share * whole.waits, whole.wait),
        });
        Law::new(shares, self.mean_patience())
    }

    /// The chance to give up: that of [`Line::means`], in less time.
    pub fn gives_up(&self) -> f64 {
        let pace = self.pace();
        let of = |people| match people {
            0 => 1.0,
            _ => {
                let whole = Whole::new(&pace, people);
                whole.waits * whole.gives_up
            }
        };
        let there = self.teams().into_iter().filter(|(_, share)| *share > 0.0);
        there.map(|(people, share)| share * of(people)).sum::<f64>().min(1.0)
    }

    /// The share of time at work of those who serve, from 0 to 1, where so many give up; 0 where nobody serves.
    pub fn utilisation(&self, gives_up: f64) -> f64 {
        let staff = within(self.staff, (0.0, MOST_STAFF));
        if staff > 0.0 { (self.pace().load * (1.0 - gives_up) / staff).min(1.0) } else { 0.0 }
    }

    /// The share of all customers who are served after at most so many minutes in line.
    pub fn served_within(&self, minutes: f64) -> f64 {
        let (pace, time) = (self.pace(), minutes / self.mean_patience());
        let of = |people| if people == 0 { 0.0 } else { Whole::new(&pace, people).served_within(time) };
        let there = self.teams().into_iter().filter(|(_, share)| *share > 0.0);
        there.map(|(people, share)| share * of(people)).sum()
    }
}

/// A line for a share of the time, by who serves.
enum Part {
    /// No time at all.
    None,
    /// Nobody.
    Nobody(f64),
    /// A whole number of people.
    Some(f64, Whole),
}

/// A time that is counted with.
fn time(minutes: f64) -> f64 {
    within(minutes, TIMES)
}

/// The nearest number from `low` to `high`; the low one of what is no number.
pub(super) fn within(x: f64, (low, high): (f64, f64)) -> f64 {
    if x > low { if x < high { x } else { high } } else { low }
}
