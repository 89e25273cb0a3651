//! Acquisition cohorts: how long customers who came together stay, and what they are worth.

use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::UNITS_PER_ONE;
use crate::stats::order::Bounded;
use crate::stats::ratio::Ratio;

use super::business::{CohortResult, CohortsOfScenario, LineGroup};
use super::lines::Lines;
use super::pricer::{CohortFlow, PricedScenario};
use super::tail::Tails;

/// The cohorts of all scenarios, summed over replications.
pub struct Cohorts {
    /// By scenario, then by entry.
    sums: Vec<Vec<Sum>>,
    entries: usize,
}

#[derive(Clone)]
struct Sum {
    flow: CohortFlow,
    /// Discounted to the time of entry: money in less variable, service and acquisition cost, over those who came.
    value: Ratio,
}

impl Cohorts {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let times = model.run.horizon as usize + 1;
        let entries = model.entries();
        let flow = CohortFlow::empty(times);
        Self { sums: vec![vec![Sum { flow, value: Ratio::default() }; entries]; model.scenarios.len()], entries }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, lines: &Lines, drawn: &Draw, priced: &[PricedScenario]) {
        let rate = drawn[model.run.discount_rate];
        let factors: Vec<f64> = (0..=model.run.horizon).map(|t| model.run.factor(rate, t)).collect();
        for (sums, its) in self.sums.iter_mut().zip(priced) {
            for (entry, (sum, flow)) in sums.iter_mut().zip(&its.cohorts).enumerate() {
                sum.flow.add(flow);
                let worth = |t: usize| {
                    let owners = (0..model.segments.len()).map(|segment| segment * self.entries + entry);
                    let customers = lines.all.iter().enumerate().filter(|(_, line)| of_customers(line.group));
                    let units: i128 = customers
                        .flat_map(|(line, its)| owners.clone().map(move |owner| (line, owner, its.group.sign())))
                        .map(|(line, owner, sign)| sign * its.posted.units(line, t, owner))
                        .sum();
                    units as f64 / UNITS_PER_ONE * factors[t] / model.run.factor_at_entry(rate, entry)
                };
                sum.value.push((entry.saturating_sub(1)..factors.len()).map(worth).sum::<f64>(), flow.came);
            }
        }
    }

    /// What was found; `tails` is what a customer of each scenario and entry is worth after the horizon. A scenario's intervals
    /// are `known` unless something that decides comes too seldom.
    pub fn found(
        &self,
        model: &Model,
        (count, tails): (u64, Option<&Tails>),
        known: &dyn Fn(usize) -> bool,
    ) -> Vec<CohortsOfScenario> {
        let of = |(scenario, sums): (usize, &Vec<Sum>)| CohortsOfScenario {
            scenario: model.scenarios[scenario].name.clone(),
            cohorts: sums
                .iter()
                .enumerate()
                .filter_map(|(entry, sum)| {
                    let value = sum.value.bounded(model.run.interval)?;
                    let value = if known(scenario) { value } else { value.open() };
                    Some(result((entry, value), sum, count, tails.and_then(|tails| tails[scenario][entry])))
                })
                .collect(),
        };
        self.sums.iter().enumerate().map(of).collect()
    }
}

/// Whether a line is customers' own: initiatives are the company's.
fn of_customers(group: LineGroup) -> bool {
    !matches!(group, LineGroup::InitiativeOnce | LineGroup::InitiativeRunning)
}

fn result((entry, value): (usize, Bounded), sum: &Sum, count: u64, tail: Option<f64>) -> CohortResult {
    let share = |t: usize| {
        let (retained, acquired) = (sum.flow.retained[t], sum.flow.acquired[t]);
        if acquired > 0.0 { retained / acquired } else { 0.0 }
    };
    let captured = tail.and_then(|tail| {
        let whole = value.value + tail;
        (whole > 0.0 && value.value >= 0.0 && tail >= 0.0).then(|| value.value / whole)
    });
    CohortResult {
        entry: u32::try_from(entry).unwrap_or(u32::MAX),
        customers: sum.flow.came / count.max(1) as f64,
        retention: (entry..sum.flow.retained.len()).map(share).collect(),
        lifetime_value: value,
        tail_value: tail,
        captured_share: captured,
    }
}
