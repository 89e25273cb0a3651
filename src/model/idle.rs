//! Changes that do nothing: `add = 0`, `times = 1`, `odds = 1`, `hazard = 1`, and `set` to what is written already.
//! A study with them has the luck of the same study without them. So has one in which a change names all segments, which
//! is to name none.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::stats::distribution::Distribution;
use crate::stats::distribution::parse::kind::Kind;
use crate::study::Study;
use crate::study::number::Number;
use crate::study::path::{NUMBERS, ParamPath as Path, Step};
use crate::study::roadmap::Change;

/// Where the changes of a study stand that do nothing.
pub struct Idle {
    paths: BTreeSet<Path>,
}

impl Idle {
    /// Takes the changes that do nothing out of a study; says where they stood.
    pub fn strip(study: &mut Study) -> Self {
        let written = serde_json::to_value(&*study).unwrap_or(Value::Null);
        let mut idle = Self { paths: BTreeSet::new() };
        let everyone: BTreeSet<String> = study.segments.keys().cloned().collect();
        let mut strip = |at: Path, changes: &mut Vec<Change>| {
            let mut place = 0;
            for change in changes.iter_mut() {
                change.segments =
                    change.segments.take().filter(|named| !everyone.iter().all(|its| named.contains(its)));
            }
            changes.retain(|change| {
                let goes = does_nothing(change, &written);
                if goes {
                    idle.paths.insert(at.child(&place.to_string()));
                }
                place += 1;
                !goes
            });
        };
        for (name, segment) in &mut study.segments {
            strip(Path::of(["segments", name, "changes"]), &mut segment.changes);
        }
        for (name, initiative) in &mut study.initiatives {
            let at = Path::of(["initiatives", name]);
            strip(at.child("effects"), &mut initiative.effects);
            if let Some(dip) = &mut initiative.dip {
                strip(at.child("dip").child("effects"), &mut dip.effects);
            }
        }
        for (name, scenario) in &mut study.scenarios {
            let at = Path::of(["scenarios", name]);
            strip(at.child("changes"), &mut scenario.changes);
            for (place, rule) in scenario.rules.iter_mut().enumerate() {
                let at = at.child("rules").child(&place.to_string());
                strip(at.child("then").child("changes"), &mut rule.then.changes);
            }
        }
        for (place, shock) in study.shocks.iter_mut().enumerate() {
            strip(Path::of(["shocks", &place.to_string(), "effects"]), &mut shock.effects);
        }
        idle
    }

    /// How many changes that do nothing stand before a place of the list with such a path.
    pub fn before(&self, list: &[Step], place: usize) -> usize {
        if self.paths.is_empty() {
            return 0;
        }
        let list = Path { steps: list.to_vec() };
        (0..place).filter(|before| self.paths.contains(&list.child(&before.to_string()))).count()
    }
}

/// Whether a change leaves every number as it is written.
fn does_nothing(change: &Change, written: &Value) -> bool {
    let given = [&change.set, &change.add, &change.times, &change.odds, &change.hazard];
    let amounts: Vec<Option<f64>> = given
        .into_iter()
        .map(|number| match number {
            Some(Number::Known(amount)) => Some(*amount),
            _ => None,
        })
        .collect();
    if given.iter().filter(|number| number.is_some()).count() != 1 {
        return false;
    }
    match amounts[..] {
        [Some(amount), ..] => {
            let numbers = Path::parse(&change.target).map(|path| numbers_at(written, &path.steps, ""));
            numbers.is_ok_and(|found| !found.is_empty() && found.iter().all(|number| *number == Some(amount)))
        }
        [_, add, times, odds, hazard] => {
            add == Some(0.0) || [times, odds, hazard].into_iter().flatten().any(|ratio| ratio == 1.0)
        }
        _ => false,
    }
}

/// The numbers that stand at a path, each where it is known.
fn numbers_at(value: &Value, steps: &[Step], under: &str) -> Vec<Option<f64>> {
    let Some((first, rest)) = steps.split_first() else { return vec![number(value, under)] };
    let Value::Object(entries) = value else { return vec![number(value, under)] };
    entries
        .iter()
        .filter(|(key, value)| !value.is_null() && (*first == Step::Any || *first == Step::Name((*key).clone())))
        .flat_map(|(key, value)| numbers_at(value, rest, key))
        .collect()
}

/// A written number: of a rule its chance or rate, of an amount with its span the amount, of what is spread over occasions the mean.
fn number(value: &Value, under: &str) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(law) if matches!(under, "quality" | "basket") => {
            Distribution::parse(law, Kind::Real).ok().map(|law| law.mean())
        }
        Value::Object(entries) => NUMBERS.iter().find_map(|key| entries.get(*key)?.as_f64()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::language::{Language, property};
    use crate::study::source::Source;

    const STUDY: &str = r#"
        [run]
        period = "month"
        horizon = 3
        customers = 10
        [segments.all]
        share = 1
        start = { there = 1 }
        [stages.there]
        [[shocks]]
        hazard = 0.1
        effects = []
        [initiatives.one]
        dip = { periods = 1, share = 0.1 }
        [scenarios.today]
        rules = [ { when = { metric = "retention", below = 0.5 } } ]
    "#;

    /// Puts a change that does nothing into the list at a pattern; says where the list stands.
    fn put(written: &mut Value, pattern: &str) -> Path {
        let (mut at, mut steps) = (written, Vec::new());
        for step in pattern.split('.') {
            let key = match (step, &*at) {
                ("*", Value::Object(table)) => table.keys().next().unwrap().clone(),
                ("[]", _) => "0".to_owned(),
                (key, _) => key.to_owned(),
            };
            at = if step == "[]" { &mut at[0] } else { &mut at[&key] };
            assert!(!at.is_null() || step == "effects", "the study of this test has nothing at `{pattern}`");
            steps.push(key);
        }
        *at = serde_json::json!([{ "target": "stages.there.to.there", "odds": 1 }]);
        Path::of(steps)
    }

    #[test]
    fn a_change_that_does_nothing_is_found_wherever_the_language_takes_changes() {
        let language = Language::of_studies();
        let source = Source::new("study.toml", "", STUDY);
        let written = serde_json::to_value(Study::parse(&source).unwrap()).unwrap();
        let is_list = |schema: &Value| {
            let items = language.branch(schema, "array").and_then(|list| list.get("items"));
            let change = items.and_then(|items| language.branch(items, "object"));
            change.is_some_and(|change| property(change, "target").is_some() && property(change, "odds").is_some())
        };
        let lists: Vec<_> = language.places().into_iter().filter(|(_, schema)| is_list(schema)).collect();
        assert!(lists.len() >= 6, "{} lists", lists.len());
        for (pattern, _) in lists {
            let mut written = written.clone();
            let list = put(&mut written, &pattern);
            let mut study: Study = serde_json::from_value(written).unwrap();
            let idle = Idle::strip(&mut study);
            assert_eq!(idle.before(&list.steps, 1), 1, "{pattern}");
            assert!(!serde_json::to_string(&study).unwrap().contains("there.to.there"), "{pattern}");
        }
    }
}
