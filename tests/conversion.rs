//! Conversion: who starts or comes in a stage that is not retained, who of them is won, and how long that takes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::model;
use polku::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::report::gallery::Gallery;
use polku::inside::stats::moments::Moments;

/// The chance to convert in a period.
const CHANCE: f64 = 0.2;
const HORIZON: i32 = 12;

/// Prospects who convert with a steady chance (a geometric law), beside some who are there already. A prospect never comes
/// back from `gone`.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 12
customers = 3_000
agents = 600
replications = 200
seed = 5
[segments.all]
share = 1
start = { prospect = 0.7, active = 0.3 }
INFLOW
[stages.prospect]
to = { active = 0.2 }
[stages.active]
retained = true
to = { gone = 0.1 }
values = { revenue = 10 }
[stages.gone]
[scenarios.today]
[scenarios.more]
changes = [ { target = "stages.prospect.to.active", odds = 2 } ]
"#;

const INFLOW: &str = "[segments.all.inflow]\nper_period = 100\nstart = { prospect = 0.6, active = 0.4 }";

fn runs(inflow: &str) -> Runs {
    let model = model(&STUDY.replace("INFLOW", inflow));
    Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// How many standard errors the mean over replications is from a value.
fn off(runs: &Runs, metric: &str, expected: f64) -> f64 {
    let seen: Moments = runs.levels(0, metric).into_iter().collect();
    let error = (seen.variance().unwrap() / seen.count() as f64).sqrt();
    assert!(error > 0.0, "{metric}");
    (seen.mean() - expected) / error
}

/// The chance of converting within so many periods.
fn within(periods: i32) -> f64 {
    1.0 - libm::pow(1.0 - CHANCE, f64::from(periods))
}

/// The mean time of those who do, times their chance.
fn periods(within: i32) -> f64 {
    (1..=within).map(|t| f64::from(t) * CHANCE * libm::pow(1.0 - CHANCE, f64::from(t - 1))).sum()
}

#[test]
fn who_starts_as_a_prospect_converts_by_a_geometric_law() {
    let runs = runs("");
    let summary = runs.summary();
    let exact = summary.scenarios[0].exact.as_ref().unwrap();
    assert!((exact["conversion"] - within(HORIZON)).abs() < 1e-9, "{exact:?}");
    assert!(!exact.contains_key("time_to_convert"), "a mean of those who converted has no expectation here");
    let z = off(&runs, "conversion", within(HORIZON));
    assert!(z.abs() < 4.5, "conversion is off by {z}");
    let z = off(&runs, "time_to_convert", periods(HORIZON) / within(HORIZON));
    assert!(z.abs() < 4.5, "time to convert is off by {z}");
    let conversion = &summary.scenarios[0].metrics["conversion"];
    let width = conversion.high - conversion.low;
    assert!(
        conversion.low < conversion.mean && conversion.mean < conversion.high && width < 0.01,
        "{conversion:?} {z}"
    );
    let better = &summary.contrasts[0].metrics;
    assert!(better["conversion"].estimate.low > 0.0 && better["time_to_convert"].estimate.high < 0.0);
    assert_eq!(summary.audit.failed, []);
}

#[test]
fn newcomers_count_from_when_they_come() {
    let runs = runs(INFLOW);
    // 2,100 at the start, and 60 in each period, who are seen for 12, 11, ... 1 periods.
    let came = 2_100.0 + 60.0 * f64::from(HORIZON);
    let sum = |of: &dyn Fn(i32) -> f64| 2_100.0 * of(HORIZON) + 60.0 * (1..=HORIZON).map(of).sum::<f64>();
    let converted = sum(&within) / came;
    let exact = runs.summary().scenarios[0].exact.as_ref().unwrap()["conversion"];
    assert!((exact - converted).abs() < 1e-9, "{exact} and {converted}");
    // Ratios of sums over samples: their bias is far below their standard errors here.
    let z = off(&runs, "conversion", converted);
    assert!(z.abs() < 4.5, "conversion is off by {z}");
    let z = off(&runs, "time_to_convert", sum(&periods) / sum(&within));
    assert!(z.abs() < 4.5, "time to convert is off by {z}");
}

#[test]
fn cohorts_say_how_many_are_won_and_how_long_it_took() {
    let business = runs(INFLOW).business();
    let cohorts = &business.cohorts[0].cohorts;
    assert_eq!(cohorts.len(), 13);
    for cohort in cohorts {
        let entry = i32::try_from(cohort.entry).unwrap();
        let seen = HORIZON - entry + i32::from(entry > 0);
        let share = if entry > 0 { 0.6 } else { 0.7 };
        let came = cohort.came_to_convert.unwrap();
        assert!((came / cohort.customers - share).abs() < 0.02, "{entry}: {came} of {}", cohort.customers);
        let first = *cohort.conversion.first().unwrap();
        let expected = if entry > 0 { CHANCE } else { 0.0 };
        assert!((first - expected).abs() < 0.045, "{entry}: {first}");
        let last = *cohort.conversion.last().unwrap();
        assert!((last - within(seen)).abs() < 0.045, "{entry}: {last} and {}", within(seen));
        assert!(cohort.conversion.windows(2).all(|pair| pair[0] <= pair[1]));
        let mean = cohort.mean_time_to_convert.unwrap();
        assert!((mean - periods(seen) / within(seen)).abs() < 0.15, "{entry}: {mean}");
        assert!(cohort.median_time_to_convert.unwrap() >= 1);
        // Who was won leaves with a chance of 0.1 in each period, and does not come back.
        for (since, share) in cohort.retention_from_conversion.iter().enumerate().take(4) {
            let expected = libm::pow(0.9, since as f64);
            assert!((share - expected).abs() < 0.08, "{entry}, {since}: {share} and {expected}");
        }
        // Of all who came, those retained now are a part of those ever retained.
        assert_eq!(cohort.retention_of_all.len(), cohort.retention.len());
        for (of_all, of_acquired) in cohort.retention_of_all.iter().zip(&cohort.retention) {
            assert!(of_all <= of_acquired && *of_all > 0.0);
        }
    }
    let first = &cohorts[0].retention_from_conversion;
    assert_eq!(first.len(), 12);
    for (since, share) in first.iter().enumerate().take(9) {
        let expected = libm::pow(0.9, since as f64);
        assert!((share - expected).abs() < 0.01, "{since}: {share} and {expected}");
    }
    // Half of a geometric law with a chance of 0.2 that is cut at 12 have converted after 3 periods.
    assert_eq!(cohorts[0].median_time_to_convert, Some(3));
}

#[test]
fn who_is_won_and_lost_within_a_period_has_converted() {
    let study = STUDY.replace("INFLOW", "").replace(
        "to = { gone = 0.1 }",
        "to = { gone = { chance = 1, on = \"purchase\" } }\npurchases = { rate = 2, basket = 10, margin = 0.4 }",
    );
    let model = model(&study);
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    let z = off(&runs, "conversion", within(HORIZON));
    assert!(z.abs() < 4.5, "conversion is off by {z}");
}

#[test]
fn a_study_in_which_nobody_converts_has_no_such_metrics() {
    let all_active = STUDY.replace("INFLOW", "").replace("prospect = 0.7, active = 0.3", "active = 1");
    let lost = STUDY.replace("INFLOW", "").replace("prospect = 0.7, active = 0.3", "gone = 0.7, active = 0.3");
    for study in [all_active, lost] {
        let model = model(&study);
        assert!(!model.converts());
        let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
        let metrics = runs.summary().scenarios.swap_remove(0).metrics;
        assert!(!metrics.contains_key("conversion") && !metrics.contains_key("time_to_convert"));
        let cohort = &runs.business().cohorts[0].cohorts[0];
        assert_eq!((cohort.came_to_convert, cohort.conversion.as_slice()), (None, [].as_slice()));
    }
}

#[test]
fn a_target_may_ask_for_conversion_and_files_have_it() {
    let study = STUDY.replace("INFLOW", "") + "[targets.won]\nmetric = \"conversion\"\nat_least = 0.5\n";
    let model = model(&study);
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    let found = &runs.business().targets[0];
    assert_eq!((found.metric.as_str(), found.scenarios.len()), ("conversion", 2));
    let report = polku::Report::new(&runs);
    assert!(report.series.iter().any(|series| series.metric == "time_to_convert" && series.values.len() == 13));
    assert!(polku::inside::report::html::page(&report, &Gallery::of(&report)).unwrap().contains("Time to convert"));
}

#[test]
fn who_was_won_may_leave_and_come_back() {
    let study = STUDY.replace("INFLOW", "").replace("to = { gone = 0.1 }", "to = { idle = 0.2 }")
        + "[stages.idle]\nto = { active = 0.1 }\n";
    let model = model(&study);
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    // Two states: a third in the long run, reached with a factor of 0.7 in each period.
    let found = &runs.business().cohorts[0].cohorts[0].retention_from_conversion;
    for (since, share) in found.iter().enumerate().take(9) {
        let expected = (1.0 + 2.0 * libm::pow(0.7, since as f64)) / 3.0;
        assert!((share - expected).abs() < 0.01, "{since}: {share} and {expected}");
    }
}
