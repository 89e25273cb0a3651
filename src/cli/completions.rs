//! `polku completions` prints completions for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use super::failure::Failure;
use super::output::print;

/// Which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the completions of a command.
    ///
    /// # Errors
    /// A failure of writing.
    pub fn run(self, mut command: Command) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "polku", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
