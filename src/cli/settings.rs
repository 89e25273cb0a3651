//! Settings are what the command line changes in a study before it is compiled.

use clap::Args;

use super::failure::Failure;
use super::whole::{positive, whole};
use crate::study::path::ParamPath;
use crate::study::setting::Setting;

/// What the command line sets in a study.
#[derive(Debug, Default, Args)]
pub struct Settings {
    /// Set a number of the study, such as stages.active.to.churned=0.02
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Run this many Monte Carlo replications
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    replications: Option<u64>,
    /// Simulate this many customers in each replication
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    agents: Option<u64>,
    /// The seed that fixes every random number
    #[arg(long, value_name = "S", value_parser = whole, allow_negative_numbers = true)]
    seed: Option<u64>,
}

impl Settings {
    /// Everything that the command line sets, as it can be written with `--set`.
    ///
    /// # Errors
    /// A setting without a value, or two of one path.
    pub fn all(&self) -> Result<Vec<Setting>, Failure> {
        let mut settings = Vec::new();
        for written in &self.set {
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
