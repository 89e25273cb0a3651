//! Reading turns a study file into a study, or tells everything that is wrong with its form.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::Study;
use super::form::form;
use super::journey::Transition;
use super::language::Language;
use super::letters;
use super::setting::Setting;
use super::source::Source;
use super::version;
use crate::diagnostic::Diagnostic;
use crate::faults::Faults;

impl Study {
    /// Reads a study file.
    ///
    /// # Errors
    /// The file cannot be read, or its form is wrong: then with all faults, in their places.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Faults> {
        Self::parse(&Source::read(path)?)
    }

    /// The study that a source holds.
    ///
    /// # Errors
    /// Everything that is wrong with its form, in its places. What it means is checked later.
    pub fn parse(source: &Source) -> Result<Self, Faults> {
        let mut source = source.clone();
        source.take_remarks();
        let study = formed(&source).map_err(|faults| Faults::wrong(&source.name, faults))?;
        Ok(Self { source: Arc::new(source), ..study })
    }

    /// [`Study::parse`] of a source in which some values are set first.
    ///
    /// # Errors
    /// As `parse`; the faults of settings come together with those of the file.
    pub fn parse_with(source: &mut Source, settings: &[Setting]) -> Result<Self, Faults> {
        // A file that is not TOML has too few paths to hold settings against it.
        let set = if source.faults.is_empty() { source.set(settings) } else { Ok(()) };
        match (set, Self::parse(source)) {
            (Ok(()), outcome) => outcome,
            (Err(faults), Ok(_)) => Err(faults),
            (Err(first), Err(others)) => {
                let all = first.into_list().into_iter().chain(others.into_list()).collect();
                Err(Faults::wrong(&source.name, all))
            }
        }
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

/// The study that a source holds, without the source.
fn formed(source: &Source) -> Result<Study, Vec<Diagnostic>> {
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
        match Study::deserialize(source.document.to_toml()) {
            Ok(study) => return Ok(study.with_sizes_apart()),
            Err(error) => faults.push(unforeseen(&error)),
        }
    }
    source.locate_all(&mut faults);
    // In the order of the file, as one would fix them; what is missing at the top comes first.
    faults.sort_by_key(|fault| fault.places.first().map_or(0, |place| place.line));
    Err(faults)
}

/// The form was found right, and yet the types do not take it: schema and types differ.
fn unforeseen(error: &toml::de::Error) -> Diagnostic {
    Diagnostic::error("the study cannot be taken as it is").at("").why(error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Cause;

    #[test]
    fn faults_of_settings_and_of_the_file_come_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("study.toml");
        std::fs::write(&file, "[run]\nperiod = \"month\"\nhorizon = \"x\"\ncustomers = 1\n").unwrap();
        let settings = [Setting::parse("run.sed=3").unwrap(), Setting::parse("run.horizon=12").unwrap()];
        let mut source = Source::read(&file).unwrap();
        let faults = Study::parse_with(&mut source, &settings).unwrap_err();
        assert_eq!((faults.cause, faults.file.as_str()), (Cause::Wrong, source.name.as_str()));
        let said: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(said[0], "`--set run.sed=3` names nothing in the study");
        assert_eq!(
            said[1..],
            ["the study lacks `segments`", "the study lacks `stages`", "the study lacks `scenarios`"],
            "the horizon was fixed by the setting"
        );
        assert_eq!(Study::read(folder.path().join("other.toml")).unwrap_err().cause, Cause::Unreadable);
    }
}
