//! What tests of the whole engine share: studies from text, run in process.
#![allow(dead_code, reason = "each test file uses its part")]

use polku::engine::experiment::Experiment;
use polku::estimate::runs::Runs;
use polku::estimate::summary::Summary;
use polku::model::Model;
use polku::study::Study;
use polku::study::source::Source;

/// The model of a study given as text; lists in files are looked for in `scenarios/`.
pub fn model(text: &str) -> Model {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let source = Source::new("test.toml", folder, text);
    let study = Study::parse(&source).unwrap_or_else(|faults| panic!("{faults:#?}"));
    Model::compile(&study, &source).unwrap_or_else(|faults| panic!("{faults:#?}")).0
}

/// The summary of a model's run on two threads.
pub fn summary(model: &Model) -> Summary {
    summary_of(model, &Experiment::new(model).threads(2))
}

/// The summary of an experiment.
pub fn summary_of(model: &Model, experiment: &Experiment<'_>) -> Summary {
    Runs::of(model, experiment).unwrap_or_else(|faults| panic!("{faults:#?}")).summary()
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
