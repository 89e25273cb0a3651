//! `polku schema` prints the JSON Schema of the study language.

use super::failure::Failure;
use super::output::print_json;
use crate::study::schema::json_schema;

/// Prints the schema.
///
/// # Errors
/// A failure of writing.
pub fn run() -> Result<(), Failure> {
    print_json(&format!("{:#}\n", json_schema()))
}
