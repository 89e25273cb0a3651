//! Curves over time, one for each scenario, with the bands of their intervals.

use super::Report;
use super::amount::{Unit, measured_in, write, write_ranged};
use super::axis::{Axis, times};
use super::canvas::{Canvas, Point};
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame};
use super::key::{Key, Sample};
use super::palette::{Look, scenario};
use super::panels::draw_zero;
use crate::model::facts::{Dimension, Time};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;

/// No more points than this are drawn of one curve: about two points of the picture lie between them.
const MOST_POINTS: usize = 240;

struct Curve {
    name: String,
    title: String,
    look: Look,
    /// Times with their values.
    values: Vec<(f64, Estimate)>,
}

impl Curve {
    fn last(&self) -> Option<Estimate> {
        self.values.last().map(|(_, value)| *value)
    }
}

/// What a chart of curves is about.
struct Subject {
    /// The metric's name, which is the chart's as well.
    name: &'static str,
    title: String,
    measures: String,
    unit: Unit,
    /// The first and the last time at which there is any.
    times: (u64, u64),
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
    let is_booked = facts.dimension == Dimension::Money && facts.time == Time::Flow;
    let times = if is_booked { report.booked } else { (0, report.summary.horizon) };
    draw(report, &Subject { name: facts.name, title, measures, unit: Unit::of(facts.name), times })
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
        Metric::CumulativeCashFlow => (
            "Cash flow of each scenario, added up".to_owned(),
            format!("Cash flow since the start, {currency}, not discounted"),
        ),
        other => {
            let facts = other.facts();
            let when = match facts.time {
                Time::State => String::new(),
                Time::Flow => format!(" per {noun}"),
                Time::Cumulated => " since the start".to_owned(),
            };
            let measured = measured_in(facts.dimension, currency);
            (format!("{} of each scenario", facts.title), format!("{}, {measured}{when}", facts.title))
        }
    }
}

fn curves(report: &Report, subject: &Subject) -> Vec<Curve> {
    let curve = |name: &String| {
        let held = |time: &usize| (subject.times.0..=subject.times.1).contains(&(*time as u64));
        let values: Vec<_> =
            report.over_time(name, subject.name).iter().enumerate().filter(|(time, _)| held(time)).collect();
        let kept = times(values.len(), MOST_POINTS).into_iter().map(|place| values[place]);
        Curve {
            name: name.clone(),
            title: report.title(name).to_owned(),
            look: scenario(report, name),
            values: kept.map(|(time, value)| (time as f64, subject.possible(*value))).collect(),
        }
    };
    report.summary.scenarios.iter().map(|s| curve(&s.name)).filter(|c| !c.values.is_empty()).collect()
}

fn draw(report: &Report, subject: &Subject) -> Chart {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let mut curves = curves(report, subject);
    let banded = curves.iter().flat_map(|c| &c.values).any(|(_, value)| value.low < value.high);
    let bands = format!(" · bands: {:.0}% intervals", summary.interval * 100.0);
    let mut figure = Figure::new(&subject.title, &format!("{}{}", subject.measures, if banded { &bands } else { "" }));

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
    for curve in &curves {
        // Where many bands lie upon each other, each is fainter.
        draw_band(&mut figure.canvas, &frame, curve, if curves.len() > 5 { 0.08 } else { 0.16 });
    }
    // The baseline last, so that no other line hides it.
    let (baseline, others): (Vec<&Curve>, Vec<&Curve>) = curves.iter().partition(|c| c.name == summary.baseline);
    for (place, curve) in others.iter().chain(&baseline).enumerate() {
        draw_line(&mut figure.canvas, &frame, curve, place as f64 - (curves.len() - 1) as f64 / 2.0);
    }
    frame.draw_across(&mut figure.canvas, &format!("Time, {noun}s from the start"));
    let ends: Vec<f64> = curves.iter().map(|curve| frame.y(end(curve))).collect();
    key.draw(&mut figure, frame.right, (frame.top, frame.bottom), &ends);
    figure.finish(subject.name, height, words(report, subject, &curves))
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, curve: &Curve, alpha: f64) {
    let upper = curve.values.iter().map(|(time, value)| (frame.x(*time), frame.y(value.high)));
    let lower = curve.values.iter().rev().map(|(time, value)| (frame.x(*time), frame.y(value.low)));
    if curve.values.iter().any(|(_, value)| value.low < value.high) {
        let edge: Vec<Point> = upper.chain(lower).collect();
        canvas.area(&edge, curve.look.ink.faint(alpha));
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
        format!("Line chart over {} {}s. {}. At the end: ", summary.horizon, summary.period.noun(), subject.measures);
    let ends = curves.iter().filter_map(|curve| {
        let value = curve.last()?;
        if value.standard_error.is_none() {
            return Some(format!("{} {}", curve.title, write(subject.unit, value.mean)));
        }
        let (mean, ends) = write_ranged(subject.unit, value.mean, value.low, value.high);
        Some(format!("{} {mean} ({ends})", curve.title))
    });
    text.push_str(&ends.collect::<Vec<_>>().join("; "));
    text + "."
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_metric_without_words_of_its_own_is_drawn_with_its_unit() {
        let report = fixture::report();
        let said = |metric| wording(&report, metric).1;
        assert_eq!(said(Metric::Purchases), "Purchases, purchases per month");
        assert_eq!(said(Metric::InitiativeCost), "Initiative cost, EUR per month");
        assert_eq!(said(Metric::Churned), "Churned, customers");
        assert!(curve(&report, Metric::Satisfaction).title.starts_with("Satisfaction of each scenario"));
    }
}
