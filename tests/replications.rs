//! What a run says can be computed from what it wrote of every replication.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;

use common::{model, small_retailer};
use polku::inside::report::replication_tables::{draws_csv, replications_csv};
use polku::inside::stats::order::Percentiles;
use polku::{Charts, Estimator, Experiment, Form, Model, Report, Summary, TableForm};

/// Customers who do not hear from each other, uncertain numbers, a shock, expectations for every draw.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 12
customers = 4_000
agents = 400
replications = 24
[segments.near]
share = 0.5
start = { active = 1 }
[segments.far]
share = 0.5
start = { active = 0.5, idle = 0.5 }
[stages.active]
retained = true
to = { idle = "0.05 to 0.09", gone = 0.05 }
values = { revenue = 10 }
[stages.idle]
to = { gone = "0.10 to 0.12" }
[stages.gone]
[[shocks]]
title = "A rival opens"
hazard = 0.1
effects = [ { target = "stages.active.to.gone", odds = "1.1 to 1.4" } ]
[initiatives.used]
effects = [ { target = "stages.active.to.idle", odds = "0.5 to 0.9" } ]
[scenarios.today]
[scenarios.plan]
initiatives = { used = 2 }
"#;

/// A row of `replications`: value, batches, at mean baskets, exact, coupled.
type Cells = Vec<Option<f64>>;

/// By scenario and metric: the rows, replication by replication.
fn table(report: &Report) -> BTreeMap<(String, String), Vec<Cells>> {
    let text = replications_csv(report);
    let mut table: BTreeMap<(String, String), Vec<Cells>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let rows = table.entry((row[1].to_owned(), row[2].to_owned())).or_default();
        assert_eq!(row[0], rows.len().to_string(), "replications go in their order");
        rows.push(row.iter().skip(3).map(|cell| (!cell.is_empty()).then(|| cell.parse().unwrap())).collect());
    }
    table
}

fn mean(rows: &[Cells], column: usize) -> f64 {
    rows.iter().map(|row| row[column].unwrap()).sum::<f64>() / rows.len() as f64
}

fn close(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1e-6), "{what}: {a} and {b}");
}

/// Holds percentiles of the summary against the column of replications that they are of, by the ranks of type 8 of Hyndman
/// & Fan (1996).
fn check_percentiles(found: &Percentiles, column: impl Iterator<Item = f64>, what: &str) {
    let mut sorted: Vec<f64> = column.collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let all = [(0.05, found.p5), (0.25, found.p25), (0.5, found.median), (0.75, found.p75), (0.95, found.p95)];
    for (p, its) in all {
        let rank = (p * (n + 1.0 / 3.0) + 1.0 / 3.0).clamp(1.0, n);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank from 1 on")]
        let (below, share) = (rank.floor() as usize, rank.fract());
        let above = sorted[below.min(sorted.len() - 1)];
        let Some(its) = its else {
            assert!(n < 20.0, "{what} at {p}");
            continue;
        };
        close(its.value, (1.0 - share) * sorted[below - 1] + share * above, &format!("{what} at {p}"));
    }
}

/// Holds every level, difference, percentile and expectation of the summary against the table.
fn check(model: &Model, experiment: &Experiment) -> (Report, Summary) {
    let runs = experiment.run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    let (report, summary) = (Report::new(&runs), runs.summary());
    let table = table(&report);
    let rows = |scenario: &str, metric: &str| &table[&(scenario.to_owned(), metric.to_owned())];
    let mut checked = 0;
    for scenario in &summary.scenarios {
        assert_eq!(
            scenario.percentiles.len(),
            scenario.metrics.len() + scenario.lines.len() + scenario.outcomes.len() + scenario.stages_at_end.len()
        );
        let metrics = scenario.metrics.iter().map(|(name, its)| (name.clone(), its));
        let lines = scenario.lines.iter().map(|(name, its)| (format!("lines.{name}"), its));
        let outcomes = scenario.outcomes.iter().map(|(name, its)| (format!("outcomes.{name}"), its));
        let stages = scenario.stages_at_end.iter().map(|(name, its)| (format!("customers.{name}"), its));
        for (metric, estimate) in metrics.chain(outcomes).chain(stages).chain(lines) {
            let rows = rows(&scenario.name, &metric);
            assert_eq!(rows.len(), model.run.replications as usize);
            close(mean(rows, 0), estimate.mean, &metric);
            check_percentiles(&scenario.percentiles[&metric], rows.iter().map(|row| row[0].unwrap()), &metric);
            checked += 1;
        }
        for (metric, exact) in scenario.exact.iter().flatten() {
            close(mean(rows(&scenario.name, metric), 4), *exact, metric);
        }
    }
    for contrast in &summary.contrasts {
        for (metric, difference) in &contrast.metrics {
            let (own, base) = (rows(&contrast.scenario, metric), rows(&contrast.baseline, metric));
            let found = match contrast.estimator {
                Estimator::Paired => mean(own, 0) - mean(base, 0),
                Estimator::PairedAtMeanBaskets => mean(own, 3) - mean(base, 3),
                Estimator::Coupled => mean(own, 5),
            };
            let size = mean(base, 0).abs().max(found.abs());
            assert!(
                (found - difference.estimate.mean).abs() <= 1e-9 * size.max(1e-6),
                "{metric} of {}: {found} and {}",
                contrast.scenario,
                difference.estimate.mean
            );
        }
        assert!(contrast.percentiles.keys().eq(contrast.metrics.keys()));
        for (metric, found) in &contrast.percentiles {
            let pairs = rows(&contrast.scenario, metric).iter().zip(rows(&contrast.baseline, metric));
            check_percentiles(found, pairs.map(|(own, base)| own[0].unwrap() - base[0].unwrap()), metric);
        }
        close(mean(rows(&contrast.scenario, "affected_customers"), 0), contrast.affected_customers, "affected");
    }
    assert!(checked >= 20);
    (report, summary)
}

