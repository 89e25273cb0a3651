//! One definition, one answer: simulation, exact solution, statement and books say the same, or the run raises an alarm.

#![allow(clippy::redundant_closure_for_method_calls, reason = "the method itself is not general enough")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, model, summary, text, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::estimate::budget::Budget;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::extras::Extras;
use polku::inside::estimate::money::business::Business;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::{AuditStatus, Summary};
use polku::inside::estimate::uncertainty::uncoupled::Uncoupled;
use polku::inside::stats::cash::Irr;
use polku::inside::study::Study;
use polku::inside::study::source::Source;

/// Whoever comes to the stage of buyers buys about once, and is gone after the first purchase.
const LEFT_AT_PURCHASE: &str = r#"
[run]
period = "month"
horizon = 1
customers = 1000
agents = 1000
replications = 20
[segments.a]
share = 1
start = { prospect = 1.0 }
[stages.prospect]
to = { buyer = 1.0 }
[stages.buyer]
retained = true
purchases = { rate = 1.0, basket = 10 }
to = { gone = { chance = 1.0, on = "purchase" } }
[stages.gone]
[scenarios.today]
"#;

#[test]
fn who_comes_and_leaves_within_a_period_has_been_acquired() {
    let model = model(LEFT_AT_PURCHASE);
    let run = summary(&model);
    let exact = Exact::of(&model).unwrap();
    let stays = libm::exp(-1.0);
    for (metric, truth) in [("retention", stays), ("churned", 1000.0 * (1.0 - stays))] {
        assert!((exact.mean(&model, "today", metric).unwrap() / truth - 1.0).abs() < 1e-12, "{metric}");
        let found = run.scenarios[0].metrics[metric];
        let off = (found.mean - truth).abs() / found.standard_error.unwrap();
        assert!(off < 4.0, "{metric}: {} is {off} errors from {truth}", found.mean);
    }
    // 20,000 customers, all of whom have been acquired.
    let retained = run.scenarios[0].metrics["active_customers"].mean;
    assert!((run.scenarios[0].metrics["churned"].mean - (1000.0 - retained)).abs() < 1e-9);
    assert_eq!(run.audit.status, AuditStatus::Passed, "{:?}", run.audit);
}

#[test]
fn who_has_been_acquired_stays_so_over_several_periods() {
    let study = with(
        LEFT_AT_PURCHASE,
        &[
            ("horizon = 1", "horizon = 3"),
            ("agents = 1000", "agents = 4000"),
            ("buyer = 1.0", "buyer = 0.5"),
            ("chance = 1.0, on", "chance = 0.5, on"),
        ],
    );
    let model = model(&study);
    let run = summary(&model);
    // By hand: who comes in period k has stayed with the chance exp(-(4 - k)/2).
    let came = [0.5, 0.25, 0.125];
    let left = |k: i32| libm::exp(-0.5 * f64::from(4 - k));
    let kept: f64 = (1..).zip(came).map(|(k, share)| share * left(k)).sum();
    let truth = kept / came.iter().sum::<f64>();
    assert!((truth - 0.319).abs() < 5e-4);
    let exact = Exact::of(&model).unwrap().mean(&model, "today", "retention").unwrap();
    assert!((exact - truth).abs() < 1e-12);
    let found = run.scenarios[0].metrics["retention"];
    assert!((found.mean - truth).abs() < 4.0 * found.standard_error.unwrap(), "{found:?}");
    assert_eq!(run.audit.status, AuditStatus::Passed, "{:?}", run.audit);
}

#[test]
fn forced_differences_know_who_was_acquired_within_a_period() {
    let study = with(
        LEFT_AT_PURCHASE,
        &[("horizon = 1", "horizon = 4"), ("buyer = 1.0", "buyer = 0.3"), ("agents = 1000", "agents = 400")],
    ) + "[scenarios.more]\nchanges = [ { target = \"stages.prospect.to.buyer\", odds = 1.5 } ]\n";
    let model = model(&study);
    let experiment = Experiment::new(&model).threads(2);
    let grains = [None, Some(polku::inside::engine::run::divergence::Resolution(4))];
    let runs = experiment.forced(&grains).run().unwrap();
    let exact = Exact::of(&model).unwrap();
    for metric in ["retention", "churned"] {
        let of = |scenario: &str| exact.mean(&model, scenario, metric).unwrap();
        let truth = of("more") - of("today");
        let found = runs.summary().contrasts[0].metrics[metric].estimate;
        let off = (found.mean - truth).abs() / found.standard_error.unwrap();
        // The difference of a ratio is not the ratio of differences, in the third digit.
        assert!(off < 4.5 || (found.mean / truth - 1.0).abs() < 0.02, "{metric}: {found:?}, not {truth}");
    }
}

