//! Checks what things are called: names that cannot be printed, and those that nobody tells apart.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::study::names::{KINDS, Thing};
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

/// The letters that a name may have: tables and charts have no room for more.
const LONGEST: usize = 64;

impl Compiler<'_> {
    /// Checks the names and titles of everything that a study names.
    pub(super) fn check_names(&mut self) {
        for kind in KINDS {
            self.check_kind(kind.root, &kind.all(self.study));
        }
    }

    /// Checks the things of one table, by name and title.
    fn check_kind(&mut self, table: &str, things: &[Thing<'_>]) {
        let mut alike: IndexMap<String, Vec<&str>> = IndexMap::new();
        let mut called: IndexMap<String, Vec<&Thing<'_>>> = IndexMap::new();
        for thing in things {
            let name = thing.name;
            self.check_name(table, name);
            if thing.title.is_some_and(|title| title.trim().is_empty()) {
                self.fault(
                    Diagnostic::warning(format!("`{name}` has an empty title"))
                        .at(Path::of([table, name, "title"]).to_string())
                        .why("tables and charts show the title instead of the name")
                        .help("give it a title, or take the line out"),
                );
            } else {
                called.entry(thing.title.unwrap_or(name).trim().to_lowercase()).or_default().push(thing);
            }
            alike.entry(name.to_lowercase()).or_default().push(name);
        }
        for names in alike.into_values().filter(|names| names.len() > 1) {
            self.fault(
                names.iter().fold(
                    Diagnostic::warning(format!("{} differ in capital letters only", listed(&names)))
                        .why("readers take them for one, and so do some file systems")
                        .help("give them names that differ"),
                    |fault, name| fault.at_key(Path::of([table, name]).to_string()),
                ),
            );
        }
        let same = |things: &Vec<&Thing<'_>>| things.len() > 1 && things.iter().any(|thing| thing.title.is_some());
        for things in called.into_values().filter(same) {
            let names: Vec<&str> = things.iter().map(|thing| thing.name).collect();
            self.fault(
                things.iter().fold(
                    Diagnostic::warning(format!("{} have the same title", listed(&names)))
                        .why("nothing tells them apart in tables and charts")
                        .help("give each of them a `title` of its own"),
                    |fault, thing| {
                        let at = Path::of([table, thing.name]);
                        let titled = thing.title.is_some();
                        if titled { fault.at(at.child("title").to_string()) } else { fault.at_key(at.to_string()) }
                    },
                ),
            );
        }
    }

    fn check_name(&mut self, table: &str, name: &str) {
        let at = Path::of([table, name]).to_string();
        let letters = name.chars().count();
        if name.trim().is_empty() {
            self.fault(
                Diagnostic::error(format!("a name in `{table}` is empty"))
                    .at_key(at)
                    .why("tables, charts and messages could not say what is meant")
                    .help("give it a name"),
            );
        } else if letters > LONGEST {
            self.fault(
                Diagnostic::error(format!("a name in `{table}` has {letters} letters"))
                    .at_key(at)
                    .why(format!("tables and charts have room for {LONGEST}"))
                    .help("give it a short name, and say the rest in its `title`"),
            );
        }
    }
}

/// Names as a sentence lists them.
fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => quoted.concat(),
    }
}
