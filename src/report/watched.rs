//! What the company watches: what its surveys show beside what everybody would say, and how often its promises break.

use super::amount::{Unit, write, write_ranged};
use super::axis::Axis;
use super::chart::Chart;
use super::figure::Figure;
use super::key::Sample;
use super::palette::scenario;
use super::panels::{Head, Panels, draw_zero, legend};
use super::{Report, means};
use crate::model::metric::{PILLARS, SURVEYS};

/// No more panels than these can be read.
pub(super) const MOST_PANELS: usize = 6;

/// What a panel shows of every scenario.
pub(super) struct Shown {
    /// What it is about.
    pub title: String,
    /// What is to be said of it; may be empty.
    pub note: String,
    /// The metric of the thick line.
    pub metric: String,
    /// That of the thin line; none where there is no other.
    pub truth: Option<String>,
    /// What both are measured in.
    pub unit: Unit,
    /// The first time at which there is anything.
    pub first: usize,
}

/// The score of every survey over time in each scenario, and the one that everybody would give.
pub fn dashboard(report: &Report) -> Option<Chart> {
    let noun = report.summary.period.noun();
    let shown: Vec<Shown> = report
        .watched
        .surveys
        .iter()
        .map(|(name, survey)| Shown {
            title: survey.title.clone(),
            note: seen_from(report, name),
            metric: SURVEYS.called(name),
            truth: Some(SURVEYS.called(&format!("{name}.truth"))),
            unit: Unit::Number,
            first: usize::try_from(survey.every).unwrap_or(usize::MAX),
        })
        .take(MOST_PANELS)
        .collect();
    let title = "What the dashboard shows, and what everybody would say";
    let subtitle = format!("Score, −100 to 100 · thin: everybody, asked or not · {}", report.counted());
    let first =
        format!("Visible: the {noun} from which on a test of the two dashboards finds the effect 8 times in 10.");
    drawn(report, ("dashboard", title, &subtitle), &shown).map(|chart| with_words(chart, &first))
}

/// The share of occasions at which every pillar broke so far, in each scenario.
pub fn pillars(report: &Report) -> Option<Chart> {
    let broken = |name: &str| {
        let metric = PILLARS.called(name);
        let told = report.summary.scenarios.iter().filter_map(|its| {
            let sum = its.metrics.get(&metric)?;
            Some(format!("{} {}", report.title(&its.name), write(Unit::Number, sum.mean)))
        });
        format!("Broken: {}", told.collect::<Vec<_>>().join(", "))
    };
    let shown: Vec<Shown> = report
        .watched
        .pillars
        .iter()
        .map(|(name, title)| Shown {
            title: title.clone(),
            note: broken(name),
            metric: PILLARS.called(&format!("{name}.share")),
            truth: None,
            unit: Unit::Share,
            first: 1,
        })
        .take(MOST_PANELS)
        .collect();
    let subtitle = format!("Share of the occasions so far at which each broke · {}", report.counted());
    drawn(report, ("pillars", "How often promises break", &subtitle), &shown)
}

/// From when on a survey shows what each scenario does.
fn seen_from(report: &Report, survey: &str) -> String {
    let noun = report.summary.period.noun();
    let seen = report.summary.contrasts.iter().filter_map(|its| Some((&its.scenario, its.visible.get(survey)?.period)));
    let (told, never): (Vec<_>, Vec<_>) = seen.partition(|(_, period)| period.is_some());
    let title = |(name, _): &(&String, Option<u64>)| report.title(name).to_owned();
    let mut parts: Vec<String> =
        told.iter().map(|its| format!("{} from {noun} {}", title(its), its.1.unwrap_or_default())).collect();
    match (told.is_empty(), never.is_empty()) {
        (true, true) => return String::new(),
        (true, false) => parts.push("no difference within the horizon".to_owned()),
        (false, false) => parts.push(format!("not {}", never.iter().map(title).collect::<Vec<_>>().join(", "))),
        (false, true) => {}
    }
    format!("Visible: {}", parts.join("; "))
}

