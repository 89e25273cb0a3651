//! In a pipeline, colours, outputs and repeated runs are what was asked for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use common::{out, told};
use polku::cli::new::STARTER;
use serde_json::Value;

fn polku(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command.current_dir(folder).args(arguments);
    command
}

/// What is done to a manifest, and what the message says then.
type Spoiled = (fn(&mut Value), &'static str);

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
    assert!(serde_json::from_str::<Value>(&out(&output)).is_ok());
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

/// Runs the study with these arguments into `first`, and gives the manifest alone to another folder.
fn recorded(arguments: &[&str]) -> (tempfile::TempDir, tempfile::TempDir) {
    let (here, there) = (with_lists(), tempfile::tempdir().unwrap());
    let all = [&["run", "study.toml", "--quiet", "--out", "first"], arguments].concat();
    let output = polku(here.path(), &all).output().unwrap();
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""), "{arguments:?}");
    fs::copy(here.path().join("first/manifest.json"), there.path().join("m.json")).unwrap();
    (here, there)
}

#[test]
fn a_run_is_repeated_from_its_manifest_alone_to_the_last_byte() {
    let cases: [&[&str]; 3] = [
        &[],
        &["--set", "run.horizon=4", "--set", "title=\"a=b\"", "--seed", "9", "--agents", "100", "--scenario", "care"],
        &["--against", "other", "--exact", "none", "--charts", "none", "--format", "parquet", "--replications", "4"],
    ];
    for arguments in cases {
        let (here, there) = recorded(arguments);
        let output =
            polku(there.path(), &["run", "--from", "m.json", "--out", "again", "--threads", "1"]).output().unwrap();
        assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""), "{arguments:?}");
        assert!(out(&output).ends_with("\nAll files are those of m.json, to the last byte.\n"), "{}", out(&output));
        let (first, again) = (files(&here.path().join("first")), files(&there.path().join("again")));
        assert!(first.keys().eq(again.keys()), "{arguments:?}");
        for (name, bytes) in &first {
            assert!(again[name] == *bytes, "{arguments:?}: {}", name.display());
        }
    }
}

/// What a run from a manifest with such changes ends with: exit code, standard output, standard error.
fn changed(change: impl Fn(&mut Value), arguments: &[&str]) -> (Option<i32>, String, String) {
    let (_here, there) = recorded(&["--charts", "none", "--exact", "none"]);
    let file = there.path().join("m.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&file, manifest.to_string()).unwrap();
    let output = polku(there.path(), &[&["run", "--from", "m.json"], arguments].concat()).output().unwrap();
    (output.status.code(), out(&output), told(&output))
}

#[test]
fn a_manifest_that_was_changed_is_refused_and_says_where() {
    let cases: [Spoiled; 7] = [
        (|m| m["study_text"] = "[run]".into(), "`study_text` was changed: its digest is not `study_sha256`"),
        (|m| m["lists"]["gone.csv"] = "chance\n1\n".into(), "the list `gone.csv` was changed"),
        (|m| m["lists"] = serde_json::json!({}), "`lists` does not have the list `gone.csv`, which the study reads"),
        (|m| m["format"] = 2.into(), "its `format` is 2, and this version of polku knows 1"),
        (|m| m["options"]["format"] = "xml".into(), "`options.format` is `xml`"),
        (|m| m["options"]["exact"] = "all".into(), "`options.exact` is `all`"),
        (|m| m["seed"] = Value::Null, "it is no manifest of a run: "),
    ];
    for (change, said) in cases {
        let (code, out, told) = changed(change, &[]);
        assert_eq!((code, out.as_str()), (Some(3), ""), "{said}");
        assert!(told.starts_with(&format!("error: m.json cannot be repeated: {said}")), "{told}");
        assert!(told.contains("\n  help: "), "{told}");
    }
}

#[test]
fn another_version_is_warned_of_and_other_files_fail() {
    let (code, _, told) = changed(|m| m["polku"] = "0.0.7".into(), &["--quiet"]);
    assert_eq!(code, Some(0), "the files are the same");
    assert!(told.starts_with("warning: m.json was written by polku 0.0.7, and this is "), "{told}");
    let other = |m: &mut Value| m["outputs_sha256"]["summary.json"] = "00".into();
    for arguments in [&["--quiet"][..], &["--json", "--out", "-"]] {
        let (code, _, told) = changed(other, arguments);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains(" files are not those of m.json, which was written by polku "), "{told}");
        assert!(told.contains(": summary.json\n  help: the same version gives the same bytes"), "{told}");
    }
    let (code, printed, _) = changed(|_| (), &["--json", "--out", "-"]);
    assert!(code == Some(0) && serde_json::from_str::<Value>(&printed).is_ok());
}

