//! `polku check` finds every fault of studies.

use std::path::PathBuf;

use clap::Args;

use super::explain::{explain, to_json};
use super::failure::Failure;
use super::gate::Gate;
use super::output::{print, print_json};
use super::stderr::{colour, tell_explained};
use crate::diagnostic::{Diagnostic, Severity};
use crate::faults::Faults;
use crate::model::Model;
use crate::study::Study;
use crate::study::source::Source;

/// Which studies, and how to tell.
#[derive(Debug, Args)]
pub struct Check {
    /// The studies, TOML files
    #[arg(value_name = "STUDY", required = true)]
    studies: Vec<PathBuf>,
    /// Print the faults as JSON
    #[arg(long)]
    json: bool,
    /// List every parameter path that a scenario can change
    #[arg(long, conflicts_with = "json")]
    paths: bool,
    /// Simulate, and fail with exit code 1 where the chosen scenario misses a target
    #[arg(long, conflicts_with_all = ["json", "paths"])]
    gate: bool,
    /// The chance with which every target has to be reached
    #[arg(long, value_name = "P", default_value_t = 0.8, requires = "gate", value_parser = probability, allow_negative_numbers = true)]
    probability: f64,
    /// The chosen scenario, where there are several beside the baseline
    #[arg(long, value_name = "NAME", requires = "gate")]
    scenario: Option<String>,
}

impl Check {
    /// Checks all studies, the faulty ones too.
    ///
    /// # Errors
    /// Whether any of them is wrong, cannot be read, or does not pass the gate: the weightiest failure, when the others
    /// have been told.
    pub fn run(self) -> Result<(), Failure> {
        let mut reports = Vec::new();
        let mut failures = Vec::new();
        for study in &self.studies {
            match self.check_one(study, &mut reports) {
                Ok(()) => {}
                Err(Failure::PipeClosed) => return Err(Failure::PipeClosed),
                Err(failure) => failures.push(failure),
            }
        }
        if self.json {
            print_json(&format!("{:#}\n", serde_json::Value::from(reports)))?;
        }
        failures.sort_by_key(Failure::weight);
        let Some(weightiest) = failures.pop() else { return Ok(()) };
        failures.iter().for_each(Failure::tell);
        Err(weightiest)
    }

    /// Checks one study and tells what was found; a report for machines is put to the others.
    fn check_one(&self, study: &PathBuf, reports: &mut Vec<serde_json::Value>) -> Result<(), Failure> {
        let (source, found, model) = check(study)?;
        if self.json {
            reports.push(to_json(&found, &source));
        } else {
            tell_explained(&explain(&found, &source, colour()));
        }
        if found.iter().any(|fault| fault.severity == Severity::Error) {
            // Its faults have been told.
            return Err(Failure::Wrong(String::new()));
        }
        match model {
            _ if self.json => Ok(()),
            Some(model) if self.paths => print(&paths(&model)),
            Some(model) if self.gate => self.ask().hold(&model),
            Some(_) if found.is_empty() => print(&format!("{}: fine\n", source.name)),
            Some(_) => print(&format!("{}: can be run, with the warnings above\n", source.name)),
            None => Ok(()),
        }
    }

    fn ask(&self) -> Gate<'_> {
        Gate { scenario: self.scenario.as_deref(), probability: self.probability }
    }
}

fn probability(text: &str) -> Result<f64, String> {
    let probability: f64 = text.parse().map_err(|_| "give a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&probability) { Ok(probability) } else { Err("give a number from 0 to 1".to_owned()) }
}

fn check(study: &PathBuf) -> Result<(Source, Vec<Diagnostic>, Option<Model>), Faults> {
    let source = Source::read(study)?;
    let (found, model) = match Study::parse(&source) {
        Err(faults) => (Model::faults_of(&source, faults).into_list(), None),
        Ok(study) => match Model::compile(&study) {
            Ok(model) => (model.warnings().to_vec(), Some(model)),
            Err(faults) => (faults.into_list(), None),
        },
    };
    Ok((source, found, model))
}

fn paths(model: &Model) -> String {
    let mut paths: Vec<String> =
        model.params.iter().filter(|param| param.changeable).map(|param| param.path.to_string()).collect();
    paths.dedup();
    paths.push(String::new());
    paths.join("\n")
}
