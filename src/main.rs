//! The `polku` command.

use std::process::ExitCode;

use polku::cli::Cli;

fn main() -> ExitCode {
    match Cli::asked().and_then(Cli::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.code())
        }
    }
}
