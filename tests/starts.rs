//! Changes of where customers start: shares that a change names, others scaled, as few customers moved as possible.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model, text};
use polku::Experiment;
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::run::replay::{Who, replay};
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::runs::Runs;
use polku::inside::model::Model;
use polku::inside::quantity::{ScenarioId, SegmentId};

/// Customers at the start and newcomers with starts of their own; a scenario moves the former, an initiative the latter.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 10
customers = 2_000
agents = 400
replications = 60
seed = 11
[segments.families]
share = 0.6
start = { prospect = 0.5, active = 0.3, idle = 0.2 }
[segments.families.inflow]
per_period = 50
start = { prospect = 1, onboarding = 0 }
[segments.others]
share = 0.4
start = { active = 1 }
[stages.prospect]
to = { active = 0.2 }
[stages.onboarding]
retained = true
to = { active = 0.5, gone = 0.1 }
[stages.active]
retained = true
to = { idle = 0.1 }
values = { revenue = 10 }
[stages.idle]
to = { active = 0.1, gone = 0.1 }
[stages.gone]
[initiatives.welcome]
effects = [ { target = "segments.families.inflow.start.onboarding", set = 0.6 } ]
[scenarios.today]
[scenarios.won]
initiatives = { welcome = 4 }
changes = [ { target = "segments.families.start.prospect", times = 0.5 } ]
[scenarios.odds]
changes = [ { target = "segments.families.start.active", odds = "1.5 to 2.5" } ]
"#;

fn run(model: &Model) -> Runs {
    Experiment::new(model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Holds the customers in a stage at a time against a number.
fn hold(runs: &Runs, scenario: &str, stage: &str, time: usize, expected: f64) {
    let found = runs.over_time(scenario, &format!("customers.{stage}"), time).unwrap();
    let z = (found.mean - expected) / found.standard_error.unwrap().max(1e-9);
    assert!(z.abs() < 4.5, "{stage} of {scenario} at {time}: {} and {expected}, z = {z}", found.mean);
}

#[test]
fn a_named_share_gets_its_value_and_the_others_are_scaled() {
    let model = model(STUDY);
    check_against_exact(&model);
    let runs = run(&model);
    // Of 1,200: a half of a half are prospects; three quarters go to the others, as 0.3 to 0.2.
    hold(&runs, "today", "prospect", 0, 600.0);
    hold(&runs, "won", "prospect", 0, 300.0);
    hold(&runs, "won", "active", 0, 540.0 + 800.0);
    hold(&runs, "won", "idle", 0, 360.0);
    // Newcomers: 50 come in each period, 30 of them into onboarding from period 4 on, of whom 0.4 stay in each.
    for (period, expected) in [(3, 0.0), (4, 12.0), (5, 12.0 + 0.4 * 12.0)] {
        hold(&runs, "won", "onboarding", period, expected);
    }
    // Who starts elsewhere differs: a half of the prospects, and those whom they are not as before.
    let contrast = &runs.summary().contrasts[0];
    assert!(contrast.metrics["active_customers"].estimate.low > 0.0);
    assert!(contrast.affected_customers < 700.0, "{}", contrast.affected_customers);
}

#[test]
fn only_those_start_elsewhere_who_have_to() {
    let model = model(STUDY);
    let simulation = Simulation::new(&model, Design::of(&model));
    let families = model.segments.iter().position(|segment| segment.name == "families").unwrap();
    let [prospect, active, idle] =
        ["prospect", "active", "idle"].map(|name| model.stages.iter().position(|stage| stage.name == name).unwrap());
    let starts = |scenario: usize| -> Vec<usize> {
        let life = |customer| {
            let who = Who::OfCohort { segment: SegmentId::from(families), entry: 0, customer };
            replay(&simulation, ScenarioId::from(scenario), 3, who).unwrap().moments[0].stage
        };
        (0..240).map(life).collect()
    };
    let (today, won) = (starts(0), starts(1));
    let left = today.iter().zip(&won).filter(|(today, won)| today != won).collect::<Vec<_>>();
    assert!(left.iter().all(|(today, won)| **today == prospect && (**won == active || **won == idle)), "{left:?}");
    // A half of about 120; five standard deviations of a binomial law are 39.
    assert!((30..=95).contains(&left.len()), "{}", left.len());
}

#[test]
fn changes_that_do_nothing_keep_every_bit() {
    let idle = "[scenarios.today]\nchanges = [ { target = \"segments.families.start.prospect\", times = 1 }, { target = \"segments.families.inflow.start.onboarding\", add = 0 } ]\n";
    let study = STUDY.replace("[scenarios.today]\n", idle);
    assert_eq!(text(&run(&model(STUDY)).summary()), text(&run(&model(&study)).summary()));
    // Nor does it matter to others that a start can be changed.
    let written = STUDY.split("[initiatives.welcome]").next().unwrap().to_owned() + "[scenarios.today]\n";
    let idle = written.clone() + "changes = [ { target = \"segments.families.start.idle\", odds = 1 } ]\n";
    let [plain, changeable] = [written, idle].map(|study| run(&model(&study)).summary());
    for (metric, estimate) in &plain.scenarios[0].metrics {
        assert_eq!(changeable.scenarios[0].metrics[metric].mean.to_bits(), estimate.mean.to_bits(), "{metric}");
    }
}

#[test]
fn a_study_that_has_the_changed_shares_agrees() {
    let moved = STUDY.replace("prospect = 0.5, active = 0.3, idle = 0.2", "prospect = 0.25, active = 0.45, idle = 0.3");
    let [changed, written] = [STUDY, moved.as_str()].map(|study| run(&model(study)));
    let exact = |runs: &Runs, scenario: usize| runs.summary().scenarios[scenario].exact.clone().unwrap();
    // `won` of the one has the start of `today` of the other, but for newcomers.
    let plain = STUDY.replace("initiatives = { welcome = 4 }\n", "");
    let (of_change, as_written) = (exact(&run(&model(&plain)), 1), exact(&written, 0));
    for (metric, value) in &as_written {
        assert!((of_change[metric] - value).abs() <= 1e-9 * value.abs().max(1.0), "{metric}: {value}");
    }
    assert_ne!(exact(&changed, 1), as_written);
}

#[test]
fn customers_who_hear_from_each_other_start_where_changes_put_them() {
    let coupled = STUDY
        .replace("to = { active = 0.2 }", "to = { active = { chance = 0.2, word_of_mouth = 0.3 } }")
        .replace("retained = true\nto = { idle = 0.1 }", "retained = true\ntalks = true\nto = { idle = 0.1 }");
    let model = model(&coupled);
    assert!(model.is_coupled());
    let runs = run(&model);
    hold(&runs, "today", "prospect", 0, 600.0);
    hold(&runs, "won", "prospect", 0, 300.0);
    hold(&runs, "won", "onboarding", 4, 12.0);
    // Threads and blocks move nothing.
    let [one, two] = [1, 2].map(|threads| {
        Experiment::new(&model).threads(threads).run().unwrap_or_else(|faults| panic!("{faults:#?}")).summary()
    });
    assert_eq!(text(&one), text(&two));
}
