//! Channels to test with: some where people work, the first of which customers try most, and some where nobody waits.

use super::{Report, fixture, service};
use crate::estimate::summary::{ScenarioSummary, Series};
use crate::model::channel::Gauge;
use crate::model::metric::{Metric, SWITCHED};
use crate::stats::estimate::Estimate;

/// A report of a study with so many channels where people work, and so many where nobody does.
pub fn report(staffed: usize, free: usize) -> Report {
    with_channels(fixture::report(), staffed, free)
}

/// The same with the scenarios and times of another report.
pub fn with_channels(mut report: Report, staffed: usize, free: usize) -> Report {
    let names: Vec<String> = (0..staffed + free).map(|place| format!("c{place}")).collect();
    report.channels = names.iter().map(|name| (name.clone(), format!("channel {}", &name[1..]))).collect();
    let counted: Vec<Series> =
        report.series.iter().filter(|its| its.metric == Metric::Retention.key()).cloned().collect();
    for (place, name) in names.iter().enumerate() {
        let gauges = Gauge::ALL.into_iter().filter(|gauge| place < staffed || !gauge.needs_people());
        for gauge in gauges {
            let metric = service::metric(name, gauge);
            for (scenario, its) in report.summary.scenarios.iter_mut().enumerate() {
                its.metrics.insert(metric.clone(), estimate(value(gauge, place, scenario)));
            }
            report.series.extend(counted.iter().cloned().enumerate().map(|(scenario, its)| {
                let at = |t: usize| if t == 0 { 0.0 } else { value(gauge, place, scenario) * (1.0 + 0.01 * t as f64) };
                let values = (0..its.values.len()).map(|t| estimate(at(t))).collect();
                Series { metric: metric.clone(), values, ..its }
            }));
        }
    }
    for (scenario, its) in report.summary.scenarios.iter_mut().enumerate() {
        switched(its, &names, scenario);
    }
    report
}

/// Of those who come to a channel first six of ten end there, and most others in the next one.
fn switched(its: &mut ScenarioSummary, names: &[String], scenario: usize) {
    let count = names.len();
    for (from, first) in names.iter().enumerate() {
        for (to, last) in names.iter().enumerate() {
            let share = match (to + count - from) % count {
                0 => 0.6 + 0.05 * scenario as f64,
                1 => 0.3 - 0.05 * scenario as f64,
                _ => 0.1 / count as f64,
            };
            let came = 9_000.0 / (1 + from) as f64;
            its.metrics.insert(SWITCHED.called(&format!("{first}.{last}")), estimate(came * share));
        }
    }
}

/// Lets nobody come to any channel.
pub fn deserted(report: &mut Report) {
    let ours: Vec<String> =
        report.channels.keys().flat_map(|name| Gauge::ALL.map(|gauge| service::metric(name, gauge))).collect();
    let is_ours = |metric: &str| ours.iter().any(|its| its == metric) || SWITCHED.member(metric).is_some();
    for scenario in &mut report.summary.scenarios {
        let its = scenario.metrics.iter_mut().filter(|(metric, _)| is_ours(metric));
        its.for_each(|(_, value)| *value = estimate(0.0));
    }
    for series in report.series.iter_mut().filter(|its| is_ours(&its.metric)) {
        series.values.fill(estimate(0.0));
    }
}

/// What is read off a channel in a scenario.
fn value(gauge: Gauge, place: usize, scenario: usize) -> f64 {
    let attempts = 9_000.0 / (1 + place) as f64;
    match gauge {
        Gauge::Attempts => attempts,
        Gauge::Abandoned => 0.2 * attempts,
        Gauge::Closed => 0.0,
        Gauge::Handled => 0.8 * attempts,
        Gauge::Solved => 0.64 * attempts,
        Gauge::ContextLost => 0.05 * attempts,
        Gauge::Abandonment => 0.2 / (1 + scenario) as f64,
        Gauge::ServiceLevel => 0.5,
        Gauge::Wait => 3.0 * (1 + place) as f64 / (1 + scenario) as f64,
        Gauge::Utilisation => 0.7,
        Gauge::PeopleNeeded => 12.0,
    }
}

fn estimate(mean: f64) -> Estimate {
    Estimate { mean, standard_error: Some(0.01 * mean), low: 0.98 * mean, high: 1.02 * mean }
}
