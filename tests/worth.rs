//! What customers are worth after the horizon: the same whole, wherever the horizon cuts it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::model;
use polku::engine::experiment::Experiment;
use polku::estimate::business::{Business, CohortResult};
use polku::estimate::runs::Runs;

fn business(text: &str) -> Business {
    let model = model(text);
    Runs::of(&model, &Experiment::new(&model).threads(2)).unwrap().business()
}

/// Ten a year from everyone who is there, and a tenth of them leave in every year.
const YEARS: &str = r#"
[run]
period = "year"
horizon = 10
customers = 1000
agents = 200
replications = 2
seed = 3
discount_rate = 0.0
[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
to = { gone = 0.1 }
values = { revenue = 10 }
[stages.gone]
[scenarios.today]
"#;

/// How many customers of one are left at a time.
fn left(t: u32) -> f64 {
    libm::pow(0.9, f64::from(t))
}

fn first(found: &Business) -> &CohortResult {
    &found.cohorts[0].cohorts[0]
}

#[test]
fn what_the_accrual_puts_at_the_horizon_is_neither_lost_nor_counted_twice() {
    // Customers of time 10 and after, with what time 10 already counts before the horizon.
    let after: f64 = (11..2_000).map(|t| 10.0 * left(t)).sum();
    let at = 10.0 * left(10);
    let odd: f64 = (11..2_000).step_by(2).map(|t| 10.0 * left(t)).sum();
    let simpson = 2.0 / 3.0 * odd + 4.0 / 3.0 * (after - odd) + (4.0 - 1.0) / 3.0 * at;
    let whole = [
        ("end", after),
        ("all", after),
        ("start", after + at),
        ("half_cycle", after + at / 2.0),
        ("life_table", after + at / 2.0),
        ("simpson", simpson),
    ];
    for (accrual, wanted) in whole {
        let found = business(&YEARS.replace("seed = 3", &format!("seed = 3\naccrual = \"{accrual}\"")));
        let tail = first(&found).tail_value.unwrap();
        assert!((tail - wanted).abs() < 1e-3, "{accrual}: {tail} {wanted}");
    }
}

#[test]
fn newcomers_whom_only_a_scenario_brings_are_worth_what_others_are() {
    let text = YEARS.replace("start = { active = 1 }", "start = { active = 1 }\ninflow = { per_period = 0 }");
    let text =
        format!("{text}[scenarios.grow]\nchanges = [ {{ target = \"segments.all.inflow.per_period\", set = 100 }} ]\n");
    let found = business(&text);
    assert_eq!(found.cohorts[0].cohorts.len(), 1, "nobody comes today");
    let [start, came, ..] = &found.cohorts[1].cohorts[..] else { panic!("{:?}", found.cohorts[1]) };
    // Who comes in period 1 has as long after the horizon as who was there at the start.
    assert!((came.tail_value.unwrap() - start.tail_value.unwrap()).abs() < 1e-3, "{came:?}");
    assert!(came.captured_share.unwrap() < 0.8, "{came:?}");
}

#[test]
fn an_initiative_that_may_fail_counts_after_the_horizon_as_often_as_it_works() {
    let text = |success: f64| {
        let it = format!(
            "[initiatives.it]\nsuccess = {success}\neffects = [ {{ target = \"stages.active.to.gone\", times = 0.5 }} ]\n"
        );
        format!("{YEARS}{it}[scenarios.plan]\ninitiatives = {{ it = 1 }}\n")
            .replace("replications = 2", "replications = 16")
    };
    let worth = |success: f64| {
        let found = business(&text(success));
        let works = found.roadmaps[1].initiatives[0].live_share.unwrap().share;
        (found.cohorts[1].cohorts[0].tail_value.unwrap(), works)
    };
    let ((never, _), (always, _), (half, works)) = (worth(0.0), worth(1.0), worth(0.5));
    assert!(works > 0.0 && works < 1.0, "{works}");
    let wanted = works * always + (1.0 - works) * never;
    assert!((half - wanted).abs() < 1e-3, "{half} {wanted}: {never} to {always}");
}
