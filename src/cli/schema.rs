//! `polku schema` prints the JSON Schema of the study language, or of what a run writes.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output::print_json;
use crate::report::schema::{named, of_business, of_manifest, of_summary};
use crate::study::editor::written_schema;
use crate::study::version::current;

/// Which schema.
#[derive(Debug, Args)]
pub struct Schema {
    /// What is described
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Described::Study)]
    of: Described,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Described {
    /// The study language, for editors
    Study,
    /// summary.json
    Summary,
    /// business.json
    Business,
    /// manifest.json
    Manifest,
}

impl Schema {
    /// Prints the schema.
    ///
    /// # Errors
    /// A failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let schema = match self.of {
            Described::Study => named(written_schema(), "study", &current()),
            Described::Summary => of_summary(),
            Described::Business => of_business(),
            Described::Manifest => of_manifest(),
        };
        print_json(&format!("{schema:#}\n"))
    }
}
