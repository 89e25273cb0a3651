//! A canvas takes lines, areas and words in points and gives an SVG. The only file that knows plotters.
//!
//! plotters counts in whole pixels, by which curves wobble and letters stick together. Everything is therefore drawn four
//! times as large, and the picture's width and height are set back while its view box stays.

use std::sync::Once;

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};

use super::bidi::isolated;
use super::font;
use super::palette::{Dash, Ink};
use crate::legible;

/// How many units of the view box one point has.
const FINENESS: f64 = 4.0;

/// The part of a letter's size that plotters keeps for itself: it divides sizes by this number.
const LINE: f64 = 1.24;

/// The distance between two lines of a hatching, along an edge, in points.
const HATCH: f64 = 6.0;

/// A place: rightwards and downwards from the upper left corner, in points.
pub type Point = (f64, f64);

/// Where a word stands from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the right of it.
    Start,
    /// Around it.
    Middle,
    /// To the left of it.
    End,
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letters {
    /// The size in points.
    pub size: f64,
    /// Bold or regular.
    pub bold: bool,
    /// The colour.
    pub ink: Ink,
}

impl Letters {
    fn font(self) -> FontDesc<'static> {
        register();
        let style = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        FontDesc::new(FontFamily::Name(font::FAMILY), self.size * FINENESS * LINE, style)
    }

    /// The width of a text, in points.
    pub fn width(self, text: &str) -> f64 {
        self.font().layout_box(text).map_or(0.0, |((left, _), (right, _))| f64::from(right - left) / FINENESS)
    }

    /// The distance between the base lines of two lines of text.
    pub fn line_height(self) -> f64 {
        self.size * 1.3
    }
}

/// plotters keeps its fonts in one place for the whole program.
fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for name in [font::FAMILY, "sans-serif"] {
            // A font that cannot be read leaves texts without a width; a test says that these can.
            let _ = plotters::style::register_font(name, FontStyle::Normal, font::REGULAR);
            let _ = plotters::style::register_font(name, FontStyle::Bold, font::BOLD);
        }
    });
}

enum Shape {
    Line { points: Vec<Point>, ink: Ink, width: f64 },
    Area { points: Vec<Point>, ink: Ink },
    Dot { at: Point, radius: f64, ink: Ink },
    Words { text: String, at: Point, anchor: Anchor, letters: Letters },
}

/// What has been drawn so far.
#[derive(Default)]
pub struct Canvas {
    shapes: Vec<Shape>,
}

impl Canvas {
    /// An unbroken line through the points.
    pub fn line(&mut self, points: &[Point], ink: Ink, width: f64) {
        if points.len() > 1 && all_finite(points) {
            self.shapes.push(Shape::Line { points: points.to_vec(), ink, width });
        }
    }

    /// A line in strokes and gaps.
    pub fn dashed(&mut self, points: &[Point], ink: Ink, width: f64, dash: Dash) {
        if dash.is_empty() {
            self.line(points, ink, width);
        } else if all_finite(points) {
            for stroke in strokes(points, dash) {
                self.line(&stroke, ink, width);
            }
        }
    }

    /// A filled area within the points.
    pub fn area(&mut self, points: &[Point], ink: Ink) {
        if points.len() > 2 && all_finite(points) {
            self.shapes.push(Shape::Area { points: points.to_vec(), ink });
        }
    }

    /// A filled rectangle between two corners.
    pub fn rectangle(&mut self, (left, top): Point, (right, bottom): Point, ink: Ink) {
        self.area(&[(left, top), (right, top), (right, bottom), (left, bottom)], ink);
    }

    /// Slanting lines within a rectangle between two corners.
    pub fn hatch(&mut self, (left, top): Point, (right, bottom): Point, ink: Ink, width: f64) {
        let (wide, high) = (right - left, bottom - top);
        if !(wide > 0.0 && high > 0.0) {
            return;
        }
        // Each line rises from the lower or left edge at 45 degrees, until it meets the upper or right one.
        let mut start = HATCH / 2.0;
        while start < wide + high {
            let (from, to) = ((start - high).max(0.0), start.min(wide));
            let at = |x: f64| (left + x, top + (start - x));
            self.line(&[at(to), at(from)], ink, width);
            start += HATCH;
        }
    }

    /// A filled circle.
    pub fn dot(&mut self, at: Point, radius: f64, ink: Ink) {
        if all_finite(&[at]) {
            self.shapes.push(Shape::Dot { at, radius, ink });
        }
    }

    /// A line of text whose base line is at `at`.
    pub fn words(&mut self, text: &str, at: Point, anchor: Anchor, letters: Letters) {
        // A line break is a space here; a no-break space stays what it is.
        let text = text.replace(['\n', '\r', '\t'], " ");
        if all_finite(&[at]) && !text.trim().is_empty() {
            // XML has no way to write most control characters.
            let text = isolated(&legible::line(&text)).into_owned();
            self.shapes.push(Shape::Words { text, at, anchor, letters });
        }
    }

