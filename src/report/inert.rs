//! Inert text is none that a spreadsheet runs when it opens a CSV file.

use std::borrow::Cow;

use crate::legible;

/// What a formula begins with, also as East Asian keyboards write it.
const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What many a spreadsheet takes for the end of a cell instead of the comma.
const END: char = ';';

/// A name or title as a cell of CSV: where a spreadsheet could take it for a formula an apostrophe stands before it, and
/// what is not legible is written out. Numbers are no text, and are written as they are.
pub fn inert(text: &str) -> Cow<'_, str> {
    let text = legible::line(text);
    let mut begins = true;
    let mut cell = String::new();
    for (at, letter) in text.char_indices() {
        if begins && STARTS.contains(&letter) {
            if cell.is_empty() {
                cell.push_str(&text[..at]);
            }
            cell.push('\'');
        }
        if !cell.is_empty() {
            cell.push(letter);
        }
        begins = letter == END || (begins && (letter.is_whitespace() || letter == '"'));
    }
    if cell.is_empty() { text } else { Cow::Owned(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_kept_from_it() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-2+3 cost", "'-2+3 cost"),
            (" \"=x", " \"'=x"),
            ("＝x", "'＝x"),
            ("a;=cmd|'/C calc'!A0", "a;'=cmd|'/C calc'!A0"),
            ("\t=x", "\\u{9}=x"),
            ("\r=x", "\\u{d}=x"),
        ];
        for (text, cell) in cases {
            assert_eq!(inert(text), cell);
        }
        for fine in ["", "active", "a=b", "a - b", "outcomes.x", "'=1"] {
            assert!(matches!(inert(fine), Cow::Borrowed(same) if same == fine), "{fine}");
        }
    }
}
