//! When the money comes back: the discounted difference in cash flow added up, with its spread.

use super::Report;
use super::amount::{Unit, sentence_case, write, write_interval, write_period, write_probability};
use super::axis::{Axis, times};
use super::canvas::Point;
use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::key::Sample;
use super::palette::{Look, TEXT, scenario};
use super::panels::{Head, Panels, draw_zero, legend};
use crate::estimate::business::{BusinessCase, Payback};

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
        "Discounted difference in cash flow to “{baseline}” since the start, {} · band: 5th to 95th percentile · \
         whisker at 0: discounted payback, 5th to 95th percentile with the median · dot: the lowest point of the mean",
        summary.currency
    );
    let mut figure = Figure::new("When the money comes back, and how surely", &subtitle);
    let grey = Look { ink: TEXT, dash: &[] };
    let names = [("median".to_owned(), grey), ("mean".to_owned(), Look { dash: MEAN, ..grey })];
    legend(&mut figure, Sample::Line, &names);

    let values = cases.iter().flat_map(|case| case.cumulative_discounted.iter().flatten().copied());
    let up = Axis::values(Unit::Number, values.chain([0.0]), 5);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(cases.len()));
    let heads: Vec<Head> = cases
        .iter()
        .map(|case| Head {
            heading: report.title(&case.scenario).to_owned(),
            note: format!(
                "{}, discounted.{}",
                sentence_case(&payback(&case.discounted_payback, noun)),
                lowest(report, case)
            ),
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

/// When money has paid back, in words: `pays back after 17 months (12 to 30), within the horizon in 93%`.
pub fn payback(payback: &Payback, noun: &str) -> String {
    let number = write_period;
    let within = match payback.within_horizon {
        share if share > 0.0 => format!("within the horizon in {}", write_probability(share)),
        _ => return "does not pay back within the horizon in any replication".to_owned(),
    };
    let ends = match payback.periods {
        [Some(low), _, Some(high)] if low < high => format!(" ({} to {})", number(low), number(high)),
        [Some(low), _, None] => format!(" ({} to never)", number(low)),
        _ => String::new(),
    };
    match payback.periods[1] {
        Some(median) => {
            let s = if median == 1.0 { "" } else { "s" };
            format!("pays back after {} {noun}{s}{ends}, {within}", number(median))
        }
        None => format!("pays back less often than not, {within}"),
    }
}

/// The lowest point of the mean: its time and value; none where it is never below 0.
fn deepest(case: &BusinessCase) -> Option<(usize, f64)> {
    let means = case.cumulative_discounted.iter().map(|value| value[2]).enumerate();
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
    let points = |place: usize| -> Vec<Point> {
        kept.iter().map(|time| (frame.x(*time as f64), frame.y(values[*time][place]))).collect()
    };
    let mut band = points(0);
    band.extend(points(3).into_iter().rev());
    figure.canvas.area(&band, look.ink.faint(0.18));
    figure.canvas.line(&points(1), look.ink, 2.0);
    figure.canvas.dashed(&points(2), TEXT, 1.5, MEAN);
    if let Some((time, value)) = deepest(case) {
        figure.canvas.dot((frame.x(time as f64), frame.y(value)), 4.0, TEXT);
    }
    draw_payback(figure, frame, &case.discounted_payback);
}

fn draw_payback(figure: &mut Figure, frame: &Frame, payback: &Payback) {
    let y = frame.y(0.0);
    let [low, median, high] = payback.periods;
    let Some(low) = low else { return };
    // Where the later end never comes, the whisker runs to the end of the frame and stays open.
    let right = high.map_or(frame.right, |high| frame.x(high));
    figure.canvas.line(&[(frame.x(low), y), (right, y)], TEXT, 1.75);
    for end in [Some(low), high].into_iter().flatten() {
        figure.canvas.line(&[(frame.x(end), y - 5.0), (frame.x(end), y + 5.0)], TEXT, 1.75);
    }
    if let Some(median) = median {
        let x = frame.x(median);
        figure.canvas.area(&[(x, y - 6.0), (x + 5.0, y), (x, y + 6.0), (x - 5.0, y)], TEXT);
    }
}

fn words(report: &Report, cases: &[&BusinessCase], heads: &[Head]) -> String {
    let case = |(case, head): (&&BusinessCase, &Head)| {
        let [low, median, mean, high] = case.cumulative_discounted.last().copied().unwrap_or_default();
        let number = |value: f64| write(Unit::Number, value);
        let ends = write_interval(Unit::Number, low, high);
        format!(
            "{}: at the end {} in the median, {} on average (5th to 95th percentile {ends}). {}",
            head.heading,
            number(median),
            number(mean),
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
