//! Runs are what an experiment came to: every replication priced, and folded into moments in its order.

mod bands;
mod differences;
mod over_time;
mod replicated;
mod visible;

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use crate::engine::chance::design::Design;
use crate::engine::exact::depth::Depth;
use crate::engine::exact::obstacle::follows_satisfaction;
use crate::engine::run::simulation::Simulation;
use crate::model::Model;
use crate::stats::interval::Confidence;
use crate::stats::moments::Moments;

use super::budget::Budget;
use super::extras::Extras;
use super::findings::Findings;
use super::kept::Kept;
use super::performance::Performance;
use super::summary::{AuditSummary, Controlled, ScenarioSummary, Summary};
use crate::estimate::money::business::Business;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::pricer::{Priced, Pricer};
use crate::estimate::money::smooth::is_smoothed;
use crate::estimate::money::worth::Worth;
use crate::estimate::uncertainty::audit::Audit;
use crate::estimate::uncertainty::controls::Controls;
use crate::estimate::uncertainty::grounds::{Grounds, Level};
use crate::model::facts::Use;
use crate::model::metric::Metric;
use crate::model::reported::metrics;

/// Every replication, priced and folded.
pub struct Runs {
    model: Arc<Model>,
    design: Design,
    metrics: Vec<Metric>,
    /// By scenario, then by metric: one value over the horizon for each replication, all segments together.
    samples: Vec<Vec<Vec<f64>>>,
    /// By scenario, then by metric: the forced difference of each replication; empty where luck is only paired.
    forced: Vec<Vec<Vec<f64>>>,
    /// By scenario, then by metric: the values at mean baskets of each replication; empty where those are not smoothed.
    smooth: Vec<Vec<Vec<f64>>>,
    /// What has a known mean in each replication, the exact expectations among it.
    controls: Controls,
    /// The simulation held against the same expectations.
    audit: Audit,
    lines: Lines,
    /// By scenario, then by cut (all, then segments), then by metric: moments for each time.
    series: Vec<Vec<Vec<Vec<Moments>>>>,
    /// The same at mean baskets; empty where those are not smoothed.
    smooth_series: Vec<Vec<Vec<Vec<Moments>>>>,
    /// By scenario, then by metric that charts show over time, then by replication: its value at each time.
    curves: Vec<Vec<Vec<Vec<f64>>>>,
    grounds: Grounds,
    /// What tables of replications have beside samples: draws, batches, affected customers.
    kept: Kept,
    /// By scenario: simulated affected customers, and the mean of real ones.
    differing: Vec<(u64, f64)>,
    findings: Findings,
    replications: u64,
    /// The replications in which a number was held at the end of its range, or a row scaled.
    held: u64,
    extras: Extras,
    /// On how many threads what follows is worked out; results do not depend on it.
    threads: usize,
    /// By scenario: the expected books at the medians, where expectations are solved for those alone.
    at_medians: Option<Vec<Performance>>,
    /// What is solved when all replications have been taken in.
    worth: OnceLock<Worth>,
}

/// Takes in a metric over time by cut.
fn push_all(cuts: &mut [Vec<Vec<Moments>>], place: usize, series: impl Iterator<Item = Vec<f64>>) {
    for (cut, values) in cuts.iter_mut().zip(series) {
        cut[place].iter_mut().zip(values).for_each(|(moments, value)| moments.push(value));
    }
}

