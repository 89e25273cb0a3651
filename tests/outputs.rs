//! What polku writes and prints is what `docs/summary.md` describes, field by field.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const PAGE: &str = include_str!("../docs/summary.md");

/// A study with something in every list of `business.json`; a chart of every kind can be drawn of it.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 14
customers = 1_000
agents = 200
replications = 20
seed = 5
discount_rate = 0.08

[traits.level]
law = "gamma(mean=1, sd=0.3)"

[segments.all]
share = 1.0
start = { active = 0.8, trial = 0.2 }
inflow = { per_period = 20, cost = 5 }

[states.used_to_it]
adds = { purchases = 0.1 }
half_life = 3

[tags.phase]
on = "tenure"
bands = { new = 1, regular = 6 }
cut = true

[stages.active]
retained = true
to = { gone = 0.1, quiet = 0.01 }
purchases = { rate = 0.8, basket = 40, margin = 0.3, basket_trait = "level" }
[stages.quiet]
retained = true
to = { gone = 0.2 }
[stages.trial]
to = { active = 0.3, gone = 0.2 }
[stages.gone]

[capabilities.analysts]
kind = "people"
[initiatives.hire]
build = 1
provides = ["analysts"]
[initiatives.care]
cost = { once = "900 to 1_100", per_customer = 0.1 }
requires = ["analysts"]
effects = [ { target = "stages.active.to.gone", odds = "0.6 to 0.9" } ]
[initiatives.rescue]
effects = [ { target = "stages.active.to.gone", odds = 0.9 } ]

[[shocks]]
title = "A cold spring"
hazard = 0.1
effects = [ { target = "stages.active.purchases.rate", times = 0.8 } ]

[targets.keep]
metric = "retention"
at_least = 0.3

[scenarios.today]
[scenarios.better]
initiatives = { hire = 1, care = 2 }
rules = [ { when = { metric = "retention", below = 0.9 }, then = { initiatives = ["rescue"] } } ]
"#;

/// What takes work: simulated only.
const CALL: &str = "[touchpoints.call]\nin = [\"active\"]\nchance = 0.5\nminutes = 6\nvalues = { care_cost = 3 }\n";
/// What is shared with rivals.
const SHARED: &str = "[rivals.chains]\nshare = 1\n[rivals.giant]\nshare = 0.3\nenters = 4\n";
/// What is felt.
const TOUCHED: &str = r#"
[experience]
start = 0.6
neutral = 0.6
learning = 0.2
[touchpoints.visit]
rate = 0.3
quality = 0.7
ends.bad = { chance = 0.2, quality = 0.2 }
[surveys.pulse]
every = 3
sample = 20
reads = "satisfaction"
slope = 7
cuts = [4.0, 5.4]
[pillars.never_bad]
on = "visit"
never = { end = "bad" }
"#;

/// What others hear.
const TOLD: &str = r#"
[touchpoints.post]
on = "visit.bad"
tells = { as = "posts", reach = 5, in_market = 0.3 }
[touchpoints.reads]
on = "heard.posts"
"#;

/// Where people wait, give up and turn elsewhere.
const ASKED: &str = r#"
[touchpoints.question]
in = ["active"]
chance = 0.5
channels = ["phone"]
[channels.phone]
staff = 1
hours = 100
handle = 6
patience = 2
switch = { bot = 0.5 }
solves = 0.5
again = { bot = 0.9 }
[channels.bot]
"#;

fn folder(study: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), study).unwrap();
    folder
}

/// What polku prints with these arguments.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_polku")).current_dir(folder).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The page from a heading to the next of its rank.
fn section(heading: &str) -> &'static str {
    let heading = format!("\n## {heading}\n");
    let from = PAGE.find(&heading).unwrap_or_else(|| panic!("docs/summary.md has no section{heading}")) + heading.len();
    PAGE[from..].split("\n## ").next().unwrap()
}

/// The names of all fields, however deep they lie.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, inner)| {
            found.insert(name.clone());
            fields(inner, found);
        }),
        Value::Array(list) => list.iter().for_each(|inner| fields(inner, found)),
        _ => {}
    }
}

