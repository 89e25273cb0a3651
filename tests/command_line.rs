//! The command line keeps its promises: exit codes, what goes where, and quiet ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;
use common::{out, told};
use polku::cli::new::STARTER;
use tempfile::TempDir;

const TEMPLATES: [&str; 4] = ["minimal", "saas", "retail", "telecom"];

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

#[test]
fn a_study_without_exact_expectations_says_why_whatever_solving_them_would_take() {
    let folder = tempfile::tempdir().unwrap();
    let retailer = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/retailer.toml");
    let said = out(&polku(folder.path(), &["exact", retailer.to_str().unwrap()]));
    assert!(said.starts_with("This study has no exact expectation, because\n  - word of mouth"), "{said}");
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

/// A study with a target that the plan reaches in each replication (revenue 10 a month and customer, 12 a month with
/// the plan) or in half of them, and with more at its end.
fn gated(at_least: u32, more: &str) -> String {
    format!(
        r#"
run = {{ period = "month", horizon = 12, customers = 100, agents = 10, replications = 40, seed = 4 }}
segments.all = {{ share = 1, start = {{ on = 1 }} }}
stages.on = {{ retained = true, values = {{ revenue = 10 }} }}
initiatives.it = {{ success = 0.5, effects = [ {{ target = "stages.on.values.revenue", times = 1.2 }} ] }}
scenarios.today = {{}}
scenarios.plan = {{ initiatives = {{ it = 1 }} }}
[targets.money]
metric = "revenue"
at_least = {at_least}
else = "Ask for less."
{more}"#
    )
}

/// What `check --gate` says of studies by name: the exit code, standard output and standard error.
fn gate(studies: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder();
    studies.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    let named = studies.iter().map(|(name, _)| *name);
    let arguments: Vec<&str> = ["check", "--gate"].into_iter().chain(arguments.iter().copied()).chain(named).collect();
    let output = polku(folder.path(), &arguments);
    (output.status.code(), out(&output), told(&output))
}

#[test]
fn the_gate_tells_which_targets_are_reached() {
    let (code, said, told) = gate(&[("a.toml", &gated(12_000, ""))], &[]);
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert!(said.starts_with("a.toml: targets of plan\n  reached    100.0% [91.2% to 100.0%]  money: "), "{said}");
    assert!(!said.contains("else"), "{said}");
}

#[test]
fn the_gate_fails_where_a_target_is_missed_and_says_what_to_do() {
    let (code, said, told) = gate(&[("a.toml", &gated(13_000, ""))], &[]);
    assert_eq!(code, Some(1));
    let share: f64 = said.split_once("missed").unwrap().1.split_once('%').unwrap().0.trim().parse().unwrap();
    assert!((20.0..80.0).contains(&share), "a coin of 0.5, 40 times: {said}");
    assert!(said.contains("\n             if missed: Ask for less.\n"), "{said}");
    assert_eq!(told, "plan misses 1 of 1 targets: each has to be reached with a chance of 0.8 or more\n");
    // The same share is enough where less is asked for.
    assert_eq!(gate(&[("a.toml", &gated(13_000, ""))], &["--probability", "0.2"]).0, Some(0));
    assert_eq!(gate(&[("a.toml", &gated(13_000, ""))], &["--probability", "1.2"]).0, Some(2));
}

#[test]
fn the_gate_leaves_undecided_what_the_replications_cannot_tell() {
    let coin = gated(13_000, "");
    let (code, said, told) = gate(&[("a.toml", &coin)], &["--probability", "0.5"]);
    assert_eq!(code, Some(6));
    assert!(said.contains("\n  undecided ") && said.contains(" replications would decide it\n"), "{said}");
    assert!(said.contains("\n             if missed: Ask for less.\n"), "{said}");
    assert_eq!(
        told,
        "plan leaves 1 of 1 targets undecided: each has to be reached with a chance of 0.5 or more\n  \
         help: use more replications, or `--undecided pass` or `--undecided fail`\n"
    );
    for (which, code) in [("pass", 0), ("fail", 1), ("maybe", 2)] {
        let arguments = ["--probability", "0.5", "--undecided", which];
        assert_eq!(gate(&[("a.toml", &coin)], &arguments).0, Some(code), "{which}");
    }
    // Reached in all replications, and yet no proof that it always is.
    let (code, said, _) = gate(&[("a.toml", &gated(12_000, ""))], &["--probability", "1"]);
    assert!(code == Some(6) && said.contains("no number of replications shows a chance of 1"), "{said}");
    // What is missed weighs more than what is undecided.
    let more = "[targets.other]\nmetric = \"revenue\"\nat_least = 99_999\n";
    let (code, _, told) = gate(&[("a.toml", &gated(13_000, more))], &["--probability", "0.5"]);
    assert!(code == Some(1) && told.starts_with("plan misses 1 of 2 targets, and leaves 1 undecided: "), "{told}");
}

#[test]
fn the_gate_runs_a_study_as_the_command_line_sets_it() {
    let study = gated(13_000, "");
    let with = |arguments: &[&str]| gate(&[("a.toml", &study)], arguments);
    assert_eq!(with(&["--set", "targets.money.at_least=12_000"]).0, Some(0));
    let (code, said, _) = with(&["--set", "targets.money.at_least=12_000", "--replications", "6"]);
    assert!(code == Some(6) && said.contains("undecided  100.0% [54.1% to 100.0%]  money: "), "{said}");
    assert_ne!(with(&["--seed", "1"]).1, with(&["--seed", "2"]).1);
    assert_eq!(with(&["--threads", "1"]), with(&["--threads", "3"]));
    let (code, _, told) = with(&["--replications", "1"]);
    assert!(code == Some(2) && told.contains("use `--replications 20` or more"), "{told}");
    let (code, _, told) = with(&["--set", "run.horizon=0"]);
    assert!(code == Some(3) && told.contains("given by `--set run.horizon=0`"), "{told}");
    let (code, _, told) = with(&["--set", "run.seed=1", "--seed", "2"]);
    assert!(code == Some(2) && told.contains("is set twice"), "{told}");
}

#[test]
fn the_gate_answers_scripts_in_json() {
    let wrong = gated(12_000, "").replace("share = 1", "share = 0.9");
    let studies = [("a.toml", gated(13_000, "")), ("without.toml", STARTER.to_owned()), ("wrong.toml", wrong)];
    let studies = studies.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (code, said, _) = gate(&studies, &["--json", "--probability", "0.5"]);
    assert_eq!(code, Some(3));
    let reports: serde_json::Value = serde_json::from_str(&said).unwrap();
    let gate = &reports[0]["gate"];
    assert_eq!((&gate["scenario"], &gate["verdict"]), (&"plan".into(), &"undecided".into()));
    let target = &gate["targets"][0];
    assert_eq!(
        (&target["name"], &target["verdict"], &target["line"]),
        (&"money".into(), &"undecided".into(), &8.into())
    );
    assert!(target["probability_low"].as_f64().unwrap() < 0.5 && 0.5 < target["probability_high"].as_f64().unwrap());
    assert!(reports[1]["failure"].as_str().unwrap().contains("has no targets") && reports[1]["gate"].is_null());
    assert_eq!((&reports[2]["errors"], &reports[2]["failure"]), (&1.into(), &serde_json::Value::Null));
}

#[test]
fn github_is_told_in_annotations() {
    let (missed, wrong) = (gated(99_999, ""), gated(1, "").replace("share = 1", "share = 0.9"));
    let studies = [("a.toml", missed.as_str()), ("b.toml", wrong.as_str())];
    let (code, said, told) = gate(&studies, &["--format", "github", "missing.toml"]);
    assert_eq!(code, Some(5));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert_eq!(lines[0], "::error file=missing.toml::missing.toml cannot be read: there is no such file");
    assert!(lines[1].starts_with("::error file=a.toml,line=8,col=1::plan missed: money: revenue at least "), "{said}");
    assert!(lines[1].ends_with("%0Aif missed: Ask for less."), "{said}");
    let shares = "::error file=b.toml,line=3,col=26::the shares of the segments add up to 0.9%0Awhy: ";
    assert!(lines[2].starts_with(shares), "{said}");
    assert!(told.contains("plan misses 1 of 1 targets"), "{told}");
    let undecided = [("a.toml", &*gated(13_000, ""))];
    let arguments = ["--format", "github", "--probability", "0.5", "--undecided", "pass"];
    let (code, said, _) = gate(&undecided, &arguments);
    assert!(code == Some(0) && said.starts_with("::warning file=a.toml,line=8,col=1::plan undecided: "), "{said}");
}

#[test]
fn build_servers_are_told_in_junit_xml() {
    let titled = gated(99_999, "title = \"\\\"<&>' ]]>\"\n");
    let wrong = gated(1, "").replace("share = 1", "share = 0.9");
    let studies = [("a&\".toml", titled.as_str()), ("b.toml", wrong.as_str())];
    let (code, said, _) = gate(&studies, &["--format", "junit", "missing.toml"]);
    assert_eq!(code, Some(5));
    let read = roxmltree::Document::parse(&said).unwrap();
    let named = |name: &'static str| read.descendants().filter(move |node| node.has_tag_name(name));
    let counts: Vec<_> =
        named("testsuite").map(|suite| (suite.attribute("name").unwrap(), suite.attribute("tests"))).collect();
    assert_eq!(counts, [("missing.toml", Some("1")), ("a&\".toml", Some("2")), ("b.toml", Some("1"))]);
    let failures: Vec<_> =
        named("failure").map(|node| (node.attribute("type").unwrap(), node.text().unwrap())).collect();
    assert!(failures[0].0 == "missed" && failures[0].1.contains("\"<&>' ]]>: revenue at least"), "{failures:?}");
    assert!(failures[1].0 == "faults" && failures[1].1.contains("--> b.toml:3:26"), "{failures:?}");
    let error = named("error").next().unwrap();
    assert_eq!(error.attribute("message"), Some("missing.toml cannot be read: there is no such file"));
    let (_, said, _) =
        gate(&[("a.toml", &gated(13_000, ""))], &["--format=junit", "--probability=0.5", "--undecided=pass"]);
    assert!(said.contains("skipped=\"1\"") && said.contains("<skipped message=\"money: "), "{said}");
}

#[test]
fn a_check_without_a_gate_has_the_same_forms() {
    let folder = folder();
    let output = polku(folder.path(), &["check", "--format", "github", "faulty.toml", "fine.toml"]);
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(3), ""));
    assert!(out(&output).starts_with("::error file=faulty.toml,line="), "{}", out(&output));
    assert_eq!(out(&output).lines().count(), 1);
    let output = polku(folder.path(), &["check", "--format", "junit", "fine.toml"]);
    assert!(out(&output).contains("<testcase classname=\"fine.toml\" name=\"study\" file=\"fine.toml\"/>"));
    for arguments in [
        &["--format", "xml"][..],
        &["--json", "--format", "junit"],
        &["--paths", "--format", "json"],
        &["--threads", "1"],
    ] {
        let output = polku(folder.path(), &[&["check", "fine.toml"], arguments].concat());
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""), "{arguments:?}");
    }
    let output = polku(folder.path(), &["check", "fine.toml", "--set", "run.horizon=0"]);
    assert!(output.status.code() == Some(3) && told(&output).contains("given by `--set run.horizon=0`"));
}

