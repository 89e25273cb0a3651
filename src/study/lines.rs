//! Lines of a text, found without reading it again from its beginning.

/// The bytes between two counts of characters.
const STRIDE: usize = 4_096;

/// Where the lines of a text begin.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    starts: Vec<usize>,
    /// How many characters begin before each whole number of strides.
    characters: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut characters = vec![0];
        for piece in text.as_bytes().chunks(STRIDE) {
            characters.push(characters[characters.len() - 1] + beginnings(piece));
        }
        Self { starts: std::iter::once(0).chain(newlines).collect(), characters }
    }

    /// Line and column of a byte that a character of the text begins at, both counted from 1; the column counts characters.
    pub fn line_and_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = |at: usize| {
            let strides = at / STRIDE;
            self.characters[strides] + beginnings(&text.as_bytes()[strides * STRIDE..at])
        };
        (line, before(offset) - before(self.starts[line - 1]) + 1)
    }

    /// The byte at which the line of a byte ends, its ending left out.
    pub fn end_of_line(&self, text: &str, offset: usize) -> usize {
        let next = self.starts.partition_point(|start| *start <= offset);
        let Some(start) = self.starts.get(next) else { return text.len() };
        let end = start - 1;
        if end > offset && text.as_bytes()[..end].ends_with(b"\r") { end - 1 } else { end }
    }
}

/// How many characters begin in some bytes.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Lines;

    proptest! {
        #[test]
        fn lines_are_those_of_a_look_at_the_whole_text(words in prop::collection::vec("[aä€\r\n]{0,9}", 0..900), at in 0.0..1.0_f64) {
            let text = words.concat();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the text")]
            let offset = text.floor_char_boundary((text.len() as f64 * at) as usize);
            let before = &text[..offset];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let known = (before.matches('\n').count() + 1, before[start..].chars().count() + 1);
            let lines = Lines::of(&text);
            prop_assert_eq!(lines.line_and_column(&text, offset), known);
            let end = lines.end_of_line(&text, offset);
            prop_assert_eq!(&text[offset..end.max(offset)], text[offset..].lines().next().unwrap_or(""));
        }
    }
}
