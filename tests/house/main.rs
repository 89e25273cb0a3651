//! The house keeps its floors: nothing imports from above, and each foreign thing has one room.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// The floors from bottom to top, those on one line on one floor. See `docs/architecture.md`.
const FLOORS: [&[&str]; 10] = [
    &["quantity", "diagnostic", "digest", "legible", "stats"],
    &["study"],
    &["model"],
    &["engine"],
    &["estimate"],
    &["analysis"],
    &["report"],
    &["lib", "serve"],
    &["cli"],
    &["main"],
];

/// Where a foreign thing may be used: its name in the source, and the one place.
const ROOMS: [(&str, &str); 7] = [
    ("rayon", "src/engine/"),
    ("plotters", "src/report/"),
    ("resvg", "src/report/"),
    ("rust_xlsxwriter", "src/report/"),
    ("println!(", "src/cli/"),
    ("eprintln!(", "src/cli/"),
    ("clap", "src/cli/"),
];

/// The lines that a file may have before its tests.
const MOST_LINES: usize = 400;

/// Files that may be longer, and why.
const LONG: [(&str, &str); 1] =
    [("src/stats/special.rs", "incomplete beta and gamma with their inverses: one subject, told by the literature")];

/// A source file without its tests.
struct File {
    /// Its path from the root of the package, with `/`.
    path: String,
    /// The modules that it is in, from the crate root on: `engine`, `mechanism`, `travel`.
    module: Vec<String>,
    /// Its lines up to its tests, comments left out.
    lines: Vec<String>,
    /// How many lines there are up to its tests.
    length: usize,
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !is_test(&path) {
                found.push(file(root, &path));
            }
        }
    }
    assert!(found.len() > 50, "the walk found {} files only", found.len());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Files that only tests are compiled with.
fn is_test(path: &Path) -> bool {
    let is = |name: &str| path.iter().any(|part| part == name);
    is("tests.rs") || is("fixture.rs") || is("fixture")
}

fn file(root: &Path, path: &Path) -> File {
    let relative: PathBuf = path.strip_prefix(root).unwrap().to_owned();
    let path = relative.to_string_lossy().replace('\\', "/");
    let mut module: Vec<String> =
        path.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|name| name == "mod") {
        module.pop();
    }
    let text = fs::read_to_string(root.join(&relative)).unwrap();
    let end = text.match_indices("#[cfg(test)]").find(|(at, _)| {
        let mut after = text[*at..].lines().skip(1).skip_while(|line| line.starts_with("#["));
        after.next().is_some_and(|line| line == "mod tests {")
    });
    let own = end.map_or(text.as_str(), |(at, _)| &text[..at]);
    let lines = own.lines().map(|line| line.split("//").next().unwrap_or("").to_owned()).collect();
    File { path, module, lines, length: own.lines().count() }
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Every path that starts at the crate root, as its first name, written out with `crate::` or `super::`.
fn mentioned(file: &File, line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let starts = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    for (at, word) in line.match_indices("crate::") {
        if starts(at) {
            found.push(first_name(&line[at + word.len()..]));
        }
    }
    for (at, _) in line.match_indices("super::") {
        if !starts(at) {
            continue;
        }
        let mut rest = &line[at..];
        let mut here = file.module.clone();
        while let Some(after) = rest.strip_prefix("super::") {
            here.pop();
            rest = after;
        }
        found.push(here.first().cloned().unwrap_or_else(|| first_name(rest)));
    }
    found
}

/// The first name of a path, or `{` where a list stands.
fn first_name(path: &str) -> String {
    if path.starts_with('{') {
        return "{".to_owned();
    }
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn nothing_imports_from_a_floor_above_or_through_the_crate_root() {
    let mut faults = Vec::new();
    for file in files() {
        let own = floor(&file.module[0]).unwrap_or_else(|| panic!("{} stands on no floor", file.path));
        for (number, line) in file.lines.iter().enumerate() {
            for name in mentioned(&file, line) {
                let at = format!("{}:{}", file.path, number + 1);
                match floor(&name) {
                    None => faults.push(format!("{at} goes through the crate root: {}", line.trim())),
                    Some(other) if other > own => faults.push(format!("{at} runs up to `{name}`: {}", line.trim())),
                    Some(_) => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_foreign_thing_stays_in_its_room() {
    let mut faults = Vec::new();
    for file in files() {
        for (number, line) in file.lines.iter().enumerate() {
            for (word, room) in ROOMS {
                let used = line.match_indices(word).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                        && (word.ends_with('(') || line[at + word.len()..].starts_with("::"))
                });
                if used && !file.path.starts_with(room) {
                    faults.push(format!("{}:{} uses {word} outside {room}", file.path, number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_file_outgrows_its_room_without_a_reason() {
    let mut faults = Vec::new();
    for file in files() {
        let excused = LONG.iter().any(|(path, _)| *path == file.path);
        if file.length > MOST_LINES && !excused {
            faults.push(format!("{} has {} lines: a noun is hiding in it", file.path, file.length));
        }
        if file.length <= MOST_LINES && excused {
            faults.push(format!("{} is short again: take it off the list", file.path));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_file_opens_with_a_sentence() {
    for file in files() {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file.path)).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is", file.path);
    }
}

#[test]
fn every_source_file_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known: Vec<String> = Vec::new();
    let mut folders = vec![root.join("src"), root.join("tests"), root.join("benches")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let place = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() { folders.push(path) } else { known.push(format!("/{place}")) }
        }
    }
    let mut named = 0;
    for page in ["architecture", "decisions", "language", "model", "summary"] {
        let text = fs::read_to_string(root.join(format!("docs/{page}.md"))).unwrap();
        for name in text.split('`').skip(1).step_by(2).filter(|name| name.ends_with(".rs")) {
            named += 1;
            // A file may be named from `src/` on, or by its name alone beside one of its folder.
            assert!(known.iter().any(|path| path.ends_with(&format!("/{name}"))), "docs/{page}.md names `{name}`");
        }
    }
    assert!(named > 100, "the pages name {named} files only");
}

#[test]
fn the_walk_sees_what_it_should() {
    let file = File { path: String::new(), module: vec!["model".into(), "check".into()], lines: Vec::new(), length: 0 };
    assert_eq!(mentioned(&file, "use crate::cli::output;"), ["cli"]);
    assert_eq!(mentioned(&file, "use super::param::ParamSet;"), ["model"]);
    assert_eq!(mentioned(&file, "let x = super::super::report::y();"), ["report"]);
    assert_eq!(mentioned(&file, "use crate::{a, b};"), ["{"]);
    assert_eq!(mentioned(&file, "use crate::Study;"), ["Study"]);
    assert!(mentioned(&file, "use my_crate::x; use std::fs;").is_empty());
    assert_eq!(floor("{"), None);
    assert!(floor("report") > floor("estimate"));
}
