//! A mechanism that declares nothing beyond its kernel is simulated rightly, and nothing is claimed of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::mechanism::schedule::Schedule;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::Estimator;
use polku::inside::estimate::uncertainty::efficiency::choose;

/// One in eight drift ashore in every period, before a tenth of the others leave; in another scenario fewer do.
fn study(exits: &str, kept: &str) -> String {
    format!(
        "run = {{ period = \"month\", horizon = 20, customers = 100_000, agents = 5_000, replications = 60, seed = 4 }}\n\
         segments.all = {{ share = 1, start = {{ SEA = 1 }} }}\nscenarios.today = {{}}\n[scenarios.kept]\n{kept}\n\
         [stages.SEA]\nretained = true\nvalues = {{ revenue = 3 }}\n{exits}\n[stages.ashore]\n[stages.gone]\n"
    )
}

/// The study as the mechanism plays it, and the same written with an exit.
fn both() -> [String; 2] {
    let kept = "changes = [ { target = \"stages.SEA.to.gone\", set = CHANCE } ]";
    let played = study("to = { gone = 0.1 }", &kept.replace("CHANCE", "0.05")).replace("SEA", "drifting");
    // Who has drifted ashore does not leave.
    let written =
        study("to = { ashore = 0.125, gone = 0.0875 }", &kept.replace("CHANCE", "0.04375")).replace("SEA", "at_sea");
    [played, written]
}

#[test]
fn what_is_simulated_is_right() {
    let [played, written] = both();
    let (run, written) = (summary(&model(&played)), model(&written));
    let exact = Exact::of(&written).unwrap();
    for scenario in &run.scenarios {
        for metric in ["retention", "active_customers", "churned", "revenue", "npv", "cash_flow"] {
            let (its, truth) = (&scenario.metrics[metric], exact.mean(&written, &scenario.name, metric).unwrap());
            let z = (its.mean - truth) / its.standard_error.unwrap();
            assert!(z.abs() < 4.5, "{metric} of {}: {} simulated, {truth} exact, z = {z}", scenario.name, its.mean);
        }
        let ashore = &scenario.stages_at_end["ashore"];
        let truth = exact.mean(&written, &scenario.name, "customers.ashore").unwrap();
        assert!(((ashore.mean - truth) / ashore.standard_error.unwrap()).abs() < 4.5, "{ashore:?} {truth}");
    }
    for metric in ["retention", "revenue"] {
        let its = run.contrasts[0].metrics[metric].estimate;
        let of = |scenario| exact.mean(&written, scenario, metric).unwrap();
        let z = (its.mean - (of("kept") - of("today"))) / its.standard_error.unwrap();
        assert!(z.abs() < 4.5, "{metric}: z = {z}");
    }
}

#[test]
fn nobody_is_dropped_where_it_still_acts() {
    // Without it everybody would rest here: nothing leads out, nothing is bought or remembered.
    let model = model(&study("", "").replace("SEA", "drifting"));
    let run = summary(&model);
    let its = &run.scenarios[0].metrics["retention"];
    let truth = (0..20).fold(1.0, |left, _| left * 0.875);
    assert!(((its.mean - truth) / its.standard_error.unwrap()).abs() < 4.5, "{its:?} {truth}");
    let schedule = Schedule::new(&model, false);
    assert!((0..model.stages.len()).all(|stage| schedule.plan.inert.at(stage) == 0));
}

#[test]
fn no_figure_is_called_exact_and_no_difference_is_forced() {
    let model = model(&both()[0]);
    assert!(Exact::of(&model).is_err());
    let simulation = Simulation::new(&model, Design::of(&model));
    assert!(simulation.solver().is_err());
    let runs = Experiment::new(&model).run().unwrap();
    assert_eq!(runs.why_not_exact(), ["`drift` is simulated only"]);
    assert_eq!(choose(&model, Design::of(&model), InstructionSet::best()), [None, None]);
    let run = runs.summary();
    assert!(run.scenarios.iter().all(|scenario| scenario.exact.is_none() && scenario.controlled.is_empty()));
    assert_eq!((run.exact_at, run.contrasts[0].estimator), (None, Estimator::Paired));
    // Not even where it is asked for.
    let mut forced = 0;
    simulation.run_forced(&[None, Some(Resolution(2))], |its| forced += its.forced.iter().flatten().count()).unwrap();
    assert_eq!(forced, 0);
}

#[test]
fn a_study_that_does_not_use_it_loses_nothing() {
    let model = model(&both()[1]);
    assert!(Exact::of(&model).is_ok());
    assert!(summary(&model).scenarios.iter().all(|scenario| scenario.exact.is_some()));
    assert!(Schedule::new(&model, false).shares_paths());
}

#[test]
fn threads_and_blocks_change_nothing() {
    let model =
        model(&both()[0].replace("agents = 5_000", "agents = 9_000").replace("replications = 60", "replications = 3"));
    let run = |threads, block| text(&Experiment::new(&model).threads(threads).block(block).run().unwrap().summary());
    let first = run(1, 2048);
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        assert!(run(threads, block) == first, "{threads} threads, blocks of {block}");
    }
}
