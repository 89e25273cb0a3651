//! The leaves of a study are what its author set down: every number, choice and change, in the order of the file.

use crate::diagnostic::Diagnostic;

use super::document::{Node, Value};
use super::path::ParamPath;
use super::remark::Remark;
use super::site::{Site, Sites};
use super::source::Source;
use super::unit::{OPERATIONS, unit};
use super::worded::Text;

/// A number, a choice, a list or a change of a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its parameter path.
    pub path: ParamPath,
    /// What was written; a change in one line: `stages.active.to.churned: odds 0.8 from period 3`.
    pub text: String,
    /// The line of the file, counted from 1; 0 where the command line gave it.
    pub line: usize,
    /// What it is counted in; empty for a choice of words, and where nobody knows.
    pub unit: String,
    /// Where it comes from, as the study says; nothing where the command line gave it.
    pub remark: Remark,
}

impl Source {
    /// Every leaf of the study.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        let sites = Sites::of_studies();
        self.walk((&self.document, sites.top()), &ParamPath::default(), &mut leaves);
        leaves
    }

    fn walk(&self, (node, site): (&Node, Site<'_>), path: &ParamPath, leaves: &mut Vec<Leaf>) {
        // A table of names may have one that is called `target`.
        let aims = matches!(site.key("target").text(), Some(Text::Path));
        match &node.value {
            Value::Table(table) if aims && table.contains_key("target") => leaves.push(self.leaf(path, change(node))),
            Value::Table(table) => {
                for (name, entry) in table {
                    // The version at the top says how the study is read, and nothing about the business.
                    let version = path.steps.is_empty() && name == "polku";
                    let site = site.key(name);
                    if !version && !matches!(site.text(), Some(Text::Title)) {
                        self.walk((&entry.node, site), &path.child(name), leaves);
                    }
                }
            }
            Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
                for (place, item) in items.iter().enumerate() {
                    self.walk((item, site.item()), &path.child(&place.to_string()), leaves);
                }
            }
            _ => leaves.push(self.leaf(path, plain(node))),
        }
    }

    fn leaf(&self, path: &ParamPath, text: String) -> Leaf {
        let mut place = Diagnostic::warning("").at(path.to_string());
        self.locate(&mut place);
        let line = place.places.first().map_or(0, |place| place.line);
        let remark = if line > 0 { self.remark(path) } else { Remark::default() };
        Leaf { path: path.clone(), text, line, unit: unit(path, &self.document), remark }
    }
}

/// A change in one line.
fn change(node: &Node) -> String {
    let Value::Table(table) = &node.value else { return String::new() };
    let word = |key: &str| table.get(key).map(|entry| plain(&entry.node)).unwrap_or_default();
    let period =
        |key: &str| table.get(key).map(|entry| format!(" {key} period {}", plain(&entry.node))).unwrap_or_default();
    let operation = table.iter().find(|(key, _)| OPERATIONS.contains(&key.as_str()));
    let operation = operation.map(|(key, entry)| format!("{key} {}", plain(&entry.node))).unwrap_or_default();
    let whose = table.get("segments").map(|entry| format!(" in {}", plain(&entry.node))).unwrap_or_default();
    format!("{}: {operation}{whose}{}{}", word("target"), period("from"), period("until"))
}

/// A value as it is written, texts without their quotes.
fn plain(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => node.to_toml().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn every_number_and_change_is_a_leaf_with_its_line() {
        let text = "title = \"x\"\n[stages.a]\nto = { b = 0.2, c = { chance = [0.1, 0.2], by = \"period\" } }\n[scenarios.s]\nchanges = [\n  { target = \"stages.a.to.b\", odds = \"0.5 to 0.8\", from = 3 },\n]\n";
        let source = Source::new("s.toml", ".", text);
        let leaves: Vec<String> =
            source.leaves().iter().map(|leaf| format!("{} = {} ({})", leaf.path, leaf.text, leaf.line)).collect();
        assert_eq!(
            leaves,
            [
                "stages.a.to.b = 0.2 (3)",
                "stages.a.to.c.chance = [0.1, 0.2] (3)",
                "stages.a.to.c.by = period (3)",
                "scenarios.s.changes.0 = stages.a.to.b: odds 0.5 to 0.8 from period 3 (6)",
            ]
        );
    }

    #[test]
    fn numbers_of_things_with_names_like_keys_are_leaves_too() {
        let text = "[stages.a]\ntitle = \"A\"\nto = { target = 0.2, title = 0.1 }\nvalues = { unit = 3 }\n[outcomes.unit]\nunit = \"kg\"\n";
        let source = Source::new("s.toml", ".", text);
        let leaves: Vec<String> = source.leaves().iter().map(|leaf| format!("{} = {}", leaf.path, leaf.text)).collect();
        assert_eq!(leaves, ["stages.a.to.target = 0.2", "stages.a.to.title = 0.1", "stages.a.values.unit = 3"]);
    }
}
