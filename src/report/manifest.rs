//! The manifest says what is needed to repeat a run, and what its outputs were to the last byte.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::form::{Charts, Output};
use super::origin::Origin;
use crate::digest::sha256;
use crate::legible;

/// The file that lists the others.
pub const MANIFEST: &str = "manifest.json";

impl Origin {
    /// The manifest of a run with this seed, as bytes, when its other outputs have been written with these digests.
    ///
    /// # Errors
    /// A fault of polku.
    pub fn manifest(&self, seed: u64, charts: Charts, written: &[(String, String)]) -> Result<Output<'static>, String> {
        let source = &self.source;
        let digests: Map<String, Value> =
            written.iter().map(|(name, digest)| (name.clone(), digest.clone().into())).collect();
        let lists: IndexMap<String, String> = source.list_digests().into_iter().collect();
        let manifest = json!({
            "format": 1,
            "polku": env!("CARGO_PKG_VERSION"),
            "study": source.name,
            "study_sha256": sha256(source.text.as_bytes()),
            "lists_sha256": lists,
            "seed": seed,
            "options": { "set": source.settings(), "scenario": self.scenarios, "against": self.against, "exact": self.exact, "charts": charts.name() },
            "outputs_sha256": digests,
            "study_text": source.text,
        });
        let text = serde_json::to_string_pretty(&manifest).map_err(|fault| fault.to_string())?;
        Ok(Output { name: MANIFEST.to_owned(), bytes: (legible::json(&text).into_owned() + "\n").into_bytes().into() })
    }
}
