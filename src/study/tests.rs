//! What reading promises as a whole: the example is read, faults come all at once and in their places.

use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::*;

use super::Study;
use super::source::Source;
use crate::diagnostic::Diagnostic;
use crate::faults::Faults;

/// The example of the study language.
const RETAILER: &str = r#"title = "Home-and-garden retailer"
currency = "EUR"

[run]
period = "month"             # day | week | month | quarter | year
horizon = 36                 # periods simulated
customers = 250_000
agents = 2e4
replications = 200
seed = 2026
baseline = "today"
discount_rate = 0.08

[segments.loyal]
share = 0.35
start = { active = 0.9, at_risk = 0.1 }
traits = { basket_level = "lognormal(mean=1.1, sd=0.3)" }
changes = [ { target = "stages.active.to.churned", odds = 0.6 } ]

[segments.occasional]
share = 0.65
start = { prospect = 0.4, active = 0.4, lapsed = 0.2 }

[stages.active]
retained = true
to = { at_risk = 0.07, lapsed = 0.02, churned = { chance = 0.01, drivers = { satisfaction = -3.0 } } }
purchases = { rate = 1.2, basket = "lognormal(mean=42, sd=25)", margin = 0.32, drivers = { satisfaction = 1.0 } }
values = { service_cost = 1.4 }

[stages.churned]             # nothing leads out: absorbing

[initiatives.single_view]
title = "One view of the customer in every channel"
pillar = "We always know who you are"
cost = { once = "300_000 to 500_000", per_period = 12_000 }
build = 6
ramp = 4
effects = [
  { target = "stages.active.to.at_risk", odds = "0.75 to 0.95" },
]

[scenarios.today]
[scenarios.know_me]
initiatives = { clean_data_programme = 1, single_view = 7 }
[scenarios.know_me_fast]
extends = "know_me"
initiatives = { single_view = 4 }
changes = [ { target = "stages.active.purchases.margin", add = -0.01, from = 4, until = 12 } ]
"#;

fn read(text: &str) -> Result<Study, Vec<Diagnostic>> {
    Study::parse(&Source::new("study.toml", "", text)).map_err(Faults::into_list)
}

fn written(faults: &[Diagnostic]) -> String {
    let mut text = String::new();
    for fault in faults {
        for place in &fault.places {
            writeln!(text, "{}:{} [{}] {}", place.line, place.column, place.path, place.label).unwrap();
        }
        writeln!(text, "  what {}\n  why  {}\n  help {}", fault.what, fault.why, fault.help).unwrap();
    }
    text
}

/// The faults of the example with one piece of text replaced.
fn broken(name: &str, from: &str, to: &str) {
    assert!(RETAILER.contains(from), "{from}");
    let faults = read(&RETAILER.replacen(from, to, 1)).unwrap_err();
    insta::assert_snapshot!(name, written(&faults));
}

#[test]
fn the_example_of_the_language_is_read() {
    let study = read(RETAILER).unwrap();
    assert_eq!(study.run.agents.unwrap().0, 20_000);
    assert_eq!(study.stages.keys().collect::<Vec<_>>(), ["active", "churned"]);
    assert_eq!(study.scenarios.keys().collect::<Vec<_>>(), ["today", "know_me", "know_me_fast"]);
    assert_eq!(study.stages["active"].to.keys().collect::<Vec<_>>(), ["at_risk", "lapsed", "churned"]);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let said = |text: &str| format!("{:?}", Study { source: Arc::default(), ..read(text).unwrap() });
    let crlf = RETAILER.replace('\n', "\r\n");
    assert_eq!(said(RETAILER), said(&crlf));
    assert_eq!(said(RETAILER), said(&format!("\u{feff}{crlf}")));
}

