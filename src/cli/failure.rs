//! A failure is what a command ends with when it cannot do its work: a message and an exit code.

use std::io;

use super::explain::explain;
use super::stderr::{colour, tell, tell_explained};
use crate::diagnostic::{Diagnostic, brief};
use crate::faults::{Cause, Faults};
use crate::files::file::reason;
use crate::study::source::Source;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// A gate failed: exit code 1.
    Missed(String),
    /// A gate has too few replications to tell: exit code 6.
    Undecided(String),
    /// It was asked wrongly: exit code 2.
    Usage(String),
    /// A study is wrong; the message is complete: exit code 3.
    Wrong(String),
    /// A limit was passed: exit code 4.
    Limit(String),
    /// Something could not be read or written: exit code 5.
    Unreadable(String),
    /// The reader of our output has gone: no error.
    PipeClosed,
    /// A fault of ours: exit code 70.
    Bug(String),
}

impl Failure {
    /// The exit code, as the README lists them.
    pub fn code(&self) -> u8 {
        match self {
            Self::PipeClosed => 0,
            Self::Missed(_) => 1,
            Self::Usage(_) => 2,
            Self::Wrong(_) => 3,
            Self::Limit(_) => 4,
            Self::Unreadable(_) => 5,
            Self::Undecided(_) => 6,
            Self::Bug(_) => 70,
        }
    }

    /// How much it weighs beside the failures of other studies: what could not be looked at at all weighs more than what
    /// is wrong, and both more than what was asked and not met.
    pub fn weight(&self) -> u8 {
        match self {
            Self::PipeClosed => 0,
            Self::Undecided(_) => 1,
            Self::Missed(_) => 2,
            Self::Usage(_) => 3,
            Self::Limit(_) => 4,
            Self::Wrong(_) => 5,
            Self::Unreadable(_) => 6,
            Self::Bug(_) => 7,
        }
    }

    /// What it says; nothing where that has been told.
    pub fn text(&self) -> &str {
        match self {
            Self::PipeClosed => "",
            Self::Missed(text)
            | Self::Undecided(text)
            | Self::Usage(text)
            | Self::Wrong(text)
            | Self::Limit(text)
            | Self::Unreadable(text)
            | Self::Bug(text) => text,
        }
    }

    /// Tells it on standard error; nothing where nobody listens any more.
    pub fn tell(&self) {
        match self {
            Self::PipeClosed => {}
            Self::Wrong(text) => tell_explained(text),
            Self::Missed(text) | Self::Undecided(text) => tell(&format!("{text}\n")),
            Self::Usage(text) | Self::Limit(text) | Self::Unreadable(text) => {
                tell(&format!("error: {}\n", brief(text)));
            }
            Self::Bug(text) => tell(&format!("internal error in polku, not in your study: {text}\n")),
        }
    }

    /// The failure of a study that is wrong.
    pub fn wrong(faults: &[Diagnostic], source: &Source) -> Self {
        Self::Wrong(explain(faults, source, colour()))
    }

    /// The failure of writing somewhere.
    pub fn writing(what: &str, fault: &io::Error) -> Self {
        if fault.kind() == io::ErrorKind::BrokenPipe {
            return Self::PipeClosed;
        }
        Self::Unreadable(format!("cannot write {what}: {}", reason(fault)))
    }
}

impl Failure {
    /// The failure of a study that cannot be read or run, with the places that its source knows.
    pub fn of(faults: Faults, source: &Source) -> Self {
        match faults.cause {
            Cause::Wrong | Cause::Stopped => {
                let mut list = faults.into_list();
                source.locate_all(&mut list);
                Self::wrong(&list, source)
            }
            _ => Self::from(faults),
        }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        // Its first line is headed by what kind of failure it is.
        let text = || faults.to_string().trim_start_matches("error: ").to_owned();
        match faults.cause {
            Cause::Unreadable => Self::Unreadable(text()),
            Cause::Limit => Self::Limit(text()),
            Cause::Internal => Self::Bug(text()),
            Cause::Wrong | Cause::Stopped => Self::Wrong(faults.to_string()),
        }
    }
}
