//! A touch plan says which touchpoints have to be followed together with satisfaction or with where they take people, and of
//! which it has to be known how often they happened, for those that come after them.

use crate::model::Model;
use crate::model::journey::{Driver, State};
use crate::model::touchpoint::{Cause, MOST_OCCURRENCES, Touchpoint};

use super::quadrature::Nodes;

/// Which touchpoints of a model are followed how.
pub struct TouchPlan {
    /// By touchpoint.
    pub points: Vec<Planned>,
    /// How many numbers are known at some time of how often something happened.
    pub numbers: usize,
    /// The place of the number of purchases among them, where that has to be known.
    pub purchases: Option<usize>,
    /// The touchpoints of which it matters whose turn it is.
    pub turns: Vec<usize>,
    /// Whether any happens after the move.
    pub is_late: bool,
    /// Whether who comes to a stage is told apart from who was there.
    pub separates: bool,
}

/// How a touchpoint is followed.
#[derive(Clone, Default)]
pub struct Planned {
    /// Whether it comes after purchases and moves.
    pub is_late: bool,
    /// Whether it, or what follows it, depends on satisfaction, moves it, or takes people elsewhere. What does not is counted.
    pub is_joint: bool,
    /// The place of the number of its occurrences, where that has to be known.
    pub whole: Option<usize>,
    /// By end, the place of the number of those that end so.
    pub ends: Vec<Option<usize>>,
    /// The places of numbers that nothing reads after it.
    pub last_of: Vec<usize>,
    /// How often it happens in a period at most.
    most: u32,
}

impl TouchPlan {
    /// The plan of a model, where satisfaction is followed or not.
    pub fn of(model: &Model, follows: bool) -> Self {
        let mut points: Vec<Planned> = Vec::new();
        for its in &model.touchpoints {
            let (is_late, most) = match its.cause() {
                Cause::After { of, .. } => (points[of.index()].is_late, points[of.index()].most),
                cause => (matches!(cause, Cause::Purchase | Cause::Entry), most(its)),
            };
            points.push(Planned { is_late, most, ends: vec![None; its.ends.len()], ..Planned::default() });
        }
        let is_late = points.iter().any(|its| its.is_late);
        let separates = model.touchpoints.iter().any(|its| its.cause() == Cause::Entry);
        let mut plan = Self { points, numbers: 0, purchases: None, turns: Vec::new(), is_late, separates };
        for (place, its) in model.touchpoints.iter().enumerate().rev() {
            // What follows it was looked at before.
            if acts(its, follows) {
                plan.points[place].is_joint = true;
            }
            if let (true, Cause::After { of, .. }) = (plan.points[place].is_joint, its.cause()) {
                plan.points[of.index()].is_joint = true;
            }
        }
        for (place, its) in model.touchpoints.iter().enumerate() {
            if plan.points[place].is_joint {
                plan.know(its.cause());
                if rounds(its).next().is_some() {
                    plan.turns.push(place);
                }
            }
        }
        plan.forget(model);
        plan
    }

    /// Notes what has to be known before a touchpoint.
    fn know(&mut self, cause: Cause) {
        let slot = match cause {
            Cause::After { of, end: None } => &mut self.points[of.index()].whole,
            Cause::After { of, end: Some(end) } => &mut self.points[of.index()].ends[end],
            Cause::Purchase => &mut self.purchases,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(self.numbers);
            self.numbers += 1;
        }
    }

    /// Notes after which touchpoint each number is read no more.
    fn forget(&mut self, model: &Model) {
        let mut last = vec![0; self.numbers];
        for (place, its) in model.touchpoints.iter().enumerate().filter(|(place, _)| self.points[*place].is_joint) {
            if let Some(number) = self.read_by(its.cause()) {
                last[number] = place;
            }
        }
        for (number, place) in last.into_iter().enumerate() {
            self.points[place].last_of.push(number);
        }
    }

