//! A source as text again: with its settings written into it, and its comments and its order kept.

use std::ops::Range;

use super::document::{Entry, Node, Value};
use super::path::{ParamPath, Step};
use super::setting::put;
use super::source::Source;
use super::syntax;
use crate::diagnostic::Diagnostic;
use crate::faults::Faults;

impl Source {
    /// The text with every setting in its place. What was set is written where it stood, or beside what stands next to it;
    /// all else, comments too, stays as it is.
    ///
    /// # Errors
    /// A file that is not TOML, or a setting that has no place in its text.
    pub fn to_text(&self) -> Result<String, Faults> {
        if !self.faults.is_empty() {
            return Err(Faults::wrong(&self.name, self.faults.clone()));
        }
        let mut text = self.text.clone();
        for (path, given) in &self.overrides {
            let Some(wanted) = self.document.find(path) else { continue };
            text = with(&text, path, &wanted.node.value).ok_or_else(|| {
                let fault = Diagnostic::error(format!("`{given}` has no place in the text of the study"));
                Faults::wrong(&self.name, vec![fault.help("write it into the file by hand")])
            })?;
        }
        Ok(text)
    }
}

/// A text in which a path has a value: the first way of writing it that means just that.
fn with(text: &str, path: &ParamPath, value: &Value) -> Option<String> {
    let (document, _) = syntax::parse(text);
    let mut wanted = document.clone();
    put(&mut wanted, path, value.clone());
    let ways = ways(text, &document, path, &written(value));
    ways.into_iter().find(|text| {
        let (found, faults) = syntax::parse(text);
        faults.is_empty() && is_same(&found, &wanted)
    })
}

/// The ways in which a value may be written at a path.
fn ways(text: &str, document: &Node, path: &ParamPath, value: &str) -> Vec<String> {
    if let Some(found) = document.find(path) {
        return vec![spliced(text, found.node.span.clone(), value)];
    }
    let mut ways = Vec::new();
    // Beside what stands in the nearest table, by a key with points where tables between are missing or have no header.
    let mut table = path.parent();
    while let Some(above) = table {
        let keys: Vec<String> = path.steps[above.steps.len()..].iter().map(key).collect();
        let line = format!("{} = {value}", keys.join("."));
        if let Some(found) = document.find(&above) {
            ways.extend(beside(text, found.node, &line));
        }
        table = above.parent();
    }
    // At the end, below a header of its own.
    if let Some(above) = path.parent() {
        let header: Vec<String> = above.steps.iter().map(key).collect();
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let last = path.steps.last().map(key).unwrap_or_default();
        ways.push(format!("{text}{end}\n[{}]\n{last} = {value}\n", header.join(".")));
    }
    ways
}

/// The texts that a line makes in a table: below its header, within its brackets, or below the last line of those that it has.
fn beside(text: &str, table: &Node, line: &str) -> Vec<String> {
    let Value::Table(entries) = &table.value else { return Vec::new() };
    let head = text.get(table.span.clone()).unwrap_or_default();
    if head.starts_with('{') {
        let comma = if entries.is_empty() { " " } else { ", " };
        return vec![spliced(
            text,
            table.span.start + 1..table.span.start + 1,
            &format!(" {line}{}", comma.trim_end()),
        )];
    }
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end);
    let below = |at: usize| {
        let end = line_end(at);
        let indent: String =
            text[..at].rsplit('\n').next().unwrap_or_default().chars().take_while(|c| *c == ' ').collect();
        spliced(text, end..end, &format!("\n{indent}{line}"))
    };
    let own = entries.values().filter(|entry| !matches!(entry.node.value, Value::Table(_)));
    let last = own.map(|entry| entry.node.span.end).max();
    // Before everything else in a file that has no header above it.
    let top = (head.is_empty() && table.span.start == 0).then(|| format!("{line}\n{text}"));
    last.map(below)
        .into_iter()
        .chain(Some(below(table.span.end)).filter(|_| head.starts_with('[')))
        .chain(top)
        .collect()
}

