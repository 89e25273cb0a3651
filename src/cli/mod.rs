//! The command line: the only floor that prints.

pub mod annotations;
pub mod check;
pub mod completions;
pub mod exact;
pub mod explain;
pub mod failure;
pub mod finding;
pub mod form;
pub mod gate;
pub mod interrupt;
pub mod junit;
pub mod man;
pub mod new;
pub mod open;
pub mod output;
pub mod pace;
pub mod repeat;
pub mod replay;
pub mod run;
pub mod schema;
pub mod settings;
pub mod stderr;
pub mod whole;

use clap::{CommandFactory, Parser, Subcommand};

use failure::Failure;

use crate::legible::is_illegible;

/// Simulates customer journeys and compares roadmap scenarios on retention and revenue.
#[derive(Debug, Parser)]
#[command(name = "polku", version, about, long_about = None, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Simulate all scenarios of a study and compare them
    Run(run::Run),
    /// Find every fault of studies
    Check(check::Check),
    /// Print the exact expectations of a study, or why it has none
    Exact(exact::Exact),
    /// Print one customer's life, period by period, as CSV
    Replay(replay::Replay),
    /// Write a commented study to start from
    New(new::New),
    /// Print the JSON Schema of the study language, or of what a run writes
    Schema(schema::Schema),
    /// Print the manual page, as man reads it
    Man,
    /// Print completions for a shell
    Completions(completions::Completions),
}

impl Cli {
    /// What was asked for on the command line. Help is printed and ends the program, as does what cannot be understood.
    ///
    /// # Errors
    /// What cannot be understood, where it has characters that a terminal must not see.
    pub fn asked() -> Result<Self, Failure> {
        Self::try_parse().map_err(|fault| {
            if std::env::args_os().any(|argument| argument.to_string_lossy().contains(is_illegible)) {
                // What clap colours cannot be told from what was given.
                let told = fault.to_string();
                return Failure::Usage(told.trim_start_matches("error: ").trim_end().to_owned());
            }
            fault.exit()
        })
    }

    /// Does what was asked.
    ///
    /// # Errors
    /// What went wrong, with its exit code.
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::Run(verb) => verb.run(),
            Verb::Check(verb) => verb.run(),
            Verb::Exact(verb) => verb.run(),
            Verb::Replay(verb) => verb.run(),
            Verb::New(verb) => verb.run(),
            Verb::Schema(verb) => verb.run(),
            Verb::Man => man::run(Self::command()),
            Verb::Completions(verb) => verb.run(Self::command()),
        }
    }
}
