//! Who is who when names and order do not count: the shape of things.
//!
//! Luck must not move when a stage is renamed, when tables of the file change places, or when an unused
//! stage is added. So nothing that draws is known to the generator by its name or its place in the file,
//! but by its *shape*: which keys it has and what it is connected to, names and numbers left out. Shapes are
//! found by colour refinement (Weisfeiler & Leman 1968): a stage starts with the colour of its own keys, and
//! takes in the colours of the stages that it leads to until everything within reach has been seen. Twins of
//! the same shape are told apart by their numbers, and last by their order in the file.

use std::collections::BTreeSet;
use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use serde_json::Value;

use super::idle::Idle;
use crate::study::Study;
use crate::study::path::ParamPath as Path;
use crate::study::world::Shock;

/// How many moves ahead a stage's shape looks; the same for every study, so that adding a stage changes no shape.
const REACH: usize = 32;

/// The shapes of everything in a study that has a name.
pub struct Identity {
    stages: IndexMap<String, u64>,
    segments: IndexMap<String, u64>,
    initiatives: IndexMap<String, u64>,
    scenarios: IndexMap<String, u64>,
    traits: IndexMap<String, u64>,
    capabilities: IndexMap<String, u64>,
    /// The luck of the shocks, in the order of the file.
    shocks: Vec<u64>,
    /// The stages that customers can come to, and the initiatives that a scenario may start.
    used: BTreeSet<String>,
    /// The segments in canonical order.
    segment_order: Rc<[String]>,
    /// The changes that do nothing, and so move no luck.
    idle: Idle,
}

impl Identity {
    /// Finds the shapes of a study.
    pub fn of(study: &Study) -> Self {
        let mut study = study.clone();
        let idle = Idle::strip(&mut study);
        Self::without_idle(&study, idle)
    }

    fn without_idle(study: &Study, idle: Idle) -> Self {
        let stages = stage_colours(study);
        let mut identity = Self {
            stages,
            segments: IndexMap::new(),
            initiatives: IndexMap::new(),
            scenarios: IndexMap::new(),
            traits: IndexMap::new(),
            capabilities: study.capabilities.keys().map(|name| (name.clone(), 15)).collect(),
            shocks: Vec::new(),
            used: used(study),
            segment_order: Rc::new([]),
            idle,
        };
        let stages = reached_stages(study);
        identity.traits = study
            .traits
            .keys()
            .chain(study.segments.values().flat_map(|s| s.traits.keys()))
            .collect::<IndexSet<_>>()
            .into_iter()
            .map(|name| (name.clone(), identity.uses_of_trait(&stages, name)))
            .collect();
        identity.segments = identity.of_all(&study.segments);
        identity.segment_order = identity.ordered_segments(study);
        identity.initiatives = identity.of_all(&study.initiatives);
        identity.scenarios = identity.of_all(&study.scenarios);
        identity.shocks = identity.of_shocks(&study.shocks);
        identity
    }

    /// The stages in canonical order: retained ones first, those that nothing leads out of last, then by shape.
    ///
    /// A low draw is then luck and a high one misfortune wherever a customer is, which keeps the luck of a
    /// customer comparable between scenarios even after the paths have parted.
    pub fn stage_order(&self, study: &Study) -> Vec<String> {
        let mut order: Vec<(bool, bool, u64, u64, &String)> = study
            .stages
            .iter()
            .map(|(name, stage)| {
                let absorbing = stage.to.is_empty();
                (!stage.retained.unwrap_or(!absorbing), absorbing, self.stages[name], numbers(stage), name)
            })
            .collect();
        order.sort_by_key(|&(lost, absorbing, shape, numbers, _)| (lost, absorbing, shape, numbers));
        order.into_iter().map(|(.., name)| name.clone()).collect()
    }

    /// The segments in canonical order: by shape, twins by their numbers.
    pub fn segment_order(&self) -> Rc<[String]> {
        Rc::clone(&self.segment_order)
    }

