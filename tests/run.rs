//! `polku run` as its users meet it: what it writes, what it prints, and how it fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};

const STUDY: &str = r#"
title = "Two ways to keep people"
currency = "EUR"

[run]
period = "month"
horizon = 6
customers = 1_000
agents = 200
replications = 8
seed = 5
baseline = "today"

[segments.all]
share = 1.0
start = { active = 0.8, waiting = 0.2 }

[stages.waiting]
to = { active = 0.2 }
values = { marketing_cost = 0.5 }

[stages.active]
retained = true
to = { gone = 0.1 }
purchases = { rate = 0.8, basket = "lognormal(mean=40, sd=20)", margin = 0.3 }

[stages.gone]

[initiatives.care]
cost = { once = "900 to 1_100" }
effects = [ { target = "stages.active.to.gone", odds = "0.6 to 0.9" } ]

[scenarios.today]
[scenarios.care]
initiatives = { care = 2 }
[scenarios.cheap]
changes = [ { target = "stages.active.purchases.margin", add = -0.05 } ]
"#;

/// A folder with the study in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), STUDY).unwrap();
    folder
}

fn polku(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("polku"));
    command.current_dir(folder).env_remove("NO_COLOR").args(["run", "study.toml"]).args(arguments);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    polku(folder, arguments).output().unwrap()
}

/// Runs, and expects that all goes well.
fn done(folder: &Path, arguments: &[&str]) -> Output {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn summary(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("out/study/summary.json")).unwrap()).unwrap()
}

