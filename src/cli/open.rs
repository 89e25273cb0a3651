//! Opening a study: read it, set what the command line sets, compile it, tell its warnings.

use std::path::PathBuf;

use clap::Args;

use super::explain::explain;
use super::failure::Failure;
use super::settings::Settings;
use super::stderr::{colour, tell_explained};
use crate::diagnostic::suggest;
use crate::estimate::memory::{fits, fits_exact};
use crate::model::Model;
use crate::quantity::ScenarioId;
use crate::study::Study;
use crate::study::setting::Setting;
use crate::study::source::Source;

/// A study and what the command line sets in it.
#[derive(Debug, Args)]
pub struct Open {
    /// The study, a TOML file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    #[command(flatten)]
    pub settings: Settings,
}

impl Open {
    /// Reads and compiles the study, and tells its warnings.
    ///
    /// # Errors
    /// All faults of the study, that it cannot be read, or that what is to be done takes too much memory.
    pub fn open_for(&self, purpose: Purpose) -> Result<Model, Failure> {
        let source = Source::read(&self.study)?;
        open(source, &self.settings.all()?, purpose)
    }
}

/// Compiles a study with settings, and tells its warnings.
///
/// # Errors
/// All faults of the study, or that what is to be done takes too much memory.
pub fn open(mut source: Source, settings: &[Setting], purpose: Purpose) -> Result<Model, Failure> {
    let study = match Study::parse_with(&mut source, settings) {
        Ok(study) => study,
        Err(faults) => return Err(Failure::wrong(&Model::faults_of(&source, faults), &source)),
    };
    let model = Model::compile(&study).map_err(|faults| Failure::wrong(&faults, &source))?;
    tell_explained(&explain(model.warnings(), &source, colour()));
    match purpose {
        Purpose::Run(threads) => fits(&model, threads)?,
        Purpose::Exact => fits_exact(&model)?,
    }
    Ok(model)
}

/// What a study is opened for, which decides how much memory it takes.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// A run on a number of threads; 0 are all processors.
    Run(usize),
    /// The exact expectations.
    Exact,
}

/// A scenario by its name.
///
/// # Errors
/// A name that the study does not have; the nearest one is offered.
pub fn scenario_named(name: &str, model: &Model) -> Result<ScenarioId, Failure> {
    let place = model.scenarios.iter().position(|s| s.name == name);
    place.map(ScenarioId::from).ok_or_else(|| {
        let help = suggest(name, model.scenarios.iter().map(|s| s.name.as_str()).collect::<Vec<_>>());
        Failure::Usage(format!("there is no scenario `{name}`; {help}"))
    })
}
