//! A diagnostic says where a study is wrong, what is wrong, why, and how to fix it.
//!
//! Diagnostics are collected, not thrown: a study with five faults gets five.

use std::ops::Range;

use serde::{Serialize, Serializer};

/// Whether a study can still be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The study cannot be run.
    Error,
    /// The study runs, and probably does not say what its author meant.
    Warning,
}

/// Which end of an entry a place points at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// The value.
    #[default]
    Value,
    /// The key, where the name itself is wrong.
    Key,
}

/// A place in a study file that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The parameter path, such as `stages.active.to.churned`; empty for the file.
    #[serde(serialize_with = "brief_text")]
    pub path: String,
    /// Whether the value at the path is meant, or its key.
    #[serde(skip)]
    pub end: End,
    /// The bytes of the file, where they are known.
    #[serde(skip)]
    pub span: Option<Range<usize>>,
    /// The line of the file, counted from 1; 0 where it is not known.
    pub line: usize,
    /// The column of the file in characters, counted from 1; 0 where it is not known.
    pub column: usize,
    /// What stands there, in a few words; may be empty.
    pub label: String,
}

/// One fault or warning: where, what, why, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether the study can still be run.
    pub severity: Severity,
    /// The places, the most telling one first.
    pub places: Vec<Place>,
    /// What is wrong, in one line.
    pub what: String,
    /// Why that is wrong, or how it came about; may be empty.
    pub why: String,
    /// How to fix it; may be empty.
    pub help: String,
}

impl Place {
    fn new(path: String, end: End, label: String) -> Self {
        Self { path, end, span: None, line: 0, column: 0, label }
    }
}

impl Diagnostic {
    /// A fault: the study cannot be run.
    pub fn error(what: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            places: Vec::new(),
            what: brief(&what.into()),
            why: String::new(),
            help: String::new(),
        }
    }

    /// A warning: the study runs, and probably does not say what was meant.
    pub fn warning(what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(what) }
    }

    /// Points at a parameter path; its span is filled in from the source later.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        self.at_with(path, "")
    }

    /// Points at a parameter path, with a few words on what stands there.
    #[must_use]
    pub fn at_with(mut self, path: impl Into<String>, label: impl Into<String>) -> Self {
        self.places.push(Place::new(path.into(), End::Value, brief(&label.into())));
        self
    }

    /// Points at the key of a parameter path, where the name itself is wrong.
    #[must_use]
    pub fn at_key(mut self, path: impl Into<String>) -> Self {
        self.places.push(Place::new(path.into(), End::Key, String::new()));
        self
    }

    /// Says why it is wrong.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = brief(&why.into());
        self
    }

    /// Says how to fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = brief(&help.into());
        self
    }
}

/// More letters of what a user wrote are not quoted.
const LONGEST_QUOTE: usize = 100;
/// No message is longer than this.
const LONGEST_MESSAGE: usize = 2000;

/// A message in which what stands between backticks, such as a name or a value of a study, is not longer than a line.
/// A name may have ten thousand letters, and would hide what is said of it.
pub fn brief(message: &str) -> String {
    let paired = message.matches('`').count().is_multiple_of(2);
    let parts = message.split('`').enumerate();
    let short = |(at, part): (usize, &str)| match part.find('\n') {
        _ if !paired || at % 2 == 0 => part.to_owned(),
        Some(end) => cut(&part[..end], LONGEST_QUOTE - 1) + "…",
        None => cut(part, LONGEST_QUOTE),
    };
    cut(&parts.map(short).collect::<Vec<_>>().join("`"), LONGEST_MESSAGE)
}

/// The first letters of a text, and a sign that it goes on.
fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some(_) => text.chars().take(letters - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn brief_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&cut(text, 2 * LONGEST_QUOTE))
}

/// What a number would be if it was meant in percent, where it may well be.
pub fn in_percent(number: f64) -> Option<String> {
    (2.0..=100.0).contains(&number).then(|| format!("{number} % is {}", (number * 1e10).round() / 1e12))
}

/// The name nearest to `name`, where one is near enough to be a slip of the hand: one letter of four, and none of three,
/// since too many short words differ in one letter. What counts is the longer of the two, so that `monthly` finds `month`.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = name.chars().count();
    let slipped = |candidate: &str| {
        if name.eq_ignore_ascii_case(candidate) { 0 } else { strsim::damerau_levenshtein(name, candidate) }
    };
    known
        .into_iter()
        .filter_map(|candidate| {
            let theirs = candidate.chars().count();
            let most = slips(theirs.max(letters));
            // Letters that are too many are slips too; most names are told apart by that alone.
            let far = theirs.abs_diff(letters) > most;
            let distance = if far { usize::MAX } else { slipped(candidate) };
            (distance <= most).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The slips of the hand that may be in a name of so many letters.
fn slips(letters: usize) -> usize {
    (letters.saturating_sub(1) / 3).min(1 + letters / 4)
}

/// More names than this are not listed.
const MOST_NAMES: usize = 20;

/// `did you mean X?` where a name is near, else the list of what is allowed.
pub fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(name, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<String> = known.into_iter().map(|k| format!("`{k}`")).collect();
    let more = all.len().saturating_sub(MOST_NAMES);
    let listed = all[..all.len() - more].join(", ");
    match more {
        0 if all.is_empty() => String::new(),
        0 => format!("known here: {listed}"),
        _ => format!("known here: {listed}, and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, brief, nearest, suggest};

    #[test]
    fn what_a_user_wrote_is_quoted_to_the_end_of_a_line_at_most() {
        let name = "ä".repeat(5_000_000);
        let fault = Diagnostic::error(format!("there is no stage `{name}`")).at_with("x", name.clone()).help(name);
        let short = format!("there is no stage `{}…`", "ä".repeat(99));
        assert_eq!(fault.what, short);
        assert!(fault.help.chars().count() == 2000 && fault.places[0].label.chars().count() == 2000);
        assert_eq!(brief("there is no stage `x`"), "there is no stage `x`");
        assert_eq!(brief("there is no stage `x\ny`\n  why: z"), "there is no stage `x…`\n  why: z");
        let long = format!("`{}` and `b`, {}", "a".repeat(100), "own words ".repeat(40));
        assert_eq!(brief(&long), long);
    }

    #[test]
    fn a_name_is_guessed_where_a_slip_explains_it_and_listed_where_not() {
        assert_eq!(nearest("retenton", ["npv", "retention"]), Some("retention"));
        assert_eq!(nearest("cots", ["cost", "churned"]), Some("cost"));
        assert_eq!(nearest("nps", ["npv", "cost"]), None, "another word, not a slip");
        assert_eq!(nearest("monthly", ["day", "month"]), Some("month"));
        assert_eq!(nearest("nps", ["npv", "npss"]), Some("npss"), "a short name that is no guess hides no longer one");
        assert_eq!(nearest("npv", ["npv"]), Some("npv"));
        assert_eq!(suggest("nps", ["npv", "cost"]), "known here: `npv`, `cost`");
    }
}
