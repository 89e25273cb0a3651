//! The form of a study is right where every key is known and every value of a kind that may stand there.
//!
//! Document and schema are walked together, so that all faults come at once.

use serde_json::Value as Schema;

use super::document::{Entry, Node, Value};
use super::language::{Language, is, property, words};
use super::path::{ParamPath, Step};
use crate::diagnostic::{Diagnostic, End, Place, nearest, suggest};

/// More faults than this are counted, not told.
const MOST: usize = 100;

/// Everything that is wrong with the form of a document; the places have no line and column yet.
pub fn faults(document: &Node, language: &Language) -> Vec<Diagnostic> {
    let mut walk = Walk { language, faults: Vec::new(), untold: 0 };
    walk.value(document, language.root(), &ParamPath::default());
    if walk.untold > 0 {
        walk.faults.push(Diagnostic::error(format!("there are {} more faults of this kind", walk.untold)).at(""));
    }
    walk.faults
}

struct Walk<'a> {
    language: &'a Language,
    faults: Vec<Diagnostic>,
    untold: usize,
}

impl Walk<'_> {
    fn tell(&mut self, fault: Diagnostic) {
        if self.faults.len() < MOST {
            self.faults.push(fault);
        } else {
            self.untold += 1;
        }
    }

    fn value(&mut self, found: &Node, schema: &Schema, path: &ParamPath) {
        let language = self.language;
        match &found.value {
            Value::Table(table) => {
                if let Some(branch) = language.branch(schema, "object") {
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
                if !texts.is_empty() {
                    return self.text(text, &texts, path);
                }
            }
            Value::Boolean(_) if language.branch(schema, "boolean").is_some() => return,
            Value::Integer(_) | Value::Float(_) | Value::Oversized(_) => {
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
            // Too many to guess what was meant by each.
            self.untold += 1;
            return None;
        }
        let known: Vec<&str> = schema
            .get("properties")
            .and_then(Schema::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key.as_str())
            .collect();
        let homes = self.language.homes(name);
        let mut fault = Diagnostic::error(format!("{} has no key `{name}`", table_name(path)));
        let near = nearest(name, known.iter().copied());
        if near.is_none() && !homes.is_empty() {
            let homes: Vec<String> = homes.iter().take(3).map(|home| home_name(home)).collect();
            fault = fault.why(format!("`{name}` belongs in {}", homes.join(" or ")));
        }
        fault = fault.mend(suggest(name, known.iter().copied()));
        fault.places.push(Place {
            path: path.child(name).to_string(),
            end: End::Key,
            span: Some(entry.key.clone()),
            line: 0,
            column: 0,
            label: "not known here".to_owned(),
        });
        self.tell(fault);
        near
    }

    fn missing_key(&mut self, name: &str, schema: &Schema, path: &ParamPath) {
        let below = property(schema, name).unwrap_or(&Schema::Null);
        let why = below.get("description").and_then(Schema::as_str).unwrap_or("");
        let here = path.child(name);
        let mend = match (self.language.branch(below, "object"), self.written_example(below, name)) {
            (_, Some(example)) => format!("add `{example}`"),
            (Some(map), None) => match map.get("additionalProperties").filter(|any| any.is_object()) {
                Some(any) if self.language.branch(any, "object").is_some() => format!("add a table `[{here}.NAME]`"),
                Some(_) => format!("add `{name} = {{ NAME = 1 }}`"),
                None => format!("add a table `[{here}]`"),
            },
            (None, None) => format!("add `{name}`"),
        };
        self.tell(
            Diagnostic::error(format!("{} lacks `{name}`", table_name(path)))
                .at(path.to_string())
                .why(said_within(why))
                .mend(mend),
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
        let words: Vec<&str> = texts.iter().flat_map(|branch| words(branch)).collect();
        if words.is_empty() || words.contains(&text) {
            return;
        }
        let all: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        self.tell(
            Diagnostic::error(format!("`{path}` cannot be `{text}`"))
                .at(path.to_string())
                .why(format!("it is one of {}", all.join(", ")))
                .mend(
                    nearest(text, words.iter().copied())
                        .map_or_else(|| "write one of them".to_owned(), |near| format!("did you mean `{near}`?")),
                ),
        );
    }

    fn number(&mut self, found: &Value, schema: &Schema, path: &ParamPath) {
        let (number, whole) = match found {
            Value::Integer(whole) => (*whole as f64, true),
            Value::Float(number) => (*number, number % 1.0 == 0.0 && number.abs() <= LARGEST_WHOLE),
            _ => (f64::INFINITY, false),
        };
        let fault = |what: String| Diagnostic::error(what).at(path.to_string());
        if let Value::Oversized(written) = found {
            self.tell(
                fault(format!("`{path}` is {written}, which is larger than can be counted"))
                    .mend("write a smaller number"),
            );
        } else if number.is_nan() {
            self.tell(
                fault(format!("`{path}` must be a number, not `nan`")).mend("write the number, or take the line out"),
            );
        } else if number.is_infinite() {
            self.tell(
                fault(format!("`{path}` must be a finite number"))
                    .why("`inf` is no amount, and neither is a number past 1.8e308")
                    .mend("write the number that you mean"),
            );
        } else if is(schema, "integer") && number.abs() > LARGEST_WHOLE {
            self.tell(
                fault(format!("`{path}` is {number:e}, which is larger than can be counted"))
                    .mend("write a whole number up to 9_007_199_254_740_992, which is 2^53"),
            );
        } else if is(schema, "integer") && !whole {
            let near = number.round().max(0.0);
            self.tell(
                fault(format!("`{path}` must be a whole number, not {number}"))
                    .mend(format!("write {near}, for example")),
            );
        } else if let Some(least) = schema.get("minimum").and_then(Schema::as_f64).filter(|least| number < *least) {
            self.tell(
                fault(format!("`{path}` must be at least {least}, not {number}"))
                    .mend("write a whole number without a sign"),
            );
        }
    }

    fn wrong_kind(&mut self, found: &Value, schema: &Schema, path: &ParamPath) {
        let mut allowed: Vec<String> = self.language.branches(schema).into_iter().map(kind_allowed).collect();
        allowed.dedup();
        let allowed = match allowed.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => allowed.join(""),
        };
        let mend = self.right_kind(found, schema, path);
        self.tell(
            Diagnostic::error(format!("{} must be {allowed}, not {}", table_name(path), kind_found(found)))
                .at_with(path.to_string(), kind_found(found))
                .mend(mend),
        );
    }

    /// How to mend a value of the wrong kind: by its quotes, else by example.
    fn right_kind(&self, found: &Value, schema: &Schema, path: &ParamPath) -> String {
        let takes = |kind: &str| self.language.branch(schema, kind).is_some();
        match found {
            Value::Text(text) if (takes("number") || takes("integer")) && text.parse::<f64>().is_ok() => {
                return format!("take the quotes away: `{text}`");
            }
            Value::Text(text) if takes("boolean") && ["true", "false"].contains(&text.as_str()) => {
                return format!("take the quotes away: `{text}`");
            }
            Value::Text(text)
                if self.language.branch(schema, "array").is_some_and(|branch| {
                    branch.get("items").is_some_and(|items| self.language.branch(items, "string").is_some())
                }) =>
            {
                return format!("put it in brackets: `[\"{text}\"]`");
            }
            Value::Table(_)
                if path.steps.len() == 1
                    && self.language.branch(schema, "array").is_some_and(|branch| {
                        branch.get("items").is_some_and(|items| self.language.branch(items, "object").is_some())
                    }) =>
            {
                return format!("write `[[{path}]]`, with two brackets on each side: one such table for each");
            }
            Value::Integer(number) if takes("string") => return format!("put it in quotes: `\"{number}\"`"),
            _ => {}
        }
        let key = match path.steps.last() {
            Some(Step::Name(name)) if name.parse::<usize>().is_err() => format!("{} = ", Step::Name(name.clone())),
            _ => String::new(),
        };
        let examples = self.language.examples(schema);
        let examples: Vec<String> = examples.iter().take(3).map(|one| format!("`{key}{one}`")).collect();
        if examples.is_empty() { String::new() } else { format!("for example {}", examples.join(" or ")) }
    }
}

/// 2^53: beyond it a floating-point number no longer tells whole numbers apart.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

fn kind_allowed(schema: &Schema) -> String {
    let words = words(schema);
    if !words.is_empty() {
        return format!("the text `{}`", words.join("` or `"));
    }
    match schema.get("type").and_then(Schema::as_str) {
        Some("number") => "a number",
        Some("integer") => "a whole number",
        Some("string") => "a text",
        Some("boolean") => "`true` or `false`",
        Some("array") => "a list",
        _ => "a table",
    }
    .to_owned()
}

fn kind_found(found: &Value) -> &'static str {
    match found {
        Value::Text(_) => "a text",
        Value::Integer(_) | Value::Float(_) | Value::Oversized(_) => "a number",
        Value::Boolean(true) => "`true`",
        Value::Boolean(false) => "`false`",
        Value::Date(_) => "a date",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// A sentence of the schema as part of another one.
fn said_within(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn table_name(path: &ParamPath) -> String {
    if path.steps.is_empty() { "the study".to_owned() } else { format!("`{path}`") }
}

fn home_name(home: &str) -> String {
    if home.is_empty() { "the top of the study".to_owned() } else { format!("`{home}`") }
}
