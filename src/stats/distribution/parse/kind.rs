//! What a number may be, and why a text is not a distribution.

use std::fmt;

use super::meant::meant;
use crate::stats::distribution::Distribution;

/// What a number may be, which decides what law an interval such as `0.05 to 0.09` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Between 0 and 1: a logit-normal law.
    Chance,
    /// Above 0: a log-normal law.
    Positive,
    /// Any number: a normal law.
    Real,
}

/// Why a text is not a distribution, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {help}")]
pub struct DistributionError {
    /// What is wrong.
    pub what: String,
    /// How to fix it.
    pub help: String,
}

/// What a text comes to.
pub type Parsed = Result<Distribution, DistributionError>;

/// A finite number; `_` may part its digits.
pub fn number(text: &str) -> Result<f64, DistributionError> {
    let text = text.trim();
    let plain = text.replace('_', "");
    match plain.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        Ok(_) => fault(format!("`{text}` is not a finite number"), "give a finite number"),
        Err(_) => Err(not_a_number(text)),
    }
}

/// Why a text is not a number, with the one that was meant, where that can be told.
pub fn not_a_number(text: &str) -> DistributionError {
    let text = text.trim();
    let help = match meant(text) {
        Some(meant) => meant.help(),
        None => "write a number (0.07), a 90 % interval (`0.05 to 0.09`) or a distribution (`beta(2, 5)`)".to_owned(),
    };
    DistributionError { what: format!("`{text}` is neither a number nor a distribution"), help }
}

/// A law as a study names it.
pub struct Law {
    /// Its name.
    pub name: &'static str,
    /// Ways to write it, the plainest first.
    pub examples: &'static [&'static str],
}

impl Law {
    /// How it is written, for messages.
    pub fn example(&self) -> String {
        match self.examples.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => self.examples.concat(),
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The fault of a text, and how to fix it.
pub fn fault<T>(what: impl Into<String>, help: impl AsRef<str>) -> Result<T, DistributionError> {
    Err(DistributionError { what: what.into(), help: help.as_ref().to_owned() })
}
