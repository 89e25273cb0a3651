//! What is wrong with a study file as TOML, all of it at once and in words.

use std::ops::Range;

use toml::de::DeTable;

use super::bracket::unclosed;
use super::document::{Node, Value};
use super::truth::word_of_truth;
use crate::diagnostic::{Diagnostic, End, Place};
use crate::stats::distribution::parse::meant::meant;

/// One slip of the hand can make everything after it look wrong; more than this helps nobody.
const MOST: usize = 20;

/// In a larger text only the first fault is looked for, so that a file of nothing but faults costs little.
const SMALL: usize = 256 * 1024;

/// The tree of a text, as far as it can be read, and what is wrong with it.
pub fn parse(text: &str) -> (Node, Vec<Diagnostic>) {
    let (document, mut errors) = read(text);
    if errors.is_empty() {
        return (document, Vec::new());
    }
    errors.sort_by_key(|(span, _)| span.start);
    let open = unclosed(text).filter(|open| errors.iter().any(|(span, _)| span.start > open.start));
    let end = open.as_ref().map_or(usize::MAX, |open| open.start);
    let mut faults: Vec<Diagnostic> = Vec::new();
    let mut line_end = None;
    let mut untold = 0;
    for (span, message) in errors.into_iter().filter(|(span, _)| span.start < end) {
        let start = text.floor_char_boundary(span.start);
        // What follows in the same line is most often an echo of the first fault.
        if line_end.is_some_and(|line_end| start <= line_end) {
            continue;
        }
        line_end = Some(text[start..].find('\n').map_or(text.len(), |newline| start + newline));
        if faults.len() == MOST {
            untold += 1;
        } else {
            faults.push(fault(text, &document, start..text.ceil_char_boundary(span.end).max(start), &message));
        }
    }
    if let Some(open) = open {
        faults.push(never_closed(text, open));
    }
    if let Some(fault) = faults.last_mut().filter(|_| untold > 0) {
        fault.why = format!("{untold} more lines are wrong; most often they follow from the first");
    }
    (document, faults)
}

fn read(text: &str) -> (Node, Vec<(Range<usize>, String)>) {
    let told = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        (span, error.message().to_owned())
    };
    if text.len() <= SMALL {
        let (table, errors) = DeTable::parse_recoverable(text);
        return (Node::from_table(0..0, table.get_ref()), errors.iter().map(told).collect());
    }
    match DeTable::parse(text) {
        Ok(table) => (Node::from_table(0..0, table.get_ref()), Vec::new()),
        Err(error) => (Node::from_table(0..0, &DeTable::new()), vec![told(&error)]),
    }
}

fn never_closed(text: &str, open: Range<usize>) -> Diagnostic {
    let (what, help) = if text[open.clone()] == *"[" {
        ("a list is never closed", "add the `]` that is missing")
    } else {
        ("a table in braces is never closed", "add the `}` that is missing")
    };
    Diagnostic {
        places: vec![place(open, "opened here")],
        ..Diagnostic::error(what).why("what follows cannot be told from what it holds").help(help)
    }
}

fn fault(text: &str, document: &Node, span: Range<usize>, message: &str) -> Diagnostic {
    let description = message.split(", expected").next().unwrap_or(message);
    let written = text[span.clone()].lines().next().unwrap_or("").trim().to_owned();
    if description == "duplicate key" {
        return twice(text, document, span, &written);
    }
    if let Some(number) = decimal_comma(text, span.start) {
        return Diagnostic {
            places: vec![place(number.clone(), "")],
            ..Diagnostic::error(format!("`{}` has a decimal comma", &text[number.clone()]))
                .why("a comma separates what stands in `[ ]` and `{ }`")
                .help(match thousands(&text[number.clone()]) {
                    // A point before three digits would be asked about as well.
                    Some(thousands) => {
                        format!("write `{thousands}`, or `{}` if that is meant", in_decimals(&text[number]))
                    }
                    None => format!("write it with a point: `{}`", text[number].replace(',', ".")),
                })
        };
    }
    if let Some(fault) = value_meant(text, span.start) {
        return fault;
    }
    let (what, help) = words(description, &written);
    Diagnostic { places: vec![place(span, "")], ..Diagnostic::error(what).help(help) }
}

/// A number such as `0,05` that stands before a byte of the file or around it.
fn decimal_comma(text: &str, at: usize) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_ascii_digit() || c == ',';
    let before = line_before(text, at).trim_end();
    let from = at - line_before(text, at).len() + before.trim_end_matches(is_part).len();
    let length = text[from..].find(|c| !is_part(c)).unwrap_or(text.len() - from);
    let (whole, decimals) = text[from..from + length].split_once(',')?;
    let starts_a_value = text[..from].trim_end().ends_with('=');
    (starts_a_value && !whole.is_empty() && !decimals.is_empty() && !decimals.contains(','))
        .then_some(from..from + length)
}