    fn ordered_segments(&self, study: &Study) -> Rc<[String]> {
        let mut order: Vec<(u64, u64, &String)> =
            study.segments.iter().map(|(name, segment)| (self.segments[name], numbers(segment), name)).collect();
        order.sort_by_key(|&(shape, numbers, _)| (shape, numbers));
        order.into_iter().map(|(.., name)| name.clone()).collect()
    }

    /// The luck number of a trait.
    pub fn trait_luck(&self, name: &str) -> u64 {
        self.traits.get(name).copied().unwrap_or(0)
    }

    /// What tells each of some traits apart from those of its shape: all numbers of their laws, and their weights where they drive.
    pub fn trait_numbers<'s>(study: &'s Study, names: impl Iterator<Item = &'s String>) -> Vec<u64> {
        let exits = study.stages.values().flat_map(|stage| stage.to.values().map(json));
        let purchases = study.stages.values().flat_map(|stage| stage.purchases.iter().map(json));
        let drivers: Vec<Value> =
            exits.chain(purchases).filter_map(|mut written| Some(written.get_mut("drivers")?.take())).collect();
        let of_trait = |name: &String| {
            let mut found = vec![study.traits.get(name).map_or(0, numbers)];
            found.extend(study.segments.values().filter_map(|segment| segment.traits.get(name)).map(numbers));
            found.extend(drivers.iter().filter_map(|drivers| drivers.get(name)).map(numbers));
            found.sort_unstable();
            found.into_iter().fold(16, mix)
        };
        names.map(of_trait).collect()
    }

    /// Whether what a path names can matter: twins that cannot take no luck from those that can.
    pub fn is_used(&self, path: &Path) -> bool {
        match path.names()[..] {
            [root @ ("stages" | "initiatives"), name, ..] => self.used.contains(&key(root, name)),
            _ => true,
        }
    }

    /// The shape of a path: every name in it replaced by the shape of what it names.
    pub fn of_path(&self, path: &Path) -> u64 {
        let names = path.names();
        let shape = |place: usize| self.named(&names[..=place]).unwrap_or_else(|| self.unnamed(&names[..=place]));
        (0..names.len()).map(shape).fold(0x9e37_79b9_7f4a_7c15, mix)
    }

    /// The shape of a word of the language, or of a place in a list, where changes that do nothing do not count.
    fn unnamed(&self, path: &[&str]) -> u64 {
        let Some(last) = path.last() else { return 0 };
        match (self.idle.before(path), last.parse::<usize>()) {
            (before @ 1.., Ok(place)) => text(&(place - before).to_string()),
            _ => text(last),
        }
    }

    /// The shape of what a path ends in, where that is a name.
    fn named(&self, path: &[&str]) -> Option<u64> {
        let name = *path.last()?;
        let names = match path {
            ["stages", _]
            | ["stages", _, "to" | "on_move", _]
            | ["segments", _, "start", _]
            | ["segments", _, "inflow", "start", _] => &self.stages,
            ["segments", _] | ["initiatives", _, "waves", _] => &self.segments,
            ["initiatives", _] => &self.initiatives,
            ["scenarios", _] => &self.scenarios,
            ["initiatives", _, "requires" | "provides", _] => &self.capabilities,
            ["traits", _]
            | ["segments", _, "traits", _]
            | ["stages", _, "purchases", "drivers", _]
            | ["stages", _, "to", _, "drivers", _] => &self.traits,
            ["shocks", place] => return place.parse().ok().and_then(|place: usize| self.shocks.get(place)).copied(),
            ["stages", _, "values", _] | ["stages", _, "on_move", _, _] => return Some(0),
            _ => return None,
        };
        names.get(name).copied()
    }

    /// The luck of each shock: its shape, twins by their order in the file.
    fn of_shocks(&self, shocks: &[Shock]) -> Vec<u64> {
        let shapes: Vec<u64> = shocks.iter().map(|shock| self.shape("", &json(shock))).collect();
        let twins = |place: usize| shapes[..place].iter().filter(|shape| **shape == shapes[place]).count() as u64;
        (0..shapes.len()).map(|place| mix(shapes[place], twins(place))).collect()
    }

    /// The luck of a shock, by its place in the file.
    pub fn of_shock(&self, place: usize) -> u64 {
        self.shocks.get(place).copied().unwrap_or(0)
    }

    fn of_all<T: Serialize>(&self, things: &IndexMap<String, T>) -> IndexMap<String, u64> {
        things.iter().map(|(name, thing)| (name.clone(), self.shape("", &json(thing)))).collect()
    }

    /// The shape of a thing written under a key: keys count, numbers and titles do not, names count by the shape of
    /// what they name. A number may be written as a text, which says what it follows.
    fn shape(&self, under: &str, value: &Value) -> u64 {
        match value {
            Value::Bool(flag) => 2 + u64::from(*flag),
            Value::String(written) if under == "target" => Path::parse(written).map_or(4, |path| self.of_path(&path)),
            Value::Null | Value::Number(_) | Value::String(_) => 1,
            Value::Array(items) => items.iter().fold(5, |shape, item| mix(shape, self.shape(under, item))),
            Value::Object(entries) => {
                let mut parts: Vec<u64> = entries
                    .iter()
                    .filter(|(key, value)| {
                        !matches!(key.as_str(), "title" | "description" | "pillar" | "extends") && !value.is_null()
                    })
                    .map(|(key, value)| mix(self.key(under, key), self.shape(key, value)))
                    .collect();
                parts.sort_unstable();
                parts.into_iter().fold(6, mix)
            }
        }
    }

    /// A key of the table `under`: a word of the language by its text, a name by the shape of what it names.
    fn key(&self, under: &str, key: &str) -> u64 {
        let names = match under {
            "start" => &self.stages,
            "traits" => &self.traits,
            "waves" => &self.segments,
            "requires" | "provides" => &self.capabilities,
            "initiatives" => &self.initiatives,
            _ => return text(key),
        };
        names.get(key).copied().unwrap_or(0)
    }

    /// What a trait is used for: the shapes of the stages whose moves and purchases read it, where anyone comes.
    fn uses_of_trait(&self, stages: &[(&String, Value)], name: &str) -> u64 {
        let mut uses: Vec<u64> = stages
            .iter()
            .flat_map(|(stage, written)| {
                let mut places = Vec::new();
                mentions("", written, name, 0, &mut places);
                places.into_iter().map(|place| mix(self.stages[*stage], place)).collect::<Vec<_>>()
            })
            .collect();
        uses.sort_unstable();
        uses.into_iter().fold(7, mix)
    }
}

