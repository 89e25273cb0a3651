//! Luck goes by shape: what is added, edited or put elsewhere moves the luck of nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text};

const STUDY: &str = r#"
[run]
period = "month"
horizon = 10
customers = 1_000
agents = 200
replications = 3
[segments.near]
share = 0.5
start = { active = 1 }
traits = { a = "normal(0.5, 0.1)" }
[segments.far]
share = 0.5
start = { active = 0.5, idle = 0.5 }
traits = { a = "normal(0.1, 0.3)" }
[segments.far.inflow]
per_period = 20
start = { fresh = 1 }
[traits.b]
law = "normal(0, 1)"
[traits.c]
law = "uniform(-1, 1)"
[stages.active]
retained = true
to = { idle = "0.05 to 0.09", gone = { chance = 0.05, drivers = { a = 1.0, b = 0.3, c = -0.2 } } }
values = { revenue = 10 }
[stages.idle]
to = { gone = "0.10 to 0.12" }
[stages.fresh]
retained = true
to = { gone = { chance = 0.1, drivers = { b = 1.0 } } }
purchases = { rate = 0.5, basket = 10 }
[stages.gone]
[initiatives.used]
effects = [ { target = "stages.active.to.idle", odds = "0.5 to 0.9" } ]
[scenarios.today]
[scenarios.plan]
initiatives = { used = 2 }
"#;

fn lucks(study: &str) -> Vec<(String, u64)> {
    let model = model(study);
    let mut lucks: Vec<(String, u64)> = model.params.iter().map(|p| (p.path.to_string(), p.luck)).collect();
    lucks.extend(model.traits.iter().map(|of| (of.name.clone(), u64::from(of.luck))));
    lucks.extend(model.segments.iter().enumerate().map(|(place, segment)| (segment.name.clone(), place as u64)));
    lucks.sort();
    lucks
}

#[test]
fn another_number_moves_no_luck() {
    for (from, to) in
        [("0.5 to 0.9", "0.5 to 0.9000001"), ("0.5 to 0.9", "0.7"), ("normal(0.5, 0.1)", "normal(0.5, 0.2)")]
    {
        let other =
            STUDY.replace(&format!("\"{from}\""), &if to == "0.7" { to.to_owned() } else { format!("\"{to}\"") });
        assert_ne!(other, STUDY);
        let certain = |lucks: Vec<(String, u64)>| -> Vec<(String, u64)> {
            lucks.into_iter().filter(|(path, _)| to != "0.7" || !path.starts_with("initiatives.used.effects")).collect()
        };
        assert_eq!(certain(lucks(STUDY)), certain(lucks(&other)), "{from} as {to}");
    }
}

#[test]
fn an_unused_initiative_of_the_same_shape_takes_no_luck() {
    let base = lucks(STUDY);
    for odds in ["0.1 to 0.2", "3 to 9"] {
        let unused = format!(
            "[initiatives.unused]\neffects = [ {{ target = \"stages.active.to.idle\", odds = \"{odds}\" }} ]\n"
        );
        let with = lucks(&(unused + STUDY));
        assert!(base.iter().all(|its| with.contains(its)), "odds {odds}: {with:?}");
    }
}

/// The study with two of its tables in each other's place.
fn swapped(first: &str, second: &str) -> String {
    let table = |name: &str| {
        let from = STUDY.find(&format!("[{name}]\n")).unwrap();
        let rest = &STUDY[from..];
        let end = rest[1..]
            .match_indices("\n[")
            .map(|(at, _)| at + 2)
            .find(|at| !rest[*at..].starts_with(&format!("[{name}.")));
        rest[..end.unwrap()].to_owned()
    };
    let (one, other) = (table(first), table(second));
    let study = STUDY.replace(&one, "@").replace(&other, &one).replace('@', &other);
    assert_ne!(study, STUDY);
    study
}

fn sorted(study: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text(&summary(&model(study))).lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.sort();
    lines
}

#[test]
fn the_order_of_twins_in_the_file_keeps_every_number() {
    let base = sorted(STUDY);
    for (first, second) in
        [("traits.b", "traits.c"), ("segments.near", "segments.far"), ("stages.active", "stages.fresh")]
    {
        assert_eq!(base, sorted(&swapped(first, second)), "{first} and {second}");
    }
    // Segments and stages that nothing tells apart but a law.
    let twins = STUDY.replace("start = { active = 0.5, idle = 0.5 }\n", "start = { active = 1 }\n");
    let twins = twins.replace("[segments.far.inflow]\nper_period = 20\nstart = { fresh = 1 }\n", "");
    let laws = [("normal(0.5, 0.1)", "normal(0.1, 0.3)"), ("near", "far")];
    let turned = laws
        .iter()
        .fold(twins.clone(), |study, (one, other)| study.replace(one, "@").replace(other, one).replace('@', other));
    assert_eq!(sorted(&twins), sorted(&turned));
}

#[test]
fn names_that_are_words_of_the_language_keep_every_number() {
    let base = text(&summary(&model(STUDY)));
    for word in ["effects", "start", "share", "to", "rate", "trait", "drivers", "inflow"] {
        let study = STUDY
            .replace("stages.idle", &format!("stages.{word}"))
            .replace("to.idle", &format!("to.{word}"))
            .replace("idle = ", &format!("{word} = "));
        let run = text(&summary(&model(&study))).replace(&format!("\"{word}\""), "\"idle\"");
        assert_eq!(base, run, "a stage called {word}");
    }
}
