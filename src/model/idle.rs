//! Changes that do nothing: `add = 0`, `times = 1`, `odds = 1`, `hazard = 1`, and `set` to what is written already.
//! A study with them has the luck of the same study without them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::stats::distribution::Distribution;
use crate::stats::distribution::parse::kind::Kind;
use crate::study::Study;
use crate::study::number::Number;
use crate::study::path::{ParamPath as Path, Step};
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
        let mut strip = |at: Path, changes: &mut Vec<Change>| {
            let mut place = 0;
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

    /// How many changes that do nothing stand before one in its list, where the names end in a place of a list.
    pub fn before(&self, names: &[&str]) -> usize {
        let Some((last, list)) = names.split_last().filter(|_| !self.paths.is_empty()) else { return 0 };
        let Ok(place) = last.parse::<usize>() else { return 0 };
        let list = Path::of(list.iter().copied());
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

/// A written number: of a rule its chance, of what is spread over occasions the mean.
fn number(value: &Value, under: &str) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(law) if matches!(under, "quality" | "basket") => {
            Distribution::parse(law, Kind::Real).ok().map(|law| law.mean())
        }
        Value::Object(entries) => entries.get("chance")?.as_f64(),
        _ => None,
    }
}