fn stage_colours(study: &Study) -> IndexMap<String, u64> {
    let mut colours: IndexMap<String, u64> = study
        .stages
        .iter()
        .map(|(name, stage)| {
            let has = [
                stage.retained == Some(true),
                stage.talks,
                stage.quality.is_some(),
                stage.purchases.is_some(),
                stage.to.is_empty(),
            ];
            let own = has.iter().fold(8, |shape, flag| mix(shape, u64::from(*flag)));
            (name.clone(), mix(own, stage.values.len() as u64))
        })
        .collect();
    let exits: IndexMap<&String, Vec<(&String, u64)>> = study
        .stages
        .iter()
        .map(|(name, stage)| (name, stage.to.iter().map(|(to, transition)| (to, keys(&json(transition)))).collect()))
        .collect();
    for _ in 0..REACH {
        let next = exits
            .iter()
            .map(|(name, exits)| {
                let seen = exits.iter().map(|(to, keys)| mix(*keys, colours.get(*to).copied().unwrap_or(0)));
                let mut seen: Vec<u64> = seen.collect();
                seen.sort_unstable();
                ((*name).clone(), seen.into_iter().fold(colours[*name], mix))
            })
            .collect();
        colours = next;
    }
    colours
}

/// The things of a study that can matter, each as [`key`] writes it.
fn used(study: &Study) -> BTreeSet<String> {
    let planned = study.scenarios.values().flat_map(|scenario| {
        let rules = scenario.rules.iter().flat_map(|rule| &rule.then.initiatives);
        scenario.initiatives.keys().chain(rules).map(|name| key("initiatives", name))
    });
    reached(study).into_iter().map(|name| key("stages", name)).chain(planned).collect()
}

