//! The work that is benchmarked has known answers: the benchmarks measure the right thing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails"
)]

mod common;

use common::{model, summary};
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::summary::ScenarioSummary;

const CUSTOMERS: f64 = 8_000.0;

fn small(name: &str) -> String {
    let path = format!("{}/benches/studies/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.replace("1_000_000", "8_000").replace("replications = 1\n", "replications = 40\n")
}

fn close(run: &ScenarioSummary, name: &str, expected: f64) {
    let estimate = run.metrics.get(name).or_else(|| run.stages_at_end.get(name)).unwrap();
    let error = estimate.standard_error.unwrap();
    let z = (estimate.mean - expected) / error.max(expected * 1e-9);
    assert!(z.abs() < 4.5, "{name}: {} simulated, {expected} expected, z = {z}", estimate.mean);
}

#[test]
fn j1_agrees_with_powers_of_its_matrix() {
    // Powers of the 6 x 6 matrix: shares at the end, and revenue per customer over 60 periods.
    let shares = [
        ("active", 0.124_175_812_564_930_77),
        ("at_risk", 0.016_669_680_048_245_386),
        ("lapsed", 0.020_248_296_364_120_64),
        ("churned", 0.838_906_164_957_112_7),
    ];
    let revenue = 544.185_901_305_302_9;
    let model = model(&small("j1"));
    let exact = Exact::of(&model).unwrap();
    let run = summary(&model);
    for (stage, share) in shares {
        let solved = exact.mean(&model, "today", &format!("customers.{stage}")).unwrap();
        assert!((solved / CUSTOMERS - share).abs() < 1e-12, "{stage}: {solved}");
        close(&run.scenarios[0], stage, share * CUSTOMERS);
    }
    assert!((exact.mean(&model, "today", "revenue").unwrap() / CUSTOMERS - revenue).abs() < 1e-9);
    close(&run.scenarios[0], "revenue", revenue * CUSTOMERS);
}

#[test]
fn j2_agrees_with_quadrature_over_stage_and_satisfaction() {
    // A forward recursion on a grid of 2,001 satisfactions, error below 1e-6: shares at the end, revenue per
    // customer over 60 periods, mean satisfaction of those who have not churned.
    let shares =
        [("active", 0.168_523_70), ("at_risk", 0.018_151_576_8), ("lapsed", 0.020_907_269), ("churned", 0.792_417_396)];
    let model = model(&small("j2"));
    let exact = Exact::of(&model).unwrap();
    let solved = |metric: &str, expected: f64| {
        let found = exact.mean(&model, "today", metric).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-6, "{metric}: {found} solved, {expected} expected");
    };
    solved("revenue", 906.049_22 * CUSTOMERS);
    solved("satisfaction", 0.674_144_68);
    let run = summary(&model);
    for (stage, share) in shares {
        solved(&format!("customers.{stage}"), share * CUSTOMERS);
        close(&run.scenarios[0], stage, share * CUSTOMERS);
    }
    close(&run.scenarios[0], "revenue", 906.049_22 * CUSTOMERS);
    close(&run.scenarios[0], "satisfaction", 0.674_144_68);
}
