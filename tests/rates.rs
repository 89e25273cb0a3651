//! Rates and chances of a span of time: what comes of them in a period, whatever its length is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model, summary, text, with};
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::Model;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::model::rows::Moment;
use polku::inside::quantity::{ScenarioId, SegmentId};
use polku::inside::stats::moments::Moments;
use polku::inside::study::Study;
use polku::inside::study::setting::Setting;
use polku::inside::study::source::Source;

/// Customers who leave by ways that nothing leads back from; `PERIOD`, `HORIZON` and `ROW` are filled in.
const EXITS: &str = r#"
[run]
period = "PERIOD"
horizon = HORIZON
customers = 10_000
replications = 2
[segments.all]
share = 1
start = { here = 1 }
[stages.here]
retained = true
to = { ROW }
[stages.one]
[stages.two]
[stages.three]
[scenarios.today]
"#;

/// The periods of some years.
const YEARS: u32 = 4;
const PERIODS: [(&str, u32); 3] = [("month", 12), ("quarter", 4), ("year", 1)];

fn exits(period: &str, horizon: u32, row: &str) -> Model {
    model(&with(EXITS, &[("PERIOD", period), ("HORIZON", &horizon.to_string()), ("ROW", row)]))
}

fn flows(model: &Model, scenario: usize) -> Counts<f64> {
    common::expected(model, (ScenarioId::from(scenario), SegmentId::from(0)), 0, None)
}

/// The share of customers in a stage at a time.
fn share(model: &Model, flows: &Counts<f64>, stage: &str, t: u32) -> f64 {
    let place = model.stages.iter().position(|its| its.name == stage).unwrap();
    let cells = flows.cells(CUSTOMERS, t as usize);
    cells[place] / cells.iter().sum::<f64>()
}

fn near(found: f64, truth: f64) {
    assert!((found - truth).abs() < 1e-12, "{found}, and not {truth}");
}

#[test]
fn one_exit_leaves_an_exponential_share_after_any_number_of_periods() {
    for (period, in_a_year) in PERIODS {
        for (row, rate) in [
            ("one = { rate = 0.15, per = \"year\" }", 0.15),
            ("one = { chance = 0.15, per = \"year\" }", -libm::log1p(-0.15)),
            ("one = { rate = 0.02, per = \"week\" }", 0.02 * 365.25 / 7.0),
            ("one = { rate = 0.03 }", 0.03 * f64::from(in_a_year)),
        ] {
            let model = exits(period, YEARS * in_a_year, row);
            let flows = flows(&model, 0);
            for t in 0..=YEARS * in_a_year {
                let years = f64::from(t) / f64::from(in_a_year);
                near(share(&model, &flows, "here", t), libm::exp(-rate * years));
            }
        }
    }
}

#[test]
fn exits_that_compete_share_those_who_leave_in_any_period_in_proportion_to_their_rates() {
    let row = r#"one = { rate = 0.5, per = "year" }, two = { chance = 0.3, per = "quarter" }, three = { rate = 0 }"#;
    let rates = [0.5, -4.0 * libm::log1p(-0.3)];
    let total: f64 = rates.iter().sum();
    for (period, in_a_year) in PERIODS {
        let model = exits(period, YEARS * in_a_year, row);
        let flows = flows(&model, 0);
        for t in 0..=YEARS * in_a_year {
            let gone = 1.0 - libm::exp(-total * f64::from(t) / f64::from(in_a_year));
            near(share(&model, &flows, "here", t), 1.0 - gone);
            near(share(&model, &flows, "one", t), rates[0] / total * gone);
            near(share(&model, &flows, "two", t), rates[1] / total * gone);
            assert_eq!(share(&model, &flows, "three", t), 0.0);
        }
    }
}

