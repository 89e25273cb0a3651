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
                    Some(result(model, (entry, value), (sum, count), tails.and_then(|tails| tails[scenario][entry])))
                })
                .collect(),
        };
        self.sums.iter().enumerate().map(of).collect()
    }
}

fn result(
    model: &Model,
    (entry, value): (usize, Bounded),
    (sum, count): (&Sum, u64),
    tail: Option<f64>,
) -> CohortResult {
    let share = |t: usize| {
        let (retained, acquired) = (sum.flow.retained[t], sum.flow.acquired[t]);
        if acquired > 0.0 { retained / acquired } else { 0.0 }
    };
    let captured = tail.and_then(|tail| {
        let whole = value.value + tail;
        (whole > 0.0 && value.value >= 0.0 && tail >= 0.0).then(|| value.value / whole)
    });
    let conversion = sum.flow.conversion(entry);
    CohortResult {
        entry: u32::try_from(entry).unwrap_or(u32::MAX),
        customers: sum.flow.came / count.max(1) as f64,
        retention: (entry..sum.flow.retained.len()).map(share).collect(),
        retention_of_all: sum.flow.retained[entry..].iter().map(|its| its / sum.flow.came).collect(),
        came_to_convert: model.converts().then(|| sum.flow.fresh / count.max(1) as f64),
        retention_from_conversion: sum.flow.retention_from_conversion(entry),
        mean_time_to_convert: mean_time(entry, &conversion),
        median_time_to_convert: median_time(entry, &conversion),
        conversion,
        lifetime_value: value,
        tail_value: tail,
        captured_share: captured,
    }
}

/// How many periods customers of an entry have been there at a place of a list by periods since entry: who comes in a period
/// has been there for one at its end.
fn periods(entry: usize, since: usize) -> usize {
    since + usize::from(entry > 0)
}

/// The mean number of periods that it took those who converted, from the share who have by periods since entry; none where
/// nobody did.
fn mean_time(entry: usize, conversion: &[f64]) -> Option<f64> {
    let all = *conversion.last().filter(|all| **all > 0.0)?;
    let before = std::iter::once(&0.0).chain(conversion);
    let sum: f64 = conversion
        .iter()
        .zip(before)
        .enumerate()
        .map(|(since, (now, before))| (now - before) * periods(entry, since) as f64)
        .sum();
    Some(sum / all)
}

/// The number of periods within which half of those who converted did; none where nobody did.
fn median_time(entry: usize, conversion: &[f64]) -> Option<u32> {
    let half = 0.5 * conversion.last().filter(|all| **all > 0.0)?;
    let since = conversion.iter().position(|now| *now >= half * (1.0 - 1e-12))?;
    u32::try_from(periods(entry, since)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_convert_are_those_of_who_converted() {
        // Of 8 at the start 2 convert in period 1, 1 in period 2, 1 in period 4.
        let conversion = [0.0, 0.25, 0.375, 0.375, 0.5];
        assert_eq!(mean_time(0, &conversion), Some((2.0 + 2.0 + 4.0) / 4.0));
        assert_eq!(median_time(0, &conversion), Some(1));
        // Who came in a period and converted in it took one.
        assert_eq!((mean_time(3, &[0.5, 0.5]), median_time(3, &[0.5, 0.5])), (Some(1.0), Some(1)));
        assert_eq!((mean_time(0, &[0.0, 0.0]), median_time(0, &[])), (None, None));
    }
}