#[test]
fn levels_differences_and_expectations_follow_from_the_tables() {
    let model = model(STUDY);
    let exact = Experiment::new(&model).threads(2).exact(polku::Depth::Draws);
    let (report, summary) = check(&model, &exact);
    assert!(summary.scenarios[0].exact.is_some());
    let table = table(&report);
    let revenue = &table[&("plan".to_owned(), "revenue".to_owned())];
    // Batches are halves of the customers, and each stands for all of them.
    for row in revenue {
        close(f64::midpoint(row[1].unwrap(), row[2].unwrap()), row[0].unwrap(), "batches");
    }
    // And where customers hear from each other there are none.
    let model = common::model(&small_retailer());
    let (report, _) = check(&model, &Experiment::new(&model).threads(2));
    assert!(self::table(&report).values().flatten().all(|row| row[1].is_none() && row[4].is_none()));
}

#[test]
fn draws_are_the_numbers_and_shocks_of_every_replication() {
    let model = model(STUDY);
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    let text = draws_csv(&Report::new(&runs));
    let mut drawn: BTreeMap<String, Vec<(u32, f64)>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        drawn.entry(row[1].to_owned()).or_default().push((row[0].parse().unwrap(), row[2].parse().unwrap()));
    }
    let paths: Vec<&str> = drawn.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "initiatives.used.effects.0.odds",
            "shocks.0.came",
            "shocks.0.effects.0.odds",
            "stages.active.to.idle",
            "stages.idle.to.gone"
        ]
    );
    for path in ["initiatives.used.effects.0.odds", "stages.active.to.idle", "stages.idle.to.gone"] {
        let numbers: Vec<u32> = drawn[path].iter().map(|(replication, _)| *replication).collect();
        assert_eq!(numbers, (0..24).collect::<Vec<_>>(), "{path}");
    }
    let (came, amounts) = (&drawn["shocks.0.came"], &drawn["shocks.0.effects.0.odds"]);
    assert_eq!(came.len(), amounts.len());
    // About 0.1 · 12 · 24 = 29 times: four standard deviations are 20.
    assert!((9..=49).contains(&came.len()) && came.iter().all(|(_, period)| (1.0..=12.0).contains(period)));
    assert!(amounts.iter().all(|(_, odds)| (0.9..1.8).contains(odds)), "{amounts:?}");
}

#[test]
fn both_tables_are_written_in_either_form() {
    let model = model(STUDY);
    let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    for (tables, end) in [(TableForm::Csv, "csv"), (TableForm::Parquet, "parquet")] {
        let mut report = Report::new(&runs);
        let bundle = report.bundle(Form { tables, charts: Charts::None, threads: 2 }).unwrap();
        for name in ["draws", "replications"] {
            let name = format!("{name}.{end}");
            let place = bundle.names().position(|its| its == name).unwrap_or_else(|| panic!("no {name}"));
            assert!(bundle.output(place).unwrap().bytes.len() > 200, "{name}");
        }
    }
}

#[test]
fn percentiles_that_replications_are_too_few_for_are_absent() {
    let percentiles = |replications: &str| {
        let model = model(&STUDY.replace("replications = 24", replications));
        let runs = Experiment::new(&model).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"));
        runs.summary().scenarios.swap_remove(1).percentiles
    };
    let ten = percentiles("replications = 10");
    assert!(ten.values().all(|its| its.p5.is_none() && its.p95.is_none() && its.median.is_some()), "{ten:?}");
    assert!(percentiles("replications = 3").is_empty());
}
