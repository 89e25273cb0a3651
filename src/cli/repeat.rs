//! Repeating a run: its manifest has the study and all that was asked for, and says which files have to come of it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::failure::Failure;
use super::stderr::tell;
use crate::diagnostic::Diagnostic;
use crate::engine::exact::depth::Depth;
use crate::faults::{Cause, Faults};
use crate::files::file::read_file;
use crate::report::form::{Charts, TableForm};
use crate::report::manifest::Manifest;
use crate::study::setting::Setting;
use crate::study::source::Source;

/// What a run is made of.
pub struct Order {
    /// The study.
    pub source: Source,
    /// What is set in it.
    pub settings: Vec<Setting>,
    /// The scenarios to run beside the baseline; all where there are none.
    pub scenarios: Vec<String>,
    /// The scenario to compare with instead of the study's baseline.
    pub against: Option<String>,
    /// The exact expectations to solve.
    pub exact: Option<Depth>,
    /// The form of tables.
    pub tables: TableForm,
    /// The charts to draw.
    pub charts: Charts,
}

/// A run that is repeated.
pub struct Repeat {
    file: PathBuf,
    manifest: Manifest,
}

/// More names of files than this are counted, not told.
const MOST_NAMES: usize = 6;
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Repeat {
    /// Reads a manifest, and warns where another version wrote it.
    ///
    /// # Errors
    /// It cannot be read, or is none that a run can be repeated from.
    pub fn of(file: &Path) -> Result<Self, Failure> {
        let bytes = read_file(file)?;
        let manifest = Manifest::parse(&bytes).map_err(|why| {
            let help = if file.extension().is_some_and(|ending| ending == "toml") {
                "leave out `--from` to run a study"
            } else {
                "give the manifest.json of a run as it was written"
            };
            wrong(file, &why, help)
        })?;
        let repeat = Self { file: file.to_owned(), manifest };
        if repeat.manifest.polku != VERSION {
            tell(&format!(
                "warning: {} was written by polku {}, and this is {VERSION}: numbers may differ\n  \
                 help: install that version to get the same bytes\n\n",
                file.display(),
                repeat.manifest.polku
            ));
        }
        Ok(repeat)
    }

    /// What the run is made of.
    ///
    /// # Errors
    /// Options that there are not.
    pub fn order(&self) -> Result<Order, Failure> {
        let options = &self.manifest.options;
        let unknown = |why: String| wrong(&self.file, &why, "give the manifest.json of a run as it was written");
        let setting = |written: &String| Setting::parse(written).map_err(|fault| unknown(fault.what));
        let (tables, charts) = self.manifest.form().map_err(unknown)?;
        Ok(Order {
            source: self.manifest.source(),
            settings: options.set.iter().map(setting).collect::<Result<_, _>>()?,
            scenarios: options.scenario.clone(),
            against: options.against.clone(),
            exact: self.manifest.depth().map_err(unknown)?,
            tables,
            charts,
        })
    }

    /// Compares what came of it, by name and digest, with what the manifest lists; the names in `only` where there are any.
    ///
    /// # Errors
    /// Files that differ.
    pub fn compare(&self, outputs: &IndexMap<String, String>, only: Option<&str>) -> Result<String, Failure> {
        let mut differing = self.manifest.differing(outputs);
        differing.retain(|name| only.is_none_or(|only| only == name));
        let (file, version) = (self.file.display(), &self.manifest.polku);
        if differing.is_empty() {
            return Ok(format!("All files are those of {file}, to the last byte.\n"));
        }
        let mut names = differing[..differing.len().min(MOST_NAMES)].join(", ");
        if differing.len() > MOST_NAMES {
            names.push_str(&format!(" and {} more", differing.len() - MOST_NAMES));
        }
        let help = if version == VERSION {
            "the same version gives the same bytes everywhere: if `outputs_sha256` was not changed, please report it"
        } else {
            "install the version that wrote it to get the same bytes"
        };
        Err(Failure::Missed(format!(
            "{} of {} files are not those of {file}, which was written by polku {version}: {names}\n  help: {help}",
            differing.len(),
            only.map_or(self.manifest.outputs_sha256.len(), |_| 1),
        )))
    }
}

fn wrong(file: &Path, why: &str, help: &str) -> Failure {
    let what = format!("{} cannot be repeated: {why}", file.display());
    Failure::from(Faults::one(Cause::Wrong, Diagnostic::error(what).help(help)))
}
