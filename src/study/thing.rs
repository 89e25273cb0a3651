//! A thing is what an author names: what is known of each kind of things that a study has several of.

use indexmap::IndexMap;

use super::Study;
use crate::diagnostic::{Diagnostic, suggest};

/// A kind of thing that a study has several of.
pub struct Kind {
    /// What messages call one of them: `stage`.
    pub noun: &'static str,
    /// The key at the top of a study under which they stand: `stages`.
    pub root: &'static str,
    /// All of them, in the order of the file.
    pub things: Things,
    /// Where else they are named, and the words of the language that mean something else there. In a pattern `*` is any
    /// name, and `[]` any item of a list. One that ends in `*` means the keys that stand there, any other one the text.
    pub named: &'static [(&'static str, &'static [&'static str])],
    /// What tells one from another where neither name nor order counts, so that renaming moves no random draw.
    pub shape: Shape,
    /// How many there may be, and what to do where there are more; each adds work or memory for every other.
    pub most: Option<(usize, &'static str)>,
    /// Whether each is a difference from the study, so that the numbers in it are its own.
    pub differs: bool,
    /// Whether all of them work together, so that none is judged where anything in one is wrong.
    pub whole: bool,
}

/// The things of a kind.
#[derive(Clone, Copy)]
pub enum Things {
    /// Those of a table, by name.
    Named(fn(&Study) -> Vec<Thing<'_>>),
    /// Those of a list: how many there are. Each is known by its place, counted from 0.
    Listed(fn(&Study) -> usize),
}

/// A thing with a name.
#[derive(Clone, Copy)]
pub struct Thing<'s> {
    /// Its key.
    pub name: &'s str,
    /// What people call it, where the author says so.
    pub title: Option<&'s str>,
}

/// What tells things of a kind from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What stands in them; names in it count by the shape of what they name, numbers and titles do not count.
    /// It may name things of the kinds in rows above; others all count the same.
    Contents,
    /// Stages alone: what stands in them, and what they lead to.
    Journey,
    /// Where they are named in stages that customers can come to.
    Uses,
    /// Nothing: this number stands for each of them, for ever.
    Alike(u64),
    /// Their place in the list.
    Place,
}

/// A name as it stands in a study.
#[derive(Clone, Copy)]
pub struct Name {
    /// The kind of thing that has it.
    pub kind: &'static Kind,
    /// The words of the language that mean something else in its place.
    pub words: &'static [&'static str],
}

impl Name {
    /// The kind of thing that something written there names; none where it is a word of the language.
    pub fn kind_of(self, written: &str) -> Option<&'static Kind> {
        (!self.words.contains(&written)).then_some(self.kind)
    }
}

/// A row to begin with: things of a table that count by what stands in them.
pub(super) const KIND: Kind = Kind {
    noun: "",
    root: "",
    things: Things::Listed(|_| 0),
    named: &[],
    shape: Shape::Contents,
    most: None,
    differs: false,
    whole: false,
};

impl Kind {
    /// How many there are.
    pub fn count(&self, study: &Study) -> usize {
        match self.things {
            Things::Named(all) => all(study).len(),
            Things::Listed(count) => count(study),
        }
    }

    /// Those that have a name, in the order of the file.
    pub fn all<'s>(&self, study: &'s Study) -> Vec<Thing<'s>> {
        match self.things {
            Things::Named(all) => all(study),
            Things::Listed(_) => Vec::new(),
        }
    }

    /// The fault of a name that nothing of this kind has.
    pub fn missing(&self, name: &str) -> Diagnostic {
        Diagnostic::error(format!("there is no {} `{name}`", self.noun))
    }

    /// What may be meant by such a name: the nearest of this kind, or all there are.
    pub fn suggest(&self, name: &str, study: &Study) -> String {
        suggest(name, self.all(study).iter().map(|thing| thing.name))
    }
}

/// The things of a table.
pub(super) fn things<'s, T>(table: &'s IndexMap<String, T>, title: fn(&'s T) -> Option<&'s str>) -> Vec<Thing<'s>> {
    table.iter().map(|(name, its)| Thing { name, title: title(its) }).collect()
}
