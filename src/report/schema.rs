//! Schemas describe the JSON that a run writes, to programs that read it; they are made from the types that are written.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::manifest::Manifest;
use crate::estimate::money::business::Business;
use crate::estimate::summary::Summary;

/// `summary.json` as a JSON Schema (draft 2020-12).
pub fn of_summary() -> Value {
    named(written::<Summary>(), "summary", "2")
}

/// `business.json` as a JSON Schema (draft 2020-12).
pub fn of_business() -> Value {
    named(written::<Business>(), "business", "2")
}

/// `manifest.json` as a JSON Schema (draft 2020-12).
pub fn of_manifest() -> Value {
    named(written::<Manifest>(), "manifest", "1")
}

/// A schema with its name, by which others refer to it, and the version of what it describes.
pub fn named(schema: Value, name: &str, version: &str) -> Value {
    let Value::Object(mut rest) = schema else { return schema };
    let mut root = Map::new();
    root.extend(rest.shift_remove("$schema").map(|draft| ("$schema".to_owned(), draft)));
    root.insert("$id".to_owned(), json!(format!("urn:polku:schema:{name}:{version}")));
    root.insert("version".to_owned(), json!(version));
    root.extend(rest);
    root.insert("title".to_owned(), json!(format!("polku {name}")));
    Value::Object(root)
}

fn written<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}
