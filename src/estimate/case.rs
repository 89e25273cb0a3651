//! The business case: a scenario's money against the baseline's, replication by replication.

use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::UNITS_PER_ONE;
use crate::stats::cash::{Calendar, cumulative, payback, peak_funding};
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;
use crate::stats::risk::{expected_shortfall, quantile, value_at_risk};

use super::business::{BookLine, BusinessCase, LineGroup, Payback};
use super::lines::Lines;
use super::posted::Posted;
use super::summary::Estimator;

/// The share of replications that value at risk and expected shortfall speak of.
const TAIL: f64 = 0.05;

/// Everything that business cases are made of, by replication.
pub struct Cases {
    /// By scenario.
    scenarios: Vec<Case>,
}

#[derive(Clone, Default)]
struct Case {
    /// By replication: the difference in cash flow by time.
    flows: Vec<Vec<f64>>,
    /// The same, discounted and summed up to each time.
    discounted: Vec<Vec<f64>>,
    /// The difference in discounted initiative cost.
    invested: Vec<f64>,
    /// The mean discounted difference by line.
    by_line: Vec<Moments>,
}

/// Money by line and time, in the currency unit, costs negative.
fn money(posted: &Posted, lines: &Lines, times: usize) -> Vec<Vec<f64>> {
    let line = |(line, its): (usize, &BookLine)| {
        (0..times).map(|t| (posted.total(line, t) * its.group.sign()) as f64 / UNITS_PER_ONE).collect()
    };
    lines.all.iter().enumerate().map(line).collect()
}

impl Cases {
    /// Before any replication.
    pub fn new(scenarios: usize, lines: usize) -> Self {
        let case = Case { by_line: vec![Moments::default(); lines], ..Case::default() };
        Self { scenarios: vec![case; scenarios] }
    }

    /// Takes in the books of a replication, by scenario.
    pub fn take(&mut self, model: &Model, lines: &Lines, drawn: &Draw, books: &[&Posted]) {
        let times = model.run.horizon as usize + 1;
        let rate = drawn[model.run.discount_rate];
        let factors: Vec<f64> = (0..=model.run.horizon).map(|t| model.run.factor(rate, t)).collect();
        let all: Vec<Vec<Vec<f64>>> = books.iter().map(|posted| money(posted, lines, times)).collect();
        let base = &all[model.baseline.index()];
        for (case, its) in self.scenarios.iter_mut().zip(&all) {
            let mut flow = vec![0.0; times];
            let mut invested = 0.0;
            for (((its, base), line), moments) in its.iter().zip(base).zip(&lines.all).zip(&mut case.by_line) {
                let mut worth = 0.0;
                for t in 0..times {
                    let difference = its[t] - base[t];
                    flow[t] += difference;
                    worth += difference * factors[t];
                }
                moments.push(worth);
                if matches!(line.group, LineGroup::InitiativeOnce | LineGroup::InitiativeRunning) {
                    invested -= worth;
                }
            }
            let discounted: Vec<f64> = flow.iter().zip(&factors).map(|(flow, factor)| flow * factor).collect();
            case.discounted.push(cumulative(&discounted));
            case.flows.push(flow);
            case.invested.push(invested);
        }
    }

    /// A scenario's case; `npv` is the difference in NPV as contrasts have it, and how they estimated it.
    pub fn found(&self, model: &Model, lines: &Lines, scenario: usize, npv: (Estimate, Estimator)) -> BusinessCase {
        let case = &self.scenarios[scenario];
        let level = model.run.interval;
        let count = case.flows.len() as f64;
        let times = model.run.horizon as usize + 1;
        let mean_flow: Vec<f64> =
            (0..times).map(|t| case.flows.iter().map(|flow| flow[t]).sum::<f64>() / count).collect();
        let calendar =
            Calendar { years_per_period: model.run.period.years(), valued_before_end: model.run.valued_before_end() };
        let estimate = |values: Vec<f64>| Estimate::of(&values.into_iter().collect(), level);
        let worth: Vec<f64> = case.discounted.iter().filter_map(|sums| sums.last().copied()).collect();
        let invests = case.invested.iter().all(|invested| *invested > 0.0);
        let returns = || worth.iter().zip(&case.invested).map(|(worth, invested)| worth / invested).collect();
        let discounted_flow = |sums: &Vec<f64>| -> Vec<f64> {
            (0..sums.len()).map(|t| sums[t] - if t > 0 { sums[t - 1] } else { 0.0 }).collect()
        };
        BusinessCase {
            scenario: model.scenarios[scenario].name.clone(),
            baseline: model.scenarios[model.baseline.index()].name.clone(),
            npv: npv.0,
            estimator: npv.1,
            paired: estimate(worth.clone()),
            // Worth is reckoned from whole units, so that what differs in nothing differs by 0 exactly.
            probability_positive: worth.iter().filter(|worth| **worth > 0.0).count() as f64 / count,
            irr: calendar.internal_rate(&mean_flow),
            payback: paid_back(times, case.flows.iter().map(|flow| payback(flow))),
            discounted_payback: paid_back(times, case.discounted.iter().map(|sums| payback(&discounted_flow(sums)))),
            peak_funding: estimate(case.flows.iter().map(|flow| peak_funding(flow)).collect()),
            return_on_investment: (invests && !worth.is_empty()).then(|| estimate(returns())),
            tail: TAIL,
            value_at_risk: value_at_risk(&worth, TAIL).unwrap_or(0.0),
            expected_shortfall: expected_shortfall(&worth, TAIL).unwrap_or(0.0),
            cumulative_discounted: (0..times).map(|t| fan(&case.discounted, t)).collect(),
            by_line: lines.all.iter().cloned().zip(case.by_line.iter().map(Moments::mean)).collect(),
        }
    }
}

/// The 5th percentile, median, mean and 95th percentile of cumulative sums at a time.
fn fan(sums: &[Vec<f64>], t: usize) -> [f64; 4] {
    let values: Vec<f64> = sums.iter().map(|sums| sums[t]).collect();
    let at = |p: f64| quantile(&values, p).unwrap_or(0.0);
    [at(0.05), at(0.5), values.iter().sum::<f64>() / values.len().max(1) as f64, at(0.95)]
}

/// When replications have paid back, as a distribution.
fn paid_back(times: usize, periods: impl Iterator<Item = Option<usize>>) -> Payback {
    let mut periods: Vec<Option<usize>> = periods.collect();
    let count = periods.len().max(1) as f64;
    let by = |t: usize| periods.iter().filter(|period| period.is_some_and(|period| period <= t)).count() as f64 / count;
    let by_time: Vec<f64> = (0..times).map(by).collect();
    // Those that never pay back come last.
    periods.sort_by_key(|period| period.unwrap_or(usize::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
    let at = |p: f64| {
        let place = (libm::ceil(p * periods.len() as f64) as usize).clamp(1, periods.len().max(1)) - 1;
        periods.get(place).copied().flatten().map(|period| period as f64)
    };
    Payback { within_horizon: by_time.last().copied().unwrap_or(0.0), periods: [at(0.05), at(0.5), at(0.95)], by_time }
}
