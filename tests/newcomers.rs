//! Customers who come later: exact sums of shifted cohorts, clocks of their own, referrals, and books that tie.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary_of, text};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::{BATCHES, Cells, planned};
use polku::inside::engine::run::replay::{Who, replay};
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::Model;
use polku::inside::model::counter::{BASKETS, CUSTOMERS, PURCHASES};
use polku::inside::quantity::{ScenarioId, SegmentId};
use polku::inside::report::Report;
use polku::inside::study::Study;
use polku::inside::study::source::Source;

const STUDY: &str = r#"
[run]
period = "month"
horizon = 18
customers = 2_000
agents = 400
replications = 150
seed = 3
discount_rate = 0.1

[segments.old]
share = 0.5
start = { active = 0.7, trial = 0.3 }
[segments.old.inflow]
per_period = [40, 50, 60]
cost = 12
start = { trial = 1 }
[segments.new]
share = 0.5
start = { active = 1 }
[segments.new.inflow]
per_period = 25
cost = 9
start = { trial = 0.8, active = 0.2 }

[stages.trial]
to = { active = { chance = [0.3, 0.2, 0.1], by = "tenure" }, gone = 0.2 }
on_move = { active = { welcome_cost = 3 } }
[stages.active]
retained = true
to = { gone = { chance = [0.10, 0.06, 0.03], by = "tenure" } }
purchases = { rate = 0.8, basket = "lognormal(mean=30, sd=10)", margin = 0.4 }
values = { service_cost = 1.5, revenue = 4 }
[stages.gone]

[scenarios.today]
[scenarios.more]
changes = [ { target = "segments.old.inflow.per_period", times = 1.3, from = 6 }, { target = "stages.active.to.gone", odds = 0.8 } ]
"#;

#[test]
fn the_exact_cohorts_of_a_steady_study_are_one_cohort_shifted() {
    let model = model(STUDY);
    let of =
        |segment: usize, entry: usize| common::expected(&model, (ScenarioId(0), SegmentId::from(segment)), entry, None);
    let flows = [[0, 1].map(|segment| (0..=18).map(|entry| of(segment, entry)).collect::<Vec<_>>())];
    for segment in 0..2 {
        let first = &flows[0][segment][1];
        for (entry, later) in flows[0][segment].iter().enumerate().skip(2) {
            for t in entry..=18 {
                let shifted = t + 1 - entry;
                for (a, b) in later.row(t).iter().zip(first.row(shifted)) {
                    assert_eq!(a.to_bits(), b.to_bits(), "segment {segment}, entry {entry}, time {t}");
                }
            }
            assert!(
                (0..entry).all(|t| later.cells(CUSTOMERS, t).iter().all(|count| *count == 0.0)),
                "nobody is there before"
            );
        }
    }
    // The whole business is the sum of its cohorts, each as large as the study says.
    let exact = Exact::of(&model).unwrap();
    let arrivals = planned(&model, &model.central());
    let active = exact.over_time(&model, "today", "customers.active").unwrap();
    let place = model.stages.iter().position(|stage| stage.name == "active").unwrap();
    for (t, active) in active.iter().enumerate() {
        let sum: f64 = (0..2)
            .flat_map(|segment| flows[0][segment].iter().zip(&arrivals[0][segment]))
            .map(|(flows, its)| flows.cells(CUSTOMERS, t)[place] * its.real)
            .sum();
        assert!((active - sum).abs() < 1e-9 * sum, "time {t}");
    }
}

#[test]
fn simulated_newcomers_are_those_expected() {
    let model = model(STUDY);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    let exact = Exact::of(&model).unwrap();
    for (place, scenario) in model.scenarios.iter().enumerate() {
        for metric in ["active_customers", "revenue", "margin", "cost", "npv", "purchases"] {
            let moments: polku::inside::stats::moments::Moments = runs.levels(place, metric).into_iter().collect();
            let wanted = exact.mean(&model, &scenario.name, metric).unwrap();
            let z = (moments.mean() - wanted) / (moments.variance().unwrap() / 150.0).sqrt();
            assert!(
                z.abs() < 4.5,
                "{} {metric}: {} where {wanted} is expected, z = {z}",
                scenario.name,
                moments.mean()
            );
        }
    }
}

/// `STUDY` with few replications, and the same where newcomers are brought by others.
fn apart_and_coupled(replications: u32) -> [String; 2] {
    let apart = STUDY.replace("replications = 150", &format!("replications = {replications}"));
    let coupled = apart
        .replace("retained = true\nto = { gone", "retained = true\ntalks = true\nto = { gone")
        .replace("cost = 9", "cost = 9\nreferrals = 0.02");
    assert!(coupled.contains("talks = true") && coupled.contains("referrals"));
    [apart, coupled]
}