    /// The place of the number that something with this cause reads.
    pub fn read_by(&self, cause: Cause) -> Option<usize> {
        match cause {
            Cause::After { of, end: None } => self.points[of.index()].whole,
            Cause::After { of, end: Some(end) } => self.points[of.index()].ends[end],
            Cause::Purchase => self.purchases,
            _ => None,
        }
    }

    /// The combinations of numbers, and of where people are taken, that are known at a time at most; with the touchpoint that
    /// comes then.
    pub fn most_combinations(&self, model: &Model) -> (usize, usize) {
        let mut worst = (1, 0);
        for late in [false, true] {
            let mut places: Vec<_> = model
                .touchpoints
                .iter()
                .flat_map(|its| &its.ends)
                .flat_map(|end| &end.ways)
                .map(|way| way.to)
                .collect();
            places.sort_unstable();
            places.dedup();
            // Each group of numbers of one touchpoint: those that are still read, and how many combinations they have.
            let mut known: Vec<(Vec<usize>, u32)> =
                self.purchases.filter(|_| late).map(|number| (vec![number], MOST_OCCURRENCES)).into_iter().collect();
            for (place, planned) in self.points.iter().enumerate().filter(|(_, its)| its.is_late == late) {
                let own: Vec<usize> = planned.whole.into_iter().chain(planned.ends.iter().copied().flatten()).collect();
                known.push((own, planned.most));
                for (numbers, _) in &mut known {
                    numbers.retain(|number| !planned.last_of.contains(number));
                }
                let sent = if late { 1 } else { places.len() + 1 };
                let all =
                    known.iter().fold(sent, |all, (numbers, most)| all.saturating_mul(ways(numbers.len(), *most)));
                if all > worst.0 {
                    worst = (all, place);
                }
            }
        }
        worst
    }
}

/// In how many ways some numbers can sum up to so many at most.
fn ways(numbers: usize, most: u32) -> usize {
    (1..=numbers).fold(1_usize, |ways, k| ways.saturating_mul(most as usize + k) / k)
}

/// How often a touchpoint that follows no other happens in a period at most.
fn most(its: &Touchpoint) -> u32 {
    let often = |cause: Cause| if matches!(cause, Cause::Rate | Cause::Purchase) { MOST_OCCURRENCES } else { 1 };
    its.rows.iter().map(|row| often(row.cause)).max().unwrap_or(1)
}

/// Whether a touchpoint takes people elsewhere or, where satisfaction is followed, moves it or is driven by it.
fn acts(its: &Touchpoint, follows: bool) -> bool {
    its.moves() || (follows && (feels(its) || reads_satisfaction(its)))
}

/// Whether a touchpoint is felt.
pub fn feels(its: &Touchpoint) -> bool {
    its.ends.iter().any(|end| end.quality.is_some())
}

fn reads_satisfaction(its: &Touchpoint) -> bool {
    its.all_drivers().any(|driver: &Driver| driver.on == State::Satisfaction)
}

/// After how many periods it is a customer's turn again, row by row.
fn rounds(its: &Touchpoint) -> impl Iterator<Item = u32> {
    its.rows.iter().filter_map(|row| if let Cause::Every(every) = row.cause { Some(every) } else { None })
}

/// Where in turn customers are, as a share of the whole round, and how many of them are there. Between two neighbours all have
/// their turn in the same periods.
pub fn turns(its: &Touchpoint) -> Nodes {
    let turn = |every: u32| (1..=every).map(move |turn| f64::from(turn) / f64::from(every));
    let mut ends: Vec<f64> = rounds(its).flat_map(turn).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let begins = std::iter::once(0.0).chain(ends.clone());
    begins.zip(ends.clone()).map(|(begin, end)| (f64::midpoint(begin, end), end - begin)).collect()
}

/// How many places in turn there are; the largest number there is where they are too many to be listed.
pub fn count_of_turns(its: &Touchpoint) -> usize {
    const MOST: u64 = 100_000;
    let all: u64 = rounds(its).map(u64::from).sum();
    if all > MOST { usize::MAX } else { turns(its).len() }
}
