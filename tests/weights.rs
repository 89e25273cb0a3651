//! Weights: what each touchpoint, each of its ends and a period in each stage moves satisfaction by.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{STILL, model, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::weighed::Weighed;
use polku::inside::stats::moments::Moments;

/// Few who stay, for six months.
fn still() -> String {
    with(STILL, &[("HORIZON", "6"), ("agents = 20_000", "agents = 2_000"), ("replications = 20", "replications = 3")])
}

fn run(study: &str) -> Runs {
    Experiment::new(&model(study)).threads(2).run().unwrap()
}

/// The mean of a metric at each time, of the baseline and all its customers.
fn over_time(runs: &Runs, metric: &str) -> Vec<f64> {
    let series = runs.series();
    let its = series.iter().find(|its| its.metric == metric && its.segment == "all" && its.scenario == "today");
    its.unwrap().values.iter().map(|value| value.mean).collect()
}

/// What moved satisfaction in the baseline.
fn weighed(runs: &Runs) -> Vec<Weighed> {
    runs.business().weights.into_iter().find(|its| its.scenario == "today").unwrap().movers
}

#[test]
fn a_visit_every_period_moves_satisfaction_by_a_share_of_what_is_left_to_its_quality() {
    let runs = run(&(still() + "[touchpoints.visit]\nchance = 1\nquality = 0.7\n"));
    let weights = over_time(&runs, "touchpoints.visit.weight");
    assert_eq!(weights[0], 0.0);
    let mut satisfaction = 0.5;
    for (period, weight) in weights.iter().enumerate().skip(1) {
        let moved = 0.3 * (0.7 - satisfaction);
        assert!((weight - moved).abs() < 3e-7, "period {period}: {weight} instead of {moved}");
        satisfaction += moved;
    }
    let [visit] = weighed(&runs).try_into().unwrap();
    assert_eq!((visit.name.as_str(), visit.up, visit.down.mean), ("touchpoints.visit", visit.weight, 0.0));
    assert!((visit.weight.mean - (satisfaction - 0.5)).abs() < 1e-6, "{:?}", visit.weight);
    // Half the importance is half the pace, however often it happens.
    let slow = run(&(still() + "[touchpoints.visit]\nchance = 1\nquality = 0.3\nimportance = 0.5\n"));
    let [visit] = weighed(&slow).try_into().unwrap();
    assert!((visit.down.mean - 0.2 * (libm::pow(0.85, 6.0) - 1.0)).abs() < 1e-6, "{:?}", visit.down);
    assert_eq!(visit.up.mean, 0.0);
}

/// Customers who move between two stages that are felt, buy, are delivered to, and are promised more than there is.
const FELT: &str = r#"
run = { period = "month", horizon = 12, customers = 40_000, agents = 3_000, replications = 4, seed = 21 }
scenarios.today = {}
scenarios.better.changes = [ { target = "touchpoints.delivery.ends.late.chance", odds = 0.3, from = 2 } ]
scenarios.kept.changes = [ { target = "stages.active.to.risky", odds = 0.6 } ]
segments.all = { share = 1, start = { active = 0.8, risky = 0.2 } }
[experience]
start = "normal(0.5, 0.1)"
neutral = 0.6
learning = 0.3
gain = 0.2
loss = 0.45
expectation = { start = 0.65, adapts = 0.1, hears = 0.5 }
[stages.active]
title = "Active customer"
retained = true
quality = "normal(0.66, 0.1)"
to = { risky = { chance = 0.1, drivers = { satisfaction = -2 } } }
purchases = { rate = 0.8, basket = 20 }
[stages.risky]
retained = true
quality = "beta(4, 6)"
to = { active = 0.3 }
[touchpoints.delivery]
title = "Parcel"
on = "purchase"
quality = "normal(0.74, 0.12)"
ends.late = { chance = 0.2, quality = "beta(2, 6)" }
ends.storm = { chance = 0.02, quality = 0.35, importance = 0.4 }
[touchpoints.visit]
rate = 0.5
quality = "bernoulli(0.7)"
promise = 0.8
[touchpoints.unfelt]
rate = 0.4
"#;

#[test]
fn all_that_moves_satisfaction_adds_up_to_what_becomes_of_it() {
    let plain = "gain = 0.2\nloss = 0.45\nexpectation = { start = 0.65, adapts = 0.1, hears = 0.5 }\n";
    let unpromised = with(FELT, &[(plain, ""), ("promise = 0.8\n", "")]);
    for study in [FELT, &unpromised] {
        let runs = run(study);
        let movers = weighed(&runs);
        let names: Vec<&str> = movers.iter().map(|its| its.name.as_str()).collect();
        let expected = [
            "touchpoints.delivery",
            "touchpoints.delivery.ends.late",
            "touchpoints.delivery.ends.storm",
            "touchpoints.visit",
            "stages.active",
            "stages.risky",
        ];
        let mut sorted = (names.clone(), expected.to_vec());
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        assert_eq!(sorted.0, sorted.1);
        let satisfaction = over_time(&runs, "satisfaction");
        let change = satisfaction.last().unwrap() - satisfaction[0];
        let all: f64 = movers.iter().map(|its| its.weight.mean).sum();
        assert!((all - change).abs() < 1e-6, "{all} instead of {change}");
        for its in &movers {
            let (up, down) = (its.up.mean, its.down.mean);
            assert!(up >= 0.0 && down <= 0.0 && (up + down - its.weight.mean).abs() < 1e-12, "{its:?}");
        }
    }
}

