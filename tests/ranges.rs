//! What is drawn stays in its range: the same check for every number of replications, and the same ends in every solver.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod common;

use common::{check_against_exact, model, summary};
use polku::inside::diagnostic::{Diagnostic, Severity};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::model::Model;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::study::Study;
use polku::inside::study::source::Source;

const ROW: &str = r#"
[run]
period = "month"
horizon = 2
customers = 1000
agents = 20
replications = 10000
seed = 3

[segments.all]
share = 1
start = { member = 1 }

[stages.member]
retained = true
to = { gone = "beta(mean=0.3, sd=0.08)", lost = "beta(mean=0.3, sd=0.08)" }
values = { revenue = 10 }

[stages.gone]
[stages.lost]

[scenarios.today]
"#;

/// The faults and warnings of a study.
fn found(text: &str) -> Vec<Diagnostic> {
    let source = Source::new("test.toml", "", text);
    match Study::parse(&source) {
        Err(faults) => faults.into_list(),
        Ok(study) => match Model::compile(&study) {
            Ok(model) => model.warnings().to_vec(),
            Err(faults) => faults.into_list(),
        },
    }
}

fn is_refused(text: &str) -> bool {
    found(text).iter().any(|fault| fault.severity == Severity::Error)
}

/// Two chances that add up to more than 1 with a probability of 5.06e-4, by numeric integration of their densities.
#[test]
fn what_is_rare_is_held_and_counted_and_every_solver_agrees() {
    let run = check_against_exact(&model(ROW));
    // A Poisson count of mean 5.1: outside these bounds once in 150 seeds.
    assert!((1..=13).contains(&run.replications_held), "{} of 10,000", run.replications_held);
    let certain = summary(&model(&ROW.replace("10000", "20").replace("sd=0.08", "sd=0.02")));
    assert_eq!(certain.replications_held, 0);
}

#[test]
fn the_check_does_not_hang_on_the_replications_nor_on_the_seed() {
    for replications in ["1", "50", "500", "1000000"] {
        for seed in ["1", "77"] {
            let text = ROW.replace("10000", replications).replace("seed = 3", &format!("seed = {seed}"));
            assert!(!is_refused(&text), "{replications} {seed}");
            // 4.3e-3, and a single law that leaves its range in 3.5e-3 of all draws.
            assert!(is_refused(&text.replace("sd=0.08", "sd=0.1")), "{replications} {seed}");
            let tail = text.replace("beta(mean=0.3, sd=0.08)\", lost", "lognormal(mean=0.15, sd=0.15)\", lost");
            assert!(is_refused(&tail), "{replications} {seed}");
        }
    }
}

#[test]
fn a_row_past_one_is_scaled() {
    let model = model(ROW);
    let mut drawn = model.central();
    let of = |to: &str| {
        let named = |place: &usize| model.params[*place].path.to_string() == format!("stages.member.to.{to}");
        (0..model.params.len()).find(named).unwrap()
    };
    drawn.values.0[of("gone")] = 0.9;
    drawn.values.0[of("lost")] = 0.3;
    let expected = Simulation::new(&model, Design::of(&model)).expected(&drawn, &planned(&model, &drawn)).unwrap();
    let stage = |name: &str| model.stages.iter().position(|stage| stage.name == name).unwrap();
    let after = expected[0][0].cells(CUSTOMERS, 1);
    for (name, share) in [("member", 0.0), ("gone", 0.75), ("lost", 0.25)] {
        assert!((after[stage(name)] - 1000.0 * share).abs() < 1e-9, "{name}: {after:?}");
    }
}

