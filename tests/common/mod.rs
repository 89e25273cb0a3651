//! What tests of the whole engine share: studies from text, run in process.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Output;

use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::exact::cohort::Solver;
use polku::inside::engine::exact::depth::Depth;
use polku::inside::engine::exact::satisfaction_grid::SatisfactionGrid;
use polku::inside::engine::table::program::Program;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::Summary;
use polku::inside::model::Model;
use polku::inside::quantity::{ScenarioId, SegmentId};
use polku::inside::study::Study;
use polku::inside::study::source::Source;

/// Customers who stay, in a stage without a quality: only touchpoints move them.
pub const STILL: &str = r#"
run = { period = "month", horizon = HORIZON, customers = 100_000, agents = 20_000, replications = 20, seed = 7 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[experience]
start = 0.5
neutral = 0.6
learning = 0.3
[stages.active]
retained = true
to = { gone = 0 }
[stages.gone]
"#;

/// The model of a study given as text; lists in files are looked for in `scenarios/`.
pub fn model(text: &str) -> Model {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let source = Source::new("test.toml", folder, text);
    let study = Study::parse(&source).unwrap_or_else(|faults| panic!("{faults:#?}"));
    Model::compile(&study).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The summary of a model's run on two threads.
pub fn summary(model: &Model) -> Summary {
    summary_of(&Experiment::new(model).threads(2))
}

/// The summary of an experiment.
pub fn summary_of(experiment: &Experiment) -> Summary {
    experiment.run().unwrap_or_else(|faults| panic!("{faults:#?}")).summary()
}

/// A summary as text, to the last digit of every number.
pub fn text(summary: &Summary) -> String {
    serde_json::to_string_pretty(summary).unwrap()
}

/// The shipped study of this name, made small.
pub fn small_retailer() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/retailer.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace("agents = 20_000 ", "agents = 1_500 ").replace("replications = 200", "replications = 4");
    assert!(text.contains("agents = 1_500") && text.contains("replications = 4"));
    text
}

/// Runs a model with the exact expectations of all that it draws, whatever they cost, and holds every figure against
/// its own: no further off than 4.5 standard errors.
pub fn check_against_exact(model: &Model) -> Summary {
    let experiment = Experiment::new(model).threads(2).exact(Depth::Draws);
    let runs = experiment.run().unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert!(runs.why_not_exact().is_empty(), "{:?}", runs.why_not_exact());
    let run = runs.summary();
    for scenario in &run.scenarios {
        let exact = scenario.exact.as_ref().unwrap();
        let metrics = scenario.metrics.iter().map(|(name, estimate)| (name.clone(), estimate));
        let outcomes = scenario.outcomes.iter().map(|(name, estimate)| (format!("outcomes.{name}"), estimate));
        let stages = scenario.stages_at_end.iter().map(|(name, estimate)| (format!("customers.{name}"), estimate));
        for (name, estimate) in metrics.chain(outcomes).chain(stages) {
            let Some(truth) = exact.get(&name).copied() else {
                // The time to convert has no expectation, nor has by how much touchpoints move satisfaction, nor a share of wallet.
                assert!(name == "time_to_convert" || name == "wallet" || name.ends_with(".weight"), "{name}");
                continue;
            };
            let mean = estimate.mean;
            let z = (mean - truth) / estimate.standard_error.unwrap().max(truth.abs() * 1e-9 + 1e-12);
            assert!(z.abs() < 4.5, "{name} of {}: {mean} simulated, {truth} exact, z = {z}", scenario.name);
        }
    }
    run
}

/// The expected flows of one scenario and segment at the medians, for one customer who comes in period `entry` (0: who is
/// there at the start), on the grid that is fine enough or, where `intervals` are given, on theirs.
pub fn expected(model: &Model, place: (ScenarioId, SegmentId), entry: usize, intervals: Option<usize>) -> Counts<f64> {
    let (program, drawn) = (Program::new(model), model.central());
    let solver = Solver::of(model, &program, Design::of(model)).unwrap();
    let mut came = vec![0.0; entry];
    came.push(1.0);
    match intervals {
        None => solver.at(&drawn).flows(place, &came),
        Some(intervals) => solver.on(&drawn, &SatisfactionGrid::new(intervals)).flows(place, &came),
    }
}

/// A study in which each of these texts, which it has, is another.
pub fn with(study: &str, others: &[(&str, &str)]) -> String {
    others.iter().fold(study.to_owned(), |study, (from, to)| {
        assert!(study.contains(from), "the study has no `{from}`");
        study.replace(from, to)
    })
}

/// Clocks, a sojourn, an own chance, drivers on satisfaction and on an ageing trait, leaving after purchases, money
/// on moves, two segments, an initiative that ramps up, and a change of prices beside that of chances. `AWAY` and `BACK`
/// stand for the chances to go away and to come back.
pub const EVERYTHING: &str = r#"
[run]
period = "month"
horizon = 18
customers = 30_000
agents = 1_500
replications = 150
seed = 5
discount_rate = 0.1
[segments.young]
share = 0.4
start = { fresh = 0.7, active = 0.3 }
traits = { age = "uniform(0, 6)", level = "gamma(mean=1.2, sd=0.5)" }
[segments.old]
share = 0.6
start = { fresh = 0.2, active = 0.8 }
traits = { age = "uniform(5, 30)", level = "lognormal(mean=0.9, sd=0.3)" }
[traits.age]
ages = true
[traits.level]
[traits.back]
law = "beta(2, 9)"
[stages.fresh]
retained = true
to = { active = { sojourn = "weibull(shape=1.5, scale=4)" }, gone = { chance = [0.08, 0.05, 0.02], by = "periods_in_stage" } }
on_move = { active = { welcome_cost = 7.5 } }
[stages.active]
retained = true
purchases = { rate = 0.6, basket = "lognormal(mean=40, sd=20)", margin = 0.3, basket_trait = "level" }
to = { away = AWAY, gone = { chance = [0.01, 0.02], by = "period" }, upset = { chance = 0.05, on = "purchase" } }
[stages.upset]
retained = true
values = { service_cost = 3.5, smiles = -1 }
to = { active = 0.5, gone = 0.2 }
[stages.away]
values = { smiles = 2 }
to = { active = BACK }
[stages.gone]
[outcomes.smiles]
discount_rate = 0.03
[initiatives.fix]
cost = { once = 1500, per_period = 50 }
build = 3
ramp = 4
effects = [ { target = "stages.active.to.away", odds = 0.5 }, { target = "stages.upset.values.service_cost", times = 1.5 } ]
[scenarios.today]
[scenarios.fixed]
initiatives = { fix = 2 }
changes = [ { target = "stages.*.to.gone", hazard = 0.9, from = 5, until = 12 } ]
"#;

/// What a program printed.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said on standard error, which is never a panic.
pub fn told(output: &Output) -> String {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!told.contains("panicked"), "{told}");
    told
}
