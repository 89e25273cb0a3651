//! How far each scenario is from the baseline: a bar with its outcomes, best first.

use super::Report;
use super::amount::{Unit, measured_in, write_probability, write_ranged_signed, write_signed};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::outcome::{are_known, change, interval_of_the_mean};
use super::palette::{TEXT, scenario};
use crate::estimate::summary::{Contrast, Difference};
use crate::model::facts::Use;
use crate::model::metric::{Metric, PLAIN};

/// The widest that the scenarios' names may be.
const NAMES: f64 = 190.0;
/// The room for the numbers to the right of the bars.
const NUMBERS: f64 = 190.0;

struct Row<'a> {
    name: &'a str,
    lines: Vec<String>,
    difference: Difference,
}

impl Row<'_> {
    fn height(&self) -> f64 {
        (self.lines.len() as f64 * NAME.line_height() + 12.0).max(36.0)
    }
}

struct Panel<'a> {
    heading: String,
    unit: Unit,
    rows: Vec<Row<'a>>,
}

/// The differences in retention, revenue and net present value; none where there is nothing to compare.
pub fn differences(report: &Report) -> Option<Chart> {
    let compared = PLAIN.into_iter().filter(|metric| metric.is_for(Use::Comparison) && report.counts(metric.key()));
    let panels: Vec<Panel> = compared.filter_map(|metric| rows(report, metric)).collect();
    if panels.is_empty() {
        return None;
    }
    let summary = &report.summary;
    let baseline = report.title(&summary.baseline);
    let title = format!("What each scenario changes against “{baseline}”");
    let doubted = panels.iter().flat_map(|p| &p.rows).any(|row| row.difference.estimate.standard_error.is_some());
    let outcomes = summary.contrasts.iter().any(|contrast| are_known(&contrast.percentiles));
    let range = if outcomes {
        "nine of ten replications (5th to 95th percentile)".to_owned()
    } else {
        interval_of_the_mean(summary.interval)
    };
    let doubt = format!(" · whiskers and brackets: {range}");
    let subtitle = format!(
        "Scenario minus baseline over {} {}{}{}",
        summary.horizon,
        summary.period.noun(),
        if summary.horizon == 1 { "" } else { "s" },
        if doubted { &doubt } else { "" }
    );
    let mut figure = Figure::new(&title, &format!("{subtitle} · {}", report.counted()));
    let mut top = figure.top;
    for panel in &panels {
        top = draw(&mut figure, report, panel, top);
    }
    Some(figure.finish("differences", top, words(report, &panels)))
}

/// A panel with its rows, the best first.
fn rows<'a>(report: &'a Report, metric: Metric) -> Option<Panel<'a>> {
    let facts = metric.facts();
    let unit = Unit::of_difference(facts.name);
    let row = |contrast: &'a Contrast| {
        let difference = Difference { estimate: change(contrast, facts.name)?, ..*contrast.metrics.get(facts.name)? };
        let lines = wrap(report.title(&contrast.scenario), NAME, NAMES, 2);
        Some(Row { name: &contrast.scenario, lines, difference })
    };
    let mut rows: Vec<Row> = report.summary.contrasts.iter().filter_map(row).collect();
    rows.sort_by(|a, b| b.difference.estimate.mean.total_cmp(&a.difference.estimate.mean));
    let heading = if metric == Metric::Retention { "Customers retained" } else { facts.title };
    let measured = match unit {
        Unit::Points => "percentage points",
        Unit::Number | Unit::Share => measured_in(facts.dimension, &report.summary.currency),
    };
    (!rows.is_empty()).then(|| Panel { heading: format!("{heading}, {measured}"), unit, rows })
}

/// Draws a panel and gives the height at which the next may start.
fn draw(figure: &mut Figure, report: &Report, panel: &Panel, top: f64) -> f64 {
    let widest = panel.rows.iter().flat_map(|row| &row.lines).map(|line| NAME.width(line)).fold(0.0, f64::max);
    let top = top + 18.0;
    figure.canvas.words(&panel.heading, (EDGE, top), Anchor::Start, HEADING);
    let ends = panel.rows.iter().flat_map(|row| {
        let estimate = row.difference.estimate;
        [estimate.low, estimate.high, estimate.mean]
    });
    let across = Axis::values(panel.unit, ends.chain([0.0]), 5);
    let height: f64 = panel.rows.iter().map(Row::height).sum();
    let frame = Frame {
        left: EDGE + widest + 14.0,
        right: WIDTH - EDGE - NUMBERS,
        top: top + 10.0,
        bottom: top + 10.0 + height,
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
        across,
    };
    frame.draw_grid_across(&mut figure.canvas);
    let mut middle = frame.top;
    for row in &panel.rows {
        middle += row.height() / 2.0;
        draw_row(figure, report, (&frame, panel.unit), row, middle);
        middle += row.height() / 2.0;
    }
    let zero = frame.x(0.0);
    figure.canvas.line(&[(zero, frame.top), (zero, frame.bottom)], TEXT, 1.0);
    frame.draw_across(&mut figure.canvas, "");
    frame.bottom + BELOW - 12.0
}

fn draw_row(figure: &mut Figure, report: &Report, (frame, unit): (&Frame, Unit), row: &Row, middle: f64) {
    let ink = scenario(report, row.name).ink;
    let estimate = row.difference.estimate;
    let base = middle + 0.36 * NAME.size;
    let above = row.lines.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
    figure.lines(&row.lines, (frame.left - 14.0, base - above), Anchor::End, NAME);
    let (zero, mean) = (frame.x(0.0), frame.x(estimate.mean));
    figure.canvas.rectangle((zero.min(mean), middle - 8.0), (zero.max(mean), middle + 8.0), ink.faint(0.35));
    if estimate.standard_error.is_some() {
        let (low, high) = (frame.x(estimate.low), frame.x(estimate.high));
        figure.canvas.line(&[(low, middle), (high, middle)], TEXT, 1.5);
        for end in [low, high] {
            figure.canvas.line(&[(end, middle - 4.0), (end, middle + 4.0)], TEXT, 1.5);
        }
    }
    figure.canvas.dot((mean, middle), 4.0, ink);
    let x = frame.right + 18.0;
    if estimate.standard_error.is_some() {
        let (mean, ends) = write_ranged_signed(unit, estimate.mean, estimate.low, estimate.high);
        figure.canvas.words(&mean, (x, middle - 2.0), Anchor::Start, NAME);
        figure.canvas.words(&format!("[{ends}]"), (x, middle + 12.0), Anchor::Start, LABEL);
    } else {
        figure.canvas.words(&write_signed(unit, estimate.mean), (x, base), Anchor::Start, NAME);
    }
}

fn words(report: &Report, panels: &[Panel]) -> String {
    let row = |panel: &Panel, row: &Row| {
        let estimate = row.difference.estimate;
        let name = report.title(row.name);
        if estimate.standard_error.is_none() {
            return format!("{name} {}", write_signed(panel.unit, estimate.mean));
        }
        let (mean, ends) = write_ranged_signed(panel.unit, estimate.mean, estimate.low, estimate.high);
        let better = row.difference.better.map(|its| write_probability(its.share)).unwrap_or_default();
        format!("{name} {mean} ({ends}; better with probability {better})")
    };
    let panel = |panel: &Panel| {
        let rows: Vec<String> = panel.rows.iter().map(|r| row(panel, r)).collect();
        format!("{}: {}.", panel.heading, rows.join("; "))
    };
    let panels: Vec<String> = panels.iter().map(panel).collect();
    format!("Bar chart of differences from {}. {}", report.title(&report.summary.baseline), panels.join(" "))
}
