//! Variance by cost: what each estimator of a scenario's difference leaves to doubt for the same work, as Markdown.
//!
//! It counts customer-periods and reads no clock, so that the figures are the same on every machine.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench that cannot run says so and stops; it prints a table"
)]

use std::path::Path;

use polku::inside::engine::chance::design::Design;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::pilot::{Pilot, Size};
use polku::inside::estimate::uncertainty::efficiency::{choose, efficiency};
use polku::inside::model::metric::Metric;
use polku::inside::quantity::ScenarioId;
use polku::inside::study::source::Source;
use polku::{Model, Study};

/// 64,000 customers in a thousand batches: ratios of variances are known to 6 %.
const SIZE: Size = Size { batches: 1_000, customers: 64 };
/// The scenario that the benchmark journeys are compared with.
const FEWER: &str = "[scenarios.fewer_at_risk]\nchanges = [ { target = \"stages.active.to.at_risk\", set = 0.06 } ]\n";

fn main() {
    println!("Variance of the revenue difference times customer-periods, as a multiple of the least; gains are over");
    println!("independent streams.\n");
    println!("| study | scenario | independent | paired | forced | gain, paired | gain, forced | chosen |");
    println!("|---|---|---:|---:|---:|---:|---:|---|");
    for (study, more) in [("benches/studies/j1", FEWER), ("benches/studies/j2", FEWER), ("scenarios/retailer", "")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{study}.toml"));
        let text = std::fs::read_to_string(&path).expect("the study is there") + more;
        let source = Source::new("study.toml", path.parent().expect("a file lies in a folder"), &text);
        let study = Study::parse(&source).expect("the study reads");
        table(&Model::compile(&study).expect("the study compiles"));
    }
}

fn table(model: &Model) {
    let set = InstructionSet::best();
    let chosen = choose(model, Design::of(model), set);
    let pilot = Pilot::new(model, Design::of(model), set, SIZE);
    for (place, scenario) in model.scenarios.iter().enumerate().filter(|(place, _)| *place != model.baseline.index()) {
        let (study, name) = (&model.title, &scenario.name);
        let Some(trial) = pilot.as_ref().and_then(|pilot| pilot.trial(place, None)) else {
            println!("| {study} | {name} | | | not eligible | | | paired |");
            continue;
        };
        let found = efficiency(model, ScenarioId::from(place), &trial, &[Metric::Revenue]).remove(0);
        let work: Vec<f64> = found.variance.iter().zip(&found.cost).map(|(variance, cost)| variance * cost).collect();
        let least = work.iter().copied().fold(f64::INFINITY, f64::min);
        let [independent, paired, forced] = [work[0] / least, work[1] / least, work[2] / least];
        let chosen = chosen[place].map_or_else(|| "paired".to_owned(), |grain| format!("forced, 2^-{}", grain.0));
        let (by_paired, by_forced) = (found.gain(0, 1), found.gain(0, 2));
        println!(
            "| {study} | {name} | {independent:.1} | {paired:.2} | {forced:.2} | {by_paired:.0} | {by_forced:.0} | {chosen} |"
        );
    }
}
