//! The funnel: who reaches each stage, goes on and is lost, and what half of the loss is worth.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, model, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::exact::cohort::Solver;
use polku::inside::engine::exact::depth::Depth;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::table::program::Program;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::funnel::{FunnelOfScenario, FunnelStep};
use polku::inside::estimate::money::entered::everybody;
use polku::inside::estimate::money::halved::Chain;
use polku::inside::estimate::money::lines::Lines;
use polku::inside::estimate::money::prices::Prices;
use polku::inside::estimate::money::statement::Whose;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::quantity::{ScenarioId, SegmentId, StageId};

/// Trials and customers, of two kinds, with all that brings money: buying, being there, moving, and a project paid per customer.
const TRIALS: &str = r#"
run = { period = "month", horizon = 14, customers = 40_000, agents = 8_000, replications = 40, seed = 3, discount_rate = 0.2 }
scenarios.today = {}
scenarios.better = { initiatives = { care = 3 } }
initiatives.care = { cost = { per_customer = 0.7 }, effects = [ { target = "stages.active.to.gone", odds = 0.8 } ] }
segments.young = { share = 0.4, start = { trial = 1 } }
segments.old = { share = 0.6, start = { trial = 0.2, active = 0.8 }, changes = [ { target = "stages.active.purchases.rate", times = 1.5 } ] }
[stages.gone]
[stages.away]
to = { active = 0.1, gone = 0.05 }
[stages.trial]
to = { active = 0.2, gone = 0.15 }
on_move = { active = { bonus_cost = 9 } }
values = { trial_cost = 2 }
[stages.active]
retained = true
to = { away = 0.04, gone = 0.03 }
on_move = { gone = { farewell_cost = 4 } }
values = { fee = 5 }
purchases = { rate = 0.6, basket = 20, margin = 0.4 }
[lines.fee]
kind = "revenue"
"#;

/// The funnels of a study, with a touchpoint that does nothing where it has none.
fn funnels(text: &str) -> Vec<FunnelOfScenario> {
    let idle = if text.contains("[touchpoints") { "" } else { IDLE };
    Experiment::new(&model(&(text.to_owned() + idle))).threads(2).run().unwrap().business().funnels
}

fn step<'f>(funnel: &'f FunnelOfScenario, stage: &str) -> &'f FunnelStep {
    funnel.steps.iter().find(|its| its.stage == stage).unwrap()
}

#[test]
fn what_reaches_a_stage_goes_on_is_lost_or_is_still_there() {
    let study = with(
        TRIALS,
        &[(
            "start = { trial = 1 } }",
            "start = { trial = 1 }, inflow = { per_period = 300, start = { trial = 0.9, active = 0.1 } } }",
        )],
    );
    let all = funnels(&study);
    let [today, better] = [&all[0], &all[1]];
    assert!(today.is_exact && better.is_exact);
    let order: Vec<&str> = today.steps.iter().map(|its| its.stage.as_str()).collect();
    assert_eq!(order, ["trial", "active", "away"]);
    for its in all.iter().flat_map(|its| &its.steps) {
        assert!((its.went_on + its.lost + its.still_there - its.reached).abs() < 1e-6, "{its:?}");
    }
    let (trial, active, away) = (step(today, "trial"), step(today, "active"), step(today, "away"));
    let came = 14.0 * 300.0;
    assert!((trial.reached - (0.4 + 0.6 * 0.2) * 40_000.0 - 0.9 * came).abs() < 1e-6, "{trial:?}");
    let back = away.went_on;
    let reached = 0.6 * 0.8 * 40_000.0 + 0.1 * came + trial.went_on + back;
    assert!((active.reached - reached).abs() < 1e-6, "{active:?}");
    // Who leaves the retained stages is lost, be it for a time.
    assert!(active.went_on < 1e-9 && (active.lost / away.reached) > 1.7, "{active:?} {away:?}");
    assert!(step(better, "active").lost < active.lost);
}

#[test]
fn half_the_loss_is_worth_the_difference_of_two_exact_runs() {
    let value = |study: &str, scenario: &str| {
        let model = model(study);
        Exact::of(&model).unwrap().mean(&model, scenario, "npv").unwrap()
    };
    let halves = [
        ("trial", vec![("gone = 0.15", "gone = 0.075")]),
        ("active", vec![("to = { away = 0.04, gone = 0.03 }", "to = { away = 0.02, gone = 0.015 }")]),
        ("away", vec![("gone = 0.05", "gone = 0.025")]),
    ];
    let all = funnels(TRIALS);
    for (stage, half) in halves {
        let worth = step(&all[0], stage).worth_of_half.unwrap().mean;
        let difference = value(&with(TRIALS, &half), "today") - value(TRIALS, "today");
        assert!(worth > 0.0 && (worth - difference).abs() < 1e-9 * difference, "{stage}: {worth} of {difference}");
    }
    // A little less of the loss is worth in proportion, but for the second order.
    let part = |share: f64| {
        let less = with(TRIALS, &[("gone = 0.15", &format!("gone = {}", 0.15 * (1.0 - share)))]);
        value(&less, "today") - value(TRIALS, "today")
    };
    let (small, half) = (part(0.01), step(&all[0], "trial").worth_of_half.unwrap().mean);
    assert!((50.0 * small - half).abs() < 0.25 * half, "{small} {half}");
    assert!((2.0 * part(0.005) - small).abs() < 0.01 * small, "{small}");
}

