//! Opening a study: read it, set what the command line sets, compile it, tell its warnings.

use std::path::PathBuf;

use clap::Args;

use super::explain::explain;
use super::failure::Failure;
use super::stderr::{colour, tell_explained};
use super::whole::{positive, whole};
use crate::diagnostic::suggest;
use crate::estimate::memory::{fits, fits_exact};
use crate::model::Model;
use crate::quantity::ScenarioId;
use crate::study::Study;
use crate::study::path::ParamPath;
use crate::study::setting::Setting;
use crate::study::source::Source;

/// A study and what the command line sets in it.
#[derive(Debug, Args)]
pub struct Open {
    /// The study, a TOML file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Set a number of the study, such as stages.active.to.churned=0.02
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub settings: Vec<String>,
    /// Play chance through this many times
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    /// Simulate this many customers in each replication
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub agents: Option<u64>,
    /// The seed that fixes every random number
    #[arg(long, value_name = "S", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u64>,
}

impl Open {
    /// Everything that the command line sets, as it can be written with `--set`.
    pub fn settings(&self) -> Result<Vec<Setting>, Failure> {
        let mut settings = Vec::new();
        for written in &self.settings {
            let setting =
                Setting::parse(written).map_err(|fault| Failure::Usage(format!("{}; {}", fault.what, fault.help)))?;
            settings.push(setting);
        }
        let numbers = [
            ("run.replications", "--replications", self.replications),
            ("run.agents", "--agents", self.agents),
            ("run.seed", "--seed", self.seed),
        ];
        for (path, option, value) in numbers {
            let setting =
                |value: u64| Setting { path: path.to_owned(), value: value.to_string(), option: Some(option) };
            settings.extend(value.map(setting));
        }
        twice(&settings)?;
        Ok(settings)
    }

    /// Reads and compiles the study, and tells its warnings.
    ///
    /// # Errors
    /// All faults of the study, that it cannot be read, or that what is to be done takes too much memory.
    pub fn open_for(&self, purpose: Purpose) -> Result<Model, Failure> {
        let mut source = Source::read(&self.study)?;
        let study = match Study::parse_with(&mut source, &self.settings()?) {
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
}

/// What a study is opened for, which decides how much memory it takes.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// A run on a number of threads; 0 are all processors.
    Run(usize),
    /// The exact expectations.
    Exact,
}

/// Refuses two settings of one path, of which one would be lost without a word.
fn twice(settings: &[Setting]) -> Result<(), Failure> {
    let path = |setting: &Setting| ParamPath::parse(&setting.path).map(|path| path.to_string());
    for (place, setting) in settings.iter().enumerate() {
        let Some(first) = settings[..place].iter().find(|other| path(other).is_ok() && path(other) == path(setting))
        else {
            continue;
        };
        return Err(Failure::Usage(format!(
            "`{}` is set twice: `{}` and `{}`; keep one of them",
            setting.path,
            first.given(),
            setting.given()
        )));
    }
    Ok(())
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
