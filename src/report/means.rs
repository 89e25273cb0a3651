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
    let means = report.over_time(name, metric);
    let at = |time: usize| -> Point { (frame.x(time as f64), frame.y(means[time].mean)) };
    let drawn = times(means.len(), MOST_POINTS).into_iter().filter(|time| *time >= first);
    let points: Vec<Point> = drawn.map(at).collect();
    let look = scenario(report, name);
    canvas.dashed(&points, look.ink, wide, look.dash);
}
