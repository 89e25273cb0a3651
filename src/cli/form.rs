//! The forms in which findings are shown: to people, to scripts, to GitHub and to build servers.

use clap::ValueEnum;
use serde_json::Value;

use super::annotations::annotations;
use super::finding::Finding;
use super::junit::junit;

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Text for people
    Text,
    /// JSON: a list with an object for each study that can be read
    Json,
    /// Annotations of a GitHub workflow: `::error file=…,line=…::…`
    Github,
    /// XML of test results, as build servers read it
    Junit,
}

impl Form {
    /// All findings, for machines.
    pub fn show(self, findings: &[Finding]) -> String {
        match self {
            Self::Text => String::new(),
            Self::Json => format!("{:#}\n", findings.iter().filter_map(Finding::json).collect::<Value>()),
            Self::Github => findings.iter().map(annotations).collect(),
            Self::Junit => junit(findings),
        }
    }
}
