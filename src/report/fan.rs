//! When the money comes back: the discounted difference in cash flow added up, with its spread.

use super::Report;
use super::amount::{Unit, sentence_case, write, write_bracketed};
use super::axis::{Axis, times};
use super::bounds::{bracketed, bracketed_period, ends_of, share_in_words};
use super::canvas::Point;
use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::key::Sample;
use super::palette::{Look, TEXT, scenario};
use super::panels::{Head, Panels, draw_zero, legend};
use crate::estimate::money::business::{BusinessCase, Payback, Spread};
use crate::stats::order::Bounded;

/// No more points than this are drawn of one line.
const MOST_POINTS: usize = 160;
/// The strokes of the line of means.
const MEAN: &[f64] = &[2.0, 3.0];

/// The cumulative discounted difference in cash flow of each scenario; none where there is nothing to compare.
pub fn fan(report: &Report) -> Option<Chart> {
    let cases: Vec<&BusinessCase> =
        report.business.cases.iter().filter(|case| !case.cumulative_discounted.is_empty()).collect();
    let baseline = report.title(&cases.first()?.baseline);
    let summary = &report.summary;
    let noun = summary.period.noun();
    let subtitle = format!(
        "Discounted difference in cash flow to “{baseline}” since the start, {} · {}{} · dot: the lowest point of the mean",
        summary.currency,
        report.counted(),
        told(&cases)
    );
    let surely = if has(&cases, |its| its.median) { ", and how surely" } else { "" };
    let mut figure = Figure::new(&format!("When the money comes back{surely}"), &subtitle);
    let grey = Look { ink: TEXT, dash: &[] };
    let mut names = vec![("mean".to_owned(), Look { dash: MEAN, ..grey })];
    if has(&cases, |its| its.median) {
        names.insert(0, ("median".to_owned(), grey));
    }
    legend(&mut figure, Sample::Line, &names);

    let values = cases.iter().flat_map(|case| &case.cumulative_discounted).flat_map(|its| {
        [its.p5, its.median, its.p95].into_iter().flatten().map(|its| its.value).chain([its.mean.mean])
    });
    let up = Axis::values(Unit::Number, values.chain([0.0]), 5);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(cases.len()));
    let heads: Vec<Head> = cases
        .iter()
        .map(|case| Head {
            heading: report.title(&case.scenario).to_owned(),
            note: payback(&case.discounted_payback, noun)
                .map_or_else(String::new, |told| format!("{}, discounted.", sentence_case(&told)))
                + &lowest(report, case),
        })
        .collect();
    let panels = Panels::place(&mut figure, &heads, 190.0, &across, &up);
    for (case, frame) in cases.iter().zip(&panels.frames) {
        frame.draw_up(&mut figure.canvas);
        draw_zero(&mut figure.canvas, frame);
        draw(&mut figure, frame, case, scenario(report, &case.scenario));
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, &format!("Time, {noun}s from the start"));
    Some(figure.finish("payback", height, words(report, &cases, &heads)))
}

/// Whether a percentile is known of any scenario.
fn has(cases: &[&BusinessCase], of: fn(&Spread) -> Option<Bounded>) -> bool {
    cases.iter().flat_map(|case| &case.cumulative_discounted).any(|its| of(its).is_some())
}

/// What is drawn beside the lines: only what so many replications can tell.
fn told(cases: &[&BusinessCase]) -> &'static str {
    if has(cases, |its| its.p5) {
        " · band: 5th to 95th percentile · whisker at 0: discounted payback, 5th to 95th percentile with the median"
    } else if has(cases, |its| its.median) {
        " · mark at 0: the median of the discounted payback"
    } else {
        ""
    }
}

/// When money has paid back, in words: `pays back after 17 months (15 to 19), within the horizon in 93% (88 to 96%)`. In
/// brackets stand the intervals. Nothing where a single replication cannot say.
pub fn payback(payback: &Payback, noun: &str) -> Option<String> {
    let share = payback.within_horizon?;
    if share.share <= 0.0 {
        let ends = ends_of(&share);
        return Some(format!("does not pay back within the horizon in any replication ({ends} do)"));
    }
    let within = format!("within the horizon in {}", share_in_words(&share));
    Some(match &payback.periods[1] {
        Some(median) if median.period.is_some() => {
            let s = if median.period == Some(1.0) { "" } else { "s" };
            let at = bracketed_period(median, ["(", ")"]);
            let (number, ends) =
                at.split_once(' ').map_or((at.as_str(), String::new()), |(number, ends)| (number, format!(" {ends}")));
            format!("pays back after {number} {noun}{s}{ends}, {within}")
        }
        Some(_) => format!("pays back less often than not, {within}"),
        None => format!("pays back {within}"),
    })
}

