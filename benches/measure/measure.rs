//! Measures by the clock, through the public library alone: jobs for comparing engines, cost by size, cost by mechanism.
//!
//! `cargo run --release --example measure -- --help` lists the verbs. `docs/performance.md` shows what they print.

#![allow(clippy::expect_used, reason = "a measurement that cannot be made should say so and stop")]
#![allow(clippy::panic, reason = "the same, with the faults")]
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod clock;
mod grid;
mod job;
mod mechanisms;
mod sizes;
mod variants;
#[path = "../work/mod.rs"]
mod work;

use clap::{Parser, Subcommand};

/// Measures polku by the clock.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs J1, J2 or J3a once and prints one line of JSON, in the form that other engines' programs print
    Job(job::Job),
    /// Prints the instruction set that the engine works with
    Lanes,
    /// Measures J1 at 10,000, 100,000, ... customers; prints a table and draws the chart
    Sizes(sizes::Sizes),
    /// Runs generated ordinary studies whole, and says which take longer than their size calls for
    Grid(grid::Grid),
    /// Switches on one mechanism at a time and prints what each adds
    Mechanisms(mechanisms::Mechanisms),
}

fn main() {
    match Arguments::parse().verb {
        Verb::Job(job) => job.measure(),
        Verb::Lanes => println!("{}", work::lanes()),
        Verb::Sizes(sizes) => sizes.measure(),
        Verb::Grid(grid) => grid.measure(),
        Verb::Mechanisms(mechanisms) => mechanisms.measure(),
    }
}
