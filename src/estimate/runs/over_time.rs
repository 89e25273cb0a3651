//! Metrics over time.

use crate::engine::run::threads::each;
use crate::estimate::runs::Runs;
use crate::estimate::summary::Series;
use crate::estimate::uncertainty::grounds::{Level, Seen};
use crate::model::metric::Metric;
use crate::quantity::CounterId;
use crate::stats::estimate::Estimate;
use crate::stats::interval::{Confidence, Ends};
use crate::stats::moments::Moments;

impl Runs {
    /// The mean number of real customers of a cut (all, then segments) who have been retained at some time up to a time.
    pub(super) fn acquired(&self, scenario: usize, cut: usize, time: usize) -> f64 {
        let of = |metric| self.place(metric).map_or(0.0, |place| self.series[scenario][cut][place][time].mean());
        of(Metric::ActiveCustomers) + of(Metric::Churned)
    }

    /// The mean number of real customers of a cut whom a metric is a share of: those in a class at a time, or most over the
    /// horizon; else those who have been retained at some time up to then.
    pub(super) fn whole(&self, metric: Metric, scenario: usize, (cut, time): (usize, Option<usize>)) -> f64 {
        let end = self.model.run.horizon as usize;
        let Metric::ClassRetained(stays, class) = metric else {
            return self.acquired(scenario, cut, time.unwrap_or(end));
        };
        let tag = self.model.tags.iter().find(|tag| tag.is_counted_by(CounterId::from(stays)));
        let place = tag.and_then(|tag| self.place(Metric::Tagged(tag.counter.index(), class)));
        let Some(series) = place.map(|place| &self.series[scenario][cut][place]) else { return 0.0 };
        match time {
            Some(time) => series[time].mean(),
            None => series.iter().map(Moments::mean).fold(0.0, f64::max),
        }
    }

    /// Every metric over time, by scenario and segment, all customers first.
    pub fn series(&self) -> Vec<Series> {
        let sure = self.sure();
        let segments = self.model.segment_order.iter();
        let segments = segments.map(|id| (self.model.segments[id.index()].name.as_str(), id.index() + 1));
        let cuts: Vec<(&str, usize)> = std::iter::once(("all", 0)).chain(segments).collect();
        let places = (0..self.model.scenarios.len()).flat_map(|scenario| cuts.iter().map(move |cut| (scenario, *cut)));
        let all: Vec<_> =
            places.flat_map(|of| self.metrics.iter().enumerate().map(move |metric| (of, metric))).collect();
        each(self.threads, &all, |((scenario, (segment, cut)), (place, metric))| {
            let level = |time| Level { scenario: *scenario, cut: *cut, time: Some(time) };
            let at = |time: usize| self.at(level(time), (*place, **metric), sure);
            Series {
                scenario: self.model.scenarios[*scenario].name.clone(),
                segment: (*segment).to_owned(),
                metric: metric.name(&self.model),
                values: (0..=self.model.run.horizon as usize).map(at).collect(),
            }
        })
    }

    /// A metric of a scenario at or in one time, all segments together; none where there is no such thing.
    pub fn over_time(&self, scenario: &str, metric: &str, time: usize) -> Option<Estimate> {
        let scenario = self.model.scenarios.iter().position(|its| its.name == scenario)?;
        let place = self.metrics.iter().position(|its| its.name(&self.model) == metric)?;
        let level = Level { scenario, cut: 0, time: Some(time) };
        (time <= self.model.run.horizon as usize).then(|| self.at(level, (place, self.metrics[place]), self.sure()))
    }

    /// A metric at or in one time.
    fn at(&self, of: Level, (place, metric): (usize, Metric), sure: Confidence) -> Estimate {
        let time = of.time.unwrap_or_default();
        let whole = self.whole(metric, of.scenario, (of.cut, of.time));
        let level = |series: &[Vec<Vec<Vec<Moments>>>]| {
            let seen = Seen { values: series[of.scenario][of.cut][place][time], whole };
            self.grounds.level(of, (place, metric), &seen, sure)
        };
        let plain = level(&self.series);
        match (self.smooth_series.is_empty(), plain.standard_error) {
            (false, Some(error)) if !metric.is_state() => {
                let smooth = level(&self.smooth_series);
                let ends = Ends { low: smooth.low, high: smooth.high };
                Estimate::between(plain.mean, error, ends.holding(plain.mean))
            }
            _ => plain,
        }
    }
}
