//! Reports to test with: plausible numbers from a small formula, and the extremes.

#![allow(clippy::missing_panics_doc, reason = "a fixture that panics fails its test")]

// The paths are written out because a test of the whole package compiles this file as well.
#[path = "fixture/bands.rs"]
pub mod bands;
#[path = "fixture/business.rs"]
pub mod business;
#[path = "fixture/rich.rs"]
pub mod rich;
#[path = "fixture/roadmap.rs"]
pub mod roadmap;

use indexmap::IndexMap;

use self::business::Plan;
use super::origin::Origin;
use super::{Assumption, Report, Watched};
use crate::engine::exact::depth::Depth;
use crate::estimate::budget::Budget;
use crate::estimate::kept::{Draws, ReplicatedMetric};
use crate::estimate::money::business::Business;
use crate::estimate::summary::{
    AuditStatus, AuditSummary, Contrast, Difference, Estimator, ScenarioSummary, Series, Summary,
};
use crate::quantity::PeriodUnit;
use crate::stats::estimate::Estimate;
use crate::stats::order::Percentiles;
use crate::stats::share::Share;
use crate::study::remark::Remark;

const NAMES: [(&str, &str); 12] = [
    ("today", "Today"),
    ("know_me", "Know me: one view of the customer"),
    ("reach_me", "Reach me: offers in the app & by post"),
    ("s4", "Fast, free returns"),
    ("s5", "Ytterst långt scenarionamn på svenska om köp i butik och på nätet, med åäö & <b>"),
    ("s6", "Loyalty tiers"),
    ("s7", "Everything at once"),
    ("s8", "Everything, later"),
    ("s9", "Self-service"),
    ("s10", "Fewer stores"),
    ("s11", "Winbackcampaignwithoutanyspaceinitsverylongname"),
    ("s12", "Price match"),
];
const STAGES: [(&str, &str); 15] = [
    ("prospect", "Prospect"),
    ("new", "New customer"),
    ("active", "Active"),
    ("at_risk", "At risk: no purchase for three months"),
    ("churned", "Left"),
    ("f", "Trial"),
    ("g", "Onboarding"),
    ("h", "Habit"),
    ("i", "Advocate"),
    ("j", "Dormant"),
    ("k", "Complaint open"),
    ("l", "Won back"),
    ("m", "Downgraded"),
    ("n", "Upgraded"),
    ("o", "Lost for good"),
];

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// How many scenarios, up to twelve.
    pub scenarios: usize,
    /// How many stages, 5 to 15.
    pub stages: usize,
    /// How many months.
    pub horizon: u64,
    /// How many replications.
    pub replications: u64,
    /// What every amount and count is multiplied by.
    pub factor: f64,
    /// How much better each scenario is than the one before.
    pub gain: f64,
}

/// The recipe of [`report`].
pub const PLAIN: Recipe = Recipe { scenarios: 3, stages: 5, horizon: 36, replications: 200, factor: 1.0, gain: 0.04 };

/// Three scenarios over three years, without anything about the business.
pub fn report() -> Report {
    Report { business: Business::default(), ..PLAIN.report() }
}

/// [`report`], with metrics that are those of its books.
pub fn booked() -> Report {
    let mut report = PLAIN.report();
    let business = &report.business;
    for (scenario, books) in report.summary.scenarios.iter_mut().zip(&business.books.scenarios) {
        let flow = business::cash_flow(&business.books.lines, books);
        let npv = business::CALENDAR.present_value(&flow, business::RATE);
        let made = |mean| PLAIN.estimate(mean, 0.01 * mean);
        scenario.metrics.insert("npv".to_owned(), made(npv));
        scenario.metrics.insert("cash_flow".to_owned(), made(flow.iter().sum()));
        let line = |line: usize| books.totals[line].iter().sum::<i128>() as f64 / 1e4;
        scenario.metrics.insert("margin".to_owned(), made(line(0) + line(1) - line(2)));
    }
    report
}

/// [`report`] of a study that counts customers alone.
pub fn moneyless() -> Report {
    let mut report = report();
    let none = Estimate { standard_error: Some(0.0), ..Estimate::default() };
    let money = |metric: &str| super::is_money(metric);
    for scenario in &mut report.summary.scenarios {
        scenario.metrics.iter_mut().filter(|(metric, _)| money(metric)).for_each(|(_, its)| *its = none);
    }
    for contrast in &mut report.summary.contrasts {
        let its = contrast.metrics.iter_mut().filter(|(metric, _)| money(metric));
        its.for_each(|(_, its)| {
            *its = Difference { estimate: none, better: Some(Share { share: 0.5, low: 0.4, high: 0.6 }) }
        });
    }
    report.series.iter_mut().filter(|of| money(&of.metric)).for_each(|of| of.values.fill(none));
    for samples in report.samples.values_mut() {
        samples.iter_mut().filter(|(metric, _)| money(metric)).for_each(|(_, values)| values.fill(0.0));
    }
    report
}

