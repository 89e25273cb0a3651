//! Exact expectations of touchpoints: closed forms, a published case, simulation against expectation, and what stands in the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model, with};
use polku::inside::engine::mechanism::schedule::obstacles;
use polku::inside::estimate::exact::Exact;

/// Customers who stay, in a stage without a quality: only touchpoints move them.
const STILL: &str = r#"
run = { period = "month", horizon = HORIZON, customers = 100_000, agents = 100, replications = 2, seed = 7 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[experience]
start = 0.5
neutral = 0.6
learning = 0.3
[stages.active]
retained = true
to = { gone = 0 }
[stages.gone]
"#;

fn still(horizon: u32, more: &str) -> String {
    with(STILL, &[("HORIZON", horizon.to_string().as_str())]) + more
}

/// What a metric of the scenario `today` is exactly.
fn exact(study: &str, metric: &str) -> f64 {
    let model = model(study);
    let exact = Exact::of(&model).unwrap_or_else(|why| panic!("{why:?}"));
    exact.mean(&model, "today", metric).unwrap()
}

fn close(found: f64, truth: f64) {
    assert!((found - truth).abs() <= 1e-9 * truth.abs().max(1.0), "{found} instead of {truth}");
}

#[test]
fn a_poisson_touchpoint_moves_satisfaction_as_its_closed_form_says() {
    let of = |pace: f64, q: f64| q + (0.5 - q) * libm::exp(-0.8 * pace * 6.0);
    let study = still(6, "[touchpoints.visit]\nrate = 0.8\nquality = 0.7\n");
    let found = exact(&study, "satisfaction");
    close(found, of(0.3, 0.7));
    assert!((found - 0.652_614).abs() < 5e-7, "{found}");
    close(exact(&study, "touchpoints.visit"), 0.8 * 6.0 * 100_000.0);
    // Half the importance is half the pace; trouble takes from the quality; a pace is 1 at most.
    let visit = |more: &str| still(6, &format!("[touchpoints.visit]\nrate = 0.8\n{more}\n"));
    close(exact(&visit("quality = 0.75\neffort = 0.05\nimportance = 0.5"), "satisfaction"), of(0.15, 0.7));
    close(exact(&visit("quality = 0.7\nimportance = 9"), "satisfaction"), of(1.0, 0.7));
    // What is left after the trouble is not below 0, whatever the law.
    let spread = exact(&visit("quality = \"uniform(0, 0.8)\"\neffort = 0.4"), "satisfaction");
    close(spread, of(0.3, 0.1));
}

/// The study of the published case, with the quality of the stage as a touchpoint that comes once a period.
fn remembered() -> (String, String) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/published/satisfaction_ewma.toml");
    let plain = std::fs::read_to_string(path).unwrap();
    let touched =
        with(&plain, &[("quality = \"bernoulli(0.7)\"\n", ""), ("stages.active.quality", "touchpoints.month.quality")]);
    (plain, touched + "\n[touchpoints.month]\nchance = 1\nquality = \"bernoulli(0.7)\"\n")
}

#[test]
fn a_quality_is_the_same_whether_a_stage_has_it_or_a_touchpoint() {
    let (plain, touched) = remembered();
    let (plain, touched) = (model(&plain), model(&touched));
    let [of_stage, of_touchpoint] = [&plain, &touched].map(|model| Exact::of(model).unwrap());
    for scenario in ["base", "better_service", "bad_launch"] {
        for metric in ["retention", "satisfaction", "revenue", "npv"] {
            let [stage, touchpoint] = [(&of_stage, &plain), (&of_touchpoint, &touched)]
                .map(|(its, of)| its.mean(of, scenario, metric).unwrap());
            assert!((stage - touchpoint).abs() <= 1e-9 * stage.abs(), "{metric} of {scenario}: {stage}, {touchpoint}");
        }
    }
}