#[test]
fn half_of_those_whom_touchpoints_take_away_are_worth_a_difference_too() {
    let quarrel = |to: &str| {
        let met = "[touchpoints.visit]\nrate = 0.4\nquality = 0.6\nvalues = { fee = 3 }\n".to_owned();
        let more = format!("[touchpoints.quarrel]\non = \"visit\"\nchance = 0.3\nto = {{ {to} }}\n");
        let felt = "[experience]\nstart = 0.7\nneutral = 0.6\nlearning = 0.3\n[stages.gone]\n";
        with(
            TRIALS,
            &[
                ("[stages.gone]\n", felt),
                ("gone = 0.03 }", "gone = { chance = 0.03, drivers = { satisfaction = -2 } } }"),
            ],
        ) + &met
            + &more
    };
    let value = |study: &str| {
        let model = model(study);
        Exact::of(&model).unwrap().mean(&model, "today", "npv").unwrap()
    };
    let all = funnels(&quarrel("gone = 0.4"));
    assert!(all[0].is_exact);
    let trial = step(&all[0], "trial");
    // Half as many are taken from trials: by their own touchpoint, as `to` has no stages.
    let halved = quarrel("gone = 0.4").replace(
        "[touchpoints.quarrel]\non = \"visit\"",
        "[touchpoints.quarrel]\nin = [\"active\", \"away\"]\non = \"visit\"",
    );
    let halved = halved + "[touchpoints.lesser]\nin = [\"trial\"]\non = \"visit\"\nchance = 0.3\nto = { gone = 0.2 }\n";
    let halved = with(&halved, &[("gone = 0.15", "gone = 0.075")]);
    let (worth, difference) = (trial.worth_of_half.unwrap().mean, value(&halved) - value(&quarrel("gone = 0.4")));
    // Who meets it twice is kept by half each time in one, and by half in all in the other.
    assert!((worth - difference).abs() < 0.02 * difference, "{worth} of {difference}");
    assert!((trial.reached - (0.4 + 0.6 * 0.2) * 40_000.0).abs() < 1e-6, "{trial:?}");
}

#[test]
fn half_a_loss_moves_customers_and_makes_none() {
    let model = model(&with(EVERYTHING, &[("AWAY", "0.06"), ("BACK", "0.2")]));
    let (program, drawn) = (Program::new(&model), model.central());
    let solver = || Solver::of(&model, &program, Design::of(&model)).unwrap();
    let place = (ScenarioId::from(0), SegmentId::from(0));
    let (mut fewer, mut lost) = (0, 0);
    for from in (0..model.stages.len()).map(StageId::from) {
        let lessened = solver().lessened(from, |to| model.loses(from, to), 0.5);
        let [flows, less] = [&solver(), &lessened].map(|its| its.at(&drawn).flows(place, &[1.0]));
        for t in 0..flows.times() {
            let there: f64 = less.cells(CUSTOMERS, t).iter().sum();
            assert!((there - 1.0).abs() < 1e-9, "{t}: {there}");
        }
        let last = flows.times() - 1;
        let gone = |flows: &polku::inside::engine::count::counts::Counts<f64>| -> f64 {
            let cells = model.stages.iter().zip(flows.cells(CUSTOMERS, last));
            cells.filter(|(stage, _)| stage.exits.is_empty() && !stage.retained).map(|(_, count)| count).sum()
        };
        let loses = model.stages[from.index()].exits.iter().any(|exit| model.loses(from, exit.to));
        lost += usize::from(loses);
        fewer += usize::from(gone(&less) < gone(&flows));
    }
    assert!(lost > 0 && fewer > 0, "{lost} {fewer}");
}

#[test]
fn a_chain_over_stages_brings_the_money_that_was_counted() {
    let model = model(TRIALS).with_all_moves();
    let (program, drawn, lines) = (Program::new(&model), model.central(), Lines::of(&model));
    let solver = Solver::of(&model, &program, Design::of(&model)).unwrap();
    let prices = Prices::new(&model, &lines, &drawn);
    for scenario in [0, 1].map(ScenarioId::from) {
        let whose = Whose { scenario, fired: &[] };
        let (mut money, mut chained) = (0.0, 0.0);
        for segment in [0, 1].map(SegmentId::from) {
            let came = &planned(&model, &drawn)[scenario.index()][segment.index()];
            let flows = solver.at(&drawn).flows((scenario, segment), &[came[0].real]);
            let books = prices.performance(whose, segment, &[everybody(&flows, came)], None);
            money += books.money.discounted.iter().skip(1).sum::<f64>();
            chained += Chain::of(&model, &flows, &prices.rewards_served(whose, segment)).worth();
        }
        assert!((chained - money).abs() < 1e-9 * money.abs(), "{chained} instead of {money}");
    }
}

