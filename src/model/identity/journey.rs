//! The shapes of stages, by colour refinement: what stands in each, and what it leads to.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::hash::{mix, text};
use super::written::json;
use crate::study::Study;
use crate::study::journey::Stage;
use crate::study::touchpoint::Touchpoint;
use crate::study::value::Value;

/// How many moves ahead a stage's shape looks; the same for every study, so that adding a stage changes no shape.
const REACH: usize = 32;

/// The shape of every stage.
pub fn stage_shapes(study: &Study) -> IndexMap<String, u64> {
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
            let own = mix(own, stage.values.len() as u64);
            (name.clone(), told_of_values(stage).into_iter().fold(own, mix))
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

/// What tells the values of a stage from such as are the same for all: a trait, and what lists are read by.
fn told_of_values(stage: &Stage) -> Vec<u64> {
    let mut told: Vec<u64> =
        stage.values.values().filter_map(Value::clock).map(|clock| mix(10, clock as u64)).collect();
    told.sort_unstable();
    told.extend(stage.values_trait.as_ref().map(|_| text("values_trait")));
    told
}

/// The stages that customers can come to.
pub fn reached<'s>(study: &'s Study) -> BTreeSet<&'s String> {
    let newcomers = study.segments.values().filter_map(|segment| segment.inflow.as_ref());
    let starts = study.segments.values().flat_map(|segment| segment.start.keys());
    let starts = starts.chain(newcomers.flat_map(|inflow| inflow.start.keys()));
    let ends = |its: &'s Touchpoint| its.ends.values().flat_map(|end| end.to.keys());
    let taken = study.touchpoints.values().flat_map(|its| its.to.keys().chain(ends(its)));
    let known = |name: &&String| study.stages.contains_key(*name);
    let mut reached: BTreeSet<&String> = starts.chain(taken.filter(known)).collect();
    let mut fresh: Vec<&String> = reached.iter().copied().collect();
    while let Some(name) = fresh.pop() {
        let exits = study.stages.get(name).into_iter().flat_map(|stage| stage.to.keys());
        fresh.extend(exits.filter(|to| reached.insert(*to)));
    }
    reached
}

/// The keys of a written transition that say anything, whatever their values.
fn keys(transition: &Json) -> u64 {
    let Json::Object(entries) = transition else {
        // A chance alone is short for a rule with nothing but a chance.
        return mix(9, text("chance"));
    };
    let said = |(key, value): &(&String, &Json)| match value {
        Json::Null => false,
        // The unit of a number is no more than the number.
        Json::String(_) if *key == "per" => false,
        Json::Object(entries) => !entries.is_empty(),
        // The usual occasion, and the clock that all customers share.
        Json::String(word) => !(word == "period" && matches!(key.as_str(), "on" | "by")),
        _ => true,
    };
    let mut parts: Vec<u64> = entries.iter().filter(said).map(|(key, _)| text(key)).collect();
    parts.sort_unstable();
    parts.into_iter().fold(9, mix)
}
