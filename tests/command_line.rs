//! The command line keeps its promises: exit codes, what goes where, and quiet ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;
use polku::cli::new::STARTER;
use tempfile::TempDir;

/// A folder with a study that is fine and one that is not.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fine.toml"), STARTER).unwrap();
    fs::write(folder.path().join("faulty.toml"), STARTER.replace("share = 0.3", "share = 0.4")).unwrap();
    folder
}

fn polku(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polku")).current_dir(folder).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn told(output: &Output) -> String {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!told.contains("panicked"), "{told}");
    told
}

#[test]
fn check_goes_on_after_a_faulty_study() {
    let folder = folder();
    let output = polku(folder.path(), &["check", "faulty.toml", "fine.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(out(&output), "fine.toml: fine\n");
    assert!(told(&output).contains("1 error in faulty.toml"));
}

#[test]
fn check_goes_on_after_a_study_that_is_missing() {
    let folder = folder();
    let output = polku(folder.path(), &["check", "missing.toml", "faulty.toml", "lost.toml", "fine.toml"]);
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(out(&output), "fine.toml: fine\n");
    let told = told(&output);
    assert!(told.contains("1 error in faulty.toml"), "{told}");
    assert!(told.contains("error: missing.toml cannot be read: there is no such file\n"), "{told}");
    assert!(told.contains("error: lost.toml cannot be read: there is no such file\n"), "{told}");
}

#[test]
fn check_tells_machines_in_json_on_standard_output() {
    let folder = folder();
    let output = polku(folder.path(), &["check", "--json", "faulty.toml", "fine.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(told(&output), "");
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&reports[0]["errors"], &reports[1]["errors"]), (&1.into(), &0.into()));
    assert_eq!(reports[0]["diagnostics"][0]["places"][0]["path"], "segments.new.share");
}

#[test]
fn check_lists_the_paths_that_can_be_changed() {
    let output = polku(folder().path(), &["check", "--paths", "fine.toml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).lines().any(|line| line == "stages.active.to.churned"));
}

#[test]
fn a_missing_file_and_a_folder_cannot_be_read() {
    let folder = folder();
    for verb in ["check", "run", "exact", "replay"] {
        let output = polku(folder.path(), &[verb, "missing.toml"]);
        assert_eq!(output.status.code(), Some(5), "{verb}");
        assert_eq!(told(&output), "error: missing.toml cannot be read: there is no such file\n");
        let output = polku(folder.path(), &[verb, "."]);
        assert_eq!(output.status.code(), Some(5), "{verb}");
        assert_eq!(told(&output), "error: . cannot be read: it is a folder\n");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_setting_without_a_value_is_a_fault_of_usage() {
    let output = polku(folder().path(), &["replay", "fine.toml", "--set", "run.horizon"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("`--set run.horizon` has no `=`; write a path and a value"));
}

#[test]
fn settings_that_are_wrong_are_told_as_settings() {
    let folder = folder();
    for (setting, said) in [
        ("run.horizn=3", "did you mean `run.horizon`?"),
        ("run.horizon=many", "given by `--set run.horizon=many`"),
        ("stages.*.to.nowhere=0.1", "matches nothing in the study"),
        ("stages.active.to.churned=1.5", "given by `--set stages.active.to.churned=1.5`"),
        ("stages.active=1", "names a whole table"),
        ("run.baseline=tday", "did you mean `today`?"),
    ] {
        let output = polku(folder.path(), &["replay", "fine.toml", "--set", setting]);
        assert_eq!(output.status.code(), Some(3), "{setting}");
        let told = told(&output);
        assert!(told.contains(said), "{setting}: {told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_replay_of_nobody_is_a_fault_of_usage() {
    let folder = folder();
    for (arguments, said) in [
        (["--scenario", "guidde"], "there is no scenario `guidde`; did you mean `guided`?"),
        (["--replication", "100"], "there is no replication 100; the study has 100, counted from 0"),
        (["--customer", "5000"], "there is no customer 5000; the study simulates 5000, counted from 0"),
    ] {
        let output = polku(folder.path(), &["replay", "fine.toml", arguments[0], arguments[1]]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(told(&output), format!("error: {said}\n"));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn new_writes_a_study_that_is_fine_and_never_overwrites_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(polku(folder.path(), &["new", "mine"]).status.code(), Some(0));
    assert_eq!(polku(folder.path(), &["check", "mine.toml"]).status.code(), Some(0));
    fs::write(folder.path().join("mine.toml"), "mine").unwrap();
    for name in ["mine", "mine.toml"] {
        let output = polku(folder.path(), &["new", name]);
        assert_eq!(output.status.code(), Some(5));
        assert!(told(&output).contains("mine.toml is there already, and stays as it is"));
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine.toml")).unwrap(), "mine");
    let output = polku(folder.path(), &["new", "nowhere/mine"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(told(&output).contains("cannot write nowhere/mine.toml"), "{}", told(&output));
}

#[test]
fn numbers_are_written_as_in_a_study_and_blamed_as_they_were_given() {
    let folder = folder();
    for agents in ["2_0", "2e1"] {
        let output = polku(folder.path(), &["replay", "fine.toml", "--agents", agents, "--customer", "20"]);
        assert_eq!(told(&output), "error: there is no customer 20; the study simulates 20, counted from 0\n");
    }
    for (option, value) in [("--agents", "0"), ("--agents", "-5"), ("--replications", "1.5"), ("--seed", "-1")] {
        let output = polku(folder.path(), &["replay", "fine.toml", option, value]);
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
        assert!(told(&output).contains("give a whole number"), "{}", told(&output));
    }
    let output = polku(folder.path(), &["replay", "fine.toml", "--agents", "1"]);
    assert!(told(&output).contains("given by `--agents 1`"), "{}", told(&output));
}

#[test]
fn a_number_that_is_set_twice_is_refused() {
    let folder = folder();
    let said = |arguments: &[&str]| {
        let output = polku(folder.path(), &[&["replay", "fine.toml"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        told(&output)
    };
    assert_eq!(
        said(&["--set", "run.seed=1", "--set", "run . seed=2"]),
        "error: `run . seed` is set twice: `--set run.seed=1` and `--set run . seed=2`; keep one of them\n"
    );
    assert!(
        said(&["--set", "run.agents=100", "--agents", "200"]).contains("`--set run.agents=100` and `--agents 200`")
    );
}

#[test]
fn a_study_without_its_ending_is_found() {
    let output = polku(folder().path(), &["check", "fine"]);
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(told(&output), "error: fine cannot be read: there is no such file; did you mean `fine.toml`?\n");
}

#[test]
fn the_gate_says_on_which_side_of_the_bound_a_target_is() {
    let folder = folder();
    let targets = "\n[targets.spend]\nmetric = \"initiative_cost\"\nat_most = 90_000_000\n\
                   [targets.keep]\ntitle = \"Keep them\"\nmetric = \"retention\"\nat_least = 0.99\n";
    fs::write(
        folder.path().join("held.toml"),
        format!("{}{targets}", STARTER.replace("replications = 100", "replications = 4")),
    )
    .unwrap();
    let output = polku(folder.path(), &["check", "--gate", "held.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let told = out(&output);
    assert!(told.contains("reached  100%  spend: initiative cost at most EUR 90.0 M up to month "), "{told}");
    assert!(told.contains("; within the bound by EUR "), "{told}");
    assert!(told.contains("MISSED     0%  keep: Keep them: retention at least 99% in month "), "{told}");
    assert!(told.contains("; beyond the bound by ") && told.contains(" pp in the mean"), "{told}");
}

#[test]
fn what_cannot_be_understood_is_a_fault_of_usage() {
    let folder = folder();
    for arguments in [
        &[][..],
        &["chekc", "fine.toml"],
        &["check"],
        &["check", "--josn", "fine.toml"],
        &["run", "fine.toml", "--agents", "few"],
    ] {
        let output = polku(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(told(&output).contains("--help"), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_polku")).arg("schema").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(told(&output), "error: cannot write to standard output: no space left on device\n");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_reads_any_more_is_no_error() {
    let folder = folder();
    for arguments in [&["schema"][..], &["check", "fine.toml"], &["completions", "bash"], &["replay", "fine.toml"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_polku"))
            .current_dir(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(told(&output), "", "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn faults_that_nobody_hears_still_have_their_exit_code() {
    let folder = folder();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_polku"))
        .current_dir(folder.path())
        .args(["check", "faulty.toml"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn more_threads_than_make_sense_are_refused_at_once() {
    let folder = folder();
    let output = polku(folder.path(), &["run", "fine.toml", "--threads", "100000"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("1024"));
    assert!(!folder.path().join("out").exists());
}
