//! Where output goes: standard output.

use std::io::Write;

use super::failure::Failure;
use crate::legible;

/// Prints text to standard output, to the last byte; what is not legible is written out.
///
/// # Errors
/// A failure of writing; a closed pipe is one that says nothing.
pub fn print(text: &str) -> Result<(), Failure> {
    to_stdout(&legible::lines(text))
}

/// Prints JSON to standard output, in which what is not legible is written as JSON writes it.
///
/// # Errors
/// Those of [`print()`].
pub fn print_json(text: &str) -> Result<(), Failure> {
    to_stdout(&legible::json(text))
}

fn to_stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|fault| Failure::writing("to standard output", &fault))
}
