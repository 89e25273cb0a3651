//! How to fix a value of the wrong kind.

use serde_json::Value as Schema;

use super::document::{Node, Value};
use super::language::{Language, property};
use super::path::{ParamPath, Step};
use super::truth::word_of_truth;
use crate::stats::distribution::parse::meant::{between, meant, written};

/// How to fix a value of the wrong kind: by what was meant with it, else by example.
pub fn right_kind(language: &Language, found: &Value, schema: &Schema, path: &ParamPath) -> String {
    let takes = |kind: &str| language.branch(schema, kind).is_some();
    let is_numeric = takes("number") || takes("integer");
    let items = language.branch(schema, "array").and_then(|branch| branch.get("items"));
    let list_of = |kind: &str| items.is_some_and(|items| language.branch(items, kind).is_some());
    let help = match found {
        Value::Text(text) if is_numeric && is_number(text) => Some(format!("take the quotes away: `{}`", text.trim())),
        Value::Text(text) if is_numeric => meant(text).filter(|meant| !meant.is_interval()).map(|meant| meant.help()),
        _ if takes("boolean") => Some(truth(found)),
        Value::Text(text) if list_of("string") => Some(format!("put it in brackets: `[\"{text}\"]`")),
        Value::Table(_) if path.steps.len() == 1 && list_of("object") => {
            Some(format!("write `[[{path}]]`, with two brackets on each side: one such table for each"))
        }
        Value::Integer(number) if takes("string") => Some(format!("put it in quotes: `\"{number}\"`")),
        Value::Float(number) | Value::Dotted { number, .. } if takes("string") => {
            Some(format!("put it in quotes: `\"{number}\"`"))
        }
        Value::List(list) if takes("number") && takes("string") => two_numbers(list),
        Value::Table(_) if is_numeric => two_names(found, path),
        _ => None,
    };
    help.unwrap_or_else(|| by_example(language, found, schema, path))
}

/// `true` or `false`, as it was meant.
fn truth(found: &Value) -> String {
    match found {
        Value::Text(text) => word_of_truth(text).map(|word| format!("write `{word}`, without quotes")),
        Value::Integer(number @ (0 | 1)) => Some(format!("write `{}`", *number == 1)),
        _ => None,
    }
    .unwrap_or_else(|| "write `true` or `false`, without quotes".to_owned())
}

/// Two names with a point between them, which TOML reads as two keys: a class of a tag that drives, an end that a state adds up.
fn two_names(found: &Value, path: &ParamPath) -> Option<String> {
    let [.., Step::Name(place), Step::Name(first)] = &path.steps[..] else { return None };
    let Value::Table(entries) = found else { return None };
    let (second, entry) = entries.first().filter(|_| entries.len() == 1)?;
    let amount = number_written(&entry.node.value)?;
    let is_meant = ["drivers", "adds"].contains(&place.as_str());
    is_meant.then(|| format!("put the name in quotes: `\"{first}.{second}\" = {amount}`"))
}

/// A list of two numbers that was meant as an interval.
fn two_numbers(list: &[Node]) -> Option<String> {
    let [low, high] = list else { return None };
    Some(between(number(&low.value)?, number(&high.value)?).help())
}

/// A number as it stands, or the first of a list.
fn number(found: &Value) -> Option<f64> {
    match found {
        Value::Integer(whole) => Some(*whole as f64),
        Value::Float(number) | Value::Dotted { number, .. } => Some(*number).filter(|number| number.is_finite()),
        Value::List(list) => number(&list.first()?.value),
        _ => None,
    }
}

/// The same as a study writes it, or what a text was meant to say.
fn number_written(found: &Value) -> Option<String> {
    match found {
        Value::Text(text) => meant(text).filter(|meant| !meant.is_interval()).map(|meant| meant.written),
        _ => number(found).map(written),
    }
}

fn by_example(language: &Language, found: &Value, schema: &Schema, path: &ParamPath) -> String {
    let key = match path.steps.last() {
        Some(Step::Name(name)) if name.parse::<usize>().is_err() => format!("{} = ", Step::Name(name.clone())),
        _ => String::new(),
    };
    let examples = language.examples(schema);
    let examples: Vec<String> = examples.iter().take(3).map(|one| format!("`{key}{one}`")).collect();
    if !examples.is_empty() {
        return format!("for example {}", examples.join(" or "));
    }
    match table_meant(language, found, schema) {
        Some(table) => format!("for example `{key}{table}`"),
        None if language.branch(schema, "object").is_some() && !key.is_empty() => format!("write a table `[{path}]`"),
        None => String::new(),
    }
}

/// A table with what was written in its place: names become keys, a number the value of the first key that takes one.
fn table_meant(language: &Language, found: &Value, schema: &Schema) -> Option<String> {
    let table = language.branch(schema, "object")?;
    match table.get("additionalProperties").filter(|any| any.is_object()) {
        Some(below) => table_of_names(language, found, below),
        None => table_of_keys(language, found, table),
    }
}

/// A table of numbers by name.
fn table_of_names(language: &Language, found: &Value, below: &Schema) -> Option<String> {
    if !takes_number(language, below) {
        return None;
    }
    let example = || language.examples(below).into_iter().next();
    let value = number_written(found).or_else(example).unwrap_or_else(|| "1".to_owned());
    let names = names(found);
    let names = if names.is_empty() { vec!["NAME".to_owned()] } else { names };
    let entries: Vec<String> = names.into_iter().map(|name| format!("{} = {value}", Step::Name(name))).collect();
    Some(format!("{{ {} }}", entries.join(", ")))
}

/// A table with the keys that it needs, or else the first one that takes a number.
fn table_of_keys(language: &Language, found: &Value, table: &Schema) -> Option<String> {
    let is_numeric = |key: &&str| property(table, key).is_some_and(|below| takes_number(language, below));
    let listed = table.get("required").and_then(Schema::as_array).into_iter().flatten();
    let mut keys: Vec<&str> = listed.filter_map(Schema::as_str).collect();
    if keys.is_empty() {
        keys.extend(table.get("properties")?.as_object()?.keys().map(String::as_str).find(is_numeric));
    }
    let first = keys.iter().copied().find(is_numeric)?;
    let example = |key: &str| property(table, key).and_then(|below| language.examples(below).into_iter().next());
    let value = |key: &str| number_written(found).filter(|_| key == first).or_else(|| example(key));
    let entries: Option<Vec<String>> = keys.iter().map(|key| Some(format!("{key} = {}", value(key)?))).collect();
    Some(format!("{{ {} }}", entries?.join(", ")))
}

fn takes_number(language: &Language, schema: &Schema) -> bool {
    ["number", "integer"].iter().any(|kind| language.branch(schema, kind).is_some())
}

/// The names that a text is, or that a list has.
fn names(found: &Value) -> Vec<String> {
    match found {
        Value::Text(text) => vec![text.clone()],
        Value::List(list) => list.iter().flat_map(|item| names(&item.value)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is nothing but a number.
pub fn is_number(text: &str) -> bool {
    text.trim().replace('_', "").parse().is_ok_and(f64::is_finite)
}
