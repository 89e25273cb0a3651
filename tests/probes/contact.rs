//! The mechanism of `docs/adding-a-mechanism.md` holds what every mechanism has to hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model, summary, text, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::{Estimator, ScenarioSummary, Summary};
use polku::inside::estimate::uncertainty::efficiency::choose;
use polku::inside::stats::moments::Moments;

/// Two contacts, one of them also by customers who are gone; what drives one of them drives moves too.
const STUDY: &str = r#"
run = { period = "month", horizon = 10, customers = 50_000, agents = 3_000, replications = 60, seed = 12 }
scenarios.today = {}
scenarios.calm.changes = [ { target = "contacts.hotline.rate.active", times = 0.5, from = 3 } ]
scenarios.kept.changes = [ { target = "stages.active.to.risky", odds = 0.6 } ]

[contacts.hotline]
rate = { active = 0.3, risky = 0.9, gone = 0.02 }
drivers = { need = 0.5 }
values = { hotline_cost = 6.5, minutes = 4 }
[contacts.branch]
rate = { active = 0.2, risky = 0.1 }
values = { branch_cost = 11 }

[segments.all]
share = 1
start = { active = 0.8, risky = 0.2 }
traits = { need = "normal(0, 0.6)" }
[outcomes.minutes]
[stages.active]
retained = true
to = { risky = MOVE, gone = 0.01 }
purchases = { rate = 0.4, basket = "lognormal(mean=30, sd=10)" }
[stages.risky]
retained = true
to = { active = 0.3, gone = 0.1 }
[stages.gone]
"#;

/// A study in which nothing waits for contacts, and one in which they drive moves.
fn plain() -> String {
    with(STUDY, &[("MOVE", "{ chance = 0.08, drivers = { need = 0.4 } }")])
}

fn driven() -> String {
    with(STUDY, &[("MOVE", "{ chance = 0.08, drivers = { hotline = 0.7, branch = -0.4 } }")])
}

fn scenario<'s>(run: &'s Summary, name: &str) -> &'s ScenarioSummary {
    run.scenarios.iter().find(|scenario| scenario.name == name).unwrap()
}

fn mean(run: &Summary, name: &str, metric: &str) -> f64 {
    scenario(run, name).metrics[metric].mean
}

#[test]
fn simulated_contacts_agree_with_their_exact_expectation() {
    let run = check_against_exact(&model(&plain()));
    for scenario in &run.scenarios {
        let exact = scenario.exact.as_ref().unwrap();
        assert!(exact["happened.hotline"] > exact["happened.branch"] && exact["happened.branch"] > 50_000.0);
    }
}

#[test]
fn without_moves_contacts_are_their_rate() {
    let still =
        with(&plain(), &[("gone = 0.01 }", "gone = 0 }"), ("{ chance = 0.08, drivers = { need = 0.4 } }", "0")]);
    let still = with(&still, &[("to = { active = 0.3, gone = 0.1 }", "to = { gone = 0 }")]);
    let still = model(&still);
    let run = check_against_exact(&still);
    let branch = 50_000.0 * 10.0 * (0.8 * 0.2 + 0.2 * 0.1);
    // The mean of exp(0.5 · need), and the rate over stages.
    let hotline = 50_000.0 * 10.0 * (0.8 * 0.3 + 0.2 * 0.9) * libm::exp(0.5 * 0.25 * 0.36);
    let exact = scenario(&run, "today").exact.as_ref().unwrap();
    assert!((exact["happened.branch"] / branch - 1.0).abs() < 1e-9, "{} {branch}", exact["happened.branch"]);
    assert!((exact["happened.hotline"] / hotline - 1.0).abs() < 1e-5, "{} {hotline}", exact["happened.hotline"]);
}

#[test]
fn what_a_contact_costs_is_in_the_ledger() {
    for study in [plain(), driven()] {
        let run = summary(&model(&study));
        for name in ["today", "calm", "kept"] {
            let its = scenario(&run, name);
            let near = |is: f64, wanted: f64| assert!((is / wanted - 1.0).abs() < 1e-9, "{name}: {is} {wanted}");
            let (hotline, branch) = (mean(&run, name, "happened.hotline"), mean(&run, name, "happened.branch"));
            near(its.lines["hotline_cost"].mean, 6.5 * hotline);
            near(its.lines["branch_cost"].mean, 11.0 * branch);
            near(its.outcomes["minutes"].mean, 4.0 * hotline);
            near(its.metrics["cost"].mean, 6.5 * hotline + 11.0 * branch);
        }
    }
}

/// What is simulated of every scenario, to the last bit, with names taken back.
fn told(study: &str, names: [&str; 2]) -> String {
    // A line goes by its contact, not by a name that is sorted.
    text(&summary(&model(study))).replace(names[0], "hotline").replace(names[1], "branch")
}

#[test]
fn neither_names_nor_order_move_a_number() {
    let tables = |study: &str| {
        let (start, end) = (study.find("[contacts.hotline]").unwrap(), study.find("[segments.all]").unwrap());
        let middle = study.find("[contacts.branch]").unwrap();
        [&study[..start], &study[middle..end], &study[start..middle], &study[end..]].concat()
    };
    // Twins: nothing but what they drive tells them apart.
    let twins = with(
        &driven(),
        &[(
            "rate = { active = 0.2, risky = 0.1 }\n",
            "rate = { active = 0.3, risky = 0.9, gone = 0.02 }\ndrivers = { need = 0.5 }\n",
        )],
    );
    let twins = with(&twins, &[("values = { branch_cost = 11 }", "values = { branch_cost = 6.5, minutes = 4 }")]);
    for study in [plain(), driven(), twins] {
        let before = told(&study, ["hotline", "branch"]);
        assert_eq!(told(&tables(&study), ["hotline", "branch"]), before);
        let renamed = study.replace("hotline", "aadesk").replace("branch", "zzshop");
        assert_eq!(told(&renamed, ["aadesk", "zzshop"]), before);
        let renamed = study.replace("hotline", "zzshop").replace("branch", "aadesk");
        assert_eq!(told(&renamed, ["zzshop", "aadesk"]), before);
    }
}

