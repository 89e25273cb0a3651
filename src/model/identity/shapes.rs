//! Shapes tell things from each other where names and order do not count.

use indexmap::IndexMap;
use serde_json::Value;

use super::hash::{mix, text};
use super::journey::{reached, stage_shapes};
use super::written::{is_measure, mentions, under_names};
use crate::model::idle::Idle;
use crate::study::Study;
use crate::study::names::{KINDS, Kind, Name, SEGMENTS, STAGES, Shape, Things};
use crate::study::path::{ParamPath as Path, Step};
use crate::study::site::{Site, Sites};
use crate::study::worded::Text;

/// The shape of everything that a study has several of.
pub struct Shapes {
    /// By the root of their kind, then by name or place.
    known: IndexMap<&'static str, IndexMap<String, u64>>,
    /// The changes that do nothing, and so move no random draw.
    idle: Idle,
    sites: Sites,
}

impl Shapes {
    /// The shapes of a study, from the study and from what is written in it, both without the changes that do nothing.
    pub fn of(study: &Study, written: &Value, idle: Idle) -> Self {
        let mut shapes = Self { known: IndexMap::new(), idle, sites: Sites::of_studies() };
        // Contents come last, since they name things of the other kinds; traits come after the stages that use them.
        let contents = |kind: &&Kind| kind.shape == Shape::Contents;
        for kind in KINDS.into_iter().filter(|kind| !contents(kind)) {
            let found = match kind.shape {
                Shape::Journey => stage_shapes(study),
                Shape::Uses => shapes.of_uses(kind, study, written),
                Shape::Contents | Shape::Alike(_) | Shape::Place => continue,
            };
            shapes.known.insert(kind.root, found);
        }
        for kind in KINDS.into_iter().filter(contents) {
            let found = shapes.of_contents(kind, &written[kind.root]);
            shapes.known.insert(kind.root, found);
        }
        shapes
    }

    /// The sites of the language.
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    /// The shape of a thing, by its name or its place in the list. It is 0 where no thing has that name, and where shapes
    /// of the kind are yet to be found: never the name itself.
    pub fn of_thing(&self, kind: &Kind, name: &str) -> u64 {
        match kind.shape {
            Shape::Alike(shape) => shape,
            _ => self.known.get(kind.root).and_then(|known| known.get(name)).copied().unwrap_or(0),
        }
    }

    /// The shape of a path: every name in it replaced by the shape of what it names.
    pub fn of_path(&self, path: &Path) -> u64 {
        let mut site = self.sites.top();
        let shape = |(place, step): (usize, &Step)| {
            site = site.step(step);
            match (step, site.called()) {
                (Step::Any, _) => text("*"),
                (Step::Name(name), Some(called)) if called.kind.shape != Shape::Place => self.of_name(called, name),
                (Step::Name(word), _) => self.of_word(&path.steps[..place], word),
            }
        };
        path.steps.iter().enumerate().map(shape).fold(0x9e37_79b9_7f4a_7c15, mix)
    }

    fn of_name(&self, called: Name, name: &str) -> u64 {
        called.kind_of(name).map_or_else(|| text(name), |kind| self.of_thing(kind, name))
    }

    /// The shape of a word of the language, or of a place in a list, where changes that do nothing do not count.
    fn of_word(&self, above: &[Step], word: &str) -> u64 {
        match word.parse::<usize>().map(|place| (place, self.idle.before(above, place))) {
            Ok((place, before @ 1..)) => text(&(place - before).to_string()),
            _ => text(word),
        }
    }

