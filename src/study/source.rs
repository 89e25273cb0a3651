//! A source is a study file as it was read: its text, and where everything stands in it.

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::document::Node;
use super::files::{Files, LARGEST, reason};
use super::lines::Lines;
use super::path::ParamPath;
use super::remark::{Remark, Remarks};
use super::syntax;
use crate::diagnostic::{Diagnostic, End, Place, brief};
use crate::faults::{Cause, Faults};

/// A study file as it was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as it was given.
    pub name: String,
    /// The folder that lists named by the study are looked for in.
    pub folder: PathBuf,
    /// The text, without a byte-order mark; all spans count its bytes.
    pub text: String,
    /// The parsed file, with settings from the command line put in.
    pub(super) document: Node,
    /// Where its numbers come from, as the file says; none where that was not taken out of the document yet.
    pub(super) remarks: Option<Remarks>,
    /// What is wrong with the file as TOML.
    pub(super) faults: Vec<Diagnostic>,
    /// The paths that were set from the command line, each with the option as it was given.
    pub(super) overrides: Vec<(ParamPath, String)>,
    /// What was set, in order, as `--set` takes it.
    pub(super) settings: Vec<String>,
    lines: Lines,
    /// The lists that were read for it.
    pub(super) files: Files,
}

impl Default for Source {
    /// No text.
    fn default() -> Self {
        Self::new("", "", "")
    }
}

