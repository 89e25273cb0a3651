//! A chart is a picture with a name, a title and a text that says the same to those who cannot see it.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg;

use super::font;
use crate::legible;

/// A finished chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The name, as a file has it: `retention`, `stages_today`.
    pub name: String,
    /// The title, as the chart shows it.
    pub title: String,
    /// The chart as an SVG file, which carries its font inside itself.
    pub svg: String,
    /// What the chart shows, in words.
    pub alt: String,
}

impl Chart {
    /// The SVG file around elements that are drawn in a view box of `fine` units.
    pub(super) fn new(
        name: String,
        title: String,
        alt: String,
        size: (f64, f64),
        drawing: (String, (u32, u32)),
    ) -> Self {
        let (elements, fine) = drawing;
        let id = identifier(&name);
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" viewBox=\"0 0 {} {}\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-text\" stroke-linejoin=\"round\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-text\">{}</desc>\n{}{GROUND}{elements}\n</svg>\n",
            size.0,
            size.1,
            fine.0,
            fine.1,
            escape(&title),
            escape(&alt),
            style(&elements),
        );
        Self { name, title, svg, alt }
    }

    /// The chart as an SVG element for a page that has the font already.
    pub fn inline(&self) -> String {
        match self.parts() {
            Some((head, elements)) => format!("{head}{elements}"),
            None => self.svg.clone(),
        }
    }

    /// The letters that the chart shows and that the font lacks: a PNG has boxes in their places.
    pub fn lacking(&self) -> BTreeSet<char> {
        self.parts().map(|(_, elements)| font::lacking(elements)).unwrap_or_default()
    }

    /// What comes before the style, and what comes after it.
    fn parts(&self) -> Option<(&str, &str)> {
        // Whatever comes before it is text, in which no tag can begin.
        let start = self.svg.find(STYLE)?;
        let end = start + self.svg[start..].find(STYLE_END)? + STYLE_END.len();
        Some((&self.svg[..start], &self.svg[end..]))
    }
}

/// The chart as a PNG file with two pixels for each point, drawn with no font but the one that travels with the program.
///
/// # Errors
/// Says why the SVG could not be read or drawn; a chart of this crate can be.
pub fn png(chart: &Chart) -> Result<Vec<u8>, String> {
    let options = usvg::Options { fontdb: fonts(), font_family: font::FAMILY.to_owned(), ..Default::default() };
    // The ground is filled at once: as a shape like others it would take a third of the time.
    let tree =
        usvg::Tree::from_str(&chart.inline().replacen(GROUND, "", 1), &options).map_err(|fault| fault.to_string())?;
    let size = tree.size().to_int_size().scale_by(2.0).ok_or("the chart has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the chart is too large")?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    encoded(&pixels).map_err(|fault| fault.to_string())
}

/// The pixels as a file, packed fast: packing them tighter takes half of the time that all charts do.
fn encoded(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Paeth);
    let mut writer = encoder.write_header()?;
    // Charts stand on an opaque ground, where a colour is the same before and after it is multiplied with its alpha.
    debug_assert!(pixels.pixels().iter().all(|pixel| pixel.alpha() == u8::MAX), "nothing shines through");
    writer.write_image_data(pixels.data())?;
    writer.finish()?;
    Ok(file)
}

/// The fonts, read once.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(font::REGULAR.to_vec());
        fonts.load_font_data(font::BOLD.to_vec());
        fonts.set_sans_serif_family(font::FAMILY);
        Arc::new(fonts)
    });
    Arc::clone(&FONTS)
}

/// What charts stand on.
const GROUND: &str = "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";

const STYLE: &str = "<style>\n";
const STYLE_END: &str = "</style>\n";

/// The style that an SVG file carries, with the fonts of what it shows.
fn style(elements: &str) -> String {
    static PLAIN: LazyLock<String> = LazyLock::new(|| format!("{STYLE}{}{STYLE_END}", font::style_sheet("")));
    if elements.is_ascii() { PLAIN.clone() } else { format!("{STYLE}{}{STYLE_END}", font::style_sheet(elements)) }
}

/// A name that can stand in an `id` attribute.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// Text for XML: markup signs written out, line breaks as spaces, and all else that XML cannot say as what it is.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in legible::line(&text.replace(['\n', '\r', '\t'], " ")).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
