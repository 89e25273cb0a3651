//! Instructions that one small run takes, counted under valgrind: the same in every run, so that a few per cent show.
//!
//! `benches/instructions/check` runs it and holds the counts against `benches/instructions/baseline.csv`.

#![allow(missing_docs, reason = "gungraun's macros make items without any")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should say so and stop")]

#[path = "../work/mod.rs"]
mod work;

use gungraun::prelude::*;
use gungraun::{Callgrind, EntryPoint};
use polku::Model;

use work::{J1, J2, RETAILER, model, run, simulation};

// The run has a thread to itself, and the engine may start further ones. `check` adds up all threads but the first, so
// that neither reading and compiling the study nor starting the program is in the count.
#[library_benchmark]
#[bench::j1(args = (J1, &[("run.agents", "100_000")]), setup = model)]
#[bench::j2(args = (J2, &[("run.agents", "20_000")]), setup = model)]
#[bench::retailer(
    args = (RETAILER, &[("run.agents", "2_000"), ("run.replications", "2"), ("run.horizon", "24")]),
    setup = model
)]
fn simulate(model: Model) {
    let simulation = simulation(&model, 1);
    std::thread::scope(|scope| {
        scope.spawn(|| run(&simulation));
    });
}

library_benchmark_group!(name = counts, benchmarks = simulate);

main!(
    config = LibraryBenchmarkConfig::default()
        // Without an entry point everything is counted, thread by thread; with one, only what the first thread does.
        .tool(Callgrind::default().entry_point(EntryPoint::None))
        .pass_through_env("POLKU_LANES")
        // What is shared among all processors where no number of threads was asked for.
        .env("RAYON_NUM_THREADS", "1"),
    library_benchmark_groups = counts
);
