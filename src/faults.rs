//! Faults are everything that stands in the way of something, told at once: a list of diagnostics that is an error.

use std::fmt;
use std::ops::Deref;

use crate::diagnostic::{Diagnostic, Place, Severity};

/// What kind of thing stands in the way; a command line has an exit code for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// The study is wrong.
    #[default]
    Wrong,
    /// A file cannot be read or written.
    Unreadable,
    /// A limit of size or memory was passed.
    Limit,
    /// Whoever watches the run stopped it.
    Stopped,
    /// A fault of polku.
    Internal,
}

/// Everything that stands in the way, as one error. It derefs to its diagnostics; warnings may be among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// What kind of thing it is.
    pub cause: Cause,
    /// The file that places point into, as it was named; empty where there is none.
    pub file: String,
    list: Vec<Diagnostic>,
}

impl Faults {
    /// What is wrong with a study of this name.
    pub fn wrong(file: impl Into<String>, list: Vec<Diagnostic>) -> Self {
        Self { cause: Cause::Wrong, file: file.into(), list }
    }

    /// One thing that has no place in a file.
    pub fn one(cause: Cause, what: Diagnostic) -> Self {
        Self { cause, file: String::new(), list: vec![what] }
    }

    /// The diagnostics, given away.
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

impl Deref for Faults {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.list
    }
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, fault) in self.list.iter().enumerate() {
            if nth > 0 {
                f.write_str("\n")?;
            }
            let severity = match fault.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            write!(f, "{severity}: {}", fault.what)?;
            fault.places.iter().try_for_each(|place| self.place(f, place))?;
            for (name, text) in [("why", &fault.why), ("help", &fault.help)] {
                if !text.is_empty() {
                    write!(f, "\n  {name}: {text}")?;
                }
            }
        }
        Ok(())
    }
}

impl Faults {
    /// A line that says where: file, line, column, path, and what stands there.
    fn place(&self, f: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
        f.write_str("\n  at: ")?;
        f.write_str(if self.file.is_empty() { "the study" } else { &self.file })?;
        if place.line > 0 {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        if !place.path.is_empty() {
            write!(f, " `{}`", place.path)?;
        }
        if place.label.is_empty() { Ok(()) } else { write!(f, " ({})", place.label) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_an_error_that_says_where_why_and_how_to_fix_it() {
        let mut first = Diagnostic::error("the chances add up to 1.08")
            .at_with("stages.trial.to.paid", "0.30")
            .at("")
            .why("two of them grew")
            .help("give odds");
        (first.places[0].line, first.places[0].column) = (41, 3);
        let faults = Faults::wrong("onboarding.toml", vec![first, Diagnostic::warning("nothing uses `x`")]);
        let error: Box<dyn std::error::Error> = Box::new(faults.clone());
        assert_eq!(
            error.to_string(),
            "error: the chances add up to 1.08\n  at: onboarding.toml:41:3 `stages.trial.to.paid` (0.30)\n  \
             at: onboarding.toml\n  why: two of them grew\n  help: give odds\nwarning: nothing uses `x`"
        );
        assert_eq!((faults.len(), faults[1].severity), (2, Severity::Warning));
    }
}
