//! Curves over time, one for each scenario, with bands of their outcomes: levels, and differences from the baseline.

use super::amount::{Unit, measured_in, write, write_ranged};
use super::axis::{Axis, times};
use super::canvas::{Canvas, Point};
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame};
use super::key::{Key, Sample};
use super::outcome::interval_of_the_mean;
use super::palette::{Look, QUIET, SHADE, scenario};
use super::panels::{draw_zero, legend};
use super::{Entrant, Report};
use crate::estimate::summary::Band;
use crate::model::facts::{Dimension, Facts, Time};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;

/// What times count from where it is not said otherwise.
const START: &str = "from the start";
/// No more points than this are drawn of one curve: about two points of the picture lie between them.
const MOST_POINTS: usize = 240;

/// A curve with its look.
pub struct Curve {
    /// The scenario's name.
    pub name: String,
    /// The scenario's title.
    pub title: String,
    /// How it is drawn.
    pub look: Look,
    /// Times with their values.
    pub values: Vec<(f64, Estimate)>,
}

impl Curve {
    fn last(&self) -> Option<Estimate> {
        self.values.last().map(|(_, value)| *value)
    }
}

/// What a chart of curves is about.
pub struct Subject {
    /// The metric's name, which is that of the chart of levels as well.
    pub name: &'static str,
    /// Whether differences from the baseline are shown.
    pub difference: bool,
    /// The chart's title.
    pub title: String,
    /// What is measured, with its unit.
    pub measures: String,
    /// How values are written.
    pub unit: Unit,
    /// The first and the last time at which there is any.
    pub times: (u64, u64),
    /// What times count from: `from the start`.
    pub since: &'static str,
}

impl Subject {
    /// An interval of a share, cut where no share can be; means stay as they are.
    fn possible(&self, value: Estimate) -> Estimate {
        match self.unit {
            Unit::Share => {
                Estimate { low: value.low.max(0.0).min(value.mean), high: value.high.min(1.0).max(value.mean), ..value }
            }
            _ => value,
        }
    }
}

/// A metric of every scenario over time.
pub fn curve(report: &Report, metric: Metric) -> Chart {
    let facts = metric.facts();
    let (title, measures) = wording(report, metric);
    let (times, unit) = (times_of(report, facts), Unit::of(facts.name));
    drawn(report, &Subject { name: facts.name, difference: false, title, measures, unit, times, since: START })
}

/// The difference of every other scenario from the baseline in a metric over time; none where there is none.
pub fn difference(report: &Report, metric: Metric) -> Option<Chart> {
    let facts = metric.facts();
    report.bands.iter().find(|of| of.difference && of.metric == facts.name)?;
    let baseline = report.title(&report.summary.baseline);
    let (_, measures) = wording(report, metric);
    let unit = Unit::of_difference(facts.name);
    let measures = if unit == Unit::Points { format!("{}, percentage points", facts.title) } else { measures };
    let title = match metric {
        Metric::FullTime => format!("How many more people each scenario takes than “{baseline}”"),
        _ => format!("{} of each scenario less that of “{baseline}”", facts.title),
    };
    let times = times_of(report, facts);
    Some(drawn(report, &Subject { name: facts.name, difference: true, title, measures, unit, times, since: START }))
}

/// The first and the last time at which there is any of it: money where it is booked, work in periods alone.
fn times_of(report: &Report, facts: &Facts) -> (u64, u64) {
    match (facts.dimension, facts.time) {
        (Dimension::Money, Time::Flow) => report.booked,
        (Dimension::People, _) | (_, Time::Pooled) => (1, report.summary.horizon),
        _ => (0, report.summary.horizon),
    }
}

