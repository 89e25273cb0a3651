//! The version of polku that a study is written for, so that an older program says so instead of not knowing a key.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::document::{Node, Value};
use super::path::ParamPath;
use crate::diagnostic::Diagnostic;

/// The version of this program.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");
/// The key at the top of a study.
const KEY: &str = "polku";
/// The name by which the schema knows versions.
const FORMAT: &str = "version";

/// A version of the study language: `0.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(pub String);

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A version of polku: its first two numbers.",
            "type": "string",
            "format": FORMAT,
            "pattern": "^[0-9]+[.][0-9]+$",
            "examples": [written(program())],
        })
    }
}

/// Whether a schema takes versions.
pub fn is_version(schema: &Json) -> bool {
    schema.get("format").and_then(Json::as_str) == Some(FORMAT)
}

/// The first two numbers of a version; the others fix faults and change no language.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let whole = |digits: &str| -> Option<u32> {
        digits.parse().ok().filter(|_| digits.chars().all(|digit| digit.is_ascii_digit()))
    };
    let (major, minor) = text.split_once('.')?;
    Some((whole(major)?, whole(minor)?))
}

fn program() -> (u32, u32) {
    let two = PROGRAM.rsplit_once('.').map_or(PROGRAM, |(two, _)| two);
    numbers(two).unwrap_or_default()
}

/// The version of the language that this program reads, such as `0.1`.
pub fn current() -> String {
    written(program())
}

fn written((major, minor): (u32, u32)) -> String {
    format!("{major}.{minor}")
}

/// The fault of a text that is no version; its place is for the caller to add.
pub fn malformed(text: &str) -> Option<Diagnostic> {
    if numbers(text).is_some() {
        return None;
    }
    let fault = Diagnostic::error(format!("`{text}` is no version of polku"))
        .why("`polku` says for which version a study is written, by the first two numbers of the version")
        .help(format!("write `{KEY} = \"{}\"`, or take the line out", written(program())));
    Some(fault)
}

/// The fault of a study that is written for a newer version than this program: what else seems wrong in it may be right there.
pub fn newer(document: &Node) -> Option<Diagnostic> {
    let found = document.find(&ParamPath::of([KEY]))?;
    let Value::Text(text) = &found.node.value else { return None };
    if numbers(text)? <= program() {
        return None;
    }
    let fault = Diagnostic::error(format!("the study is written for polku {text}, and this is polku {PROGRAM}"))
        .at(KEY)
        .why("a newer version may know keys that this one does not, or mean something else by them")
        .help(format!(
            "update polku to {text} or later; or write `{KEY} = \"{}\"` if the study uses nothing that is newer",
            written(program())
        ));
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_two_numbers() {
        assert_eq!(numbers("0.1"), Some((0, 1)));
        assert_eq!(numbers("12.34"), Some((12, 34)));
        for text in ["", "1", "0.1.0", "v0.1", "0.", ".1", "0.x", "-1.0", "+0.1", " 0.1", "0.99999999999"] {
            assert!(malformed(text).is_some(), "{text}");
        }
        assert!(PROGRAM.starts_with(&written(program())));
    }

    #[test]
    fn minor_versions_are_numbers_and_not_decimals() {
        assert!(numbers("0.10") > numbers("0.9") && numbers("1.0") > numbers("0.10"));
    }
}