#[test]
fn what_hangs_together_is_reckoned_together() {
    let plain = r#"gone = "beta(mean=0.3, sd=0.09)", lost = "beta(mean=0.3, sd=0.09)""#;
    let study = ROW.replace(r#"gone = "beta(mean=0.3, sd=0.08)", lost = "beta(mean=0.3, sd=0.08)""#, plain);
    let together = |rank: &str| {
        format!(
            "{study}\n[[correlated]]\npaths = [\"stages.member.to.gone\", \"stages.member.to.lost\"]\nrank = {rank}\n"
        )
    };
    // 1.7e-3 apart; nothing where one is high when the other is low.
    assert!(is_refused(&study) && is_refused(&together("0.9")));
    assert!(!is_refused(&together("-0.9")));
}

#[test]
fn a_truncated_law_is_drawn_between_its_ends() {
    let text = ROW
        .replace(
            r#"gone = "beta(mean=0.3, sd=0.08)", lost = "beta(mean=0.3, sd=0.08)""#,
            r#"gone = "truncated(normal(0.02, 0.02), 0, 1)""#,
        )
        .replace("10000", "400");
    let model = model(&text);
    let param = model.params.iter().position(|param| param.path.to_string() == "stages.member.to.gone").unwrap();
    let draws: Vec<f64> = (0..400).map(|number| Design::of(&model).drawn(&model, number).values.0[param]).collect();
    assert!(draws.iter().all(|chance| (0.0..=1.0).contains(chance)));
    let law = &model.params[param].law;
    let mean = draws.iter().sum::<f64>() / 400.0;
    assert!((mean - law.mean()).abs() < 4.5 * law.sd() / 20.0, "{mean}");
    check_against_exact(&model);
}

/// A million purchases of a customer in a period: each counted, none drawn by itself.
#[test]
fn a_million_purchases_are_one_sum() {
    let text = ROW
        .replace(r#"gone = "beta(mean=0.3, sd=0.08)", lost = "beta(mean=0.3, sd=0.08)""#, "gone = 0.1, lost = 0.1")
        .replace("values = { revenue = 10 }", "purchases = { rate = 1e6, basket = \"lognormal(mean=10, sd=5)\" }")
        .replace("10000", "20");
    let warned = found(&text);
    assert!(warned.len() == 1 && warned[0].what.contains("buy up to 1e6 times"), "{warned:#?}");
    let run = check_against_exact(&model(&text));
    // Nothing but the number of customers makes money vary: one basket varies by 5, a million by 5,000 in 10 million.
    let metrics = &run.scenarios[0].metrics;
    let mean_basket = metrics["revenue"].mean / metrics["purchases"].mean;
    assert!((mean_basket - 10.0).abs() < 4.5 * 5.0 / libm::sqrt(1e6 * 20.0 * 1.4 * 20.0), "{mean_basket}");
    let one_price = text.replace("\"lognormal(mean=10, sd=5)\"", "10");
    let metrics = summary(&model(&one_price)).scenarios[0].metrics.clone();
    assert!((metrics["revenue"].mean / metrics["purchases"].mean - 10.0).abs() < 1e-12);
}

#[test]
fn leaving_after_one_of_very_many_purchases_is_as_likely_as_it_should_be() {
    let text = ROW
        .replace(
            r#"gone = "beta(mean=0.3, sd=0.08)", lost = "beta(mean=0.3, sd=0.08)""#,
            r#"gone = { chance = 0.00003, on = "purchase" }, lost = 0.1"#,
        )
        .replace("values = { revenue = 10 }", "purchases = { rate = 20000, basket = 10 }")
        .replace("10000", "60");
    check_against_exact(&model(&text));
}

#[test]
fn what_a_machine_could_not_hold_against_each_other_is_refused_in_words() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let initiatives = ROW.to_owned() + &many(10_001, &|i| format!("[initiatives.i{i}]\ncost.once = \"1 to 2\"\n"));
    assert!(found(&initiatives)[0].what.contains("10001 initiatives"));
    let paths = |count: usize| many(count, &|i| format!("\"initiatives.i{i}.cost.once\","));
    let costs = |count: usize| many(count, &|i| format!("[initiatives.i{i}]\ncost.once = \"1 to 2\"\n"));
    let correlated =
        |count: usize| format!("{ROW}{}\n[[correlated]]\npaths = [{}]\nrank = 0.3\n", costs(count), paths(count));
    assert!(found(&correlated(1_001))[0].what.contains("1001 numbers are drawn together"));
    assert!(!is_refused(&correlated(1_000)), "{:#?}", found(&correlated(1_000)).first());
    let unknown = ROW.to_owned() + &many(100_000, &|i| format!("key{i} = 1\n"));
    let told = found(&unknown);
    assert_eq!((told.len(), told.iter().filter(|fault| fault.what.contains("more faults")).count()), (101, 1));
    // So many faults, all in one line, each of them located.
    let line = format!(
        "{ROW}\n[scenarios.x]\nchanges = [{}]\n",
        many(20_000, &|i| format!("{{target=\"stages.ä{i}\",odds=1}},"))
    );
    assert_eq!(found(&line).len(), 101);
}
