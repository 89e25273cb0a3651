//! The manifest says what is needed to repeat a run, and what its outputs were to the last byte.

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form::{Charts, Form, Output, TableForm};
use super::origin::Origin;
use crate::digest::sha256;
use crate::engine::exact::depth::Depth;
use crate::legible;
use crate::study::source::Source;

/// The file that lists the others.
pub const MANIFEST: &str = "manifest.json";
/// The version of its form.
const FORMAT: u32 = 1;

/// What `manifest.json` holds: all that a run was made of, and the digests of all that came of it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
pub struct Manifest {
    /// The version of this form; 1.
    pub format: u32,
    /// The version of polku that ran.
    pub polku: String,
    /// The study's file as it was named.
    pub study: String,
    /// The SHA-256 of the study's text, without a byte-order mark.
    pub study_sha256: String,
    /// The SHA-256 of every list that the study reads, by the name that the study gives it.
    pub lists_sha256: IndexMap<String, String>,
    /// The seed.
    pub seed: u64,
    /// What was asked for.
    pub options: Options,
    /// The SHA-256 of every other file, by its path in the folder.
    pub outputs_sha256: IndexMap<String, String>,
    /// The study.
    pub study_text: String,
    /// What stands in the lists that the study reads, by the name that the study gives it.
    #[serde(default)]
    pub lists: IndexMap<String, String>,
}

/// What was asked for on the command line.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
pub struct Options {
    /// All settings, each as `PATH=VALUE`; also those of `--seed`, `--agents` and `--replications`.
    pub set: Vec<String>,
    /// The scenarios that were asked for; all where there are none.
    pub scenario: Vec<String>,
    /// The scenario that was compared with instead of the baseline.
    pub against: Option<String>,
    /// The exact expectations that were asked for: `none`, `medians` or `draws`.
    pub exact: Option<String>,
    /// The charts that were asked for: `all` or `none`.
    pub charts: Option<String>,
    /// The form of tables: `csv` or `parquet`.
    #[serde(default = "csv")]
    pub format: String,
}

fn csv() -> String {
    TableForm::Csv.name().to_owned()
}

impl Origin {
    /// The manifest of a run with this seed, as bytes, when its other outputs have been written with these digests.
    ///
    /// # Errors
    /// A fault of polku.
    pub fn manifest(&self, seed: u64, form: Form, written: &[(String, String)]) -> Result<Output<'static>, String> {
        let source = &self.source;
        // Lists are read as UTF-8, or not at all.
        let text = |(name, bytes): (String, Arc<[u8]>)| Ok((name, String::from_utf8(bytes.to_vec())?));
        let lists = source.lists().into_iter().map(text).collect::<Result<_, std::string::FromUtf8Error>>();
        let manifest = Manifest {
            format: FORMAT,
            polku: env!("CARGO_PKG_VERSION").to_owned(),
            study: source.name.clone(),
            study_sha256: sha256(source.text.as_bytes()),
            lists_sha256: source.list_digests().into_iter().collect(),
            seed,
            options: Options {
                set: source.settings().to_vec(),
                scenario: self.scenarios.clone(),
                against: self.against.clone(),
                exact: self.exact.map(|depth| depth.name().to_owned()),
                charts: form.charts.name().map(str::to_owned),
                format: form.tables.name().to_owned(),
            },
            outputs_sha256: written.iter().cloned().collect(),
            study_text: source.text.clone(),
            lists: lists.map_err(|fault| fault.to_string())?,
        };
        let text = serde_json::to_string_pretty(&manifest).map_err(|fault| fault.to_string())?;
        Ok(Output { name: MANIFEST.to_owned(), bytes: (legible::json(&text).into_owned() + "\n").into_bytes().into() })
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Why it is none that a run can be repeated from, in a sentence.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let no_manifest = |fault: serde_json::Error| format!("it is no manifest of a run: {fault}");
        let Version { format } = serde_json::from_slice(bytes).map_err(no_manifest)?;
        if format != FORMAT {
            return Err(format!("its `format` is {format}, and this version of polku knows {FORMAT}"));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(no_manifest)?;
        manifest.intact().map(|()| manifest)
    }

    /// Whether the study and its lists are those of the run.
    fn intact(&self) -> Result<(), String> {
        if sha256(self.study_text.as_bytes()) != self.study_sha256 {
            return Err("`study_text` was changed: its digest is not `study_sha256`".to_owned());
        }
        for (name, digest) in &self.lists_sha256 {
            match self.lists.get(name) {
                None => return Err(format!("`lists` does not have the list `{name}`, which the study reads")),
                Some(text) if sha256(text.as_bytes()) != *digest => {
                    return Err(format!("the list `{name}` was changed: its digest is not that of `lists_sha256`"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The study, with its lists.
    pub fn source(&self) -> Source {
        let lists = self.lists.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes()));
        Source::recorded(&self.study, &self.study_text, lists)
    }

    /// The exact expectations that were asked for.
    ///
    /// # Errors
    /// A name that there is not.
    pub fn depth(&self) -> Result<Option<Depth>, String> {
        let named = |name: &String| Depth::named(name).ok_or_else(|| format!("`options.exact` is `{name}`"));
        self.options.exact.as_ref().map(named).transpose()
    }

    /// How the run was written.
    ///
    /// # Errors
    /// A name that there is not.
    pub fn form(&self) -> Result<(TableForm, Charts), String> {
        let Options { format, charts, .. } = &self.options;
        let tables = [TableForm::Csv, TableForm::Parquet].into_iter().find(|form| form.name() == format);
        let all = [Charts::Afforded, Charts::All, Charts::None];
        let found = all.into_iter().find(|its| its.name() == charts.as_deref());
        Ok((
            tables.ok_or_else(|| format!("`options.format` is `{format}`"))?,
            found.ok_or_else(|| format!("`options.charts` is `{}`", charts.as_deref().unwrap_or_default()))?,
        ))
    }

    /// The files that are not those that another run wrote, by their names.
    pub fn differing(&self, outputs: &IndexMap<String, String>) -> Vec<String> {
        let here = self.outputs_sha256.iter().filter(|(name, digest)| outputs.get(*name) != Some(*digest));
        let there = outputs.keys().filter(|name| !self.outputs_sha256.contains_key(*name));
        here.map(|(name, _)| name).chain(there).cloned().collect()
    }
}