#[test]
fn what_a_manifest_says_cannot_be_said_beside_it() {
    let folder = with_lists();
    for more in
        [&["study.toml"][..], &["--seed", "1"], &["--set", "run.seed=1"], &["--format", "csv"], &["--charts", "all"]]
    {
        let output = polku(folder.path(), &[&["run", "--from", "m.json"], more].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(told(&output).contains("cannot be used with"), "{}", told(&output));
    }
    let said = |arguments: &[&str]| {
        let output = polku(folder.path(), arguments).output().unwrap();
        (output.status.code(), told(&output))
    };
    assert_eq!(
        said(&["run", "--from", "m.json"]),
        (Some(5), "error: m.json cannot be read: there is no such file\n".to_owned())
    );
    let (code, told) = said(&["run", "--from", "study.toml"]);
    assert!(code == Some(3) && told.contains("help: leave out `--from` to run a study"), "{told}");
    assert_eq!(said(&["run"]).0, Some(2));
}

#[test]
fn the_manual_page_has_every_verb_option_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let page = out(&polku(folder.path(), &["man"]).output().unwrap());
    assert!(page.lines().any(|line| line.starts_with(".TH polku 1")), "{page}");
    for heading in
        ["NAME", "SYNOPSIS", "RUN", "CHECK", "EXACT", "REPLAY", "NEW", "SCHEMA", "MAN", "COMPLETIONS", "EXIT STATUS"]
    {
        assert!(page.lines().any(|line| line.replace('"', "") == format!(".SH {heading}")), "{heading}");
    }
    for option in ["undecided", "from", "replications", "vectors", "entry"] {
        assert!(page.contains(&format!("\\-\\-{option}")), "{option}");
    }
    // The codes are those that the README lists.
    let readme = include_str!("../README.md");
    let listed = readme
        .split("| exit code | means |\n")
        .nth(1)
        .unwrap()
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let codes: Vec<&str> = listed.map(|line| line.split('|').nth(1).unwrap().trim()).collect();
    assert!(codes.contains(&"6") && codes.contains(&"70"), "{codes:?}");
    for code in codes {
        let line = format!("\\fB{code}\\fR");
        assert!(page.lines().any(|found| found == line), "{code}");
    }
}

/// Where a value is not what a schema says, and where it has what the schema does not know.
fn strays(value: &Value, schema: &Value, root: &Value, path: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let definition = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{path}: no {name}"));
        return strays(value, definition, root, path);
    }
    let branches = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(branches) = branches {
        let each: Vec<Vec<String>> = branches.iter().map(|branch| strays(value, branch, root, path)).collect();
        return if each.iter().any(Vec::is_empty) { Vec::new() } else { each.concat() };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let takes = |wanted: &Value| wanted == kind || (wanted == "number" && kind == "integer");
    let is_taken = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(takes),
        one => takes(one),
    };
    let constant = schema.get("const").is_none_or(|constant| constant == value);
    let listed = schema["enum"].as_array().is_none_or(|values| values.contains(value));
    if !(is_taken || schema.get("const").is_some()) || !constant || !listed {
        return vec![format!("{path}: {value} is not {schema}")];
    }
    match value {
        Value::Object(object) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing = required.filter(|name| !object.contains_key(*name)).map(|name| format!("{path}: no {name}"));
            let within = object.iter().flat_map(|(name, inner)| {
                let path = format!("{path}.{name}");
                match schema["properties"].get(name).or(schema.get("additionalProperties")) {
                    Some(known) => strays(inner, known, root, &path),
                    None => vec![format!("{path} is not described")],
                }
            });
            missing.chain(within).collect()
        }
        Value::Array(list) => {
            let item = |place: usize| schema["prefixItems"].get(place).unwrap_or(&schema["items"]);
            let all = list.iter().enumerate();
            all.flat_map(|(place, inner)| strays(inner, item(place), root, &format!("{path}[{place}]"))).collect()
        }
        _ => Vec::new(),
    }
}

fn schema(of: &[&str]) -> Value {
    let output = polku(Path::new("."), &[&["schema"], of].concat()).output().unwrap();
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""), "{of:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_a_run_writes_is_what_its_schemas_describe() {
    let rich = "[capabilities.analysts]\nkind = \"people\"\n[initiatives.hire]\nbuild = 1\nprovides = [\"analysts\"]\n\
        [[shocks]]\ntitle = \"Rain\"\nhazard = 0.2\neffects = [ { target = \"stages.active.purchases.rate\", times = 0.8 } ]\n\
        [targets.keep]\nmetric = \"retention\"\nat_least = 0.3\n[segments.all.inflow]\nper_period = 20\ncost = 5\n\
        [scenarios.ruled]\ninitiatives = { hire = 1 }\n\
        rules = [ { when = { metric = \"retention\", below = 0.9 }, then = { initiatives = [\"care\"] } } ]\n";
    let folder = with_lists();
    fs::write(folder.path().join("rich.toml"), format!("{STUDY}{rich}")).unwrap();
    let runs: [&[&str]; 3] = [
        &["study.toml", "--out", "a"],
        &["rich.toml", "--out", "b", "--replications", "120"],
        &["rich.toml", "--out", "c", "--replications", "1", "--charts", "none", "--exact", "none"],
    ];
    for arguments in runs {
        let output = polku(folder.path(), &[&["run", "--quiet"], arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        for name in ["summary", "business", "manifest"] {
            let schema = schema(&["--of", name]);
            let file = folder.path().join(arguments[2]).join(format!("{name}.json"));
            let written: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            assert_eq!(strays(&written, &schema, &schema, name), Vec::<String>::new(), "{arguments:?}");
            // What is left out or put in is noticed.
            for key in schema["required"].as_array().unwrap() {
                let mut less = written.clone();
                less.as_object_mut().unwrap().remove(key.as_str().unwrap());
                assert!(!strays(&less, &schema, &schema, name).is_empty(), "{name}: {key}");
            }
            let mut more = written.clone();
            more["surprise"] = 1.into();
            assert_eq!(strays(&more, &schema, &schema, name), [format!("{name}.surprise is not described")]);
        }
    }
}

#[test]
fn schemas_say_what_they_are_of_and_of_which_version() {
    assert_eq!(schema(&[]), schema(&["--of", "study"]));
    for (name, version) in [("study", "0.1"), ("summary", "2"), ("business", "2"), ("manifest", "1")] {
        let schema = schema(&["--of", name]);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:polku:schema:{name}:{version}"));
        assert_eq!((&schema["version"], &schema["title"]), (&version.into(), &format!("polku {name}").into()));
    }
    let output = polku(Path::new("."), &["schema", "--of", "ledger"]).output().unwrap();
    assert!(
        output.status.code() == Some(2)
            && told(&output).contains("[possible values: study, summary, business, manifest]")
    );
}
