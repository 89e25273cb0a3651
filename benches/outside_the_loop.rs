//! What happens once a run or once a replication: reading and compiling a study, and its exact expectations.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

mod work;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use polku::inside::estimate::exact::Exact;
use polku::{Model, Study};

use work::{J1, RETAILER, model, path};

fn compile(criterion: &mut Criterion) {
    let retailer = path(RETAILER);
    criterion.bench_function("read the retailer", |bencher| {
        bencher.iter(|| Study::read(black_box(&retailer)).expect("the study reads"));
    });
    let study = Study::read(&retailer).expect("the study reads");
    criterion.bench_function("compile the retailer", |bencher| {
        bencher.iter(|| Model::compile(black_box(&study)).expect("the study compiles"));
    });
}

fn exact(criterion: &mut Criterion) {
    let model = model(J1, &[]);
    criterion.bench_function("solve the Markov journey exactly", |bencher| {
        bencher.iter(|| Exact::of(black_box(&model)).expect("nothing couples its customers"));
    });
}

criterion_group!(benches, compile, exact);
criterion_main!(benches);