#[test]
fn the_gate_holds_the_scenario_that_is_chosen() {
    let several = gated(13_000, "[scenarios.sure]\nchanges = [ { target = \"stages.on.values.revenue\", add = 5 } ]\n");
    let (code, _, told) = gate(&[("a.toml", &several)], &[]);
    assert_eq!(code, Some(2));
    assert_eq!(told, "error: say which scenario is chosen with --scenario: plan, sure\n");
    for (name, code) in [("sure", 0), ("plan", 1), ("today", 1), ("sur", 2)] {
        assert_eq!(gate(&[("a.toml", &several)], &["--scenario", name]).0, Some(code), "{name}");
    }
    // Alone, the baseline is what there is to hold.
    let alone = gated(12_000, "").replace("scenarios.plan = ", "#");
    assert!(gate(&[("a.toml", &alone)], &[]).1.starts_with("a.toml: targets of today\n  reached"));
}

#[test]
fn the_gate_looks_at_all_studies_and_ends_with_the_weightiest_failure() {
    let (fine, missed) = (gated(12_000, ""), gated(13_000, ""));
    let without = STARTER;
    let wrong = fine.replace("share = 1", "share = 0.9");
    let (code, said, told) = gate(&[("without.toml", without), ("missed.toml", &missed), ("fine.toml", &fine)], &[]);
    assert_eq!(code, Some(2), "{told}");
    assert!(said.contains("missed.toml: targets of plan") && said.contains("fine.toml: targets of plan"), "{said}");
    assert!(told.contains("error: without.toml has no targets to hold it to; add `[targets.NAME]`"), "{told}");
    assert!(told.contains("plan misses 1 of 1 targets"), "{told}");
    let orders = [["without.toml", "wrong.toml", "missed.toml"], ["missed.toml", "wrong.toml", "without.toml"]];
    let text = |name: &str| match name {
        "without.toml" => without,
        "wrong.toml" => wrong.as_str(),
        _ => missed.as_str(),
    };
    for order in orders {
        let (code, _, told) = gate(&order.map(|name| (name, text(name))), &[]);
        assert_eq!(code, Some(3), "{told}");
        assert!(told.contains("1 error in wrong.toml") && told.contains("without.toml has no targets"), "{told}");
        assert!(told.contains("plan misses 1 of 1 targets"), "{told}");
    }
    let (code, _, told) = gate(&[("wrong.toml", &wrong)], &["missing.toml"]);
    assert_eq!(code, Some(5), "{told}");
    assert!(told.contains("1 error in wrong.toml") && told.contains("missing.toml cannot be read"), "{told}");
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
        (["--scenario", "new_lgoo"], "there is no scenario `new_lgoo`; did you mean `new_logo`?"),
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
fn a_newcomer_is_replayed_from_the_period_of_entry_on() {
    let folder = folder();
    let study =
        STARTER.replace("[segments.settled]", "[segments.new.inflow]\nper_period = [0, 100]\n[segments.settled]");
    fs::write(folder.path().join("grows.toml"), study).unwrap();
    let replayed = |arguments: &[&str]| polku(folder.path(), &[&["replay", "grows.toml"], arguments].concat());
    let life = out(&replayed(&["--segment", "new", "--entry", "20", "--customer", "9"]));
    assert_eq!(life.lines().count(), 1 + 5, "periods 20 to 24: {life}");
    assert!(life.lines().nth(1).unwrap().starts_with("new,20,"), "{life}");
    let whole = out(&replayed(&["--segment", "settled"]));
    assert!(whole.lines().count() == 1 + 25 && whole.lines().nth(1).unwrap().starts_with("settled,0,"), "{whole}");
    for (arguments, said) in [
        (["--segment", "nwe", "--entry", "2"], "there is no segment `nwe`; known here: `new`, `settled`"),
        (
            ["--segment", "new", "--entry", "1"],
            "no customers come to `new` in period 1 of this replication; choose another --entry",
        ),
        (
            ["--segment", "new", "--entry", "25"],
            "no customers come to `new` in period 25 of this replication; choose another --entry",
        ),
        (
            ["--segment", "new", "--customer", "1500"],
            "there is no customer 1500 of `new` at the start; there are 1500, counted from 0",
        ),
    ] {
        let output = replayed(&arguments);
        assert_eq!((output.status.code(), told(&output)), (Some(2), format!("error: {said}\n")));
    }
    let none = replayed(&["--segment", "new", "--entry", "20", "--customer", "10"]);
    let said = "there is no customer 10 of those who come to `new` in period 20; there are 10, counted from 0";
    assert_eq!((none.status.code(), told(&none)), (Some(2), format!("error: {said}\n")));
    assert_eq!(replayed(&["--entry", "3"]).status.code(), Some(2), "an entry needs its segment");
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
fn every_template_is_a_small_fine_study_that_an_editor_can_check() {
    let folder = tempfile::tempdir().unwrap();
    for template in TEMPLATES {
        assert_eq!(polku(folder.path(), &["new", "--template", template, template]).status.code(), Some(0));
        let file = format!("{template}.toml");
        let output = polku(folder.path(), &["check", &file]);
        assert_eq!((out(&output), told(&output)), (format!("{file}: fine\n"), String::new()));
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        let lines = text.lines().count();
        assert!(if template == "minimal" { lines <= 60 } else { (60..=120).contains(&lines) }, "{template}: {lines}");
        assert!(text.starts_with("#:schema ./polku.schema.json\n"), "{template}");
        assert!(text.contains("`polku schema > polku.schema.json`") && text.contains("# `odds` multiplies p/(1-p)"));
    }
    assert_eq!(polku(folder.path(), &["new", "mine"]).status.code(), Some(0));
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(text("mine.toml"), text("minimal.toml"));
    let unknown = polku(folder.path(), &["new", "--template", "bank", "bank"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(told(&unknown).contains("[possible values: minimal, saas, retail, telecom]"), "{}", told(&unknown));
}

#[test]
fn every_template_has_an_initiative_that_pays_and_one_that_does_not() {
    let folder = tempfile::tempdir().unwrap();
    for template in TEMPLATES {
        assert_eq!(polku(folder.path(), &["new", "--template", template, template]).status.code(), Some(0));
        let arguments = ["run", &format!("{template}.toml"), "--exact", "none", "--charts", "none"];
        assert_eq!(polku(folder.path(), &arguments).status.code(), Some(0));
        let summary = fs::read_to_string(folder.path().join("out").join(template).join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        let npv = |place: usize| {
            let its = &summary["contrasts"][place]["metrics"]["npv"];
            [its["low"].as_f64().unwrap(), its["high"].as_f64().unwrap()]
        };
        assert!(npv(0)[0] > 0.0 && npv(1)[1] < 0.0, "{template}: {:?} {:?}", npv(0), npv(1));
    }
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
    let output = polku(folder.path(), &["check", "--gate", "--scenario", "call_first", "held.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let told = out(&output);
    assert!(
        told.contains("undecided  100.0% [39.8% to 100.0%]  spend: initiative cost at most EUR 90.0 M up to month "),
        "{told}"
    );
    assert!(told.contains("; within the bound by EUR "), "{told}");
    assert!(
        told.contains("missed         0.0% [0.0% to 60.2%]  keep: Keep them: retention at least 99% in month "),
        "{told}"
    );
    assert!(told.contains("; short by ") && told.contains(" pp in the mean"), "{told}");
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

#[test]
fn memory_is_reckoned_for_the_threads_that_are_asked_for() {
    let folder = folder();
    let study = STARTER.replace("horizon = 24", "horizon = 2_000");
    assert_ne!(study, STARTER);
    fs::write(folder.path().join("long.toml"), study).unwrap();
    // What is asked of two threads fits, so that the next thing to fail is the folder, before anything is simulated.
    for (threads, code) in [("1024", 4), ("2", 5)] {
        let arguments = ["run", "long.toml", "--threads", threads, "--out", "fine.toml"];
        let output = polku(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
    }
}