#[test]
fn two_contacts_do_not_share_their_draws() {
    let alike = with(
        &plain(),
        &[(
            "rate = { active = 0.3, risky = 0.9, gone = 0.02 }\ndrivers = { need = 0.5 }\n",
            "rate = { active = 0.2, risky = 0.1 }\n",
        )],
    );
    let alike = with(&alike, &[("values = { hotline_cost = 6.5, minutes = 4 }", "values = { hotline_cost = 11 }")]);
    let run = summary(&model(&with(&alike, &[("[outcomes.minutes]\n", "")])));
    let (hotline, branch) = (mean(&run, "today", "happened.hotline"), mean(&run, "today", "happened.branch"));
    assert!(hotline != branch, "twins have luck of their own");
    assert!((hotline / branch - 1.0).abs() < 0.015, "{hotline} {branch}");
}

#[test]
fn threads_and_blocks_change_nothing() {
    for study in [plain(), driven()] {
        let model =
            model(&study.replace("agents = 3_000", "agents = 9_000").replace("replications = 60", "replications = 3"));
        let run =
            |threads, block| text(&Experiment::new(&model).threads(threads).block(block).run().unwrap().summary());
        let first = run(1, 2048);
        for (threads, block) in [(8, 2048), (1, 128), (8, 128), (8, 7001)] {
            assert!(run(threads, block) == first, "{threads} threads, blocks of {block}");
        }
    }
}

/// One period in which nothing but the contacts of active customers drives them away.
const ONE: &str = r#"
run = { period = "month", horizon = 1, customers = 1_000_000, agents = 20_000, replications = 40, seed = 5 }
scenarios.today = {}
contacts.hotline.rate.active = 0.8
segments.all = { share = 1, start = { active = 1 } }
[stages.active]
to = { gone = { chance = 0.1, drivers = { hotline = 0.9 } } }
[stages.gone]
"#;

#[test]
fn contacts_drive_moves_of_the_same_period() {
    let model = model(ONE);
    let run = summary(&model);
    // The logit of leaving rises by 0.9 with each contact; contacts are Poisson.
    let (mut chance, mut left) = (libm::exp(-0.8), 0.0);
    for contacts in 0..60 {
        let odds = 0.1 / 0.9 * libm::exp(0.9 * f64::from(contacts));
        left += chance * odds / (1.0 + odds);
        chance *= 0.8 / f64::from(contacts + 1);
    }
    let retention = &scenario(&run, "today").metrics["retention"];
    let z = (retention.mean - (1.0 - left)) / retention.standard_error.unwrap();
    assert!(z.abs() < 4.5, "{} {} z = {z}", retention.mean, 1.0 - left);
    assert!(left > 0.17, "{left}");
}

#[test]
fn where_contacts_drive_nothing_is_called_exact_and_the_reason_is_told() {
    let model = model(&driven());
    let runs = Experiment::new(&model).run().unwrap();
    let why = runs.why_not_exact();
    assert!(why.iter().any(|why| why.contains("`hotline` drives")), "{why:?}");
    assert!(runs.summary().scenarios.iter().all(|scenario| scenario.exact.is_none()));
}

#[test]
fn a_scenario_with_other_rates_differs_in_contacts_and_its_difference_is_not_forced() {
    for study in [plain(), driven()] {
        let model = model(&study);
        let run = summary(&model);
        let calm = run.contrasts.iter().find(|contrast| contrast.scenario == "calm").unwrap();
        let fewer = &calm.metrics["happened.hotline"].estimate;
        assert!(fewer.high < -10_000.0, "{fewer:?}");
        assert_ne!(calm.estimator, Estimator::Coupled);
        assert_eq!(
            choose(&model, Design::of(&model), InstructionSet::best())[1],
            None,
            "rates differ, and not moves alone"
        );
        // Whose contacts differ is affected, whether they move otherwise or not.
        assert!(calm.affected_customers > 15_000.0, "{}", calm.affected_customers);
    }
}

#[test]
fn forced_differences_agree_with_paired_ones() {
    for study in [plain(), driven()] {
        let model = model(&study);
        let with = |grain| Experiment::new(&model).threads(2).forced(&[None, None, grain]).run().unwrap();
        let (paired, forced) = (with(None).summary(), with(Some(Resolution(2))));
        let pairs = paired.contrasts.iter().find(|contrast| contrast.scenario == "kept").unwrap();
        for metric in ["retention", "happened.hotline", "happened.branch", "cost", "purchases"] {
            let sample: Moments = forced.forced_differences(2, metric).into_iter().collect();
            let error = libm::sqrt(sample.variance().unwrap() / 60.0);
            let pair = &pairs.metrics[metric].estimate;
            let z = (sample.mean() - pair.mean) / libm::hypot(error, pair.standard_error.unwrap());
            assert!(z.abs() < 4.5, "{metric}: {} forced, {} paired, z = {z}", sample.mean(), pair.mean);
            assert!(sample.mean() != 0.0, "{metric}");
        }
    }
}
