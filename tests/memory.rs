//! What a run holds in memory at most is known before it starts: as estimated, within a quarter and a few mebibytes.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it saw"
)]

use std::process::Command;

use polku::inside::estimate::memory::parts;
use polku::{Experiment, Model, Report, Setting, Source, Study};

const THREADS: usize = 2;
/// What builds and runs differ in: a build that can be debugged is larger, and threads that fall together draw more pictures
/// at once.
const SLACK: f64 = 10.0 * 1_048_576.0;
/// Says to the child which study to run, and where to write.
const STUDY: &str = "POLKU_TEST_MEMORY_STUDY";
const OUT: &str = "POLKU_TEST_MEMORY_OUT";

/// A study: its name, its text or its file, and what is set in it.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const STUDIES: [Case; 7] = [
    ("the retailer", "retailer", &[("run.replications", "24")]),
    ("the transformation", "transformation", &[("run.replications", "40")]),
    ("the subscription", "subscription", &[("run.replications", "40")]),
    (
        "many customers who hear from each other",
        "retailer",
        &[("run.agents", "300_000"), ("run.replications", "2"), ("run.horizon", "14")],
    ),
    ("newcomers in every period, in many segments", NEWCOMERS, &[]),
    ("chances that differ in every period and age", AGES, &[]),
    ("satisfaction, expected exactly", FELT, &[]),
];

const NEWCOMERS: &str = include_str!("memory/newcomers.toml");
const AGES: &str = include_str!("memory/ages.toml");
const FELT: &str = include_str!("memory/felt.toml");

fn model((_, study, settings): &Case) -> Model {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let is_text = study.contains('\n');
    let read = || Source::read(format!("{folder}/{study}.toml")).unwrap();
    let mut source = if is_text { Source::new("test.toml", folder, *study) } else { read() };
    let setting = |(path, value): &(&str, &str)| Setting::parse(&format!("{path}={value}")).unwrap();
    let settings: Vec<Setting> = settings.iter().map(setting).collect();
    let study = Study::parse_with(&mut source, &settings).unwrap_or_else(|faults| panic!("{faults:#?}"));
    Model::compile(&study).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The most that this process has held, in bytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024.0 * line.trim().strip_suffix("kB").unwrap().trim().parse::<f64>().unwrap()
}

/// Run in a process of its own, for what it holds at most.
#[test]
#[ignore = "a part of the test below, which starts it"]
fn one_study() {
    let Ok(place) = std::env::var(STUDY) else { return };
    let model = model(&STUDIES[place.parse::<usize>().unwrap()]);
    let runs = Experiment::new(&model).threads(THREADS).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    Report::new(&runs).write(std::env::var(OUT).unwrap()).unwrap();
    println!("peak {}", peak());
}

#[test]
fn what_a_run_holds_is_estimated_within_a_quarter() {
    let out = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (place, study) in STUDIES.iter().enumerate() {
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "one_study", "--ignored", "--nocapture"])
            .env(STUDY, place.to_string())
            .env(OUT, out.path().join(place.to_string()))
            .output()
            .unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        assert!(run.status.success(), "{}: {text}{}", study.0, String::from_utf8_lossy(&run.stderr));
        let peak: f64 = text.lines().find_map(|line| line.split_once("peak ")).unwrap().1.trim().parse().unwrap();
        let parts = parts(&model(study), THREADS);
        let estimate: f64 = parts.iter().map(|part| part.bytes).sum();
        let ratio = estimate / peak;
        let mib = |bytes: f64| format!("{:.1}", bytes / 1_048_576.0);
        let listed: Vec<String> = parts.iter().map(|part| format!("{} {}", mib(part.bytes), part.what)).collect();
        let line = format!("{}: {} MiB of {} ({ratio:.2}): {}", study.0, mib(estimate), mib(peak), listed.join("; "));
        eprintln!("{line}");
        if (estimate - peak).abs() > 0.25 * peak + SLACK {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
