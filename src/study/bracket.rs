//! Brackets of a study file that are opened and never closed: one of them makes all that follows look wrong.

use std::ops::Range;

/// Where in a text the scan stands.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Value,
    Comment,
    /// A text between these quotes; three of them span lines.
    Text(&'static str),
}

/// The outermost bracket of a value that is never closed. A header that is not closed ends with its line.
pub fn unclosed(text: &str) -> Option<Range<usize>> {
    let mut open: Vec<(usize, u8)> = Vec::new();
    let mut within = Within::Value;
    let mut fresh_line = true;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut step = 1;
        match within {
            Within::Comment => {
                if byte == b'\n' {
                    within = Within::Value;
                }
            }
            Within::Text(quotes) => {
                if byte == b'\\' && quotes.starts_with('"') {
                    step = 2;
                } else if bytes[at..].starts_with(quotes.as_bytes()) {
                    within = Within::Value;
                    step = quotes.len();
                } else if byte == b'\n' && quotes.len() == 1 {
                    within = Within::Value;
                }
            }
            Within::Value => match byte {
                b'#' => within = Within::Comment,
                b'"' | b'\'' => {
                    let quotes = opening(&bytes[at..]);
                    within = Within::Text(quotes);
                    step = quotes.len();
                }
                // A header: it ends with its line, so nothing is kept open.
                b'[' if fresh_line && open.is_empty() => {
                    step = bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                }
                b'[' | b'{' => open.push((at, byte)),
                b']' | b'}' => {
                    let wanted = if byte == b']' { b'[' } else { b'{' };
                    if open.last().is_some_and(|(_, opened)| *opened == wanted) {
                        open.pop();
                    }
                }
                _ => {}
            },
        }
        fresh_line = byte == b'\n' || (fresh_line && byte.is_ascii_whitespace());
        at += step;
    }
    open.first().map(|(at, _)| *at..at + 1)
}

fn opening(bytes: &[u8]) -> &'static str {
    ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| bytes.starts_with(quotes.as_bytes())).unwrap_or("'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_of_values_count() {
        for closed in [
            "x = [1, {a = 2}]",
            "x = \"[\"",
            "# [",
            "[open\nx = 1",
            "x = '''[\n{'''",
            "x = \"\\\"[\"",
            "x = \"[\ny = 1",
        ] {
            assert_eq!(unclosed(closed), None, "{closed}");
        }
        assert_eq!(unclosed("x = [1\n[head]\ny = []\n"), Some(4..5));
        assert_eq!(unclosed("[a]\nx = {a = [1, 2]\n"), Some(8..9));
    }
}
