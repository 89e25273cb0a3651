//! A list of chances may stand in a CSV file beside the study.

use std::io::Read;

use super::source::{LARGEST, Source};
use crate::diagnostic::Diagnostic;

/// Reads the column `chance` of a CSV file; other columns are left alone.
///
/// # Errors
/// One diagnostic, which names file and line and has no place in the study: the caller adds the
/// path that names the file.
pub fn read_chances(source: &Source, file: &str) -> Result<Vec<f64>, Diagnostic> {
    let unreadable = |reason: String| {
        Diagnostic::error(format!("the list `{file}` cannot be read: {reason}"))
            .why("a list is looked for in the folder of the study")
            .mend("put the file there, or correct its name")
    };
    let path = source.folder.join(file);
    if path.is_dir() {
        return Err(unreadable("it is a folder".to_owned()));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(&path).and_then(|f| f.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(|error| {
        unreadable(match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        })
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable("it is larger than 8 MiB".to_owned()));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    chances(file, bytes)
}

fn chances(file: &str, bytes: &[u8]) -> Result<Vec<f64>, Diagnostic> {
    let broken = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let reason = match error.kind() {
            csv::ErrorKind::Utf8 { .. } => "the line is not UTF-8".to_owned(),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("the line has {len} columns where the header has {expected_len}")
            }
            _ => "the line is not CSV".to_owned(),
        };
        Diagnostic::error(format!("{file}:{line}: {reason}"))
    };
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header = rows.headers().map_err(broken)?.clone();
    let Some(column) = header.iter().position(|name| name == "chance") else {
        let names: Vec<String> = header.iter().map(|name| format!("`{name}`")).collect();
        return Err(Diagnostic::error(format!("{file}:1: there is no column `chance`"))
            .why(format!("the first line names the columns: {}", names.join(", ")))
            .mend("call the column that holds the chances `chance`"));
    };
    let mut list = Vec::new();
    for row in rows.records() {
        let row = row.map_err(broken)?;
        let line = row.position().map_or(0, csv::Position::line);
        let written = row.get(column).unwrap_or("");
        match written.parse::<f64>() {
            Ok(chance) if (0.0..=1.0).contains(&chance) => list.push(chance),
            Ok(number) if number.is_finite() => {
                return Err(Diagnostic::error(format!("{file}:{line}: a chance cannot be {written}"))
                    .why("it must be a number from 0 to 1")
                    .mend("write a percentage as a share: 7 % is 0.07"));
            }
            _ => {
                return Err(Diagnostic::error(format!("{file}:{line}: `{written}` is not a number"))
                    .mend("write one chance per row, with a decimal point, such as 0.07"));
            }
        }
    }
    if list.is_empty() {
        return Err(Diagnostic::error(format!("{file}: the list has no rows")).mend("write one chance per row"));
    }
    Ok(list)
}

/// Whether a text names a CSV file, whatever the letters of its ending.
pub fn names_a_list(text: &str) -> bool {
    std::path::Path::new(text).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> String {
        chances("list.csv", bytes).unwrap_err().what
    }

    #[test]
    fn the_column_is_found_by_its_name() {
        assert_eq!(chances("l", b"age, chance\n40,0.1\r\n41, 2e-1\n").unwrap(), [0.1, 0.2]);
    }

    #[test]
    fn a_fault_names_the_file_and_the_line() {
        assert_eq!(said(b"chance\n0.1\nabc\n"), "list.csv:3: `abc` is not a number");
        assert_eq!(said(b"chance\n0.1\nnan\n"), "list.csv:3: `nan` is not a number");
        assert_eq!(said(b"chances\n0.1\n"), "list.csv:1: there is no column `chance`");
        assert_eq!(said(b"a,chance\n1\n"), "list.csv:2: the line has 1 columns where the header has 2");
        assert_eq!(said(b"chance\n"), "list.csv: the list has no rows");
        assert_eq!(said(b"chance\n\xff\n"), "list.csv:2: the line is not UTF-8");
    }

    #[test]
    fn the_file_is_looked_for_beside_the_study() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("list.csv"), "\u{feff}chance\n0.5\n").unwrap();
        let source = Source::new("x.toml", folder.path(), "");
        assert_eq!(read_chances(&source, "list.csv").unwrap(), [0.5]);
        let fault = read_chances(&source, "other.csv").unwrap_err();
        assert_eq!(fault.what, "the list `other.csv` cannot be read: there is no such file");
    }
}
