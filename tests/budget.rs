//! What a run does beside its simulation stays within its budget, and what it leaves out is said.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::model;
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::exact::cost::{ExactCost, MULTIPLICATIONS_EACH};
use polku::inside::engine::exact::depth::Depth;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::engine::run::work::CUSTOMER_PERIOD;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::extras::Extras;
use polku::inside::estimate::summary::AuditStatus;
use polku::inside::estimate::{exact::Exact, memory};
use polku::inside::quantity::{ScenarioId, SegmentId};
use serde_json::Value;

/// A handful of customers, so that to expect their lives exactly costs far more than to play them.
fn study(horizon: u32, replications: u32) -> String {
    format!(
        r#"
run = {{ period = "month", horizon = {horizon}, customers = 1_000, agents = 10, replications = {replications}, seed = 3 }}
segments.all = {{ share = 1, start = {{ new = 1 }}, inflow = {{ per_period = 100, start = {{ new = 1 }} }} }}
stages.new = {{ retained = true, to.old = "0.2 to 0.3" }}
stages.old = {{ retained = true, values.revenue = 5, to.gone = "0.05 to 0.1" }}
stages.gone = {{}}
scenarios.today = {{}}
scenarios.better = {{ changes = [{{ target = "stages.old.to.gone", odds = 0.8 }}] }}
"#
    )
}

/// A study with a memory, whose expectations take longer than its few customers.
fn with_a_memory() -> String {
    r#"
run = { period = "month", horizon = 4, customers = 1_000, agents = 10, replications = 900, seed = 3 }
experience = { start = "beta(6, 3)", neutral = 0.65, learning = 0.25 }
segments.all = { share = 1, start = { new = 1 } }
stages.new = { retained = true, quality = "beta(mean=0.6, sd=0.2)", to.old = { chance = "0.2 to 0.3", drivers = { satisfaction = 2 } } }
stages.old = { retained = true, quality = "beta(mean=0.7, sd=0.15)", values.revenue = 5, to.gone = { chance = 0.05, drivers = { satisfaction = -3 } } }
stages.gone = {}
scenarios.today = {}
scenarios.better = { changes = [{ target = "stages.*.quality", add = "0.02 to 0.07" }] }
"#
    .to_owned()
}

fn runs(model: &polku::Model, threads: usize, asked: Option<Depth>) -> Value {
    let runs = Experiment::new(model).threads(threads).exact(asked).run().unwrap();
    let mut summary = runs.summary();
    summary.left_out = runs.budget().words();
    serde_json::to_value(&summary).unwrap()
}

#[test]
fn what_a_small_study_can_afford_is_solved_for_every_draw() {
    let model = model(&study(6, 10));
    let summary = runs(&model, 2, None);
    assert_eq!(summary["exact_at"], "draws");
    assert!(summary.get("left_out").is_none());
    assert!(summary["scenarios"][0]["controlled"].get("revenue").is_some());
}

#[test]
fn what_it_cannot_afford_is_solved_at_the_medians_whatever_the_threads() {
    let model = model(&with_a_memory());
    let summary = runs(&model, 2, None);
    assert_eq!(summary["exact_at"], "medians");
    let line = summary["left_out"].as_str().unwrap();
    assert!(line.contains("exact expectations of every draw") && line.contains("--exact draws"), "{line}");
    assert_eq!(summary, runs(&model, 1, None));
    // They are those of a study in which nothing is uncertain, and every uncertain number is its median.
    let central = model.central();
    let mut certain = model.clone();
    for (at, param) in certain.params.iter_mut().enumerate() {
        param.law = polku::inside::stats::distribution::Distribution::Constant(central.values.0[at]);
    }
    let exact = Exact::of(&certain).unwrap();
    for scenario in summary["scenarios"].as_array().unwrap() {
        let name = scenario["name"].as_str().unwrap();
        for (metric, value) in scenario["exact"].as_object().unwrap() {
            let wanted = exact.mean(&certain, name, metric).unwrap();
            let found = value.as_f64().unwrap();
            assert!((found - wanted).abs() <= 1e-9 * wanted.abs(), "{name} {metric}: {found} {wanted}");
        }
    }
}

/// A study whose draws take more than its medians: in those no shock comes, and each that comes moves what is experienced.
fn with_shocks() -> String {
    let shock = "\n[[shocks]]\nhazard = 0.3\nhalf_life = 6\neffects = [{ target = \"stages.*.quality\", add = \"-0.1 to -0.05\" }]\n";
    format!("{}{shock}", with_a_memory().replace("horizon = 4", "horizon = 24").replace("agents = 10", "agents = 600"))
}

