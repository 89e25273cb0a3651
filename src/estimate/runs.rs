//! Runs are what an experiment came to: every replication priced, and folded into moments in its order.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::engine::divergence::Grain;
use crate::engine::experiment::Experiment;
use crate::engine::obstacle::follows_satisfaction;
use crate::model::Model;
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;

use super::business::Business;
use super::controls::Controls;
use super::efficiency::choose;
use super::findings::Findings;
use super::lines::Lines;
use super::metric::{Metric, metrics};
use super::pricer::{Priced, Pricer};
use super::summary::{Contrast, Controlled, Difference, Estimator, ScenarioSummary, Series, Summary};

/// Every replication, priced and folded.
pub struct Runs<'m> {
    model: &'m Model,
    metrics: Vec<Metric>,
    /// By scenario, then by metric: one value over the horizon for each replication, all segments together.
    samples: Vec<Vec<Vec<f64>>>,
    /// By scenario, then by metric: the forced difference of each replication; empty where luck is only paired.
    forced: Vec<Vec<Vec<f64>>>,
    /// What has a known mean in each replication, the exact expectations among it.
    controls: Controls,
    /// By scenario, then by cut (all, then segments), then by metric: moments for each time.
    series: Vec<Vec<Vec<Vec<Moments>>>>,
    /// By scenario: simulated customers that differ, and the mean of real ones.
    differing: Vec<(u64, f64)>,
    findings: Findings,
    replications: u64,
    /// The replications in which a number was held at the end of its range, or a row scaled.
    held: u64,
}

