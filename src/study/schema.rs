//! The schema describes the study language to editors and to the check of its form; it is made from the Rust types.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::Study;

/// The study language as a JSON Schema (draft 2020-12), made from the types that read it.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<Study>().to_value();
    without_null(&mut schema);
    if let Value::Object(root) = &mut schema {
        root.insert("title".to_owned(), json!("polku study"));
        root.insert("description".to_owned(), json!(DESCRIPTION));
    }
    schema
}

const DESCRIPTION: &str = "A study is one TOML file: the customer journey as it is today, and the roadmap scenarios to \
    compare. `run` says how it is run, `segments` which customers there are, `stages` what they do and what leads from one \
    stage to the next, `initiatives` what each project costs and changes, and `scenarios` which initiatives start when.";

/// TOML has no null: a key that may be left out is simply not there.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(without_null);
            object.retain(|_, value| !value.is_null());
            drop_null(object);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn drop_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        object.shift_remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undescribed(schema: &Value, path: &str, missing: &mut Vec<String>) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                if property.get("description").and_then(Value::as_str).is_none_or(|text| text.len() < 5) {
                    missing.push(format!("{path}.{name}"));
                }
            }
        }
        if let Value::Object(object) = schema {
            for (key, value) in object {
                undescribed(value, &format!("{path}/{key}"), missing);
            }
        } else if let Value::Array(list) = schema {
            for item in list {
                undescribed(item, path, missing);
            }
        }
    }

    #[test]
    fn every_key_of_the_language_is_described() {
        let schema = json_schema();
        let mut missing = Vec::new();
        undescribed(&schema, "", &mut missing);
        assert_eq!(missing, Vec::<String>::new());
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            assert!(definition["description"].is_string(), "{name} has no description");
        }
    }

    #[test]
    fn it_is_draft_2020_12_and_knows_no_null() {
        let schema = json_schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], "polku study");
        assert!(!schema.to_string().contains("null"));
    }

    #[test]
    fn a_whole_number_is_an_integer_that_is_not_negative() {
        let whole = &json_schema()["$defs"]["Whole"];
        assert_eq!(whole["type"], "integer");
        assert_eq!(whole["minimum"], 0);
    }
}
