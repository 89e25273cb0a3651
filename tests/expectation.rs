//! What customers remember has an exact expectation too: it is what all simulations agree on, and what algebra says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::exact::obstacle::obstacles;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::exact::Exact;
use polku::inside::model::Model;
use polku::inside::model::counter::SATISFACTION;
use polku::inside::quantity::{ScenarioId, SegmentId};

/// A small journey in which satisfaction bends what people do; its quality laws are filled in.
fn remembered(quality: [&str; 2], learning: &str) -> String {
    // A number stands without quotes.
    let [shop, away] =
        quality.map(|law| if law.parse::<f64>().is_ok() { law.to_owned() } else { format!("\"{law}\"") });
    format!(
        r#"
[run]
period = "month"
horizon = 14
customers = 5_000
agents = 5_000
replications = 60
seed = 11
[experience]
start = "normal(0.5, 0.3)"
neutral = 0.5
learning = {learning}
[segments.new]
share = 0.5
start = {{ shop = 0.5, away = 0.5 }}
[segments.old]
share = 0.5
start = {{ shop = 1 }}
changes = [ {{ target = "stages.shop.quality", add = -0.05 }} ]
[stages.shop]
retained = true
quality = {shop}
purchases = {{ rate = 0.7, basket = "lognormal(mean=20, sd=8)", drivers = {{ satisfaction = 1.2 }} }}
[stages.shop.to]
desk = {{ chance = 0.1, on = "purchase" }}
away = {{ chance = [0.1, 0.05, 0.02], by = "periods_in_stage", drivers = {{ satisfaction = -2 }} }}
[stages.desk]
retained = true
quality = {away}
to = {{ shop = {{ chance = 0.5, drivers = {{ satisfaction = 1 }} }}, away = 0.1 }}
on_move = {{ shop = {{ voucher_cost = 3 }} }}
[stages.away]
to = {{ shop = {{ chance = 0.04, drivers = {{ satisfaction = 4 }} }} }}
[initiatives.care]
build = 2
ramp = 4
effects = [ {{ target = "stages.*.quality", add = 0.08 }} ]
[scenarios.today]
[scenarios.better]
initiatives = {{ care = 2 }}
"#
    )
}

const QUALITIES: [[&str; 2]; 6] = [
    ["normal(0.65, 0.15)", "beta(2, 4)"],
    ["bernoulli(0.7)", "bernoulli(0.2)"],
    ["normal(0.9, 0.5)", "uniform(0, 0.8)"],
    ["lognormal(mean=0.6, sd=0.5)", "gamma(mean=0.4, sd=0.3)"],
    ["0.7", "triangular(0, 0.2, 0.9)"],
    ["beta(0.5, 0.5)", "exponential(mean=0.3)"],
];

fn flows(model: &Model, scenario: usize, segment: usize, intervals: Option<usize>) -> Counts<f64> {
    common::expected(model, (ScenarioId::from(scenario), SegmentId::from(segment)), 0, intervals)
}

#[test]
fn simulations_agree_with_the_exact_expectation_whatever_the_quality_is_like() {
    for quality in QUALITIES {
        let run = check_against_exact(&model(&remembered(quality, "0.4")));
        assert!(run.scenarios.iter().all(|scenario| scenario.exact.as_ref().unwrap().contains_key("satisfaction")));
    }
}

#[test]
fn simulations_agree_with_the_exact_expectation_with_a_trait_and_uncertain_numbers() {
    let study = remembered(QUALITIES[0], "0.4")
        .replace("[segments.new]", "[traits.taste]\nlaw = \"bernoulli(0.4)\"\n[segments.new]")
        .replace(
            "{ chance = 0.5, drivers = { satisfaction = 1 } }",
            "{ chance = 0.5, drivers = { satisfaction = 1, taste = -1.5 } }",
        )
        .replace("add = 0.08", "add = \"0.02 to 0.2\"")
        .replace("rate = 0.7", "rate = \"0.5 to 0.8\"");
    check_against_exact(&model(&study));
    let certain = study.replace("\"0.02 to 0.2\"", "0.1").replace("\"0.5 to 0.8\"", "0.6");
    check_against_exact(&model(&certain.replace("bernoulli(0.4)", "normal(0, 1)")));
}

