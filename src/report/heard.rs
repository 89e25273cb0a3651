//! What customers hear of each other over time, by what it is called.

use super::Report;
use super::amount::{Unit, write};
use super::chart::Chart;
use super::watched::{MOST_PANELS, Shown, drawn};
use crate::model::metric::HEARSAY;

/// How often each hearsay is heard in every scenario; none where nothing is heard.
pub fn heard(report: &Report) -> Option<Chart> {
    let summary = &report.summary;
    let [hearings, told] = HEARSAY;
    let metrics = summary.scenarios.first().into_iter().flat_map(|its| its.metrics.keys());
    let note = |name: &str| {
        let of = |metric: &str| {
            let sums = summary.scenarios.iter().filter_map(|its| {
                Some(format!("{} {}", report.title(&its.name), write(Unit::Number, its.metrics.get(metric)?.mean)))
            });
            sums.collect::<Vec<_>>().join(", ")
        };
        format!("People told in all: {}", of(&told.called(name)))
    };
    let shown: Vec<Shown> = metrics
        .filter_map(|metric| Some((metric, hearings.member(metric)?)))
        .map(|(metric, name)| Shown {
            title: name.replace('_', " "),
            note: note(name),
            metric: metric.clone(),
            truth: None,
            unit: Unit::of(metric),
            first: 1,
        })
        .take(MOST_PANELS)
        .collect();
    let subtitle = format!("Times a {} that customers hear it · {}", summary.period.noun(), report.counted());
    drawn(report, ("heard", "What customers hear of each other", &subtitle), &shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Series;
    use crate::report::fixture;
    use crate::stats::estimate::Estimate;

    #[test]
    fn what_is_heard_has_a_panel_each_and_words_and_is_drawn_only_where_there_is_any() {
        let mut report = fixture::report();
        assert_eq!(heard(&report), None);
        let retention: Vec<_> = report.series.iter().filter(|its| its.metric == "retention").cloned().collect();
        for metric in ["heard.angry_posts", "heard.friends"] {
            report.series.extend(retention.iter().cloned().map(|its| Series { metric: metric.to_owned(), ..its }));
        }
        for scenario in &mut report.summary.scenarios {
            for metric in ["heard.angry_posts", "heard.friends", "told.angry_posts", "told.friends"] {
                scenario.metrics.insert(metric.to_owned(), Estimate::unknown(1_200.0));
            }
        }
        let chart = heard(&report).unwrap();
        assert!(chart.svg.contains("angry posts") && !chart.svg.contains("NaN"));
        assert!(
            chart.alt.contains("friends: Today") && chart.alt.contains("People told in all: Today 1,200"),
            "{}",
            chart.alt
        );
    }
}
