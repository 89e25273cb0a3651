//! How surely a scenario pays: its difference from the baseline in every replication.

use super::Report;
use super::amount::{Unit, write_probability, write_signed};
use super::axis::Axis;
use super::bounds::{ends_of, share_in_words};
use super::canvas::{Anchor, Point};
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, LABEL, NAME, WIDTH, wrap};
use super::palette::{GRID, Ink, PAPER, TEXT, scenario};
use crate::estimate::summary::Contrast;
use crate::model::metric::Metric;
use crate::stats::share::Share;

/// The widest that the scenarios' names may be.
const NAMES: f64 = 190.0;
/// The room for the numbers to the right of the rows.
const NUMBERS: f64 = 150.0;
/// The height of a row.
const ROW: f64 = 66.0;
/// With fewer replications than this each is a dot; with more they are a histogram.
const FEW: usize = 40;
/// The bins of a histogram over the whole axis.
const BINS: usize = 60;

struct Row<'a> {
    name: &'a str,
    values: Vec<f64>,
    /// The level of intervals.
    level: f64,
}

impl Row<'_> {
    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    /// The share of replications above zero, ties counting half; none of a single one.
    fn better(&self) -> Option<Share> {
        let score = |v: &f64| if *v > 0.0 { 1.0 } else { f64::from(u8::from(*v >= 0.0)) / 2.0 };
        Share::of_score(self.values.iter().map(score).sum(), self.values.len() as u64, self.level)
    }
}

/// The distribution of the difference in net present value; none where there is nothing to compare.
pub fn spread(report: &Report) -> Option<Chart> {
    let mut rows: Vec<Row> = report.summary.contrasts.iter().filter_map(|contrast| row(report, contrast)).collect();
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| b.mean().total_cmp(&a.mean()));
    let summary = &report.summary;
    let baseline = report.title(&summary.baseline);
    let dots = rows.iter().all(|row| row.values.len() < FEW);
    let mark = if dots { "each dot is a replication" } else { "height: how many replications" };
    let times = match summary.replications {
        1 => "one replication".to_owned(),
        many => format!("each of {many} replications"),
    };
    let subtitle = format!("Difference in net present value from “{baseline}” in {times} · {mark} · white mark: mean");
    let mut figure = Figure::new("How surely each scenario pays", &subtitle);
    let names: Vec<Vec<String>> = rows.iter().map(|row| wrap(report.title(row.name), NAME, NAMES, 3)).collect();
    let widest = names.iter().flatten().map(|line| NAME.width(line)).fold(0.0, f64::max);
    let frame = Frame {
        left: EDGE + widest + 14.0,
        right: WIDTH - EDGE - NUMBERS,
        top: figure.top,
        bottom: figure.top + ROW * rows.len() as f64,
        across: Axis::values(Unit::Number, rows.iter().flat_map(|row| row.values.iter().copied()).chain([0.0]), 6),
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
    };
    frame.draw_grid_across(&mut figure.canvas);
    for (place, (row, lines)) in rows.iter().zip(&names).enumerate() {
        let ground = frame.top + ROW * (place + 1) as f64;
        draw_row(&mut figure, (&frame, ground), row, scenario(report, row.name).ink);
        let base = ground - ROW / 2.0 + 0.36 * NAME.size;
        let above = lines.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
        figure.lines(lines, (frame.left - 14.0, base - above), Anchor::End, NAME);
    }
    let zero = frame.x(0.0);
    figure.canvas.line(&[(zero, frame.top), (zero, frame.bottom)], TEXT, 1.25);
    frame.draw_across(&mut figure.canvas, &format!("Difference in net present value, {}", summary.currency));
    let height = frame.bottom + BELOW;
    Some(figure.finish("spread", height, words(report, &rows)))
}

fn row<'a>(report: &Report, contrast: &'a Contrast) -> Option<Row<'a>> {
    let values = report.samples.get(&contrast.scenario)?.get(Metric::Npv.key())?;
    let values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    (!values.is_empty()).then_some(Row { name: &contrast.scenario, values, level: report.summary.interval })
}

