//! Whatever a study says, polku answers: with a result, with faults or with a limit, and soon.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]
#![allow(clippy::format_collect, reason = "a study is put together once")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::memory;
use polku::inside::model::Model;
use polku::inside::study::Study;
use polku::inside::study::setting::Setting;
use polku::inside::study::source::Source;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Everything that the language can say, in one study.
const RICH: &str = r#"
[run]
period = "week"
horizon = 9
customers = 1_000
agents = 8
replications = 2
discount_rate = "0.05 to 0.09"
accrual = "half_cycle"
first_month = 11
fiscal_year_start = 4

[segments.young]
share = 0.25
start = { trial = 0.5, active = 0.5 }
traits = { leave = "beta(2, 5)", level = "gamma(mean=1, sd=0.3)" }
changes = [ { target = "stages.active.to.lapsed", odds = 1.3 } ]
inflow = { per_period = [30, "20 to 40"], referrals = 0.01, cost = "7 to 11", start = { trial = 1 } }

[segments.old]
share = 0.75
start = { active = 0.75, paused = 0.25 }
traits = { leave = 0.1, level = "lognormal(mean=1, sd=0.2)" }

[traits.age]
law = "uniform(20, 40)"
neutral = 30
ages = true

[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3

[stages.trial]
to = { active = { chance = [0.3, "0.1 to 0.2"], by = "periods_in_stage" }, lapsed = { chance = [0.2, 0.1, 0.05], by = "period" } }
quality = "bernoulli(0.8)"

[stages.active]
talks = true
to = { lapsed = { chance = 0.05, drivers = { satisfaction = -2, age = 0.01 } }, gone = { trait = "leave", on = "purchase" } }
quality = "beta(5, 2)"
purchases = { rate = 1.2, basket = "lognormal(mean=42, sd=25)", margin = 0.3, trait = "level", drivers = { satisfaction = 0.5 } }
values = { service_cost = 1.5, points = "3 to 4" }
on_move = { lapsed = { farewell_cost = 2 } }

[stages.lapsed]
to = { active = { chance = 0.02, word_of_mouth = 0.1 }, gone = { sojourn = "weibull(1.5, 8)", chance = 0.5 } }

[stages.paused]
to = { active = 0.2, gone = 0.1, effective_size = 40 }

[stages.gone]

[lines.farewell_cost]
kind = "cost"
group = "variable"

[outcomes.points]
discount_rate = 0.01

[capabilities.records]
kind = "data"
level = 0.3

[roadmap]
change_capacity = 1
catch_up = "0.01 to 0.02"

[initiatives.clean]
cost = { build = "300 to 500", per_customer = 0.05 }
build = 2
slip = "0.2 to 3"
until = 8
provides = { records = 0.9 }
dip = { periods = 3, share = 0.2, effects = [ { target = "stages.*.quality", add = -0.05 } ] }

[initiatives.guide]
cost = { once = "100 to 200", per_period = 5 }
build = 1
success = 0.8
ramp = { periods = 3, shape = "adoption", innovation = 0.03, imitation = 0.4 }
half_life = 6
catch_up = 0.03
waves = { young = 1 }
requires = { records = 0.8 }
gate = "scale"
dip = { periods = 2, share = 0.3 }
effects = [ { target = "stages.*.to.lapsed", hazard = 0.8 }, { target = "stages.active.purchases.rate", times = 1.1 } ]

[[shocks]]
period = "uniform(2, 7)"
onset = 2
half_life = 3
effects = [ { target = "stages.active.to.lapsed", odds = "1.1 to 1.6" } ]

[[shocks]]
hazard = 0.2
effects = [ { target = "stages.active.quality", add = -0.02 } ]

[[over_time]]
target = "stages.active.purchases.rate"
season = [0.9, 0.9, 1, 1, 1.1, 1, 0.9, 0.9, 1, 1, 1.1, 1.2]
trend = "0.01 to 0.05"

[[correlated]]
paths = ["run.discount_rate", "initiatives.clean.slip", "roadmap.catch_up"]
rank = 0.4

[targets.loyal]
metric = "retention"
segment = "young"
period = 6
at_least = 0.5
else = "Stop."

[targets.dear]
metric = "initiative_cost"
at_most = 900
against_baseline = true

[scenarios.today]

[scenarios.guided]
initiatives = { guide = 2 }
rules = [ { when = { metric = "retention", below = 0.9, from = 2, by = 7 }, then = { initiatives = ["clean"], changes = [ { target = "stages.lapsed.to.active", odds = 1.2 } ] } } ]

[scenarios.bold]
extends = "guided"
changes = [ { target = "stages.active.quality", add = 0.05, from = 3, until = 6 }, { target = "stages.trial.to.active", set = 0.4 } ]
"#;

const ODD: [&str; 14] = [
    "0",
    "-1",
    "1e308",
    "1e-308",
    "nan",
    "inf",
    "1.0000001",
    "18446744073709551616",
    "9223372036854775807",
    "65535",
    "0.5",
    "1e12",
    "\"0 to 1\"",
    "\"gamma(1e-9, 1e300)\"",
];

/// One slip: what is done, to which line, and with what.
type Slip = (u8, prop::sample::Index, prop::sample::Index, prop::sample::Index);

fn slip(text: &str, (kind, a, b, odd): &Slip) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
    match kind {
        0 => {
            lines.remove(a);
        }
        1 => lines.insert(b, lines[a]),
        2 => lines.swap(a, b),
        _ => return other_number(text, a * 31 + b, ODD[odd.index(ODD.len())]),
    }
    lines.join("\n")
}

