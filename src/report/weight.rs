//! What moves satisfaction most: each end of a touchpoint and a period in each stage, by what it did to satisfaction.

use super::Report;
use super::amount::{Scale, Unit};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, LABEL, NAME, WIDTH, wrap};
use super::key::Sample;
use super::palette::{Look, TEXT, scenario};
use super::panels::legend;
use crate::estimate::weighed::{Weighed, WeightsOfScenario};

/// No more rows than these are drawn: those that move satisfaction most in any scenario.
const MOST_ROWS: usize = 18;
/// The widest that names may be.
const NAMES: f64 = 190.0;
/// The room for the numbers to the right of the bars.
const NUMBERS: f64 = 150.0;
/// The height of the bar of the baseline, and of every other scenario.
const BARS: [f64; 2] = [13.0, 6.0];

/// In how many points satisfaction is told: a small part of it is read more easily so.
const POINTS: f64 = 100.0;
/// How many decimals points have, where the largest is at least so large.
const DECIMALS: [(f64, usize); 4] = [(100.0, 0), (10.0, 1), (1.0, 2), (0.1, 3)];

/// A mover with its bars.
struct Row<'a> {
    lines: Vec<String>,
    /// The baseline's first.
    bars: Vec<(Look, &'a Weighed)>,
}

impl Row<'_> {
    fn height(&self) -> f64 {
        let bars = BARS[0] + BARS[1] * self.bars.len().saturating_sub(1) as f64;
        (self.lines.len() as f64 * NAME.line_height()).max(bars).max(26.0) + 8.0
    }

    /// What it did in the baseline.
    fn first(&self) -> f64 {
        self.bars.first().map_or(0.0, |(_, its)| its.weight.mean)
    }

    /// The most that it did in any scenario.
    fn size(&self) -> f64 {
        self.bars.iter().map(|(_, its)| its.weight.mean.abs()).fold(0.0, f64::max)
    }
}

/// What each mover did to satisfaction in every scenario, the best of the baseline first; none where no touchpoint is felt.
pub fn weights(report: &Report) -> Option<Chart> {
    let scenarios = in_order(report);
    let (rows, left) = rows(report, &scenarios);
    let baseline = report.title(&report.summary.baseline);
    if rows.is_empty() {
        return None;
    }
    let (horizon, noun) = (report.summary.horizon, report.summary.period.noun());
    let subtitle = format!(
        "What it did to satisfaction, in points of {POINTS}: per customer, added up over {horizon} {noun}s, mean of {} · numbers: \
         “{baseline}”, and what ups and downs add up to there{left}",
        report.counted()
    );
    let mut figure = Figure::new("What moves satisfaction", &subtitle);
    let names: Vec<(String, Look)> =
        scenarios.iter().map(|its| (report.title(&its.scenario).to_owned(), bar(report, &its.scenario))).collect();
    if names.len() > 1 {
        legend(&mut figure, Sample::Square, &names);
    }
    let widest = rows.iter().flat_map(|row| &row.lines).map(|line| NAME.width(line)).fold(0.0, f64::max);
    let values = rows.iter().flat_map(|row| row.bars.iter().map(|(_, its)| POINTS * its.weight.mean));
    let frame = Frame {
        left: EDGE + widest + 14.0,
        right: WIDTH - EDGE - NUMBERS,
        top: figure.top + 6.0,
        bottom: figure.top + 6.0 + rows.iter().map(Row::height).sum::<f64>(),
        across: Axis::values(Unit::Number, values.chain([0.0]), 5),
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
    };
    frame.draw_grid_across(&mut figure.canvas);
    let (mut top, decimals) = (frame.top, decimals(&rows));
    for row in &rows {
        draw(&mut figure, &frame, (row, decimals), top);
        top += row.height();
    }
    let zero = frame.x(0.0);
    figure.canvas.line(&[(zero, frame.top), (zero, frame.bottom)], TEXT, 1.0);
    frame.draw_across(&mut figure.canvas, "");
    Some(figure.finish("touchpoint_weight", frame.bottom + BELOW - 14.0, words(report, &scenarios, &rows)))
}

/// The scenarios, the baseline first.
fn in_order(report: &Report) -> Vec<&WeightsOfScenario> {
    let (first, others): (Vec<_>, Vec<_>) =
        report.business.weights.iter().partition(|its| its.scenario == report.summary.baseline);
    first.into_iter().chain(others).collect()
}

/// The look of a scenario's bars.
fn bar(report: &Report, name: &str) -> Look {
    let ink = scenario(report, name).ink;
    let is_baseline = name == report.summary.baseline;
    Look { ink: if is_baseline { ink.lightened(0.45) } else { ink }, dash: &[] }
}

/// The rows that move anything, and what is to be said of those that have no room.
fn rows<'a>(report: &Report, scenarios: &[&'a WeightsOfScenario]) -> (Vec<Row<'a>>, String) {
    let movers = scenarios.first().map_or(0, |its| its.movers.len());
    let row = |place: usize| Row {
        lines: wrap(&scenarios[0].movers[place].title, NAME, NAMES, 3),
        bars: scenarios.iter().map(|its| (bar(report, &its.scenario), &its.movers[place])).collect(),
    };
    let moves = |row: &Row| row.bars.iter().any(|(_, its)| its.up.mean != 0.0 || its.down.mean != 0.0);
    let mut rows: Vec<Row> = (0..movers).map(row).filter(moves).collect();
    // Sorting is stable: what does the same keeps the order of the study.
    rows.sort_by(|one, other| other.size().total_cmp(&one.size()));
    let left = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    rows.sort_by(|one, other| other.first().total_cmp(&one.first()));
    (rows, if left > 0 { format!(" · {left} that do less are left out") } else { String::new() })
}

