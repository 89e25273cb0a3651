//! How many customers are in each class of a tag over time: one chart a tag, with a panel for each class.

use super::amount::{Unit, write};
use super::axis::Axis;
use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::key::Sample;
use super::palette::scenario;
use super::panels::{Head, Panels, legend};
use super::{Report, Tagged, means};

/// No more panels than these can be read.
const MOST_PANELS: usize = 9;

/// The classes of every tag.
pub fn classes(report: &Report) -> Vec<Chart> {
    report.tags.iter().filter_map(|tag| of_tag(report, tag)).collect()
}

fn of_tag(report: &Report, tag: &Tagged) -> Option<Chart> {
    let summary = &report.summary;
    let scenarios: Vec<&str> = summary.scenarios.iter().map(|its| its.name.as_str()).collect();
    let shown = shown(report, tag, &scenarios);
    if shown.is_empty() {
        return None;
    }
    let few = match tag.classes.len() - shown.len() {
        0 => String::new(),
        left => format!(" · the {} largest classes of {}", shown.len(), shown.len() + left),
    };
    let what = "Mean number of customers in retained stages; each class has a scale of its own";
    let mut figure =
        Figure::new(&format!("Customers by class: {}", tag.title), &format!("{what} · {}{few}", report.counted()));
    let names: Vec<_> = scenarios.iter().map(|its| (report.title(its).to_owned(), scenario(report, its))).collect();
    legend(&mut figure, Sample::Line, &names);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(shown.len()));
    let ups: Vec<Axis> = shown.iter().map(|(metric, _)| scale(report, metric, &scenarios)).collect();
    let heads: Vec<Head> = shown.iter().map(|(metric, title)| head(report, tag, metric, title)).collect();
    let widest = ups.iter().max_by(|one, other| room(one).total_cmp(&room(other)))?;
    let mut panels = Panels::place(&mut figure, &heads, 150.0, &across, widest);
    for (((metric, _), frame), up) in shown.iter().zip(&mut panels.frames).zip(ups) {
        frame.up = up;
        frame.draw_up(&mut figure.canvas);
        for name in &scenarios {
            means::draw(&mut figure.canvas, frame, report, (name, metric), (0, 2.0));
        }
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, &format!("Time, {}s from the start", summary.period.noun()));
    Some(figure.finish(&format!("classes_{}", tag.file_name), height, words(report, tag)))
}

/// The classes that have panels, in their order: all, or those that most customers are in.
fn shown<'t>(report: &Report, tag: &'t Tagged, scenarios: &[&str]) -> Vec<&'t (String, String)> {
    let has = |metric: &str| scenarios.iter().all(|name| !report.over_time(name, metric).is_empty());
    let most = |metric: &str| -> f64 {
        scenarios.iter().flat_map(|name| report.over_time(name, metric)).map(|its| its.mean).sum()
    };
    let mut by_size: Vec<&(String, String)> = tag.classes.iter().filter(|(metric, _)| has(metric)).collect();
    by_size.sort_by(|one, other| most(&other.0).total_cmp(&most(&one.0)));
    by_size.truncate(MOST_PANELS);
    tag.classes.iter().filter(|class| by_size.contains(class)).collect()
}

/// The scale of a class, from nobody on.
fn scale(report: &Report, metric: &str, scenarios: &[&str]) -> Axis {
    let means = scenarios.iter().flat_map(|name| report.over_time(name, metric)).map(|its| its.mean);
    Axis::values(Unit::of(metric), means.chain([0.0]), 4)
}

fn room(up: &Axis) -> f64 {
    Frame::room_for_labels(up)
}

/// What stands above a panel: the class, and which share of all it is in the baseline.
fn head(report: &Report, tag: &Tagged, metric: &str, title: &str) -> Head {
    let baseline = &report.summary.baseline;
    let last = report.over_time(baseline, metric).len().saturating_sub(1);
    let share = |time: usize| write(Unit::Share, share(report, tag, (baseline, metric), time));
    let note = format!("{}: {} of all at the start, {} at the end", report.title(baseline), share(0), share(last));
    Head { heading: title.to_owned(), note }
}

/// Which share of the customers in all classes is in this one.
fn share(report: &Report, tag: &Tagged, (name, metric): (&str, &str), time: usize) -> f64 {
    let at = |metric: &str| report.over_time(name, metric).get(time).map_or(0.0, |its| its.mean);
    let all: f64 = tag.classes.iter().map(|(metric, _)| at(metric)).sum();
    if all > 0.0 { at(metric) / all } else { 0.0 }
}

/// What the chart shows, in words: all classes.
fn words(report: &Report, tag: &Tagged) -> String {
    let summary = &report.summary;
    let end = |metric: &str| -> String {
        let told = summary.scenarios.iter().filter_map(|its| {
            let means = report.over_time(&its.name, metric);
            let share = share(report, tag, (&its.name, metric), means.len().saturating_sub(1));
            let (number, share) = (write(Unit::of(metric), means.last()?.mean), write(Unit::Share, share));
            Some(format!("{} {number} ({share})", report.title(&its.name)))
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let each: Vec<String> = tag.classes.iter().map(|(metric, title)| format!("{title}: {}", end(metric))).collect();
    format!(
        "Line charts of customers by class over {} {}s. At the end: {}.",
        summary.horizon,
        summary.period.noun(),
        each.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Series;
    use crate::report::fixture;
    use crate::stats::estimate::Estimate;

    fn with_classes(count: usize) -> Report {
        let mut report = fixture::report();
        let counted: Vec<_> = report.series.iter().filter(|its| its.metric == "active_customers").cloned().collect();
        assert!(!counted.is_empty());
        let class = |class: usize| (format!("tags.tier.class_{class}"), format!("Class {class}"));
        let classes: Vec<(String, String)> = (0..count).map(class).collect();
        for (place, (metric, _)) in classes.iter().enumerate() {
            report.series.extend(counted.iter().cloned().map(|its| {
                let values = its.values.iter().map(|value| Estimate::known(value.mean * (place + 1) as f64)).collect();
                Series { metric: metric.clone(), values, ..its }
            }));
        }
        report.tags = vec![Tagged { file_name: "tier".to_owned(), title: "Tier".to_owned(), classes }];
        report
    }

    #[test]
    fn each_class_has_a_panel_with_every_scenario_and_words_for_all_of_them() {
        assert_eq!(classes(&fixture::report()), [], "without tags there is nothing to show");
        let charts = classes(&with_classes(3));
        let chart = &charts[0];
        assert_eq!((charts.len(), chart.name.as_str()), (1, "classes_tier"));
        assert!(chart.svg.contains("Class 2") && !chart.svg.contains("NaN"));
        // Of one, two and three parts of six.
        assert!(chart.alt.contains("Class 0: Today") && chart.alt.contains("(50"), "{}", chart.alt);
    }

    #[test]
    fn of_many_classes_the_largest_are_shown_and_all_told() {
        let chart = classes(&with_classes(16)).remove(0);
        assert!(chart.svg.contains("Class 15") && !chart.svg.contains("Class 0<"), "{}", chart.alt);
        assert!(chart.svg.contains("largest") && chart.alt.contains("Class 0: "), "{}", chart.svg);
    }
}
