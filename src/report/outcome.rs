//! Outcomes: what nine of ten replications lie between. The interval of a mean says only how well the mean is known.

use indexmap::IndexMap;

use super::Report;
use super::amount::{Unit, write_ranged};
use crate::estimate::summary::{Contrast, ScenarioSummary};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;
use crate::stats::order::{Percentiles, Ranks};

/// A mean with the ends of its outcomes; with those of its interval where replications are too few for outcomes.
pub fn with_range(estimate: &Estimate, outcomes: Option<Ends>) -> Estimate {
    outcomes.map_or(*estimate, |its| Estimate {
        mean: estimate.mean,
        standard_error: Some(estimate.standard_error.unwrap_or(0.0)),
        low: its.low,
        high: its.high,
    })
}

/// What nine of ten replications lie between in a metric; none where they are too few to tell.
pub fn nine_of_ten(percentiles: &IndexMap<String, Percentiles>, metric: &str) -> Option<Ends> {
    percentiles.get(metric)?.outcomes()
}

/// Whether replications are enough to tell what nine of ten of them lie between.
pub fn are_known(percentiles: &IndexMap<String, Percentiles>) -> bool {
    percentiles.values().any(|its| its.outcomes().is_some())
}

/// [`with_range`] of a scenario's metric.
pub fn level(scenario: &ScenarioSummary, metric: &str) -> Option<Estimate> {
    Some(with_range(scenario.metrics.get(metric)?, nine_of_ten(&scenario.percentiles, metric)))
}

/// [`with_range`] of a difference from the baseline.
pub fn change(contrast: &Contrast, metric: &str) -> Option<Estimate> {
    Some(with_range(&contrast.metrics.get(metric)?.estimate, nine_of_ten(&contrast.percentiles, metric)))
}

/// How a mean is followed by its outcomes: `; in nine of ten cases between 0.05 and 1.21 M`. Where replications are too
/// few it is the interval of the mean: ` (95% interval of the mean 0.05 to 1.21 M)`. Nothing where neither is known.
pub fn in_words(unit: Unit, estimate: &Estimate, outcomes: Option<Ends>, level: f64) -> String {
    let shown = with_range(estimate, outcomes);
    if shown.standard_error.is_none() || shown.low >= shown.high {
        return String::new();
    }
    let ends = write_ranged(unit, shown.mean, shown.low, shown.high).1;
    match outcomes {
        Some(_) => {
            let between = if shown.mean < 0.0 { "the difference lies between" } else { "between" };
            format!("; in nine of ten cases {between} {}", ends.replacen(" to ", " and ", 1))
        }
        None => format!(" ({} {ends})", interval_of_the_mean(level)),
    }
}

/// `95% interval of the mean`.
pub fn interval_of_the_mean(level: f64) -> String {
    format!("{:.0}% interval of the mean", level * 100.0)
}

/// What brackets in tables of metrics hold; nothing with a single replication.
pub fn brackets(report: &Report) -> Option<String> {
    let summary = &report.summary;
    let known = summary.scenarios.iter().any(|scenario| are_known(&scenario.percentiles));
    let count = summary.replications;
    match count {
        1 => None,
        _ if known => {
            Some(format!("[ ]: nine of ten of the {count} replications lie between (5th to 95th percentile)."))
        }
        _ => {
            let level = summary.interval * 100.0;
            let fewest = Ranks::fewest(0.05, summary.interval);
            Some(format!(
                "[ ]: {level:.0}% intervals of the mean over {count} replications. The range of outcomes needs {fewest}."
            ))
        }
    }
}

/// How well the mean differences in net present value are known, or in retention where there is no money; nothing where
/// brackets say that, or no interval is known.
pub fn footnote(report: &Report) -> Option<String> {
    let summary = &report.summary;
    let metric = if report.has_money() { Metric::Npv } else { Metric::Retention };
    let what = metric.facts().phrase;
    let known = |contrast: &Contrast| {
        let estimate = contrast.metrics.get(metric.key())?.estimate;
        nine_of_ten(&contrast.percentiles, metric.key())?;
        estimate.standard_error?;
        let ends = write_ranged(Unit::of_difference(metric.key()), estimate.mean, estimate.low, estimate.high).1;
        Some(format!("{} {ends}", report.title(&contrast.scenario)))
    };
    let all: Vec<String> = summary.contrasts.iter().filter_map(known).collect();
    let level = summary.interval * 100.0;
    (!all.is_empty()).then(|| format!("{level:.0}% intervals of the mean difference in {what}: {}.", all.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn outcomes_come_before_the_interval_of_the_mean_and_are_named_apart() {
        let outcomes = Ends { low: -2e5, high: 1.21e6 };
        let estimate = Estimate { mean: 6.2e5, standard_error: Some(2e4), low: 5.7e5, high: 6.7e5 };
        let said = |estimate, outcomes| in_words(Unit::Number, &estimate, outcomes, 0.95);
        assert_eq!(said(estimate, Some(outcomes)), "; in nine of ten cases between −0.20 and 1.21 M");
        assert_eq!(said(estimate, None), " (95% interval of the mean 570 to 670 k)");
        assert_eq!(said(Estimate::unknown(6.2e5), None), "");
        let lost = Estimate { mean: -1e5, ..estimate };
        assert!(said(lost, Some(outcomes)).contains("the difference lies between −0.20 and"), "{lost:?}");
    }

    #[test]
    fn too_few_replications_are_said_to_give_the_interval_of_the_mean() {
        assert!(brackets(&fixture::report()).unwrap().contains("5th to 95th percentile"));
        assert!(footnote(&fixture::report()).unwrap().starts_with("95% intervals of the mean difference in net"));
        let extremes = fixture::extremes();
        let two = &extremes[3].1;
        assert_eq!(
            brackets(two).unwrap(),
            "[ ]: 95% intervals of the mean over 2 replications. The range of outcomes needs 20."
        );
        assert_eq!((footnote(two), brackets(&extremes[2].1)), (None, None));
    }
}