#[test]
fn a_memory_of_touchpoints_drives_churn_as_all_histories_say() {
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/cases/satisfaction_ewma_exact/case.json");
    let Ok(case) = std::fs::read_to_string(case) else {
        eprintln!("skipped: there is no {case}");
        return;
    };
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let list = |id: &str| -> Vec<f64> {
        let entry = case["expected"].as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap();
        let value = &entry["value"];
        value
            .as_array()
            .map_or_else(|| vec![value.as_f64().unwrap()], |all| all.iter().map(|x| x.as_f64().unwrap()).collect())
    };
    let model = model(&remembered().1);
    let exact = Exact::of(&model).unwrap();
    for scenario in ["base", "better_service", "bad_launch"] {
        let over_time = |metric: &str| exact.over_time(&model, scenario, metric).unwrap();
        let pairs = [
            ("survival_0_12", over_time("retention").to_vec()),
            ("mean_S_of_survivors_1_12", over_time("satisfaction")[1..].to_vec()),
            ("revenue_per_acquired_customer", vec![exact.mean(&model, scenario, "revenue").unwrap()]),
        ];
        for (id, found) in pairs {
            let truth = list(&format!("{scenario}.{id}"));
            assert_eq!(truth.len(), found.len());
            for (truth, found) in truth.iter().zip(&found) {
                assert!((truth - found).abs() <= 1e-6 * truth.abs(), "{id} of {scenario}: {found} instead of {truth}");
            }
        }
    }
}

/// Customers who are called, write, are answered and sometimes let down, and who leave by how they remember it.
const CARED_FOR: &str = r#"
run = { period = "month", horizon = 12, customers = 40_000, agents = 2_000, replications = 150, seed = 19, discount_rate = 0.1 }
scenarios.today = {}
scenarios.better.changes = [ { target = "touchpoints.call.ends.bad.chance", odds = 0.4, from = 4 } ]
scenarios.more.changes = [ { target = "touchpoints.visit.rate.active", times = 1.6 } ]
[segments.new]
share = 0.4
start = { active = 1 }
inflow = { per_period = 600, start = { active = 1 } }
[segments.old]
share = 0.6
start = { active = 0.7, risky = 0.3 }
[traits.fit]
law = "normal(0, 1)"
[experience]
start = "normal(0.55, 0.12)"
neutral = 0.6
learning = 0.25
[stages.active]
retained = true
quality = "normal(0.62, 0.1)"
values = { revenue = 20 }
to = { risky = { chance = 0.08, drivers = { satisfaction = -4 } }, gone = { chance = 0.02, drivers = { satisfaction = -3 } } }
purchases = { rate = 0.6, basket = "lognormal(mean=30, sd=10)", drivers = { satisfaction = 1.2 } }
[stages.risky]
retained = true
values = { revenue = 12 }
to = { active = 0.2, gone = { chance = 0.1, drivers = { satisfaction = -2 } } }
[stages.gone]
[touchpoints.visit]
rate = { active = 0.9, risky = 0.3 }
drivers = { satisfaction = 1.5, fit = 0.4 }
quality = "bernoulli(0.7)"
effort = 0.05
values = { visit_cost = 3 }
[touchpoints.sorry]
on = "visit"
chance = 0.3
drivers = { satisfaction = -2 }
quality = 0.8
importance = 0.5
values = { sorry_cost = 1 }
[touchpoints.call]
chance = 0.4
drivers = { fit = -0.3 }
quality = "normal(0.7, 0.15)"
values = { call_cost = 5 }
ends.bad = { chance = 0.15, drivers = { satisfaction = -1.5 }, quality = "beta(2, 6)", importance = 1.6, values = { call_cost = 9 } }
ends.dull = { chance = 0.2, quality = 0.5, effort = 0.1, importance = 0 }
[touchpoints.complaint]
on = "call.bad"
chance = 0.5
values = { complaint_cost = 2 }
[touchpoints.reply]
on = "complaint"
chance = 0.6
quality = 0.9
values = { reply_cost = 10 }
[touchpoints.letter]
rate = 0.5
values = { letter_cost = 0.5 }
[touchpoints.answered]
on = "letter"
chance = { active = 0.2 }
"#;

#[test]
fn simulated_customers_meet_touchpoints_as_often_and_stay_as_long_as_expected() {
    let model = model(CARED_FOR);
    let run = check_against_exact(&model);
    let exact = run.scenarios[0].exact.as_ref().unwrap();
    for metric in [
        "retention",
        "revenue",
        "npv",
        "satisfaction",
        "touchpoints.visit",
        "touchpoints.call.bad",
        "touchpoints.sorry",
    ] {
        assert!(exact.contains_key(metric), "{metric}");
    }
}
