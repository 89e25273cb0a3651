//! A remark says where a number comes from: `source`, `note` and `owner`, in any table of the language or beside a number.
//!
//! Remarks are taken out of the document before anything else reads it (`apart.rs`), so that they can change no result.

use std::collections::BTreeMap;

use super::path::ParamPath;

/// The key of a number that has remarks beside it: `{ value = 0.05, source = "CRM, 2025" }`.
pub const VALUE: &str = "value";
/// The keys of a remark.
pub const KEYS: [&str; 3] = ["source", "note", "owner"];

/// What is said of a number, or of all numbers of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// Where it comes from.
    pub source: Option<String>,
    /// What else a reader should know.
    pub note: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// The remarks of a study, by the paths that they are written at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remarks {
    all: BTreeMap<ParamPath, Remark>,
}

impl Remark {
    /// The part of a key; none where it is no key of a remark.
    pub fn part(&mut self, key: &str) -> Option<&mut Option<String>> {
        match key {
            "source" => Some(&mut self.source),
            "note" => Some(&mut self.note),
            "owner" => Some(&mut self.owner),
            _ => None,
        }
    }

    /// This remark, with what only the other one says.
    fn or(self, other: &Self) -> Self {
        Self {
            source: self.source.or_else(|| other.source.clone()),
            note: self.note.or_else(|| other.note.clone()),
            owner: self.owner.or_else(|| other.owner.clone()),
        }
    }
}

impl Remarks {
    /// What is said of a number: by itself, or else of the tables that it stands in, each part by the nearest.
    pub fn at(&self, path: &ParamPath) -> Remark {
        let mut said = Remark::default();
        let mut here = (!self.all.is_empty()).then(|| path.clone());
        while let Some(path) = here {
            if let Some(remark) = self.all.get(&path) {
                said = said.or(remark);
            }
            here = path.parent();
        }
        said
    }

    /// Notes what is said at a path, if anything is.
    pub fn put(&mut self, path: &ParamPath, remark: Remark) {
        if remark != Remark::default() {
            self.all.insert(path.clone(), remark);
        }
    }
}
