//! In a pipeline, colours, outputs and repeated runs are what was asked for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use polku::cli::new::STARTER;

fn polku(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command.current_dir(folder).args(arguments);
    command
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
fn colours_are_forced_and_forbidden_by_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faulty.toml"), STARTER.replace("share = 0.3", "share = 0.4")).unwrap();
    let cases: [(&[(&str, &str)], bool); 7] = [
        (&[], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "")], false),
        (&[("NO_COLOR", "1")], false),
        // Whoever wants none has the last word.
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        // Colours on terminals are none in a pipe.
        (&[("CLICOLOR", "1")], false),
    ];
    // Faults of the study are coloured by us, those of usage by the parser: both by the same rules.
    for arguments in [&["check", "faulty.toml"][..], &["check", "--josn", "faulty.toml"]] {
        for (set, coloured) in cases {
            let output = polku(folder.path(), arguments).envs(set.iter().copied()).output().unwrap();
            assert_eq!(told(&output).contains('\u{1b}'), coloured, "{arguments:?} {set:?}");
        }
    }
    // What programs read is never coloured.
    let output = polku(folder.path(), &["check", "--json", "faulty.toml"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&out(&output)).is_ok());
}

/// A study that reads two lists and has uncertain numbers.
const STUDY: &str = r#"
title = "Räätälöity \u00e9"
[run]
period = "month"
horizon = 6
customers = 1_000
agents = 200
replications = 6
seed = 5
baseline = "today"
[segments.all]
share = 1.0
start = { active = 1 }
[stages.active]
retained = true
to = { gone = { chance = "gone.csv", by = "period" }, away = { chance = "lists/away.csv", by = "period" } }
purchases = { rate = 0.8, basket = 40, margin = 0.3 }
[stages.away]
to = { active = 0.2 }
[stages.gone]
[initiatives.care]
cost = { once = "900 to 1_100" }
effects = [ { target = "stages.active.purchases.rate", times = "1.0 to 1.2" } ]
[scenarios.today]
[scenarios.care]
initiatives = { care = 2 }
[scenarios.other]
changes = [ { target = "stages.active.purchases.margin", add = -0.05 } ]
"#;

fn with_lists() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lists")).unwrap();
    fs::write(folder.path().join("study.toml"), STUDY).unwrap();
    let rows = |chance: f64| (1..=6).map(|period| format!("{period},{chance}\n")).collect::<String>();
    fs::write(folder.path().join("gone.csv"), format!("period,chance\n{}", rows(0.05))).unwrap();
    // With a byte-order mark, semicolons and a column that is not read.
    let noted = rows(0.1).replace(',', ";").replace('\n', ";ä\r\n");
    fs::write(folder.path().join("lists/away.csv"), format!("\u{feff}period;chance;note\r\n{noted}")).unwrap();
    folder
}

/// All files below a folder, with what stands in them.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let folder = Path::new(path.file_name().unwrap());
            found.extend(files(&path).into_iter().map(|(name, bytes)| (folder.join(name), bytes)));
        } else {
            found.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_summary_is_printed_without_a_file_being_written() {
    let folder = with_lists();
    let plain = polku(folder.path(), &["run", "study.toml", "--json", "--out", "out"]).output().unwrap();
    assert_eq!((plain.status.code(), told(&plain).as_str()), (Some(0), ""));
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let before = files(folder.path());
    let output = polku(folder.path(), &["run", "study.toml", "--json", "--out", "-"]).output().unwrap();
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""));
    assert_eq!(out(&output), out(&plain));
    assert!(files(folder.path()) == before, "something was written");
    for arguments in [&["--out", "-"][..], &["--out", "-", "--quiet"]] {
        let output = polku(folder.path(), &[&["run", "study.toml"], arguments].concat()).output().unwrap();
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""));
        assert!(told(&output).contains("needs `--json` to print summary.json"), "{}", told(&output));
    }
}
