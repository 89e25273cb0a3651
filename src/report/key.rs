//! A key names lines or areas beside the data: each name as near to what it names as its neighbours allow.

use super::canvas::{Anchor, Canvas, Point};
use super::figure::{EDGE, Figure, NAME, WIDTH, wrap};
use super::palette::{AXIS, Look};

/// How wide names may be before they are wrapped.
const WIDEST: f64 = 176.0;
/// The sample of the line or area, with the gap after it.
pub const SAMPLE: f64 = 30.0;
/// Room for the leaders from the data to the names.
const LEADER: f64 = 22.0;
/// The gap between two names.
const GAP: f64 = 5.0;

/// Whether a key shows pieces of lines or of areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// A piece of the line in its dash.
    Line,
    /// A small square.
    Square,
}

impl Sample {
    /// Draws the piece that stands before a name.
    pub fn draw(self, canvas: &mut Canvas, (x, middle): Point, look: Look) {
        match self {
            Self::Line => canvas.dashed(&[(x, middle), (x + 24.0, middle)], look.ink, 2.25, look.dash),
            Self::Square => canvas.rectangle((x + 9.0, middle - 6.5), (x + 22.0, middle + 6.5), look.ink),
        }
    }
}

struct Entry {
    lines: Vec<String>,
    look: Look,
    /// The height that the entry would have if it were alone; none where it points at nothing.
    wish: Option<f64>,
}

impl Entry {
    fn height(&self) -> f64 {
        self.lines.len() as f64 * NAME.line_height() + GAP
    }
}

/// A key in the making.
pub struct Key {
    sample: Sample,
    entries: Vec<Entry>,
}

impl Key {
    /// An empty key.
    pub fn new(sample: Sample) -> Self {
        Self { sample, entries: Vec::new() }
    }

    /// Adds a name with its value, which may be empty; from top to bottom.
    pub fn add(&mut self, name: &str, value: &str, look: Look) {
        let mut lines = wrap(name, NAME, WIDEST, 2);
        // A long name may lose its end, but never the value.
        let together = lines.last().map(|line| format!("{line} · {value}"));
        match (lines.last_mut(), together) {
            (Some(_), _) if value.is_empty() => {}
            (Some(last), Some(together)) if NAME.width(&together) <= WIDEST => *last = together,
            _ => lines.push(value.to_owned()),
        }
        self.entries.push(Entry { lines, look, wish: None });
    }

    /// The width that the key takes, from the frame to the edge of the picture.
    fn width(&self) -> f64 {
        let names = self.entries.iter().flat_map(|e| &e.lines).map(|line| NAME.width(line)).fold(0.0, f64::max);
        LEADER + SAMPLE + names
    }

    /// The right edge of a frame that leaves room for the key.
    pub fn frame_right(&self) -> f64 {
        WIDTH - EDGE - self.width()
    }

    /// The height that all names take together.
    pub fn height(&self) -> f64 {
        self.entries.iter().map(Entry::height).sum()
    }

    /// Draws the key to the right of a frame; `ends` are the places that the entries point at, in their order.
    pub fn draw(mut self, figure: &mut Figure, right: f64, (top, bottom): (f64, f64), ends: &[f64]) {
        for (entry, end) in self.entries.iter_mut().zip(ends) {
            entry.wish = Some(*end);
        }
        let middles = self.place(top, bottom);
        for (entry, middle) in self.entries.iter().zip(middles) {
            if let Some(end) = entry.wish {
                figure.canvas.line(&[(right + 2.0, end), (right + LEADER - 4.0, middle)], AXIS, 0.75);
            }
            self.draw_entry(figure, entry, (right + LEADER, middle));
        }
    }

    fn draw_entry(&self, figure: &mut Figure, entry: &Entry, (x, middle): Point) {
        self.sample.draw(&mut figure.canvas, (x, middle), entry.look);
        let above = (entry.lines.len() - 1) as f64 * NAME.line_height() / 2.0;
        figure.lines(&entry.lines, (x + SAMPLE, middle - above + 0.36 * NAME.size), Anchor::Start, NAME);
    }

    /// The middles of the entries: where they wish to be, pushed apart until none overlaps, within top and bottom.
    fn place(&self, top: f64, bottom: f64) -> Vec<f64> {
        let mut middles = Vec::new();
        let mut free = top;
        for entry in &self.entries {
            let half = entry.height() / 2.0;
            let middle = entry.wish.unwrap_or(free + half).max(free + half);
            middles.push(middle);
            free = middle + half;
        }
        // Back upwards from the lower end, where they were pushed beyond it.
        let mut free = bottom.max(top + self.height());
        for (entry, middle) in self.entries.iter().zip(&mut middles).rev() {
            let half = entry.height() / 2.0;
            *middle = middle.min(free - half);
            free = *middle - half;
        }
        middles
    }
}
