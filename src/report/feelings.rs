//! What customers carry over time: satisfaction and the states that are held between 0 and 1, side by side.

use super::amount::{Unit, write};
use super::axis::Axis;
use super::chart::Chart;
use super::figure::Figure;
use super::key::Sample;
use super::palette::scenario;
use super::panels::{Head, Panels, legend};
use super::{Report, means};
use crate::model::metric::Metric;

/// No more panels than these can be read.
const MOST_PANELS: usize = 9;

/// The mean of satisfaction and of every such state in each scenario; none where the study has no states.
pub fn feelings(report: &Report) -> Option<Chart> {
    let satisfaction = (Metric::Satisfaction.key().to_owned(), Metric::Satisfaction.facts().title.to_owned());
    let states = report.feelings.iter().map(|(metric, title)| (metric.clone(), title.clone()));
    let has = |metric: &str| report.series.iter().any(|series| series.metric == metric);
    let shown: Vec<(String, String)> =
        [satisfaction].into_iter().chain(states).filter(|(metric, _)| has(metric)).take(MOST_PANELS).collect();
    if report.feelings.is_empty() || shown.is_empty() {
        return None;
    }
    let summary = &report.summary;
    let subtitle = format!("Mean over customers in retained stages, 0 to 1 · {}", report.counted());
    let mut figure = Figure::new("What customers carry", &subtitle);
    let scenarios: Vec<&str> = summary.scenarios.iter().map(|its| its.name.as_str()).collect();
    let names: Vec<_> = scenarios.iter().map(|its| (report.title(its).to_owned(), scenario(report, its))).collect();
    legend(&mut figure, Sample::Line, &names);
    let values = |metric: &str| {
        scenarios.iter().flat_map(|its| report.over_time(its, metric)).map(|its| its.mean).collect::<Vec<_>>()
    };
    let up = Axis::values(Unit::Number, shown.iter().flat_map(|(metric, _)| values(metric)), 5);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(shown.len()));
    let heads: Vec<Head> =
        shown.iter().map(|(_, title)| Head { heading: title.clone(), note: String::new() }).collect();
    let panels = Panels::place(&mut figure, &heads, 150.0, &across, &up);
    for ((metric, _), frame) in shown.iter().zip(&panels.frames) {
        frame.draw_up(&mut figure.canvas);
        for name in &scenarios {
            means::draw(&mut figure.canvas, frame, report, (name, metric), (0, 2.0));
        }
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, &format!("Time, {}s from the start", summary.period.noun()));
    Some(figure.finish("feelings", height, words(report, &shown)))
}

/// What the chart shows, in words.
fn words(report: &Report, shown: &[(String, String)]) -> String {
    let summary = &report.summary;
    let end = |metric: &str| -> String {
        let last = |name: &str| report.over_time(name, metric).last().map(|its| write(Unit::of(metric), its.mean));
        let told = summary
            .scenarios
            .iter()
            .filter_map(|its| Some(format!("{} {}", report.title(&its.name), last(&its.name)?)));
        told.collect::<Vec<_>>().join(", ")
    };
    let panels: Vec<String> = shown.iter().map(|(metric, title)| format!("{title}: {}", end(metric))).collect();
    format!("Line charts over {} {}s. At the end: {}.", summary.horizon, summary.period.noun(), panels.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Series;
    use crate::report::fixture;

    #[test]
    fn each_state_has_a_panel_with_every_scenario_and_words_for_all_of_them() {
        let mut report = fixture::report();
        assert_eq!(feelings(&report), None, "without states there is nothing to show");
        let retention: Vec<_> = report.series.iter().filter(|its| its.metric == "retention").cloned().collect();
        for (metric, title) in [("states.trust", "Trust"), ("states.memory", "Memory")] {
            report.feelings.insert(metric.to_owned(), title.to_owned());
            report.series.extend(retention.iter().cloned().map(|its| Series { metric: metric.to_owned(), ..its }));
        }
        let chart = feelings(&report).unwrap();
        assert!(chart.alt.contains("Trust: Today") && chart.alt.contains("Memory: Today"), "{}", chart.alt);
        assert!(chart.svg.contains("Trust") && !chart.svg.contains("NaN"));
    }
}
