//! Runs are what an experiment came to: every replication priced, and folded into moments in its order.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::engine::divergence::Grain;
use crate::engine::experiment::{Experiment, Replication};
use crate::engine::flows::Flows;
use crate::engine::obstacle::follows_satisfaction;
use crate::engine::program::Program;
use crate::model::Model;
use crate::quantity::{ScenarioId, SegmentId};
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;

use super::controls::Controls;
use super::efficiency::choose;
use super::metric::{Metric, metrics};
use super::statement::{Prices, Statement};
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
    replications: u64,
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
        let mut runs = Self::new(model);
        experiment.run_forced(grains, |replication| runs.take(experiment.program(), &replication, grains))?;
        Ok(runs)
    }

    fn new(model: &'m Model) -> Self {
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
            replications: 0,
            metrics,
        }
    }

    /// The real customers that one simulated customer of a segment stands for.
    fn weight(&self, segment: usize) -> f64 {
        let segment = &self.model.segments[segment];
        self.model.run.customers as f64 * segment.share / f64::from(segment.agents)
    }

    fn take(&mut self, program: &Program, replication: &Replication, grains: &[Option<Grain>]) {
        let prices = Prices::new(self.model, program, &replication.drawn);
        self.replications += 1;
        self.controls.take(self.model, replication);
        for scenario in 0..self.model.scenarios.len() {
            let flows = |segment: usize| Flows::counted(&replication.ledgers[scenario][segment], self.weight(segment));
            let (all, cuts) = self.books(&prices, replication, ScenarioId::from(scenario), &flows);
            for (place, metric) in self.metrics.iter().enumerate() {
                self.samples[scenario][place].push(metric.horizon(&all));
                for (cut, books) in std::iter::once(&all).chain(&cuts).enumerate() {
                    let moments = self.series[scenario][cut][place].iter_mut();
                    moments.zip(metric.series(books)).for_each(|(moments, value)| moments.push(value));
                }
            }
            self.take_expected(&prices, replication, scenario, &all);
            for (segment, count) in replication.differing[scenario].iter().enumerate() {
                let real = *count as f64 * self.weight(segment);
                let sums = &mut self.differing[scenario];
                *sums = (sums.0 + count, sums.1 + real);
            }
        }
        self.take_forced(&prices, replication, grains);
    }

    /// Takes in the forced differences.
    fn take_forced(&mut self, prices: &Prices<'_>, replication: &Replication, grains: &[Option<Grain>]) {
        for (scenario, _) in grains.iter().enumerate().filter(|(_, grain)| grain.is_some()) {
            let values = self.forced_values(prices, replication, scenario);
            self.forced[scenario].resize(values.len(), Vec::new());
            self.forced[scenario].iter_mut().zip(values).for_each(|(sample, value)| sample.push(value));
        }
    }

    /// The forced difference of every metric: the baseline's flows as they were simulated, and what the scenario adds
    /// to them, at the scenario's prices.
    fn forced_values(&self, prices: &Prices<'_>, replication: &Replication, scenario: usize) -> Vec<f64> {
        let baseline = self.model.baseline.index();
        let last = |scenario: usize, place: usize| self.samples[scenario][place].last().copied().unwrap_or(0.0);
        // Numbers may be drawn that do not allow it; then the paired difference is as true.
        let all = replication.forced[scenario].as_ref().map(|forced| {
            let flows = |segment: usize| {
                let base = Flows::counted(&replication.ledgers[baseline][segment], self.weight(segment));
                base.and(&forced[segment].clone().times(self.weight(segment)))
            };
            self.books(prices, replication, ScenarioId::from(scenario), &flows).0
        });
        let difference = |(place, metric): (usize, &Metric)| {
            let value = all.as_ref().map_or_else(|| last(scenario, place), |all| metric.horizon(all));
            value - last(baseline, place)
        };
        self.metrics.iter().enumerate().map(difference).collect()
    }

    fn take_expected(
        &mut self,
        prices: &Prices<'_>,
        replication: &Replication,
        scenario: usize,
        simulated: &Statement,
    ) {
        let Some(expected) = &replication.expected else { return };
        let customers = self.model.run.customers as f64;
        let flows =
            |segment: usize| expected[scenario][segment].clone().times(customers * self.model.segments[segment].share);
        let (all, _) = self.books(prices, replication, ScenarioId::from(scenario), &flows);
        self.controls.take_expected(scenario, &self.metrics, simulated, &all);
    }

    /// The books of all customers, and of each segment.
    fn books(
        &self,
        prices: &Prices<'_>,
        replication: &Replication,
        scenario: ScenarioId,
        flows: &dyn Fn(usize) -> Flows,
    ) -> (Statement, Vec<Statement>) {
        let segments = 0..self.model.segments.len();
        let of =
            |segment: usize| prices.statement(&replication.drawn, scenario, SegmentId::from(segment), &flows(segment));
        let cuts: Vec<Statement> = segments.map(of).collect();
        let mut all = Statement::empty(self.model);
        cuts.iter().for_each(|books| all.add(books));
        prices.spend(&replication.drawn, scenario, &mut all);
        (all, cuts)
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
            estimator: if self.forced[scenario].is_empty() { Estimator::Paired } else { Estimator::ForcedDivergence },
            metrics,
            customers_that_differ: real / self.replications as f64,
            agents_that_differ: agents,
        }
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