fn empty(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, inner)| empty(inner, &format!("{path}.{name}"), found)),
        Value::Array(list) if list.is_empty() => found.push(path.to_owned()),
        Value::Array(list) => list.iter().for_each(|inner| empty(inner, path, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_business_is_described_on_its_page() {
    let folder = folder(&(STUDY.to_owned() + TOUCHED));
    printed(folder.path(), &["run", "study.toml", "--quiet"]);
    let business = fs::read(folder.path().join("out/study/business.json")).unwrap();
    let business: Value = serde_json::from_slice(&business).unwrap();
    assert_eq!(business["format"], 2);
    // A list that is empty in every scenario shows no field.
    let mut lists = Vec::new();
    business
        .as_object()
        .unwrap()
        .iter()
        .for_each(|(name, value)| empty(&Value::from(vec![value.clone()]), name, &mut lists));
    assert!(!lists.iter().any(|path| !path.starts_with("roadmaps")), "{lists:?}");
    let better = &business["roadmaps"][1];
    for list in ["initiatives", "capabilities", "rules"] {
        assert!(!better[list].as_array().unwrap().is_empty(), "{list}");
    }
    let mut found = BTreeSet::new();
    fields(&business, &mut found);
    let described = section("`business.json`").to_owned() + section("`summary.json`");
    for name in found {
        // The page says once that a share has three names.
        let name = name.trim_end_matches("_low").trim_end_matches("_high");
        let is_told = described.contains(&format!("`{name}`")) || described.contains(&format!("\"{name}\""));
        assert!(is_told, "docs/summary.md says nothing of `{name}` of business.json");
    }
}

#[test]
fn every_chart_is_listed_and_every_chart_that_is_listed_can_be_had() {
    let study = STUDY.replace("basket = 40,", "basket = 40, wallet = { share = 0.4 },");
    let folder = folder(&format!("{study}{SHARED}{CALL}{TOUCHED}{TOLD}{ASKED}"));
    printed(folder.path(), &["run", "study.toml", "--quiet"]);
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder.path().join("out/study/charts")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".png").trim_end_matches(".svg");
        let name = name.replace("_today", "_SCENARIO").replace("_better", "_SCENARIO");
        found.insert(name.replace("_phase", "_TAG"));
    }
    let names = section("Charts").lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let listed: BTreeSet<String> = names.flat_map(|names| names.split('`')).map(str::to_owned).collect();
    let listed: BTreeSet<String> = listed.into_iter().filter(|name| name.chars().any(char::is_alphanumeric)).collect();
    assert_eq!(found, listed);
}

#[test]
fn tables_that_other_verbs_print_have_the_columns_that_the_page_tells() {
    let page = section("What other verbs print");
    let alone = STUDY.lines().filter(|line| !line.starts_with("rules = ")).collect::<Vec<_>>().join("\n");
    let folder = folder(&alone);
    for arguments in [&["exact", "study.toml"][..], &["exact", "study.toml", "--timeline"]] {
        let text = printed(folder.path(), arguments);
        assert!(text.lines().count() > 10, "{text}");
        assert!(page.contains(&format!("`{}`", text.lines().next().unwrap())), "{text}");
    }
    let life = printed(folder.path(), &["replay", "study.toml"]);
    let columns = life.lines().next().unwrap().split_once(",trait.").unwrap();
    assert!(page.contains(&format!("`{}`", columns.0)) && page.contains("`trait.NAME`"), "{life}");
    assert_eq!((columns.1, life.lines().count()), ("level,states.used_to_it,tag.phase", 1 + 15));
    assert!(page.contains("`states.NAME`") && page.contains("`tag.NAME`"), "{page}");
    let told = printed(folder.path(), &["replay", "study.toml", "--occurrences"]);
    let (columns, states) = told.lines().next().unwrap().split_once(",states.").unwrap();
    assert_eq!(states, "used_to_it");
    assert!(page.contains(&format!("`{columns}`")), "{columns}");
}

#[test]
fn every_field_that_check_tells_machines_is_described() {
    let folder = folder(&STUDY.replace("share = 1.0", "share = 0.5"));
    let found: Value = serde_json::from_str(&printed(folder.path(), &["check", "--json", "study.toml"])).unwrap();
    let mut names = BTreeSet::new();
    fields(&found, &mut names);
    assert!(names.contains("column"), "{found}");
    for name in names {
        assert!(
            section("What other verbs print").contains(&format!("`{name}`")),
            "docs/summary.md says nothing of `{name}`"
        );
    }
}