/// What an initiative earns in a period is what it costs in it, for every customer.
const BREAK_EVEN: &str = r#"
[run]
period = "month"
horizon = 12
customers = 1000
agents = 50
replications = 4
discount_rate = 0.08
accrual = "ACCRUAL"
[segments.all]
share = 1
start = { member = 0.7, idle = 0.3 }
[segments.all.inflow]
per_period = 40
start = { member = 1 }
[stages.member]
retained = true
values = { revenue = 10 }
to = { idle = 0.1, gone = 0.05 }
[stages.idle]
retained = true
values = { revenue = 4 }
to = { member = 0.2, gone = 0.1 }
[stages.gone]
retained = false
[initiatives.service]
build = 2
until = 9
cost = { per_customer = 1 }
effects = [ { target = "stages.member.values.revenue", add = 1 }, { target = "stages.idle.values.revenue", add = 1 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { service = 1 }
"#;

const ACCRUALS: [&str; 6] = ["end", "start", "all", "half_cycle", "life_table", "simpson"];

fn runs<T>(text: &str, of: impl Fn(&Runs) -> T) -> T {
    let model = model(text);
    let experiment = Experiment::new(&model).threads(2);
    of(&experiment.run().unwrap_or_else(|faults| panic!("{faults:#?}")))
}

/// The difference in cash flow by time, as the books have it.
fn flows(business: &Business) -> Vec<f64> {
    let books = &business.books;
    let cash = |scenario: usize, t: usize| -> i128 {
        let lines = books.lines.iter().zip(&books.scenarios[scenario].totals);
        lines.map(|(line, totals)| line.group.sign() * totals[t]).sum()
    };
    (0..books.scenarios[0].totals[0].len()).map(|t| (cash(1, t) - cash(0, t)) as f64 / 1e4).collect()
}

#[test]
fn what_pays_for_itself_in_every_period_is_worth_nothing_in_every_accrual() {
    for accrual in ACCRUALS {
        let study = BREAK_EVEN.replace("ACCRUAL", accrual);
        let (run, business): (Summary, Business) = runs(&study, |runs| (runs.summary(), runs.business()));
        let contrast = &run.contrasts[0].metrics;
        let cost = run.scenarios[1].metrics["initiative_cost"].mean;
        assert!(cost > 1_000.0, "{accrual}: {cost}");
        for metric in ["npv", "cash_flow"] {
            assert!(contrast[metric].estimate.mean.abs() < 1e-8 * cost, "{accrual}: {metric} {:?}", contrast[metric]);
        }
        // The books too, at every time, to the rounding of their cells.
        let flows = flows(&business);
        assert!(flows.iter().all(|flow| flow.abs() < 0.01), "{accrual}: {flows:?}");
        let model = model(&study);
        let exact = Exact::of(&model).unwrap();
        let npv = |scenario: &str| exact.mean(&model, scenario, "npv").unwrap();
        assert!((npv("plan") - npv("today")).abs() < 1e-8 * cost, "{accrual}");
        assert_eq!(run.audit.status, AuditStatus::Passed, "{accrual}: {:?}", run.audit);
    }
}

#[test]
fn amounts_are_those_of_the_period_and_weights_add_up_to_the_horizon() {
    // One customer for ever; the amount is 1 in period 3 alone.
    let study = with(
        BREAK_EVEN,
        &[
            ("discount_rate = 0.08", "discount_rate = 0"),
            ("start = { member = 0.7, idle = 0.3 }\n[segments.all.inflow]\nper_period = 40\n", ""),
            ("to = { idle = 0.1, gone = 0.05 }\n", "to = { idle = 0 }\n"),
            ("values = { revenue = 10 }", "values = { revenue = 0 }"),
            ("customers = 1000", "customers = 50"),
            (
                "initiatives = { service = 1 }",
                "changes = [ { target = \"stages.member.values.revenue\", set = 1, from = 3, until = 3 } ]",
            ),
        ],
    );
    for accrual in ACCRUALS {
        let run = summary(&model(&study.replace("ACCRUAL", accrual)));
        let found = run.contrasts[0].metrics["revenue"].estimate.mean / 50.0;
        // Simpson's weights of times 2 and 3 are 4/3 and 2/3, half of which belong to period 3.
        assert!((found - 1.0).abs() < 1e-12, "{accrual}: {found}");
    }
}

/// An outlay, and returns at the ends of three years.
const MACHINE: &str = r#"
[run]
period = "year"
horizon = 3
customers = 1
agents = 1
replications = 2
discount_rate = 0.1
[segments.all]
share = 1
start = { member = 1 }
[stages.member]
retained = true
values = { revenue = 0 }
[initiatives.machine]
cost = { once = 1000 }
effects = [ { target = "stages.member.values.revenue", set = 400 } ]
[scenarios.today]
[scenarios.buy]
initiatives = { machine = 0 }
"#;

#[test]
fn an_outlay_now_and_returns_at_year_ends_are_worth_what_the_textbook_says() {
    let (run, business) = runs(MACHINE, |runs| (runs.summary(), runs.business()));
    let npv = run.contrasts[0].metrics["npv"].estimate.mean;
    let truth = -1000.0 + (1..=3).map(|t| 400.0 / libm::pow(1.1, f64::from(t))).sum::<f64>();
    assert!((truth + 5.26).abs() < 0.005 && (npv - truth).abs() < 1e-9, "{npv}");
    let irr = &business.cases[0].irr;
    assert!(matches!(irr, Irr::Rate(rate) if (rate - 0.0970).abs() < 5e-5), "{irr:?}");
    assert_eq!(flows(&business), [-1000.0, 400.0, 400.0, 400.0]);
    let one = runs(&MACHINE.replace("machine = 0", "machine = 1"), |runs| runs.summary());
    let later = one.contrasts[0].metrics["npv"].estimate.mean;
    assert!((later - (truth + 1000.0 - 1000.0 / 1.1)).abs() < 1e-9 && (later - 85.65).abs() < 0.005, "{later}");
}

#[test]
fn what_is_paid_at_time_0_is_not_discounted_in_any_accrual() {
    for accrual in ACCRUALS {
        let study = with(
            MACHINE,
            &[
                ("discount_rate = 0.1", &format!("discount_rate = 0.1\naccrual = \"{accrual}\"")),
                ("cost = { once = 1000 }", "build = 2\ncost = { once = 1000, build = 60, per_period = 7 }"),
                ("set = 400", "add = 0"),
            ],
        );
        let run = summary(&model(&study));
        // Once at time 0, half of the building in each of periods 1 and 2, the rest in every period.
        let ahead = i32::from(matches!(accrual, "start" | "life_table"));
        let factor = |t: i32| libm::pow(1.1, -f64::from(t - ahead));
        let truth = -1000.0 - 37.0 * factor(1) - 37.0 * factor(2) - 7.0 * factor(3);
        let npv = run.contrasts[0].metrics["npv"].estimate.mean;
        assert!((npv - truth).abs() < 1e-9, "{accrual}: {npv}, not {truth}");
    }
    let study = MACHINE.replace("cost =", "build = 2\ncost =");
    let run = runs(&study, |runs| runs.business());
    let live = run.roadmaps[1].initiatives[0].planned_live;
    assert_eq!(live, Some(3), "go-live is the first period and what it takes to build");
}

/// Everything that draws, with two segments and an initiative that may slip, fail and differ.
const DRAWN: &str = r#"
[run]
period = "month"
horizon = 8
customers = 10000
agents = 120
replications = 5
seed = 3
discount_rate = "0.05 to 0.1"
[segments.north]
share = 0.6
start = { active = 0.8, risk = 0.2 }
CHANGES_OF_NORTH
[segments.south]
share = 0.4
start = { active = 0.8, risk = 0.2 }
CHANGES_OF_SOUTH
[traits.taste]
law = "normal(0, 1)"
[traits.vol]
law = "gamma(2, 0.5)"
[traits.own]
law = "beta(2, 30)"
[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3
[stages.active]
retained = true
quality = "normal(0.6, 0.2)"
purchases = { rate = "0.3 to 0.6", trait = "vol", basket = "lognormal(mean=40, sd=20)" }
values = { service_cost = 1 }
to = { risk = { chance = 0.06, drivers = { taste = 0.4 } }, gone = 0.02, upset = { trait = "own" } }
[stages.risk]
retained = true
quality = 0.4
values = { service_cost = 2 }
to = { active = { chance = 0.3, drivers = { satisfaction = 1 } }, gone = "0.05 to 0.15" }
[stages.upset]
to = { gone = 0.5 }
[stages.gone]
[initiatives.fix]
build = 1
slip = "triangular(0, 1, 3)"
success = 0.8
cost = { once = "100 to 300" }
dip = { periods = 2, share = 0.1 }
effects = [ EFFECT{ target = "stages.active.to.risk", odds = "0.6 to 0.9" }, { target = "stages.risk.to.gone", odds = 0.8 } ]
[[shocks]]
hazard = 0.1
effects = [ SHOCK{ target = "stages.active.to.gone", odds = "1.5 to 2.5" } ]
[scenarios.today]
[scenarios.better]
initiatives = { fix = 2 }
CHANGES_OF_SCENARIO
"#;

fn drawn(places: &[(&str, &str)]) -> String {
    let names = ["CHANGES_OF_NORTH", "CHANGES_OF_SOUTH", "EFFECT", "SHOCK", "CHANGES_OF_SCENARIO"];
    let filled = with(DRAWN, places);
    names.iter().fold(filled, |study, name| study.replace(name, ""))
}

#[test]
fn a_change_that_does_nothing_moves_no_byte_wherever_it_stands() {
    let all = |study: &str| {
        runs(study, |runs| format!("{}{:?}{:?}", text(&runs.summary()), runs.series(), runs.business().cases))
    };
    let base = all(&drawn(&[]));
    let change = |target: &str, what: &str| format!("{{ target = \"{target}\", {what} }}");
    let listed = |target: &str, what: &str| format!("changes = [ {} ]", change(target, what));
    let nothing = [
        ("stages.active.quality", "add = 0"),
        ("stages.active.quality", "set = 0.6"),
        ("stages.risk.quality", "times = 1"),
        ("stages.active.to.risk", "odds = 1"),
        ("stages.active.to.upset", "odds = 1"),
        ("stages.active.purchases.basket", "set = 40"),
        ("stages.risk.values.service_cost", "set = 2"),
        ("experience.learning", "add = 0"),
        ("stages.active.to.gone", "hazard = 1, from = 3, until = 5"),
    ];
    for (target, what) in nothing {
        for place in ["CHANGES_OF_NORTH", "CHANGES_OF_SOUTH", "CHANGES_OF_SCENARIO"] {
            assert!(base == all(&drawn(&[(place, &listed(target, what))])), "{what} on {target} at {place}");
        }
    }
    for place in ["EFFECT", "SHOCK"] {
        let first = format!("{}, ", change("stages.active.to.gone", "odds = 1"));
        assert!(base == all(&drawn(&[(place, &first)])), "the first of {place}");
    }
    assert!(base != all(&drawn(&[("CHANGES_OF_SOUTH", &listed("stages.active.quality", "add = 0.1"))])));
}

#[test]
fn nobody_is_nobody() {
    // Shares that binary fractions cannot hold, and nobody who leaves.
    let study = r#"
[run]
period = "month"
horizon = 6
customers = 1000
agents = 97
replications = 5
[segments.a]
share = 0.3
start = { one = 0.37, two = 0.63 }
[segments.b]
share = 0.7
start = { one = 0.2, two = 0.8 }
[stages.one]
retained = true
to = { two = 0.3 }
[stages.two]
retained = true
to = { one = 0.2 }
[scenarios.today]
"#;
    let (run, series) = runs(study, |runs| (runs.summary(), runs.series()));
    let churned = run.scenarios[0].metrics["churned"];
    assert_eq!((churned.mean, churned.standard_error), (0.0, Some(0.0)));
    assert_eq!(run.scenarios[0].metrics["retention"].mean, 1.0);
    let over_time = series.iter().filter(|series| series.metric == "churned").flat_map(|series| &series.values);
    assert!(over_time.into_iter().all(|at| at.mean == 0.0 && at.standard_error == Some(0.0)));
}

/// A study's tables in another order.
fn turned(study: &str) -> String {
    let mut tables: Vec<String> = Vec::new();
    for line in study.lines() {
        // Tables in lists and the tables below a table go with what stands before them.
        let new = line.starts_with('[') && !line.starts_with("[[");
        if new || tables.is_empty() {
            tables.push(String::new());
        }
        let table = tables.last_mut().unwrap();
        table.push_str(line);
        table.push('\n');
    }
    // Lists keep their order; those that follow a table go with it.
    let head = tables.remove(0);
    tables.reverse();
    head + &tables.concat()
}

fn sorted_text(study: &str) -> Vec<String> {
    let source = Source::new("test.toml", concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"), study.to_owned());
    let study = Study::parse(&source).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let model = polku::inside::model::Model::compile(&study).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    let value = serde_json::to_value(runs.summary()).unwrap();
    let mut lines = Vec::new();
    leaves("", &value, &mut lines);
    for series in runs.series() {
        lines.push(format!("{} {} {} {:?}", series.scenario, series.segment, series.metric, series.values));
    }
    for case in runs.business().cases {
        lines.push(format!("{} {:?} {:?} {:?}", case.scenario, case.npv, case.irr, case.payback));
    }
    lines.sort();
    lines
}

/// Every number of a value under its path; scenarios by their names.
fn leaves(at: &str, value: &serde_json::Value, lines: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| leaves(&format!("{at}.{key}"), value, lines));
        }
        serde_json::Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                // Sentences go in the order of the scenarios that they are of.
                let place = if item.is_string() { String::new() } else { place.to_string() };
                let name = item.get("name").or(item.get("scenario")).map_or(place, ToString::to_string);
                leaves(&format!("{at}.{name}"), item, lines);
            }
        }
        leaf => lines.push(format!("{at} {leaf}")),
    }
}

