//! From when on surveys show an effect: the wave from which on a test of the two dashboards mostly finds it.

use indexmap::IndexMap;

use crate::estimate::runs::Runs;
use crate::estimate::summary::Visible;
use crate::model::metric::Metric;
use crate::model::survey::{Said, Survey};
use crate::stats::significance::power;

/// The share of false alarms of the test.
const LEVEL: f64 = 0.05;
/// An effect is visible where the test finds it this often (Cohen 1988, "Statistical power analysis for the behavioral
/// sciences", takes 0.8).
const OFTEN: f64 = 0.8;

impl Runs {
    /// For each survey, from when on it shows how a scenario differs from the baseline.
    pub(super) fn visible(&self, scenario: usize) -> IndexMap<String, Visible> {
        let of = |survey: &Survey| (survey.name.clone(), self.visible_in(scenario, survey));
        self.model.surveys.iter().map(of).collect()
    }

    fn visible_in(&self, scenario: usize, survey: &Survey) -> Visible {
        let waves: Vec<u32> = (1..=self.model.run.horizon).filter(|period| survey.asks(*period)).collect();
        let powers: Vec<f64> = waves.iter().map(|period| self.power(scenario, survey, *period)).collect();
        let late = powers.iter().rev().take_while(|power| **power >= OFTEN).count();
        Visible {
            period: if late > 0 { waves.get(waves.len() - late).map(|period| u64::from(*period)) } else { None },
            power: powers.last().copied().unwrap_or(0.0),
        }
    }

    /// How often a test of one wave of a scenario against one of the baseline, each with its own people, finds the
    /// difference that respondents tend to.
    fn power(&self, scenario: usize, survey: &Survey, period: u32) -> f64 {
        let mean = |scenario: usize, said: Said| {
            let place = self.place(Metric::Surveyed(survey.counter.index(), said));
            place.map_or(0.0, |place| self.series[scenario][0][place][period as usize].mean())
        };
        // The score of one answer is 1, 0 or -1: its variance is P + D - (P - D)^2.
        let variance = |scenario: usize| {
            let (promoters, detractors) = (mean(scenario, Said::Promoters), mean(scenario, Said::Detractors));
            let answers = mean(scenario, Said::Answers);
            let spread = promoters + detractors - (promoters - detractors) * (promoters - detractors);
            if answers > 0.0 { spread / answers } else { f64::INFINITY }
        };
        let baseline = self.model.baseline.index();
        let tends = |scenario: usize| mean(scenario, Said::Respondents) / 100.0;
        power(tends(scenario) - tends(baseline), libm::sqrt(variance(scenario) + variance(baseline)), LEVEL)
    }
}