/// The title of a metric's chart, and what it measures.
fn wording(report: &Report, metric: Metric) -> (String, String) {
    let (noun, currency) = (report.summary.period.noun(), &report.summary.currency);
    match metric {
        Metric::Retention => {
            ("How long customers stay: share retained".to_owned(), "Share of customers retained, percent".to_owned())
        }
        Metric::Revenue => {
            // Under some accruals a period's money stands at the time at which the period begins.
            let begins = report.booked.0 == 0 && report.booked.1 < report.summary.horizon;
            let when = if begins { format!(", booked at the start of the {noun}") } else { String::new() };
            (format!("What customers spend: revenue in each {noun}"), format!("Revenue, {currency} per {noun}{when}"))
        }
        Metric::Wallet => (
            "How much of what customers buy they buy here: share of wallet".to_owned(),
            format!("Share of all that they buy where they share it with rivals, in each {noun}, percent"),
        ),
        Metric::FullTime => {
            let hours = write(Unit::Number, report.full_time_hours);
            (
                format!("How many people it takes: full-time people in each {noun}"),
                format!("People busy with customers at touchpoints, each {hours} hours a year"),
            )
        }
        other => {
            let facts = other.facts();
            let when = match facts.time {
                Time::State => String::new(),
                Time::Flow | Time::Pooled => format!(" per {noun}"),
                Time::Cumulated => " since the start".to_owned(),
            };
            let measured = measured_in(facts.dimension, currency);
            (format!("{} of each scenario", facts.title), format!("{}, {measured}{when}", facts.title))
        }
    }
}

/// A mean at each time, with the ends of its outcomes, or those of its interval where replications are too few.
fn values(report: &Report, scenario: &str, subject: &Subject) -> Vec<Estimate> {
    let bands = report.bands(scenario, subject.name, subject.difference);
    let with = |(mean, band): (&Estimate, Option<&Band>)| match band.and_then(|band| band.outcomes) {
        Some(Ends { low, high }) => Estimate { low, high, ..*mean },
        None => *mean,
    };
    if subject.difference {
        return bands.iter().map(|band| with((&band.mean, Some(band)))).collect();
    }
    let means = report.over_time(scenario, subject.name);
    means.iter().enumerate().map(|(time, mean)| with((mean, bands.get(time)))).collect()
}

fn curves(report: &Report, subject: &Subject) -> Vec<Curve> {
    let curve = |name: &String| {
        let held = |time: &usize| (subject.times.0..=subject.times.1).contains(&(*time as u64));
        let values: Vec<_> =
            values(report, name, subject).into_iter().enumerate().filter(|(time, _)| held(time)).collect();
        let kept = times(values.len(), MOST_POINTS).into_iter().map(|place| values[place]);
        Curve {
            name: name.clone(),
            title: report.title(name).to_owned(),
            look: scenario(report, name),
            values: kept.map(|(time, value)| (time as f64, subject.possible(value))).collect(),
        }
    };
    report.summary.scenarios.iter().map(|s| curve(&s.name)).filter(|c| !c.values.is_empty()).collect()
}

/// What bands are, for the legend.
fn band_name(report: &Report, subject: &Subject) -> String {
    let all = report.bands.iter().filter(|of| of.metric == subject.name && of.difference == subject.difference);
    if all.flat_map(|of| &of.values).any(|band| band.outcomes.is_some()) {
        "Band: nine of ten replications (5th to 95th percentile)".to_owned()
    } else {
        format!("Band: {}", interval_of_the_mean(report.summary.interval))
    }
}

fn drawn(report: &Report, subject: &Subject) -> Chart {
    draw(report, subject, curves(report, subject))
}