#[test]
fn draws_that_take_more_than_was_reckoned_are_given_up_whatever_the_threads() {
    let model = model(&with_shocks());
    let simulation = Simulation::new(&model, Design::of(&model)).threads(2);
    let solver = simulation.solver().unwrap();
    let (central, drawn) = (model.central(), Design::of(&model).drawn(&model, 0));
    let work = |drawn| {
        let solution = solver.at(drawn);
        let _ = solution.flows((ScenarioId::from(0), SegmentId::from(0)), &[1.0]);
        solution.work()
    };
    assert!(work(&drawn) > 2.0 * work(&central), "{} {}", work(&drawn), work(&central));
    // A wave of draws is as much as all medians were computed to take.
    let given_up = |threads: usize| {
        let experiment = Experiment::new(&model).threads(threads);
        let allowance = CUSTOMER_PERIOD * ExactCost::of(solver).draw * 64.0;
        let runs = experiment.exact(Depth::Draws).tuned(move |extras| Extras { allowance, ..extras }).run().unwrap();
        (runs.summary(), runs.budget().words().unwrap())
    };
    let (summary, line) = given_up(2);
    assert_eq!(summary.exact_at, Some(Depth::Medians));
    assert!(line.contains("exact expectations of every draw"), "{line}");
    let replications = summary.audit.replications;
    assert!(replications > 0 && replications < 900 && replications.is_multiple_of(64), "{replications}");
    assert_eq!(summary.audit.status, AuditStatus::Passed);
    assert_eq!(given_up(1), (summary, line));
}

#[test]
fn the_work_that_is_done_is_the_work_that_was_computed() {
    let everything = common::with(common::EVERYTHING, &[("AWAY", "0.1"), ("BACK", "0.3")]);
    for text in [study(6, 10), study(120, 10), with_a_memory(), everything] {
        let model = model(&text);
        let simulation = Simulation::new(&model, Design::of(&model));
        let solver = simulation.solver().unwrap();
        let central = model.central();
        let solution = solver.at(&central);
        for (scenario, arrivals) in planned(&model, &central).iter().enumerate() {
            for (segment, came) in arrivals.iter().enumerate() {
                let came: Vec<f64> = came.iter().map(|its| its.real).collect();
                let _ = solution.flows((ScenarioId::from(scenario), SegmentId::from(segment)), &came);
            }
        }
        let (computed, done) = (ExactCost::of(solver).draw * MULTIPLICATIONS_EACH, solution.work());
        assert!((done / computed - 1.0).abs() < 0.1, "{done} where {computed} was computed: {}", model.title);
    }
}

#[test]
fn what_is_asked_for_is_done_and_changes_nothing_that_was_simulated() {
    let model = model(&study(6, 10));
    let [none, medians, draws] = [Depth::None, Depth::Medians, Depth::Draws].map(|depth| runs(&model, 2, Some(depth)));
    assert!(none.get("exact_at").is_none() && none["scenarios"][0].get("exact").is_none());
    assert_eq!((&medians["exact_at"], &draws["exact_at"]), (&"medians".into(), &"draws".into()));
    for other in [&none, &medians] {
        for scenario in 0..2 {
            assert_eq!(other["scenarios"][scenario]["metrics"], draws["scenarios"][scenario]["metrics"]);
        }
        assert_eq!(other["contrasts"], draws["contrasts"]);
    }
}

#[test]
fn exact_expectations_do_not_take_the_memory_of_a_simulation() {
    let text = study(60, 10)
        .replace("agents = 10", "agents = 100_000_000")
        .replace("retained = true, to.old", "retained = true, talks = true, to.old");
    let model =
        model(&text.replace("customers = 1_000", "customers = 100_000_000").replace("horizon = 60", "horizon = 2_000"));
    let total = |parts: Vec<memory::Part>| parts.iter().map(|part| part.bytes).sum::<f64>();
    assert!(total(memory::parts(&model, 8)) > memory::MOST);
    assert!(total(memory::parts_of_exact(&model, 8)) < memory::MOST);
}

/// Runs a study in a folder.
fn polku(folder: &Path, arguments: &[&str]) -> Output {
    fs::write(folder.join("study.toml"), study(6, 10)).unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("polku"));
    command.current_dir(folder).args(["run", "study.toml"]).args(arguments).output().unwrap()
}

#[test]
fn the_command_line_forces_depth_and_leaves_charts_out() {
    let folder = tempfile::tempdir().unwrap();
    let summary = |arguments: &[&str]| -> Value {
        let output = polku(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&fs::read(folder.path().join("out/study/summary.json")).unwrap()).unwrap()
    };
    assert_eq!(summary(&[])["exact_at"], "draws");
    assert!(folder.path().join("out/study/charts/retention.png").exists());
    assert_eq!(summary(&["--exact", "medians"])["exact_at"], "medians");
    let page = fs::read_to_string(folder.path().join("out/study/report.html")).unwrap();
    assert!(page.contains("at the medians of the uncertain numbers"));
    assert!(summary(&["--exact", "none", "--charts", "none"]).get("exact_at").is_none());
    assert!(!folder.path().join("out/study/charts/retention.png").exists());
    assert!(!fs::read_to_string(folder.path().join("out/study/report.html")).unwrap().contains("<svg"));
    let refused = polku(folder.path(), &["--exact", "all"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("none, medians or draws"));
}
