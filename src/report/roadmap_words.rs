//! How a roadmap came, in words: its initiatives by pillar, what they wait for, and how often rules were acted on.

use super::Report;
use super::bounds::{bracketed_period, share_in_words};
use crate::estimate::money::business::{CapabilityCourse, InitiativeCourse, PeriodPercentile, Roadmap, RuleCourse};
use crate::stats::order::Bounded;

/// Initiatives by the promise that they serve, in the order in which the promises come up.
pub fn pillars(roadmap: &Roadmap) -> Vec<(&str, Vec<&InitiativeCourse>)> {
    let mut pillars: Vec<(&str, Vec<&InitiativeCourse>)> = Vec::new();
    for initiative in &roadmap.initiatives {
        match pillars.iter_mut().find(|(pillar, _)| *pillar == initiative.pillar) {
            Some((_, initiatives)) => initiatives.push(initiative),
            None => pillars.push((&initiative.pillar, vec![initiative])),
        }
    }
    // What serves no promise comes last.
    pillars.sort_by_key(|(pillar, _)| pillar.is_empty());
    pillars
}

/// Empty where no initiative has a pillar, so that no heading is drawn.
pub fn pillar_name<'a>(pillar: &'a str, roadmap: &Roadmap) -> &'a str {
    let none = roadmap.initiatives.iter().all(|initiative| initiative.pillar.is_empty());
    if pillar.is_empty() && !none { "Other initiatives" } else { pillar }
}

/// The initiatives that wait for a capability: from which time on, and for which level.
pub fn gates<'a>(
    roadmap: &'a Roadmap,
    capability: &'a CapabilityCourse,
) -> impl Iterator<Item = (&'a str, Option<f64>, f64)> {
    roadmap.initiatives.iter().flat_map(move |initiative| {
        let needed = initiative.requires.iter().filter(|(name, _)| *name == capability.name);
        let from = initiative.planned_start.map(|start| f64::from(start.saturating_sub(1)));
        needed.map(move |(_, level)| (initiative.title.as_str(), from, *level))
    })
}

/// A rule with how often it was acted on, that is, made a difference.
pub fn rule_in_words(rule: &RuleCourse, noun: &str) -> String {
    let Some(share) = &rule.share else { return format!("If {}: {}.", rule.when, rule.then) };
    let share = format!("; acted on in {} of the replications", share_in_words(share));
    let at = rule.median_period.map_or_else(String::new, |median| {
        format!(", in the median at {noun} {}", bracketed_period(&percentile(&median), ["(", ")"]))
    });
    format!("If {}: {}{share}{at}.", rule.when, rule.then)
}

/// The median of the periods in which something happened.
pub fn percentile(median: &Bounded) -> PeriodPercentile {
    PeriodPercentile { period: Some(median.value), low: median.low, high: median.high }
}

/// A level with no more decimals than it has.
pub fn write_level(level: f64) -> String {
    let text = format!("{level:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How often an initiative goes live; nothing where a single replication cannot say.
pub fn live_share(initiative: &InitiativeCourse) -> String {
    initiative.live_share.as_ref().map_or_else(String::new, |share| format!("live in {}", share_in_words(share)))
}

/// When an initiative goes live: the median over all replications with its interval, or the plan where it is not known.
pub fn live_periods(initiative: &InitiativeCourse, noun: &str) -> String {
    match &initiative.live[1] {
        Some(median) if median.period.is_some() => format!("{noun} {}", bracketed_period(median, ["(", ")"])),
        _ => initiative.planned_live.map_or_else(String::new, |live| format!("planned: {noun} {live}")),
    }
}

/// A roadmap in words, for those who cannot see it drawn.
pub fn words(report: &Report, roadmap: &Roadmap) -> String {
    let noun = report.summary.period.noun();
    let initiative = |initiative: &&InitiativeCourse| {
        let start = match initiative.planned_start {
            Some(0) => format!("starts now, before {noun} 1"),
            Some(start) => format!("starts in {noun} {start}"),
            None => "starts only where a rule says so".to_owned(),
        };
        let live =
            initiative.planned_live.map_or_else(String::new, |live| format!(", planned to go live in {noun} {live}"));
        let periods = live_periods(initiative, noun);
        let came = if periods.is_empty() { String::new() } else { format!(", {periods}") };
        let dips = if initiative.effect.iter().any(|e| *e < 0.0) { ", with a dip below nothing" } else { "" };
        let share = live_share(initiative);
        let share = if share.is_empty() { String::new() } else { format!("; {share}") };
        format!("{} {start}{live}{share}{came}{dips}", initiative.title)
    };
    let pillar = |(pillar, initiatives): &(&str, Vec<&InitiativeCourse>)| {
        let all: Vec<String> = initiatives.iter().map(initiative).collect();
        let name = pillar_name(pillar, roadmap);
        format!("{}{}{}.", name, if name.is_empty() { "" } else { ": " }, all.join("; "))
    };
    let capability = |capability: &CapabilityCourse| {
        let level = |level: Option<&f64>| write_level(level.copied().unwrap_or(0.0));
        let gates: Vec<String> = gates(roadmap, capability)
            .map(|(title, _, level)| format!(", {title} waits for {}", write_level(level)))
            .collect();
        let (first, last) = (level(capability.level.first()), level(capability.level.last()));
        format!(" Capability {} from {first} to {last}{}.", capability.title, gates.concat())
    };
    format!(
        "Timeline of “{}” over {} {noun}s. {}{} {}",
        report.title(&roadmap.scenario),
        report.summary.horizon,
        pillars(roadmap).iter().map(pillar).collect::<Vec<_>>().join(" "),
        roadmap.capabilities.iter().map(capability).collect::<String>(),
        roadmap.rules.iter().map(|rule| rule_in_words(rule, noun)).collect::<Vec<_>>().join(" ")
    )
    .trim_end()
    .to_owned()
}
