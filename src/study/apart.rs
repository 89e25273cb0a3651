//! Takes remarks out of a study's document, so that nothing but who asks for them sees them.

use indexmap::IndexMap;
use serde_json::Value as Schema;

use super::document::{Entry, Node, Value};
use super::language::{Language, property};
use super::path::ParamPath;
use super::remark::{KEYS, Remark, Remarks, VALUE};
use super::source::Source;

impl Source {
    /// Takes the remarks out of the document, once. A key of theirs that holds no text stays, for the check of its form to
    /// refuse.
    pub(super) fn take_remarks(&mut self) {
        // The language is large to make; most studies are without remarks.
        let may_have = KEYS.into_iter().chain([VALUE]).any(|key| self.text.contains(key));
        if may_have && self.remarks.is_none() {
            let language = Language::of_studies();
            let mut remarks = Remarks::default();
            walk(&mut remarks, (&mut self.document, language.root()), &language, &ParamPath::default());
            self.remarks = Some(remarks);
        }
    }
}

fn walk(remarks: &mut Remarks, (node, schema): (&mut Node, &Schema), language: &Language, path: &ParamPath) {
    if let Some((value, remark)) = unwrapped(node, schema, language) {
        *node = value;
        remarks.put(path, remark);
    }
    match &mut node.value {
        Value::Table(table) => {
            let Some(branch) = language.branch(schema, "object") else { return };
            if branch.get("properties").is_some() {
                remarks.put(path, taken(table, branch));
            }
            for (name, entry) in table {
                if let Some(below) = property(branch, name) {
                    walk(remarks, (&mut entry.node, below), language, &path.child(name));
                }
            }
        }
        Value::List(items) => {
            let Some(below) = language.branch(schema, "array").and_then(|list| list.get("items")) else { return };
            // Numbers of a list have their remarks beside the list.
            let tables = items.iter_mut().enumerate().filter(|_| language.branch(below, "object").is_some());
            for (at, item) in tables {
                walk(remarks, (item, below), language, &path.child(&at.to_string()));
            }
        }
        _ => {}
    }
}

/// Whether a number, or a list of them, may stand where a schema holds.
pub fn takes_number(schema: &Schema, language: &Language) -> bool {
    let number = |schema| ["number", "integer"].iter().any(|kind| language.branch(schema, kind).is_some());
    number(schema) || language.branch(schema, "array").and_then(|list| list.get("items")).is_some_and(number)
}

/// The number that stands in a table of its own for its remarks; none where it is another table, or has another key.
fn unwrapped(node: &Node, schema: &Schema, language: &Language) -> Option<(Node, Remark)> {
    let Value::Table(table) = &node.value else { return None };
    let value = table.get(VALUE).filter(|_| takes_number(schema, language))?;
    let own = language.branch(schema, "object");
    if own.and_then(|own| own.get("properties")).is_some_and(|known| known.get(VALUE).is_some()) {
        return None;
    }
    // Where any name may stand, a remark beside it tells that no name is meant.
    let is_remarked = KEYS.into_iter().any(|key| table.contains_key(key));
    if own.is_some_and(|own| property(own, VALUE).is_some()) && !is_remarked {
        return None;
    }
    let mut remark = Remark::default();
    for (key, entry) in table.iter().filter(|(key, _)| *key != VALUE) {
        let Value::Text(text) = &entry.node.value else { return None };
        *remark.part(key)? = Some(text.clone());
    }
    Some((value.node.clone(), remark))
}

/// Takes the remark out of a table whose keys are those of the language.
fn taken(table: &mut IndexMap<String, Entry>, branch: &Schema) -> Remark {
    let mut remark = Remark::default();
    for key in KEYS.into_iter().filter(|key| property(branch, key).is_none()) {
        let text = table.get(key).and_then(|entry| match &entry.node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        });
        if let (Some(text), Some(part)) = (text, remark.part(key)) {
            *part = Some(text);
            table.shift_remove(key);
        }
    }
    remark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;

    const PLAIN: &str = r#"
        [run]
        period = "month"
        horizon = 12
        customers = 1000
        [segments.all]
        share = 1
        start = { note = 1 }
        [stages.note]
        to = { gone = { chance = [0.1, 0.2], by = "tenure" }, source = "0.01 to 0.02" }
        values = { revenue = 3 }
        [stages.source]
        [stages.gone]
        [scenarios.today]
        [scenarios.other]
        changes = [{ target = "stages.note.values.revenue", times = 1.1 }]
    "#;

    const REMARKED: &str = r#"
        source = "CRM, October"
        [run]
        period = "month"
        horizon = { value = 12, note = "as the board plans" }
        customers = 1000
        [segments.all]
        owner = "Marketing"
        share = 1
        start = { note = 1 }
        [stages.note]
        to = { gone = { chance = { value = [0.1, 0.2], source = "contracts" }, by = "tenure", note = "a" }, source = { value = "0.01 to 0.02", source = "pilot" } }
        values = { revenue = { value = 3, source = "books", owner = "Finance" } }
        [stages.source]
        [stages.gone]
        [scenarios.today]
        [scenarios.other]
        changes = [{ target = "stages.note.values.revenue", times = 1.1, source = "guess" }]
    "#;

    fn parsed(text: &str) -> (Source, Study) {
        let source = Source::new("s.toml", "", text);
        let study = Study::parse(&source).unwrap();
        ((*study.source).clone(), study)
    }

    #[test]
    fn a_study_is_what_it_is_without_its_remarks() {
        let ((_, plain), (_, remarked)) = (parsed(PLAIN), parsed(REMARKED));
        assert_eq!(serde_json::to_value(&plain).unwrap(), serde_json::to_value(&remarked).unwrap());
    }

    #[test]
    fn each_part_of_a_remark_is_that_of_the_nearest_table() {
        let (source, _) = parsed(REMARKED);
        let said = |path: &str| {
            let remark = source.remark(&ParamPath::parse(path).unwrap());
            [remark.source, remark.note, remark.owner].map(Option::unwrap_or_default).join("|")
        };
        assert_eq!(said("run.customers"), "CRM, October||");
        assert_eq!(said("run.horizon"), "CRM, October|as the board plans|");
        assert_eq!(said("segments.all.share"), "CRM, October||Marketing");
        assert_eq!(said("stages.note.to.gone.chance"), "contracts|a|");
        assert_eq!(said("stages.note.to.gone.by"), "CRM, October|a|");
        assert_eq!(said("stages.note.to.source"), "pilot||");
        assert_eq!(said("stages.note.values.revenue"), "books||Finance");
        assert_eq!(said("scenarios.other.changes.0"), "guess||");
    }

    #[test]
    fn a_remark_is_a_text_and_has_no_other_keys() {
        for (slip, told) in [
            ("horizon = { value = 12, sorce = \"x\" }", "`run.horizon` has no key `sorce`"),
            ("horizon = { value = 12, source = 3 }", "`run.horizon.source` must be a text, not a number"),
            ("horizon = 12\nsource = 3", "`run.source` must be a text, not a number"),
            ("horizon = { value = \"x\", source = \"a\" }", "`run.horizon` must be a whole number, not a text"),
            ("horizon = 12\ninterval = { source = \"a\" }", "`run.interval` must be a number, not a table"),
        ] {
            let text = PLAIN.replace("horizon = 12", slip);
            let faults = Study::parse(&Source::new("s.toml", "", text)).unwrap_err();
            let said: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
            assert_eq!(said, [told], "{slip}");
        }
    }
}