#[test]
fn a_grid_twice_as_fine_changes_nothing() {
    for (quality, learning) in QUALITIES.into_iter().flat_map(|quality| [(quality, "0.05"), (quality, "0.9")]) {
        let model = model(&remembered(quality, learning));
        let apart = flows(&model, 1, 1, None).distance(&flows(&model, 1, 1, Some(320)));
        assert!(apart < 1e-6, "{quality:?} with learning {learning}: {apart}");
    }
}

#[test]
fn satisfaction_that_drives_nothing_leaves_the_cohort_as_it_is() {
    for quality in QUALITIES {
        let study = remembered(quality, "0.4").replace("drivers = { satisfaction", "drivers = { taste");
        let study = study.replace("[segments.new]", "[traits.taste]\nlaw = 0.3\n[segments.new]");
        let model = model(&study);
        for (scenario, segment) in [(0, 0), (1, 1)] {
            let mut followed = flows(&model, scenario, segment, None);
            let plain = flows(&model, scenario, segment, Some(0));
            assert!(followed.all(SATISFACTION).all(|sum| *sum > 0.0));
            for t in 0..plain.times() {
                followed.cells_mut(SATISFACTION, t).copy_from_slice(plain.cells(SATISFACTION, t));
            }
            assert!(followed.distance(&plain) < 1e-12, "{}", followed.distance(&plain));
        }
    }
}

#[test]
fn a_steady_quality_draws_satisfaction_to_itself_in_a_geometric_series() {
    let study = |quality: f64| {
        format!(
            "[run]\nperiod = \"month\"\nhorizon = 20\ncustomers = 1\nagents = 1\nreplications = 1\nseed = 1\n[experience]\nstart = 0.1\nneutral = 0.5\nlearning = 0.25\n[segments.all]\nshare = 1\nstart = {{ here = 1 }}\n[stages.here]\nretained = true\nquality = {quality}\nto = {{ gone = {{ chance = 0.1, drivers = {{ satisfaction = -2 }} }} }}\n[stages.gone]\n[scenarios.today]\n"
        )
    };
    let model = model(&study(0.8));
    let exact = Exact::of(&model).unwrap();
    let satisfaction = exact.over_time(&model, "today", "satisfaction").unwrap();
    let retention = exact.over_time(&model, "today", "retention").unwrap();
    let mut kept = 1.0;
    for (t, (found, share)) in (0..).zip(satisfaction.iter().zip(retention)) {
        let s = 0.8 + (0.1 - 0.8) * libm::pow(0.75, f64::from(t));
        kept *= if t > 0 { 0.9 / (0.9 + 0.1 * libm::exp(-2.0 * (s - 0.5))) } else { 1.0 };
        assert!((found - s).abs() < 1e-12, "{found} at {t}, {s} by hand");
        assert!((share - kept).abs() < 1e-12, "{share} at {t}, {kept} by hand");
    }
}

#[test]
fn exact_figures_with_a_memory_are_stable() {
    let figures = |text: &str| {
        let model = model(text);
        let exact = Exact::of(&model).unwrap();
        ["retention", "revenue", "satisfaction"].map(|metric| exact.mean(&model, "better", metric).unwrap())
    };
    let found = [figures(&remembered(QUALITIES[0], "0.4")), figures(&remembered(QUALITIES[1], "0.4"))];
    let expected = [
        [0.716_053_169_265_8, 694_007.065_489, 0.663_820_155_917_4],
        [0.700_466_697_775_8, 731_589.960_612, 0.693_874_523_496_2],
    ];
    for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
        assert!((found - expected).abs() < 1e-9 * expected, "{found} is not {expected}");
    }
}