fn spliced(text: &str, place: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..place.start], &text[place.end..])
}

/// A value as TOML writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Oversized(digits) => digits.clone(),
        _ => Node { span: 0..0, value: value.clone() }.to_toml().to_string(),
    }
}

/// A key as TOML writes it: bare where it can be.
fn key(step: &Step) -> String {
    let Step::Name(name) = step else { return "*".to_owned() };
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        name.clone()
    } else {
        toml::Value::String(name.clone()).to_string()
    }
}

/// Whether two trees say the same, wherever it stands; keys may stand in another order.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Table(one), Value::Table(other)) => {
            let has =
                |(name, entry): (&String, &Entry)| other.get(name).is_some_and(|its| is_same(&entry.node, &its.node));
            one.len() == other.len() && one.iter().all(has)
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::setting::Setting;

    const STUDY: &str = r#"# What it is about.
title = "Small" # by hand

[run]
period = "month"   # months
horizon = 12
customers = 100

[segments]
all = { share = 1, start = { new = 1 } } # everybody

[stages.new]
  to.old = 0.2 # a fifth
  to."gone by" = { chance = 0.1, drivers = { satisfaction = 1 } }

[stages.old.to]
"gone by" = [0.3,
  0.2] # later
[scenarios.today]"#;

    fn with_settings(settings: &[&str]) -> String {
        let mut source = Source::new("small.toml", "", STUDY);
        let settings: Vec<Setting> = settings.iter().map(|text| Setting::parse(text).unwrap()).collect();
        source.set(&settings).unwrap();
        let text = source.to_text().unwrap();
        let again = Source::new("small.toml", "", text.clone());
        assert!(is_same(&again.document, &source.document), "{text}");
        text
    }

    /// The lines that are not those of the study.
    fn changed(settings: &[&str]) -> Vec<String> {
        let text = with_settings(settings);
        let kept = |line: &&str| !STUDY.lines().any(|old| old == *line);
        text.lines().filter(kept).map(str::to_owned).collect()
    }

    #[test]
    fn nothing_set_is_the_text_as_it_was() {
        assert_eq!(with_settings(&[]), STUDY);
    }

    #[test]
    fn what_is_set_stands_where_it_stood_and_comments_stay() {
        assert_eq!(changed(&["stages.new.to.old=0.25"]), ["  to.old = 0.25 # a fifth"]);
        assert_eq!(
            changed(&["title=Large", "run.period=week"]),
            ["title = \"Large\" # by hand", "period = \"week\"   # months"]
        );
        assert_eq!(
            changed(&["stages.*.to.\"gone by\"=0.5"]),
            ["  to.\"gone by\" = { chance = 0.5, drivers = { satisfaction = 1 } }", "\"gone by\" = 0.5 # later"]
        );
        assert_eq!(
            changed(&["segments.all.share=0.125"]),
            ["all = { share = 0.125, start = { new = 1 } } # everybody"]
        );
        assert_eq!(changed(&["run.horizon=24", "run.horizon=30"]), ["horizon = 30"]);
    }

    #[test]
    fn what_was_not_there_stands_beside_what_was() {
        assert_eq!(changed(&["run.seed=7"]), ["seed = 7"]);
        assert_eq!(changed(&["description=\"one\\ntwo\""]), ["description = \"\"\"", "one", "two\"\"\""]);
        assert_eq!(changed(&["stages.new.title=New ones"]), ["title = \"New ones\""]);
        assert_eq!(
            changed(&["segments.all.title=All"]),
            ["all = { title = \"All\", share = 1, start = { new = 1 } } # everybody"]
        );
        // The stage itself has no header, but what lies below it has.
        assert_eq!(changed(&["stages.old.title=Old ones"]), ["stages.old.title = \"Old ones\""]);
        assert_eq!(changed(&["scenarios.today.title=Today"]), ["title = \"Today\""]);
    }
}
