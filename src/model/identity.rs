//! Who is who when names and order do not count: the shape of things.
//!
//! Luck must not move when a stage is renamed, when tables of the file change places, or when an unused
//! stage is added. So nothing that draws is known to the generator by its name or its place in the file,
//! but by its *shape*: which keys it has and what it is connected to, names and numbers left out. Shapes are
//! found by colour refinement (Weisfeiler & Leman 1968): a stage starts with the colour of its own keys, and
//! takes in the colours of the stages that it leads to until everything within reach has been seen. Twins of
//! the same shape are told apart by their numbers, and last by their order in the file.

pub mod hash;
mod journey;
mod shapes;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeSet;
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value;

use super::idle::Idle;
use crate::study::Study;
use crate::study::names::{INITIATIVES, Kind, SEGMENTS, SHOCKS, STAGES, TAGS, TRAITS};
use crate::study::path::{ParamPath as Path, Step};

use hash::mix;
use journey::reached;
use shapes::Shapes;
use written::{json, measures, numbers, under_names};

/// Who is who in a study.
pub struct Identity {
    shapes: Shapes,
    /// The stages in canonical order.
    stage_order: Rc<[String]>,
    /// The segments in canonical order.
    segment_order: Rc<[String]>,
    /// The numbers of each trait, which tell it from those of its shape.
    trait_numbers: IndexMap<String, u64>,
    /// Of some kinds, by their roots, the things that can matter: the stages that customers can come to, and the initiatives
    /// that a scenario may start.
    used: IndexMap<&'static str, BTreeSet<String>>,
    /// What is written, without the changes that do nothing.
    written: Value,
}

impl Identity {
    /// Finds the shapes of a study.
    pub fn of(study: &Study) -> Self {
        let mut study = study.clone();
        let idle = Idle::strip(&mut study);
        // What is counted moves no draw.
        study.tags.values_mut().for_each(|tag| tag.cut = None);
        let written = json(&study);
        let shapes = Shapes::of(&study, &written, idle);
        let identity = Self {
            stage_order: Rc::new([]),
            segment_order: Rc::new([]),
            trait_numbers: IndexMap::new(),
            used: used(&study),
            shapes,
            written: Value::Null,
        };
        Self {
            stage_order: identity.ordered_stages(&study, &written),
            segment_order: identity.ordered_segments(&study, &written),
            trait_numbers: identity.numbers_of_traits(&written),
            written,
            ..identity
        }
    }

    /// The stages in canonical order: retained ones first, those that nothing leads out of last, then by shape.
    ///
    /// A low draw is then luck and a high one misfortune wherever a customer is, which keeps the luck of a
    /// customer comparable between scenarios even after the paths have parted.
    pub fn stage_order(&self) -> Rc<[String]> {
        Rc::clone(&self.stage_order)
    }

    /// The segments in canonical order: by shape, twins by their numbers.
    pub fn segment_order(&self) -> Rc<[String]> {
        Rc::clone(&self.segment_order)
    }

    /// The luck number of a trait.
    pub fn trait_luck(&self, name: &str) -> u64 {
        self.shapes.of_thing(&TRAITS, name)
    }

    /// What tells a trait from those of its shape: all numbers of its laws, and its weights where it drives.
    pub fn trait_numbers(&self, name: &str) -> u64 {
        self.trait_numbers.get(name).copied().unwrap_or(0)
    }

    /// The luck of a shock, by its place in the file: its shape, twins by their order in the file.
    pub fn of_shock(&self, place: usize) -> u64 {
        self.shapes.of_thing(&SHOCKS, &place.to_string())
    }

