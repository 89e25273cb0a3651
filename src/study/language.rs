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
        let knows = |branch: &Value| branch.get("properties").is_some_and(|known| known.get(key).is_some());
        let tables = self.places().into_iter().filter(|(_, schema)| self.branches(schema).into_iter().any(knows));
        let mut homes: Vec<String> = tables
            .map(|(pattern, _)| pattern.split('.').filter(|step| *step != "[]").collect::<Vec<_>>().join("."))
            .map(|home| home.replace('*', "NAME"))
            .collect();
        homes.sort_by_key(|home| (home.matches('.').count(), home.len()));
        homes.dedup();
        homes
    }

    /// Every place of a study with the schema of what stands there, tables before what is in them. In the pattern of a
    /// place `*` is any name, and `[]` any item of a list: `scenarios.*.changes.[].target`.
    pub fn places(&self) -> Vec<(String, &Value)> {
        let mut places = Vec::new();
        self.gather("", &self.root, &mut places);
        places
    }

    fn gather<'a>(&'a self, pattern: &str, schema: &'a Value, places: &mut Vec<(String, &'a Value)>) {
        let below = |step: &str| if pattern.is_empty() { step.to_owned() } else { format!("{pattern}.{step}") };
        places.push((pattern.to_owned(), schema));
        for branch in self.branches(schema) {
            for (name, schema) in branch.get("properties").and_then(Value::as_object).into_iter().flatten() {
                self.gather(&below(name), schema, places);
            }
            if let Some(schema) = branch.get("additionalProperties").filter(|any| any.is_object()) {
                self.gather(&below("*"), schema, places);
            }
            if let Some(schema) = branch.get("items") {
                self.gather(&below("[]"), schema, places);
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