    /// By what stands in each. Twins of a list are told apart by their order, those of a table by their numbers later on.
    fn of_contents(&self, kind: &'static Kind, written: &Value) -> IndexMap<String, u64> {
        let top = self.sites.top().key(kind.root);
        let named = |(name, thing): (&String, &Value)| (name.clone(), self.of_written(top.key(name), thing, kind));
        let Things::Listed(_) = kind.things else {
            return written.as_object().into_iter().flatten().map(named).collect();
        };
        let listed = written.as_array().into_iter().flatten();
        let shapes: Vec<u64> = listed.map(|thing| self.of_written(top.item(), thing, kind)).collect();
        let twins = |place: usize| shapes[..place].iter().filter(|shape| **shape == shapes[place]).count() as u64;
        (0..shapes.len()).map(|place| (place.to_string(), mix(shapes[place], twins(place)))).collect()
    }

    /// The shape of something written in a thing of a kind: keys count, numbers and titles do not, names count by the shape
    /// of what they name. A number may be written as a text, which says what it follows.
    fn of_written(&self, site: Site<'_>, value: &Value, within: &Kind) -> u64 {
        match value {
            Value::Bool(flag) => 2 + u64::from(*flag),
            Value::String(written) if matches!(site.text(), Some(Text::Path)) => {
                Path::parse(written).map_or(4, |path| self.of_path(&path))
            }
            Value::String(written) if let Some(called) = segment_at(site) => self.of_name(called, written),
            Value::Null | Value::Number(_) | Value::String(_) => 1,
            Value::Array(items) if segment_at(site.item()).is_some() => {
                let mut shapes: Vec<u64> =
                    items.iter().map(|item| self.of_written(site.item(), item, within)).collect();
                shapes.sort_unstable();
                shapes.into_iter().fold(5, mix)
            }
            Value::Array(items) => {
                items.iter().fold(5, |shape, item| mix(shape, self.of_written(site.item(), item, within)))
            }
            Value::Object(entries) => {
                let part = |(key, value): (&String, &Value)| {
                    let site = site.key(key);
                    // The unit of a number is no more than the number.
                    let is_unit = key == "per" && site.called().is_none() && value.is_string();
                    let counts = !value.is_null() && !is_unit && !is_measure(site, key) && counts(site, within);
                    let key = || site.called().map_or_else(|| text(key), |called| self.of_name(called, key));
                    counts.then(|| mix(key(), self.of_written(site, value, within)))
                };
                let mut parts: Vec<u64> = entries.iter().filter_map(part).collect();
                parts.sort_unstable();
                parts.into_iter().fold(6, mix)
            }
        }
    }

    /// By where each is named: the shapes of the stages whose moves and purchases do, where anyone comes.
    fn of_uses(&self, kind: &'static Kind, study: &Study, written: &Value) -> IndexMap<String, u64> {
        let top = self.sites.top().key(STAGES.root);
        let stages: Vec<(u64, Site<'_>, &Value)> = reached(study)
            .into_iter()
            .map(|stage| (self.of_thing(&STAGES, stage), top.key(stage), &written[STAGES.root][stage]))
            .collect();
        let uses = |name: &str| {
            let ways = |(shape, site, stage): &(u64, Site<'_>, &Value)| {
                let shape = *shape;
                mentions(*site, stage, (kind.root, name)).into_iter().map(move |way| mix(shape, way))
            };
            let mut uses: Vec<u64> = stages.iter().flat_map(ways).collect();
            uses.sort_unstable();
            uses.into_iter().fold(7, mix)
        };
        let names = under_names(self.sites.top(), written, kind).into_keys();
        names
            .map(|name| {
                let shape = uses(&name);
                (name, shape)
            })
            .collect()
    }
}

/// A text that names one of the segments that a change reaches, which tell it from changes of others.
fn segment_at(site: Site<'_>) -> Option<Name> {
    match site.text() {
        Some(Text::Name(called)) if called.kind.root == SEGMENTS.root => Some(called),
        _ => None,
    }
}

/// Whether a key with its value counts in a thing of a kind: words for people do not, nor does another of the kind.
fn counts(site: Site<'_>, within: &Kind) -> bool {
    match site.text() {
        Some(Text::Title | Text::Remark) => false,
        Some(Text::Name(name)) => name.kind.root != within.root,
        Some(Text::Path | Text::Metric) | None => true,
    }
}
