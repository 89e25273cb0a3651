//! A mention is a path that a file names: in a `use`, in code, in what a macro is given; whatever it is called there.

use std::collections::HashMap;

use syn::visit::Visit;
use syn::{Item, ItemExternCrate, ItemUse, UseTree};

use super::walk::File;

/// A path that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// From the root on: `crate`, `engine`, `lanes`; or `std`, `fs`, `write`.
    pub path: Vec<String>,
    /// The line that it stands in.
    pub line: usize,
}

/// All paths that a file names; those of its own modules begin with `crate`.
pub fn mentions(file: &File) -> Vec<Mention> {
    let mut uses = Uses { module: &file.module, names: HashMap::new(), found: Vec::new() };
    for item in &file.items {
        if let Item::Mod(inner) = item {
            let mut path = here(&file.module);
            path.push(inner.ident.to_string());
            uses.names.insert(inner.ident.to_string(), path);
        }
    }
    file.items.iter().for_each(|item| uses.visit_item(item));
    let Uses { names, mut found, .. } = uses;
    let mut at = 0;
    while at < file.words.len() {
        let (path, length) = path_at(&file.words[at..]);
        let mut after = length.max(1);
        if length > 0 {
            let line = file.words[at].1;
            // What a `use` names was found above; and a name alone is something that the file has, or has found by a `use`.
            let follows = |word: &str| at > 0 && file.words[at - 1].0 == word;
            if follows("use") {
                after = file.words[at..].iter().position(|(word, _)| word == ";").unwrap_or(after);
            } else if length > 1 {
                found.extend(full(&path, &file.module, &names).map(|path| Mention { path, line }));
            }
        }
        at += after;
    }
    found
}

/// The path that some words begin with, and how many words it has; none where they begin with something else.
fn path_at(words: &[(String, usize)]) -> (Vec<String>, usize) {
    let is_name = |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mut path = Vec::new();
    let mut length = 0;
    while let Some((word, _)) = words.get(length).filter(|(word, _)| is_name(word)) {
        path.push(word.clone());
        length += 1;
        let more = words.get(length..length + 3);
        match more {
            Some([(a, _), (b, _), (c, _)]) if a == ":" && b == ":" && is_name(c) => length += 2,
            _ => break,
        }
    }
    (path, length)
}

fn here(module: &[String]) -> Vec<String> {
    std::iter::once("crate".to_owned()).chain(module.iter().cloned()).collect()
}

/// A path from the root on; none where its first name is a local one.
fn full(path: &[String], module: &[String], names: &HashMap<String, Vec<String>>) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => vec!["crate".to_owned()],
        "self" if !rest.is_empty() => here(module),
        "super" => {
            let mut base = here(module);
            base.pop();
            base
        }
        name => match names.get(name) {
            Some(known) => known.clone(),
            // A name of a crate, or of something that the file has itself.
            None => vec![name.to_owned()],
        },
    };
    for name in rest {
        if name == "super" {
            base.pop();
        } else {
            base.push(name.clone());
        }
    }
    Some(base)
}

/// What a file's `use` lines name, and by which names.
struct Uses<'a> {
    module: &'a [String],
    names: HashMap<String, Vec<String>>,
    found: Vec<Mention>,
}

impl Uses<'_> {
    fn tree(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(its) => {
                path.push(its.ident.to_string());
                self.tree(&its.tree, path);
            }
            UseTree::Group(its) => its.items.iter().for_each(|tree| self.tree(tree, path.clone())),
            UseTree::Name(its) => {
                let name = its.ident.to_string();
                let line = its.ident.span().start().line;
                self.take(path, &name, &name, line);
            }
            UseTree::Rename(its) => {
                let line = its.ident.span().start().line;
                self.take(path, &its.ident.to_string(), &its.rename.to_string(), line);
            }
            UseTree::Glob(its) => {
                let line = its.star_token.spans[0].start().line;
                self.take(path, "*", "*", line);
            }
        }
    }

    fn take(&mut self, mut path: Vec<String>, name: &str, called: &str, line: usize) {
        let called = if called == "self" { path.last().cloned().unwrap_or_default() } else { called.to_owned() };
        if name != "self" || path.is_empty() {
            path.push(name.to_owned());
        }
        if let Some(path) = full(&path, self.module, &self.names) {
            self.names.insert(called, path.clone());
            self.found.push(Mention { path, line });
        }
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item_use(&mut self, its: &'ast ItemUse) {
        self.tree(&its.tree, Vec::new());
    }

    fn visit_item_extern_crate(&mut self, its: &'ast ItemExternCrate) {
        let name = its.ident.to_string();
        let path = vec![if name == "self" { "crate".to_owned() } else { name.clone() }];
        let called = its.rename.as_ref().map_or(name, |(_, name)| name.to_string());
        self.names.insert(called, path.clone());
        self.found.push(Mention { path, line: its.ident.span().start().line });
    }
}
