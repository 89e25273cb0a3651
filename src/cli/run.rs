//! `polku run` simulates all scenarios of a study and compares them.

use clap::Args;

use super::failure::Failure;
use super::open::Open;
use super::output::print;
use crate::engine::experiment::Experiment;
use crate::estimate::runs::Runs;

/// What to run.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    open: Open,
    /// Use this many threads; results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

impl Run {
    /// Runs.
    ///
    /// # Errors
    /// A wrong study, or a failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let opened = self.open.open(&[])?;
        let experiment = Experiment::new(&opened.model).threads(self.threads);
        let runs = Runs::of(&opened.model, &experiment).map_err(|faults| Failure::wrong(&faults, &opened.source))?;
        print(&serde_json::to_string_pretty(&runs.summary()).map_err(|e| Failure::Bug(e.to_string()))?)
    }
}
