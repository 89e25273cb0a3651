//! Where metrics over time lie in single replications.

use crate::estimate::runs::Runs;
use crate::estimate::summary::{Band, Bands};
use crate::model::facts::Use;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;
use crate::stats::moments::Moments;
use crate::stats::order::{Ranks, between};

impl Runs {
    /// The metrics of charts over time, of all customers: each scenario's level, and its difference from the baseline.
    pub fn bands(&self) -> Vec<Bands> {
        let baseline = self.model.baseline.index();
        let kept = || self.metrics.iter().filter(|metric| metric.is_for(Use::Curve)).enumerate();
        let of = |(scenario, difference): (usize, bool)| {
            kept().map(move |(place, metric)| Bands {
                scenario: self.model.scenarios[scenario].name.clone(),
                metric: metric.name(&self.model),
                difference,
                values: self.band((scenario, place), difference.then_some(baseline)),
            })
        };
        let levels = (0..self.model.scenarios.len()).map(|scenario| (scenario, false));
        let others = (0..self.model.scenarios.len()).filter(|scenario| *scenario != baseline);
        levels.chain(others.map(|scenario| (scenario, true))).flat_map(of).collect()
    }

    fn band(&self, (scenario, place): (usize, usize), baseline: Option<usize>) -> Vec<Band> {
        let own = &self.curves[scenario][place];
        let level = self.sure().level;
        let quantile = Estimate::quantile(own.len() as u64, level);
        let ranks = [0.05, 0.95].map(|p| Ranks::of(own.len(), p, level).map(|ranks| ranks.at));
        let at = |time: usize| {
            let value = |(replication, values): (usize, &Vec<f64>)| {
                values[time] - baseline.map_or(0.0, |baseline| self.curves[baseline][place][replication][time])
            };
            let mut sample: Vec<f64> = own.iter().enumerate().map(value).collect();
            let moments: Moments = sample.iter().copied().collect();
            sample.sort_by(f64::total_cmp);
            let [low, high] = ranks.map(|rank| between(&sample, rank?));
            Band {
                mean: Estimate::at(&moments, quantile),
                outcomes: low.zip(high).map(|(low, high)| Ends { low, high }),
            }
        };
        (0..=self.model.run.horizon as usize).map(at).collect()
    }
}