/// Where the numbers of a text stand.
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let mut numbers = Vec::new();
    let mut before = ' ';
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter.is_ascii_digit() && !before.is_alphanumeric() && before != '_' {
            let mut end = at + 1;
            while let Some((next, _)) = letters.next_if(|(_, c)| is_part(*c)) {
                end = next + 1;
            }
            numbers.push(at..end);
        }
        before = letter;
    }
    numbers
}

/// The text with one of its numbers replaced.
fn other_number(text: &str, which: usize, by: &str) -> String {
    let numbers = numbers(text);
    let Some(chosen) = numbers.get(which % numbers.len().max(1)) else { return text.to_owned() };
    format!("{}{by}{}", &text[..chosen.start], &text[chosen.end..])
}

/// How far a study comes.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum End {
    Done,
    Wrong,
    Limit,
}

/// Reads, compiles and runs a study with few customers and replications.
fn play(text: &str) -> End {
    let mut source = Source::new("mutant.toml", concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"), text);
    let few = ["run.agents=8", "run.replications=2"].map(|written| Setting::parse(written).unwrap());
    if source.set(&few).is_err() {
        return End::Wrong;
    }
    let Ok(study) = Study::parse(&source) else { return End::Wrong };
    let Ok(model) = Model::compile(&study) else { return End::Wrong };
    if memory::parts(&model, 1).iter().map(|part| part.bytes).sum::<f64>() > 1e8 {
        return End::Limit;
    }
    let Ok(runs) = Experiment::new(&model).threads(1).run() else { return End::Wrong };
    let _ = runs.summary();
    End::Done
}

/// Plays a study; it must not panic, and one that hangs hangs the test.
fn survives(text: &str) -> Result<End, TestCaseError> {
    catch_unwind(AssertUnwindSafe(|| play(text))).map_err(|_| TestCaseError::fail(format!("a panic of\n{text}")))
}

/// The rich study, and every study and template that comes with the package.
fn studies() -> Vec<String> {
    let mut studies = vec![RICH.to_owned()];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("scenarios"), root.join("src/cli/templates")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    studies.extend(files.iter().map(|file| std::fs::read_to_string(file).unwrap()));
    studies
}

#[test]
fn the_studies_that_are_mutated_run() {
    for text in [polku::cli::new::STARTER, RICH] {
        assert_eq!(play(text), End::Done);
    }
}

/// Plays so many studies with a few slips each, and says how they ended.
fn slips(cases: u32, rng: TestRng) -> BTreeMap<String, u32> {
    let studies = studies();
    let index = any::<prop::sample::Index>;
    let slips = prop::collection::vec((0_u8..8, index(), index(), index()), 1..4);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let seen = RefCell::new(BTreeMap::new());
    TestRunner::new_with_rng(config, rng)
        .run(&(index(), slips), |(which, slips)| {
            let text = slips.iter().fold(studies[which.index(studies.len())].clone(), |text, one| slip(&text, one));
            let end = survives(&text)?;
            *seen.borrow_mut().entry(format!("{end:?}")).or_insert(0) += 1;
            Ok(())
        })
        .unwrap();
    seen.into_inner()
}

#[test]
fn no_slip_of_the_hand_makes_polku_panic_or_hang() {
    let ends = slips(400, TestRng::deterministic_rng(Config::default().rng_algorithm));
    // Mutants that are all refused, or all fine, would show nothing.
    assert!(ends["Done"] > 50 && ends["Wrong"] > 50, "{ends:?}");
}

#[test]
#[ignore = "takes as long as POLKU_MUTANTS_SECONDS says, with the luck of POLKU_MUTANTS_SEED; .ci/run plays two minutes of it with a seed of the day"]
#[expect(clippy::disallowed_methods, reason = "how long to go on is asked of a clock; no result is")]
fn fresh_slips_make_polku_neither_panic_nor_hang() {
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (seconds, seed) = (number("POLKU_MUTANTS_SECONDS"), number("POLKU_MUTANTS_SEED"));
    let began = Instant::now();
    let mut played = 0;
    for round in 0_u64.. {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&round.to_le_bytes());
        let ends = slips(50, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        played += ends.values().sum::<u32>();
        if began.elapsed() > Duration::from_secs(seconds) {
            break;
        }
    }
    assert!(played >= 50, "{played} studies with slips, seed {seed}");
}

#[test]
fn each_number_alone_may_be_anything() {
    for text in [polku::cli::new::STARTER, RICH] {
        for which in 0..numbers(text).len() {
            for odd in ["-1", "0", "1e308", "1e-308", "65535"] {
                survives(&other_number(text, which, odd)).unwrap();
            }
        }
    }
}

/// The starter with something replaced.
fn starter(what: &str, by: &str) -> String {
    assert!(polku::cli::new::STARTER.contains(what));
    polku::cli::new::STARTER.replace(what, by)
}

#[test]
fn a_list_of_a_hundred_thousand_chances_is_read() {
    let list = "0.01, ".repeat(100_000);
    let rule = format!("{{ active = 0.30, churned = {{ chance = [{list}], by = \"periods_in_stage\" }} }}");
    assert_eq!(survives(&starter("{ active = 0.30, churned = 0.12 }", &rule)).unwrap(), End::Done);
}

#[test]
fn lists_that_multiply_are_refused() {
    let list = "0.001, ".repeat(2000);
    let age = "[traits.age]\nlaw = 30\nages = true\n[traits.years]\nlaw = 3\nages = true\n[stages.onboarding]";
    let rule = format!(
        "{{ active = {{ chance = [{list}], by = \"age\" }}, churned = {{ chance = [{list}], by = \"years\" }} }}"
    );
    let text = starter("[stages.onboarding]", age).replace("{ active = 0.5, churned = 0.06 }", &rule);
    let source = Source::new("lists.toml", "", text);
    let faults = Model::compile(&Study::parse(&source).unwrap()).unwrap_err();
    assert_eq!(faults[0].what, "the lists of `onboarding` make 4000000 rows of chances");
}

#[test]
fn thousands_of_stages_or_scenarios_are_refused_at_once() {
    let stages: String = (0..20_000).map(|place| format!("[stages.s{place}]\nto = {{ active = 0.1 }}\n")).collect();
    let scenarios: String = (0..20_000).map(|place| format!("[scenarios.s{place}]\nextends = \"today\"\n")).collect();
    for more in [stages, scenarios] {
        assert_eq!(survives(&format!("{}{more}", polku::cli::new::STARTER)).unwrap(), End::Wrong);
    }
}

#[test]
fn a_basket_of_nothing_is_bought_for_nothing() {
    assert_eq!(survives(&RICH.replace("\"lognormal(mean=42, sd=25)\"", "0")).unwrap(), End::Done);
}

#[test]
fn a_run_that_no_memory_holds_is_refused_with_what_would_help() {
    let folder = tempfile::tempdir().unwrap();
    let more: String = (0..40).map(|place| format!("[scenarios.s{place}]\n")).collect();
    std::fs::write(folder.path().join("study.toml"), format!("{}{more}", polku::cli::new::STARTER)).unwrap();
    for (set, help) in
        [("run.replications=4_000_000_000", "fewer replications"), ("run.horizon=65_535", "a shorter horizon")]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_polku"))
            .current_dir(folder.path())
            .args(["run", "study.toml", "--set", set, "--set", "run.period=day"])
            .timeout(Duration::from_mins(1))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains("GiB of memory") && told.contains(help), "{told}");
        assert!(output.stdout.is_empty());
    }
}
