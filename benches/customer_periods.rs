//! Customer-periods per second: how many customers are taken through how many periods, of all scenarios.
//!
//! `cargo bench --bench customer_periods` prints the time and `elem/s`, which are customer-periods per second.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use polku::study::setting::Setting;
use polku::{Experiment, Model, Study};

fn model(study: &str, settings: &[(&str, &str)]) -> Model {
    let settings: Vec<Setting> =
        settings.iter().map(|(path, value)| Setting { path: (*path).to_owned(), value: (*value).to_owned() }).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(study);
    let (study, source) = Study::read_with(path, &settings).expect("the study reads");
    Model::compile(&study, &source).expect("the study compiles").0
}

fn customer_periods(model: &Model) -> u64 {
    let run = &model.run;
    let lives = u64::from(run.agents) * u64::from(run.replications) * model.scenarios.len() as u64;
    lives * u64::from(run.horizon)
}

fn simulate(criterion: &mut Criterion, name: &str, model: &Model) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(customer_periods(model)));
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for threads in [1, 2] {
        let experiment = Experiment::new(model).threads(threads);
        group.bench_function(format!("{threads} threads"), |bencher| {
            bencher.iter(|| experiment.run(|replication| drop(black_box(replication))).expect("the rows are sound"));
        });
    }
    group.finish();
}

fn j1(criterion: &mut Criterion) {
    simulate(criterion, "J1, plain Markov", &model("benches/studies/j1.toml", &[]));
}

fn j2(criterion: &mut Criterion) {
    simulate(
        criterion,
        "J2, with memory and purchases",
        &model("benches/studies/j2.toml", &[("run.agents", "100_000")]),
    );
}

fn retailer(criterion: &mut Criterion) {
    simulate(criterion, "retailer", &model("scenarios/retailer.toml", &[("run.replications", "2")]));
}

criterion_group!(benches, j1, j2, retailer);
criterion_main!(benches);
