//! Acquisition cohorts: how long customers who came together stay, and what they are worth.

use crate::model::Model;
use crate::stats::order::Bounded;
use crate::stats::ratio::Ratio;

use super::business::{CohortResult, CohortsOfScenario};
use super::cohort_flow::CohortFlow;
use super::pricer::PricedScenario;
use super::tail::Tails;

/// The cohorts of all scenarios, summed over replications.
pub struct Cohorts {
    /// By scenario, then by entry.
    sums: Vec<Vec<Sum>>,
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
        Self { sums: vec![vec![Sum { flow, value: Ratio::default() }; entries]; model.scenarios.len()] }
    }

    /// Takes in a replication.
    pub fn take(&mut self, priced: &[PricedScenario]) {
        for (sums, its) in self.sums.iter_mut().zip(priced) {
            for (sum, flow) in sums.iter_mut().zip(&its.cohorts) {
                sum.flow.add(flow);
                sum.value.push(flow.worth, flow.came);
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
