//! Every customer replayed: touchpoints, pillars, classes and states are what an independent scan of their lives finds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::run::replay::{Life, Who, replay};
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::Model;
use polku::inside::quantity::{ScenarioId, SegmentId};

/// As many simulated customers as real ones, so that counts are those of lives.
const STUDY: &str = r#"
run = { period = "month", horizon = 8, customers = 400, agents = 400, replications = 1, seed = 31 }
scenarios.today = {}
[segments.all]
share = 1
start = { active = 1 }
inflow = { per_period = 20, start = { active = 1 } }
[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3
gain = 0.2
loss = 0.45
expectation = { start = 0.65, adapts = 0.1 }
[states.tired]
range = [0, 20]
adds = { visit = 1 }
half_life = 2
[states.paid]
range = [0, 100_000]
adds = { spent = 1 }
[stages.active]
retained = true
to = { gone = { chance = 0.04, drivers = { satisfaction = -3 } } }
purchases = { rate = 1.2, basket = "lognormal(mean=30, sd=20)" }
[stages.gone]
[tags.tier]
on = "tired"
bands = { fresh = 0, busy = 0.7, worn = 1.5 }
every = 2
[touchpoints.delivery]
on = "purchase"
quality = "normal(0.74, 0.12)"
ends.late = { chance = 0.3, quality = "beta(2, 6)" }
[touchpoints.complaint]
on = "delivery.late"
chance = 0.7
[touchpoints.reply]
on = "complaint"
chance = 0.7
answer = "lognormal(median=1.5, sigma=1)"
quality = 0.7
[touchpoints.visit]
rate = 0.8
drivers = { tired = -0.2 }
quality = "normal(0.55, 0.2)"
effort = 0.05
[pillars.answered]
on = "complaint"
never = { without = "reply", within = 2 }
[pillars.punctual]
on = "delivery"
never = { end = "late" }
[pillars.as_expected]
on = "visit"
never = { short_by = 0.1 }
"#;

fn lives(model: &Model) -> Vec<Life> {
    let simulation = Simulation::new(model, Design::of(model));
    let life = |who| replay(&simulation, ScenarioId(0), 0, who);
    let first = (0..model.run.agents).map(|customer| life(Who::AtStart(customer)).unwrap());
    let mut lives: Vec<Life> = first.collect();
    for entry in 1..=model.run.horizon {
        let of = |customer| life(Who::OfCohort { segment: SegmentId(0), entry, customer });
        lives.extend((0..).map_while(|customer| of(customer).ok()));
    }
    lives
}

#[test]
fn what_is_counted_is_what_lives_show() {
    let model = model(STUDY);
    let run = summary(&model);
    let lives = lives(&model);
    let is = |metric: &str| run.scenarios[0].metrics[metric].mean;
    let place = |name: &str| model.touchpoints.iter().position(|its| its.name == name).unwrap();
    let told = || lives.iter().flat_map(|life| &life.moments).flat_map(|its| &its.told);
    let many = |name: &str| told().filter(|its| its.touchpoint == place(name)).count();
    let late = told().filter(|its| its.touchpoint == place("delivery") && its.end == 1).count();
    for name in ["delivery", "complaint", "reply", "visit"] {
        assert!(many(name) > 100, "{name}");
        assert_eq!(is(&format!("touchpoints.{name}")), many(name) as f64, "{name}");
    }
    assert_eq!(is("touchpoints.delivery.late"), late as f64);
    assert_eq!(is("pillars.punctual"), late as f64);
    let timely = told().filter(|its| its.touchpoint == place("reply") && its.days.unwrap() <= 2.0).count();
    assert!(timely > 20 && timely < many("reply"));
    assert_eq!(is("pillars.answered"), (many("complaint") - timely) as f64);
    // The expectation is that of the moment: it goes a tenth of the way to what is met each time.
    let visits = told().filter(|its| its.touchpoint == place("visit"));
    let short = visits.filter(|its| its.felt.is_some_and(|(quality, expected, _)| quality < expected.unwrap() - 0.1));
    assert_eq!(is("pillars.as_expected"), short.count() as f64);
    let at_end = |life: &&Life| life.moments.last().is_some_and(|its| its.stage == 0);
    for (class, name) in model.tags[0].bands.iter().map(|(name, _)| name).enumerate() {
        let here = lives.iter().filter(at_end).filter(|life| life.moments.last().unwrap().classes[0] == class);
        let here = here.count();
        assert!(here > 10, "{name}");
        assert_eq!(is(&format!("tags.tier.{name}")), here as f64, "{name}");
    }
}

#[test]
fn each_occurrence_follows_from_what_was_felt_before() {
    let model = model(STUDY);
    for life in lives(&model).iter().take(60) {
        for told in life.moments.iter().flat_map(|its| &its.told) {
            let Some((quality, expected, felt)) = told.felt else { continue };
            let surprise = quality - expected.unwrap();
            let more = if surprise > 0.0 { 0.2 } else { 0.45 };
            assert!((felt - (quality + more * surprise)).abs() < 1e-6, "{told:?}");
            assert!((0.0..=1.0).contains(&quality) && (0.0..=1.0).contains(&told.left[0]), "{told:?}");
        }
    }
}

#[test]
fn what_was_spent_moves_states_a_period_later() {
    let model = model(STUDY);
    let paid = model.carried.iter().filter(|its| its.name != "memory").position(|its| its.name == "paid").unwrap();
    let lives = lives(&model);
    assert!(lives.iter().flat_map(|life| &life.moments).any(|its| its.spent > 100.0));
    for life in &lives {
        let mut sum = 0.0;
        // Who is gone carries nothing on.
        for moment in life.moments.iter().take_while(|its| its.stage == 0) {
            assert!(
                (moment.states[paid] - sum).abs() <= 1e-4 * (1.0 + sum),
                "{} instead of {sum}",
                moment.states[paid]
            );
            sum += moment.spent;
        }
    }
}

#[test]
fn a_state_that_reads_what_was_spent_changes_nothing_else() {
    assert!(STUDY.contains("[states.paid]\nrange = [0, 100_000]\nadds = { spent = 1 }\n"));
    let (with, without) = (
        summary(&model(STUDY)),
        summary(&model(&STUDY.replace("[states.paid]\nrange = [0, 100_000]\nadds = { spent = 1 }\n", ""))),
    );
    for (metric, estimate) in &without.scenarios[0].metrics {
        assert_eq!(estimate, &with.scenarios[0].metrics[metric], "{metric}");
    }
}

#[test]
fn an_experiment_replays_the_same_life() {
    let model = model(STUDY);
    let life = Experiment::new(&model).replay(ScenarioId(0), 0, Who::AtStart(7)).unwrap();
    assert_eq!(life, lives(&model)[7]);
}
