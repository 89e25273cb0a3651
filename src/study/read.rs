//! Reading turns a study file into a study, or tells everything that is wrong with its form.

use std::path::Path;

use serde::Deserialize;

use super::Study;
use super::form::form;
use super::journey::Transition;
use super::language::Language;
use super::letters;
use super::setting::Setting;
use super::source::{ReadError, Source};
use super::version;
use crate::diagnostic::Diagnostic;

impl Study {
    /// Reads a study file.
    ///
    /// # Errors
    /// The file cannot be read, or its form is wrong: then with all faults, in their places.
    pub fn read(path: impl AsRef<Path>) -> Result<(Self, Source), ReadError> {
        Self::read_with(path, &[])
    }

    /// Reads a study file with some of its values set from the command line.
    ///
    /// # Errors
    /// As `read`; the faults of settings come together with those of the file.
    pub fn read_with(path: impl AsRef<Path>, settings: &[Setting]) -> Result<(Self, Source), ReadError> {
        let mut source = Source::read(path)?;
        // A file that is not TOML has too few paths to hold settings against it.
        let mut diagnostics =
            if source.faults.is_empty() { source.set(settings).err().unwrap_or_default() } else { Vec::new() };
        match Self::parse(&source) {
            Ok(study) if diagnostics.is_empty() => return Ok((study, source)),
            Ok(_) => {}
            Err(faults) => diagnostics.extend(faults),
        }
        Err(ReadError::Wrong { source_file: Box::new(source), diagnostics })
    }

    /// The study that a source holds.
    ///
    /// # Errors
    /// Everything that is wrong with its form, in its places. What it means is checked later.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        if !source.faults.is_empty() {
            return Err(source.faults.clone());
        }
        if let Some(mut fault) = version::newer(&source.document) {
            source.locate(&mut fault);
            return Err(vec![fault]);
        }
        let mut faults = form(&source.document, &Language::of_studies()).faults;
        faults.extend(letters::faults(&source.document));
        if faults.is_empty() {
            match Self::deserialize(source.document.to_toml()) {
                Ok(study) => return Ok(study.with_sizes_apart()),
                Err(error) => faults.push(unforeseen(&error)),
            }
        }
        source.locate_all(&mut faults);
        // In the order of the file, as one would fix them; what is missing at the top comes first.
        faults.sort_by_key(|fault| fault.places.first().map_or(0, |place| place.line));
        Err(faults)
    }

    /// Takes the effective sizes out from among the stages that rows lead to.
    pub(super) fn with_sizes_apart(mut self) -> Self {
        const KEY: &str = "effective_size";
        let is_stage = self.stages.contains_key(KEY);
        for stage in self.stages.values_mut().filter(|_| !is_stage) {
            if let Some(Transition::Chance(_)) = stage.to.get(KEY)
                && let Some(Transition::Chance(size)) = stage.to.shift_remove(KEY)
            {
                stage.effective_size = Some(size);
            }
        }
        self
    }
}

/// The form was found right, and yet the types do not take it: schema and types differ.
fn unforeseen(error: &toml::de::Error) -> Diagnostic {
    Diagnostic::error("the study cannot be taken as it is").at("").why(error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_settings_and_of_the_file_come_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("study.toml");
        std::fs::write(&file, "[run]\nperiod = \"month\"\nhorizon = \"x\"\ncustomers = 1\n").unwrap();
        let settings = [Setting::parse("run.sed=3").unwrap(), Setting::parse("run.horizon=12").unwrap()];
        let Err(ReadError::Wrong { diagnostics, source_file }) = Study::read_with(&file, &settings) else {
            panic!("the study is wrong")
        };
        let said: Vec<&str> = diagnostics.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(said[0], "`--set run.sed=3` names nothing in the study");
        assert_eq!(
            said[1..],
            ["the study lacks `segments`", "the study lacks `stages`", "the study lacks `scenarios`"],
            "the horizon was fixed by the setting"
        );
        assert!(source_file.text.starts_with("[run]"));
        assert!(matches!(Study::read(folder.path().join("other.toml")), Err(ReadError::Unreadable { .. })));
    }
}
