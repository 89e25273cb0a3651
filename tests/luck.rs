//! Paired luck, honest intervals, and lives that can be replayed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails"
)]

mod common;

use common::{EVERYTHING, check_against_exact, model, small_retailer, summary, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::run::replay::{Who, replay};
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::model::counter::{BASKETS, CUSTOMERS, PURCHASES};
use polku::inside::quantity::ScenarioId;
use polku::inside::stats::moments::Moments;

/// A funnel of five stages; `better` changes one chance.
const FUNNEL: &str = r#"
[run]
period = "month"
horizon = 24
customers = 2_000
agents = 2_000
replications = 150
seed = 11

[segments.all]
share = 1
start = { aware = 1 }

[stages.aware]
to = { trial = 0.20, lost = 0.05 }
[stages.trial]
retained = true
to = { active = 0.35, lost = 0.15 }
values = { revenue = 5 }
[stages.active]
retained = true
to = { at_risk = 0.07, lost = 0.01 }
values = { revenue = 30 }
[stages.at_risk]
retained = true
to = { active = 0.30, lost = 0.12 }
values = { revenue = 12 }
[stages.lost]

[scenarios.today]
[scenarios.better]
changes = [ { target = "stages.active.to.at_risk", set = 0.06 } ]
"#;

fn variance_of(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().collect::<Moments>().variance().unwrap()
}

#[test]
fn paired_luck_takes_out_at_least_nineteen_twentieths_of_the_variance() {
    let paired = model(FUNNEL);
    let other = model(&FUNNEL.replace("seed = 11", "seed = 12"));
    let paired = Experiment::new(&paired).run().unwrap();
    let other = Experiment::new(&other).run().unwrap();
    let together = variance_of(paired.samples()["better"]["revenue"].iter().copied());
    let level = |runs: &Runs, scenario: usize| runs.levels(scenario, "revenue");
    let apart = variance_of(level(&paired, 1).into_iter().zip(level(&other, 0)).map(|(better, today)| better - today));
    assert!(apart / together >= 20.0, "variance falls by {} only", apart / together);
}

#[test]
fn intervals_of_level_retention_and_difference_cover_as_often_as_they_say() {
    let small = FUNNEL
        .replace("customers = 2_000\nagents = 2_000", "customers = 120\nagents = 120")
        .replace("replications = 150", "replications = 20")
        .replace("start = { aware = 1 }", "start = { active = 1 }");
    let exact = {
        let model = model(&small);
        let exact = Exact::of(&model).unwrap();
        move |scenario: &str, metric: &str| exact.mean(&model, scenario, metric).unwrap()
    };
    let mut covered = [0_u32; 3];
    let experiments = 1_000;
    for seed in 0..experiments {
        let run = summary(&model(&small.replace("seed = 11", &format!("seed = {}", 1_000 + seed))));
        let inside = |estimate: &polku::inside::stats::estimate::Estimate, truth: f64| {
            u32::from(estimate.low <= truth && truth <= estimate.high)
        };
        let metrics = &run.scenarios[1].metrics;
        covered[0] += inside(&metrics["revenue"], exact("better", "revenue"));
        covered[1] += inside(&metrics["retention"], exact("better", "retention"));
        let difference = &run.contrasts[0].metrics["revenue"].estimate;
        covered[2] += inside(difference, exact("better", "revenue") - exact("today", "revenue"));
    }
    for (what, count) in ["revenue", "retention", "difference of revenue"].into_iter().zip(covered) {
        let share = f64::from(count) / f64::from(experiments);
        assert!((0.93..=0.97).contains(&share), "the 95 % interval of {what} covers {share}");
    }
}

#[test]
fn the_simulation_agrees_with_the_exact_expectation() {
    // With a segment's change and uncertain numbers as well.
    let study = with(
        EVERYTHING,
        &[
            ("agents = 1_500", "agents = 6_000"),
            ("replications = 150", "replications = 60"),
            ("sd=0.3)\" }", "sd=0.3)\" }\nchanges = [ { target = \"stages.active.to.gone\", odds = 0.8 } ]"),
            ("once = 1500", "once = \"1000 to 2000\""),
            ("to.away\", odds = 0.5", "to.upset\", odds = \"0.3 to 0.6\""),
            ("stages.upset.values.service_cost\", times = 1.5", "stages.active.purchases.basket\", times = 1.1"),
        ],
    );
    let by_age = "{ chance = [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08], by = \"age\" }";
    let listed = [("AWAY", by_age), ("BACK", "0.1"), ("[traits.back]\nlaw = \"beta(2, 9)\"\n", "")];
    check_against_exact(&model(&with(&study, &listed)));
    let own = [
        ("AWAY", "{ chance = 0.04, drivers = { level = 0.8 } }"),
        ("BACK", "{ trait = \"back\" }"),
        ("\"0.3 to 0.6\"", "0.45"),
        ("\"1000 to 2000\"", "1500"),
    ];
    check_against_exact(&model(&with(&study, &own)));
}

#[test]
fn replayed_lives_add_up_to_the_run() {
    for study in
        [small_retailer(), small_retailer().replace(", word_of_mouth = 0.03", "").replace("talks = true\n", "")]
    {
        let study = study.replace("agents = 1_500", "agents = 150").replace("replications = 4", "replications = 2");
        let model = model(&study);
        let mut ledgers = Vec::new();
        let simulation = Simulation::new(&model, Design::of(&model));
        simulation.run(|replication| ledgers.push(replication.ledgers)).unwrap();
        let scenario = model.scenarios.iter().position(|s| s.name == "both").unwrap();
        let lives: Vec<_> = (0..model.run.agents)
            .map(|customer| replay(&simulation, ScenarioId::from(scenario), 1, Who::AtStart(customer)).unwrap())
            .collect();
        let nobody = replay(&simulation, ScenarioId::from(scenario), 1, Who::AtStart(model.run.agents));
        assert_eq!(nobody, Err(model.run.agents));
        for t in 0..=36 {
            let (mut stages, mut purchases, mut units) = (vec![0_i128; model.stages.len()], 0_i128, 0_i128);
            for ledger in &ledgers[1][scenario] {
                stages.iter_mut().zip(ledger.cells(CUSTOMERS, t)).for_each(|(sum, count)| *sum += count);
                purchases += ledger.cells(PURCHASES, t).iter().sum::<i128>();
                units += ledger.cells(BASKETS, t).iter().sum::<i128>();
            }
            for life in &lives {
                stages[life.moments[t].stage] -= 1;
                purchases -= i128::from(life.moments[t].purchases);
                units -= (life.moments[t].spent * 10_000.0).round() as i128;
            }
            assert_eq!((stages, purchases, units), (vec![0; model.stages.len()], 0, 0), "period {t}");
        }
    }
}
