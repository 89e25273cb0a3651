//! The gate holds a scenario to its targets: what is met to the unit is met, and nothing is asked of the baseline beyond itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::process::{Command, Output};

use common::model;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::metric::Metric;
use polku::inside::model::reported::metrics;

/// A project of 100,000 in six parts, which no six equal floating-point numbers add up to.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 12
customers = 100
agents = 20
replications = 3
[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
values = { revenue = 10 }
[initiatives.it]
build = 6
cost = { build = 100_000 }
effects = [ { target = "stages.active.values.revenue", add = 1 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { it = 1 }
[targets.money]
metric = "initiative_cost"
at_most = 100_000
[targets.better]
metric = "revenue"
at_least = 1
against_baseline = true
"#;

fn gate(arguments: &[&str]) -> (Option<i32>, String) {
    gate_on(STUDY, arguments)
}

fn gate_on(study: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), study).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    let Output { status, stdout, stderr } =
        command.args(["check", "--gate", "study.toml"]).args(arguments).current_dir(folder.path()).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn a_target_that_is_met_to_the_unit_passes_the_gate() {
    let (code, told) = gate(&["--undecided", "pass"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("undecided  100.0% [29.2% to 100.0%]  money")
            && told.contains("within the bound by EUR 0 in the mean"),
        "{told}"
    );
}

/// The same study with revenue of 10 in stage `active` times 1.1: a tenth more than today, to the last unit.
fn relative(bound: &str) -> String {
    let (study, _) = STUDY.split_once("[targets.money]").unwrap();
    let study = study.replace("build = 6\ncost = { build = 100_000 }", "").replace("add = 1 }", "times = 1.1 }");
    format!("{study}[targets.tenth]\nmetric = \"revenue\"\n{bound}\nrelative_to_baseline = true\n")
}

#[test]
fn a_target_relative_to_the_baseline_is_met_to_the_unit_and_missed_by_the_next() {
    // From period 1 on, 1.1 times the baseline.
    for (bound, code) in
        [("at_least = 0.1", 0), ("at_least = 0.1001", 1), ("at_most = 0.1", 0), ("at_most = 0.0999", 1)]
    {
        let (found, told) = gate_on(&relative(bound), &["--undecided", "pass"]);
        assert_eq!(found, Some(code), "{bound}: {told}");
    }
    let (_, told) = gate_on(&relative("at_least = 0.15"), &[]);
    // 5 % of 12 periods with 100 customers who bring 10.
    assert!(told.contains("at least 15% above that of “today”") && told.contains("short by EUR 600"), "{told}");
}

#[test]
fn a_share_of_a_baseline_below_zero_asks_for_more_all_the_same() {
    let below = |bound: &str| {
        let study =
            relative(bound).replace("\"revenue\"", "\"npv\"").replace("{ revenue = 10 }", "{ service_cost = 10 }");
        study.replace("values.revenue\", times = 1.1", "values.service_cost\", times = 0.9")
    };
    // A net present value of -12,000 that becomes -10,800.
    for (bound, code) in [("at_least = 0.1", 0), ("at_least = 0.1001", 1)] {
        let (found, told) = gate_on(&below(bound), &["--undecided", "pass"]);
        assert_eq!(found, Some(code), "{bound}: {told}");
    }
}

#[test]
fn a_share_of_nothing_is_the_same_as_a_difference_of_nothing() {
    let relative = relative("at_least = 0");
    let (_, told) = gate_on(&relative, &[]);
    assert_eq!(gate_on(&relative.replace("relative_to_baseline", "against_baseline"), &[]).1, told);
}

#[test]
fn the_gate_is_undecided_where_an_interval_is_too_wide_and_refuses_a_single_replication() {
    // Three of three: the chance may be 0.3 as well, and may not be 0.2.
    let (code, told) = gate(&["--probability", "0.3"]);
    assert!(code == Some(6) && told.contains("  undecided  100.0%"), "{told}");
    let (code, told) = gate(&["--probability", "0.2"]);
    assert!(code == Some(0) && told.contains("  reached    100.0%"), "{told}");
    let (code, told) = gate_on(&STUDY.replace("replications = 3", "replications = 1"), &[]);
    assert!(code == Some(2) && told.contains("one replication tells no chance"), "{told}");
}

#[test]
fn the_baseline_is_not_held_to_be_beyond_itself() {
    let (code, told) = gate(&["--scenario", "today", "--undecided", "pass"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("passed over") && told.contains("better: the baseline is not held"), "{told}");
}

#[test]
fn every_metric_of_a_run_can_be_a_target() {
    let satisfied = "[experience]\nstart = 0.5\nneutral = 0.5\nlearning = 0.3\n";
    let more = "values = { revenue = 10, calls = 0.2 }\nquality = 0.6\n";
    let text = STUDY.replace("values = { revenue = 10 }\n", more) + satisfied + "[outcomes.calls]\nunit = \"calls\"\n";
    let plain = model(&text);
    let names: Vec<String> = metrics(&plain)
        .into_iter()
        .filter(|metric| *metric != Metric::CumulativeCashFlow)
        .map(|metric| metric.name(&plain))
        .collect();
    let target = |(place, name): (usize, &String)| {
        let least = if matches!(name.as_str(), "retention" | "satisfaction") { 0.0 } else { -1e9 };
        format!("[targets.t{place}]\nmetric = \"{name}\"\nat_least = {least:.1}\n")
    };
    let asked: String = names.iter().enumerate().map(target).collect();
    let model = model(&(text + &asked));
    let found = Experiment::new(&model).threads(1).run().unwrap().business().targets;
    for name in names {
        let its = found.iter().find(|its| its.metric == name && !its.against_baseline).unwrap();
        // A name that no metric has would be reached in no replication.
        assert!(its.scenarios.iter().all(|its| its.probability.unwrap().share == 1.0), "{name}");
    }
}