#[test]
fn the_replayed_lives_of_a_cohort_add_up_to_its_ledger() {
    for study in apart_and_coupled(2) {
        let model = model(&study);
        let (cells, scenario) = (Cells::of(&model), 1);
        let mut replications = Vec::new();
        let simulation = Simulation::new(&model, Design::of(&model));
        simulation.run(|its| replications.push((its.ledgers, its.arrivals))).unwrap();
        let (ledgers, arrivals) = &replications[1];
        for (segment, entry) in [(0, 0), (1, 0), (0, 1), (1, 7), (0, 18)] {
            let life = |customer| {
                let who = Who::OfCohort { segment: SegmentId::from(segment), entry, customer };
                replay(&simulation, ScenarioId::from(scenario), 1, who)
            };
            let count = arrivals[scenario][segment][entry as usize].agents;
            assert!(count > 2);
            assert_eq!(life(count), Err(count));
            let lives: Vec<_> = (0..count).map(|customer| life(customer).unwrap()).collect();
            for t in entry..=18 {
                let (mut stages, mut purchases, mut units) = (vec![0_i128; model.stages.len()], 0_i128, 0.0);
                for batch in 0..BATCHES {
                    let ledger = &ledgers[scenario][cells.place(segment, entry as usize, batch)];
                    let at = t as usize;
                    stages.iter_mut().zip(ledger.cells(CUSTOMERS, at)).for_each(|(sum, count)| *sum += count);
                    purchases += ledger.cells(PURCHASES, at).iter().sum::<i128>();
                    units += ledger.cells(BASKETS, at).iter().sum::<i128>() as f64;
                }
                for life in &lives {
                    let moment = &life.moments[(t - entry) as usize];
                    assert_eq!(moment.period, t);
                    stages[moment.stage] -= 1;
                    purchases -= i128::from(moment.purchases);
                    units -= (moment.spent * 10_000.0).round();
                }
                let wanted = (vec![0; model.stages.len()], 0, 0.0);
                assert_eq!((stages, purchases, units), wanted, "segment {segment}, entry {entry}, period {t}");
            }
        }
    }
}

#[test]
fn nothing_but_the_study_and_the_seed_reaches_a_result() {
    for study in apart_and_coupled(5) {
        let model = model(&study);
        let base = text(&summary_of(&Experiment::new(&model).threads(1)));
        for (block, threads) in [(64, 7), (100, 2), (8192, 3)] {
            let again = text(&summary_of(&Experiment::new(&model).block(block).threads(threads)));
            assert_eq!(base, again, "blocks of {block}");
        }
    }
}

#[test]
fn a_change_that_does_nothing_to_newcomers_changes_nothing() {
    let idle =
        STUDY.replace("times = 1.3, from = 6 }, { target = \"stages.active.to.gone\", odds = 0.8", "times = 1.0");
    let model = model(&idle.replace("replications = 150", "replications = 4"));
    let summary = summary_of(&Experiment::new(&model));
    assert_eq!(summary.scenarios[0].metrics, summary.scenarios[1].metrics);
    assert_eq!(summary.contrasts[0].affected_agents, 0);
}

#[test]
fn customers_who_bring_others_grow_as_the_law_of_interest_says() {
    let study = r#"
run = { period = "month", horizon = 20, customers = 1000, agents = 100, replications = 2, seed = 1 }
segments.all = { share = 1, start = { on = 1 }, inflow = { referrals = 0.05, cost = 2 } }
stages.on = { retained = true, talks = true, values = { revenue = 1 } }
scenarios.today = {}
"#;
    let model = model(study);
    let runs = Experiment::new(&model).run().unwrap();
    // Everybody talks and nobody leaves: 5 % more every month, to the last digit, because weights are exact.
    let wanted = 1000.0 * libm::pow(1.05, 20.0);
    for level in runs.levels(0, "active_customers") {
        assert!((level - wanted).abs() < 1e-6, "{level} {wanted}");
    }
    let cost = 2.0 * (wanted - 1000.0);
    assert!(runs.levels(0, "cost").iter().all(|level| (level - cost).abs() < 1e-6));
}