impl Source {
    /// Reads a file. Lines may end in CRLF, and a byte-order mark may stand in front.
    ///
    /// # Errors
    /// There is no such file, or it may not be read. A file that is too large, not UTF-8 or not TOML is read:
    /// [`Study::parse`](super::Study::parse) reports it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Faults> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let unreadable = |reason: String| {
            Faults::one(Cause::Unreadable, Diagnostic::error(format!("{name} cannot be read: {reason}")))
        };
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        if path.is_dir() {
            return Err(unreadable("it is a folder".to_owned()));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(reason(&error) + &instead(path)))?;
        let wrong = |fault: Diagnostic| {
            let mut source = Self::new(name.clone(), folder.clone(), String::new());
            source.faults.push(fault);
            source
        };
        if bytes.len() as u64 > LARGEST {
            return Ok(wrong(
                Diagnostic::error(format!("`{name}` is larger than 8 MiB"))
                    .at("")
                    .help("put long lists into CSV files beside the study: `chance = \"chances.csv\"`"),
            ));
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => Self::new(name, folder, text),
            Err(error) => wrong(not_utf8(&name, error.as_bytes(), error.utf8_error().valid_up_to())),
        })
    }

    /// A source from a text that is at hand, such as an example or a test.
    pub fn new(name: impl Into<String>, folder: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let (document, faults) = syntax::parse(&text);
        let lines = Lines::of(&text);
        let mut source = Self {
            name: name.into(),
            folder: folder.into(),
            text,
            document,
            remarks: None,
            faults,
            overrides: Vec::new(),
            settings: Vec::new(),
            files: Files::default(),
            lines,
        };
        let mut faults = std::mem::take(&mut source.faults);
        source.locate_all(&mut faults);
        source.faults = faults;
        source
    }

    /// Fills in span, line and column of every place of a diagnostic from its path. A path that the
    /// file does not have gets the place of what stands nearest above it; one that was set from the
    /// command line is labelled with what was given, and has no place in the file.
    pub fn locate(&self, diagnostic: &mut Diagnostic) {
        for place in &mut diagnostic.places {
            self.locate_place(place);
        }
    }

    /// `locate` for each of several diagnostics.
    pub fn locate_all(&self, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics {
            self.locate(diagnostic);
        }
    }

    fn locate_place(&self, place: &mut Place) {
        let path = ParamPath::parse(&place.path).unwrap_or_default();
        // The last setting of a path is the one that holds.
        if let Some((_, given)) =
            self.overrides.iter().rev().find(|(set, _)| set.holds(&path) || set.is_number_of(&path))
        {
            let given = brief(&format!("given by `{given}`"));
            if !place.label.contains(&given) {
                place.label = if place.label.is_empty() { given } else { format!("{}; {given}", place.label) };
            }
            (place.span, place.line, place.column) = (None, 0, 0);
            return;
        }
        let span = place.span.clone().or_else(|| self.span_at(&path, place.end)).map(|span| self.first_line_of(span));
        if let Some(span) = span {
            (place.line, place.column) = self.line_and_column(span.start);
            place.span = Some(span);
        }
    }

    /// The bytes to point at for a path, or for what stands nearest above it; none for the study itself.
    fn span_of(&self, path: &ParamPath) -> Option<Range<usize>> {
        let mut path = path.clone();
        while !path.steps.is_empty() {
            if let Some(found) = self.document.find(&path) {
                return Some(found.span());
            }
            path = path.parent()?;
        }
        None
    }

    fn span_at(&self, path: &ParamPath, end: End) -> Option<Range<usize>> {
        let key = || self.document.find(path).and_then(|found| found.key.cloned());
        match end {
            End::Key => key().or_else(|| self.span_of(path)),
            End::Value => self.span_of(path),
        }
    }

    /// What the file says of where a number comes from.
    pub fn remark(&self, path: &ParamPath) -> Remark {
        self.remarks.as_ref().map_or_else(Remark::default, |remarks| remarks.at(path))
    }

    /// What was set in it, in order, each as `PATH=VALUE`.
    pub fn settings(&self) -> &[String] {
        &self.settings
    }

    /// The file's name without folder and ending, for titles and for the folder of its outputs.
    pub fn stem(&self) -> String {
        std::path::Path::new(&self.name)
            .file_stem()
            .map_or_else(|| self.name.clone(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Line and column of a byte of the text, both counted from 1; the column counts characters.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        self.lines.line_and_column(&self.text, self.text.floor_char_boundary(offset))
    }

    /// Values of several lines are pointed at by their first line.
    fn first_line_of(&self, span: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.ceil_char_boundary(span.end).max(start);
        start..end.min(self.lines.end_of_line(&self.text, start)).max(start)
    }
}

/// The study that was meant where its ending was left out.
fn instead(path: &Path) -> String {
    let named = path.with_extension("toml");
    if path.extension().is_none() && !path.exists() && named.is_file() {
        format!("; did you mean `{}`?", named.display())
    } else {
        String::new()
    }
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    let line = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
    let byte = bytes.get(valid).copied().unwrap_or_default();
    Diagnostic::error(format!("`{name}` is not UTF-8"))
        .at_with("", format!("byte {valid} (0x{byte:02x}), in line {line}"))
        .why("a study is a text in UTF-8, so that names read the same everywhere")
        .help("save the file as UTF-8 in your editor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;

    fn source(text: &str) -> Source {
        Source::new("study.toml", "", text)
    }

    fn place(source: &Source, path: &str) -> (usize, usize, String) {
        let mut diagnostic = Diagnostic::error("x").at(path);
        source.locate(&mut diagnostic);
        let place = &diagnostic.places[0];
        (place.line, place.column, place.span.clone().map_or(String::new(), |span| source.text[span].to_owned()))
    }

    #[test]
    fn a_path_is_found_at_its_value_and_a_table_at_its_header_or_key() {
        let source = source(
            "[stages.\"at risk\".to]\nx = 0.07\ny = {\n chance = 1 }\n[initiatives.x]\neffects = [\n {odds = 2} ]\n",
        );
        assert_eq!(place(&source, "stages.\"at risk\".to.x"), (2, 5, "0.07".to_owned()));
        assert_eq!(place(&source, "stages.\"at risk\".to"), (1, 1, "[stages.\"at risk\".to]".to_owned()));
        assert_eq!(place(&source, "stages.\"at risk\".to.y"), (3, 1, "y".to_owned()));
        assert_eq!(place(&source, "stages.\"at risk\".to.y.chance"), (4, 11, "1".to_owned()));
        assert_eq!(place(&source, "initiatives.x.effects.0.odds"), (7, 10, "2".to_owned()));
    }

    #[test]
    fn a_path_that_is_not_there_falls_back_to_what_stands_above() {
        let source = source("[run]\nhorizon = 3\n");
        assert_eq!(place(&source, "run.horizon.deeper"), (2, 11, "3".to_owned()));
        assert_eq!(place(&source, "run.seed"), (1, 1, "[run]".to_owned()));
        assert_eq!(place(&source, "nowhere"), (0, 0, String::new()));
        assert_eq!(place(&source, ""), (0, 0, String::new()));
    }

    #[test]
    fn columns_count_characters() {
        let source = source("\u{feff}x = { \"räätälöity\" = 1, b = 2 }\r\ny = 3");
        assert_eq!(place(&source, "x.b"), (1, 29, "2".to_owned()));
        assert_eq!(place(&source, "y"), (2, 5, "3".to_owned()));
    }

    #[test]
    fn what_cannot_be_read_is_told_apart_from_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("study.toml");
        let unreadable = |path: &Path| Source::read(path).is_err_and(|faults| faults.cause == Cause::Unreadable);
        assert!(unreadable(&file));
        assert!(unreadable(folder.path()));
        std::fs::write(&file, b"title = \"a\"\n# \xe4\n").unwrap();
        let faults = Study::read(&file).unwrap_err();
        assert_eq!(faults[0].places[0].label, "byte 14 (0xe4), in line 2");
        let large = usize::try_from(LARGEST).unwrap() + 1;
        std::fs::write(&file, vec![b'#'; large]).unwrap();
        let faults = Study::read(&file).unwrap_err();
        assert!(faults.cause == Cause::Wrong && faults[0].what.ends_with("is larger than 8 MiB"));
        std::fs::write(&file, vec![b'#'; large - 1]).unwrap();
        assert!(Source::read(&file).unwrap().faults.is_empty());
    }
}
