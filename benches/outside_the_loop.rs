//! What happens once a run, a replication or a period: reading and compiling a study, its exact expectations, and what
//! customers in line come to.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

mod work;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use polku::inside::estimate::exact::Exact;
use polku::inside::stats::switchboard::{Block, Channel, Desk, Exchange, Group, Switchboard, Way};
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

/// Phone, chat, e-mail and a bot at their limit: people with priority where `first` says so, by which share.
fn contact_centre(first: f64) -> Exchange {
    let desk = |staff: f64, handle: f64, patience: f64| {
        let blocks = vec![Block { share: 1.0, hours: 170.0, staff }];
        Channel { open: 1.0, desk: Some(Desk { blocks, handle, patience, variability: 1.0 }) }
    };
    let channels =
        vec![desk(14.0, 6.0, 2.0), desk(6.0, 10.0, 5.0), desk(1.0, 15.0, 1_440.0), Channel { open: 1.0, desk: None }];
    let group = |share: f64, first: bool| Group {
        ways: [(21_000.0, 0.86), (5_500.0, 0.84), (500.0, 0.8), (6_000.0, 0.55)]
            .map(|(load, solves)| Way { first, handle: [1.0, 1.1], ..Way::plain(share * load, solves) })
            .to_vec(),
        switch: [[0.0, 0.5, 0.06, 0.0], [0.25, 0.0, 0.25, 0.0], [0.0; 4], [0.0; 4]].concat(),
        again: [[0.85, 0.0, 0.05, 0.0], [0.6, 0.3, 0.05, 0.0], [0.8, 0.0, 0.0, 0.0], [0.9, 0.0, 0.0, 0.0]].concat(),
    };
    Exchange { channels, groups: vec![group(1.0 - first, false), group(first, first > 0.0)] }
}

fn switchboard(criterion: &mut Criterion) {
    for (name, first) in [("solve a switchboard of four channels", 0.0), ("solve one with priority", 0.2)] {
        let (exchange, mut board) = (contact_centre(first), Switchboard::default());
        criterion.bench_function(name, |bencher| bencher.iter(|| board.solve(black_box(&exchange))));
    }
}

criterion_group!(benches, compile, exact, switchboard);
criterion_main!(benches);