#[test]
fn tables_in_another_order_move_no_byte() {
    let plain = drawn(&[]);
    let named =
        with(&plain, &[("[scenarios.today]", "[scenarios.today]"), ("seed = 3", "seed = 3\nbaseline = \"today\"")]);
    let everything = with(
        EVERYTHING,
        &[
            ("AWAY", "0.1"),
            ("BACK", "0.3"),
            ("replications = 150", "replications = 6"),
            ("agents = 1_500", "agents = 200"),
            ("seed = 5", "seed = 5\nbaseline = \"today\""),
        ],
    );
    let lines = with(
        &everything,
        &[
            (
                "values = { service_cost = 3.5, smiles = -1 }",
                "values = { service_cost = 3.5, care_cost = 0.7, smiles = -1, spare_cost = 1.1 }",
            ),
            (
                "on_move = { active = { welcome_cost = 7.5 } }",
                "on_move = { active = { welcome_cost = 7.5, gift_cost = 1.3 } }",
            ),
        ],
    );
    let inner = with(
        &lines,
        &[
            (
                "values = { service_cost = 3.5, care_cost = 0.7, smiles = -1, spare_cost = 1.1 }",
                "values = { spare_cost = 1.1, smiles = -1, care_cost = 0.7, service_cost = 3.5 }",
            ),
            (
                "on_move = { active = { welcome_cost = 7.5, gift_cost = 1.3 } }",
                "on_move = { active = { gift_cost = 1.3, welcome_cost = 7.5 } }",
            ),
            ("start = { fresh = 0.7, active = 0.3 }", "start = { active = 0.3, fresh = 0.7 }"),
        ],
    );
    for (study, other) in [(&named, turned(&named)), (&everything, turned(&everything)), (&lines, inner)] {
        assert_ne!(study, &other);
        let (base, found) = (sorted_text(study), sorted_text(&other));
        let differs: Vec<_> = base.iter().zip(&found).filter(|(a, b)| a != b).take(3).collect();
        assert!(base == found, "{differs:#?}");
    }
}