impl<'m> Runs<'m> {
    /// Runs an experiment of the model and takes in its replications.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn of(model: &'m Model, experiment: &Experiment<'_>) -> Result<Self, Vec<Diagnostic>> {
        Self::forced(model, experiment, &choose(model, experiment.set()))
    }

    /// [`Runs::of`] with the estimator of each scenario's difference given: forced at a grain, or paired.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn forced(
        model: &'m Model,
        experiment: &Experiment<'_>,
        grains: &[Option<Grain>],
    ) -> Result<Self, Vec<Diagnostic>> {
        let pricer = Pricer::new(model, experiment.program());
        let mut runs = Self::new(model, &pricer.lines);
        experiment.run_mapped(grains, |replication| pricer.price(&replication, grains), |priced| runs.take(&priced))?;
        Ok(runs)
    }

    fn new(model: &'m Model, lines: &Lines) -> Self {
        let metrics = metrics(model);
        let (scenarios, cuts, times) =
            (model.scenarios.len(), model.segments.len() + 1, model.run.horizon as usize + 1);
        Self {
            model,
            samples: vec![vec![Vec::new(); metrics.len()]; scenarios],
            forced: vec![Vec::new(); scenarios],
            controls: Controls::new(model, metrics.len()),
            series: vec![vec![vec![vec![Moments::default(); times]; metrics.len()]; cuts]; scenarios],
            differing: vec![(0, 0.0); scenarios],
            findings: Findings::new(model, lines.clone(), &metrics),
            replications: 0,
            held: 0,
            metrics,
        }
    }

    fn take(&mut self, priced: &Priced) {
        self.replications += 1;
        self.held += u64::from(priced.held);
        self.controls.take(self.model, &priced.drawn, &priced.started);
        for (scenario, its) in priced.scenarios.iter().enumerate() {
            for (place, metric) in self.metrics.iter().enumerate() {
                self.samples[scenario][place].push(metric.horizon(&its.all));
                for (cut, books) in std::iter::once(&its.all).chain(&its.cuts).enumerate() {
                    let moments = self.series[scenario][cut][place].iter_mut();
                    moments.zip(metric.series(books)).for_each(|(moments, value)| moments.push(value));
                }
            }
            let sums = &mut self.differing[scenario];
            *sums = (sums.0 + its.differing.0, sums.1 + its.differing.1);
            if let Some(expected) = &priced.expected {
                self.controls.take_expected(scenario, &self.metrics, &its.all, &expected[scenario]);
            }
        }
        for (forced, values) in self.forced.iter_mut().zip(&priced.forced) {
            let Some(values) = values else { continue };
            forced.resize(values.len(), Vec::new());
            forced.iter_mut().zip(values).for_each(|(sample, value)| sample.push(*value));
        }
        self.findings.take(self.model, &self.metrics, priced);
    }

    /// What the run says about the business.
    pub fn business(&self) -> Business {
        let npv = |scenario: usize| {
            let place = self.metrics.iter().position(|metric| *metric == Metric::Npv).unwrap_or(0);
            (self.difference(scenario, place, Metric::Npv).estimate, self.estimator(scenario))
        };
        self.findings.business(self.model, &self.metrics, self.replications, &npv)
    }

    /// The summary over the horizon.
    pub fn summary(&self) -> Summary {
        let run = &self.model.run;
        let baseline = self.model.baseline.index();
        let places = 0..self.model.scenarios.len();
        Summary {
            format: 1,
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
            scenarios: places.clone().map(|scenario| self.scenario(scenario)).collect(),
            contrasts: places
                .filter(|scenario| *scenario != baseline)
                .map(|scenario| self.contrast(scenario))
                .collect(),
        }
    }

    fn scenario(&self, scenario: usize) -> ScenarioSummary {
        let written = &self.model.scenarios[scenario];
        let mut summary = ScenarioSummary {
            name: written.name.clone(),
            title: written.title.clone(),
            metrics: IndexMap::new(),
            lines: IndexMap::new(),
            outcomes: IndexMap::new(),
            stages_at_end: IndexMap::new(),
            exact: self.expectations(scenario),
            controlled: self.controlled(scenario),
        };
        for (place, metric) in self.metrics.iter().enumerate() {
            let estimate =
                Estimate::of(&self.samples[scenario][place].iter().copied().collect(), self.model.run.interval);
            match metric {
                Metric::Line(account) => summary.lines.insert(self.model.accounts[*account].name.clone(), estimate),
                Metric::Outcome(account) => {
                    summary.outcomes.insert(self.model.accounts[*account].name.clone(), estimate)
                }
                Metric::Stage(stage) => summary.stages_at_end.insert(self.model.stages[*stage].name.clone(), estimate),
                metric if metric.is_headline() => summary.metrics.insert(metric.name(self.model), estimate),
                _ => None,
            };
        }
        summary
    }

    fn expectations(&self, scenario: usize) -> Option<IndexMap<String, f64>> {
        let follows = follows_satisfaction(self.model);
        let shown = self.metrics.iter().enumerate().filter(|(_, metric)| metric.has_expectation(follows));
        let known: IndexMap<String, f64> = shown
            .filter(|(place, metric)| {
                **metric != Metric::CumulativeCashFlow && !self.controls.exact(scenario, *place).is_empty()
            })
            .map(|(place, metric)| {
                let sum: f64 = self.controls.exact(scenario, place).iter().sum();
                (metric.name(self.model), sum / self.replications as f64)
            })
            .collect();
        (!known.is_empty()).then_some(known)
    }

    /// Every level freed of the chance that controls explain.
    fn controlled(&self, scenario: usize) -> IndexMap<String, Controlled> {
        let follows = follows_satisfaction(self.model);
        let shown = self.metrics.iter().enumerate().filter(|(_, metric)| **metric != Metric::CumulativeCashFlow);
        let level = |(place, metric): (usize, &Metric)| {
            let sample = &self.samples[scenario][place];
            let found = self.controls.level(scenario, (place, *metric), sample, follows, self.model.run.interval);
            found.map(|controlled| (metric.name(self.model), controlled))
        };
        shown.filter_map(level).collect()
    }

    fn contrast(&self, scenario: usize) -> Contrast {
        let baseline = self.model.baseline.index();
        let (agents, real) = self.differing[scenario];
        let metrics = self
            .metrics
            .iter()
            .enumerate()
            .filter(|(_, metric)| metric.is_headline() || matches!(metric, Metric::Outcome(_)))
            .map(|(place, metric)| (metric.name(self.model), self.difference(scenario, place, *metric)))
            .collect();
        Contrast {
            scenario: self.model.scenarios[scenario].name.clone(),
            baseline: self.model.scenarios[baseline].name.clone(),
            estimator: self.estimator(scenario),
            metrics,
            customers_that_differ: real / self.replications as f64,
            agents_that_differ: agents,
        }
    }

    fn estimator(&self, scenario: usize) -> Estimator {
        if self.forced[scenario].is_empty() { Estimator::Paired } else { Estimator::ForcedDivergence }
    }

    fn difference(&self, scenario: usize, place: usize, metric: Metric) -> Difference {
        let differences = self.differences(scenario, place);
        let sign = if metric.less_is_better(self.model) { -1.0 } else { 1.0 };
        let better: f64 =
            differences.iter().map(|d| if *d == 0.0 { 0.5 } else { f64::from(u8::from(d * sign > 0.0)) }).sum();
        let sample = self.forced[scenario].get(place).unwrap_or(&differences);
        Difference {
            estimate: Estimate::of(&sample.iter().copied().collect(), self.model.run.interval),
            probability_better: better / differences.len() as f64,
        }
    }

    fn differences(&self, scenario: usize, place: usize) -> Vec<f64> {
        let base = &self.samples[self.model.baseline.index()][place];
        self.samples[scenario][place].iter().zip(base).map(|(value, base)| value - base).collect()
    }

    /// The forced difference of a metric in every replication; none where luck is only paired.
    pub fn forced_differences(&self, scenario: usize, metric: &str) -> Vec<f64> {
        let place = self.metrics.iter().position(|m| m.name(self.model) == metric);
        place.and_then(|place| self.forced[scenario].get(place)).cloned().unwrap_or_default()
    }

    /// A metric of a scenario over the horizon in every replication; none where there is no metric of that name.
    pub fn levels(&self, scenario: usize, metric: &str) -> Vec<f64> {
        let place = self.metrics.iter().position(|m| m.name(self.model) == metric);
        place.map_or_else(Vec::new, |place| self.samples[scenario][place].clone())
    }

    /// The difference from the baseline in every replication, paired, by scenario and metric.
    pub fn samples(&self) -> IndexMap<String, IndexMap<String, Vec<f64>>> {
        let of = |scenario: usize| {
            let headline = self.metrics.iter().enumerate().filter(|(_, metric)| metric.is_headline());
            headline.map(|(place, metric)| (metric.name(self.model), self.differences(scenario, place))).collect()
        };
        (0..self.model.scenarios.len())
            .filter(|scenario| *scenario != self.model.baseline.index())
            .map(|scenario| (self.model.scenarios[scenario].name.clone(), of(scenario)))
            .collect()
    }

    /// Every metric over time, by scenario and segment, all customers first.
    pub fn series(&self) -> Vec<Series> {
        let quantile = Estimate::quantile(self.replications, self.model.run.interval);
        let mut all = Vec::new();
        for (scenario, cuts) in self.model.scenarios.iter().zip(&self.series) {
            let segments = self
                .model
                .segment_order
                .iter()
                .map(|id| (self.model.segments[id.index()].name.as_str(), id.index() + 1));
            for (segment, cut) in std::iter::once(("all", 0)).chain(segments) {
                for (metric, moments) in self.metrics.iter().zip(&cuts[cut]) {
                    all.push(Series {
                        scenario: scenario.name.clone(),
                        segment: segment.to_owned(),
                        metric: metric.name(self.model),
                        values: moments.iter().map(|m| Estimate::at(m, quantile)).collect(),
                    });
                }
            }
        }
        all
    }
}