/// Exponents are held where the simulation holds them, so that the farthest node of a quadrature is a number.
#[test]
fn drivers_without_measure_have_an_expectation_all_the_same() {
    let study = remembered(QUALITIES[0], "0.4")
        .replace("[segments.new]", "[traits.worth]\nlaw = \"normal(50000, 20000)\"\n[segments.new]")
        .replace("{ satisfaction = 1 }", "{ satisfaction = 1, worth = 0.01 }");
    let model = model(&study);
    assert!(obstacles(&model).is_empty());
    check_against_exact(&model);
}

#[test]
fn more_kinds_of_customers_than_can_be_counted_are_an_obstacle() {
    let with = |traits: usize| {
        let laws: String = (0..traits).map(|at| format!("[traits.t{at}]\nlaw = \"bernoulli(0.5)\"\n")).collect();
        let drivers: Vec<String> = (0..traits).map(|at| format!("t{at} = 0.1")).collect();
        model(&format!(
            "[run]\nperiod = \"month\"\nhorizon = 3\ncustomers = 1000\nagents = 50\nreplications = 2\n[segments.all]\nshare = 1\nstart = {{ here = 1 }}\n{laws}[stages.here]\nretained = true\nto = {{ gone = {{ chance = 0.03, drivers = {{ {} }} }} }}\n[stages.gone]\n[scenarios.today]\n",
            drivers.join(", ")
        ))
    };
    // 2^63 can still be counted, 2^64 and more cannot.
    for (traits, needed) in [(63, "9223372036854775808"), (64, "more than 10^19"), (70, "more than 10^19")] {
        let model = with(traits);
        let found = obstacles(&model);
        assert!(found.len() == 1 && found[0].contains(&format!("it would take {needed} combinations")), "{found:?}");
        assert!(Exact::of(&model).is_err());
        assert!(
            Simulation::new(&model, Design::of(&model))
                .expected(&model.central(), &planned(&model, &model.central()))
                .is_none()
        );
    }
}

#[test]
fn obstacles_say_what_stands_in_the_way() {
    let study = remembered(QUALITIES[0], "0.4");
    assert!(obstacles(&model(&study)).is_empty());
    let heard = study
        .replace("away = 0.1 }", "away = { chance = 0.1, word_of_mouth = 0.02 } }")
        .replace("[stages.away]", "[stages.away]\ntalks = true");
    assert_eq!(obstacles(&model(&heard)), ["word of mouth in `desk` couples customers"]);
    // A list tells whole years apart, and what is multiplied needs the parts of one.
    let listed = study
        .replace("[segments.new]", "[traits.age]\nlaw = \"uniform(0, 2)\"\nages = true\n[segments.new]")
        .replace("away = 0.1 }", "away = { chance = [0.1, 0.05], by = \"age\" } }");
    assert!(obstacles(&model(&listed)).is_empty());
    let multiplied = listed.replace("purchases = { ", "purchases = { trait = \"age\", ");
    assert_eq!(
        obstacles(&model(&multiplied)),
        ["chances are listed by `age`, and purchases or baskets multiplied by it"]
    );
    let traits = study
        .replace(
            "[segments.new]",
            "[traits.taste]\nlaw = \"normal(0, 1)\"\n[traits.age]\nlaw = \"uniform(20, 80)\"\n[segments.new]",
        )
        .replace("{ satisfaction = 1 }", "{ satisfaction = 1, taste = -1.5, age = 0.01 }");
    assert_eq!(
        obstacles(&model(&traits)),
        [
            "it would take 7921 combinations of the traits age, taste, more than 1000 where satisfaction drives something too"
        ]
    );
    let experiment = model(&traits);
    assert!(
        Simulation::new(&experiment, Design::of(&experiment))
            .expected(&experiment.central(), &planned(&experiment, &experiment.central()))
            .is_none()
    );
}