/// Twelve scenarios and fifteen stages, with hard names.
pub fn wide() -> Report {
    Report { business: Business::default(), ..Recipe { scenarios: 12, stages: 15, gain: 0.012, ..PLAIN }.report() }
}

/// Every report that has nearly nothing, or far too much, in it.
pub fn extremes() -> Vec<(&'static str, Report)> {
    let made = |recipe: Recipe| Report { business: Business::default(), ..recipe.report() };
    let mut empty = made(PLAIN);
    empty.series.clear();
    empty.samples.clear();
    empty.summary.scenarios.iter_mut().for_each(|s| s.metrics.clear());
    empty.summary.contrasts.iter_mut().for_each(|c| c.metrics.clear());
    vec![
        ("one scenario", made(Recipe { scenarios: 1, ..PLAIN })),
        ("one period", made(Recipe { horizon: 1, ..PLAIN })),
        ("one replication", made(Recipe { replications: 1, ..PLAIN })),
        ("two replications", made(Recipe { replications: 2, ..PLAIN })),
        ("all zero", made(Recipe { factor: 0.0, ..PLAIN })),
        ("negative", made(Recipe { factor: -1.0, ..PLAIN })),
        ("tiny", made(Recipe { factor: 1e-12, ..PLAIN })),
        ("huge", made(Recipe { factor: 1e12, ..PLAIN })),
        ("losing", made(Recipe { gain: -0.05, ..PLAIN })),
        ("long", made(Recipe { horizon: 3650, ..PLAIN })),
        ("wide", wide()),
        ("nothing", empty),
    ]
}