    /// The shapes as SVG elements, and the size of the view box that they are drawn in.
    pub fn elements(&self, width: f64, height: f64) -> (String, (u32, u32)) {
        register();
        let size = (length(width), length(height));
        let mut svg = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut svg, size);
            for shape in &self.shapes {
                draw(&mut backend, shape);
            }
            let _ = backend.present();
        }
        // What lies between plotters' own first and last tag; its own says a size that is four times too large.
        let inside = svg.find("<svg").and_then(|from| Some(from + svg[from..].find('>')? + 1)).unwrap_or(0);
        let end = svg.rfind("</svg>").unwrap_or(svg.len()).max(inside);
        let family = format!("font-family=\"{}\"", font::FAMILY);
        let fallback = format!("font-family=\"{}, sans-serif\"", font::FAMILY);
        (svg[inside..end].trim().replace(&family, &fallback), size)
    }
}

fn all_finite(points: &[Point]) -> bool {
    points.iter().all(|(x, y)| x.is_finite() && y.is_finite())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a picture may measure")]
fn length(points: f64) -> u32 {
    libm::round((points * FINENESS).clamp(1.0, 1e6)) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a picture may measure")]
fn place((x, y): Point) -> (i32, i32) {
    let whole = |v: f64| libm::round((v * FINENESS).clamp(-1e6, 1e6)) as i32;
    (whole(x), whole(y))
}

fn colour(ink: Ink) -> RGBAColor {
    let (red, green, blue) = ink.rgb;
    RGBColor(red, green, blue).mix(ink.alpha)
}

fn draw(backend: &mut SVGBackend<'_>, shape: &Shape) {
    // Writing to a string does not fail.
    let _ = match shape {
        Shape::Line { points, ink, width } => {
            let style = ShapeStyle { color: colour(*ink), filled: false, stroke_width: length(*width) };
            backend.draw_path(points.iter().copied().map(place), &style)
        }
        Shape::Area { points, ink } => backend.fill_polygon(points.iter().copied().map(place), &colour(*ink)),
        Shape::Dot { at, radius, ink } => backend.draw_circle(place(*at), length(*radius), &colour(*ink), true),
        Shape::Words { text, at, anchor, letters } => {
            let h_pos = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let ink = colour(letters.ink);
            let style = TextStyle::from(letters.font()).color(&ink).pos(Pos::new(h_pos, VPos::Top));
            // From the top that plotters wants to the base line it writes: 0.76 of the letters' size.
            backend.draw_text(text, &style, place((at.0, at.1 - 0.76 * letters.size)))
        }
    };
}

/// Cuts a line into the strokes of a dash.
fn strokes(points: &[Point], dash: Dash) -> Vec<Vec<Point>> {
    let mut all = Vec::new();
    let mut stroke: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut part, mut left) = (0, dash[0]);
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let long = libm::hypot(x1 - x0, y1 - y0);
        let mut done = 0.0;
        while long - done > left {
            done += left;
            let at = (x0 + (x1 - x0) * done / long, y0 + (y1 - y0) * done / long);
            if part % 2 == 0 {
                stroke.push(at);
                all.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![at];
            }
            part = (part + 1) % dash.len();
            left = dash[part];
        }
        left -= long - done;
        if part % 2 == 0 {
            stroke.push((x1, y1));
        }
    }
    all.push(stroke);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Letters = Letters { size: 12.0, bold: false, ink: Ink { rgb: (0, 0, 0), alpha: 1.0 } };

    #[test]
    fn bold_letters_are_wider_than_regular_ones() {
        let bold = Letters { bold: true, ..PLAIN };
        assert!(PLAIN.width("Retention") > 40.0);
        assert!(bold.width("Retention") > PLAIN.width("Retention"));
    }

    #[test]
    fn the_strokes_of_a_dash_are_as_long_as_it_says() {
        let cut = strokes(&[(0.0, 0.0), (5.0, 0.0), (20.0, 0.0)], &[8.0, 4.0]);
        assert_eq!(cut, [vec![(0.0, 0.0), (5.0, 0.0), (8.0, 0.0)], vec![(12.0, 0.0), (20.0, 0.0)]]);
    }

    #[test]
    fn a_shape_without_a_place_is_not_drawn() {
        let mut canvas = Canvas::default();
        canvas.line(&[(0.0, f64::NAN), (1.0, 1.0)], PLAIN.ink, 1.0);
        canvas.dot((f64::INFINITY, 0.0), 1.0, PLAIN.ink);
        assert_eq!(canvas.elements(10.0, 10.0), (String::new(), (40, 40)));
    }

    #[test]
    fn signs_that_xml_knows_are_escaped() {
        let mut canvas = Canvas::default();
        canvas.words("a < b & c\u{1}", (0.0, 0.0), Anchor::Start, PLAIN);
        assert!(canvas.elements(10.0, 10.0).0.contains("a &lt; b &amp; c"));
    }
}
