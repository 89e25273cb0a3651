//! Amounts whose point may part thousands: some write `60.000` for what TOML calls `60_000`.

use super::document::{Node, Value};
use super::path::ParamPath;
use super::source::Source;
use super::unit::counts_many;
use crate::diagnostic::Diagnostic;
use crate::stats::distribution::parse::meant::may_part_thousands;

impl Source {
    /// A warning for every amount of money, and every number of customers, that has a point before exactly three digits.
    pub fn dotted(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        walk(&self.document, &ParamPath::default(), &mut found);
        found
    }
}

fn walk(node: &Node, path: &ParamPath, found: &mut Vec<Diagnostic>) {
    match &node.value {
        Value::Table(table) => table.iter().for_each(|(name, entry)| walk(&entry.node, &path.child(name), found)),
        // Elements of a list have the unit of the list.
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let scalar = !matches!(item.value, Value::Table(_) | Value::List(_));
                walk(item, &if scalar { path.clone() } else { path.child(&at.to_string()) }, found);
            }
        }
        Value::Dotted { written, .. } if counts_many(path) => found.push(warning(path, written)),
        Value::Text(text) if counts_many(path) => {
            let is_part = |c: char| c.is_ascii_digit() || c == '.';
            let first = text.split(|c| !is_part(c)).find(|part| may_part_thousands(part));
            found.extend(first.map(|written| warning(path, written)));
        }
        _ => {}
    }
}

fn warning(path: &ParamPath, written: &str) -> Diagnostic {
    let short = written.trim_end_matches('0');
    // With more or fewer decimals than three nobody takes the point for one of thousands.
    let decimals = match short {
        _ if short == written => format!("{written}0"),
        _ if short.ends_with('.') => format!("{short}0"),
        _ => short.to_owned(),
    };
    let (is, thousands) = (short.trim_end_matches('.'), written.replace('.', ""));
    Diagnostic::warning(format!("`{written}` is {is}, not {thousands}"))
        .at(path.to_string())
        .why("a point parts decimals in TOML, and `_` parts thousands")
        .help(format!("write `{}`, or `{decimals}` if that is meant", written.replace('.', "_")))
}
