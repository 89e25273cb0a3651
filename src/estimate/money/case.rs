//! The business case: a scenario's money against the baseline's, replication by replication.

use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::UNITS_PER_ONE;
use crate::stats::cash::{Calendar, Irr, cumulative, payback, peak_funding};
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;
use crate::stats::order::{Bounded, percentile};
use crate::stats::ratio::Ratio;
use crate::stats::risk::{sorted, value_at_risk};
use crate::stats::share::Shares;
use crate::stats::shortfall::shortfall_bounded;

use super::business::{BookLine, BusinessCase, LineGroup, Payback, Spread};
use super::lines::Lines;
use super::posted::Posted;
use super::when::percentiles;
use crate::estimate::summary::Estimator;

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
        let times = model.run.horizon as usize + 1;
        let mut shares = Shares::new(case.flows.len() as u64, level);
        let worth = case.worth();
        let ordered = sorted(&worth);
        let rate = case.internal_rate(model);
        let discounted = case.discounted.iter().map(|sums| flow_of(sums));
        let found = BusinessCase {
            scenario: model.scenarios[scenario].name.clone(),
            baseline: model.scenarios[model.baseline.index()].name.clone(),
            npv: npv.0,
            estimator: npv.1,
            paired: estimate(worth.iter().copied(), level),
            // Worth is computed from whole units, so that what differs in nothing differs by 0 exactly.
            probability_positive: shares.of(worth.iter().filter(|worth| **worth > 0.0).count() as u64),
            irr: rate.0,
            irr_low: rate.1[0],
            irr_high: rate.1[1],
            payback: paid_back(times, case.flows.iter().map(|flow| payback(flow)).collect(), &mut shares, level),
            discounted_payback: paid_back(times, discounted.map(|flow| payback(&flow)).collect(), &mut shares, level),
            peak_funding: funding(&case.flows, level),
            return_on_investment: case.returned(&worth).bounded(level),
            tail: TAIL,
            value_at_risk: value_at_risk(&ordered, TAIL, level),
            expected_shortfall: shortfall_bounded(&ordered, TAIL, level),
            cumulative_discounted: (0..times).map(|t| spread(&case.discounted, t, level)).collect(),
            by_line: lines.all.iter().cloned().zip(case.by_line.iter().map(Moments::mean)).collect(),
        };
        if npv.0.ends().is_some() { found } else { found.without_intervals_of_means() }
    }
}

impl BusinessCase {
    /// The same where something that decides comes too seldom for any mean over replications to have an interval.
    fn without_intervals_of_means(self) -> Self {
        let unknown = |its: Spread| Spread { mean: Estimate::unknown(its.mean.mean), ..its };
        Self {
            paired: Estimate::unknown(self.paired.mean),
            irr_low: None,
            irr_high: None,
            peak_funding: Estimate::unknown(self.peak_funding.mean),
            return_on_investment: self.return_on_investment.map(Bounded::open),
            cumulative_discounted: self.cumulative_discounted.into_iter().map(unknown).collect(),
            ..self
        }
    }
}

impl Case {
    /// The difference in NPV of every replication.
    fn worth(&self) -> Vec<f64> {
        self.discounted.iter().filter_map(|sums| sums.last().copied()).collect()
    }

    /// The internal rate of return of the mean flow, and the ends of its interval.
    fn internal_rate(&self, model: &Model) -> (Irr, [Option<f64>; 2]) {
        let (times, count) = (model.run.horizon as usize + 1, self.flows.len() as f64);
        let mean: Vec<f64> = (0..times).map(|t| self.flows.iter().map(|flow| flow[t]).sum::<f64>() / count).collect();
        let run = &model.run;
        let calendar = Calendar { years_per_period: run.period.years(), valued_before_end: run.valued_before_end() };
        let irr = calendar.internal_rate(&mean);
        let ends = calendar.internal_rate_bounds(&self.flows, &irr, run.interval);
        (irr, ends)
    }

    /// The difference in NPV over that in initiative cost.
    fn returned(&self, worth: &[f64]) -> Ratio {
        let mut returned = Ratio::default();
        worth.iter().zip(&self.invested).for_each(|(worth, invested)| returned.push(*worth, *invested));
        returned
    }
}

fn estimate(values: impl Iterator<Item = f64>, level: f64) -> Estimate {
    Estimate::of(&values.collect(), level)
}

/// The mean of the peak fundings of all replications. No money out is the least.
fn funding(flows: &[Vec<f64>], level: f64) -> Estimate {
    let found = estimate(flows.iter().map(|flow| peak_funding(flow)), level);
    Estimate { low: found.low.max(0.0), ..found }
}

/// The flow of which these are the sums up to each time.
fn flow_of(sums: &[f64]) -> Vec<f64> {
    (0..sums.len()).map(|t| sums[t] - if t > 0 { sums[t - 1] } else { 0.0 }).collect()
}

/// How cumulative sums are spread over replications at a time.
fn spread(sums: &[Vec<f64>], t: usize, level: f64) -> Spread {
    let values: Vec<f64> = sums.iter().map(|sums| sums[t]).collect();
    let ordered = sorted(&values);
    let [p5, median, p95] = [0.05, 0.5, 0.95].map(|p| percentile(&ordered, p, level));
    Spread { mean: estimate(values.into_iter(), level), p5, median, p95 }
}

/// When replications have paid back, as a distribution.
fn paid_back(times: usize, periods: Vec<Option<usize>>, shares: &mut Shares, level: f64) -> Payback {
    let by = |t: usize| periods.iter().filter(|period| period.is_some_and(|period| period <= t)).count() as u64;
    let by_time = shares.each((0..times).map(by));
    Payback { within_horizon: by_time.last().copied(), by_time, periods: percentiles(periods, level) }
}
