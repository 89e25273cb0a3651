//! Contingency rules against what can be worked out by hand: who is stopped, what acts again, what is seen late, and money
//! that is watched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::experiment::Experiment;

/// A hundred customers who stay and bring 10 each, and a campaign that costs 100 a period and brings 1 more of each.
const STUDY: &str = r#"
[run]
period = "month"
horizon = 12
customers = 100
agents = 20
replications = 2
[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
values = { revenue = 10, service_cost = 3 }
[initiatives.campaign]
cost = { per_period = 100 }
effects = [ { target = "stages.active.values.revenue", add = 1 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { campaign = 1 }
"#;

/// Revenue and initiative cost of the plan with a rule.
fn totals(rule: &str) -> [f64; 2] {
    let summary = summary(&model(&format!("{STUDY}[[scenarios.plan.rules]]\n{rule}\n")));
    ["revenue", "initiative_cost"].map(|name| summary.scenarios[1].metrics[name].mean)
}

#[test]
fn an_initiative_that_is_stopped_has_its_last_period_before_the_response() {
    let when = |more: &str| format!("when = {{ metric = \"active_customers\", above = 0, {more} }}");
    for (more, last) in [("from = 4", 4.0), ("from = 4, delay = 2", 6.0), ("from = 1", 1.0)] {
        let found = totals(&format!("{}\nthen = {{ stop = [\"campaign\"] }}", when(more)));
        assert_eq!(found, [12_000.0 + 100.0 * last, 100.0 * last], "{more}");
    }
    let never = totals(&format!("{}\nthen = {{ stop = [\"campaign\"] }}", when("from = 12")));
    assert_eq!(never, [13_200.0, 1_200.0]);
}

#[test]
fn what_has_not_begun_does_not_begin_and_what_is_stopped_does_not_begin_again() {
    let late = STUDY.replace("campaign = 1 }", "campaign = 8 }");
    let rule = "when = { metric = \"active_customers\", above = 0, from = 4 }\nthen = { stop = [\"campaign\"] }";
    let again =
        "when = { metric = \"active_customers\", above = 0, from = 9 }\nthen = { initiatives = [\"campaign\"] }";
    for rules in [vec![rule], vec![rule, again], vec![again, rule]] {
        let rules: Vec<String> = rules.iter().map(|rule| format!("[[scenarios.plan.rules]]\n{rule}\n")).collect();
        let summary = summary(&model(&format!("{late}{}", rules.concat())));
        assert_eq!(summary.scenarios[1].metrics["initiative_cost"].mean, 0.0);
        assert_eq!(summary.scenarios[1].metrics["revenue"].mean, 12_000.0);
    }
}

#[test]
fn a_rule_that_acts_again_does_what_as_many_changes_would() {
    let change = |what: &str| format!("{{ target = \"stages.active.values.revenue\", {what} }}");
    for (op, each) in [("add = 1", "add = 1"), ("times = 1.1", "times = 1.1")] {
        let rule = format!(
            "when = {{ metric = \"active_customers\", above = 0, from = 2 }}\nthen = {{ changes = [ {} ] }}\nagain_after = 3",
            change(op)
        );
        // Seen in 2, 5, 8 and 11.
        let direct = [3, 6, 9, 12].map(|from| change(&format!("{each}, from = {from}"))).join(", ");
        let direct = format!("{STUDY}changes = [ {direct} ]\n");
        let expected = summary(&model(&direct)).scenarios[1].metrics["revenue"].mean;
        let [revenue, _] = totals(&rule);
        assert!((revenue - expected).abs() < 1e-6, "{op}: {revenue}, not {expected}");
    }
    let once = totals(
        "when = { metric = \"active_customers\", above = 0, from = 2 }\n\
         then = { changes = [ { target = \"stages.active.values.revenue\", add = 1 } ] }",
    );
    assert_eq!(once[0], 13_200.0 + 100.0 * 10.0);
}

#[test]
fn a_rule_is_told_as_it_is_written() {
    let rule = "when = { metric = \"cash_flow\", below = -50, from = 2, delay = 1 }\n\
                then = { stop = [\"campaign\"], changes = [ { target = \"stages.active.values.revenue\", add = 1, segments = [\"all\"] } ] }\n\
                again_after = 3";
    let model = model(&format!("{STUDY}[[scenarios.plan.rules]]\n{rule}\n"));
    let business = Experiment::new(&model).threads(2).run().unwrap().business();
    let told = &business.roadmaps[1].rules[0];
    assert_eq!(told.when, "cash flow is below -50 in a month from 2 to 12, seen a month late, again after 3 months");
    assert_eq!(told.then, "stop “campaign”; stages.active.values.revenue: add 1");
}

/// In which periods the response to the only rule of the plan begins, in each replication.
fn fired(study: &str) -> Vec<Vec<u32>> {
    let model = model(study);
    let mut seen = Vec::new();
    let simulation = Simulation::new(&model, Design::of(&model));
    simulation.threads(2).run(|replication| seen.push(replication.fired[1][0].clone())).unwrap();
    seen
}

#[test]
fn money_is_watched_as_the_books_have_it() {
    // Cash flow of the plan: 1,000 of revenue and 100 of the effect less 300 of service, less 140 for 20 who come, less
    // what the initiative costs: 900 once and a third of 600 in period 2, and from period 5 on 30 and 0.5 of each customer.
    let study = STUDY
        .replace(
            "start = { active = 1 }",
            "start = { active = 1 }\ninflow = { per_period = 20, cost = 7, start = { gone = 1 } }",
        )
        .replace("[initiatives.campaign]", "[stages.gone]\n[initiatives.campaign]\nbuild = 3")
        .replace("{ per_period = 100 }", "{ once = 900, build = 600, per_customer = 0.5 }")
        .replace("campaign = 1 }", "campaign = 2 }");
    let worth = [(1, 560.0), (2, -540.0), (3, 360.0), (4, 360.0), (5, 610.0)];
    let rule = |metric: &str, bound: f64, period: u32| {
        format!(
            "{study}[[scenarios.plan.rules]]\nwhen = {{ metric = \"{metric}\", above = {bound}, from = {period}, by = {period} }}\n\
             then = {{ stop = [\"campaign\"] }}\n"
        )
    };
    let is_above = |metric: &str, bound: f64, period: u32| fired(&rule(metric, bound, period))[0] == [period + 1];
    for (period, cash) in worth {
        assert!(is_above("cash_flow", cash - 0.01, period), "more than {cash} in {period}");
        assert!(!is_above("cash_flow", cash + 0.01, period), "no more than {cash} in {period}");
    }
    for (metric, amount) in [("margin", 1_100.0), ("cost", 440.0)] {
        assert!(is_above(metric, amount - 0.01, 5) && !is_above(metric, amount + 0.01, 5), "{metric}");
    }
}

#[test]
fn margin_is_that_share_of_what_is_bought() {
    let study = STUDY.replace(
        "values = { revenue = 10, service_cost = 3 }",
        "purchases = { rate = 1, basket = \"gamma(mean=20, sd=8)\", margin = 0.25 }",
    );
    let study = study
        .replace("stages.active.values.revenue\", add = 1", "stages.active.purchases.rate\", times = 1.1")
        .replace("replications = 2", "replications = 40");
    let rule = |metric: &str, bound: f64| {
        format!(
            "{study}[[scenarios.plan.rules]]\nwhen = {{ metric = \"{metric}\", above = {bound} }}\nthen = {{ stop = [\"campaign\"] }}\n"
        )
    };
    let seen = fired(&rule("margin", 600.0));
    assert!(seen.iter().any(Vec::is_empty) || seen.iter().any(|fired| fired != &seen[0]), "the bound tells them apart");
    assert_eq!(seen, fired(&rule("revenue", 2_400.0)));
}
