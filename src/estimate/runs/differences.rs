//! How scenarios differ from the baseline.

use indexmap::IndexMap;

use crate::estimate::runs::Runs;
use crate::estimate::summary::{Contrast, Difference, Estimator, ScenarioSummary};
use crate::estimate::uncertainty::caution::cautions;
use crate::model::facts::Use;
use crate::model::metric::Metric;
use crate::stats::order::Percentiles;
use crate::stats::share::Share;

impl Runs {
    pub(super) fn contrast(&self, scenario: usize) -> Contrast {
        let baseline = self.model.baseline.index();
        let (agents, real) = self.differing[scenario];
        let metrics = self
            .metrics
            .iter()
            .enumerate()
            .filter(|(_, metric)| metric.is_for(Use::Contrast))
            .map(|(place, metric)| (metric.name(&self.model), self.difference(scenario, place, *metric)))
            .collect();
        Contrast {
            scenario: self.model.scenarios[scenario].name.clone(),
            baseline: self.model.scenarios[baseline].name.clone(),
            estimator: self.estimator(scenario),
            metrics,
            percentiles: self
                .percentiles(|place| self.differences(scenario, place), |metric| metric.is_for(Use::Contrast)),
            visible: self.visible(scenario),
            affected_customers: real / self.replications as f64,
            affected_agents: agents,
        }
    }

    /// Where metrics lie in single replications: those that are shown, by name.
    pub(super) fn percentiles(
        &self,
        sample: impl Fn(usize) -> Vec<f64>,
        is_shown: impl Fn(Metric) -> bool,
    ) -> IndexMap<String, Percentiles> {
        let level = self.sure().level;
        let shown = self.metrics.iter().enumerate().filter(|(_, metric)| is_shown(**metric));
        let named = |(place, metric): (usize, &Metric)| {
            Some((metric.name(&self.model), Percentiles::of(&sample(place), level)?))
        };
        shown.filter_map(named).collect()
    }

    pub(super) fn estimator(&self, scenario: usize) -> Estimator {
        match (self.forced[scenario].is_empty(), self.smooth.is_empty()) {
            (false, _) => Estimator::Coupled,
            (true, false) => Estimator::PairedAtMeanBaskets,
            (true, true) => Estimator::Paired,
        }
    }

    pub(in crate::estimate) fn difference(&self, scenario: usize, place: usize, metric: Metric) -> Difference {
        let differences = self.differences(scenario, place);
        let score = |sign: f64| -> f64 {
            differences.iter().map(|d| if *d == 0.0 { 0.5 } else { f64::from(u8::from(d * sign > 0.0)) }).sum()
        };
        let forced = self.forced[scenario].get(place);
        let smooth = self.smooth_differences(scenario, place);
        let sample = forced.or(smooth.as_ref()).unwrap_or(&differences);
        let sure = self.sure();
        let whole = self.whole(metric, self.model.baseline.index(), (0, None));
        Difference {
            estimate: self.grounds.difference(scenario, (place, metric), (sample, whole), forced.is_some(), sure),
            better: metric
                .sign(&self.model)
                .and_then(|sign| Share::of_score(score(sign), self.replications, sure.level)),
        }
    }

    fn smooth_differences(&self, scenario: usize, place: usize) -> Option<Vec<f64>> {
        let base = &self.smooth.get(self.model.baseline.index())?[place];
        Some(self.smooth[scenario][place].iter().zip(base).map(|(value, base)| value - base).collect())
    }

    pub(super) fn differences(&self, scenario: usize, place: usize) -> Vec<f64> {
        let base = &self.samples[self.model.baseline.index()][place];
        self.samples[scenario][place].iter().zip(base).map(|(value, base)| value - base).collect()
    }

    pub(super) fn cautions(&self, scenarios: &[ScenarioSummary]) -> Vec<String> {
        let npv = self.place(Metric::Npv).unwrap_or(0);
        let is_few = |scenario: &usize| {
            let told = *scenario != self.model.baseline.index() && self.forced[*scenario].is_empty();
            let sample = || self.smooth_differences(*scenario, npv).unwrap_or_else(|| self.differences(*scenario, npv));
            told && self.grounds.is_mostly_unseen(*scenario, npv, &sample(), self.sure())
        };
        let few: Vec<(usize, u64)> =
            (0..scenarios.len()).filter(is_few).map(|scenario| (scenario, self.differing[scenario].0)).collect();
        cautions(&self.model, &self.grounds, self.replications, scenarios, &few)
    }
}