fn draw_row(figure: &mut Figure, (frame, ground): (&Frame, f64), row: &Row, ink: Ink) {
    figure.canvas.line(&[(frame.left, ground), (frame.right, ground)], GRID, 1.0);
    if row.values.len() < FEW {
        draw_dots(figure, (frame, ground), row, ink);
    } else {
        draw_histogram(figure, (frame, ground), row, ink);
    }
    let mean = frame.x(row.mean());
    figure.canvas.line(&[(mean, ground - 22.0), (mean, ground - 1.0)], ink, 5.0);
    figure.canvas.line(&[(mean, ground - 21.0), (mean, ground - 2.0)], PAPER, 2.0);
    let x = frame.right + 18.0;
    let Some(better) = row.better() else {
        // One replication is no share of anything.
        figure.canvas.words(
            &write_signed(Unit::Number, row.mean()),
            (x, ground - ROW / 2.0 + 5.0),
            Anchor::Start,
            NAME,
        );
        return;
    };
    let (share, ends) = (write_probability(better.share), ends_of(&better));
    let middle = ground - ROW / 2.0;
    figure.canvas.words(&write_signed(Unit::Number, row.mean()), (x, middle - 9.0), Anchor::Start, NAME);
    figure.canvas.words(&format!("better in {share}"), (x, middle + 7.0), Anchor::Start, LABEL);
    figure.canvas.words(&format!("({ends})"), (x, middle + 22.0), Anchor::Start, LABEL);
}

/// Which of `bins` parts of the axis a value lies in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
fn bin(frame: &Frame, value: f64, bins: usize) -> usize {
    (frame.across.share(value) * bins as f64).clamp(0.0, (bins - 1) as f64) as usize
}

fn draw_histogram(figure: &mut Figure, (frame, ground): (&Frame, f64), row: &Row, ink: Ink) {
    let mut counts = [0_u32; BINS];
    for value in &row.values {
        counts[bin(frame, *value, BINS)] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1).max(1));
    let wide = (frame.right - frame.left) / BINS as f64;
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = frame.left + wide * place as f64;
        let high = (ROW - 14.0) * f64::from(*count) / most;
        figure.canvas.rectangle((left, ground - high), (left + wide - 0.5, ground), ink.faint(0.7));
    }
}

fn draw_dots(figure: &mut Figure, (frame, ground): (&Frame, f64), row: &Row, ink: Ink) {
    // Dots that would cover each other are piled up, as low as the row allows.
    let mut piles = [0_u32; BINS];
    let tallest = {
        let mut counts = [0_u32; BINS];
        for value in &row.values {
            counts[bin(frame, *value, BINS)] += 1;
        }
        f64::from(counts.into_iter().max().unwrap_or(1))
    };
    let step = (6.5_f64).min((ROW - 34.0) / tallest.max(1.0));
    for value in &row.values {
        let pile = &mut piles[bin(frame, *value, BINS)];
        let at: Point = (frame.x(*value), ground - 28.0 - step * f64::from(*pile));
        figure.canvas.dot(at, 3.25, ink.faint(0.75));
        *pile += 1;
    }
}

fn words(report: &Report, rows: &[Row]) -> String {
    let row = |row: &Row| {
        let least = row.values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = row.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let better = row.better().map_or_else(String::new, |its| format!(", better in {}", share_in_words(&its)));
        format!(
            "{} on average {}, from {} to {}{better}",
            report.title(row.name),
            write_signed(Unit::Number, row.mean()),
            write_signed(Unit::Number, least),
            write_signed(Unit::Number, most)
        )
    };
    format!(
        "The difference in net present value ({}) from {} over the replications: {}.",
        report.summary.currency,
        report.title(&report.summary.baseline),
        rows.iter().map(row).collect::<Vec<_>>().join("; ")
    )
}
