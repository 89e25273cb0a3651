//! Text that runs from right to left, kept from tearing the text around it.
//!
//! Names are put together with numbers and signs (`name · 12 %`). By the rules of Unicode a number that follows such a name
//! runs along with it, to the other side. An isolate (UAX #9) holds the name together and leaves the rest where it is.

use std::borrow::Cow;

const ISOLATE: char = '\u{2068}';
const END: char = '\u{2069}';

/// Whether a letter is of a script that runs from right to left.
fn runs_left(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

/// A text in which all that runs from right to left is isolated, word after word with the spaces and figures between them.
pub fn isolated(text: &str) -> Cow<'_, str> {
    if !text.contains(runs_left) || text.contains(ISOLATE) {
        return Cow::Borrowed(text);
    }
    let mut all = String::with_capacity(text.len() + 6);
    let mut rest = text;
    while let Some(start) = rest.find(runs_left) {
        let end = start + run(&rest[start..]);
        all.push_str(&rest[..start]);
        all.push(ISOLATE);
        all.push_str(&rest[start..end]);
        all.push(END);
        rest = &rest[end..];
    }
    all.push_str(rest);
    Cow::Owned(all)
}

/// The bytes of what belongs to a name that begins here: up to the last letter before a sign or a letter of another script,
/// with a number that ends the name.
fn run(text: &str) -> usize {
    let inside = |letter: char| {
        runs_left(letter) || matches!(letter, ' ' | '-' | '\'' | '\u{200c}'..='\u{200f}') || letter.is_ascii_digit()
    };
    let all = &text[..text.find(|letter| !inside(letter)).unwrap_or(text.len())];
    let letters = all
        .char_indices()
        .rev()
        .find(|(_, letter)| runs_left(*letter))
        .map_or(0, |(at, letter)| at + letter.len_utf8());
    // A number before a sign belongs to the sign: 12 % is no part of a name, but in quotation marks it is.
    let named = text[all.len()..].chars().next().is_none_or(|next| matches!(next, '”' | '’' | '"' | ')'));
    if named { all.trim_end().len().max(letters) } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_held_together_and_what_stands_beside_it_stays_there() {
        let cases = [
            ("خطة · 12 %", "\u{2068}خطة\u{2069} · 12 %"),
            ("under “خطة ثانية 2” now", "under “\u{2068}خطة ثانية 2\u{2069}” now"),
            ("תוכנית 2", "\u{2068}תוכנית 2\u{2069}"),
            ("a תוכנית b خطة", "a \u{2068}תוכנית\u{2069} b \u{2068}خطة\u{2069}"),
            ("خطة 12 to 20", "\u{2068}خطة\u{2069} 12 to 20"),
        ];
        for (text, held) in cases {
            assert_eq!(isolated(text), held);
            assert_eq!(isolated(held), held);
        }
        assert!(matches!(isolated("Plan · 12 %"), Cow::Borrowed(_)));
    }
}
