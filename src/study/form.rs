//! The form of a study is right where every key is known and every value of a kind that may stand there.
//!
//! Document and schema are walked together, so that all faults come at once.

mod remarked;

use serde_json::Value as Schema;

use super::apart::takes_number;
use super::document::{Entry, Node, Value};
use super::kind::{home_name, kind_allowed, kind_found, said_within, table_name};
use super::language::{Language, is, property, words};
use super::number::Seed;
use super::path::ParamPath;
use super::remark;
use super::right::{is_number, right_kind};
use super::synonyms::key_meant;
use super::version;
use crate::diagnostic::{Diagnostic, End, Place, nearest, suggest};

/// More faults than this are counted, not told.
const MOST: usize = 100;

/// What the form of a document is wrong in.
pub struct Form {
    /// The faults as they are told; the places have no line and column yet.
    pub faults: Vec<Diagnostic>,
    /// Where they are, all of them.
    pub flaws: Vec<Flaw>,
}

/// A place at which the form is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// The path of the key or value; of a missing one, where it would be.
    pub path: ParamPath,
    /// What is wrong there.
    pub kind: FlawKind,
}

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// The key is not known there.
    Unknown,
    /// A key that is needed is not there.
    Missing,
    /// The value cannot stand there.
    Wrong,
}

/// Everything that is wrong with the form of a document.
pub fn form(document: &Node, language: &Language) -> Form {
    let mut walk = Walk { language, faults: Vec::new(), flaws: Vec::new() };
    walk.value(document, language.root(), &ParamPath::default());
    let untold = walk.flaws.len() - walk.faults.len();
    if untold > 0 {
        walk.faults.push(Diagnostic::error(format!("there are {untold} more faults of this kind")).at(""));
    }
    Form { faults: walk.faults, flaws: walk.flaws }
}

/// Whether a value has the form that a schema asks for.
pub fn fits(value: &Node, schema: &Schema, language: &Language) -> bool {
    let mut walk = Walk { language, faults: Vec::new(), flaws: Vec::new() };
    walk.value(value, schema, &ParamPath::default());
    walk.flaws.is_empty()
}

struct Walk<'a> {
    language: &'a Language,
    faults: Vec<Diagnostic>,
    flaws: Vec<Flaw>,
}

