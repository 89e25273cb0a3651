//! What intervals look like where little is known: in range, with a width, absent and said why.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary};
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::{Estimator, Summary};

/// A journey in which customers leave with a chance, run so often with so many.
fn study(run: &str, gone: &str, more: &str) -> String {
    format!(
        r#"
run = {{ period = "month", horizon = 12, customers = 1_000, discount_rate = 0.08, {run} }}
segments.all = {{ share = 1, start = {{ member = 1 }} }}
stages.gone = {{}}
[stages.member]
retained = true
to = {{ gone = {gone} }}
values = {{ revenue = 10, service_cost = 4 }}
{more}"#
    )
}

const DEARER: &str =
    "[scenarios.today]\n[scenarios.dearer]\nchanges = [ { target = \"stages.member.values.revenue\", add = 1 } ]\n";
const PLAN: &str =
    "[scenarios.today]\n[scenarios.plan]\nchanges = [ { target = \"stages.member.to.gone\", times = 0.8 } ]\n";

fn said(summary: &Summary, what: &str) -> bool {
    summary.cautions.iter().any(|caution| caution.contains(what))
}

#[test]
fn a_share_of_few_customers_stays_between_0_and_1() {
    let found = summary(&model(&study("agents = 5, replications = 2", "0.1", DEARER)));
    for scenario in &found.scenarios {
        let retention = scenario.metrics["retention"];
        // Ten customers in all, independent of each other: Clopper and Pearson's interval of what was counted.
        assert!(0.0 <= retention.low && retention.low < retention.mean && retention.high < 1.0, "{retention:?}");
        assert!(retention.high - retention.low < 0.7, "{retention:?}");
        let active = scenario.metrics["active_customers"];
        assert!((active.low - 1_000.0 * retention.low).abs() < 1e-6 && active.high <= 1_000.0, "{active:?}");
    }
    assert!(said(&found, "With 2 replications intervals are wide"), "{:?}", found.cautions);
}

#[test]
fn an_event_that_was_not_seen_may_still_come() {
    let found = summary(&model(&study("agents = 100, replications = 5, seed = 4", "0.00001", PLAN)));
    let retention = found.scenarios[0].metrics["retention"];
    assert_eq!((retention.mean, retention.standard_error), (1.0, Some(0.0)));
    // R: binom.test(500, 500)$conf.int.
    assert!((retention.low - 0.992_649).abs() < 1e-5 && retention.high == 1.0, "{retention:?}");
    assert!(
        said(&found, "The retention of “today” rests on little: 0 simulated customers left"),
        "{:?}",
        found.cautions
    );
    // Nobody was seen to differ, and yet a few may.
    let contrast = &found.contrasts[0];
    for metric in ["retention", "active_customers", "churned", "revenue", "npv"] {
        let estimate = contrast.metrics[metric].estimate;
        assert!(estimate.mean == 0.0 && estimate.low < 0.0 && estimate.high > 0.0, "{metric} {estimate:?}");
    }
    assert!(said(&found, "The difference of “plan” is not known well: 0 simulated customers live otherwise"));
    let cost = contrast.metrics["initiative_cost"].estimate;
    assert!(cost.low == 0.0 && cost.high == 0.0, "nothing can move it: {cost:?}");
    // Every count stays between nobody and all.
    for (stage, estimate) in &found.scenarios[0].stages_at_end {
        assert!(
            estimate.low >= 0.0 && estimate.high <= 1_000.0 && estimate.low < estimate.high,
            "{stage} {estimate:?}"
        );
    }
}

#[test]
fn where_a_replication_shares_what_it_draws_an_event_that_was_not_seen_is_bounded_by_replications() {
    let found = summary(&model(&study("agents = 100, replications = 5, seed = 4", "\"0.00001 to 0.00002\"", PLAN)));
    let retention = found.scenarios[0].metrics["retention"];
    // R: binom.test(5, 5)$conf.int.
    assert!((retention.low - 0.478_176).abs() < 1e-5 && retention.high == 1.0, "{retention:?}");
    assert!(said(&found, "only replications count"), "{:?}", found.cautions);
}

#[test]
fn one_replication_has_no_interval_and_no_probability() {
    let found = summary(&model(&study("agents = 200, replications = 1", "0.1", PLAN)));
    let text = serde_json::to_value(&found).unwrap();
    assert_eq!(text["format"], 2);
    let retention = &text["scenarios"][0]["metrics"]["retention"];
    let npv = &text["contrasts"][0]["metrics"]["npv"];
    for estimate in [retention, npv] {
        assert!(estimate["mean"].is_number());
        for absent in ["standard_error", "low", "high", "probability_better", "probability_better_low"] {
            assert!(estimate.get(absent).is_none(), "{absent} in {estimate}");
        }
    }
    assert!(said(&found, "One replication has neither intervals nor probabilities"));
}

#[test]
fn a_probability_has_the_interval_of_a_binomial() {
    let found = summary(&model(&study("agents = 200, replications = 20", "0.1", PLAN)));
    let better = found.contrasts[0].metrics["npv"].better.unwrap();
    assert_eq!((better.share, better.high), (1.0, 1.0), "all 20 are better");
    // R: binom.test(20, 20)$conf.int.
    assert!((better.low - 0.831_567).abs() < 1e-5, "{better:?}");
    assert_eq!(found.cautions, Vec::<String>::new());
}

