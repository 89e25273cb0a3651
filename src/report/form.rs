//! The form in which a run is written, and a file of it.

use std::borrow::Cow;

/// How a run is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The form of the tables timeline, contrasts, ledger, draws and replications.
    pub tables: TableForm,
    /// Which charts are drawn.
    pub charts: Charts,
    /// On how many threads outputs are made and written; 0 uses all processors. Bytes do not depend on it.
    pub threads: usize,
}

/// The form of tables that are read by programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableForm {
    /// Text; every program reads it.
    #[default]
    Csv,
    /// Columns with types, compressed.
    Parquet,
}

/// Which charts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charts {
    /// All of them; as PNG where they take no more than half of the work of the simulation.
    #[default]
    Afforded,
    /// All of them, whatever they take.
    All,
    /// None, on the page neither.
    None,
}

impl TableForm {
    /// How it is asked for by name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

impl Charts {
    /// How they are asked for by name; none where nothing is asked for.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Afforded => None,
            Self::All => Some("all"),
            Self::None => Some("none"),
        }
    }
}

/// A file to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Output<'b> {
    /// Its name below the folder, with `/`.
    pub name: String,
    /// What stands in it.
    pub bytes: Cow<'b, [u8]>,
}