#[test]
fn an_audit_tests_every_number_that_is_known_and_passes_where_both_are_right() {
    let study = with(EVERYTHING, &[("AWAY", "0.1"), ("BACK", "0.3"), ("replications = 150", "replications = 40")]);
    let audit = summary(&model(&study)).audit;
    assert_eq!(audit.status, AuditStatus::Passed, "{audit:#?}");
    assert!(audit.tests >= 35 && audit.replications == 40 && audit.failed.is_empty(), "{audit:#?}");
    assert!((audit.bound * audit.tests as f64 - 1e-5).abs() < 1e-20);
    assert!(audit.worst.is_some_and(|worst| worst.probability >= audit.bound));
}

#[test]
fn customers_who_feel_each_other_are_audited_in_what_adds_up() {
    let study = with(
        LEFT_AT_PURCHASE,
        &[
            ("start = { prospect = 1.0 }\n", "start = { prospect = 1.0 }\n"),
            ("to = { buyer = 1.0 }", "to = { buyer = { chance = 0.2, word_of_mouth = 0.3 } }"),
            ("retained = true\n", "retained = true\ntalks = true\n"),
        ],
    );
    let audit = summary(&model(&study)).audit;
    assert_eq!(audit.status, AuditStatus::NotAudited, "{audit:#?}");
    assert!(audit.broken.is_empty() && audit.why.unwrap().contains("word of mouth"));
}