#[test]
fn ends_split_what_their_touchpoint_does_and_have_titles() {
    let runs = run(FELT);
    let movers = weighed(&runs);
    let of = |name: &str| movers.iter().find(|its| its.name == name).unwrap();
    let metrics = &runs.summary().scenarios[0].metrics;
    let [rest, late, storm] =
        ["", ".ends.late", ".ends.storm"].map(|end| of(&format!("touchpoints.delivery{end}")).weight.mean);
    assert!(rest > 0.0 && late < 0.0 && storm < 0.0 && late < storm, "{rest} {late} {storm}");
    assert!((metrics["touchpoints.delivery.weight"].mean - (rest + late + storm)).abs() < 1e-9);
    assert!((metrics["touchpoints.delivery.late.weight"].mean - late).abs() < 1e-12);
    assert!(!metrics.contains_key("touchpoints.unfelt.weight"), "nobody feels it");
    let titles =
        ["touchpoints.delivery", "touchpoints.delivery.ends.late", "stages.active"].map(|name| &of(name).title);
    assert_eq!(titles, ["Parcel, otherwise", "Parcel, late", "A period in “Active customer”"]);
}

#[test]
fn a_study_in_which_no_touchpoint_is_felt_weighs_nothing() {
    let runs = run(&with(&still(), &[("retained = true", "retained = true\nquality = 0.7")]));
    assert!(runs.business().weights.is_empty());
    assert!(runs.model().weights.is_none());
    let unremembered = with(&still(), &[("[experience]\nstart = 0.5\nneutral = 0.6\nlearning = 0.3\n", "")]);
    let runs = run(&(unremembered
        + "[touchpoints.visit]\nrate = 1\nquality = 0.7\n[states.last]\nfollows = \"quality\"\nrise = 1\n"));
    assert!(runs.model().weights.is_none(), "without `[experience]` there is nothing that they move");
}

/// With newcomers, and a stage that nobody leaves and yet has a quality: who can change no more is not dropped there.
fn coming() -> String {
    let gone = "[stages.gone]\nquality = \"normal(0.2, 0.05)\"\n[touchpoints.delivery]";
    with(
        FELT,
        &[
            (
                "start = { active = 0.8, risky = 0.2 } }",
                "start = { active = 0.8, risky = 0.2 }, inflow = { per_period = 900, start = { active = 1 } } }",
            ),
            ("to = { active = 0.3 }", "to = { active = 0.3, gone = 0.2 }"),
            ("[touchpoints.delivery]", gone),
        ],
    )
}

#[test]
fn neither_threads_blocks_nor_instructions_move_a_weight() {
    let model = model(&with(&coming(), &[("agents = 3_000", "agents = 9_000")]));
    let told = |experiment: Experiment| format!("{:?}", experiment.run().unwrap().business().weights);
    let first = told(Experiment::new(&model).threads(2));
    assert!(first.contains("stages.gone"));
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        assert!(told(Experiment::new(&model).threads(threads).block(block)) == first, "{threads}, {block}");
    }
    for set in InstructionSet::available() {
        assert!(told(Experiment::new(&model).threads(2).instructions(set)) == first, "{}", set.name());
    }
}

#[test]
fn a_forced_difference_of_a_weight_agrees_with_a_paired_one() {
    let model = model(&with(FELT, &[("replications = 4", "replications = 60"), ("agents = 3_000", "agents = 2_000")]));
    let run = |grain| Experiment::new(&model).threads(2).forced(&[None, None, grain]).run().unwrap();
    let (paired, forced) = (run(None).summary(), run(Some(Resolution(2))));
    let pairs = paired.contrasts.iter().find(|contrast| contrast.scenario == "kept").unwrap();
    for metric in ["touchpoints.delivery.weight", "touchpoints.delivery.late.weight", "touchpoints.visit.weight"] {
        let sample: Moments = forced.forced_differences(2, metric).into_iter().collect();
        let error = libm::sqrt(sample.variance().unwrap() / 60.0);
        let pair = &pairs.metrics[metric].estimate;
        let z = (sample.mean() - pair.mean) / libm::hypot(error, pair.standard_error.unwrap());
        assert!(z.abs() < 4.5, "{metric}: {} forced, {} paired, z = {z}", sample.mean(), pair.mean);
        assert!(error < 2.0 * pair.standard_error.unwrap(), "{metric}");
    }
}
