//! Bad days: what is written is whole or not there, and hostile texts do nothing, wherever they come out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "what is skipped is told")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const STUDY: &str = r#"
[run]
period = "month"
horizon = 6
customers = 1_000
agents = 100
replications = 10
[segments.all]
share = 1.0
start = { active = 1.0 }
[stages.active]
retained = true
to = { gone = 0.1 }
values = { revenue = 10, service_cost = 3 }
[stages.gone]
[scenarios.today]
[scenarios.better]
changes = [ { target = "stages.active.to.gone", odds = 0.8 } ]
"#;

/// A folder with a study in it.
fn folder(study: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), study).unwrap();
    folder
}

fn polku(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    command.current_dir(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    polku(folder, arguments).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> Output {
    let output = output(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// All files below a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
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

/// Whether the files are whole results: those that their manifest lists, to the last byte.
fn is_whole(files: &BTreeMap<String, Vec<u8>>) -> bool {
    let Some(manifest) = files.get("manifest.json") else { return false };
    let manifest: Value = serde_json::from_slice(manifest).unwrap();
    let listed = manifest["outputs_sha256"].as_object().unwrap();
    listed.len() + 1 == files.len() && listed.iter().all(|(name, digest)| *digest == hex(&files[name]))
}

/// The names of temporary folders that stand in a folder or anywhere below it.
fn left(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with(".polku-") {
                found.push(entry.path().display().to_string());
            }
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    found
}

#[test]
fn a_second_run_replaces_the_first_and_keeps_what_others_put_there() {
    let folder = folder(STUDY);
    done(folder.path(), &["run", "study.toml", "--quiet"]);
    let results = folder.path().join("out/study");
    fs::create_dir_all(results.join("mine/deep")).unwrap();
    for name in ["notes.txt", "charts/own.svg", "mine/deep/x"] {
        fs::write(results.join(name), name).unwrap();
    }
    done(folder.path(), &["run", "study.toml", "--quiet", "--seed", "9", "--format", "parquet"]);
    let mut now = files(&results);
    for name in ["notes.txt", "charts/own.svg", "mine/deep/x"] {
        assert_eq!(now.remove(name).as_deref(), Some(name.as_bytes()), "{name}");
    }
    assert!(is_whole(&now) && !now.contains_key("ledger.csv"), "{:?}", now.keys());
    assert_eq!(left(folder.path()), Vec::<String>::new());
}

#[test]
fn results_in_the_current_folder_are_replaced_file_by_file() {
    let folder = folder(STUDY);
    let results = folder.path().join("here");
    fs::create_dir(&results).unwrap();
    fs::write(results.join("notes.txt"), "mine").unwrap();
    for options in [&["--seed", "1"][..], &["--seed", "2", "--format", "parquet"]] {
        let arguments = [&["run", "../study.toml", "--quiet", "--out", "."][..], options].concat();
        done(&results, &arguments);
        let mut now = files(&results);
        assert_eq!(now.remove("notes.txt").as_deref(), Some(&b"mine"[..]));
        assert!(is_whole(&now), "{:?}", now.keys());
        assert_eq!(left(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn what_killed_runs_left_is_brought_to_an_end_by_the_next() {
    let folder = folder(STUDY);
    let run = || done(folder.path(), &["run", "study.toml", "--quiet"]);
    run();
    let out = folder.path().join("out");
    let results = out.join("study");
    let first = files(&results);
    // Killed while it wrote.
    fs::create_dir_all(out.join(".polku-abc123/new/study/charts")).unwrap();
    fs::write(out.join(".polku-abc123/lock"), "").unwrap();
    fs::write(out.join(".polku-abc123/new/study/summary.json"), "ha").unwrap();
    // Killed between the folder's way out and the new one's way in, with a file of somebody's in it.
    fs::write(results.join("notes.txt"), "mine").unwrap();
    fs::create_dir_all(out.join(".polku-abc124/old")).unwrap();
    fs::rename(&results, out.join(".polku-abc124/old/study")).unwrap();
    // Killed after the exchange, before what was in the old folder was carried on.
    fs::create_dir_all(out.join(".polku-abc125/ready/study")).unwrap();
    fs::write(out.join(".polku-abc125/ready/study/more.txt"), "mine too").unwrap();
    // What is called like it is not taken for it.
    fs::create_dir_all(out.join(".polku-archive")).unwrap();
    run();
    let mut now = files(&results);
    assert_eq!(now.remove("notes.txt").as_deref(), Some(&b"mine"[..]));
    assert!(now.remove("more.txt").is_none_or(|bytes| bytes == b"mine too"));
    assert_eq!(now, first);
    assert_eq!(left(folder.path()).len(), 1, "{:?}", left(folder.path()));
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told_and_nothing_is_replaced() {
    let folder = folder(STUDY);
    done(folder.path(), &["run", "study.toml", "--quiet"]);
    let results = folder.path().join("out/study");
    fs::remove_file(results.join("ledger.csv")).unwrap();
    fs::create_dir(results.join("ledger.csv")).unwrap();
    let before = files(folder.path());
    let output = output(folder.path(), &["run", "study.toml", "--quiet", "--seed", "4"]);
    assert_eq!(output.status.code(), Some(5));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("cannot write into out/study: out/study/ledger.csv is a folder"), "{told}");
    assert_eq!(files(folder.path()), before);
    assert_eq!(left(folder.path()), Vec::<String>::new());
}

#[cfg(unix)]
mod unix {
    use super::*;

    /// Sends a signal to a process of ours.
    fn send(signal: &str, child: &Child) {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The threads of a process; none where the system does not tell, or the process has ended.
    fn threads(child: &Child) -> usize {
        fs::read_dir(format!("/proc/{}/task", child.id())).map_or(0, Iterator::count)
    }

    #[test]
    fn an_interrupt_leaves_the_earlier_results_and_nothing_else() {
        let folder = folder(STUDY);
        done(folder.path(), &["run", "study.toml", "--quiet"]);
        let before = files(folder.path());
        for (signal, name, code) in [("-INT", "SIGINT", 130), ("-TERM", "SIGTERM", 143)] {
            let long = ["run", "study.toml", "--quiet", "--agents", "2e6", "--replications", "20_000"];
            let mut child = polku(folder.path(), &long).spawn().unwrap();
            // Until it listens; where the system does not tell, a while.
            if cfg!(target_os = "linux") {
                while threads(&child) < 3 && child.try_wait().unwrap().is_none() {
                    std::thread::yield_now();
                }
            } else {
                std::thread::sleep(std::time::Duration::from_secs(2));
            }
            send(signal, &child);
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{told}");
            assert!(told.contains(&format!("interrupted ({name}): nothing was written")), "{told}");
            assert!(files(folder.path()) == before, "something was written");
        }
    }

    #[test]
    fn a_run_that_is_killed_or_stopped_while_it_writes_leaves_whole_results() {
        let folder = folder(STUDY);
        done(folder.path(), &["run", "study.toml", "--quiet"]);
        let out = folder.path().join("out");
        for (round, signal) in ["-KILL", "-TERM", "-KILL", "-INT"].into_iter().enumerate() {
            let seed = round.to_string();
            let mut child = polku(folder.path(), &["run", "study.toml", "--quiet", "--seed", &seed]).spawn().unwrap();
            let writes = || fs::read_dir(&out).unwrap().count() > 1;
            let mut ended = false;
            while !writes() && !ended {
                ended = child.try_wait().unwrap().is_some();
            }
            // A little later in every round, so that it meets another moment.
            (0..round * 2_000).for_each(|_| std::thread::yield_now());
            if child.try_wait().unwrap().is_none() {
                send(signal, &child);
            }
            let output = child.wait_with_output().unwrap();
            let results = files(&out.join("study"));
            assert!(is_whole(&results), "{round} {signal}: {:?}", results.keys());
            if signal != "-KILL" {
                assert!(output.status.code().is_some_and(|code| [0, 130, 143].contains(&code)), "{output:?}");
                assert_eq!(left(&out), Vec::<String>::new(), "{round}");
            }
            done(folder.path(), &["run", "study.toml", "--quiet"]);
            assert_eq!(left(&out), Vec::<String>::new(), "{round}");
        }
    }

    fn is_refused_whole(folder: &Path, output: &Output, before: &BTreeMap<String, Vec<u8>>, reason: &str) {
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{told}");
        assert!(told.contains("cannot write into") && told.contains(reason) && told.contains("\n  help: "), "{told}");
        assert!(files(folder) == *before, "something was written");
        assert_eq!(left(folder), Vec::<String>::new());
    }

    #[test]
    fn files_that_may_not_grow_fail_with_a_message_and_leave_the_earlier_results() {
        let folder = folder(STUDY);
        done(folder.path(), &["run", "study.toml", "--quiet"]);
        let before = files(folder.path());
        let run = format!("ulimit -f 40; exec '{}' run study.toml --quiet --seed 3", env!("CARGO_BIN_EXE_polku"));
        let output = Command::new("sh").current_dir(folder.path()).args(["-c", &run]).output().unwrap();
        is_refused_whole(folder.path(), &output, &before, "file too large");
    }

    /// A file system of its own, gone when the test ends.
    struct Disk(std::path::PathBuf);

    impl Disk {
        fn mount(at: &Path, size: &str) -> Option<Self> {
            let size = format!("size={size}");
            fs::create_dir(at).unwrap();
            let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output();
            let mounted = mounted.is_ok_and(|output| output.status.success());
            if !mounted {
                eprintln!("skipped: no file system can be mounted here, so that none can be full");
            }
            mounted.then(|| Self(at.to_owned()))
        }
    }

    impl Drop for Disk {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }

    #[test]
    fn a_full_disk_fails_with_a_message_and_leaves_the_earlier_results() {
        let folder = folder(STUDY);
        let disk = folder.path().join("disk");
        let Some(_mounted) = Disk::mount(&disk, "24m") else { return };
        // Beside other things, and where the folder itself is a disk, which cannot change its place.
        for out in ["disk/out", "disk"] {
            let arguments = ["run", "study.toml", "--quiet", "--out", out];
            done(folder.path(), &arguments);
            assert_eq!(left(&disk), Vec::<String>::new());
            let ballast = disk.join("ballast");
            let mut most = 24_000_000;
            while most > 1000 && fs::write(&ballast, vec![0; most]).is_err() {
                most -= 100_000;
            }
            let before = files(&disk);
            let output = output(folder.path(), &[&arguments[..], &["--seed", "3"]].concat());
            is_refused_whole(&disk, &output, &before, "no space left");
            fs::remove_file(ballast).unwrap();
            done(folder.path(), &[&arguments[..], &["--seed", "3"]].concat());
        }
        assert!(disk.join("report.html").exists() && disk.join("out/report.html").exists());
    }

    #[test]
    fn the_environment_cannot_ask_for_thousands_of_threads() {
        let folder = folder(STUDY);
        if !cfg!(target_os = "linux") {
            eprintln!("skipped: this system does not tell how many threads a program has");
            return;
        }
        for arguments in [&["run", "study.toml", "--quiet", "--agents", "20_000"][..], &["exact", "study.toml"]] {
            let mut child = polku(folder.path(), arguments).env("RAYON_NUM_THREADS", "99999").spawn().unwrap();
            let mut most = 0;
            while child.try_wait().unwrap().is_none() {
                most = most.max(threads(&child));
            }
            let processors = std::thread::available_parallelism().unwrap().get();
            // Threads whose work has ended take a moment to go.
            assert!(most <= 8 * processors + 16, "{most} threads for {arguments:?}");
        }
    }
}

/// Signs that a terminal obeys or that turn text around.
const HOSTILE: &str = "\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{9b}31m\u{202e}x\u{2066}\u{8}";

fn is_raw(letter: char) -> bool {
    (letter.is_control() && letter != '\n') || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a run printed, on both ways, of which nothing may be raw.
fn printed(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(all).unwrap();
    assert!(!text.contains(is_raw), "{text:?}");
    text
}

#[test]
fn no_name_of_a_file_and_no_option_reaches_a_terminal_raw() {
    let folder = folder(STUDY);
    let file = format!("{HOSTILE}.toml");
    let missing = format!("missing{HOSTILE}.toml");
    fs::write(folder.path().join(&file), STUDY).unwrap();
    let wrong = format!("wrong{HOSTILE}.toml");
    fs::write(folder.path().join(&wrong), STUDY.replace("share = 1.0", "share = 0.5")).unwrap();
    let setting = format!("title={HOSTILE}");
    let cases: [&[&str]; 14] = [
        &["check", &file],
        &["check", &missing],
        &["check", &wrong],
        &["run", &wrong],
        &["run", &file],
        &["run", "study.toml", "--out", HOSTILE],
        &["run", "study.toml", "--scenario", HOSTILE],
        &["run", "study.toml", "--set", HOSTILE],
        &["run", "study.toml", "--set", &setting],
        &["run", "study.toml", "--agents", HOSTILE],
        &["run", "study.toml", HOSTILE],
        &[HOSTILE],
        &["check", "study.toml", "--gate", "--scenario", HOSTILE],
        &["exact", &file],
    ];
    for arguments in cases {
        printed(&output(folder.path(), arguments));
    }
    let told = printed(&output(folder.path(), &["check", &missing]));
    assert!(told.contains("missing\\u{1b}]0;PWNED\\u{7}"), "{told}");
    let json = printed(&output(folder.path(), &["check", "--json", &wrong]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["file"], wrong);
    // A study without a title has its file's name in all outputs.
    for (name, bytes) in files(&folder.path().join("out")) {
        let text = (!name.ends_with(".png") && !name.ends_with(".xlsx")).then(|| String::from_utf8(bytes).unwrap());
        assert!(!text.unwrap_or_default().contains(is_raw), "{name}");
    }
}

#[test]
fn characters_that_nothing_can_show_are_refused_wherever_they_stand() {
    let cases = [
        (r#"title = "a\uFFFEb""#, "U+FFFE"),
        (r#"title = "\u001B[2J""#, "U+001B"),
        (r#"title = "\u009B2J""#, "U+009B"),
        (r#"description = "a\uFDD0""#, "U+FDD0"),
        (r#"currency = "\u202E""#, "U+202E"),
        (r#"targets."a\u0007" = { metric = "retention", at_least = 0.1 }"#, "U+0007"),
        (r#"scenarios."a\nb" = {}"#, "U+000A"),
        ("title = \"a\\U0010FFFF\"", "U+10FFFF"),
    ];
    for (line, code) in cases {
        let folder = folder(&format!("{line}\n{STUDY}"));
        for verb in ["check", "run"] {
            let output = output(folder.path(), &[verb, "study.toml"]);
            let told = printed(&output);
            assert_eq!(output.status.code(), Some(3), "{told}");
            assert!(told.contains(&format!("has a character that cannot be shown: {code}")), "{told}");
        }
        assert!(!folder.path().join("out").exists());
    }
    let fine = "title = \"Räätälöity 漢字 😀 👩\\u200D👧 \\u200F\"\ndescription = \"\"\"two\n\tlines\"\"\"\n";
    done(folder(&format!("{fine}{STUDY}")).path(), &["check", "study.toml"]);
}

#[test]
fn no_name_in_a_csv_file_is_a_formula() {
    let study = r#"
[run]
period = "month"
horizon = 3
customers = 1_000
agents = 100
replications = 10
[segments."=HYPERLINK('http://x')"]
share = 1.0
start = { active = 1.0 }
[stages.active]
retained = true
to = { "@SUM(1)" = 0.1 }
values = { revenue = 10, "-2+3 cost" = 3, "+smiles" = 1 }
[stages."@SUM(1)"]
[outcomes."+smiles"]
title = "=1"
[scenarios."=today"]
[scenarios."a;=1+1"]
changes = [ { target = "stages.*.to.*", odds = 0.8 } ]
"#;
    let folder = folder(study);
    done(folder.path(), &["run", "study.toml", "--quiet"]);
    let mut tables: Vec<(String, Vec<u8>)> =
        files(&folder.path().join("out")).into_iter().filter(|(name, _)| name.ends_with(".csv")).collect();
    assert_eq!(tables.len(), 5);
    for arguments in [&["exact", "study.toml"][..], &["exact", "study.toml", "--timeline"], &["replay", "study.toml"]] {
        tables.push((arguments.join(" "), done(folder.path(), arguments).stdout));
    }
    let mut names = BTreeSet::new();
    for (name, bytes) in tables {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        for row in reader.records() {
            for cell in row.unwrap().iter().filter(|cell| cell.parse::<f64>().is_err()) {
                for part in cell.split(';') {
                    assert!(!part.trim_start().starts_with(['=', '+', '-', '@']), "{name}: {cell}");
                }
                names.insert(cell.to_owned());
            }
        }
    }
    for name in ["'=today", "a;'=1+1", "'=HYPERLINK('http://x')", "'-2+3 cost"] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
}

#[test]
fn every_scenario_has_charts_of_its_own_on_every_file_system() {
    let names = ["Plan", "plan", "a/b", "3_a_b", "CON", "con", "é", "e\\u0301", "../up", "Straße", "STRASSE", "漢"];
    let scenarios: String = names.iter().map(|name| format!("[scenarios.\"{name}\"]\n")).collect();
    let folder = folder(&format!("{STUDY}{scenarios}"));
    done(folder.path(), &["run", "study.toml", "--quiet"]);
    let results = folder.path().join("out/study");
    let charts: Vec<String> = files(&results).into_keys().filter(|name| name.contains("/stages_")).collect();
    assert_eq!(charts.len(), 2 * (2 + names.len()), "{charts:?}");
    // No two are one where neither case nor the way accents are written counts.
    let folded: BTreeSet<String> =
        charts.iter().map(|name| name.replace("e\u{301}", "é").to_uppercase().to_lowercase()).collect();
    assert_eq!(folded.len(), charts.len(), "{charts:?}");
    assert!(results.join("charts/stages_today.svg").exists() && results.join("charts/stages_3_a_b.svg").exists());
    assert!(is_whole(&files(&results)));
}

#[test]
fn titles_of_european_scripts_are_drawn_and_others_are_warned_of() {
    let titles = ["Situația de azi", "Soluția „nouă”", "План", "Ελλάδα", "Non‑stop ™ ‰"];
    let scenarios: String =
        titles.iter().enumerate().map(|(at, title)| format!("[scenarios.s{at}]\ntitle = \"{title}\"\n")).collect();
    let study = format!("currency = \"₹\"\n{STUDY}{scenarios}");
    let one = folder(&study);
    let told = printed(&done(one.path(), &["run", "study.toml"]));
    assert!(!told.contains("boxes"), "{told}");
    let charts = files(&one.path().join("out/study/charts"));
    let fonts = |chart: &str| String::from_utf8_lossy(&charts[chart]).matches("@font-face").count();
    assert_eq!((fonts("stages_today.svg"), fonts("stages_s2.svg"), fonts("stages_s3.svg")), (2, 4, 4));
    let other = folder(&format!("{study}[scenarios.s9]\ntitle = \"خطة 漢\"\n"));
    let output = done(other.path(), &["run", "study.toml", "--quiet"]);
    let told = String::from_utf8(output.stderr).unwrap();
    for code in ["U+062E", "U+0637", "U+0629", "U+6F22", "charts/*.svg"] {
        assert!(told.contains(code), "{code}: {told}");
    }
    let chart = files(&other.path().join("out/study/charts"))["stages_s9.svg"].clone();
    assert!(String::from_utf8(chart).unwrap().contains("\u{2068}خطة\u{2069}"), "a title that runs left is isolated");
}
