//! Standard error: messages for people, which nobody has to read.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use super::explain::Colour;
use crate::legible;

/// Whether messages on standard error are coloured: on a terminal, by the conventions of `NO_COLOR`, `CLICOLOR_FORCE` and
/// `CLICOLOR` (<https://no-color.org>, <https://bixense.com/clicolors>), as those of the arguments' parser are.
pub fn colour() -> Colour {
    if AutoStream::choice(&io::stderr()) == ColorChoice::Never { Colour::Plain } else { Colour::Ansi }
}

/// Tells something on standard error; if nobody can hear it, nobody misses it. What is not legible is written out.
pub fn tell(text: &str) {
    to_stderr(&legible::lines(text));
}

/// Tells what [`explain`](super::explain::explain) made, with its colours.
pub fn tell_explained(text: &str) {
    to_stderr(&legible::coloured(text));
}

fn to_stderr(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
