//! A change that names segments reaches their customers, and nobody else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, check_against_exact, expected, model, summary, text, with};
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::Model;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::quantity::{ScenarioId, SegmentId};
use polku::inside::stats::moments::Moments;

/// `WHOSE` stands where a change may say whom it reaches.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 12
customers = 4_000
agents = 800
replications = 30
[segments.families]
share = 0.4
start = { active = 1 }
[segments.singles]
share = 0.6
start = { active = 1 }
inflow = { per_period = 20, start = { active = 1 } }
[stages.active]
retained = true
to = { gone = 0.1 }
values = { revenue = 10 }
purchases = { rate = "0.8 to 1.2", basket = "gamma(mean=20, sd=8)", margin = 0.3 }
[stages.gone]
[initiatives.care]
effects = [
    { target = "stages.active.to.gone", hazard = "0.4 to 0.6" WHOSE },
    { target = "stages.active.values.revenue", times = 1.5 WHOSE },
]
dip = { periods = 2, share = 0.5, effects = [ { target = "stages.active.purchases.rate", times = 0.9 WHOSE } ] }
[scenarios.today]
[scenarios.plan]
initiatives = { care = 3 }
changes = [ { target = "stages.active.purchases.margin", add = "0.01 to 0.03" WHOSE } ]
[[shocks]]
hazard = 0.05
effects = [ { target = "stages.active.purchases.rate", times = "0.7 to 0.9" WHOSE } ]
"#;

fn reaching(whose: &str) -> Model {
    model(&with(STUDY, &[(" WHOSE", whose)]))
}

fn segment(model: &Model, name: &str) -> SegmentId {
    SegmentId::from(model.segments.iter().position(|its| its.name == name).unwrap())
}

#[test]
fn a_change_that_names_all_segments_is_one_that_names_none() {
    let plain = text(&summary(&reaching("")));
    for all in [r#", segments = ["families", "singles"]"#, r#", segments = ["singles", "families"]"#] {
        assert!(text(&summary(&reaching(all))) == plain, "{all}");
    }
    assert!(text(&summary(&reaching(r#", segments = ["families"]"#))) != plain);
}

#[test]
fn who_is_not_reached_lives_as_before() {
    let model = model(&with(
        STUDY,
        &[(r#""0.4 to 0.6" WHOSE"#, r#"0.5, segments = ["families"]"#), (" WHOSE", r#", segments = ["families"]"#)],
    ));
    for (name, before, after) in [("families", 0.9, libm::sqrt(0.9)), ("singles", 0.9, 0.9)] {
        let flows = expected(&model, (ScenarioId(1), segment(&model, name)), 0, None);
        for t in 0..=12_u8 {
            // In force from period 3 on: a hazard of a half is the root of what stays.
            let later = t.min(2);
            let stay = libm::pow(before, f64::from(later)) * libm::pow(after, f64::from(t - later));
            let active = flows.cells(CUSTOMERS, usize::from(t))[0];
            assert!((active - stay).abs() < 1e-12, "{name} at {t}: {active}, not {stay}");
        }
    }
}

#[test]
fn what_reaches_some_is_simulated_as_it_is_expected() {
    check_against_exact(&reaching(r#", segments = ["singles"]"#));
}

#[test]
fn two_changes_for_half_of_the_customers_each_are_one_for_all() {
    let direct = |changes: &str| {
        let (study, _) = STUDY.split_once("[initiatives.care]").unwrap();
        let study = with(study, &[(r#""0.8 to 1.2""#, "1")]);
        text(&summary(&model(&format!("{study}[scenarios.today]\n[scenarios.plan]\nchanges = [ {changes} ]\n"))))
    };
    let change = |more: &str| format!(r#"{{ target = "stages.active.to.gone", odds = 0.7{more} }}"#);
    let halves = ["families", "singles"].map(|name| change(&format!(", segments = [\"{name}\"]")));
    assert!(direct(&halves.join(", ")) == direct(&change("")));
}

#[test]
fn a_segment_that_is_not_reached_parts_with_no_customer() {
    let here = summary(&reaching(r#", segments = ["families"]"#));
    let everyone = summary(&reaching(""));
    let affected = |summary: &polku::inside::estimate::summary::Summary| {
        serde_json::to_value(summary).unwrap()["contrasts"][0]["affected_customers"].as_f64()
    };
    let (here, everyone) = (affected(&here).unwrap(), affected(&everyone).unwrap());
    assert!(here <= 1_600.0 && here < everyone, "{here} of {everyone}");
}

#[test]
fn a_coupled_difference_that_some_are_reached_by_is_unbiased() {
    let model = model(&with(
        EVERYTHING,
        &[
            ("AWAY", "{ chance = 0.06, drivers = { level = 0.8 } }"),
            ("BACK", "{ trait = \"back\" }"),
            ("odds = 0.5 }", "odds = 0.5, segments = [\"young\"] }"),
            ("hazard = 0.9,", "hazard = 0.9, segments = [\"old\"],"),
        ],
    ));
    let exact = Exact::of(&model).unwrap();
    let runs = Experiment::new(&model).threads(2).forced(&[None, Some(Resolution(1))]).run().unwrap();
    for name in ["retention", "revenue", "margin", "cost", "npv", "customers.away"] {
        let truth = exact.mean(&model, "fixed", name).unwrap() - exact.mean(&model, "today", name).unwrap();
        let sample: Moments = runs.forced_differences(1, name).into_iter().collect();
        let error = libm::sqrt(sample.variance().unwrap() / sample.count() as f64);
        let z = (sample.mean() - truth) / error;
        assert!(z.abs() < 4.5, "{name}: {} coupled, {truth} exact, z = {z}", sample.mean());
    }
}