/// Newcomers have the age that they came with, whatever the period.
#[test]
fn newcomers_age_from_the_period_in_which_they_come() {
    let study = STUDY
        .replace(
            "start = { active = 0.7, trial = 0.3 }\n",
            "start = { active = 0.7, trial = 0.3 }\ntraits = { years = \"normal(5, 1)\" }\n",
        )
        .replace("start = { active = 1 }\n", "start = { active = 1 }\ntraits = { years = \"normal(6, 1)\" }\n")
        .replace("[stages.trial]", "[traits.years]\nneutral = 5\nages = true\n[stages.trial]")
        .replace("gone = 0.2 }", "gone = { chance = 0.2, drivers = { years = 0.15 } } }")
        .replace("margin = 0.4 }", "margin = 0.4, drivers = { years = 0.1 } }");
    let model = model(&study);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    let exact = Exact::of(&model).unwrap();
    for metric in ["active_customers", "purchases", "revenue"] {
        let moments: polku::inside::stats::moments::Moments = runs.levels(0, metric).into_iter().collect();
        let wanted = exact.mean(&model, "today", metric).unwrap();
        let z = (moments.mean() - wanted) / (moments.variance().unwrap() / 150.0).sqrt();
        assert!(z.abs() < 4.5, "{metric}: {} where {wanted} is expected, z = {z}", moments.mean());
    }
}

/// What a scenario's batches say of chance is its own: another scenario with more newcomers changes nothing.
#[test]
fn another_scenario_moves_no_uncertainty() {
    let alone = STUDY.replace("replications = 150", "replications = 12");
    let alone = alone.split("[scenarios.more]").next().unwrap().to_owned();
    let more = "[scenarios.more]\nchanges = [ { target = \"segments.*.inflow.per_period\", times = 2 } ]\n";
    let both = format!("{alone}{more}");
    let of = |study: &str| serde_json::to_value(report(&model(study)).business).unwrap()["uncertainty"].clone();
    let today = |all: serde_json::Value| -> Vec<serde_json::Value> {
        all.as_array().unwrap().iter().filter(|its| its["scenario"] == "today").cloned().collect()
    };
    let (alone, both) = (today(of(&alone)), today(of(&both)));
    assert!(!alone.is_empty());
    assert_eq!(alone, both);
}

#[test]
fn a_stage_that_only_newcomers_enter_is_no_stage_that_nobody_enters() {
    let study = r#"
run = { period = "month", horizon = 6, customers = 1000, agents = 100, replications = 2, seed = 1 }
segments.all = { share = 1, start = { on = 1 }, inflow = { per_period = 5, start = { trial = 1 } } }
stages.trial = { to = { on = 0.5 } }
stages.on = { retained = true, to = { gone = 0.1 } }
stages.gone = {}
scenarios.today = {}
"#;
    let warnings = |study: &str| {
        let source = Source::new("test.toml", ".", study);
        let model = Model::compile(&Study::parse(&source).unwrap()).unwrap();
        model.warnings().iter().map(|warning| warning.what.clone()).collect::<Vec<_>>()
    };
    assert!(warnings(study).is_empty(), "{:?}", warnings(study));
    let nobody = study.replace("start = { trial = 1 }", "start = { on = 1 }");
    assert_eq!(warnings(&nobody), ["no customer can ever be in `trial`"]);
}

fn report(model: &Model) -> Report {
    Report::new(&Experiment::new(model).run().unwrap())
}

#[test]
fn every_cut_of_the_books_adds_up_to_the_unit() {
    let study = STUDY.replace("replications = 150", "replications = 7");
    let model = model(&study);
    let report = report(&model);
    let books = &report.business.books;
    let names: Vec<&str> = books.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["purchases", "revenue", "goods", "welcome_cost", "service_cost", "acquisition"]);
    for (scenario, its) in report.summary.scenarios.iter().zip(&books.scenarios) {
        let mut by_time = vec![vec![0_i128; 19]; books.lines.len()];
        let mut by_segment = std::collections::BTreeMap::new();
        let mut by_cohort = std::collections::BTreeMap::new();
        for cell in &its.cells {
            by_time[cell.line][cell.time] += cell.units;
            *by_segment.entry(cell.segment.clone()).or_insert(0) += cell.units;
            *by_cohort.entry(cell.cohort).or_insert(0) += cell.units;
        }
        assert_eq!(by_time, its.totals);
        let whole: i128 = its.totals.iter().flatten().sum();
        assert_eq!(by_segment.values().sum::<i128>(), whole);
        assert_eq!(by_cohort.values().sum::<i128>(), whole);
        assert_eq!(by_cohort.len(), 19, "the start and every period have a cohort");
        let cash: i128 = books
            .lines
            .iter()
            .zip(&its.totals)
            .map(|(line, totals)| line.group.sign() * totals.iter().sum::<i128>())
            .sum();
        let wanted = scenario.metrics["cash_flow"].mean;
        assert!((cash as f64 / 10_000.0 - wanted).abs() < 0.01, "{cash} {wanted}");
    }
    let cohorts = &report.business.cohorts[0].cohorts;
    assert_eq!(
        (cohorts.len(), cohorts[0].customers, cohorts[1].customers, cohorts[3].customers),
        (19, 2000.0, 65.0, 85.0)
    );
    assert!(cohorts.iter().all(|cohort| cohort.tail_value.is_some()), "the study has an exact tail");
}
