//! Panels are small charts of one kind side by side, all with the same axes, and a legend for all of them.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas};
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::key::{SAMPLE, Sample};
use super::palette::{AXIS, Look};

/// The gap between two columns.
const GAP: f64 = 26.0;
/// The room below a frame for the labels of its lower axis.
const LABELS: f64 = 26.0;
/// The gap between two rows of panels.
pub const BETWEEN: f64 = 16.0;

/// What stands above a panel.
pub struct Head {
    /// What it is about.
    pub heading: String,
    /// What is to be said of it in words; may be empty.
    pub note: String,
}

/// Panels in rows.
pub struct Panels {
    /// The frames, in the order of the heads.
    pub frames: Vec<Frame>,
    /// Where the last row ends.
    pub bottom: f64,
}

impl Panels {
    /// How many columns so many panels stand in.
    pub fn columns(count: usize) -> usize {
        match count {
            0 | 1 => 1,
            2..=6 => 2,
            _ => 3,
        }
    }

    /// How many parts a lower axis of times has room for.
    pub fn parts(count: usize) -> u64 {
        match Self::columns(count) {
            1 => 9,
            2 => 6,
            _ => 3,
        }
    }

    /// Writes the heads and gives the frames below them, each `height` points high, or less where there are many.
    pub fn place(figure: &mut Figure, heads: &[Head], height: f64, across: &Axis, up: &Axis) -> Self {
        let columns = Self::columns(heads.len());
        let height = if columns > 2 { 0.62 * height } else { height };
        Self::in_columns(figure, &heads.iter().collect::<Vec<_>>(), (columns, height), across, up)
    }

    /// [`Panels::place`] in so many columns, each panel so high.
    pub fn in_columns(
        figure: &mut Figure,
        heads: &[&Head],
        (columns, height): (usize, f64),
        across: &Axis,
        up: &Axis,
    ) -> Self {
        let wide = (WIDTH - 2.0 * EDGE - GAP * (columns - 1) as f64) / columns as f64;
        let mut top = figure.top;
        let mut frames = Vec::new();
        for row in heads.chunks(columns) {
            let texts: Vec<[Vec<String>; 2]> = row
                .iter()
                .map(|head| [wrap(&head.heading, HEADING, wide, 3), wrap(&head.note, LABEL, wide, 4)])
                .collect();
            let tall = |[heading, note]: &[Vec<String>; 2]| {
                heading.len() as f64 * HEADING.line_height() + note.len() as f64 * LABEL.line_height()
            };
            let highest = texts.iter().map(tall).fold(0.0, f64::max);
            for (column, [heading, note]) in texts.iter().enumerate() {
                let left = EDGE + (wide + GAP) * column as f64;
                let first = top + HEADING.size;
                let second = first + heading.len() as f64 * HEADING.line_height();
                figure.lines(heading, (left, first), Anchor::Start, HEADING);
                figure.lines(note, (left, second), Anchor::Start, LABEL);
                frames.push(Frame {
                    left: left + Frame::room_for_labels(up),
                    right: left + wide - 8.0,
                    top: top + highest + 10.0,
                    bottom: top + highest + 10.0 + height,
                    across: across.clone(),
                    up: up.clone(),
                });
            }
            top += highest + 10.0 + height + LABELS + BETWEEN;
        }
        Self { frames, bottom: top - BETWEEN }
    }

    /// Writes below all panels what their lower axes measure, and gives the height at which it ends.
    pub fn measure(&self, figure: &mut Figure, measures: &str) -> f64 {
        let y = self.bottom + BELOW - 34.0;
        figure.canvas.words(measures, (WIDTH / 2.0, y), Anchor::Middle, LABEL);
        y + 12.0
    }
}

/// Draws the line at 0 where the axis passes it.
pub fn draw_zero(canvas: &mut Canvas, frame: &Frame) {
    if frame.up.low < 0.0 && frame.up.high > 0.0 {
        let y = frame.y(0.0);
        canvas.line(&[(frame.left, y), (frame.right, y)], AXIS, 1.25);
    }
}

/// Writes names with their samples below a figure's title, in as many lines as they need.
pub fn legend(figure: &mut Figure, sample: Sample, names: &[(String, Look)]) {
    let (mut x, mut middle) = (EDGE, figure.top - 12.0 + NAME.size);
    for (name, look) in names {
        let name = wrap(name, NAME, WIDTH / 2.0, 1).concat();
        let wide = SAMPLE + NAME.width(&name) + 18.0;
        if x > EDGE && x + wide > WIDTH - EDGE {
            (x, middle) = (EDGE, middle + NAME.line_height() + 3.0);
        }
        sample.draw(&mut figure.canvas, (x, middle), *look);
        figure.canvas.words(&name, (x + SAMPLE, middle + 0.36 * NAME.size), Anchor::Start, NAME);
        x += wide;
    }
    figure.top = middle + NAME.line_height() + 6.0;
}