/// A number with a decimal comma, with a point and without zeros that say nothing: `4.0`.
fn in_decimals(number: &str) -> String {
    let shown = number.replace(',', ".");
    let short = shown.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// Thousands that a comma parts: `4,000`.
fn thousands(number: &str) -> Option<String> {
    let (whole, rest) = number.split_once(',')?;
    (rest.len() == 3 && whole.len() <= 3 && !whole.starts_with('0')).then(|| format!("{whole}_{rest}"))
}

/// The fault of a value without quotes that was meant as a number, an interval, or as true or false.
fn value_meant(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_before(text, at);
    let from = at - line.len() + line.rfind(['=', '[', '{']).map_or(0, |mark| mark + 1);
    let all = text[from..].lines().next().unwrap_or("");
    let is_end = |(place, letter): &(usize, char)| match letter {
        // A comma before a digit may stand within a number.
        ',' => !all[place + 1..].starts_with(|c: char| c.is_ascii_digit()),
        _ => "}]#\"".contains(*letter),
    };
    let all = &all[..all.char_indices().find(is_end).map_or(all.len(), |(place, _)| place)];
    let written = all.trim();
    let help = match (meant(written), word_of_truth(written)) {
        (Some(meant), _) => meant.help(),
        (None, Some(word)) if written.parse::<f64>().is_err() => format!("write `{word}`"),
        _ => return None,
    };
    let from = from + (all.len() - all.trim_start().len());
    Some(Diagnostic {
        places: vec![place(from..from + written.len(), "")],
        ..Diagnostic::error(format!("`{written}` is no value")).help(help)
    })
}

fn place(span: Range<usize>, label: &str) -> Place {
    Place { path: String::new(), end: End::Key, span: Some(span), line: 0, column: 0, label: label.to_owned() }
}

fn twice(text: &str, document: &Node, span: Range<usize>, written: &str) -> Diagnostic {
    let name = written.trim_matches(['"', '\'']);
    let first = if let Some(header) = header(text, span.start) {
        // The tree has the second table only, so that the first is looked for in the text.
        let mut before = text[..span.start].match_indices(header);
        before.find(|(at, _)| line_before(text, *at).trim().is_empty()).map(|(at, _)| at..at + header.len())
    } else {
        let mut first = None;
        nearest_key(document, name, span.start, &mut first);
        // A table in between means that another key of this name was found.
        first.filter(|first: &Range<usize>| !text[first.start..span.start].contains("\n["))
    };
    let mut places = vec![place(span, "the second time")];
    places.extend(first.map(|first| place(first, "the first time")));
    Diagnostic {
        places,
        ..Diagnostic::error(format!("`{name}` is written twice"))
            .why("a key has one value in a table, and a table one header")
            .help("keep one of the two, or give one of them another name")
    }
}

/// The header of a table that a byte of the file stands in.
fn header(text: &str, at: usize) -> Option<&str> {
    let start = at - line_before(text, at).len();
    let line = text[start..].trim_start();
    let end = line.find([']', '\n']).filter(|end| line[*end..].starts_with(']'))? + 1;
    (line.starts_with('[') && !line.starts_with("[[")).then_some(&line[..end])
}

/// The part of a line that stands before a byte of the file.
fn line_before(text: &str, at: usize) -> &str {
    &text[text[..at].rfind('\n').map_or(0, |newline| newline + 1)..at]
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

/// The parser's words for a fault, in ours: what is wrong, and how to fix it.
fn words(description: &str, written: &str) -> (String, String) {
    let (what, help) = match description {
        "string values must be quoted" | "invalid value" | "missing value" if written.is_empty() => {
            ("a key has no value", "write `key = value`, or take the key out")
        }
        "string values must be quoted" | "invalid value" if written.contains(char::is_whitespace) => {
            return (
                format!("`{written}` is no value"),
                "a text stands in quotes, and commas stand between what `[ ]` and `{ }` hold".to_owned(),
            );
        }
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
        "unclosed table" | "unclosed array table" => (
            "the header of a table is not closed",
            "write `[stages.active]`, with both brackets; a name with spaces stands in quotes",
        ),
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
        _ if description.contains("string") || description.contains("escape") => (
            "a text is not closed, or holds what it may not",
            "put it between two `\"` on one line, and write `\\\\` for `\\`",
        ),
        _ => {
            return (format!("this is not TOML: {description}"), String::new());
        }
    };
    (what.to_owned(), help.to_owned())
}
