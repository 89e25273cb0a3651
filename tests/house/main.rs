//! The house keeps its floors: nothing imports from above or in a circle, and each foreign thing has one room.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod graph;
mod mentions;
mod metrics;
mod probes;
mod rooms;
mod walk;

use std::fs;

use graph::Graph;
use rooms::{STRAYS, strangers};
use walk::{files, paths, root};

/// The floors from bottom to top, those on one line on one floor. See `docs/architecture.md`.
const FLOORS: [&[&str]; 11] = [
    &["bits", "quantity", "diagnostic", "digest", "faults", "legible", "stats"],
    &["study"],
    &["model"],
    &["engine"],
    &["estimate"],
    &["analysis"],
    &["report"],
    &["files"],
    &["lib", "serve"],
    &["cli"],
    &["main"],
];

/// The rooms of the engine from bottom to top. Those on one line stand beside each other and import nothing from each other.
const ROOMS_OF_THE_ENGINE: [&[&str]; 6] =
    [&["lanes"], &["chance"], &["count", "table"], &["state", "exact"], &["mechanism"], &["run"]];

/// Circles of files that are known, below `src/`. The list only shrinks.
const CIRCLES: [&[&str]; 0] = [];

/// The lines that a file may have before its tests.
const MOST_LINES: usize = 400;

/// Files that may be longer, and why.
const LONG: [(&str, &str); 1] =
    [("src/stats/special.rs", "incomplete beta and gamma with their inverses: one subject, told by the literature")];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

#[test]
fn nothing_imports_from_a_floor_above_or_through_the_crate_root() {
    let files = files();
    let graph = Graph::of(&files);
    let mut faults = graph.lost.clone();
    let own = |path: &str| {
        let file = files.iter().find(|file| file.path == path).unwrap();
        floor(&file.module[0]).unwrap_or_else(|| panic!("{path} stands on no floor"))
    };
    for (file, imports) in &graph.imports {
        for (other, line) in imports.iter().filter(|(other, _)| own(other) > own(file)) {
            faults.push(format!("{file}:{line} runs up to {other}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn rooms_of_the_engine_import_from_rooms_below_alone() {
    let room = |path: &str| {
        let name = path.strip_prefix("src/engine/")?.split_once('/')?.0.to_owned();
        let place = ROOMS_OF_THE_ENGINE.iter().position(|rooms| rooms.contains(&name.as_str()));
        Some((place.unwrap_or_else(|| panic!("{path} is in no room that is known")), name))
    };
    let mut faults = Vec::new();
    for (file, imports) in &Graph::of(&files()).imports {
        for (other, line) in imports {
            let (Some((own, name)), Some((others, of))) = (room(file), room(other)) else { continue };
            if name != of && others >= own {
                faults.push(format!("{file}:{line} runs up to {other}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_files_need_each_other_but_those_that_are_known() {
    let found = Graph::of(&files()).circles();
    let known: Vec<Vec<String>> =
        CIRCLES.iter().map(|circle| circle.iter().map(|file| format!("src/{file}")).collect()).collect();
    let new: Vec<_> = found.iter().filter(|circle| !known.contains(circle)).collect();
    let gone: Vec<_> = known.iter().filter(|circle| !found.contains(circle)).collect();
    assert!(new.is_empty(), "circles of files: {new:#?}");
    assert!(gone.is_empty(), "no circles any more, take them off the list: {gone:#?}");
}

#[test]
fn every_foreign_thing_stays_in_its_room() {
    let mut faults = Vec::new();
    let mut strays: Vec<&str> = STRAYS.iter().map(|(file, _, _)| *file).collect();
    for file in files() {
        for (word, line) in strangers(&file) {
            let excused = STRAYS.iter().find(|(path, what, _)| *path == file.path && word.starts_with(what));
            match excused {
                Some((path, ..)) => strays.retain(|stray| stray != path),
                None => faults.push(format!("{}:{line} uses {word} outside of its room", file.path)),
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(strays.is_empty(), "nothing stray in these any more, take them off the list: {strays:?}");
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
        let text = fs::read_to_string(root().join(&file.path)).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is", file.path);
    }
}

#[test]
fn every_source_file_that_a_page_names_is_there() {
    let root = root();
    let known: Vec<String> =
        paths(&["src", "tests", "benches"], &root).into_iter().map(|path| format!("/{path}")).collect();
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