impl Runs {
    /// Runs of an experiment before any of its replications is taken in, with what is done beside its simulation; they are
    /// worked out on so many threads.
    pub(super) fn new((model, design): (&Arc<Model>, Design), lines: &Lines, extras: Extras, threads: usize) -> Self {
        let metrics = metrics(model);
        let (scenarios, cuts, times) =
            (model.scenarios.len(), model.segments.len() + 1, model.run.horizon as usize + 1);
        let series = vec![vec![vec![vec![Moments::default(); times]; metrics.len()]; cuts]; scenarios];
        let smooths = is_smoothed(model);
        Self {
            samples: vec![vec![Vec::new(); metrics.len()]; scenarios],
            forced: vec![Vec::new(); scenarios],
            smooth: vec![vec![Vec::new(); metrics.len()]; if smooths { scenarios } else { 0 }],
            controls: Controls::new(model, metrics.len()),
            smooth_series: if smooths { series.clone() } else { Vec::new() },
            series,
            curves: vec![
                vec![Vec::new(); metrics.iter().filter(|metric| metric.is_for(Use::Curve)).count()];
                scenarios
            ],
            grounds: Grounds::of(model, &metrics),
            kept: Kept::new(model, metrics.len()),
            audit: Audit::new(model, metrics.len()),
            lines: lines.clone(),
            differing: vec![(0, 0.0); scenarios],
            findings: Findings::new(model, lines.clone(), &metrics),
            replications: 0,
            held: 0,
            metrics,
            extras,
            threads,
            at_medians: None,
            worth: OnceLock::new(),
            model: Arc::clone(model),
            design,
        }
    }

    /// Takes in a replication; they come in their order.
    pub(super) fn take(&mut self, priced: &Priced) {
        let number = u32::try_from(self.replications).unwrap_or(u32::MAX);
        self.kept.take(&self.model, number, &priced.drawn, &priced.scenarios);
        self.replications += 1;
        self.held += u64::from(priced.held);
        self.controls.take(&self.model, &priced.drawn, &priced.started);
        self.audit.take(&self.model, &self.lines, &self.metrics, priced);
        for (scenario, its) in priced.scenarios.iter().enumerate() {
            for (place, metric) in self.metrics.iter().enumerate() {
                self.samples[scenario][place].push(metric.horizon(&its.all));
                let books = std::iter::once(&its.all).chain(&its.cuts);
                push_all(&mut self.series[scenario], place, books.map(|books| metric.series(books)));
                if let Some(all) = its.smooth.first() {
                    self.smooth[scenario][place].push(metric.horizon(all));
                    let books = its.smooth.iter();
                    push_all(&mut self.smooth_series[scenario], place, books.map(|books| metric.series(books)));
                }
            }
            let shown = self.metrics.iter().filter(|metric| metric.is_for(Use::Curve));
            shown.zip(&mut self.curves[scenario]).for_each(|(metric, curves)| curves.push(metric.series(&its.all)));
            let sums = &mut self.differing[scenario];
            *sums = (sums.0 + its.differing.0, sums.1 + its.differing.1);
            // Where some scenarios have none, those of the others are for the audit alone.
            if let Some(expected) = priced.expected[scenario].as_ref().filter(|_| self.extras.precision.is_some()) {
                self.controls.take_expected(scenario, &self.metrics, &its.all, &expected.books);
            }
        }
        for (forced, values) in self.forced.iter_mut().zip(&priced.forced) {
            let Some(values) = values else { continue };
            forced.resize(values.len(), Vec::new());
            forced.iter_mut().zip(values).for_each(|(sample, value)| sample.push(*value));
        }
        self.findings.take(&self.model, &self.metrics, priced);
    }

    /// What is done when all replications have been taken in.
    pub(super) fn finish(&mut self, simulation: &Simulation<'_>, pricer: &Pricer<'_>) {
        if self.extras.depth == Depth::Draws && self.controls.forget_some(self.replications) {
            self.extras.give_up_draws();
        }
        if self.extras.depth == Depth::Medians && self.model.is_uncertain() {
            self.at_medians = simulation.expected_at_medians().map(|flows| pricer.expected_at_medians(&flows));
        }
    }

