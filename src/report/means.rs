//! The mean of a metric over time: one scenario's line in a panel.

use super::Report;
use super::axis::times;
use super::canvas::{Canvas, Point};
use super::figure::Frame;
use super::palette::scenario;

/// No more points than this are drawn of one line.
const MOST_POINTS: usize = 160;

/// Draws the mean of a metric in a scenario, from a time on and so wide, into a frame whose axes stand.
pub fn draw(
    canvas: &mut Canvas,
    frame: &Frame,
    report: &Report,
    (name, metric): (&str, &str),
    (first, wide): (usize, f64),
) {
    draw_where(canvas, frame, report, (name, metric), (|time| time >= first, wide));
}

/// [`draw`] at the times at which it is known, with gaps between; where it is so at one time alone, a dot.
pub fn draw_where(
    canvas: &mut Canvas,
    frame: &Frame,
    report: &Report,
    (name, metric): (&str, &str),
    (is_known, wide): (impl Fn(usize) -> bool, f64),
) {
    let means = report.over_time(name, metric);
    let at = |time: &usize| -> Point { (frame.x(*time as f64), frame.y(means[*time].mean)) };
    let look = scenario(report, name);
    for run in times(means.len(), MOST_POINTS).split(|time| !is_known(*time)) {
        match run {
            [] => {}
            [alone] => canvas.dot(at(alone), 1.5 * wide, look.ink),
            _ => canvas.dashed(&run.iter().map(at).collect::<Vec<Point>>(), look.ink, wide, look.dash),
        }
    }
}
