//! The gate holds a scenario to its targets: what is met to the unit is met, and nothing is asked of the baseline beyond itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::fs;
use std::process::{Command, Output};

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
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), STUDY).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    let Output { status, stdout, stderr } =
        command.args(["check", "--gate", "study.toml"]).args(arguments).current_dir(folder.path()).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn a_target_that_is_met_to_the_unit_passes_the_gate() {
    let (code, told) = gate(&[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("reached  100.0 %  money") && !told.contains("-0.0000"), "{told}");
}

#[test]
fn the_baseline_is_not_held_to_be_beyond_itself() {
    let (code, told) = gate(&["--scenario", "today"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("passed over") && told.contains("better: the baseline is not held"), "{told}");
}