/// The chart of some curves.
pub fn draw(report: &Report, subject: &Subject, mut curves: Vec<Curve>) -> Chart {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let banded = curves.iter().flat_map(|c| &c.values).any(|(_, value)| value.low < value.high);
    let mut figure = Figure::new(&subject.title, &format!("{} · {}", subject.measures, report.counted()));
    if banded {
        legend(&mut figure, Sample::Square, &[(band_name(report, subject), Look { ink: SHADE.faint(0.3), dash: &[] })]);
    }

    let entrants = if subject.name == Metric::Wallet.key() { report.entrants.as_slice() } else { &[] };
    let enters = Look { ink: QUIET, dash: &[2.0, 4.0] };
    let marks: Vec<(String, Look)> = entrants.iter().map(|its| (entry(noun, its), enters)).collect();
    if !marks.is_empty() {
        legend(&mut figure, Sample::Line, &marks);
    }

    let ends = curves.iter().flat_map(|c| &c.values).flat_map(|(_, value)| [value.low, value.high]);
    let up = Axis::values(subject.unit, ends.chain([0.0]), 5);
    let across = Axis::times(summary.period, subject.times.0, subject.times.1, 9);

    // The key goes from the highest end to the lowest, as the curves do.
    let end = |curve: &Curve| curve.last().map_or(0.0, |value| value.mean);
    curves.sort_by(|a, b| end(b).total_cmp(&end(a)));
    let mut key = Key::new(Sample::Line);
    for curve in &curves {
        key.add(&curve.title, &write(subject.unit, end(curve)), curve.look);
    }
    let height = (figure.top + 300.0_f64.max(key.height()) + BELOW + EDGE).max(430.0);
    let frame = Frame {
        left: EDGE + Frame::room_for_labels(&up),
        right: key.frame_right(),
        top: figure.top,
        bottom: height - BELOW,
        across,
        up,
    };
    frame.draw_up(&mut figure.canvas);
    draw_zero(&mut figure.canvas, &frame);
    for Entrant { middle, .. } in entrants {
        let x = frame.x(*middle);
        figure.canvas.dashed(&[(x, frame.top), (x, frame.bottom)], enters.ink, 1.0, enters.dash);
    }
    for curve in &curves {
        // Where many bands lie upon each other, each is fainter.
        draw_band(&mut figure.canvas, &frame, curve, if curves.len() > 5 { 0.08 } else { 0.18 });
    }
    // The baseline last, so that no other line hides it.
    let (baseline, others): (Vec<&Curve>, Vec<&Curve>) = curves.iter().partition(|c| c.name == summary.baseline);
    for (place, curve) in others.iter().chain(&baseline).enumerate() {
        draw_line(&mut figure.canvas, &frame, curve, place as f64 - (curves.len() - 1) as f64 / 2.0);
    }
    frame.draw_across(&mut figure.canvas, &format!("Time, {noun}s {}", subject.since));
    let ends: Vec<f64> = curves.iter().map(|curve| frame.y(end(curve))).collect();
    key.draw(&mut figure, frame.right, (frame.top, frame.bottom), &ends);
    let name = if subject.difference { format!("{}_difference", subject.name) } else { subject.name.to_owned() };
    figure.finish(&name, height, words(report, subject, &curves))
}

/// When a rival enters, in words.
fn entry(noun: &str, its: &Entrant) -> String {
    let Entrant { title, low, middle, high } = its;
    let when = if low < high { format!("{middle} ({low} to {high})") } else { middle.to_string() };
    format!("{title} enters: {noun} {when}")
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, curve: &Curve, alpha: f64) {
    let edge = |of: fn(&Estimate) -> f64| -> Vec<Point> {
        curve.values.iter().map(|(time, value)| (frame.x(*time), frame.y(of(value)))).collect()
    };
    if curve.values.iter().any(|(_, value)| value.low < value.high) {
        let (upper, lower) = (edge(|value| value.high), edge(|value| value.low));
        let outline: Vec<Point> = upper.iter().chain(lower.iter().rev()).copied().collect();
        canvas.area(&outline, curve.look.ink.faint(alpha));
        // Where bands lie upon each other, their edges tell them apart.
        for edge in [upper, lower] {
            canvas.line(&edge, curve.look.ink.faint(3.0 * alpha), 0.75);
        }
    }
}

/// `place` counts from the middle one of all curves.
fn draw_line(canvas: &mut Canvas, frame: &Frame, curve: &Curve, place: f64) {
    let points: Vec<Point> = curve.values.iter().map(|(time, value)| (frame.x(*time), frame.y(value.mean))).collect();
    canvas.dashed(&points, curve.look.ink, 2.0, curve.look.dash);
    // A single point is no line, and its interval no band; points stand side by side.
    if let ([point], [(_, value)]) = (points.as_slice(), curve.values.as_slice()) {
        let x = point.0 + 14.0 * place;
        canvas.line(&[(x, frame.y(value.low)), (x, frame.y(value.high))], curve.look.ink, 1.5);
        canvas.dot((x, point.1), 4.0, curve.look.ink);
    }
}

