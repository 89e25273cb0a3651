//! The language is what a study may say: the schema, with ways to look things up in it.

use serde_json::Value;

use super::path::{ParamPath, Step};
use super::schema::json_schema;

/// The study language, from its schema.
pub struct Language {
    root: Value,
}

impl Language {
    /// The language that `Study` reads.
    pub fn of_studies() -> Self {
        Self { root: json_schema() }
    }

    /// The schema of the study itself.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The kinds of value that a schema allows, one schema each.
    pub fn branches<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(target) = self.target(schema) {
            return self.branches(target);
        }
        match schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
            Some(branches) => branches.iter().flat_map(|branch| self.branches(branch)).collect(),
            None => vec![schema],
        }
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        self.root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    /// The branch for values of one type of JSON Schema.
    pub fn branch<'a>(&'a self, schema: &'a Value, kind: &str) -> Option<&'a Value> {
        self.branches(schema).into_iter().find(|branch| is(branch, kind))
    }

    /// The schema of what may stand at a path, whether or not it stands there.
    pub fn at(&self, path: &ParamPath) -> Option<&Value> {
        let mut schema = &self.root;
        for step in &path.steps {
            let Step::Name(name) = step else { return None };
            schema = match self.branch(schema, "object") {
                Some(table) => property(table, name)?,
                None => self.branch(schema, "array")?.get("items")?,
            };
        }
        Some(schema)
    }

    /// Examples of what may stand under a schema, as TOML writes them.
    pub fn examples(&self, schema: &Value) -> Vec<String> {
        if let Some(examples) = schema.get("examples").and_then(Value::as_array) {
            return examples.iter().map(inline).collect();
        }
        if let Some(target) = self.target(schema) {
            return self.examples(target);
        }
        if let Some(items) = schema.get("items") {
            return self.examples(items).iter().map(|item| format!("[ {item} ]")).collect();
        }
        let branches = schema.get("anyOf").and_then(Value::as_array);
        branches.into_iter().flatten().flat_map(|branch| self.examples(branch)).collect()
    }

    /// The tables that know a key, with NAME where any name may stand: `stages.NAME.purchases`.
    pub fn homes(&self, key: &str) -> Vec<String> {
        let mut homes = Vec::new();
        self.search(&self.root, "", key, &mut homes);
        homes.sort_by_key(|home| (home.matches('.').count(), home.len()));
        homes.dedup();
        homes
    }

    fn search(&self, schema: &Value, path: &str, key: &str, homes: &mut Vec<String>) {
        let dot = if path.is_empty() { "" } else { "." };
        for branch in self.branches(schema) {
            if let Some(known) = branch.get("properties").and_then(Value::as_object) {
                if known.contains_key(key) {
                    homes.push(path.to_owned());
                }
                for (name, below) in known {
                    self.search(below, &format!("{path}{dot}{name}"), key, homes);
                }
            }
            if let Some(below) = branch.get("additionalProperties").filter(|below| below.is_object()) {
                self.search(below, &format!("{path}{dot}NAME"), key, homes);
            }
            if let Some(below) = branch.get("items") {
                self.search(below, path, key, homes);
            }
        }
    }
}

/// A value as TOML writes it in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        _ => value.to_string(),
    }
}

/// Whether a schema without branches is of a type.
pub fn is(schema: &Value, kind: &str) -> bool {
    schema.get("type").and_then(Value::as_str) == Some(kind)
}

/// The schema of what stands under a key of a table.
pub fn property<'a>(table: &'a Value, name: &str) -> Option<&'a Value> {
    let known = table.get("properties").and_then(|known| known.get(name));
    known.or_else(|| table.get("additionalProperties").filter(|any| any.is_object()))
}

/// The texts that a schema allows, where it does not allow any text.
pub fn words(schema: &Value) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    schema.get("const").into_iter().chain(listed).filter_map(Value::as_str).collect()
}