fn draw(figure: &mut Figure, frame: &Frame, (row, decimals): (&Row, usize), top: f64) {
    let middle = top + row.height() / 2.0;
    let base = middle + 0.36 * NAME.size;
    let above = row.lines.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
    figure.lines(&row.lines, (frame.left - 14.0, base - above), Anchor::End, NAME);
    let bars = BARS[0] + BARS[1] * row.bars.len().saturating_sub(1) as f64;
    let mut y = middle - bars / 2.0;
    for (place, (look, its)) in row.bars.iter().enumerate() {
        let (zero, end) = (frame.x(0.0), frame.x(POINTS * its.weight.mean));
        let thick = BARS[usize::from(place > 0)];
        // What hardly does anything is still there.
        let (left, right) = (zero.min(end), zero.max(end).max(zero.min(end) + 1.0));
        figure.canvas.rectangle((left, y + 0.5), (right, y + thick - 0.5), look.ink);
        y += thick;
    }
    if let Some((_, its)) = row.bars.first() {
        let x = frame.right + 18.0;
        figure.canvas.words(&points(its.weight.mean, decimals), (x, middle - 2.0), Anchor::Start, NAME);
        figure.canvas.words(&parts(its, decimals), (x, middle + 12.0), Anchor::Start, LABEL);
    }
}

/// What ups and downs add up to.
fn parts(its: &Weighed, decimals: usize) -> String {
    format!("{} and {}", points(its.up.mean, decimals), points(its.down.mean, decimals))
}

/// How many decimals all points have: those that the largest of them needs.
fn decimals(rows: &[Row]) -> usize {
    let largest = rows.iter().map(Row::size).fold(0.0, f64::max) * POINTS;
    DECIMALS.into_iter().find(|(from, _)| largest >= *from).map_or(4, |(_, decimals)| decimals)
}

/// A part of satisfaction as points, with its sign.
fn points(part: f64, decimals: usize) -> String {
    let text = Scale::of(Unit::Number, 0.0).write(POINTS * part, decimals);
    let is_something = text.contains(|c: char| ('1'..='9').contains(&c));
    if part > 0.0 && is_something { format!("+{text}") } else { text }
}

/// What the chart shows, in words.
fn words(report: &Report, scenarios: &[&WeightsOfScenario], rows: &[Row]) -> String {
    let decimals = decimals(rows);
    let others = |row: &Row| -> String {
        let others = scenarios.iter().zip(&row.bars).skip(1);
        let told: Vec<String> = others
            .map(|(of, (_, its))| format!("{} {}", report.title(&of.scenario), points(its.weight.mean, decimals)))
            .collect();
        if told.is_empty() { String::new() } else { format!(", {}", told.join(", ")) }
    };
    let row = |row: &Row| {
        let (_, its) = row.bars[0];
        format!(
            "{}: {} (ups and downs {}){}",
            its.title,
            points(its.weight.mean, decimals),
            parts(its, decimals),
            others(row)
        )
    };
    format!(
        "Bar chart of what moves satisfaction, in points of {POINTS} per customer over {} {}s, under {}{}. {}.",
        report.summary.horizon,
        report.summary.period.noun(),
        report.title(&report.summary.baseline),
        if scenarios.len() > 1 { ", then under the others" } else { "" },
        rows.iter().map(row).collect::<Vec<_>>().join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::stats::estimate::Estimate;

    fn report(movers: usize) -> Report {
        let mut report = fixture::report();
        let weighed = |scenario: usize, place: usize| {
            let weight = if place.is_multiple_of(2) { 0.3 / (1 + place) as f64 } else { -0.2 / (1 + place) as f64 };
            let weight = weight * (1.0 + 0.1 * scenario as f64);
            Weighed {
                name: format!("touchpoints.t{place}"),
                title: format!("Touchpoint {place} & <others>"),
                weight: Estimate::unknown(weight),
                up: Estimate::unknown(weight.max(0.0) + 0.1),
                down: Estimate::unknown(weight.min(0.0) - 0.1),
            }
        };
        let of = |(place, name): (usize, String)| WeightsOfScenario {
            scenario: name,
            movers: (0..movers).map(|mover| weighed(place, mover)).collect(),
        };
        let names: Vec<String> = report.summary.scenarios.iter().map(|its| its.name.clone()).collect();
        report.business.weights = names.into_iter().enumerate().map(of).collect();
        report
    }

    #[test]
    fn movers_stand_by_what_they_do_and_the_smallest_of_many_are_left_out() {
        assert_eq!(weights(&fixture::report()), None, "where no touchpoint is felt there is nothing to show");
        let few = weights(&report(4)).unwrap();
        assert_eq!(few.name, "touchpoint_weight");
        let at = |text: &str| few.alt.find(text).unwrap_or_else(|| panic!("{text}: {}", few.alt));
        assert!(at("Touchpoint 0") < at("Touchpoint 2") && at("Touchpoint 2") < at("Touchpoint 3"));
        assert!(at("Touchpoint 3") < at("Touchpoint 1"), "{}", few.alt);
        assert!(
            few.alt.contains("+30.0 (ups and downs +40.0 and −10.0), Know me: one view of the customer +33.0"),
            "{}",
            few.alt
        );
        let many = weights(&report(40)).unwrap();
        assert!(many.svg.contains("22 that do less are left out") && !many.alt.contains("Touchpoint 30"));
    }

    #[test]
    fn what_does_nothing_has_no_row() {
        let mut report = report(3);
        for of in &mut report.business.weights {
            let its = &mut of.movers[1];
            (its.weight, its.up, its.down) = (Estimate::known(0.0), Estimate::known(0.0), Estimate::known(0.0));
        }
        assert!(!weights(&report).unwrap().alt.contains("Touchpoint 1"));
    }
}