#[test]
fn each_fault_of_form_is_told_in_its_place() {
    broken("unknown_key", "horizon = 36 ", "horizn = 36 ");
    broken("key_of_another_table", "retained = true", "retained = true\nmargin = 0.3");
    broken("unknown_key_at_the_top", "currency = ", "colour = ");
    broken("missing_key", "share = 0.35\n", "");
    broken("missing_table", "[run]", "[runs]");
    broken("text_for_a_whole_number", "horizon = 36 ", "horizon = \"36\" ");
    broken("fraction_for_a_whole_number", "horizon = 36 ", "horizon = 36.5 ");
    broken("negative_whole_number", "build = 6", "build = -6");
    broken("number_for_a_text", "title = \"Home-and-garden retailer\"", "title = 2026");
    broken("text_for_a_truth", "retained = true", "retained = \"true\"");
    broken("date_for_a_number", "at_risk = 0.07", "at_risk = 2026-01-01");
    broken("truth_for_a_number", "margin = 0.32", "margin = true");
    broken("list_for_a_number", "share = 0.35", "share = [0.35]");
    broken("table_for_a_list", "[ { target = \"stages.active.to.churned\", odds = 0.6 } ]", "{ odds = 0.6 }");
    broken("key_missing_in_a_list", "{ target = \"stages.active.to.at_risk\", odds", "{ odds");
    broken("unknown_word", "period = \"month\"", "period = \"monthly\"");
    broken("word_far_from_all", "period = \"month\"", "period = \"fortnight\"");
    broken("not_a_number", "rate = 1.2", "rate = nan");
    broken("not_finite", "rate = 1.2", "rate = -inf");
    broken("too_large_a_number", "discount_rate = 0.08", "discount_rate = 1e999");
    broken("too_large_a_whole_number", "seed = 2026", "seed = 99999999999999999999");
    broken("unknown_key_of_a_rule", "chance = 0.01", "chnace = 0.01");
}

#[test]
fn each_fault_of_toml_is_told_in_its_place() {
    broken("no_quotes", "period = \"month\"", "period = month");
    broken("no_value", "horizon = 36 ", "horizon = ");
    broken("no_equals", "horizon = 36 ", "horizon 36 ");
    broken("open_header", "[segments.loyal]", "[segments.loyal");
    broken("open_list", "changes = [ { target = \"stages.active.to.churned\", odds = 0.6 } ]", "changes = [ 1");
    broken("open_text", "baseline = \"today\"", "baseline = \"today");
    broken("open_braces", "{ active = 0.9, at_risk = 0.1 }", "{ active = 0.9, at_risk = 0.1");
    broken("no_comma", "active = 0.9, at_risk", "active = 0.9 at_risk");
    broken("key_with_a_space", "[stages.churned]", "[stages.at risk]");
    broken("key_twice", "seed = 2026", "seed = 2026\nhorizon = 12");
    broken("word_without_comma", "rate = 1.2,", "rate = 1.2");
    broken("table_twice", "[stages.churned]", "[stages.active]");
    broken("leading_zero", "build = 6", "build = 06");
}

#[test]
fn all_faults_come_at_once() {
    let text = RETAILER.replace("horizon = 36", "horizon = \"x\"").replace("share = 0.65", "shar = 0.65\nstat = 1");
    let said: Vec<String> = read(&text).unwrap_err().into_iter().map(|fault| fault.what).collect();
    assert_eq!(
        said,
        [
            "`run.horizon` must be a whole number, not a text",
            "`segments.occasional` has no key `shar`",
            "`segments.occasional` has no key `stat`",
        ]
    );
}

#[test]
fn deep_nesting_is_a_fault_and_not_a_crash() {
    let open = "[".repeat(10_000);
    let braces = "{a=".repeat(10_000);
    let dots = vec!["a"; 10_000].join(".");
    for text in [format!("x = {open}"), format!("x = {braces}"), format!("{dots} = 1"), format!("[{dots}]"), open] {
        let faults = read(&text).unwrap_err();
        assert!(faults.len() <= 2, "{} faults", faults.len());
    }
}

#[test]
fn a_large_file_of_nothing_but_faults_is_told_once() {
    for text in ["[".repeat(1 << 20), "=\n".repeat(1 << 19), "x = [".repeat(1 << 17), "\n[a".repeat(1 << 18)] {
        assert!(read(&text).unwrap_err().len() <= 2);
    }
}

#[test]
fn a_file_full_of_faults_is_not_told_for_ever() {
    let mut text = format!("{RETAILER}\n[stages.late]\n");
    for key in 0..5000 {
        writeln!(text, "k{key} = 1").unwrap();
    }
    let faults = read(&text).unwrap_err();
    assert_eq!(faults.len(), 101);
    assert!(faults.iter().any(|fault| fault.what == "there are 4900 more faults of this kind"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_mutation_of_a_study_makes_reading_panic(
        edits in proptest::collection::vec((0..RETAILER.len(), 0u8..4, any::<u8>(), 0usize..40), 1..8)
    ) {
        const TELLING: &[u8] = b"[]{}\"'=,.\n#\\*0e-+_ tn";
        let mut bytes = RETAILER.as_bytes().to_vec();
        for (at, kind, byte, length) in edits {
            let at = at.min(bytes.len().saturating_sub(1));
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes.insert(at, TELLING[usize::from(byte) % TELLING.len()]),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => bytes[at] = byte,
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| !fault.places.is_empty()));
            // The schema and the types agree: what the one lets through the other takes.
            prop_assert!(faults.iter().all(|fault| fault.what != "the study cannot be taken as it is"));
        }
    }
}
