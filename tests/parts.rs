//! Parts of a run that are run apart, written, read back and folded give the bytes of one run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{EVERYTHING, model, small_retailer, with};
use polku::inside::engine::exact::depth::Depth;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::extras::Extras;
use polku::inside::estimate::record::Record;
use polku::inside::estimate::runs::Runs;
use polku::inside::faults::Cause;
use polku::inside::report::Report;
use polku::inside::report::form::{Charts, Form};

/// The bytes of everything that is written of a run, but for charts.
fn written(runs: &Runs) -> Vec<(String, Vec<u8>)> {
    let mut report = Report::new(runs);
    let bundle = report.bundle(Form { charts: Charts::None, ..Form::default() }).unwrap();
    let outputs = (0..bundle.len()).map(|place| bundle.output(place).unwrap());
    outputs
        .map(|output| (output.name, output.bytes.into_owned()))
        .filter(|(name, _)| !name.ends_with(".xlsx"))
        .collect()
}

/// The run in parts that begin at these replications, each of them written and read back.
fn folded(experiment: &Experiment, begins: &[u32]) -> Runs {
    let all = experiment.model().run.replications;
    let ends = begins[1..].iter().copied().chain([all]);
    let record = |(begin, end)| {
        let record = experiment.range(begin..end).unwrap();
        assert_eq!(record.range(), begin..end);
        Record::from_bytes(&record.to_bytes().unwrap()).unwrap()
    };
    let records: Vec<Record> = begins.iter().copied().zip(ends).map(record).collect();
    Runs::fold(experiment, records).unwrap()
}

fn check(experiment: &Experiment, begins: &[u32]) -> Runs {
    let whole = experiment.run().unwrap();
    let parts = folded(experiment, begins);
    for ((name, one), (_, other)) in written(&whole).into_iter().zip(written(&parts)) {
        assert!(one == other, "{name} differs");
    }
    whole
}

#[test]
fn parts_of_a_coupled_run_fold_into_the_whole() {
    check(&Experiment::new(&model(&small_retailer())).threads(2), &[0, 1, 3]);
}

#[test]
fn parts_with_uncertain_numbers_and_the_pilots_choice_fold_into_the_whole() {
    let study =
        with(EVERYTHING, &[("AWAY", "\"0.05 to 0.15\""), ("BACK", "0.3"), ("replications = 150", "replications = 70")]);
    let experiment = Experiment::new(&model(&study)).threads(2);
    check(&experiment, &[0, 65]);
    check(&experiment.forced(&[None, Some(Resolution(3))]).exact(Depth::None), &[0, 10, 11]);
}

/// Draws of expectations that take more than they may, across the parts.
#[test]
fn what_one_run_gives_up_its_parts_give_up() {
    let study = r#"
run = { period = "month", horizon = 6, customers = 1_000, agents = 50, replications = 200, seed = 3 }
segments.all = { share = 1, start = { new = 1 } }
stages.new = { retained = true, to.old = "0.2 to 0.3" }
stages.old = { retained = true, values.revenue = 5, to.gone = "0.05 to 0.1" }
stages.gone = {}
scenarios.today = {}
scenarios.better = { changes = [{ target = "stages.old.to.gone", odds = 0.8 }] }
"#;
    let experiment = Experiment::new(&model(study)).threads(2).exact(Depth::Draws);
    let given_up = experiment.clone().tuned(|extras| Extras { allowance: 5_000.0, ..extras });
    for begins in [[0, 100].as_slice(), &[0, 30, 64, 190]] {
        let whole = check(&given_up, begins);
        assert_eq!(whole.summary().exact_at, Some(Depth::Medians));
        let audited = whole.summary().audit.replications;
        assert!(audited > 0 && audited < 200, "{audited}");
    }
    assert_eq!(check(&experiment, &[0, 100]).summary().exact_at, Some(Depth::Draws));
}

#[test]
fn what_is_solved_beside_a_run_with_rules_is_solved_beside_its_parts() {
    for leaves in ["0.1", "\"0.05 to 0.15\""] {
        let study = format!(
            r#"
run = {{ period = "month", horizon = 8, customers = 4_000, agents = 200, replications = 20, seed = 8 }}
segments.all = {{ share = 1, start = {{ new = 0.5, old = 0.5 }} }}
stages.new = {{ retained = true, to.old = 0.3 }}
stages.old = {{ retained = true, values.revenue = 5, to.gone = {leaves} }}
stages.gone = {{}}
initiatives.care = {{ effects = [{{ target = "stages.old.to.gone", odds = 0.5 }}] }}
scenarios.today = {{}}
scenarios.watched = {{ rules = [{{ when = {{ metric = "retention", below = 0.9, from = 2 }}, then = {{ initiatives = ["care"] }} }}] }}
"#
        );
        let experiment = Experiment::new(&model(&study)).threads(2);
        let whole = check(&experiment, &[0, 7]);
        assert_eq!(whole.summary().audit.replications, 20);
    }
}

#[test]
fn records_of_something_else_are_refused() {
    let experiment = Experiment::new(&model(&small_retailer()));
    let part = |range| experiment.range(range).unwrap();
    let fault = |records: Vec<Record>, experiment: &Experiment| {
        let Err(faults) = Runs::fold(experiment, records) else { panic!("it folds") };
        faults.to_string()
    };
    assert!(fault(vec![part(0..2)], &experiment).contains("end before replication 2"));
    assert!(fault(vec![part(0..1), part(2..4)], &experiment).contains("replication 1 is wanted next"));
    assert!(fault(vec![part(0..4)], &experiment.clone().seed(7)).contains("another study"));
    assert!(fault(vec![part(0..4)], &experiment.clone().exact(Depth::None)).contains("asked for something else"));
    assert!(experiment.range(2..2).is_err() && experiment.range(3..5).is_err());
    let bytes = part(0..1).to_bytes().unwrap();
    for wrong in [&bytes[1..], &bytes[..bytes.len() - 1], &[bytes.clone(), vec![0]].concat(), &[]] {
        assert!(Record::from_bytes(wrong).is_err());
    }
}

#[test]
fn whoever_is_told_of_progress_can_stop_a_run() {
    let told = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&told);
    let stop = move |done: u64| {
        if seen.fetch_add(done, Ordering::Relaxed) + done >= 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let experiment = Experiment::new(&model(&small_retailer()));
    let Err(faults) = experiment.clone().threads(1).progress(stop).run() else { panic!("it was stopped") };
    assert_eq!((faults.cause, told.load(Ordering::Relaxed)), (Cause::Stopped, 2));
    assert!(experiment.replications(0).run().is_err_and(|faults| faults.cause == Cause::Wrong));
}
