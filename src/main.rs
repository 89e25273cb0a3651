//! The `polku` command.

use std::process::ExitCode;

use clap::Parser;
use polku::cli::{Cli, output::tell};

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&failure.message().unwrap_or_default());
            ExitCode::from(failure.code())
        }
    }
}
