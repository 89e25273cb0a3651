//! `polku schema` prints the JSON Schema of the study language.

use super::failure::Failure;
use super::output::print;
use crate::study::schema::json_schema;

/// Prints the schema.
///
/// # Errors
/// A failure of writing.
pub fn run() -> Result<(), Failure> {
    print(&format!("{:#}\n", json_schema()))
}
