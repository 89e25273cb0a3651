//! What is written of a thing beside its names: its numbers, and where it mentions another.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::hash::{mix, text};
use crate::study::names::{Kind, Name};
use crate::study::site::Site;
use crate::study::worded::Text;

/// A study's parts were read from text, so they can be written as JSON; the empty value stands in for the impossible.
pub fn json<T: Serialize>(thing: &T) -> Value {
    serde_json::to_value(thing).unwrap_or(Value::Null)
}

/// What says only how much work or money contacts take, what others hear of them, or who comes of that: it changes nothing
/// that happens to those who meet them, and so moves no draw.
const MEASURES: [&str; 4] = ["minutes", "per_contact", "tells", "heard"];

/// Whether a key of the language says only that; `site` is where it leads.
pub fn is_measure(site: Site<'_>, key: &str) -> bool {
    site.called().is_none() && MEASURES.contains(&key)
}

/// All numbers of a written thing but for what is only measured, in an order of their own; names, titles and paths left out.
pub fn numbers(site: Site<'_>, thing: &Value) -> u64 {
    let mut found = Vec::new();
    collect((site, thing), (false, false), &mut found);
    found.sort_unstable();
    found.into_iter().fold(11, mix)
}

/// The numbers of a written thing that [`numbers`] leaves out.
pub fn measures(site: Site<'_>, thing: &Value) -> u64 {
    let mut found = Vec::new();
    collect((site, thing), (true, false), &mut found);
    found.sort_unstable();
    found.into_iter().fold(11, mix)
}

/// Collects numbers: those of measures where these are `wanted`, or else all others; `here` is whether this is one.
fn collect((site, value): (Site<'_>, &Value), (wanted, here): (bool, bool), found: &mut Vec<u64>) {
    match value {
        Value::Number(number) if wanted == here => found.push(text(&number.to_string())),
        // A law of a number holds a bracket or a range; no other word of the language does.
        Value::String(law)
            if wanted == here && site.text().is_none() && (law.contains('(') || law.contains(" to ")) =>
        {
            found.push(text(law));
        }
        Value::Array(items) => items.iter().for_each(|item| collect((site.item(), item), (wanted, here), found)),
        Value::Object(entries) => entries.iter().for_each(|(key, item)| {
            let site = site.key(key);
            collect((site, item), (wanted, here || is_measure(site, key)), found);
        }),
        _ => {}
    }
}

/// The numbers that stand under each name of a kind, wherever it is a key.
pub fn under_names(site: Site<'_>, value: &Value, kind: &Kind) -> IndexMap<String, Vec<u64>> {
    let mut found = IndexMap::new();
    gather(site, value, kind, &mut found);
    found
}

fn gather(site: Site<'_>, value: &Value, kind: &Kind, found: &mut IndexMap<String, Vec<u64>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(site.item(), item, kind, found)),
        Value::Object(entries) => {
            for (key, item) in entries {
                let site = site.key(key);
                if site.called().and_then(|name| name.kind_of(key)).is_some_and(|own| own.root == kind.root) {
                    found.entry(key.clone()).or_default().push(numbers(site, item));
                }
                gather(site, item, kind, found);
            }
        }
        _ => {}
    }
}

/// The ways to every mention of a thing in something written: the keys of the language count, other names on the way
/// do not.
pub fn mentions(site: Site<'_>, value: &Value, (root, name): (&str, &str)) -> Vec<u64> {
    let mut ways = Vec::new();
    Search { root, name }.below(site, value, 0, &mut ways);
    ways
}

/// A thing that is looked for.
struct Search<'a> {
    root: &'a str,
    name: &'a str,
}

impl Search<'_> {
    fn below(&self, site: Site<'_>, value: &Value, way: u64, ways: &mut Vec<u64>) {
        match value {
            Value::String(written) => {
                if let Some(Text::Name(name)) = site.text()
                    && self.is_meant(name, written)
                {
                    ways.push(way);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.below(site.item(), item, way, ways)),
            Value::Object(entries) => {
                for (key, item) in entries {
                    let site = site.key(key);
                    match site.called() {
                        Some(name) if self.is_meant(name, key) => {
                            ways.push(mix(way, 12));
                            self.below(site, item, way, ways);
                        }
                        Some(_) => self.below(site, item, mix(way, 13), ways),
                        None => self.below(site, item, mix(way, text(key)), ways),
                    }
                }
            }
            _ => {}
        }
    }

    fn is_meant(&self, name: Name, written: &str) -> bool {
        written == self.name && name.kind_of(written).is_some_and(|kind| kind.root == self.root)
    }
}
