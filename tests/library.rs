//! The library's own door gives what the command line gives.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{EVERYTHING, small_retailer, with};
use polku::{Cause, Experiment, Metric, Model, Report, Setting, Source, Study};

/// The files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for below in ["", "charts"] {
        for entry in fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_library_writes_what_the_command_line_writes_to_the_last_byte() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.toml");
    fs::write(&file, with(EVERYTHING, &[("AWAY", "\"0.05 to 0.15\""), ("BACK", "0.3")])).unwrap();
    let by_command = folder.path().join("command");
    let polku = Command::new(env!("CARGO_BIN_EXE_polku"))
        .args(["run", file.to_str().unwrap(), "--quiet", "--replications", "3", "--seed", "11", "--out"])
        .arg(&by_command)
        .status()
        .unwrap();
    assert!(polku.success(), "{polku}");

    let model = Model::compile(&Study::read(&file).unwrap()).unwrap();
    let runs = Experiment::new(&model).replications(3).seed(11).run().unwrap();
    let by_library = folder.path().join("library");
    Report::new(&runs).write(&by_library).unwrap();
    let (one, other) = (files(&by_command), files(&by_library));
    assert!(one.len() > 20 && one.keys().eq(other.keys()), "{:?}\n{:?}", one.keys(), other.keys());
    for (name, bytes) in &one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

#[test]
fn contrasts_of_a_metric_are_those_of_the_summary() {
    let source = Source::new("test.toml", concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"), small_retailer());
    let model = Model::compile(&Study::parse(&source).unwrap()).unwrap();
    let runs = Experiment::new(&model).run().unwrap();
    let summary = runs.summary();
    let contrasts = runs.contrasts(Metric::Npv);
    assert_eq!(contrasts.len(), summary.contrasts.len());
    for (one, other) in contrasts.iter().zip(&summary.contrasts) {
        assert_eq!((&one.scenario, &one.baseline), (&other.scenario, &other.baseline));
        assert_eq!((one.difference, one.better), (other.metrics["npv"].estimate, other.metrics["npv"].better));
        assert!(one.difference.half_width() > 0.0);
    }
}

#[test]
fn faults_come_as_one_error_and_settings_are_written_back() {
    let text = small_retailer();
    let mut source = Source::new("test.toml", concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"), text.clone());
    let settings = Setting::all(&["run.horizon=24", "run.seed=7"]).unwrap();
    Study::parse_with(&mut source, &settings).unwrap();
    let again = source.to_text().unwrap();
    let comments = |text: &str| text.matches('#').count();
    assert!(again.contains("horizon = 24") && comments(&again) == comments(&text));
    let wrong = Study::parse_with(&mut source, &Setting::all(&["run.horizon=many"]).unwrap()).unwrap_err();
    assert!(wrong.cause == Cause::Wrong && wrong.to_string().contains("given by `--set run.horizon=many`"), "{wrong}");
    assert_eq!(Study::read("nowhere.toml").unwrap_err().cause, Cause::Unreadable);
}