/// The lowest point of the mean: its time and value; none where it is never below 0.
fn deepest(case: &BusinessCase) -> Option<(usize, f64)> {
    let means = case.cumulative_discounted.iter().map(|its| its.mean.mean).enumerate();
    means.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, value)| *value < 0.0)
}

/// What the dot stands at, in words.
fn lowest(report: &Report, case: &BusinessCase) -> String {
    deepest(case).map_or_else(String::new, |(_, value)| {
        let value = write(Unit::Number, value).replace(' ', "\u{a0}");
        format!(" Lowest point of the mean: {}\u{a0}{value}.", report.summary.currency)
    })
}

fn draw(figure: &mut Figure, frame: &Frame, case: &BusinessCase, look: Look) {
    let values = &case.cumulative_discounted;
    let kept = times(values.len(), MOST_POINTS);
    let points = |of: &dyn Fn(&Spread) -> Option<f64>| -> Vec<Point> {
        let at = |time: &usize| Some((frame.x(*time as f64), frame.y(of(&values[*time])?)));
        kept.iter().filter_map(at).collect()
    };
    let percentile = |of: fn(&Spread) -> Option<Bounded>| points(&|its| of(its).map(|its| its.value));
    let mut band = percentile(|its| its.p5);
    band.extend(percentile(|its| its.p95).into_iter().rev());
    if !band.is_empty() {
        figure.canvas.area(&band, look.ink.faint(0.18));
    }
    let median = percentile(|its| its.median);
    if !median.is_empty() {
        figure.canvas.line(&median, look.ink, 2.0);
    }
    figure.canvas.dashed(&points(&|its| Some(its.mean.mean)), TEXT, 1.5, MEAN);
    if let Some((time, value)) = deepest(case) {
        figure.canvas.dot((frame.x(time as f64), frame.y(value)), 4.0, TEXT);
    }
    draw_payback(figure, frame, &case.discounted_payback);
}

fn draw_payback(figure: &mut Figure, frame: &Frame, payback: &Payback) {
    let y = frame.y(0.0);
    let [low, median, high] = payback.periods;
    if let (Some(low), Some(high)) = (low.and_then(|its| its.period), high) {
        // Where the later end never comes, the whisker runs to the end of the frame and stays open.
        let right = high.period.map_or(frame.right, |high| frame.x(high));
        figure.canvas.line(&[(frame.x(low), y), (right, y)], TEXT, 1.75);
        for end in [Some(low), high.period].into_iter().flatten() {
            figure.canvas.line(&[(frame.x(end), y - 5.0), (frame.x(end), y + 5.0)], TEXT, 1.75);
        }
    }
    if let Some(median) = median.and_then(|its| its.period) {
        let x = frame.x(median);
        figure.canvas.area(&[(x, y - 6.0), (x + 5.0, y), (x, y + 6.0), (x - 5.0, y)], TEXT);
    }
}

fn words(report: &Report, cases: &[&BusinessCase], heads: &[Head]) -> String {
    let case = |(case, head): (&&BusinessCase, &Head)| {
        let Some(last) = case.cumulative_discounted.last() else { return format!("{}: {}", head.heading, head.note) };
        let told = |name: &str, its: Option<Bounded>| {
            its.map_or_else(String::new, |its| format!(", {name} {}", bracketed(Unit::Number, &its)))
        };
        format!(
            "{}: at the end {} on average{}{}{}. {}",
            head.heading,
            write_bracketed(Unit::Number, &last.mean),
            told("5th percentile", last.p5),
            told("median", last.median),
            told("95th percentile", last.p95),
            head.note
        )
    };
    format!(
        "Fan charts of the discounted difference in cash flow added up over {} {}s, {}. {}",
        report.summary.horizon,
        report.summary.period.noun(),
        report.summary.currency,
        cases.iter().zip(heads).map(case).collect::<Vec<_>>().join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    #[test]
    fn what_is_said_above_a_discounted_curve_is_discounted() {
        let report = rich::report();
        let chart = fan(&report).unwrap();
        let case = &report.business.cases[0];
        let (_, value) = deepest(case).unwrap();
        let value = write(Unit::Number, value).replace(' ', "\u{a0}");
        let said = format!("Lowest point of the mean: EUR\u{a0}{value}.");
        assert!(chart.alt.contains(&said) && chart.alt.contains(", discounted."), "{}", chart.alt);
        assert!(!chart.alt.contains("Peak funding"));
    }
}