/// One scenario has a rule, two have none.
fn with_a_rule(leaves: &str) -> String {
    format!(
        r#"
run = {{ period = "month", horizon = 12, customers = 4_000, agents = 2_000, replications = 30, seed = 8 }}
segments.all = {{ share = 1, start = {{ new = 0.5, old = 0.5 }}, inflow = {{ per_period = 40, start = {{ new = 1 }} }} }}
stages.new = {{ retained = true, to.old = 0.3 }}
stages.old = {{ retained = true, values.revenue = 5, purchases = {{ rate = 0.5, basket = 20 }}, to.gone = {leaves} }}
stages.gone = {{}}
initiatives.care = {{ effects = [{{ target = "stages.old.to.gone", odds = 0.5 }}] }}
scenarios.today = {{}}
scenarios.dearer = {{ changes = [{{ target = "stages.old.purchases.basket", times = 1.1 }}] }}
scenarios.watched = {{ rules = [{{ when = {{ metric = "retention", below = 0.9, from = 2 }}, then = {{ initiatives = ["care"] }} }}] }}
"#
    )
}

#[test]
fn scenarios_without_rules_are_audited_beside_one_that_has_some() {
    for leaves in ["0.1", "\"0.05 to 0.15\""] {
        let model = model(&with_a_rule(leaves));
        let run = summary(&model);
        let audit = &run.audit;
        assert_eq!((audit.status, audit.replications), (AuditStatus::Passed, 30), "{audit:#?}");
        assert!(audit.tests >= 20 && audit.why.as_ref().unwrap().contains("`watched`"), "{audit:#?}");
        assert!(audit.worst.as_ref().unwrap().scenario != "watched");
        // What is expected of some scenarios is for the audit alone.
        assert!(run.exact_at.is_none() && run.scenarios.iter().all(|its| its.exact.is_none()));
    }
}

