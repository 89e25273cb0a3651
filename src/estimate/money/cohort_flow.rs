//! Customers of one entry in one replication: how many stay, and what they bring.

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::{ACQUIRED, FRESH, RETURNS, WAITING};
use crate::model::draw::Draw;
use crate::quantity::UNITS_PER_ONE;
use serde::{Deserialize, Serialize};

use super::business::LineGroup;
use super::lines::Lines;
use super::posted::Posted;
use crate::estimate::counted::retained_and_lost;

/// The customers of one entry over time, all segments together.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CohortFlow {
    /// How many real customers came.
    pub came: f64,
    /// Those in retained stages at each time.
    pub retained: Vec<f64>,
    /// Those ever retained up to each time.
    pub acquired: Vec<f64>,
    /// Those who came in a stage that is not retained; 0 where nobody converts.
    pub fresh: f64,
    /// Those not retained up to each time; 0 where nobody converts.
    pub waiting: Vec<f64>,
    /// By periods since they were won, from 0 on: how many more of them came to retained stages than left them, at the time of
    /// entry plus these; 0 where nobody converts.
    pub returns: Vec<f64>,
    /// Money in less variable, service and acquisition cost, discounted to the time of entry.
    pub worth: f64,
}

impl CohortFlow {
    /// Nobody, at so many times.
    pub fn empty(times: usize) -> Self {
        Self {
            came: 0.0,
            retained: vec![0.0; times],
            acquired: vec![0.0; times],
            fresh: 0.0,
            waiting: vec![0.0; times],
            returns: vec![0.0; times],
            worth: 0.0,
        }
    }

    /// Adds other customers.
    pub fn add(&mut self, other: &Self) {
        self.came += other.came;
        self.fresh += other.fresh;
        self.worth += other.worth;
        self.retained.iter_mut().zip(&other.retained).for_each(|(into, from)| *into += from);
        self.returns.iter_mut().zip(&other.returns).for_each(|(into, from)| *into += from);
        self.waiting.iter_mut().zip(&other.waiting).for_each(|(into, from)| *into += from);
        self.acquired.iter_mut().zip(&other.acquired).for_each(|(into, from)| *into += from);
    }

    /// The share of those who came in a stage that is not retained who have been in a retained one since, by periods since
    /// entry; empty where there are none.
    pub fn conversion(&self, entry: usize) -> Vec<f64> {
        if self.fresh <= 0.0 {
            return Vec::new();
        }
        let share = |waiting: &f64| ((self.fresh - waiting) / self.fresh).clamp(0.0, 1.0);
        self.waiting[entry..].iter().map(share).collect()
    }

    /// The share of those who converted who are in a retained stage so many periods after; as long as anybody was seen for.
    ///
    /// The mean cumulative function (Nelson 1988, Journal of Quality Technology 20(1); Lawless & Nadeau 1995, Technometrics
    /// 37(2)) of coming to retained stages less leaving them: at each number of periods, of those who were seen for as long.
    pub fn retention_from_conversion(&self, entry: usize) -> Vec<f64> {
        let mut retained = 0.0;
        let mut shares = Vec::new();
        for (net, waiting) in self.returns[entry..].iter().zip(self.waiting[entry..].iter().rev()) {
            let seen = self.fresh - waiting;
            if seen <= 1e-9 * self.fresh {
                break;
            }
            retained += net / seen;
            shares.push(retained.clamp(0.0, 1.0));
        }
        shares
    }

    /// Takes in the customers of one segment, of whom so many came in period `entry`.
    pub fn take(&mut self, model: &Model, (entry, came): (usize, f64), flows: &Counts<f64>) {
        self.came += came;
        self.fresh += flows.cells(FRESH, entry).iter().sum::<f64>();
        for t in entry..flows.times() {
            self.retained[t] += retained_and_lost(model, flows, t).0;
            self.acquired[t] += flows.cells(ACQUIRED, t)[0];
            self.waiting[t] += flows.cells(WAITING, t).iter().sum::<f64>();
            self.returns[t] += flows.cells(RETURNS, t).iter().sum::<f64>();
        }
    }
}

/// What the customers of each entry bring by the books, discounted to their time of entry.
pub fn worth_by_entry(model: &Model, lines: &Lines, drawn: &Draw, posted: &Posted) -> Vec<f64> {
    let (rate, entries) = (drawn[model.run.discount_rate], model.entries());
    let at_entry: Vec<f64> = (0..entries).map(|entry| model.run.factor_at_entry(rate, entry)).collect();
    let own: Vec<(usize, i128)> = lines
        .all
        .iter()
        .enumerate()
        .filter(|(_, its)| of_customers(its.group))
        .map(|(at, its)| (at, its.group.sign()))
        .collect();
    let mut worth = vec![0.0; entries];
    let mut units = vec![0_i128; entries];
    for (t, factor) in model.run.factors(rate).into_iter().enumerate() {
        units.fill(0);
        for (line, sign) in &own {
            for segment in posted.row(*line, t).chunks_exact(entries) {
                units.iter_mut().zip(segment).for_each(|(sum, units)| *sum += sign * units);
            }
        }
        // Whoever comes in a period is paid for at its beginning.
        for (entry, worth) in worth.iter_mut().enumerate().take(t + 2) {
            *worth += units[entry] as f64 / UNITS_PER_ONE * factor / at_entry[entry];
        }
    }
    worth
}

/// Whether a line is customers' own: initiatives are the company's.
pub fn of_customers(group: LineGroup) -> bool {
    !matches!(group, LineGroup::InitiativeOnce | LineGroup::InitiativeRunning)
}
