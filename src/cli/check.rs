//! `polku check` finds every fault of studies.

use std::path::{Path, PathBuf};

use clap::Args;

use super::explain::explain;
use super::failure::Failure;
use super::finding::Finding;
use super::form::Form;
use super::gate::{CountsAs, Gate};
use super::output::{print, print_json};
use super::settings::Settings;
use super::stderr::{colour, tell_explained};
use crate::engine::run::threads::MOST_THREADS;
use crate::model::Model;
use crate::study::Study;
use crate::study::setting::Setting;
use crate::study::source::Source;

/// Which studies, and how to tell.
#[derive(Debug, Args)]
pub struct Check {
    /// The studies, TOML files
    #[arg(value_name = "STUDY", required = true)]
    studies: Vec<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// How to print what was found [default: text]
    #[arg(long, value_name = "FORM", value_enum)]
    format: Option<Form>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// List every parameter path that a scenario can change
    #[arg(long, conflicts_with_all = ["json", "format"])]
    paths: bool,
    /// Simulate, and fail where the chosen scenario misses a target (exit code 1) or leaves one undecided (6)
    #[arg(long, conflicts_with = "paths")]
    gate: bool,
    /// The chance with which every target has to be reached
    #[arg(long, value_name = "P", default_value_t = 0.8, requires = "gate", value_parser = probability, allow_negative_numbers = true)]
    probability: f64,
    /// Count a target as reached or missed where the interval of its chance contains --probability
    #[arg(long, value_name = "WHICH", value_enum, requires = "gate")]
    undecided: Option<CountsAs>,
    /// The chosen scenario, where there are several beside the baseline
    #[arg(long, value_name = "NAME", requires = "gate")]
    scenario: Option<String>,
    /// Simulate on this many threads; 0 uses all processors. Results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, requires = "gate", value_parser = clap::value_parser!(u16).range(0..=i64::from(MOST_THREADS)))]
    threads: u16,
}

impl Check {
    /// Checks all studies, the faulty ones too.
    ///
    /// # Errors
    /// Whether any of them is wrong, cannot be read, or does not pass the gate: the weightiest failure, when the others
    /// have been told.
    pub fn run(self) -> Result<(), Failure> {
        let settings = self.settings.all()?;
        let form = if self.json { Form::Json } else { self.format.unwrap_or(Form::Text) };
        let mut findings = Vec::new();
        for study in &self.studies {
            let (mut finding, model) = checked(study, &settings);
            if form == Form::Text {
                self.tell(&mut finding, model.as_ref())?;
            } else if let Some(model) = model.filter(|_| self.gate) {
                self.judge(&mut finding, &model);
            }
            findings.push(finding);
        }
        match form {
            Form::Text => {}
            Form::Json => print_json(&form.show(&findings))?,
            Form::Github | Form::Junit => print(&form.show(&findings))?,
        }
        let mut failures: Vec<Failure> = findings.into_iter().filter_map(|finding| finding.failure).collect();
        failures.sort_by_key(Failure::weight);
        let Some(weightiest) = failures.pop() else { return Ok(()) };
        failures.iter().for_each(Failure::tell);
        Err(weightiest)
    }

    /// Tells people what was found of a study, and what is asked of it beside that.
    fn tell(&self, finding: &mut Finding, model: Option<&Model>) -> Result<(), Failure> {
        if let Some(source) = &finding.source {
            tell_explained(&explain(&finding.diagnostics, source, colour()));
        }
        match model {
            None => Ok(()),
            Some(model) if self.paths => print(&paths(model)),
            Some(model) if self.gate => {
                self.judge(finding, model);
                finding.gated.as_ref().map_or(Ok(()), |gated| print(&gated.text()))
            }
            Some(_) if finding.diagnostics.is_empty() => print(&format!("{}: fine\n", finding.file)),
            Some(_) => print(&format!("{}: can be run, with the warnings above\n", finding.file)),
        }
    }

    /// Holds a study to its targets.
    fn judge(&self, finding: &mut Finding, model: &Model) {
        let gate = Gate {
            scenario: self.scenario.as_deref(),
            probability: self.probability,
            undecided: self.undecided,
            threads: usize::from(self.threads),
        };
        match gate.judge(model) {
            Ok(gated) => {
                finding.failure = gated.failure();
                finding.gated = Some(gated);
            }
            Err(failure) => finding.failure = Some(failure),
        }
    }
}

fn probability(text: &str) -> Result<f64, String> {
    let probability: f64 = text.parse().map_err(|_| "give a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&probability) { Ok(probability) } else { Err("give a number from 0 to 1".to_owned()) }
}

/// What is found of a study as it stands, and its model where nothing is wrong.
fn checked(study: &Path, settings: &[Setting]) -> (Finding, Option<Model>) {
    let mut finding = Finding::of(study.display().to_string());
    let mut source = match Source::read(study) {
        Ok(source) => source,
        Err(faults) => {
            finding.failure = Some(faults.into());
            return (finding, None);
        }
    };
    let model = match Study::parse_with(&mut source, settings) {
        Err(faults) => Err(Model::faults_of(&source, faults)),
        Ok(study) => Model::compile(&study),
    };
    finding.diagnostics = match &model {
        Ok(model) => model.warnings().to_vec(),
        Err(faults) => faults.to_vec(),
    };
    finding.source = Some(source);
    // Its faults are told in their places.
    finding.failure = finding.is_wrong().then(|| Failure::Wrong(String::new()));
    (finding, model.ok())
}

fn paths(model: &Model) -> String {
    let mut paths: Vec<String> =
        model.params.iter().filter(|param| param.changeable).map(|param| param.path.to_string()).collect();
    paths.dedup();
    paths.push(String::new());
    paths.join("\n")
}