/// A number between -1 and 1 that looks random.
fn noise(a: usize, b: usize) -> f64 {
    let mut x = (a as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64 + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    (x >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

impl Recipe {
    fn estimate(self, mean: f64, error: f64) -> Estimate {
        if self.replications < 2 {
            return Estimate { mean, standard_error: None, low: mean, high: mean };
        }
        let error = error.abs();
        Estimate { mean, standard_error: Some(error), low: mean - 2.0 * error, high: mean + 2.0 * error }
    }

    /// The share retained at a time.
    fn retained(self, scenario: usize, time: usize) -> f64 {
        let pull = 0.035 * (1.0 - self.gain * scenario as f64 * (time as f64 / 18.0).min(2.0));
        (libm::exp(-pull * time as f64) * (1.0 + 0.002 * noise(scenario, time))).min(1.0)
    }

    fn values(self, metric: &str, scenario: usize) -> Vec<Estimate> {
        let mut sum = -6e4 * scenario as f64;
        let times = usize::try_from(self.horizon).unwrap() + 1;
        (0..times)
            .map(|time| {
                let kept = self.retained(scenario, time);
                let flow = if time == 0 { 0.0 } else { 1e6 * kept * (1.0 + 0.15 * libm::sin(time as f64 / 1.9)) };
                sum += 0.3 * flow;
                match metric {
                    "retention" if self.factor == 0.0 => self.estimate(0.0, 0.0),
                    "retention" => self.estimate(kept, 0.0006 * time.min(36) as f64),
                    "revenue" => self.estimate(self.factor * flow, self.factor * 0.02 * flow),
                    "cumulative_cash_flow" => {
                        self.estimate(self.factor * sum, self.factor * 9e3 * libm::sqrt(time as f64))
                    }
                    _ => self.estimate(self.factor * 20_000.0 * kept, self.factor * 150.0),
                }
            })
            .collect()
    }

    fn stage_values(self, place: usize, scenario: usize) -> Vec<Estimate> {
        let times = usize::try_from(self.horizon).unwrap() + 1;
        (0..times)
            .map(|time| {
                let kept = self.retained(scenario, time);
                let share = if place == 4 { 1.0 - kept } else { kept / (self.stages - 1) as f64 };
                self.estimate(self.factor * 20_000.0 * share.max(0.0), self.factor * 90.0)
            })
            .collect()
    }

    fn scenario(self, place: usize) -> ScenarioSummary {
        let (name, title) = NAMES[place];
        let last = usize::try_from(self.horizon).unwrap();
        let at_end = |metric: &str| self.values(metric, place)[last];
        let cash = at_end("cumulative_cash_flow").mean;
        let money = |mean: f64| self.estimate(mean, mean.abs() * 0.01);
        let total: f64 = self.values("revenue", place).iter().map(|e| e.mean).sum();
        let metrics = IndexMap::from([
            ("retention".to_owned(), at_end("retention")),
            ("active_customers".to_owned(), at_end("active_customers")),
            ("revenue".to_owned(), money(total)),
            ("margin".to_owned(), money(0.3 * total)),
            ("npv".to_owned(), money(0.9 * cash)),
        ]);
        let exact = metrics.iter().map(|(metric, e)| (metric.clone(), e.mean * 1.001)).collect();
        ScenarioSummary {
            name: name.to_owned(),
            title: title.to_owned(),
            percentiles: self.spread(&metrics),
            metrics,
            lines: IndexMap::from([("basket".to_owned(), money(total))]),
            outcomes: IndexMap::new(),
            stages_at_end: IndexMap::new(),
            exact: (self.scenarios != 12).then_some(exact),
            controlled: indexmap::IndexMap::new(),
        }
    }

    /// Percentiles that lie as levels of a normal law with ten standard errors do.
    fn spread(self, metrics: &IndexMap<String, Estimate>) -> IndexMap<String, Percentiles> {
        let of = |(metric, its): (&String, &Estimate)| {
            let sd = 10.0 * its.standard_error.unwrap_or(0.0);
            let sample: Vec<f64> =
                (0..self.replications).map(|i| its.mean + sd * noise(3, usize::try_from(i).unwrap())).collect();
            Some((metric.clone(), Percentiles::of(&sample, 0.95)?))
        };
        metrics.iter().filter_map(of).collect()
    }

    fn samples(self, place: usize, summary: &[ScenarioSummary]) -> IndexMap<String, Vec<f64>> {
        let metrics = ["retention", "revenue", "npv"];
        metrics
            .into_iter()
            .enumerate()
            .map(|(salt, metric)| {
                let mean = summary[place].metrics[metric].mean - summary[0].metrics[metric].mean;
                let spread = summary[0].metrics[metric].mean.abs() * 0.02;
                let count = usize::try_from(self.replications).unwrap();
                let draw = |i: usize| (0..6).map(|k| noise(place * 31 + salt * 7 + k, i)).sum::<f64>();
                (metric.to_owned(), (0..count).map(|i| mean + spread * draw(i)).collect())
            })
            .collect()
    }

    fn contrast(self, name: &str, samples: &IndexMap<String, Vec<f64>>) -> Contrast {
        let metrics = samples
            .iter()
            .map(|(metric, values)| {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let square: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
                let estimate = self.estimate(mean, libm::sqrt(square / n / (n - 1.0).max(1.0)));
                let better = values.iter().filter(|v| **v > 0.0).count() as f64 / n;
                let (low, high) = ((better - 0.1).max(0.0), (better + 0.1).min(1.0));
                (
                    metric.clone(),
                    Difference { estimate, better: (n > 1.0).then_some(Share { share: better, low, high }) },
                )
            })
            .collect();
        Contrast {
            scenario: name.to_owned(),
            baseline: NAMES[0].0.to_owned(),
            metrics,
            percentiles: samples
                .iter()
                .filter_map(|(metric, values)| Some((metric.clone(), Percentiles::of(values, 0.95)?)))
                .collect(),
            visible: IndexMap::new(),
            estimator: Estimator::Paired,
            affected_customers: 1_234.5,
            affected_agents: 12_345,
        }
    }

    fn series(self) -> Vec<Series> {
        let mut all = Vec::new();
        for (place, (name, _)) in NAMES.iter().enumerate().take(self.scenarios) {
            for segment in ["all", "loyal"] {
                let mut add = |metric: String, values| {
                    all.push(Series { scenario: (*name).to_owned(), segment: segment.to_owned(), metric, values });
                };
                for metric in ["retention", "active_customers", "revenue", "cumulative_cash_flow"] {
                    add(metric.to_owned(), self.values(metric, place));
                }
                for (stage, (name, _)) in STAGES.iter().enumerate().take(self.stages) {
                    add(format!("customers.{name}"), self.stage_values(stage, place));
                }
            }
        }
        all
    }

    /// The report.
    pub fn report(self) -> Report {
        let scenarios: Vec<ScenarioSummary> = (0..self.scenarios).map(|place| self.scenario(place)).collect();
        let samples: IndexMap<String, IndexMap<String, Vec<f64>>> =
            (1..self.scenarios).map(|place| (NAMES[place].0.to_owned(), self.samples(place, &scenarios))).collect();
        let contrasts = samples.iter().map(|(name, values)| self.contrast(name, values)).collect();
        let summary = Summary {
            format: 2,
            study: "A retailer's <next> three years & beyond".to_owned(),
            seed: 2026,
            replications: self.replications,
            replications_held: 0,
            agents: 5_000,
            customers: 20_000,
            horizon: self.horizon,
            period: PeriodUnit::Month,
            currency: "EUR".to_owned(),
            interval: 0.95,
            baseline: "today".to_owned(),
            exact_at: (self.scenarios != 12).then_some(Depth::Draws),
            left_out: None,
            scenarios,
            contrasts,
            cautions: Vec::new(),
            audit: audit(),
        };
        let assumption = |part: &str, path: &str, value: &str, line: u32| Assumption {
            part: part.to_owned(),
            path: path.to_owned(),
            value: value.to_owned(),
            unit: "chance a month".to_owned(),
            place: format!("retailer.toml:{line}"),
            remark: Remark { source: Some("Contracts, 2025".to_owned()), ..Remark::default() },
        };
        Report {
            summary,
            series: self.series(),
            bands: self.bands(),
            phrases: IndexMap::new(),
            feelings: IndexMap::new(),
            watched: Watched::default(),
            entrants: Vec::new(),
            tags: Vec::new(),
            channels: IndexMap::new(),
            stage_titles: STAGES[..self.stages].iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect(),
            draws: draws(),
            replicated: replicated(&samples),
            samples,
            description: "Does it pay to <script>alert(1)</script> know the customer?".to_owned(),
            scenario_descriptions: IndexMap::from([("know_me".to_owned(), "One view of each customer.".to_owned())]),
            assumptions: vec![
                assumption("segment loyal", "move.active.churned", "0.05 to 0.09", 41),
                assumption("initiative single_view", "move.active.churned", "odds 0.75 to 0.95 from period 9", 87),
            ],
            notes: vec!["Word of mouth is left out.".to_owned()],
            full_time_hours: 1720.0,
            booked: (self.horizon.min(1), self.horizon),
            retained: STAGES[1..3].iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect(),
            study_digest: "0123456789abcdef".repeat(4),
            file_names: IndexMap::new(),
            origin: Origin::default(),
            budget: Budget::default(),
            why_not_exact: (self.scenarios == 12).then(|| "customers influence each other".to_owned()),
            business: business::business(Plan {
                names: &NAMES[..self.scenarios],
                horizon: usize::try_from(self.horizon).unwrap(),
                factor: self.factor,
                gain: self.gain,
                replications: self.replications,
            }),
        }
    }
}

/// Two uncertain numbers and a shock in two replications.
fn draws() -> Draws {
    let paths = ["initiatives.single_view.effects.0.odds", "shocks.0.came", "shocks.0.effects.0.times"];
    Draws {
        paths: paths.map(str::to_owned).to_vec(),
        values: vec![(0, 0, 0.81), (1, 0, 0.9), (1, 1, 7.0), (1, 2, 1.25)],
    }
}

/// The differences as if they were levels, now with all that may stand beside them, now with nothing.
fn replicated(samples: &IndexMap<String, IndexMap<String, Vec<f64>>>) -> Vec<ReplicatedMetric> {
    let metrics = samples.iter().flat_map(|(scenario, metrics)| metrics.iter().map(move |metric| (scenario, metric)));
    let columns = metrics.enumerate().map(|(place, (scenario, (metric, values)))| {
        let plain = ReplicatedMetric {
            scenario: scenario.clone(),
            metric: metric.clone(),
            values: values.clone(),
            ..ReplicatedMetric::default()
        };
        match place % 2 {
            0 => plain,
            _ => ReplicatedMetric {
                batches: values.iter().map(|value| [value - 1.0, value + 1.0]).collect(),
                exact: values.iter().map(|value| value * 0.99).collect(),
                coupled_difference: values.clone(),
                ..plain
            },
        }
    });
    columns.collect()
}

/// An audit that found nothing.
pub fn audit() -> AuditSummary {
    AuditSummary {
        status: AuditStatus::Passed,
        why: None,
        tests: 24,
        replications: 200,
        bound: 1e-5 / 24.0,
        worst: None,
        failed: Vec::new(),
        broken: Vec::new(),
        not_tested: Vec::new(),
    }
}
