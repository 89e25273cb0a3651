//! What happens once a run or once a replication: reading and compiling a study, and its exact expectations.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use polku::estimate::exact::Exact;
use polku::{Model, Study};

fn path(study: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(study)
}

fn compile(criterion: &mut Criterion) {
    let retailer = path("scenarios/retailer.toml");
    criterion.bench_function("read the retailer", |bencher| {
        bencher.iter(|| Study::read(black_box(&retailer)).expect("the study reads"));
    });
    let (study, source) = Study::read(&retailer).expect("the study reads");
    criterion.bench_function("compile the retailer", |bencher| {
        bencher.iter(|| Model::compile(black_box(&study), &source).expect("the study compiles"));
    });
}

fn exact(criterion: &mut Criterion) {
    let (study, source) = Study::read(path("benches/studies/j1.toml")).expect("the study reads");
    let (model, _) = Model::compile(&study, &source).expect("the study compiles");
    criterion.bench_function("solve the Markov journey exactly", |bencher| {
        bencher.iter(|| Exact::of(black_box(&model)).expect("nothing couples its customers"));
    });
}

criterion_group!(benches, compile, exact);
criterion_main!(benches);
