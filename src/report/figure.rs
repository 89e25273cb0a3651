//! A figure is a chart in the making: a canvas with a title, axes in a frame, and names beside the data.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Letters, Point};
use super::chart::Chart;
use super::palette::{AXIS, GRID, QUIET, TEXT};

/// The width of every chart, in points.
pub const WIDTH: f64 = 760.0;
/// The room between what is drawn and the edge.
pub const EDGE: f64 = 16.0;

/// Names of lines and rows.
pub const NAME: Letters = Letters { size: 13.0, bold: false, ink: TEXT };
/// Labels of axes.
pub const LABEL: Letters = Letters { size: 12.0, bold: false, ink: QUIET };
/// Headings of panels.
pub const HEADING: Letters = Letters { size: 13.0, bold: true, ink: TEXT };

/// A chart in the making.
pub struct Figure {
    /// What is drawn on.
    pub canvas: Canvas,
    /// Where the title and the line below it end.
    pub top: f64,
    title: String,
}

impl Figure {
    /// A figure with a title and a line that says what is measured in which unit. Long titles get smaller, then wrap.
    pub fn new(title: &str, subtitle: &str) -> Self {
        let mut figure = Self { canvas: Canvas::default(), top: 12.0, title: title.to_owned() };
        let room = WIDTH - 2.0 * EDGE;
        let large = Letters { size: 17.0, bold: true, ink: TEXT };
        let letters = if large.width(title) <= room { large } else { Letters { size: 15.0, ..large } };
        figure.paragraph(title, letters, 3);
        figure.paragraph(subtitle, LABEL, 3);
        figure.top += 14.0;
        figure
    }

    fn paragraph(&mut self, text: &str, letters: Letters, most: usize) {
        for line in wrap(text, letters, WIDTH - 2.0 * EDGE, most) {
            self.top += letters.line_height();
            self.canvas.words(&line, (EDGE, self.top), Anchor::Start, letters);
        }
        self.top += 3.0;
    }

    /// Several lines of text, the first of which has its base line at `at`.
    pub fn lines(&mut self, lines: &[String], at: Point, anchor: Anchor, letters: Letters) {
        let (x, mut y) = at;
        for line in lines {
            self.canvas.words(line, (x, y), anchor, letters);
            y += letters.line_height();
        }
    }

    /// The finished chart.
    pub fn finish(self, name: &str, height: f64, alt: String) -> Chart {
        let drawing = self.canvas.elements(WIDTH, height);
        Chart::new(name.to_owned(), self.title, alt, (WIDTH, height), drawing)
    }
}

/// The area that data is drawn in, between its axes.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The left edge.
    pub left: f64,
    /// The right edge.
    pub right: f64,
    /// The upper edge.
    pub top: f64,
    /// The lower edge.
    pub bottom: f64,
    /// The axis along the lower edge.
    pub across: Axis,
    /// The axis along the left edge.
    pub up: Axis,
}

impl Frame {
    /// The room that the labels of an upright axis take to its left, with their gap.
    pub fn room_for_labels(up: &Axis) -> f64 {
        up.marks.iter().map(|(_, label)| LABEL.width(label)).fold(0.0, f64::max) + 8.0
    }

    /// Where a value on the lower axis stands.
    pub fn x(&self, value: f64) -> f64 {
        self.left + (self.right - self.left) * self.across.share(value)
    }

    /// Where a value on the left axis stands.
    pub fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.up.share(value)
    }

    /// Draws the horizontal grid with its labels.
    pub fn draw_up(&self, canvas: &mut Canvas) {
        for (value, label) in &self.up.marks {
            let y = self.y(*value);
            canvas.line(&[(self.left, y), (self.right, y)], GRID, 1.0);
            canvas.words(label, (self.left - 8.0, y + 0.36 * LABEL.size), Anchor::End, LABEL);
        }
    }

    /// Draws the lower axis: its line, marks, labels and, below them, what it measures.
    pub fn draw_across(&self, canvas: &mut Canvas, measures: &str) {
        canvas.line(&[(self.left, self.bottom), (self.right, self.bottom)], AXIS, 1.0);
        for (value, label) in &self.across.marks {
            let x = self.x(*value);
            canvas.line(&[(x, self.bottom), (x, self.bottom + 4.0)], AXIS, 1.0);
            canvas.words(label, (x, self.bottom + 17.0), Anchor::Middle, LABEL);
        }
        let middle = f64::midpoint(self.left, self.right);
        canvas.words(measures, (middle, self.bottom + 36.0), Anchor::Middle, LABEL);
    }

    /// Draws an upright grid, for a frame whose values run across.
    pub fn draw_grid_across(&self, canvas: &mut Canvas) {
        for (value, _) in &self.across.marks {
            let x = self.x(*value);
            canvas.line(&[(x, self.top), (x, self.bottom)], GRID, 1.0);
        }
    }
}

/// The height below a frame that `draw_across` needs.
pub const BELOW: f64 = 48.0;

/// Breaks a text into at most `most` lines; what has no room ends in an ellipsis.
pub fn wrap(text: &str, letters: Letters, width: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    // A space that does not break stays within its word: a number and its unit.
    let space = |letter: char| letter.is_whitespace() && letter != '\u{a0}';
    for word in text.split(space).filter(|word| !word.is_empty()).flat_map(|word| pieces(word, letters, width)) {
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if letters.width(&longer) <= width {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && letters.width(&format!("{last}…")) > width {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// A word in pieces that fit; nearly always the word itself.
fn pieces(word: &str, letters: Letters, width: f64) -> Vec<String> {
    if letters.width(word) <= width {
        return vec![word.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let last = pieces.last().map_or("", String::as_str);
        if !last.is_empty() && letters.width(&format!("{last}{c}")) > width {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_wrapped_and_what_has_no_room_is_marked() {
        let lines = wrap("Personal offers in the shop & on the web for everyone", NAME, 120.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        assert!(lines.iter().all(|line| NAME.width(line) <= 120.0));
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        let lines = wrap("at the lowest EUR\u{a0}4.68\u{a0}M", NAME, NAME.width("at the lowest EUR 4.68"), 2);
        assert_eq!(lines, ["at the lowest", "EUR\u{a0}4.68\u{a0}M"]);
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken() {
        let lines = wrap(&"å".repeat(60), NAME, 100.0, 9);
        assert!(lines.len() > 2 && lines.iter().all(|line| NAME.width(line) <= 100.0));
        assert!(wrap("", NAME, 100.0, 2).is_empty());
    }
}
