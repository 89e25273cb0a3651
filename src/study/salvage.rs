//! What is wrong in its form is filled in, in several ways, so that the rest of a study can be judged all the same.
//!
//! Nobody knows what was meant in such a place. Whatever is wrong elsewhere is wrong in every filling; what shows in some
//! of them only may well follow from the filling.

use serde::Deserialize;
use serde_json::Value as Schema;

use super::Study;
use super::document::{Entry, Node, Value};
use super::form::{Flaw, FlawKind, fits, form};
use super::language::{Language, property, words};
use super::path::{ParamPath, Step};
use super::source::Source;
use super::synonyms::key_meant;
use super::version;
use crate::diagnostic::nearest;

/// In a study with more flaws than this nothing else is looked for.
const MOST_FLAWS: usize = 100;
/// A study is filled in so many times at most.
const MOST_FILLINGS: usize = 8;
/// A value that was filled in may show flaws beneath it, and those are filled in next.
const MOST_ROUNDS: usize = 4;
/// So many names are taken for known where a table of names is missing.
const MOST_NAMES: usize = 100;

/// A study whose form is wrong, filled in.
pub struct Salvaged {
    /// The study with each flaw filled in, the likeliest filling first; they differ in nothing else.
    pub fillings: Vec<Study>,
    /// Where the flaws are: nothing is known of what stands there or beneath.
    pub holes: Vec<ParamPath>,
}

impl Source {
    /// The study with its flaws of form filled in; none where it is not TOML, or where there is too little to go by.
    pub fn salvage(&self) -> Option<Salvaged> {
        if !self.faults.is_empty() || self.text.is_empty() || version::newer(&self.document).is_some() {
            return None;
        }
        let mut own = self.clone();
        own.take_remarks();
        let document = own.document;
        let language = Language::of_studies();
        let flaws = form(&document, &language).flaws;
        if flaws.len() > MOST_FLAWS {
            return None;
        }
        let mut salvaged =
            Salvaged { fillings: Vec::new(), holes: flaws.iter().map(|flaw| flaw.path.clone()).collect() };
        let filler = Filler { language: &language, names: names(&document) };
        let mut ways = 1;
        let mut nth = 0;
        while nth < ways {
            let (document, most) = filler.filled(&document, &flaws, nth, &mut salvaged.holes);
            ways = ways.max(most.min(MOST_FILLINGS));
            if form(&document, &language).flaws.is_empty()
                && let Ok(study) = Study::deserialize(document.to_toml())
            {
                salvaged.fillings.push(study.with_sizes_apart());
            }
            nth += 1;
        }
        (!salvaged.fillings.is_empty()).then_some(salvaged)
    }
}

/// What fills flaws.
struct Filler<'a> {
    language: &'a Language,
    /// Every name that the study speaks of.
    names: Vec<String>,
}

/// A way to fill a flaw.
enum Filling {
    /// Nothing stands there.
    Nothing,
    /// This stands there.
    Value(Value),
    /// What stands there was meant for another key of the table.
    Key(String),
}

