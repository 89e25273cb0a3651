//! A fault hides nothing that can still be judged, and none is told that only follows from another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::fs;
use std::path::{Path, PathBuf};

use polku::inside::diagnostic::Diagnostic;
use polku::inside::model::Model;
use polku::inside::study::Study;
use polku::inside::study::source::Source;
use toml::{Table, Value};

/// Values that can hardly stand anywhere.
const WRONG: [&str; 3] = ["2026-01-01", "[]", "\"of no use\""];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// What `polku check` finds in a text.
fn found(text: &str) -> Vec<Diagnostic> {
    let source = Source::new("study.toml", folder(), text);
    match Study::parse(&source) {
        Ok(study) => match Model::compile(&study) {
            Ok(model) => model.warnings().to_vec(),
            Err(faults) => faults.into_list(),
        },
        Err(form) => Model::faults_of(&source, form).into_list(),
    }
}

fn said(text: &str) -> Vec<String> {
    found(text).into_iter().map(|fault| fault.what).collect()
}

/// The paths of every key of a study, as steps.
fn keys(value: &Value, path: &[String], paths: &mut Vec<Vec<String>>) {
    let below = |name: String| [path, &[name]].concat();
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                paths.push(below(name.clone()));
                keys(value, &below(name.clone()), paths);
            }
        }
        Value::Array(list) => {
            for (at, item) in list.iter().enumerate() {
                keys(item, &below(at.to_string()), paths);
            }
        }
        _ => {}
    }
}

fn at_mut<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter().fold(value, |value, name| match value {
        Value::Table(table) => &mut table[name.as_str()],
        Value::Array(list) => &mut list[name.parse::<usize>().unwrap()],
        _ => panic!("nothing stands beneath {name}"),
    })
}

/// The study with one thing wrong at a key.
fn broken(study: &Value, path: &[String], way: usize) -> String {
    let mut study = study.clone();
    let (name, above) = path.split_last().unwrap();
    let Value::Table(table) = at_mut(&mut study, above) else { panic!("keys stand in tables") };
    match way {
        0 => drop(table.remove(name)),
        1 | 2 => {
            let other = if way == 1 { format!("{name}x") } else { format!("quite_another_{name}") };
            *table = std::mem::take(table)
                .into_iter()
                .map(|(key, value)| (if key == *name { other.clone() } else { key }, value))
                .collect();
        }
        _ => {
            let wrong: Table = format!("x = {}", WRONG[way - 3]).parse().unwrap();
            table[name.as_str()] = wrong["x"].clone();
        }
    }
    toml::to_string(&study).unwrap()
}

#[test]
fn one_fault_of_form_is_told_alone() {
    let mut tried = 0;
    for (name, stride) in [("retailer", 11), ("transformation", 47), ("subscription", 7), ("published/cdnow_bgnbd", 1)]
    {
        let text = fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap();
        let text =
            text.replace("chance = \"", if name.contains('/') { "chance = \"published/" } else { "chance = \"" });
        let study: Value = toml::from_str(&text).unwrap();
        let mut paths = Vec::new();
        keys(&study, &[], &mut paths);
        for (nth, path) in paths.iter().enumerate().step_by(stride) {
            let text = broken(&study, path, (nth / stride) % (3 + WRONG.len()));
            let source = Source::new("study.toml", folder(), text);
            let Err(form) = Study::parse(&source) else { continue };
            let all = Model::faults_of(&source, form.clone());
            assert_eq!(all, form, "{name}: {}\n{}", path.join("."), source.text);
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried} studies were wrong in their form");
}

const LAYERS: &str = "
    [run]
    period = \"month\"
    horizon = 12
    customers = 1000
    replicatons = 20
    [segments.a]
    share = 0.6
    start = { active = 1.0 }
    [stages.active]
    retained = true
    to = { gone = 1.6 }
    [stages.gone]
    [scenarios.today]
    initiatives = { y = 1 }
";

#[test]
fn faults_of_form_meaning_and_sums_come_at_once() {
    let faults = [
        "`run` has no key `replicatons`",
        "the shares of the segments add up to 0.6",
        "`stages.active.to.gone` cannot be 1.6",
        "there is no initiative `y`",
    ];
    assert_eq!(said(LAYERS), faults);
    let sums = LAYERS.replace("{ gone = 1.6 }", "{ gone = 0.9, lost = 0.7 }\n[stages.lost]");
    assert_eq!(said(&sums)[2], "the chances of leaving `active` add up to 1.6");
    assert_eq!(said(&sums).len(), 4);
}

#[test]
fn a_wrong_number_is_not_told_again_by_what_rests_on_it() {
    let only = |from: &str, to: &str, fault: &str| {
        let text = LAYERS
            .replace("replicatons", "replications")
            .replace("0.6", "1")
            .replace("1.6", "0.9")
            .replace("initiatives = { y = 1 }", "changes = [ { target = \"stages.active.to.gone\", times = 0.5 } ]");
        assert_eq!(said(&text), Vec::<String>::new());
        assert!(text.contains(from), "{from}");
        assert_eq!(said(&text.replace(from, to)), [fault], "{to}");
    };
    only(
        "{ gone = 0.9 }",
        "{ gone = { chance = \"none.csv\" } }",
        "the list `none.csv` cannot be read: there is no such file",
    );
    only("{ gone = 0.9 }", "{ gone = { chance = [] , by = \"period\" } }", "a list of chances is empty");
    only("{ gone = 0.9 }", "{ gone = {} }", "`stages.active.to.gone` has no chance");
    only("{ gone = 0.9 }", "{ gone = { trait = \"none\" } }", "customers have no trait `none`");
    only("{ gone = 0.9 }", "{ gone = \"a lot\" }", "`a lot` is neither a number nor a distribution");
    only("[stages.gone]", "[stages.other]", "there is no stage `gone`");
}