#[test]
fn a_difference_of_prices_is_known_although_nobody_lives_otherwise() {
    let found = summary(&model(&study("agents = 2_000, replications = 20", "0.1", DEARER)));
    let contrast = &found.contrasts[0];
    let npv = contrast.metrics["npv"].estimate;
    assert!(contrast.affected_agents == 0 && npv.low > 0.0 && npv.high - npv.low < 0.02 * npv.mean, "{npv:?}");
    for metric in ["retention", "active_customers", "churned", "cost"] {
        let estimate = contrast.metrics[metric].estimate;
        assert!(estimate.low == 0.0 && estimate.high == 0.0, "{metric} is the same whatever happens: {estimate:?}");
    }
    assert_eq!(found.cautions, Vec::<String>::new());
}

const SUCCESS: &str = "[initiatives.fix]\ncost = { once = 2000 }\nsuccess = 0.2\neffects = [ { target = \"stages.member.to.gone\", odds = 0.5 } ]\n\
                       [scenarios.today]\n[scenarios.better]\ninitiatives = { fix = 1 }\n";
const SHOCK: &str = "[scenarios.today]\n[[shocks]]\ntitle = \"Storm\"\nhazard = 0.01\neffects = [ { target = \"stages.member.to.gone\", odds = 3 } ]\n";

#[test]
fn what_hangs_on_a_rare_success_has_no_interval_until_it_comes_often_enough() {
    let few = summary(&model(&study("agents = 50, replications = 20", "0.05", SUCCESS)));
    let (today, better) = (&few.scenarios[0], &few.scenarios[1]);
    assert!(today.metrics.values().all(|its| its.standard_error.is_some()), "the baseline does not hang on it");
    assert!(better.metrics.values().all(|its| its.ends().is_none()) && better.controlled.is_empty());
    assert!(few.contrasts[0].metrics.values().all(|its| its.estimate.ends().is_none() && its.better.is_some()));
    let why = "“better” has no intervals of means: the success of “fix” comes about 4 times in 20 replications, too seldom to \
               tell what it is worth. 75 replications would do.";
    assert_eq!(few.cautions, [why]);
    let model_of_few = model(&study("agents = 50, replications = 20", "0.05", SUCCESS));
    let business = Experiment::new(&model_of_few).threads(2).run().unwrap().business();
    let case = &business.cases[0];
    assert!(case.paired.ends().is_none() && case.peak_funding.ends().is_none() && case.irr_low.is_none());
    assert!(case.return_on_investment.is_none_or(|its| its.low.is_none() && its.high.is_none()));
    let has_interval = |scenario: usize| business.cohorts[scenario].cohorts[0].lifetime_value.low.is_some();
    assert!(has_interval(0) && !has_interval(1), "what customers of the baseline are worth does not hang on it");
    assert!(case.probability_positive.is_some(), "probabilities are exact whatever is rare");
    let many = summary(&model(&study("agents = 50, replications = 75", "0.05", SUCCESS)));
    assert!(many.scenarios[1].metrics["npv"].standard_error.is_some() && !many.scenarios[1].controlled.is_empty());
}

#[test]
fn a_rare_shock_leaves_no_scenario_an_interval() {
    let few = summary(&model(&study("agents = 50, replications = 20", "0.05", SHOCK)));
    assert!(few.scenarios[0].metrics.values().all(|its| its.ends().is_none()));
    assert!(
        said(&few, "There are no intervals of means: the shock “Storm” comes about 2 times in 20 replications"),
        "{:?}",
        few.cautions
    );
}

#[test]
fn skewed_baskets_are_taken_at_their_mean_for_differences() {
    let buys = "purchases = { rate = 0.05, basket = \"lognormal(mean=40, sd=200)\" }\n";
    let text = study("agents = 100, replications = 10, seed = 3", "0.05", &format!("{buys}{PLAN}"));
    let found = summary(&model(&text));
    let contrast = &found.contrasts[0];
    assert_eq!(contrast.estimator, Estimator::PairedAtMeanBaskets);
    // What is spent is the purchases times the mean basket.
    let (revenue, purchases) = (contrast.metrics["revenue"].estimate, contrast.metrics["purchases"].estimate);
    let fees = contrast.metrics["revenue"].estimate.mean - 40.0 * purchases.mean;
    let cost = contrast.metrics["cost"].estimate.mean;
    assert!((fees / cost - 10.0 / 4.0).abs() < 1e-9, "{revenue:?} {purchases:?} {cost}");
    for scenario in &found.scenarios {
        let revenue = scenario.metrics["revenue"];
        assert!(revenue.low <= revenue.mean && revenue.mean <= revenue.high, "{revenue:?}");
    }
    assert!(said(&found, "Baskets vary by more than their mean"));
    let even = text.replace("lognormal(mean=40, sd=200)", "gamma(mean=40, sd=20)");
    assert_eq!(summary(&model(&even)).contrasts[0].estimator, Estimator::Paired);
}
