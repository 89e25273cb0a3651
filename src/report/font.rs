//! The font travels with the program: Inter (SIL Open Font License 1.1), cut down to Latin letters and a few signs.
//!
//! Charts must look the same on a machine without any fonts. Their text stays text, so that it can be searched,
//! copied and read aloud; an SVG file therefore carries the font inside itself. As WOFF2 both weights
//! take 44 kB of it, where text drawn as outlines would take about as much and be text no longer.

/// The name that the font goes by in charts and pages.
pub const FAMILY: &str = "Inter";

/// The regular weight, for measuring and drawing.
pub const REGULAR: &[u8] = include_bytes!("font/Inter-Regular.ttf");
/// The bold weight, for measuring and drawing.
pub const BOLD: &[u8] = include_bytes!("font/Inter-Bold.ttf");

const REGULAR_PACKED: &[u8] = include_bytes!("font/Inter-Regular.woff2");
const BOLD_PACKED: &[u8] = include_bytes!("font/Inter-Bold.woff2");

/// The style sheet that embeds both weights, for an SVG file or a page.
pub fn style_sheet() -> String {
    let face = |weight: u32, font: &[u8]| {
        format!(
            "@font-face{{font-family:\"{FAMILY}\";font-weight:{weight};font-style:normal;\
             src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
            base64(font)
        )
    };
    face(400, REGULAR_PACKED) + &face(700, BOLD_PACKED)
}

/// Bytes as text, by RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let sixth = (bits >> (18 - 6 * place)) & 63;
            text.push(if place <= three.len() { char::from(ALPHABET[sixth as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_gives_the_examples_of_its_standard() {
        let examples =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in examples {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_embedded_fonts_are_small_enough_to_travel_with_every_chart() {
        assert!(style_sheet().len() < 50_000);
    }
}
