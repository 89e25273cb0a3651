//! What is wrong with a study file as TOML, all of it at once and in words.

use std::ops::Range;

use toml::de::DeTable;

use super::document::{Node, Value};
use crate::diagnostic::{Diagnostic, Place};

/// One slip of the hand can make everything after it look wrong; more than this helps nobody.
const MOST: usize = 20;

/// The tree of a text, as far as it can be read, and what is wrong with it.
pub fn parse(text: &str) -> (Node, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let document = Node::from_table(0..0, table.get_ref());
    let mut errors: Vec<(Range<usize>, String)> = errors
        .iter()
        .map(|error| (error.span().unwrap_or(text.len()..text.len()), error.message().to_owned()))
        .collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut faults: Vec<Diagnostic> = Vec::new();
    let mut last: Option<usize> = None;
    let mut unsaid = 0;
    for (span, message) in errors {
        let start = text.floor_char_boundary(span.start);
        // What follows in the same line is most often an echo of the first fault.
        if last.is_some_and(|last| !text[last..start.max(last)].contains('\n')) {
            continue;
        }
        last = Some(start);
        if faults.len() == MOST {
            unsaid += 1;
            continue;
        }
        faults.push(fault(text, &document, start..text.ceil_char_boundary(span.end).max(start), &message));
    }
    if let Some(fault) = faults.last_mut().filter(|_| unsaid > 0) {
        fault.why = format!("{} (and {unsaid} more lines like it)", fault.why).trim_start().to_owned();
    }
    (document, faults)
}

fn fault(text: &str, document: &Node, span: Range<usize>, message: &str) -> Diagnostic {
    let description = message.split(", expected").next().unwrap_or(message);
    let written = text[span.clone()].lines().next().unwrap_or("").trim().to_owned();
    if description == "duplicate key" {
        return twice(document, span, &written);
    }
    let (what, mend) = words(description, &written);
    Diagnostic { places: vec![place(span, "")], ..Diagnostic::error(what).mend(mend) }
}

fn place(span: Range<usize>, label: &str) -> Place {
    Place { path: String::new(), span: Some(span), line: 0, column: 0, label: label.to_owned() }
}

fn twice(document: &Node, span: Range<usize>, written: &str) -> Diagnostic {
    let name = written.trim_matches(['"', '\'']);
    let mut first: Option<Range<usize>> = None;
    nearest_key(document, name, span.start, &mut first);
    let mut places = vec![place(span, "the second time")];
    places.extend(first.map(|first| place(first, "the first time")));
    Diagnostic {
        places,
        ..Diagnostic::error(format!("`{name}` is written twice"))
            .why("a key has one value in a table, and a table one header")
            .mend("keep one of the two, or give one of them another name")
    }
}

/// The key of that name that stands last before a byte of the file.
fn nearest_key(node: &Node, name: &str, before: usize, best: &mut Option<Range<usize>>) {
    match &node.value {
        Value::Table(table) => {
            for (key, entry) in table {
                let nearer = best.as_ref().is_none_or(|best| best.start < entry.key.start);
                if key == name && entry.key.start < before && nearer {
                    *best = Some(entry.key.clone());
                }
                nearest_key(&entry.node, name, before, best);
            }
        }
        Value::List(list) => list.iter().for_each(|item| nearest_key(item, name, before, best)),
        _ => {}
    }
}

/// The parser's words for a fault, in ours: what is wrong, and how to mend it.
fn words(description: &str, written: &str) -> (String, String) {
    let (what, mend) = match description {
        "string values must be quoted" | "invalid value" => {
            return (format!("`{written}` is no value"), format!("if it is a text, put it in quotes: `\"{written}\"`"));
        }
        "missing value" | "missing value for key" | "key with no value" => {
            ("a key has no value", "write `key = value`, or take the key out")
        }
        "missing assignment between key-value pairs" => ("an `=` is missing", "write `key = value`"),
        "extra `=`" | "extra assignment between key-value pairs" | "unexpected `=` in array" => {
            ("an `=` stands where none belongs", "one `=` stands between a key and its value")
        }
        "unclosed table" | "unclosed array table" => {
            ("the header of a table is not closed", "write `[stages.active]`, with both brackets")
        }
        "unclosed array" => ("a list is not closed", "add the `]` that is missing"),
        "unclosed inline table" => ("a table in braces is not closed", "add the `}` that is missing"),
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            ("a comma is missing", "separate what stands in `[ ]` and `{ }` by commas")
        }
        "extra comma in array" | "extra comma in inline table" => ("a comma too many", "take one comma out"),
        "unexpected leading zero" => ("a number begins with 0", "write `7` or `0.7`, not `07`"),
        "`_` may only go between digits" => ("a `_` stands in the wrong place of a number", "write `250_000`"),
        "redundant numeric sign" | "unexpected sign" => ("a number has a sign too many", "write `-0.5` or `0.5`"),
        "invalid unquoted key" | "unquoted keys cannot be empty" | "unexpected key or value" => (
            "this is not a key",
            "a name with spaces, dots or letters beyond a to z stands in quotes: `[stages.\"at risk\"]`",
        ),
        "cannot recurse further; max recursion depth met" | "recursion limit" => {
            ("values are nested too deeply", "a study needs about five levels; 80 are read")
        }
        "missing opening quote" => ("a quote is missing", "put a text between two `\"`"),
        "carriage return must be followed by newline" => {
            ("a line ends in an odd way", "save the file with the usual line ends")
        }
        _ if description.starts_with("cannot extend value") => {
            return (
                format!("`{written}` has a value already, and cannot be a table as well"),
                "write the whole table in one place".to_owned(),
            );
        }
        _ if description.contains("string") || description.contains("escape") => {
            ("a text is not written as TOML wants it", "put it between two `\"` on one line, and write `\\\\` for `\\`")
        }
        _ => {
            return (format!("this is not TOML: {description}"), String::new());
        }
    };
    (what.to_owned(), mend.to_owned())
}
