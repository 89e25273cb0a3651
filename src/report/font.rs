//! The font travels with the program: Inter (SIL Open Font License 1.1), cut down to Latin, Greek and Cyrillic letters, to
//! currencies and a few signs.
//!
//! Charts must look the same on a machine without any fonts. Their text stays text, so that it can be searched,
//! copied and read aloud; an SVG file therefore carries the font inside itself. As WOFF2 both weights
//! take 44 kB of it, where text drawn as outlines would take about as much and be text no longer. Letters beyond those
//! that nearly every chart makes do with come in groups, and go along only where a text needs them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The name that the font goes by in charts and pages.
pub const FAMILY: &str = "Inter";

/// The regular weight, for measuring and drawing.
pub const REGULAR: &[u8] = include_bytes!("font/Inter-Regular.ttf");
/// The bold weight, for measuring and drawing.
pub const BOLD: &[u8] = include_bytes!("font/Inter-Bold.ttf");

/// The letters of each group, in the order of [`PACKED`]: a name, and ranges such as `20-7e`.
const COVERAGE: &str = include_str!("font/coverage.txt");

/// The groups as they travel, regular and bold; the first one always does.
const PACKED: [[&[u8]; 2]; 5] = [
    [include_bytes!("font/Inter-Regular.woff2"), include_bytes!("font/Inter-Bold.woff2")],
    [include_bytes!("font/Inter-Regular-Latin.woff2"), include_bytes!("font/Inter-Bold-Latin.woff2")],
    [include_bytes!("font/Inter-Regular-Greek.woff2"), include_bytes!("font/Inter-Bold-Greek.woff2")],
    [include_bytes!("font/Inter-Regular-Cyrillic.woff2"), include_bytes!("font/Inter-Bold-Cyrillic.woff2")],
    [include_bytes!("font/Inter-Regular-Signs.woff2"), include_bytes!("font/Inter-Bold-Signs.woff2")],
];

/// Ranges of letters, first and last.
type Ranges = Vec<(u32, u32)>;

/// The letters of each group.
fn coverage() -> &'static [Ranges] {
    static GROUPS: LazyLock<Vec<Ranges>> = LazyLock::new(|| {
        let code = |text: &str| u32::from_str_radix(text, 16).ok();
        let range = |text: &str| text.split_once('-').and_then(|(first, last)| Some((code(first)?, code(last)?)));
        COVERAGE.lines().map(|line| line.split(' ').skip(1).filter_map(range).collect()).collect()
    });
    &GROUPS
}

/// The group that a letter is in; none where the font lacks it.
fn group(letter: char) -> Option<usize> {
    let code = u32::from(letter);
    let holds = |ranges: &Ranges| ranges.iter().any(|(first, last)| (*first..=*last).contains(&code));
    coverage().iter().position(holds)
}

/// Whether a letter leaves no mark of its own: spaces, joiners, selectors of variants, marks of direction.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The letters of a text that the font lacks.
pub fn lacking(text: &str) -> BTreeSet<char> {
    text.chars().filter(|letter| !letter.is_ascii() && !is_unseen(*letter) && group(*letter).is_none()).collect()
}

/// The style sheet that embeds both weights, for an SVG file or a page of this text.
pub fn style_sheet(text: &str) -> String {
    let mut needed: BTreeSet<usize> =
        text.chars().filter(|letter| !letter.is_ascii()).filter_map(group).filter(|group| *group > 0).collect();
    needed.insert(0);
    needed.into_iter().flat_map(|group| [face(group, 0, 400), face(group, 1, 700)]).collect()
}

fn face(group: usize, weight: usize, boldness: u32) -> String {
    // The first group is looked into for whatever the others do not have.
    let range = if group == 0 { String::new() } else { format!(";unicode-range:{}", unicode_range(group)) };
    format!(
        "@font-face{{font-family:\"{FAMILY}\";font-weight:{boldness};font-style:normal;\
         src:url(data:font/woff2;base64,{}) format(\"woff2\"){range}}}\n",
        base64(PACKED[group][weight])
    )
}

fn unicode_range(group: usize) -> String {
    let range = |(first, last): &(u32, u32)| format!("U+{first:X}-{last:X}");
    coverage().get(group).into_iter().flatten().map(range).collect::<Vec<_>>().join(",")
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
        assert!(style_sheet("Retention – “plan” €").len() < 50_000);
        assert!(style_sheet("₹").len() < 100_000);
        for text in ["План", "Ελλάδα", "Situația", "₽ ‰ ™"] {
            let sheet = style_sheet(text);
            assert_eq!(sheet.matches("@font-face").count(), 4, "{text}");
            assert_eq!(sheet.matches("unicode-range").count(), 2, "{text}");
        }
    }

    #[test]
    fn the_font_has_the_letters_of_european_languages_and_the_signs_of_currencies() {
        let have = "Situația „nouă” Soluția ș ț Ș Ț План Ґґ Љљ Ўў Ә ә Ελλάδα ώ ς Tiếng Việt ẞ ǆ ƒ ‑ ™ ‰ № ½ ⅓ ≠ ↑ « » ‹ › ‚ ‛ ″";
        assert_eq!(lacking(have), BTreeSet::new());
        let currencies: String = ('\u{20a0}'..='\u{20bf}').chain("$¢£¤¥฿".chars()).collect();
        assert_eq!(lacking(&currencies), BTreeSet::new());
        assert_eq!(lacking("خط漢 \u{200f}\u{2068}a"), BTreeSet::from(['خ', 'ط', '漢']));
    }

    #[test]
    fn each_letter_is_in_one_group() {
        let mut all: Vec<u32> =
            coverage().iter().flatten().flat_map(|(first, last)| (*first..=*last).collect::<Vec<_>>()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), coverage().len()), (count, PACKED.len()));
    }
}
