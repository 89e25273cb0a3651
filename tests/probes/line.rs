//! A mechanism with two halves, a barrier, a list, a company number and a field that carries over.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::{BATCHES, Cells};
use polku::inside::engine::mechanism::schedule::Schedule;
use polku::inside::engine::run::group::MOST_THAT_KEEP_BITS;
use polku::inside::engine::run::replay::{Who, replay};
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::quantity::{ScenarioId, SegmentId};

/// Customers of two segments wait, newcomers join them, and some places are free in each period. In one scenario there are
/// fewer of them for the company, and everything is as before for every segment.
const STUDY: &str = r#"
run = { period = "month", horizon = 9, customers = 40_000, agents = 3_000, replications = 4, seed = 21 }
scenarios.today = {}
scenarios.fewer.changes = [ { target = "stages.waiting.values.places", times = 0.5, from = 4 } ]
scenarios.away.changes = [ { target = "stages.waiting.to.gone", set = 0.2, from = 3 } ]
[segments.one]
share = 0.6
start = { waiting = 1 }
changes = [ { target = "stages.waiting.values.places", set = 0 } ]
inflow = { per_period = 900, start = { waiting = 1 } }
[segments.two]
share = 0.4
start = { waiting = 0.5, served = 0.5 }
changes = [ { target = "stages.waiting.values.places", set = 0 } ]
[outcomes.places]
[stages.waiting]
retained = true
to = { gone = 0.05 }
values = { places = 4_000 }
[stages.served]
retained = true
to = { waiting = 0.2 }
purchases = { rate = 0.5, basket = "lognormal(mean=20, sd=8)" }
[stages.gone]
"#;

fn told(study: &str, threads: usize, block: usize) -> String {
    let model = model(study);
    let runs = Experiment::new(&model).threads(threads).block(block).run().unwrap();
    let over_time: Vec<_> = (1..=4).map(|t| runs.over_time("fewer", "customers.served", t)).collect();
    format!("{}{over_time:?}", text(&runs.summary()))
}

#[test]
fn threads_and_blocks_change_no_byte() {
    let first = told(STUDY, 1, 2048);
    for (threads, block) in [(8, 2048), (1, 128), (8, 128), (1, 7001), (8, 7001)] {
        assert!(told(STUDY, threads, block) == first, "{threads} threads, blocks of {block}");
    }
}

#[test]
fn nor_where_random_bits_are_not_kept() {
    let many = (MOST_THAT_KEEP_BITS + 1_000).to_string();
    let study =
        with(STUDY, &[("agents = 3_000", &format!("agents = {many}")), ("replications = 4", "replications = 1")]);
    let study =
        with(&study, &[("customers = 40_000", "customers = 14_000_000"), ("places = 4_000", "places = 1_400_000")]);
    let study = with(&study, &[("per_period = 900", "per_period = 90_000")]);
    let first = told(&study, 8, 2048);
    for (threads, block) in [(1, 7001), (8, 128)] {
        assert!(told(&study, threads, block) == first, "{threads} threads, blocks of {block}");
    }
}

#[test]
fn no_more_are_served_than_there_are_places_for_and_the_line_grows() {
    let run =
        summary(&model(&with(STUDY, &[("to = { waiting = 0.2 }", "to = {}"), ("served = 0.5 }", "gone = 0.5 }")])));
    let served = |scenario: usize| run.scenarios[scenario].stages_at_end["served"].mean;
    // 4,000 places in each of 9 periods, and half as many in 6 of them; who is left over makes shares smaller.
    assert!(served(0) < 36_000.0 && served(1) < 24_000.0, "{} {}", served(0), served(1));
    assert!(served(0) > 12_000.0 && served(1) < served(0) - 2_000.0, "{} {}", served(0), served(1));
}

#[test]
fn a_replayed_life_is_the_one_of_the_run() {
    let model = model(&with(STUDY, &[("agents = 3_000", "agents = 150")]));
    let simulation = Simulation::new(&model, Design::of(&model)).block(64);
    let (cells, horizon) = (Cells::of(&model), model.run.horizon);
    let mut runs = Vec::new();
    simulation.run(|replication| runs.push((replication.ledgers, replication.arrivals))).unwrap();
    for scenario in 0..model.scenarios.len() {
        let (ledgers, arrivals) = &runs[1];
        for segment in 0..model.segments.len() {
            for entry in [0, 1, 5, horizon] {
                let count = arrivals[scenario][segment].get(entry as usize).map_or(0, |its| its.agents);
                let life = |customer| {
                    let who = Who::OfCohort { segment: SegmentId::from(segment), entry, customer };
                    replay(&simulation, ScenarioId::from(scenario), 1, who).unwrap()
                };
                let lives: Vec<_> = (0..count).map(life).collect();
                for t in entry..=horizon {
                    let mut stages = vec![0_i128; model.stages.len()];
                    for batch in 0..BATCHES {
                        let ledger = &ledgers[scenario][cells.place(segment, entry as usize, batch)];
                        let counted = ledger.cells(CUSTOMERS, t as usize);
                        stages.iter_mut().zip(counted).for_each(|(sum, count)| *sum += count);
                    }
                    lives.iter().for_each(|life| stages[life.moments[(t - entry) as usize].stage] -= 1);
                    assert!(
                        stages.iter().all(|left| *left == 0),
                        "scenario {scenario}, entry {entry}, time {t}: {stages:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn scenarios_that_differ_in_the_number_of_the_company_alone_part() {
    let model = model(STUDY);
    let runs = Experiment::new(&model).run().unwrap();
    let at = |scenario, t| runs.over_time(scenario, "customers.served", t).unwrap().mean;
    for t in 0..4 {
        assert_eq!(at("today", t), at("fewer", t), "nothing is another before period 4");
    }
    assert!(at("fewer", 4) < at("today", 4) - 500.0, "{} {}", at("fewer", 4), at("today", 4));
    assert!(at("fewer", 9) < at("today", 9) - 500.0);
    let fewer = runs.summary().contrasts.into_iter().find(|contrast| contrast.scenario == "fewer").unwrap();
    assert!(fewer.affected_customers > 1_000.0, "{fewer:?}");
}

#[test]
fn nothing_is_exact_and_no_path_is_shared() {
    let model = model(STUDY);
    let runs = Experiment::new(&model).run().unwrap();
    assert!(runs.why_not_exact().contains(&"`line` is simulated only".to_owned()), "{:?}", runs.why_not_exact());
    assert!(!Schedule::new(&model, false).shares_paths());
    assert!(Schedule::new(&model, true).gaps().is_empty());
}
