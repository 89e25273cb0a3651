//! What is called exact is exact: steep drivers, laws that crowd at their ends, chances and rates that are cut, each held to
//! a value that is computed in another way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::model;
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::exact::Exact;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::model::param::Param;

/// What a metric of the only scenario is exactly, where customers start in `a` and have one trait.
fn exact(horizon: u32, law: &str, stage: &str, metric: &str) -> f64 {
    exact_with((horizon, law), stage, "", metric)
}

fn exact_with((horizon, law): (u32, &str), stage: &str, today: &str, metric: &str) -> f64 {
    let study = format!(
        "[run]\nperiod = \"month\"\nhorizon = {horizon}\ncustomers = 1\nagents = 10\nreplications = 2\n[segments.all]\nshare = 1\nstart = {{ a = 1 }}\n[traits.x]\n{law}\n[stages.a]\nretained = true\n{stage}\n[stages.b]\n[scenarios.today]\n{today}\n"
    );
    let model = model(&study);
    Exact::of(&model).unwrap().mean(&model, "today", metric).unwrap()
}

/// The mean of a function of a number between two ends, by its density and many midpoints.
fn mean(low: f64, high: f64, density: impl Fn(f64) -> f64, of: impl Fn(f64) -> f64) -> f64 {
    const POINTS: u32 = 400_000;
    let width = (high - low) / f64::from(POINTS);
    (0..POINTS).map(|k| low + width * (f64::from(k) + 0.5)).map(|x| width * density(x) * of(x)).sum()
}

fn normal(mean: f64, sd: f64) -> impl Fn(f64) -> f64 {
    move |x| {
        let z = (x - mean) / sd;
        libm::exp(-0.5 * z * z) / (sd * libm::sqrt(2.0 * std::f64::consts::PI))
    }
}

#[test]
fn a_steep_driver_has_its_own_expectation() {
    for weight in [3.0, 60.0, 500.0, 5_000.0] {
        let found = exact(
            4,
            "law = \"normal(0, 1)\"",
            &format!("to = {{ b = {{ chance = 0.1, drivers = {{ x = {weight} }} }} }}"),
            "retention",
        );
        let stays = |x: f64| 0.9 / (0.9 + 0.1 * libm::exp((weight * x).clamp(-80.0, 80.0)));
        let wanted = mean(-9.0, 9.0, normal(0.0, 1.0), |x| libm::pow(stays(x), 4.0));
        assert!((found - wanted).abs() < 1e-6, "weight {weight}: {found}, {wanted} by midpoints");
        if weight == 500.0 {
            assert!((found - 0.50029).abs() < 1e-5, "{found}");
        }
    }
}

/// The rule is made for all draws at once, of which few are as flat as the median.
#[test]
fn a_steepness_that_is_uncertain_is_followed_in_every_draw() {
    let study = "[run]\nperiod = \"month\"\nhorizon = 4\ncustomers = 1\nagents = 10\nreplications = 60\nseed = 4\n[segments.all]\nshare = 1\nstart = { a = 1 }\n[traits.x]\nlaw = \"normal(0, 1)\"\n[stages.a]\nretained = true\nto = { b = { chance = 0.1, drivers = { x = \"lognormal(mean=20, sd=60)\" } } }\n[stages.b]\n[scenarios.today]\n";
    let model = model(study);
    let place = model.params.iter().position(Param::is_uncertain).unwrap();
    let simulation = Simulation::new(&model, Design::of(&model));
    let mut steepest: f64 = 0.0;
    for number in 0..60 {
        let drawn = Design::of(&model).drawn(&model, number);
        let weight = drawn.values.0[place];
        if number % 8 > 0 && weight < 60.0 {
            continue;
        }
        steepest = steepest.max(weight);
        let flows = simulation.expected(&drawn, &planned(&model, &drawn)).unwrap();
        let stays = |x: f64| 0.9 / (0.9 + 0.1 * libm::exp((weight * x).clamp(-80.0, 80.0)));
        let wanted = mean(-9.0, 9.0, normal(0.0, 1.0), |x| libm::pow(stays(x), 4.0));
        let found = flows[0][0].cells(CUSTOMERS, flows[0][0].times() - 1)[0];
        assert!((found - wanted).abs() < 1e-6, "weight {weight}: {found}, {wanted} by midpoints");
    }
    assert!(steepest > 60.0, "{steepest}");
}

#[test]
fn chances_of_ones_own_that_crowd_at_both_ends_have_their_closed_form() {
    for (a, b) in [(0.01, 0.05), (0.5, 0.5), (2.0, 3.0), (0.02, 4.0)] {
        let found = exact(12, &format!("law = \"beta({a}, {b})\""), "to = { b = { trait = \"x\" } }", "retention");
        // The mean of (1 - x)^12 is B(a, b + 12) / B(a, b).
        let wanted: f64 = (0..12).map(f64::from).map(|k| (b + k) / (a + b + k)).product();
        assert!((found - wanted).abs() < 1e-6, "beta({a}, {b}): {found}, {wanted} in closed form");
    }
}

#[test]
fn chances_are_cut_where_they_leave_their_range() {
    // What others leave is all that there is to take: half of all customers want more.
    let stage = "to = { c = 0.5, b = { trait = \"x\" } }\n[stages.c]";
    let found = exact(2, "law = \"uniform(0, 1)\"", stage, "retention");
    assert!((found - 1.0 / 24.0).abs() < 1e-6, "{found}");
    // A change takes it past 1 for three in ten.
    let stage = "to = { b = { trait = \"x\" } }";
    let today = "changes = [{ target = \"stages.a.to.b\", add = 0.3 }]";
    let found = exact_with((2, "law = \"uniform(0, 1)\""), stage, today, "retention");
    assert!((found - 0.343 / 3.0).abs() < 1e-6, "{found}");
}

#[test]
fn a_trait_that_ages_past_a_steep_place_is_followed_year_by_year() {
    let found = exact(
        6,
        "law = \"uniform(0, 8)\"\nages = true\nneutral = 5",
        "to = { b = { chance = 0.2, drivers = { x = 40 } } }",
        "retention",
    );
    let stays = |x: f64| 0.8 / (0.8 + 0.2 * libm::exp((40.0 * (x - 5.0)).clamp(-80.0, 80.0)));
    let wanted = mean(0.0, 8.0, |_| 1.0 / 8.0, |x| (0..6).map(|k| stays(x + f64::from(k))).product());
    assert!((found - wanted).abs() < 1e-6, "{found}, {wanted} by midpoints");
}

#[test]
fn what_does_not_settle_is_not_called_exact() {
    let study = |weight: f64| {
        format!(
            "[run]\nperiod = \"month\"\nhorizon = 6\ncustomers = 1\nagents = 10\nreplications = 2\n[experience]\nstart = \"uniform(0, 1)\"\nneutral = 0.5\nlearning = 0.3\n[segments.all]\nshare = 1\nstart = {{ a = 1 }}\n[stages.a]\nretained = true\nquality = \"beta(2, 2)\"\nto = {{ b = {{ chance = 0.1, drivers = {{ satisfaction = {weight} }} }} }}\n[stages.b]\n[scenarios.today]\n"
        )
    };
    assert!(Exact::of(&model(&study(-3.0))).is_ok());
    let why = Exact::of(&model(&study(-5_000.0))).err().unwrap();
    assert!(why[0].contains("satisfaction moves too abruptly"), "{why:?}");
}