fn key(root: &str, name: &str) -> String {
    format!("{root}.{name}")
}

/// The stages that customers can come to.
fn reached(study: &Study) -> BTreeSet<&String> {
    let newcomers = study.segments.values().filter_map(|segment| segment.inflow.as_ref());
    let starts = study.segments.values().flat_map(|segment| segment.start.keys());
    let starts = starts.chain(newcomers.flat_map(|inflow| inflow.start.keys()));
    let mut reached: BTreeSet<&String> = starts.collect();
    let mut fresh: Vec<&String> = reached.iter().copied().collect();
    while let Some(name) = fresh.pop() {
        let exits = study.stages.get(name).into_iter().flat_map(|stage| stage.to.keys());
        fresh.extend(exits.filter(|to| reached.insert(*to)));
    }
    reached
}

/// The same stages as they are written.
fn reached_stages(study: &Study) -> Vec<(&String, Value)> {
    let reached = reached(study);
    study.stages.iter().filter(|(name, _)| reached.contains(name)).map(|(name, stage)| (name, json(stage))).collect()
}

/// The keys of a written thing, whatever their values.
fn keys(value: &Value) -> u64 {
    match value {
        Value::Object(entries) => {
            let said =
                |v: &Value| !(v.is_null() || v == "period" || v.as_object().is_some_and(serde_json::Map::is_empty));
            let mut parts: Vec<u64> = entries.iter().filter(|(_, v)| said(v)).map(|(key, _)| text(key)).collect();
            parts.sort_unstable();
            parts.into_iter().fold(9, mix)
        }
        // A chance alone is short for a rule with nothing but a chance.
        _ => mix(9, text("chance")),
    }
}

/// All numbers of a written thing, in an order of their own; names, titles and paths left out.
fn numbers<T: Serialize>(thing: &T) -> u64 {
    fn collect(under: &str, value: &Value, found: &mut Vec<u64>) {
        match value {
            Value::Number(number) => found.push(text(&number.to_string())),
            Value::String(law) if is_law(under, law) => found.push(text(law)),
            Value::Array(items) => items.iter().for_each(|item| collect(under, item, found)),
            Value::Object(entries) => entries.iter().for_each(|(key, item)| collect(key, item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect("", &json(thing), &mut found);
    found.sort_unstable();
    found.into_iter().fold(11, mix)
}

/// Whether a text says which law a number follows: no name of the language holds a bracket or a range.
fn is_law(under: &str, written: &str) -> bool {
    let told = matches!(under, "title" | "description" | "pillar" | "extends" | "target");
    !told && (written.contains('(') || written.contains(" to "))
}

/// Under which keys a trait's name is mentioned, as key or as value.
fn mentions(under: &str, value: &Value, name: &str, place: u64, places: &mut Vec<u64>) {
    match value {
        Value::String(written) if written == name && under != "title" => places.push(place),
        Value::Array(items) => items.iter().for_each(|item| mentions(under, item, name, place, places)),
        Value::Object(entries) => {
            for (key, item) in entries {
                let driver = under == "drivers" && key == name;
                if driver {
                    places.push(mix(place, 12));
                }
                // The names of destinations and drivers must not count; words of the language do.
                let step = if matches!(under, "to" | "on_move" | "values" | "drivers") { 13 } else { text(key) };
                mentions(key, item, name, if driver { place } else { mix(place, step) }, places);
            }
        }
        _ => {}
    }
}

/// A study's parts were read from text, so they can be written as JSON; the empty value stands in for the impossible.
fn json<T: Serialize>(thing: &T) -> Value {
    serde_json::to_value(thing).unwrap_or(Value::Null)
}

/// A hash of a text: FNV-1a (Fowler, Noll & Vo), finished by `mix`.
fn text(text: &str) -> u64 {
    mix(
        14,
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
    )
}

/// Mixes a number into a hash: the finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
pub fn mix(hash: u64, next: u64) -> u64 {
    let mut z = hash.rotate_left(23).wrapping_add(next).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
