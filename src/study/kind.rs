//! Kinds of values, and tables, as messages call them.

use serde_json::Value as Schema;

use super::document::Value;
use super::language::words;
use super::path::ParamPath;

/// What a schema allows, in words.
pub fn kind_allowed(schema: &Schema) -> String {
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

/// What a value is, in words.
pub fn kind_found(found: &Value) -> &'static str {
    match found {
        Value::Text(_) => "a text",
        Value::Integer(_) | Value::Float(_) | Value::Dotted { .. } | Value::Oversized(_) => "a number",
        Value::Boolean(true) => "`true`",
        Value::Boolean(false) => "`false`",
        Value::Date(_) => "a date",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// A sentence of the schema as part of another one.
pub fn said_within(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A table as messages call it.
pub fn table_name(path: &ParamPath) -> String {
    if path.steps.is_empty() { "the study".to_owned() } else { format!("`{path}`") }
}

/// The home of a key as messages call it.
pub fn home_name(home: &str) -> String {
    if home.is_empty() { "the top of the study".to_owned() } else { format!("`{home}`") }
}