#[test]
fn what_the_budget_does_not_allow_is_not_audited() {
    let model = model(&with_a_rule("\"0.05 to 0.15\""));
    let uncoupled = Uncoupled::of(&model).unwrap();
    let mut rich = Budget::unbounded(&model);
    assert!(uncoupled.beside(Design::of(&model), &mut rich).is_some());
    // What is left of a budget bounds how many replications are audited, whatever the threads.
    let audited = |threads: usize, budget: Budget| {
        let experiment = Experiment::new(&model).threads(threads);
        let tune = move |extras| Extras { budget: budget.clone(), ..extras };
        experiment.tuned(tune).run().unwrap().summary().audit
    };
    let scarce = |left: f64| {
        let mut budget = Budget::of(&model);
        assert!(budget.spend(budget.left() - left));
        budget
    };
    let enough = std::iter::successors(Some(1000.0), |left| Some(left * 1.5))
        .take(40)
        .find(|left| audited(2, scarce(*left)).replications > 0);
    let few = audited(2, scarce(enough.unwrap()));
    assert!(few.replications < 30, "{}", few.replications);
    assert_eq!(audited(1, scarce(enough.unwrap())), few);
    assert_eq!(audited(2, Budget::of(&model)).replications, 30);
    let mut poor = Budget::of(&model);
    poor.overspend();
    assert!(uncoupled.beside(Design::of(&model), &mut poor).is_none());
    assert!(Uncoupled::of(&common::model(LEFT_AT_PURCHASE)).is_none(), "nothing couples anybody");
}