impl Filler<'_> {
    /// The document in its `nth` filling, and in how many ways its flaws can be filled.
    fn filled(&self, document: &Node, flaws: &[Flaw], nth: usize, holes: &mut Vec<ParamPath>) -> (Node, usize) {
        let mut document = document.clone();
        let mut most = 1;
        let mut flaws = flaws.to_vec();
        for round in 0..MOST_ROUNDS {
            for flaw in &flaws {
                let mut ways = self.ways(&document, flaw);
                most = most.max(ways.len());
                if !ways.is_empty() {
                    put(&mut document, &flaw.path, ways.swap_remove(nth % ways.len()));
                }
                if round > 0 && !holes.iter().any(|hole| hole.holds(&flaw.path)) {
                    holes.push(flaw.path.clone());
                }
            }
            flaws = form(&document, self.language).flaws;
            if flaws.is_empty() || flaws.len() > MOST_FLAWS {
                break;
            }
        }
        (document, most)
    }

    /// The ways to fill a flaw, the likeliest first.
    fn ways(&self, document: &Node, flaw: &Flaw) -> Vec<Filling> {
        let Some((parent, Some(Step::Name(name)))) = flaw.path.parent().map(|parent| (parent, flaw.path.steps.last()))
        else {
            return Vec::new();
        };
        let found = document.find(&flaw.path).map(|found| found.node);
        if flaw.kind == FlawKind::Unknown {
            let table = self.language.at(&parent).and_then(|schema| self.language.branch(schema, "object"));
            let (Some(table), Some(node)) = (table, found) else { return vec![Filling::Nothing] };
            return self.other_keys(document, (&parent, name.as_str()), table, node);
        }
        let Some(schema) = self.language.at(&flaw.path) else { return vec![Filling::Nothing] };
        let mut ways: Vec<Filling> = Vec::new();
        ways.extend(found.and_then(|node| self.meant(&node.value, schema)).map(Filling::Value));
        ways.extend(self.stand_ins(schema).into_iter().map(Filling::Value));
        let in_table = document.find(&parent).is_some_and(|above| matches!(above.node.value, Value::Table(_)));
        let needed = self.language.at(&parent).and_then(|above| self.language.branch(above, "object"));
        let needed = needed.is_some_and(|above| required(above).any(|key| key == name));
        if in_table && !needed {
            ways.push(Filling::Nothing);
        }
        ways
    }

    /// The keys of a table that an unknown one may be meant for: the nearest and none, or those that its value fits.
    fn other_keys(
        &self,
        document: &Node,
        (parent, name): (&ParamPath, &str),
        table: &Schema,
        node: &Node,
    ) -> Vec<Filling> {
        let known: Vec<&String> =
            table.get("properties").and_then(Schema::as_object).into_iter().flatten().map(|(key, _)| key).collect();
        let near = key_meant(name, known.iter().copied().map(String::as_str));
        let free = |key: &str| match document.find(&parent.child(key)) {
            // Tables of names can be put together.
            Some(there) => {
                let map = |node: &Node| matches!(node.value, Value::Table(_));
                map(there.node) && map(node) && property(table, key).is_some_and(|below| self.is_map(below))
            }
            None => true,
        };
        let mut ways: Vec<Filling> =
            near.filter(|key| free(key)).map(|key| Filling::Key(key.to_owned())).into_iter().collect();
        ways.push(Filling::Nothing);
        if near.is_some() {
            return ways;
        }
        let fitting = known.into_iter().filter(|key| free(key));
        let fitting = fitting.filter(|key| property(table, key).is_some_and(|below| fits(node, below, self.language)));
        ways.extend(fitting.map(|key| Filling::Key(key.clone())));
        ways
    }

    fn is_map(&self, schema: &Schema) -> bool {
        self.language.branch(schema, "object").and_then(named).is_some()
    }

    /// What a value of the wrong kind was probably meant to be.
    fn meant(&self, found: &Value, schema: &Schema) -> Option<Value> {
        let takes = |kind: &str| self.language.branch(schema, kind).is_some();
        let one = |value: Value| Value::List(vec![node(value)]);
        match found {
            Value::Text(text) if takes("integer") => {
                text.trim().parse::<i64>().ok().filter(|whole| *whole >= 0).map(Value::Integer)
            }
            Value::Text(text) if takes("number") => {
                text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
            }
            Value::Text(text) if takes("boolean") => text.trim().parse().ok().map(Value::Boolean),
            Value::Text(text) if takes("string") => {
                let branches = self.language.branches(schema);
                let words: Vec<&str> = branches.iter().flat_map(|branch| words(branch)).collect();
                nearest(text, words).map(|word| Value::Text(word.to_owned()))
            }
            Value::Text(text) if takes("array") => Some(one(Value::Text(text.clone()))),
            Value::Table(table) if takes("array") => Some(one(Value::Table(table.clone()))),
            Value::Dotted { written, .. } if takes("integer") => {
                written.replace('.', "").parse().ok().map(Value::Integer)
            }
            Value::Float(number) if takes("integer") && number.is_finite() => {
                #[expect(clippy::cast_possible_truncation, reason = "held in a range that a whole number has")]
                let whole = number.round().clamp(0.0, 1e9) as i64;
                Some(Value::Integer(whole))
            }
            _ => None,
        }
    }

    /// Values that may stand under a schema: the example first, then such as differ as much as they can.
    fn stand_ins(&self, schema: &Schema) -> Vec<Value> {
        let mut values = Vec::new();
        for branch in self.language.branches(schema) {
            let words = words(branch);
            match branch.get("type").and_then(Schema::as_str) {
                Some("number") => values.extend([1.0, 0.0, 0.5].map(Value::Float)),
                Some("integer") => values.extend([12, 1, 240].map(Value::Integer)),
                Some("boolean") => values.extend([true, false].map(Value::Boolean)),
                Some("string") if words.is_empty() => {
                    let example = self.language.examples(schema).into_iter().find_map(|example| {
                        example.strip_prefix('"')?.strip_suffix('"').map(|text| Value::Text(text.to_owned()))
                    });
                    values.push(example.unwrap_or_else(|| Value::Text("x".to_owned())));
                }
                Some("string") => values.extend(words.iter().map(|word| Value::Text((*word).to_owned()))),
                Some("array") => {
                    values.push(Value::List(Vec::new()));
                    let item = branch.get("items").and_then(|items| self.stand_ins(items).into_iter().next());
                    values.extend(item.map(|item| Value::List(vec![node(item)])));
                }
                _ => values.extend(self.tables(branch)),
            }
        }
        values
    }

    /// The tables that may stand under a schema: the least, and one that names whatever it can.
    fn tables(&self, schema: &Schema) -> Vec<Value> {
        if let Some(below) = named(schema) {
            let every = self.stand_ins(below).pop().map(|value| self.of_every_name(&value));
            return std::iter::once(table(std::iter::empty())).chain(every).collect();
        }
        let first = |below: &Schema| self.stand_ins(below).into_iter().next();
        let needed = required(schema).filter_map(|key| Some((key.to_owned(), first(property(schema, key)?)?)));
        let least = table(needed);
        let mut most = least.clone();
        self.enrich(&mut most, schema);
        if most == least { vec![least] } else { vec![least, most] }
    }

    /// Gives a table all names of numbers that it can have, such as the traits of a segment.
    fn enrich(&self, value: &mut Value, schema: &Schema) {
        let Value::Table(entries) = value else { return };
        for (key, below) in schema.get("properties").and_then(Schema::as_object).into_iter().flatten() {
            let item = self.language.branch(below, "object").and_then(named);
            let plain = item.filter(|item| self.language.branch(item, "number").is_some());
            if let Some(number) = plain.and_then(|item| self.stand_ins(item).into_iter().next()) {
                let named = self.of_every_name(&number);
                entries.entry(key.clone()).or_insert(Entry { key: 0..0, node: node(named) });
            }
        }
    }

    fn of_every_name(&self, value: &Value) -> Value {
        table(self.names.iter().map(|name| (name.clone(), value.clone())))
    }
}

