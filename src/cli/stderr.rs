//! Standard error: messages for people, which nobody has to read.

use std::io::{self, IsTerminal, Write};

use super::explain::Colour;
use crate::legible;

/// Whether messages on standard error are coloured: on a terminal, unless `NO_COLOR` is set.
pub fn colour() -> Colour {
    let wanted = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted { Colour::Ansi } else { Colour::Plain }
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