/// Panels of what every scenario shows over time; none where there is nothing to show.
pub(super) fn drawn(report: &Report, (name, title, subtitle): (&str, &str, &str), shown: &[Shown]) -> Option<Chart> {
    let summary = &report.summary;
    let unit = shown.first()?.unit;
    let mut figure = Figure::new(title, subtitle);
    let scenarios: Vec<&str> = summary.scenarios.iter().map(|its| its.name.as_str()).collect();
    let names: Vec<_> = scenarios.iter().map(|its| (report.title(its).to_owned(), scenario(report, its))).collect();
    legend(&mut figure, Sample::Line, &names);
    let lines = |its: &Shown| std::iter::once(its.metric.clone()).chain(its.truth.clone()).collect::<Vec<_>>();
    let values = shown.iter().flat_map(|its| {
        let of = move |metric: String| scenarios_over_time(report, &metric, its.first);
        lines(its).into_iter().flat_map(of)
    });
    let up = Axis::values(unit, values.chain([0.0]), 5);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(shown.len()));
    let heads: Vec<Head> =
        shown.iter().map(|its| Head { heading: its.title.clone(), note: its.note.clone() }).collect();
    let panels = Panels::place(&mut figure, &heads, 150.0, &across, &up);
    for (its, frame) in shown.iter().zip(&panels.frames) {
        frame.draw_up(&mut figure.canvas);
        draw_zero(&mut figure.canvas, frame);
        for name in &scenarios {
            for (metric, wide) in lines(its).iter().zip([2.0, 0.8]) {
                means::draw(&mut figure.canvas, frame, report, (name, metric), (its.first, wide));
            }
        }
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, &format!("Time, {}s from the start", summary.period.noun()));
    Some(figure.finish(name, height, words(report, shown)))
}

/// The values of a metric in all scenarios, from a time on.
fn scenarios_over_time(report: &Report, metric: &str, first: usize) -> Vec<f64> {
    let of = |name: &str| report.over_time(name, metric).iter().skip(first).map(|its| its.mean).collect::<Vec<_>>();
    report.summary.scenarios.iter().flat_map(|its| of(&its.name)).collect()
}

fn with_words(chart: Chart, first: &str) -> Chart {
    Chart { alt: format!("{first} {}", chart.alt), ..chart }
}

/// What the chart shows, in words.
fn words(report: &Report, shown: &[Shown]) -> String {
    let summary = &report.summary;
    let last = |its: &Shown, name: &str| {
        let end = report.over_time(name, &its.metric).last()?;
        let (mean, ends) = write_ranged(its.unit, end.mean, end.low, end.high);
        let truth = its.truth.as_ref().and_then(|truth| report.over_time(name, truth).last());
        let truth = truth.map_or_else(String::new, |its| format!(", everybody {}", write(Unit::Number, its.mean)));
        Some(format!("{} {mean} ({ends}){truth}", report.title(name)))
    };
    let panel = |its: &Shown| {
        let ends: Vec<String> = summary.scenarios.iter().filter_map(|of| last(its, &of.name)).collect();
        let note = if its.note.is_empty() { String::new() } else { format!(". {}", its.note) };
        format!("{}: {}{note}", its.title, ends.join("; "))
    };
    let panels: Vec<String> = shown.iter().map(panel).collect();
    format!("Line charts over {} {}s. At the end: {}.", summary.horizon, summary.period.noun(), panels.join(". "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::{Series, Visible};
    use crate::report::{Asked, fixture};

    #[test]
    fn surveys_and_pillars_have_panels_and_words_and_are_drawn_only_where_there_are_any() {
        let mut report = fixture::report();
        assert_eq!((dashboard(&report), pillars(&report)), (None, None));
        let retention: Vec<_> = report.series.iter().filter(|its| its.metric == "retention").cloned().collect();
        for metric in ["surveys.nps", "surveys.nps.truth", "pillars.answered.share"] {
            report.series.extend(retention.iter().cloned().map(|its| Series { metric: metric.to_owned(), ..its }));
        }
        report.watched.surveys.insert("nps".to_owned(), Asked { title: "Would recommend us".to_owned(), every: 3 });
        report.watched.pillars.insert("answered".to_owned(), "Nobody waits two days".to_owned());
        let visible = Visible { period: Some(9), power: 0.93 };
        report.summary.contrasts[0].visible.insert("nps".to_owned(), visible);
        let (shown, broken) = (dashboard(&report).unwrap(), pillars(&report).unwrap());
        assert!(shown.svg.contains("Would recommend us") && !shown.svg.contains("NaN"));
        assert!(shown.alt.contains("month 9") && shown.alt.contains("everybody"), "{}", shown.alt);
        assert!(broken.alt.contains("Nobody waits two days: Today"), "{}", broken.alt);
    }
}