fn names(list: &Value, key: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

/// Everything in a folder and below it, by path.
fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check_estimate(estimate: &Value, at: &str) {
    for key in ["mean", "standard_error", "low", "high"] {
        assert!(estimate[key].as_f64().is_some_and(f64::is_finite), "{at}.{key}: {estimate}");
    }
    assert!(estimate["low"].as_f64() <= estimate["mean"].as_f64(), "{at}");
    assert!(estimate["mean"].as_f64() <= estimate["high"].as_f64(), "{at}");
}

#[test]
fn every_file_is_written_and_reads_back() {
    let folder = folder();
    done(folder.path(), &[]);
    let files = everything(&folder.path().join("out/study"));
    let charts =
        ["differences", "retention", "retention_difference", "revenue", "revenue_difference", "spread", "value_risk"];
    for chart in charts.into_iter().chain(["stages_care", "stages_cheap", "stages_today"]) {
        assert!(files[&format!("charts/{chart}.png")].starts_with(b"\x89PNG"), "{chart}");
        let svg = String::from_utf8(files[&format!("charts/{chart}.svg")].clone()).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<desc"), "{chart}");
    }
    // With those of conversion, each scenario's business case, its roadmap, and costs.
    assert_eq!(files.len(), 2 * (10 + 10) + 10, "{:?}", files.keys());
    assert!(files["workbook.xlsx"].starts_with(b"PK") && files["ledger.csv"].starts_with(b"scenario,segment,cohort,"));
    assert!(files["report.html"].starts_with(b"<!"));
    for (name, columns, rows) in [("timeline.csv", 8, 3 * 2 * 7 * 18), ("contrasts.csv", 11, 2 * 12)] {
        let mut reader = csv::Reader::from_reader(files[name].as_slice());
        assert_eq!(reader.headers().unwrap().len(), columns, "{name}");
        let numbers = if columns == 8 { 4..8 } else { 3..11 };
        let mut read = 0;
        for row in reader.records() {
            let row = row.unwrap();
            read += 1;
            for place in numbers.clone() {
                assert!(row[place].parse::<f64>().is_ok_and(f64::is_finite), "{name}: {row:?}");
            }
        }
        assert_eq!(read, rows, "{name}");
    }
}

#[test]
fn tables_are_parquet_where_asked_and_nothing_else_changes() {
    let (text, columns) = (folder(), folder());
    done(text.path(), &[]);
    done(columns.path(), &["--format", "parquet"]);
    let [text, columns] = [text, columns].map(|folder| everything(&folder.path().join("out/study")));
    for table in ["timeline", "contrasts", "ledger"] {
        let bytes = &columns[&format!("{table}.parquet")];
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{table}");
        assert!(text.contains_key(&format!("{table}.csv")) && !columns.contains_key(&format!("{table}.csv")));
    }
    for name in ["summary.json", "workbook.xlsx", "report.html"] {
        assert_eq!(text[name], columns[name], "{name}");
    }
}

#[test]
fn what_an_earlier_run_wrote_and_this_one_does_not_is_gone() {
    let folder = folder();
    done(folder.path(), &[]);
    let own = folder.path().join("out/study/notes.csv");
    fs::write(&own, "of somebody").unwrap();
    done(folder.path(), &["--format", "parquet", "--scenario", "care"]);
    let files = everything(&folder.path().join("out/study"));
    assert!(files.contains_key("ledger.parquet") && !files.contains_key("ledger.csv"), "{:?}", files.keys());
    assert!(files.contains_key("charts/stages_care.svg") && !files.contains_key("charts/stages_cheap.svg"));
    assert!(files.contains_key("notes.csv"));
}

#[test]
fn the_summary_has_the_fields_that_its_page_describes() {
    let folder = folder();
    done(folder.path(), &[]);
    let summary = summary(folder.path());
    let page = include_str!("../docs/summary.md");
    for (key, value) in summary.as_object().unwrap() {
        assert!(page.contains(&format!("`{key}`")), "docs/summary.md says nothing of `{key}`");
        assert!(!value.is_null());
    }
    assert_eq!((summary["format"].as_u64(), summary["seed"].as_u64()), (Some(2), Some(5)));
    assert_eq!((summary["replications"].as_u64(), summary["agents"].as_u64()), (Some(8), Some(200)));
    assert_eq!(names(&summary["scenarios"], "name"), ["today", "care", "cheap"]);
    assert_eq!(names(&summary["contrasts"], "scenario"), ["care", "cheap"]);
    for scenario in summary["scenarios"].as_array().unwrap() {
        for key in scenario.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{key}`")), "docs/summary.md says nothing of `{key}`");
        }
        for group in ["metrics", "lines", "outcomes", "stages_at_end"] {
            for (name, estimate) in scenario[group].as_object().unwrap() {
                check_estimate(estimate, name);
                assert!(group != "metrics" || page.contains(&format!("`{name}`")), "{name}");
            }
        }
        assert!(scenario["exact"]["npv"].as_f64().unwrap().is_finite());
    }
    for contrast in summary["contrasts"].as_array().unwrap() {
        for (name, difference) in contrast["metrics"].as_object().unwrap() {
            check_estimate(difference, name);
            assert!((0.0..=1.0).contains(&difference["probability_better"].as_f64().unwrap()), "{name}");
        }
        assert!(contrast["affected_customers"].as_f64().unwrap() >= 0.0);
        assert!(contrast["affected_agents"].as_u64().is_some());
    }
    // Only the margin changed, so nobody's life did.
    assert_eq!(summary["contrasts"][1]["affected_agents"], 0);
    assert!(summary["contrasts"][1]["metrics"]["margin"]["high"].as_f64().unwrap() < 0.0);
}

#[test]
fn the_manifest_tells_the_files_apart_to_the_last_byte() {
    let folder = folder();
    done(folder.path(), &["--set", "run.horizon=4", "--scenario", "care"]);
    let mut files = everything(&folder.path().join("out/study"));
    let manifest: Value = serde_json::from_slice(&files.remove("manifest.json").unwrap()).unwrap();
    let digests = manifest["outputs_sha256"].as_object().unwrap();
    assert_eq!(digests.len(), files.len());
    for (name, bytes) in &files {
        assert_eq!(digests[name], hex(bytes), "{name}");
    }
    assert_eq!(manifest["study_sha256"], hex(STUDY.as_bytes()));
    assert_eq!(manifest["study_text"], STUDY);
    assert_eq!(manifest["options"]["set"][0], "run.horizon=4");
    assert_eq!(manifest["options"]["scenario"][0], "care");
    let page = include_str!("../docs/summary.md");
    for key in manifest.as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{key}`")), "docs/summary.md says nothing of `{key}`");
    }
}

#[test]
fn the_manifest_knows_the_lists_that_the_study_reads() {
    let folder = folder();
    let list = "chance\n0.2\n0.1\n";
    fs::write(folder.path().join("back.csv"), list).unwrap();
    let study = STUDY.replace("to = { active = 0.2 }", "to = { active = { chance = \"back.csv\", by = \"period\" } }");
    fs::write(folder.path().join("study.toml"), study).unwrap();
    done(folder.path(), &[]);
    let manifest = fs::read(folder.path().join("out/study/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["lists_sha256"], serde_json::json!({ "back.csv": hex(list.as_bytes()) }));
}

#[test]
fn json_prints_the_summary_and_nothing_else() {
    let folder = folder();
    let output = done(folder.path(), &["--json"]);
    assert_eq!(output.stdout, fs::read(folder.path().join("out/study/summary.json")).unwrap());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn quiet_prints_nothing_and_writes_the_same() {
    let folder = folder();
    done(folder.path(), &[]);
    let loud = everything(&folder.path().join("out"));
    let output = done(folder.path(), &["--quiet"]);
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    assert_eq!(everything(&folder.path().join("out")), loud);
    assert_eq!(run(folder.path(), &["--quiet", "--json"]).status.code(), Some(2));
}

#[test]
fn off_a_terminal_nothing_is_coloured_and_no_bar_is_drawn() {
    let folder = folder();
    let output = done(folder.path(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'));
    assert!(text.starts_with("Over 6 months, money in EUR\n") && text.contains("Difference from"), "{text}");
    assert!(text.ends_with("Written to out/study: report.html and the numbers and charts behind it.\n"), "{text}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::write(folder.path().join("study.toml"), STUDY.replace("horizon = 6", "horizon = 0")).unwrap();
    let fault = run(folder.path(), &[]);
    assert!(!String::from_utf8(fault.stderr).unwrap().contains('\u{1b}'));
}

#[test]
fn scenarios_are_chosen_by_name_and_keep_their_numbers() {
    let folder = folder();
    done(folder.path(), &[]);
    let all = summary(folder.path());
    done(folder.path(), &["--scenario", "cheap"]);
    let chosen = summary(folder.path());
    assert_eq!(names(&chosen["scenarios"], "name"), ["today", "cheap"]);
    assert_eq!(chosen["scenarios"][1], all["scenarios"][2]);
    assert_eq!(chosen["contrasts"][0], all["contrasts"][1]);
    done(folder.path(), &["--against", "cheap", "--scenario", "care"]);
    let against = summary(folder.path());
    assert_eq!(against["baseline"], "cheap");
    assert_eq!(names(&against["scenarios"], "name"), ["care", "cheap"]);
    assert_eq!(against["contrasts"][0]["baseline"], "cheap");
}

#[test]
fn numbers_are_set_from_the_command_line() {
    let folder = folder();
    let settings = ["--set", "stages.active.to.gone=0", "--set", "run.horizon=3", "--agents", "50"];
    done(folder.path(), &[&settings[..], &["--replications", "3", "--seed", "9"]].concat());
    let summary = summary(folder.path());
    assert_eq!(summary["horizon"], 3);
    assert_eq!((summary["agents"].as_u64(), summary["replications"].as_u64()), (Some(50), Some(3)));
    assert_eq!(summary["seed"], 9);
    assert_eq!(summary["scenarios"][0]["metrics"]["retention"]["mean"], 1.0);
}

#[test]
fn the_seed_decides_everything() {
    let folder = folder();
    done(folder.path(), &["--quiet", "--seed", "1", "--threads", "1"]);
    let first = everything(&folder.path().join("out"));
    done(folder.path(), &["--quiet", "--seed", "1", "--threads", "5"]);
    assert_eq!(everything(&folder.path().join("out")), first);
    done(folder.path(), &["--quiet", "--seed", "2"]);
    assert_ne!(everything(&folder.path().join("out"))["study/summary.json"], first["study/summary.json"]);
}

#[test]
fn a_name_that_is_no_scenario_is_a_fault_of_use() {
    let folder = folder();
    for option in ["--scenario", "--against"] {
        let output = run(folder.path(), &[option, "caer"]);
        assert_eq!(output.status.code(), Some(2), "{option}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "error: there is no scenario `caer`; did you mean `care`?\n");
    }
    assert_eq!(run(folder.path(), &["--set", "nonsense"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["--nonsense"]).status.code(), Some(2));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_the_work() {
    let folder = folder();
    fs::write(folder.path().join("file"), "in the way").unwrap();
    fs::create_dir(folder.path().join("half")).unwrap();
    fs::write(folder.path().join("half/charts"), "in the way").unwrap();
    let before = everything(folder.path());
    for out in ["file", "file/deeper", "half"] {
        let output = run(folder.path(), &["--out", out]);
        assert_eq!(output.status.code(), Some(5), "{out}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: cannot write into ") && said.contains("is not a folder"), "{said}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(everything(folder.path()), before);
}

#[test]
fn a_faulty_study_writes_nothing_at_all() {
    let folder = folder();
    let faulty = [
        ("form", STUDY.replace("horizon = 6", "horizon = \"six\"")),
        ("meaning", STUDY.replace("gone = 0.1", "gone = 1.1")),
        // Only some of the draws make the row pass 1, which shows when they are made.
        ("draw", STUDY.replace("gone = 0.1 ", "gone = \"uniform(0.2, 0.9)\", waiting = 0.4 ")),
    ];
    for (case, text) in faulty {
        fs::write(folder.path().join("study.toml"), text).unwrap();
        let output = run(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(3), "{case}");
        assert!(output.stdout.is_empty(), "{case}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: ") && said.ends_with("1 error in study.toml\n"), "{case}: {said}");
        assert_eq!(everything(folder.path()).len(), 1, "{case}");
        assert!(!folder.path().join("out").exists(), "{case}");
    }
    fs::remove_file(folder.path().join("study.toml")).unwrap();
    assert_eq!(run(folder.path(), &[]).status.code(), Some(5));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn what_was_there_is_replaced_and_nothing_else_is_touched() {
    let folder = folder();
    let out = folder.path().join("elsewhere/deep");
    done(folder.path(), &["--out", "elsewhere/deep"]);
    let first = everything(&out);
    fs::write(out.join("summary.json"), "old and longer than nothing").unwrap();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    done(folder.path(), &["--out", "elsewhere/deep"]);
    let mut second = everything(&out);
    assert_eq!(second.remove("notes.txt").unwrap(), b"mine");
    assert_eq!(second, first);
}

#[cfg(unix)]
#[test]
fn a_file_is_renamed_into_its_place_and_never_written_in_it() {
    let folder = folder();
    done(folder.path(), &[]);
    let summary = folder.path().join("out/study/summary.json");
    // Whoever has the old file open goes on reading the old file, whole.
    let mut open = fs::File::open(&summary).unwrap();
    let old = fs::read(&summary).unwrap();
    done(folder.path(), &["--seed", "6"]);
    let mut read = Vec::new();
    open.read_to_end(&mut read).unwrap();
    assert_eq!(read, old);
    assert_ne!(fs::read(&summary).unwrap(), old);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_a_failure_of_writing() {
    let folder = folder();
    for arguments in [&[][..], &["--json"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = polku(folder.path(), arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(5));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "error: cannot write to standard output: no space left on device\n");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = folder();
    let mut child = polku(folder.path(), &["--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_the_engine_cannot_hold_apart_is_refused() {
    let folder = folder();
    let many: String = (0..253).map(|k| format!("[stages.s{k}]\n")).collect();
    let traits = STUDY.replace("[segments.all]", "[traits.own]\nlaw = \"beta(2, 5)\"\n[segments.all]");
    let own = |exits: &str| traits.replace("to = { gone = 0.1 }", &format!("talks = true\nto = {{ {exits} }}"));
    let cases = [
        (STUDY.replace("[stages.gone]", &format!("[stages.gone]\n{many}")), "the study has 256 stages"),
        (own("gone = { trait = \"own\", word_of_mouth = 0.1 }"), "a customer's own chance stands alone"),
        (
            own("gone = { trait = \"own\", on = \"purchase\" }, waiting = { chance = 0.1, on = \"purchase\" }"),
            "a customer's own chance is not the only one that is taken at purchases here",
        ),
    ];
    for (text, fault) in cases {
        fs::write(folder.path().join("study.toml"), text).unwrap();
        let output = run(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(3), "{fault}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(fault), "{said}");
    }
}