#[test]
fn a_chance_per_period_beside_rates_stays_as_it_is() {
    let model =
        exits("month", 12, r#"one = 0.02, two = { rate = 0.3, per = "year" }, three = { rate = 0.6, per = "year" }"#);
    let central = model.central();
    let here = model.stages.iter().find(|stage| stage.name == "here").unwrap();
    let found = here.chances(&Moment { values: &central.values, period: 1, clocks: &[], talkers: 0.0 });
    let leave = 1.0 - libm::exp(-0.9 / 12.0);
    let name = |at: usize| model.stages[here.exits[at].to.index()].name.as_str();
    for (at, chance) in found.iter().enumerate() {
        near(
            *chance,
            match name(at) {
                "one" => 0.02,
                "two" => leave / 3.0,
                _ => leave * 2.0 / 3.0,
            },
        );
    }
}

#[test]
fn what_is_heard_adds_to_a_rate_before_it_becomes_a_chance() {
    let row = r#"one = { rate = 0.03, word_of_mouth = 0.38, per = "year" }, two = { rate = 0.5, per = "year" }"#;
    let study =
        with(EXITS, &[("PERIOD", "month"), ("HORIZON", "12"), ("ROW", row), ("retained", "talks = true\nretained")]);
    let model = model(&study);
    let central = model.central();
    let here = model.stages.iter().find(|stage| stage.name == "here").unwrap();
    for talkers in [0.0, 0.4, 1.0] {
        let found = here.chances(&Moment { values: &central.values, period: 1, clocks: &[], talkers });
        let (one, total) = (0.03 + 0.38 * talkers, 0.53 + 0.38 * talkers);
        let leave = 1.0 - libm::exp(-total / 12.0);
        near(found.iter().sum(), leave);
        assert!(found.iter().any(|chance| (chance - one / total * leave).abs() < 1e-15), "{found:?}");
    }
}

#[test]
fn changes_work_on_the_number_as_it_is_written() {
    let row = r#"one = { rate = 0.4, per = "year" }, two = { chance = 0.2, per = "year" }"#;
    let changed = |changes: &str| {
        let study = with(EXITS, &[("PERIOD", "month"), ("HORIZON", "24"), ("ROW", row)]);
        model(&study.replace("[scenarios.today]", &format!("[scenarios.today]\nchanges = [ {changes} ]")))
    };
    for (changes, other) in [
        (
            r#"{ target = "stages.here.to.one", times = 0.5 }"#,
            r#"one = { rate = 0.2, per = "year" }, two = { chance = 0.2, per = "year" }"#,
        ),
        (
            r#"{ target = "stages.here.to.one.rate", add = 0.1 }"#,
            r#"one = { rate = 0.5, per = "year" }, two = { chance = 0.2, per = "year" }"#,
        ),
        (
            r#"{ target = "stages.here.to.two", hazard = 2 }"#,
            r#"one = { rate = 0.4, per = "year" }, two = { chance = 0.36, per = "year" }"#,
        ),
        (
            r#"{ target = "stages.here.to.two", odds = 2 }"#,
            r#"one = { rate = 0.4, per = "year" }, two = { chance = 0.3333333333333333, per = "year" }"#,
        ),
        (r#"{ target = "stages.here.to.two", set = 1 }"#, "two = 1"),
    ] {
        let (changed, plain) = (changed(changes), exits("month", 24, other));
        for t in 0..=24 {
            near(share(&changed, &flows(&changed, 0), "two", t), share(&plain, &flows(&plain, 0), "two", t));
        }
    }
}

/// Two segments, drivers, an uncertain rate, seasons, and a roadmap: all that meets rates, in periods of a month.
const JOURNEY: &str = r#"
[run]
period = "month"
horizon = 24
customers = 20_000
agents = 4_000
replications = 120
seed = 21
discount_rate = 0.08
[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3
[segments.young]
share = 0.4
start = { active = 1 }
traits = { bond = "bernoulli(0.3)" }
inflow = { per_period = 6_000, per = "year", cost = 5 }
[segments.old]
share = 0.6
start = { active = 0.8, away = 0.2 }
traits = { bond = "bernoulli(0.6)" }
changes = [ { target = "stages.active.to.gone", times = 0.7 } ]
[stages.active]
retained = true
quality = "normal(0.65, 0.15)"
purchases = { rate = 18, per = "year", basket = "lognormal(mean=20, sd=8)", margin = 0.4 }
to = { away = { chance = "0.4 to 0.6", per = "year", drivers = { satisfaction = -2 } }, gone = { rate = "0.2 to 0.4", per = "year", drivers = { bond = -0.4 } }, moved = 0.002 }
[stages.away]
values = { upkeep_cost = { amount = 30, per = "year" } }
to = { active = { rate = 0.5, per = "quarter" }, gone = { rate = 0.1 } }
[stages.gone]
[stages.moved]
[initiatives.care]
cost = { once = 10_000, per_period = 24_000, per_customer = 3, per = "year" }
build = 2
ramp = 4
effects = [ { target = "stages.active.to.gone", times = 0.7 }, { target = "stages.active.to.away", hazard = 0.8 } ]
[[over_time]]
target = "stages.away.to.active"
season = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2]
[scenarios.today]
[scenarios.better]
initiatives = { care = 3 }
"#;

#[test]
fn simulations_agree_with_the_exact_expectation() {
    check_against_exact(&model(JOURNEY));
}

#[test]
fn coupled_differences_agree_with_the_exact_ones() {
    let study = with(JOURNEY, &[(", drivers = { satisfaction = -2 }", ""), (", drivers = { bond = -0.4 }", "")]);
    for study in [study.as_str(), JOURNEY] {
        let study = with(
            study,
            &[
                ("\"0.4 to 0.6\"", "0.5"),
                ("\"0.2 to 0.4\"", "0.3"),
                ("agents = 4_000", "agents = 500"),
                ("inflow = { per_period = 6_000, per = \"year\", cost = 5 }", ""),
            ],
        );
        let model = model(&study);
        let exact = Exact::of(&model).unwrap();
        let runs = Experiment::new(&model).threads(2).forced(&[None, Some(Resolution(2))]).run().unwrap();
        for name in ["retention", "customers.away", "customers.gone", "purchases", "revenue"] {
            let of = |scenario: &str| exact.mean(&model, scenario, name).unwrap();
            let truth = of("better") - of("today");
            let sample: Moments = runs.forced_differences(1, name).into_iter().collect();
            let error = (sample.variance().unwrap() / f64::from(u32::try_from(sample.count()).unwrap())).sqrt();
            let z = (sample.mean() - truth) / error;
            assert!(truth != 0.0 && z.abs() < 4.5, "{name}: {} coupled, {truth} exact, z = {z}", sample.mean());
        }
    }
}

#[test]
fn the_same_study_in_months_and_in_quarters_expects_the_same_retention_at_the_same_times() {
    let row = r#"one = { rate = 0.4, per = "year" }, two = { chance = 0.2, per = "year" }, three = { rate = 0.01, per = "week" }"#;
    let (months, quarters) = (exits("month", 36, row), exits("quarter", 12, row));
    let (by_month, by_quarter) = (flows(&months, 0), flows(&quarters, 0));
    for quarter in 0..=12 {
        for stage in ["here", "one", "two", "three"] {
            near(share(&months, &by_month, stage, 3 * quarter), share(&quarters, &by_quarter, stage, quarter));
        }
    }
}

#[test]
fn amounts_of_a_year_are_a_twelfth_in_a_month_and_draw_the_same() {
    let plain = with(
        JOURNEY,
        &[
            ("{ per_period = 6_000, per = \"year\", cost = 5 }", "{ per_period = 500, cost = 5 }"),
            ("rate = 18, per = \"year\"", "rate = 1.5"),
            ("per_period = 24_000, per_customer = 3, per = \"year\"", "per_period = 2_000, per_customer = 0.25"),
            ("{ amount = 30, per = \"year\" }", "2.5"),
            ("replications = 120", "replications = 3"),
        ],
    );
    let (yearly, plain) =
        (summary(&model(&with(JOURNEY, &[("replications = 120", "replications = 3")]))), summary(&model(&plain)));
    assert_eq!(text(&yearly), text(&plain));
}

#[test]
fn amounts_of_a_year_are_a_twelfth_where_customers_bring_others_and_rules_watch_money() {
    let small = [
        ("replications = 120", "replications = 3"),
        ("retained = true", "retained = true\ntalks = true"),
        (
            "initiatives = { care = 3 }",
            "initiatives = { care = 3 }\nrules = [ { when = { metric = \"cash_flow\", above = 300_000 }, then = { stop = [\"care\"] } } ]",
        ),
    ];
    let yearly = with(JOURNEY, &small);
    let yearly = with(&yearly, &[("per_period = 6_000, per", "per_period = 6_000, referrals = 0.75, per")]);
    let plain = with(
        &yearly,
        &[
            (
                "{ per_period = 6_000, referrals = 0.75, per = \"year\", cost = 5 }",
                "{ per_period = 500, referrals = 0.0625, cost = 5 }",
            ),
            ("per_period = 24_000, per_customer = 3, per = \"year\"", "per_period = 2_000, per_customer = 0.25"),
            ("{ amount = 30, per = \"year\" }", "2.5"),
        ],
    );
    assert_eq!(text(&summary(&model(&yearly))), text(&summary(&model(&plain))));
}

/// With p and q a year the model of Bass (1969) has adopted F(t) = (1 - exp(-(p + q) t)) / (1 + q / p exp(-(p + q) t)).
#[test]
fn what_is_heard_a_year_spreads_in_weeks_as_bass_says() {
    let row = r#"one = { rate = 0.03, word_of_mouth = 0.38, per = "year" }"#;
    let (p, q) = (0.03, 0.38);
    for years in [2, 5, 10, 20] {
        let weeks = (f64::from(years) * 365.25 / 7.0).round();
        let study = with(EXITS, &[("PERIOD", "week"), ("HORIZON", &weeks.to_string()), ("ROW", row)]);
        let study =
            with(&study, &[("[stages.one]", "[stages.one]\ntalks = true"), ("replications = 2", "replications = 8")]);
        let run = summary(&model(&study));
        let faded = libm::exp(-(p + q) * weeks * 7.0 / 365.25);
        let truth = (1.0 - faded) / (1.0 + q / p * faded);
        let found = run.scenarios[0].stages_at_end["one"].mean / 10_000.0;
        // What is heard a week late, and the noise of 80,000 customers.
        assert!((found - truth).abs() < 0.01, "after {years} years {found}, and not {truth}");
    }
}

#[test]
fn a_rate_is_set_by_the_path_of_its_transition() {
    let set = |setting: &str| {
        let mut source = Source::new("study.toml", "", JOURNEY);
        let settings = [Setting::parse(setting).unwrap()];
        let study = Study::parse_with(&mut source, &settings).unwrap();
        Model::compile(&study).unwrap()
    };
    for setting in ["stages.active.to.gone=0.9", "stages.active.to.gone.rate=0.9"] {
        let model = set(setting);
        let param = model.params.iter().find(|param| param.path.to_string() == "stages.active.to.gone").unwrap();
        assert_eq!(param.at(0.5), 0.9);
    }
}