    /// The things of a kind in canonical order, each with its luck number: by shape, twins by their numbers, then by where
    /// they drive (what drives shares one set of names with traits), by what is measured of them, and last by their order in
    /// the file.
    pub fn lucks(&self, kind: &Kind) -> Vec<(String, u32)> {
        let key = |name: &String| {
            let (shape, numbers) = self.told_apart(kind, name, &self.written);
            let site = self.shapes.sites().top().key(kind.root).key(name);
            let measures = measures(site, &self.written[kind.root][name]);
            let [luck, its_numbers] = self.driving(kind, name);
            [shape, numbers, luck, its_numbers, measures]
        };
        let names = self.written[kind.root].as_object().into_iter().flatten().map(|(name, _)| name);
        let mut order: Vec<([u64; 5], &String)> = names.map(|name| (key(name), name)).collect();
        order.sort_by_key(|(key, _)| *key);
        let luck = |(at, ([shape, ..], name)): (usize, &([u64; 5], &String))| {
            let twins = order[..at].iter().rev().take_while(|(other, _)| other[0] == *shape).count() as u64;
            #[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
            let luck = mix(*shape, twins + 1) as u32;
            ((*name).clone(), luck)
        };
        order.iter().enumerate().map(luck).collect()
    }

    /// Where something drives, and with which numbers: a tag drives by its classes.
    fn driving(&self, kind: &Kind, name: &str) -> [u64; 2] {
        if kind.root != TAGS.root {
            return [self.trait_luck(name), self.trait_numbers(name)];
        }
        let classes = self.written[kind.root][name]["bands"].as_object().into_iter().flatten();
        let classes = classes.map(|(class, _)| format!("{name}.{class}"));
        classes.fold([0; 2], |[luck, numbers], class| {
            [mix(luck, self.trait_luck(&class)), mix(numbers, self.trait_numbers(&class))]
        })
    }

    /// The shape of a path: every name in it replaced by the shape of what it names.
    pub fn of_path(&self, path: &Path) -> u64 {
        self.shapes.of_path(path)
    }

    /// Whether what a path names can matter: twins that cannot take no luck from those that can.
    pub fn is_used(&self, path: &Path) -> bool {
        match &path.steps[..] {
            [Step::Name(root), Step::Name(name), ..] => {
                self.used.get(root.as_str()).is_none_or(|used| used.contains(name))
            }
            _ => true,
        }
    }

    fn ordered_stages(&self, study: &Study, written: &Value) -> Rc<[String]> {
        let mut order: Vec<(bool, bool, u64, u64, &String)> = study
            .stages
            .iter()
            .map(|(name, stage)| {
                let absorbing = stage.to.is_empty();
                let (shape, numbers) = self.told_apart(&STAGES, name, written);
                (!stage.retained.unwrap_or(!absorbing), absorbing, shape, numbers, name)
            })
            .collect();
        order.sort_by_key(|&(lost, absorbing, shape, numbers, _)| (lost, absorbing, shape, numbers));
        order.into_iter().map(|(.., name)| name.clone()).collect()
    }

    fn ordered_segments(&self, study: &Study, written: &Value) -> Rc<[String]> {
        let mut order: Vec<&String> = study.segments.keys().collect();
        order.sort_by_cached_key(|name| self.told_apart(&SEGMENTS, name, written));
        order.into_iter().cloned().collect()
    }

    /// The shape of a thing, and its numbers.
    fn told_apart(&self, kind: &Kind, name: &str, written: &Value) -> (u64, u64) {
        let site = self.shapes.sites().top().key(kind.root).key(name);
        (self.shapes.of_thing(kind, name), numbers(site, &written[kind.root][name]))
    }

    /// Of every trait: what it is itself, its law in each segment, and its weights wherever it drives.
    fn numbers_of_traits(&self, written: &Value) -> IndexMap<String, u64> {
        let under = under_names(self.shapes.sites().top(), written, &TRAITS);
        let of_trait = |(name, mut found): (String, Vec<u64>)| {
            // One that only segments bring has none of its own.
            found.extend(written[TRAITS.root].get(&name).is_none().then_some(0));
            found.sort_unstable();
            (name, found.into_iter().fold(16, mix))
        };
        under.into_iter().map(of_trait).collect()
    }
}

/// The things of a study that can matter, by the root of their kind.
fn used(study: &Study) -> IndexMap<&'static str, BTreeSet<String>> {
    let planned = study.scenarios.values().flat_map(|scenario| {
        let rules = scenario.rules.iter().flat_map(|rule| &rule.then.initiatives);
        scenario.initiatives.keys().chain(rules).cloned()
    });
    let stages = reached(study).into_iter().cloned();
    IndexMap::from([(STAGES.root, stages.collect()), (INITIATIVES.root, planned.collect())])
}
