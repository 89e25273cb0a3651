//! The graph of files: which of them imports from which.

use std::collections::{BTreeMap, BTreeSet};

use super::mentions::{Mention, mentions};
use super::walk::File;

/// What files import from each other.
pub struct Graph {
    /// By file: the files that it imports from, and the first line in which it does.
    pub imports: BTreeMap<String, BTreeMap<String, usize>>,
    /// Imports that lead through the crate root, or nowhere.
    pub lost: Vec<String>,
}

impl Graph {
    /// That of some files.
    pub fn of(files: &[File]) -> Self {
        let places: BTreeMap<&[String], &str> =
            files.iter().map(|file| (file.module.as_slice(), file.path.as_str())).collect();
        let mut graph = Self { imports: BTreeMap::new(), lost: Vec::new() };
        for file in files {
            let own = graph.imports.entry(file.path.clone()).or_default();
            for Mention { path, line } in mentions(file) {
                let Some(("crate", inner)) = path.split_first().map(|(first, rest)| (first.as_str(), rest)) else {
                    continue;
                };
                match (1..=inner.len()).rev().find_map(|end| places.get(&inner[..end])) {
                    Some(place) if *place == file.path => {}
                    Some(place) => {
                        own.entry((*place).to_owned()).or_insert(line);
                    }
                    None => graph.lost.push(format!("{}:{line} goes through the crate root", file.path)),
                }
            }
        }
        graph
    }

    /// The circles: files each of which needs all others of its circle, the largest first.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let reach: BTreeMap<&String, BTreeSet<&String>> =
            self.imports.keys().map(|file| (file, self.reach(file))).collect();
        let mut known: BTreeSet<&String> = BTreeSet::new();
        let mut circles = Vec::new();
        for (file, reached) in &reach {
            if !reached.contains(file) || !known.insert(file) {
                continue;
            }
            let circle: Vec<String> = reached
                .iter()
                .filter(|other| reach.get(**other).is_some_and(|back| back.contains(*file)))
                .map(|its| (*its).clone())
                .collect();
            known.extend(reached.iter().filter(|its| circle.contains(its)));
            circles.push(circle);
        }
        circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
        circles
    }

    /// Every file that can be reached from one.
    fn reach(&self, from: &str) -> BTreeSet<&String> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&String> = self.imports.get(from).into_iter().flat_map(BTreeMap::keys).collect();
        while let Some(file) = next.pop() {
            if found.insert(file) {
                next.extend(self.imports.get(file).into_iter().flat_map(BTreeMap::keys));
            }
        }
        found
    }
}