    /// The model that was run.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What the run says about the business.
    pub fn business(&self) -> Business {
        let npv = |scenario: usize| {
            let place = self.metrics.iter().position(|metric| *metric == Metric::Npv).unwrap_or(0);
            (self.difference(scenario, place, Metric::Npv).estimate, self.estimator(scenario))
        };
        let known = |scenario: usize| self.grounds.rare(scenario, false, self.replications).is_empty();
        self.findings.business(&self.model, &self.metrics, (self.replications, self.worth()), &npv, &known)
    }

    fn worth(&self) -> &Worth {
        self.worth.get_or_init(|| {
            let (precision, budget) = (self.extras.precision.as_ref(), self.extras.budget.clone());
            Worth::of(&self.model, (precision, self.design), budget, self.threads)
        })
    }

    /// Why there are no exact expectations; empty where there are.
    pub fn why_not_exact(&self) -> &[String] {
        &self.extras.why_not
    }

    /// The exact expectations that were asked for; none where the budget decided.
    pub fn asked(&self) -> Option<Depth> {
        self.extras.asked
    }

    /// What the budget has left, and what was left out for it.
    pub fn budget(&self) -> &Budget {
        &self.worth().budget
    }

    /// The summary over the horizon.
    pub fn summary(&self) -> Summary {
        let run = &self.model.run;
        let baseline = self.model.baseline.index();
        let places = 0..self.model.scenarios.len();
        let audit = self.audit.found(&self.model, &self.metrics, self.exact_at());
        let scenarios: Vec<ScenarioSummary> = places.clone().map(|scenario| self.scenario(scenario, &audit)).collect();
        Summary {
            format: 2,
            study: self.model.title.clone(),
            seed: run.seed,
            replications: self.replications,
            replications_held: self.held,
            agents: u64::from(run.agents),
            customers: run.customers,
            horizon: u64::from(run.horizon),
            period: run.period,
            currency: self.model.currency.clone(),
            interval: run.interval,
            baseline: self.model.scenarios[baseline].name.clone(),
            exact_at: self.exact_at(),
            left_out: None,
            cautions: self.cautions(&scenarios),
            scenarios,
            contrasts: places
                .filter(|scenario| *scenario != baseline)
                .map(|scenario| self.contrast(scenario))
                .collect(),
            audit,
        }
    }

    /// For which numbers the exact expectations are; none where there are none.
    fn exact_at(&self) -> Option<Depth> {
        let solved = self.at_medians.is_some() || self.controls.is_exact();
        let all = if self.at_medians.is_some() { Depth::Medians } else { Depth::Draws };
        solved.then_some(all)
    }

    /// How many replications have been taken in.
    pub fn replications(&self) -> u64 {
        self.replications
    }

    fn sure(&self) -> Confidence {
        Confidence::new(self.model.run.interval, self.replications)
    }

    pub(super) fn place(&self, metric: Metric) -> Option<usize> {
        self.metrics.iter().position(|its| *its == metric)
    }

    fn scenario(&self, scenario: usize, audit: &AuditSummary) -> ScenarioSummary {
        let written = &self.model.scenarios[scenario];
        let mut summary = ScenarioSummary {
            name: written.name.clone(),
            title: written.title.clone(),
            metrics: IndexMap::new(),
            percentiles: self
                .percentiles(|place| self.samples[scenario][place].clone(), |metric| !metric.is_cumulated()),
            lines: IndexMap::new(),
            outcomes: IndexMap::new(),
            stages_at_end: IndexMap::new(),
            exact: self.expectations(scenario),
            // A level is not freed of chance by an expectation that the simulation contradicts.
            controlled: if audit.alarms(&written.name) { IndexMap::new() } else { self.controlled(scenario) },
        };
        let (sure, whole) = (self.sure(), Level { scenario, cut: 0, time: None });
        for (place, metric) in self.metrics.iter().enumerate() {
            let smooth = self.smooth.get(scenario).map(|metrics| metrics[place].as_slice());
            let of_whom = self.whole(*metric, scenario, (0, None));
            let values = (self.samples[scenario][place].as_slice(), smooth, of_whom);
            let estimate = self.grounds.level_of(whole, (place, *metric), values, sure);
            match metric {
                Metric::Line(account) => summary.lines.insert(self.model.accounts[*account].name.clone(), estimate),
                Metric::Outcome(account) => {
                    summary.outcomes.insert(self.model.accounts[*account].name.clone(), estimate)
                }
                Metric::Stage(stage) => summary.stages_at_end.insert(self.model.stages[*stage].name.clone(), estimate),
                metric if metric.is_for(Use::Headline) => summary.metrics.insert(metric.name(&self.model), estimate),
                _ => None,
            };
        }
        summary
    }