fn words(report: &Report, subject: &Subject, curves: &[Curve]) -> String {
    let summary = &report.summary;
    if curves.is_empty() {
        return format!("An empty line chart: {} was not counted.", subject.name);
    }
    let mut text =
        format!("Line chart over {} {}s. {}. At the end: ", subject.times.1, summary.period.noun(), subject.measures);
    let ends = curves.iter().filter_map(|curve| {
        let value = curve.last()?;
        if value.standard_error.is_none() {
            return Some(format!("{} {}", curve.title, write(subject.unit, value.mean)));
        }
        let (mean, ends) = write_ranged(subject.unit, value.mean, value.low, value.high);
        Some(format!("{} {mean} ({ends})", curve.title))
    });
    text.push_str(&ends.collect::<Vec<_>>().join("; "));
    text.push('.');
    if subject.name == Metric::Wallet.key() {
        let noun = summary.period.noun();
        report.entrants.iter().for_each(|its| text.push_str(&format!(" {}.", entry(noun, its))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Series;
    use crate::report::fixture;

    #[test]
    fn a_curve_of_money_has_the_times_at_which_money_is_booked() {
        let mut report = fixture::report();
        // Money that stands where its period begins: the last time holds none.
        for series in report.series.iter_mut().filter(|series| series.metric == "revenue") {
            series.values.rotate_left(1);
        }
        let at_ends = curve(&report, Metric::Revenue).alt;
        report.booked = (0, report.summary.horizon - 1);
        let at_starts = curve(&report, Metric::Revenue);
        assert!(at_ends.contains("Today 0"), "{at_ends}");
        assert!(!at_starts.alt.contains("Today 0"), "{}", at_starts.alt);
        assert!(at_starts.alt.contains("booked at the start of the month"), "{}", at_starts.alt);
    }

    #[test]
    fn bands_are_outcomes_where_replications_can_tell_and_are_named() {
        let report = fixture::report();
        let chart = curve(&report, Metric::Retention);
        assert!(chart.svg.contains("Band: nine of ten replications") && chart.svg.contains("200 replications"));
        let two = &fixture::extremes()[3].1;
        let chart = curve(two, Metric::Retention);
        assert!(chart.svg.contains("Band: 95% interval of the mean") && chart.svg.contains("2 replications"));
    }

    #[test]
    fn a_chart_of_differences_has_every_scenario_but_the_baseline() {
        let report = fixture::report();
        let chart = difference(&report, Metric::Retention).unwrap();
        assert_eq!(chart.name, "retention_difference");
        assert!(chart.alt.contains("Know me: one view of the customer ") && chart.alt.contains(" pp"), "{}", chart.alt);
        assert!(!chart.alt.contains("Today "), "{}", chart.alt);
        assert!(difference(&fixture::extremes()[0].1, Metric::Retention).is_none(), "one scenario");
    }

    #[test]
    fn the_share_of_wallet_is_drawn_from_the_first_period_on_with_who_enters() {
        let mut report = fixture::report();
        let retention: Vec<_> = report.series.iter().filter(|its| its.metric == "retention").cloned().collect();
        report.series.extend(retention.into_iter().map(|its| Series { metric: "wallet".to_owned(), ..its }));
        let entrant =
            |title: &str, [low, middle, high]: [f64; 3]| Entrant { title: title.to_owned(), low, middle, high };
        report.entrants = vec![entrant("The giant", [3.0, 6.0, 9.0]), entrant("The other", [8.0, 8.0, 8.0])];
        let chart = curve(&report, Metric::Wallet);
        for words in ["The giant enters: month 6 (3 to 9).", "The other enters: month 8."] {
            assert!(chart.alt.contains(words), "{}", chart.alt);
        }
        assert!(chart.svg.contains("The giant enters") && !chart.svg.contains("NaN"));
        assert!(!curve(&report, Metric::Retention).alt.contains("enters"));
    }

    #[test]
    fn a_metric_without_words_of_its_own_is_drawn_with_its_unit() {
        let report = fixture::report();
        let said = |metric| wording(&report, metric).1;
        assert_eq!(said(Metric::Purchases), "Purchases, purchases per month");
        assert_eq!(said(Metric::InitiativeCost), "Initiative cost, EUR per month");
        assert_eq!(said(Metric::Churned), "Churned, customers");
        assert!(curve(&report, Metric::Satisfaction).title.starts_with("Satisfaction of each scenario"));
    }
}
