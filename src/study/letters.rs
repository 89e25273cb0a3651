//! The letters of a study's texts: names, titles and all else that outputs show must be legible.

use super::document::{Node, Value};
use super::path::ParamPath;
use crate::diagnostic::{Diagnostic, End, Place};
use crate::legible::is_illegible;

/// More faults than this are counted, not told.
const MOST: usize = 20;

/// Every text and name of a document that holds what no output can show; the places have no line and column yet.
pub fn faults(document: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    walk(document, &ParamPath::default(), &mut found);
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    if more > 0 {
        found.push(
            Diagnostic::error(format!("there are {more} more texts with characters that cannot be shown")).at(""),
        );
    }
    found
}

fn walk(node: &Node, path: &ParamPath, found: &mut Vec<Diagnostic>) {
    match &node.value {
        Value::Table(table) => {
            for (name, entry) in table {
                let path = path.child(name);
                if let Some(letter) = name.chars().find(|letter| is_illegible(*letter)) {
                    found.push(fault(letter, "this name", &path, End::Key));
                }
                walk(&entry.node, &path, found);
            }
        }
        Value::List(list) => {
            for (at, item) in list.iter().enumerate() {
                walk(item, &path.child(&at.to_string()), found);
            }
        }
        Value::Text(text) => {
            // A text may have several lines.
            let wrong = |letter: &char| is_illegible(*letter) && !matches!(letter, '\n' | '\r' | '\t');
            if let Some(letter) = text.chars().find(wrong) {
                found.push(fault(letter, "this text", path, End::Value));
            }
        }
        _ => {}
    }
}

fn fault(letter: char, what: &str, path: &ParamPath, end: End) -> Diagnostic {
    let code = format!("U+{:04X}", u32::from(letter));
    let (why, help) = match letter {
        '\n' | '\r' | '\t' => ("names stand in one line of tables and charts", "write a space instead"),
        '\u{202a}'..='\u{2069}' => {
            ("it would turn around what stands beside it", "take it out; letters find their direction by themselves")
        }
        _ => ("nobody would see it, a terminal could obey it, and files could not be read", "take it out"),
    };
    let mut fault =
        Diagnostic::error(format!("{what} has a character that cannot be shown: {code}")).why(why).help(help);
    fault.places.push(Place { path: path.to_string(), end, span: None, line: 0, column: 0, label: code });
    fault
}