    fn expectations(&self, scenario: usize) -> Option<IndexMap<String, f64>> {
        let follows = follows_satisfaction(&self.model);
        let shown = self.metrics.iter().enumerate().filter(|(_, metric)| metric.has_expectation(follows));
        if let Some(books) = &self.at_medians {
            let shown = shown.filter(|(_, metric)| !metric.is_cumulated());
            return Some(shown.map(|(_, its)| (its.name(&self.model), its.horizon(&books[scenario]))).collect());
        }
        let known: IndexMap<String, f64> = shown
            .filter(|(place, metric)| !metric.is_cumulated() && !self.controls.exact(scenario, *place).is_empty())
            .map(|(place, metric)| {
                let sum: f64 = self.controls.exact(scenario, place).iter().sum();
                (metric.name(&self.model), sum / self.replications as f64)
            })
            .collect();
        (!known.is_empty()).then_some(known)
    }

    /// Every level freed of the chance that controls explain; none where something rare decides.
    fn controlled(&self, scenario: usize) -> IndexMap<String, Controlled> {
        if !self.grounds.rare(scenario, false, self.replications).is_empty() {
            return IndexMap::new();
        }
        let follows = follows_satisfaction(&self.model);
        let shown = self.metrics.iter().enumerate().filter(|(_, metric)| !metric.is_cumulated());
        let level = |(place, metric): (usize, &Metric)| {
            let sample = &self.samples[scenario][place];
            let found = self.controls.level(scenario, (place, *metric), sample, follows, self.model.run.interval)?;
            let exact = !self.controls.exact(scenario, place).is_empty() && metric.has_expectation(follows);
            let seen = (found.estimate, exact, self.whole(*metric, scenario, (0, None)));
            let estimate = self.grounds.controlled(scenario, (place, *metric), seen, self.sure());
            Some((metric.name(&self.model), Controlled { estimate, ..found }))
        };
        shown.filter_map(level).collect()
    }

    /// The forced difference of a metric in every replication; none where luck is only paired.
    pub fn forced_differences(&self, scenario: usize, metric: &str) -> Vec<f64> {
        let place = self.metrics.iter().position(|m| m.name(&self.model) == metric);
        place.and_then(|place| self.forced[scenario].get(place)).cloned().unwrap_or_default()
    }

    /// A metric of a scenario over the horizon in every replication; none where there is no metric of that name.
    pub fn levels(&self, scenario: usize, metric: &str) -> Vec<f64> {
        let place = self.metrics.iter().position(|m| m.name(&self.model) == metric);
        place.map_or_else(Vec::new, |place| self.samples[scenario][place].clone())
    }

    /// The difference from the baseline in every replication, paired, by scenario and metric.
    pub fn samples(&self) -> IndexMap<String, IndexMap<String, Vec<f64>>> {
        let of = |scenario: usize| {
            let headline = self.metrics.iter().enumerate().filter(|(_, metric)| metric.is_for(Use::Headline));
            headline.map(|(place, metric)| (metric.name(&self.model), self.differences(scenario, place))).collect()
        };
        (0..self.model.scenarios.len())
            .filter(|scenario| *scenario != self.model.baseline.index())
            .map(|scenario| (self.model.scenarios[scenario].name.clone(), of(scenario)))
            .collect()
    }
}