/// The schema of what stands under each name, in a table of names.
fn named(schema: &Schema) -> Option<&Schema> {
    schema.get("additionalProperties").filter(|any| any.is_object())
}

fn required(schema: &Schema) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Schema::as_array).into_iter().flatten().filter_map(Schema::as_str)
}

fn node(value: Value) -> Node {
    Node { span: 0..0, value }
}

fn table(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Table(entries.map(|(key, value)| (key, Entry { key: 0..0, node: node(value) })).collect())
}

/// Fills a flaw in one way.
fn put(document: &mut Node, path: &ParamPath, filling: Filling) {
    let (Some(parent), Some(Step::Name(name))) = (path.parent(), path.steps.last()) else { return };
    let Some(above) = document.find_mut(&parent) else { return };
    match (&mut above.value, filling) {
        (Value::Table(table), Filling::Nothing) => drop(table.shift_remove(name)),
        (Value::Table(table), Filling::Value(value)) => {
            table.insert(name.clone(), Entry { key: 0..0, node: node(value) });
        }
        (Value::Table(table), Filling::Key(key)) => {
            let Some(moved) = table.shift_remove(name) else { return };
            let Some(there) = table.get_mut(&key) else {
                table.insert(key, moved);
                return;
            };
            if let (Value::Table(there), Value::Table(more)) = (&mut there.node.value, moved.node.value) {
                for (name, entry) in more {
                    there.entry(name).or_insert(entry);
                }
            }
        }
        (Value::List(list), Filling::Value(value)) => {
            if let Some(item) = name.parse::<usize>().ok().and_then(|at| list.get_mut(at)) {
                *item = node(value);
            }
        }
        _ => {}
    }
}

/// Every name that a document speaks of: its keys, its texts, and the steps of its paths.
fn names(document: &Node) -> Vec<String> {
    let mut names = indexmap::IndexSet::new();
    gather(document, &mut names);
    names.into_iter().take(MOST_NAMES).collect()
}

fn gather(node: &Node, names: &mut indexmap::IndexSet<String>) {
    if names.len() > MOST_NAMES {
        return;
    }
    match &node.value {
        Value::Table(table) => {
            for (name, entry) in table {
                names.insert(name.clone());
                gather(&entry.node, names);
            }
        }
        Value::List(list) => list.iter().for_each(|item| gather(item, names)),
        Value::Text(text) => {
            let steps = ParamPath::parse(text).unwrap_or_default().steps;
            names.extend(steps.into_iter().filter_map(|step| match step {
                Step::Name(name) => Some(name),
                Step::Any => None,
            }));
        }
        _ => {}
    }
}
