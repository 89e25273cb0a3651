//! Legible text holds nothing that a terminal would obey, that XML cannot say, or that turns a line of text around.
//!
//! Whatever else is written out as `\u{1b}`, so that it is seen and does nothing.

use std::borrow::Cow;

/// Whether a letter is none that a reader sees: a control character, a sign that overrides or embeds a direction, or a
/// place of Unicode that is no letter and never will be.
pub fn is_illegible(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || turns || is_noncharacter(letter)
}

fn is_noncharacter(letter: char) -> bool {
    matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe
}

/// One line of legible text; line breaks and tabs are written out too.
pub fn line(text: &str) -> Cow<'_, str> {
    replaced(text, is_illegible, |letter| letter.escape_unicode().to_string())
}

/// Legible text of several lines, in which line breaks and tabs stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    let wrong = |letter: char| is_illegible(letter) && !matches!(letter, '\n' | '\t');
    replaced(text, wrong, |letter| letter.escape_unicode().to_string())
}

/// Legible text that was coloured by whoever calls this: escape characters stay. What colours it must have put none
/// into it that somebody else wrote.
pub fn coloured(text: &str) -> Cow<'_, str> {
    let wrong = |letter: char| is_illegible(letter) && !matches!(letter, '\n' | '\t' | '\u{1b}');
    replaced(text, wrong, |letter| letter.escape_unicode().to_string())
}

/// JSON in which what is not legible is written as JSON writes it, so that it reads back as the same.
pub fn json(text: &str) -> Cow<'_, str> {
    let wrong = |letter: char| is_illegible(letter) && !matches!(letter, '\n' | '\t');
    let escaped = |letter: char| {
        let mut units = [0; 2];
        letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    };
    replaced(text, wrong, escaped)
}

fn replaced(text: &str, wrong: impl Fn(char) -> bool, written: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.contains(&wrong) {
        return Cow::Borrowed(text);
    }
    let mut legible = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if wrong(letter) { legible.push_str(&written(letter)) } else { legible.push(letter) }
    }
    Cow::Owned(legible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_does_not_see_is_written_out() {
        assert_eq!(
            line("\u{1b}[2J\n\u{9b}2J\u{202e}x\u{fffe}\u{10ffff}"),
            r"\u{1b}[2J\u{a}\u{9b}2J\u{202e}x\u{fffe}\u{10ffff}"
        );
        assert_eq!(lines("a\tb\nc\r"), "a\tb\nc\\u{d}");
        assert_eq!(coloured("\u{1b}[31mred\u{7}"), "\u{1b}[31mred\\u{7}");
        for fine in ["", "Räätälöity “plan” – 漢字, خطة, 😀 👩\u{200d}👧 a\u{301} \u{200f}\u{feff}"]
        {
            assert!(matches!(line(fine), Cow::Borrowed(same) if same == fine));
        }
    }

    #[test]
    fn json_reads_back_as_what_it_was() {
        let text = "a\u{7f}\u{9b}\u{202e}\u{fdd0}\u{1ffff}\n";
        let written = serde_json::to_string(text).unwrap();
        assert!(json(&written).is_ascii());
        assert_eq!(serde_json::from_str::<String>(&json(&written)).unwrap(), text);
    }
}
