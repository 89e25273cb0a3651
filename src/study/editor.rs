//! What editors know of the language: its schema, with the remarks that may stand in any table and beside any number.

use serde_json::{Map, Value, json};

use super::apart::takes_number;
use super::language::{Language, property};
use super::remark::{KEYS, VALUE};

/// The study language as files are written in: with what may be remarked in any table and beside any number.
pub fn written_schema() -> Value {
    let language = Language::of_studies();
    let mut schema = language.root().clone();
    remarked(&mut schema, &language);
    schema
}

/// Lets tables whose keys are those of the language have remarks, and numbers a table for theirs.
fn remarked(schema: &mut Value, language: &Language) {
    let Value::Object(object) = schema else {
        if let Value::Array(list) = schema {
            list.iter_mut().for_each(|schema| remarked(schema, language));
        }
        return;
    };
    for (key, below) in object.iter_mut() {
        // Beside these, a schema holds words, numbers and examples.
        match (key.as_str(), below) {
            ("properties" | "$defs", Value::Object(named)) => {
                named.values_mut().for_each(|schema| remarked(schema, language));
            }
            ("anyOf" | "oneOf" | "items" | "additionalProperties", below) => remarked(below, language),
            _ => {}
        }
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(|schema| with_table(schema, language));
        for (key, about) in KEYS.into_iter().zip(ABOUT) {
            properties.entry(key).or_insert_with(|| json!({ "description": about, "type": "string" }));
        }
    }
    if let Some(any) = object.get_mut("additionalProperties").filter(|any| any.is_object()) {
        with_table(any, language);
    }
}

/// Adds to the schema of a number the table in which it stands beside its remarks.
fn with_table(schema: &mut Value, language: &Language) {
    let own = language.branch(schema, "object").is_some_and(|own| property(own, VALUE).is_some());
    if own || !takes_number(schema, language) {
        return;
    }
    let mut number = schema.take();
    let mut both = Map::new();
    // What is said of the key stands where editors look for it.
    if let Value::Object(number) = &mut number {
        for key in ["description", "default", "examples"] {
            both.extend(number.shift_remove(key).map(|its| (key.to_owned(), its)));
        }
    }
    let parts =
        KEYS.into_iter().zip(ABOUT).map(|(key, about)| (key, json!({ "description": about, "type": "string" })));
    let mut properties: Map<String, Value> = parts.map(|(key, part)| (key.to_owned(), part)).collect();
    properties.insert(VALUE.to_owned(), number.clone());
    let table =
        json!({ "type": "object", "properties": properties, "required": [VALUE], "additionalProperties": false });
    both.insert("anyOf".to_owned(), json!([number, table]));
    *schema = Value::Object(both);
}

/// What the keys of a remark say, in their order.
const ABOUT: [&str; 3] = [
    "Where it comes from, such as a system, a report or a person; of a table, all numbers in it that say nothing else.",
    "What else a reader should know.",
    "Who answers for it.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_may_have_remarks_beside_numbers_and_in_tables_but_not_among_names() {
        let schema = written_schema();
        let run = &schema["$defs"]["Run"]["properties"];
        assert_eq!(run["owner"]["type"], "string");
        assert_eq!(run["horizon"]["anyOf"][1]["properties"]["value"], run["horizon"]["anyOf"][0]);
        assert_eq!(run["horizon"]["anyOf"][1]["required"], json!(["value"]));
        assert!(run["horizon"]["description"].is_string());
        assert_eq!(run["period"]["anyOf"], Value::Null, "a choice of words has no table");
        let values = &schema["$defs"]["Stage"]["properties"]["values"];
        assert_eq!(values["properties"], Value::Null);
        assert!(values["additionalProperties"]["anyOf"][1]["properties"]["source"].is_object());
    }
}