impl Walk<'_> {
    fn tell(&mut self, path: ParamPath, kind: FlawKind, fault: Diagnostic) {
        self.flaws.push(Flaw { path, kind });
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }

    fn tell_wrong(&mut self, path: &ParamPath, fault: Diagnostic) {
        self.tell(path.clone(), FlawKind::Wrong, fault);
    }

    fn value(&mut self, found: &Node, schema: &Schema, path: &ParamPath) {
        let language = self.language;
        match &found.value {
            Value::Table(table) => {
                let branch = language.branch(schema, "object");
                let own = branch.is_some_and(|branch| property(branch, remark::VALUE).is_some());
                if table.contains_key(remark::VALUE) && !own && takes_number(schema, language) {
                    return self.remarked(table, branch, path);
                }
                if let Some(branch) = branch {
                    return self.table(table, branch, path);
                }
            }
            Value::List(list) => {
                if let Some(items) = language.branch(schema, "array").and_then(|branch| branch.get("items")) {
                    for (at, item) in list.iter().enumerate() {
                        self.value(item, items, &path.child(&at.to_string()));
                    }
                    return;
                }
            }
            Value::Text(text) => {
                let texts: Vec<&Schema> =
                    language.branches(schema).into_iter().filter(|branch| is(branch, "string")).collect();
                // What is a number may not hide as a text, or a slip in it would be one in a text.
                let in_quotes = language.branch(schema, "number").is_some() && is_number(text);
                if !texts.is_empty() && in_quotes {
                    return self.number_in_quotes(text, path);
                }
                if !texts.is_empty() {
                    return self.text(text, &texts, path);
                }
            }
            Value::Boolean(_) if language.branch(schema, "boolean").is_some() => return,
            Value::Integer(_) | Value::Float(_) | Value::Dotted { .. } | Value::Oversized(_) => {
                let numbers = ["number", "integer"];
                if let Some(branch) = numbers.iter().find_map(|kind| language.branch(schema, kind)) {
                    return self.number(&found.value, branch, path);
                }
            }
            Value::Boolean(_) | Value::Date(_) => {}
        }
        self.wrong_kind(&found.value, schema, path);
    }

    fn table(&mut self, table: &indexmap::IndexMap<String, Entry>, schema: &Schema, path: &ParamPath) {
        let mut misspelt = Vec::new();
        for (name, entry) in table {
            match property(schema, name) {
                Some(below) => self.value(&entry.node, below, &path.child(name)),
                // One that is a text was taken out before.
                None if remark::KEYS.contains(&name.as_str()) => self.remark(&entry.node, &path.child(name)),
                None => misspelt.extend(self.unknown_key(name, entry, schema, path)),
            }
        }
        for name in schema.get("required").and_then(Schema::as_array).into_iter().flatten().filter_map(Schema::as_str) {
            // A misspelt key is not told a second time as a missing one.
            if !table.contains_key(name) && !misspelt.contains(&name) {
                self.missing_key(name, schema, path);
            }
        }
    }

    /// Tells an unknown key; the known one that was meant, where one is near.
    fn unknown_key<'s>(&mut self, name: &str, entry: &Entry, schema: &'s Schema, path: &ParamPath) -> Option<&'s str> {
        if self.faults.len() >= MOST {
            // It is only counted: too many to guess what was meant by each.
            self.flaws.push(Flaw { path: path.child(name), kind: FlawKind::Unknown });
            return None;
        }
        let keys = schema.get("properties").and_then(Schema::as_object).into_iter().flatten();
        let mut known: Vec<&str> = keys.map(|(key, _)| key.as_str()).collect();
        // What is no key of the table itself is offered only where it is near.
        if key_meant(name, known.iter().copied()).is_none() && key_meant(name, remark::KEYS).is_some() {
            known.extend(remark::KEYS);
        }
        self.tell_unknown_key((name, entry), &known, path)
    }

    fn tell_unknown_key<'s>(
        &mut self,
        (name, entry): (&str, &Entry),
        known: &[&'s str],
        path: &ParamPath,
    ) -> Option<&'s str> {
        let near = key_meant(name, known.iter().copied());
        let homes = self.language.homes(name);
        let mut fault = Diagnostic::error(format!("{} has no key `{name}`", table_name(path)));
        if near.is_none() && !homes.is_empty() {
            let homes: Vec<String> = homes.iter().take(3).map(|home| home_name(home)).collect();
            fault = fault.why(format!("`{name}` belongs in {}", homes.join(" or ")));
        }
        fault = fault.help(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => suggest(name, known.iter().copied()),
        });
        fault.places.push(Place {
            path: path.child(name).to_string(),
            end: End::Key,
            span: Some(entry.key.clone()),
            line: 0,
            column: 0,
            label: "not known here".to_owned(),
        });
        self.tell(path.child(name), FlawKind::Unknown, fault);
        near
    }

    fn missing_key(&mut self, name: &str, schema: &Schema, path: &ParamPath) {
        let below = property(schema, name).unwrap_or(&Schema::Null);
        let why = below.get("description").and_then(Schema::as_str).unwrap_or("");
        let here = path.child(name);
        let help = match (self.language.branch(below, "object"), self.written_example(below, name)) {
            (_, Some(example)) => format!("add `{example}`"),
            (Some(map), None) => match map.get("additionalProperties").filter(|any| any.is_object()) {
                Some(any) if self.language.branch(any, "object").is_some() => format!("add a table `[{here}.NAME]`"),
                Some(_) => format!("add `{name} = {{ NAME = 1 }}`"),
                None => format!("add a table `[{here}]`"),
            },
            (None, None) => format!("add `{name}`"),
        };
        self.tell(
            here.clone(),
            FlawKind::Missing,
            Diagnostic::error(format!("{} lacks `{name}`", table_name(path)))
                .at(path.to_string())
                .why(said_within(why))
                .help(help),
        );
    }

    /// `horizon = 36`, where the schema gives an example or a choice of words.
    fn written_example(&self, schema: &Schema, name: &str) -> Option<String> {
        let branches = self.language.branches(schema);
        let choice = branches.iter().flat_map(|branch| words(branch)).next().map(|word| format!("\"{word}\""));
        let example = self.language.examples(schema).into_iter().next().or(choice)?;
        Some(format!("{name} = {example}"))
    }

    fn text(&mut self, text: &str, texts: &[&Schema], path: &ParamPath) {
        if texts.iter().any(|branch| version::is_version(branch)) {
            if let Some(fault) = version::malformed(text) {
                self.tell_wrong(path, fault.at(path.to_string()));
            }
            return;
        }
        if texts.iter().any(|branch| is_seed(branch)) {
            if Seed::parse(text).is_none() {
                self.tell_wrong(
                    path,
                    Diagnostic::error(format!("`{path}` cannot be `{text}`"))
                        .at(path.to_string())
                        .why("a seed is a whole number below 2^64, and may be hexadecimal")
                        .help("write for example `2026`, or \"0xfeed_beef\""),
                );
            }
            return;
        }
        let words: Vec<&str> = texts.iter().flat_map(|branch| words(branch)).collect();
        if words.is_empty() || words.contains(&text) {
            return;
        }
        let all: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        self.tell_wrong(
            path,
            Diagnostic::error(format!("`{path}` cannot be `{text}`"))
                .at(path.to_string())
                .why(format!("it is one of {}", all.join(", ")))
                .help(
                    nearest(text, words.iter().copied())
                        .map_or_else(|| "write one of them".to_owned(), |near| format!("did you mean `{near}`?")),
                ),
        );
    }

    fn number_in_quotes(&mut self, text: &str, path: &ParamPath) {
        self.tell_wrong(
            path,
            Diagnostic::error(format!("`{path}` is a number in quotes"))
                .at(path.to_string())
                .why("in quotes stand intervals and distributions, such as \"0.05 to 0.09\"")
                .help(format!("take the quotes away: `{}`", text.trim())),
        );
    }

    fn number(&mut self, found: &Value, schema: &Schema, path: &ParamPath) {
        let (number, whole) = match found {
            Value::Integer(whole) => (*whole as f64, true),
            Value::Float(number) | Value::Dotted { number, .. } => {
                (*number, number % 1.0 == 0.0 && number.abs() <= LARGEST_WHOLE)
            }
            _ => (f64::INFINITY, false),
        };
        let fault = |what: String| Diagnostic::error(what).at(path.to_string());
        let is_exact = match found {
            Value::Integer(whole) => *whole >= 0,
            Value::Oversized(written) => Seed::parse(written).is_some(),
            _ => false,
        };
        if is_exact && is_seed(schema) {
            return;
        }
        if let (Value::Dotted { number, written }, true) = (found, is(schema, "integer")) {
            return self.thousands(*number, written, path);
        }
        if let Value::Oversized(written) = found {
            let help = if is_seed(schema) { "write a whole number below 2^64" } else { "write a smaller number" };
            self.tell_wrong(
                path,
                fault(format!("`{path}` is {written}, which is larger than can be counted")).help(help),
            );
        } else if number.is_nan() {
            self.tell_wrong(
                path,
                fault(format!("`{path}` must be a number, not `nan`")).help("write the number, or take the line out"),
            );
        } else if number.is_infinite() {
            self.tell_wrong(
                path,
                fault(format!("`{path}` must be a finite number"))
                    .why("`inf` is no amount, and neither is a number past 1.8e308")
                    .help("write the number that you mean"),
            );
        } else if is(schema, "integer") && number.abs() > LARGEST_WHOLE {
            self.tell_wrong(
                path,
                fault(format!("`{path}` is {number:e}, which is larger than can be counted"))
                    .help("write a whole number up to 9_007_199_254_740_992, which is 2^53"),
            );
        } else if is(schema, "integer") && !whole {
            let near = number.round().max(0.0);
            self.tell_wrong(
                path,
                fault(format!("`{path}` must be a whole number, not {number}"))
                    .help(format!("write {near}, for example")),
            );
        } else if let Some(least) = schema.get("minimum").and_then(Schema::as_f64).filter(|least| number < *least) {
            self.tell_wrong(
                path,
                fault(format!("`{path}` must be at least {least}, not {number}"))
                    .help("write a whole number without a sign"),
            );
        }
    }

    /// A whole number with a point that parts thousands in some countries, and decimals in TOML.
    fn thousands(&mut self, number: f64, written: &str, path: &ParamPath) {
        let meant = written.replace('.', "_");
        let help = if number % 1.0 == 0.0 {
            format!("write `{meant}`, or `{number}` if that is meant")
        } else {
            format!("write `{meant}`")
        };
        self.tell_wrong(
            path,
            Diagnostic::error(format!("`{path} = {written}` is {number} in TOML"))
                .at(path.to_string())
                .why("a point parts decimals in TOML, and `_` parts thousands")
                .help(help),
        );
    }

    fn wrong_kind(&mut self, found: &Value, schema: &Schema, path: &ParamPath) {
        let mut allowed: Vec<String> = self.language.branches(schema).into_iter().map(kind_allowed).collect();
        allowed.dedup();
        let allowed = match allowed.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => allowed.join(""),
        };
        let help = right_kind(self.language, found, schema, path);
        let is_table = self.language.branch(schema, "object").is_some() && self.language.branches(schema).len() == 1;
        let what_it_is =
            schema.get("description").and_then(Schema::as_str).filter(|_| is_table).unwrap_or("").replace('\n', " ");
        self.tell_wrong(
            path,
            Diagnostic::error(format!("{} must be {allowed}, not {}", table_name(path), kind_found(found)))
                .at_with(path.to_string(), kind_found(found))
                .why(said_within(what_it_is.split(". ").next().unwrap_or("")))
                .help(help),
        );
    }
}

/// Whether a schema takes every whole number of 64 bits.
fn is_seed(schema: &Schema) -> bool {
    schema.get("format").and_then(Schema::as_str) == Some("uint64")
}

/// 2^53: beyond it a floating-point number no longer tells whole numbers apart.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;
