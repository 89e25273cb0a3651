//! The work that is measured, and the clock that measures it. Shared by everything in `benches/`.

#![allow(dead_code, reason = "each bench uses a part of it")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use polku::inside::engine::chance::design::Design;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::study::setting::Setting;
use polku::inside::study::source::Source;
use polku::{Experiment, Model, Study};

/// The Markov journey: stages, chances, revenue by stage.
pub const J1: &str = "benches/studies/j1.toml";
/// The journey with memory: satisfaction, bent rows, purchases and baskets.
pub const J2: &str = "benches/studies/j2.toml";
/// The journey with touchpoints: J2, what customers expect, remember and hold to, and three touchpoints.
pub const J3A: &str = "benches/studies/j3a.toml";
/// J3a with three staffed channels.
pub const J3: &str = "benches/studies/j3.toml";
/// The shipped study that uses most of the language.
pub const RETAILER: &str = "scenarios/retailer.toml";

/// The vector instructions to work with: those that `POLKU_LANES` names, else the widest that the processor has.
fn set() -> InstructionSet {
    std::env::var("POLKU_LANES").map_or_else(
        |_| InstructionSet::best(),
        |name| InstructionSet::named(&name).expect("POLKU_LANES names vector instructions that this processor has"),
    )
}

/// The name of the vector instructions, as the baseline of instruction counts and tables have it.
pub fn lanes() -> String {
    set().name().to_owned()
}

/// The experiment of a model, with the vector instructions that were asked for.
pub fn experiment(model: &Model, threads: usize) -> Experiment {
    Experiment::new(model).threads(threads).instructions(set())
}

/// The simulation of a model, with the vector instructions that were asked for.
pub fn simulation(model: &Model, threads: usize) -> Simulation<'_> {
    Simulation::new(model, Design::of(model)).threads(threads).instructions(set())
}

/// The path of a file of this package.
pub fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// A study of this package, compiled, with some of its numbers set as `--set` would.
pub fn model(file: &str, settings: &[(&str, &str)]) -> Model {
    let settings: Vec<Setting> = settings
        .iter()
        .map(|(path, value)| Setting { path: (*path).to_owned(), value: (*value).to_owned(), option: None })
        .collect();
    let mut source = Source::read(path(file)).expect("the study is there");
    let study = Study::parse_with(&mut source, &settings).expect("the study reads");
    Model::compile(&study).expect("the study compiles")
}

/// A study written in place, compiled.
pub fn written(text: &str) -> Model {
    let source = Source::new("written.toml", env!("CARGO_MANIFEST_DIR"), text);
    let study = Study::parse(&source).expect("the study reads");
    Model::compile(&study).expect("the study compiles")
}

/// How many customers are taken through how many periods, of all scenarios and replications; the gone count on.
pub fn customer_periods(model: &Model) -> u64 {
    let run = &model.run;
    let lives = u64::from(run.agents) * u64::from(run.replications) * model.scenarios.len() as u64;
    lives * u64::from(run.horizon)
}

/// Runs the whole simulation and drops what it counts.
pub fn run(simulation: &Simulation<'_>) {
    simulation.run(|replication| drop(black_box(replication))).expect("the rows are sound");
}

/// What a piece of work takes.
#[expect(clippy::disallowed_methods, reason = "a clock is what a bench is for; no result reads it")]
pub fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