/// A touchpoint that does nothing, so that moves are counted.
const IDLE: &str = "[touchpoints.idle]\nrate = 0\n";

/// The funnels of what was counted, where exact ones might be had.
fn counted(text: &str) -> Vec<FunnelOfScenario> {
    Experiment::new(&model(text)).threads(2).exact(Depth::None).run().unwrap().business().funnels
}

#[test]
fn where_all_are_alike_the_estimate_agrees_with_the_exact_worth() {
    let (exact, counted) = (funnels(TRIALS), counted(&(TRIALS.to_owned() + IDLE)));
    for (exact, counted) in exact.iter().zip(&counted) {
        assert!(exact.is_exact && !counted.is_exact);
        for (truth, its) in exact.steps.iter().zip(&counted.steps) {
            let (worth, of) = (its.worth_of_half.unwrap(), truth.worth_of_half.unwrap().mean);
            let z = (worth.mean - of) / worth.standard_error.unwrap();
            assert!(z.abs() < 4.5, "{} of {}: {} instead of {of}, z = {z}", its.stage, exact.scenario, worth.mean);
            assert!((its.lost / truth.lost - 1.0).abs() < 0.02, "{its:?} {truth:?}");
            assert!((its.went_on + its.lost + its.still_there - its.reached).abs() < 1e-6, "{its:?}");
        }
    }
}

#[test]
fn money_at_touchpoints_counts_in_the_stages_in_which_they_happen() {
    // A touchpoint half of the periods that brings 8 is a fee of 4; it comes to those who are there as a period begins.
    let start = |text: &str| with(text, &[("discount_rate = 0.2", "discount_rate = 0, accrual = \"start\"")]);
    let fees = start(&with(
        TRIALS,
        &[
            ("values = { trial_cost = 2 }", "values = { fee = 4 }"),
            ("values = { fee = 5 }", "values = { fee = 4 }"),
            ("to = { active = 0.1,", "values = { fee = 4 }\nto = { active = 0.1,"),
        ],
    ));
    let met = start(&with(TRIALS, &[("values = { trial_cost = 2 }\n", ""), ("values = { fee = 5 }\n", "")]));
    let met = met + "[touchpoints.visit]\nchance = 0.5\nvalues = { fee = 8 }\nends.short = { chance = 0.3 }\n";
    let compiled = model(&met);
    assert!(compiled.touchpoints[0].places.is_some() && compiled.counts_all_moves());
    let (exact, counted) = (funnels(&fees), counted(&met));
    for (truth, its) in exact[0].steps.iter().zip(&counted[0].steps) {
        let (worth, of) = (its.worth_of_half.unwrap(), truth.worth_of_half.unwrap().mean);
        let z = (worth.mean - of) / worth.standard_error.unwrap();
        assert!(z.abs() < 4.5, "{}: {} instead of {of}, z = {z}", its.stage, worth.mean);
    }
}

#[test]
fn neither_threads_blocks_nor_instructions_move_a_funnel() {
    let study = with(TRIALS, &[("agents = 8_000", "agents = 9_000"), ("replications = 40", "replications = 3")]);
    let met = study.clone() + "[touchpoints.visit]\nrate = 0.5\nvalues = { fee = 8 }\nto = { away = 0.1 }\n";
    for (study, depth) in [(&(study + IDLE), Depth::Medians), (&met, Depth::None), (&met, Depth::Draws)] {
        let model = model(study);
        let told = |experiment: Experiment| format!("{:?}", experiment.exact(depth).run().unwrap().business().funnels);
        let first = told(Experiment::new(&model).threads(2));
        assert!(first.contains("worth_of_half: Some"), "{first}");
        for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
            assert!(told(Experiment::new(&model).threads(threads).block(block)) == first, "{threads}, {block}");
        }
        for set in InstructionSet::available() {
            assert!(told(Experiment::new(&model).threads(2).instructions(set)) == first, "{}", set.name());
        }
    }
}

#[test]
fn nothing_is_said_without_touchpoints() {
    let talking = with(
        TRIALS,
        &[
            (
                "to = { active = 0.2, gone = 0.15 }",
                "to = { active = { chance = 0.2, word_of_mouth = 0.1 }, gone = 0.15 }",
            ),
            ("retained = true\n", "retained = true\ntalks = true\n"),
        ],
    );
    for study in [&talking, TRIALS] {
        let without = Experiment::new(&model(study)).threads(2).run().unwrap().business();
        assert!(without.funnels.is_empty(), "without touchpoints nothing is asked");
    }
}
