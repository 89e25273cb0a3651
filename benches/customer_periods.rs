//! Customer-periods per second: how many customers are taken through how many periods, of all scenarios.
//!
//! `cargo bench --bench customer_periods` prints the time and `elem/s`, which are customer-periods per second.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

mod work;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use polku::Model;

use work::{J1, J2, J3A, RETAILER, customer_periods, model, run, simulation};

fn simulate(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, model: &Model) {
    group.throughput(Throughput::Elements(customer_periods(model)));
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for threads in [1, 2] {
        let simulation = simulation(model, threads);
        group.bench_function(format!("{name}, threads: {threads}"), |bencher| bencher.iter(|| run(&simulation)));
    }
}

fn journeys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("J1, plain Markov");
    simulate(&mut group, "1,000,000 customers", &model(J1, &[]));
    group.finish();

    let mut group = criterion.benchmark_group("J2, with memory and purchases");
    simulate(&mut group, "250,000 customers", &model(J2, &[("run.agents", "250_000")]));
    group.finish();

    let mut group = criterion.benchmark_group("J3a, with touchpoints");
    simulate(&mut group, "250,000 customers", &model(J3A, &[("run.agents", "250_000")]));
    group.finish();
}

/// The shipped retailer has 20,000 simulated customers. Its customers hear from each other, so that all of them move
/// together: a hundred times as many no longer fit the caches. Fewer periods keep that bench short.
fn retailer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("retailer, everything at once");
    for (name, agents, replications, periods) in [
        ("20,000 customers, 4 replications", "20_000", "4", "36"),
        ("200,000 customers", "200_000", "1", "36"),
        ("2,000,000 customers, 6 periods", "2_000_000", "1", "6"),
    ] {
        let settings = [("run.agents", agents), ("run.replications", replications), ("run.horizon", periods)];
        simulate(&mut group, name, &model(RETAILER, &settings));
    }
    group.finish();
}

criterion_group!(benches, journeys, retailer);
criterion_main!(benches);
