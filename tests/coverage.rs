//! Intervals hold what is true as often as they promise: a small part of what `benches/coverage` measures.

#![allow(clippy::panic, reason = "a test fails by panicking")]

#[path = "../benches/coverage/experiment.rs"]
mod experiment;

use experiment::{Kind, Situation, situations};

/// Coverage of 0.93 comes out below this in 300 experiments with a chance of 1 in 10,000.
const LEAST: f64 = 0.87;
const EXPERIMENTS: u32 = 300;

fn hold(name: &str, replications: &[u32], told: &[Kind]) {
    let situations = situations();
    let Some(situation) = situations.iter().find(|its: &&Situation| its.name == name) else { panic!("no {name}") };
    for (coverage, replications) in situation.covered(replications, EXPERIMENTS).iter().zip(replications) {
        for ((kind, figure), tally) in coverage {
            assert!(tally.share() >= LEAST, "{name}, {replications}: {kind:?} {figure} {}", tally.share());
            assert_eq!(tally.told, EXPERIMENTS, "{name}, {replications}: {kind:?} {figure} depends on what was drawn");
        }
        for kind in told {
            assert!(coverage.keys().any(|(its, _)| its == kind), "{name}, {replications}: {kind:?} is not told");
        }
    }
}

#[test]
fn intervals_cover_where_hardly_anything_happens() {
    hold("rare", &[5, 20], &[Kind::Level, Kind::Midway, Kind::Difference, Kind::Controlled, Kind::Better]);
}

#[test]
fn intervals_cover_where_baskets_are_skewed() {
    hold("skewed", &[5, 20], &[Kind::Level, Kind::Difference, Kind::Better]);
}

#[test]
fn intervals_cover_what_touchpoints_come_to() {
    hold("touchpoints", &[20], &[Kind::Level, Kind::Midway, Kind::Difference, Kind::Better]);
}

#[test]
fn what_is_rare_is_told_from_enough_replications_on() {
    let situations = situations();
    let Some(situation) = situations.iter().find(|its| its.name == "rare success") else { panic!("it is there") };
    let found = situation.covered(&[5, 80], 40);
    let told = |place: usize, kind: Kind, scenario: &str| {
        found[place].keys().any(|(its, figure)| *its == kind && figure.ends_with(scenario))
    };
    for kind in [Kind::Level, Kind::Difference, Kind::Controlled] {
        assert!(!told(0, kind, "better"), "5 replications tell {kind:?}");
        assert!(told(1, kind, "better"), "80 replications do not tell {kind:?}");
    }
    assert!(told(0, Kind::Level, "today") && told(0, Kind::Better, "better"), "what does not hang on it is told");
}
