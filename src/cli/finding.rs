//! A finding is what a check found of one study.

use serde_json::Value;

use super::explain::to_json;
use super::failure::Failure;
use super::gate::Gated;
use crate::diagnostic::{Diagnostic, Severity};
use crate::study::source::Source;

/// What was found of one study.
#[derive(Debug)]
pub struct Finding {
    /// The file's name as it was given.
    pub file: String,
    /// The study, where it can be read.
    pub source: Option<Source>,
    /// Its faults and warnings, in their places.
    pub diagnostics: Vec<Diagnostic>,
    /// How its targets stand, where that was asked.
    pub gated: Option<Gated>,
    /// Why the check has failed.
    pub failure: Option<Failure>,
}

impl Finding {
    /// Of a file of this name nothing is known.
    pub fn of(file: String) -> Self {
        Self { file, source: None, diagnostics: Vec::new(), gated: None, failure: None }
    }

    /// Whether the study is wrong.
    pub fn is_wrong(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// What kept the check from an answer, where neither faults nor targets say it.
    pub fn obstacle(&self) -> Option<&str> {
        let text = self.failure.as_ref().map_or("", Failure::text);
        (self.gated.is_none() && !text.is_empty()).then_some(text)
    }

    /// For scripts; none where the study cannot be read.
    pub fn json(&self) -> Option<Value> {
        let mut object = to_json(&self.diagnostics, self.source.as_ref()?);
        if let Some(gated) = &self.gated {
            object["gate"] = gated.to_json();
        }
        if let Some(obstacle) = self.obstacle() {
            object["failure"] = obstacle.into();
        }
        Some(object)
    }
}
