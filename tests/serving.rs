//! Serving customers at touchpoints: contacts, the work that they take, and what they cost, by closed forms.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, text, with};
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::money::business::{Business, ImpactChain};
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;
use polku::inside::quantity::UNITS_PER_ONE;
use polku::inside::stats::moments::Moments;

fn runs(text: &str) -> Runs {
    Experiment::new(&model(text)).threads(2).run().unwrap()
}

/// Holds a level against what it has to be, within 4.5 standard errors, or the rounding of single numbers where nothing is
/// drawn.
fn near(runs: &Runs, scenario: usize, metric: &str, truth: f64) {
    let its: Moments = runs.levels(scenario, metric).into_iter().collect();
    let error = libm::sqrt(its.variance().unwrap_or(0.0) / its.count() as f64);
    let z = (its.mean() - truth) / error.max(truth.abs() * 1e-6 + 1e-7);
    assert!(z.abs() < 4.5, "{metric}: {} instead of {truth}, z = {z}", its.mean());
}

/// Customers who stay and call; half of their calls are hard.
const CALLS: &str = r#"
run = { period = "month", horizon = 12, customers = 90_000, agents = 9_000, replications = 20, seed = 21 }
scenarios.today = {}
scenarios.quicker.changes = [ { target = "touchpoints.call.minutes", times = 0.5, from = 7 } ]
scenarios.for_firms.changes = [ { target = "touchpoints.call.ends.hard.minutes", set = 10, segments = ["firms"] } ]
[segments.homes]
share = 0.75
start = { active = 1 }
[segments.firms]
share = 0.25
start = { active = 1 }
[stages.active]
retained = true
to = { gone = 0 }
[stages.gone]
[touchpoints.call]
rate = 0.8
minutes = 6
ends.hard = { chance = 0.5, minutes = 22 }
[touchpoints.note]               # takes nobody's time
on = "call"
"#;

#[test]
fn contacts_minutes_and_people_have_their_closed_forms() {
    let runs = runs(CALLS);
    let calls = 0.8 * 90_000.0;
    // A note costs nothing and takes no time: it is no contact.
    near(&runs, 0, "contacts", 12.0 * calls);
    near(&runs, 0, "minutes", 12.0 * calls * 14.0);
    near(&runs, 0, "full_time", calls * 14.0 / 60.0 / (1720.0 / 12.0));
    // In a state as it is at the end: half the minutes of calls that are not hard, from period 7 on.
    near(&runs, 1, "minutes", calls * (6.0 * 14.0 + 6.0 * 12.5));
    near(&runs, 1, "full_time", calls * 12.5 / 60.0 / (1720.0 / 12.0));
    near(&runs, 2, "minutes", 12.0 * calls * (0.75 * 14.0 + 0.25 * 8.0));
    assert!(!runs.summary().scenarios[0].metrics.contains_key("cost_to_serve"), "no call costs anything");
}

#[test]
fn a_full_time_person_works_as_many_hours_as_the_study_says_whatever_the_period_is() {
    for (period, years) in [("week", 7.0 / 365.25), ("quarter", 0.25), ("year", 1.0)] {
        let hours = format!("seed = 21, full_time_hours = 1000, period = \"{period}\"");
        let study =
            with(CALLS, &[("seed = 21", &hours), ("period = \"month\", ", ""), ("horizon = 12", "horizon = 9")]);
        near(&runs(&study), 0, "full_time", 0.8 * 90_000.0 * 14.0 / 60.0 / (1000.0 * years));
    }
}

/// Everything is certain: each customer calls once in every period, in an initiative's second wave as well.
const CERTAIN: &str = r#"
run = { period = "year", horizon = 6, customers = 100, agents = 20, replications = 3, seed = 1, discount_rate = 0.1 }
scenarios.today = {}
scenarios.plan.initiatives = { tool = 1 }
[segments.a]
share = 0.6
start = { on = 1 }
[segments.b]
share = 0.4
start = { on = 1 }
[stages.on]
retained = true
to = { gone = 0 }
values = { revenue = 50, service_cost = 7 }
[stages.gone]
[touchpoints.call]
chance = 1
minutes = 30
values = { care_cost = 4 }
ends.solved = { chance = 1, minutes = 12, values = { care_cost = 3 } }
[initiatives.tool]
cost = { once = 1_000, per_customer = 1, per_contact = { call = 3, "call.solved" = 0.5 } }
build = 2
waves = { b = 1 }
effects = [ { target = "touchpoints.call.ends.solved.minutes", set = 9 } ]
"#;

#[test]
fn an_initiative_pays_for_each_contact_from_the_period_on_in_which_it_reaches_the_customer() {
    let business = runs(CERTAIN).business();
    let books = &business.books;
    let line = books.lines.iter().position(|line| line.name == "initiatives.tool.running").unwrap();
    let units: Vec<f64> = books.scenarios[1].totals[line].iter().map(|units| *units as f64 / UNITS_PER_ONE).collect();
    // 4.5 a customer, 3.5 of it for the call: 60 customers from period 3 on, 40 more from period 4 on.
    assert_eq!(units, [0.0, 0.0, 0.0, 270.0, 450.0, 450.0, 450.0]);
    assert!(books.scenarios[0].totals[line].iter().all(|units| *units == 0));
    let of_b = |cell: &&polku::inside::estimate::money::business::BookCell| {
        cell.line == line && cell.segment.as_deref() == Some("b")
    };
    let of_b: i128 = books.scenarios[1].cells.iter().filter(of_b).map(|cell| cell.units).sum();
    assert_eq!(of_b as f64 / UNITS_PER_ONE, 3.0 * 40.0 * 4.5);
    // And it is in the net present value.
    let npv = units.iter().enumerate().map(|(t, x)| x / libm::pow(1.1, t as f64)).sum::<f64>() + 1000.0 / 1.1;
    assert!((business.cases[0].npv.mean + npv).abs() < 1e-6, "{} {npv}", business.cases[0].npv.mean);
}

#[test]
fn what_ends_say_of_minutes_and_money_stands_in_place_of_what_the_touchpoint_says() {
    let runs = runs(CERTAIN);
    near(&runs, 0, "contacts", 600.0);
    near(&runs, 0, "minutes", 600.0 * 12.0);
    near(&runs, 1, "minutes", 600.0 * 12.0 - 3.0 * (60.0 * 4.0 + 40.0 * 3.0));
    near(&runs, 0, "full_time", 100.0 * 12.0 / 60.0 / 1720.0);
    near(&runs, 0, "cost_to_serve", 600.0 * 3.0);
}

#[test]
fn a_rule_that_watches_cash_flow_sees_what_contacts_cost_an_initiative() {
    // 4,000 a year without the tool, and 3,550 with it; 3,900 if it were paid by customers alone.
    let rule = "[[scenarios.plan.rules]]\nwhen = { metric = \"cash_flow\", below = 3_600, from = 4 }\n\
                then = { changes = [ { target = \"touchpoints.call.minutes\", set = 0 }, \
                { target = \"touchpoints.call.ends.solved.minutes\", set = 0 } ] }\n";
    let seen = runs(&format!("{CERTAIN}{rule}"));
    near(&seen, 1, "minutes", 100.0 * (12.0 + 12.0) + 60.0 * 9.0 + 40.0 * 12.0 + 100.0 * 9.0);
    let unseen = runs(&with(&format!("{CERTAIN}{rule}"), &[("call = 3, \"call.solved\" = 0.5", "call = 0")]));
    assert!(unseen.levels(1, "full_time")[0] > 0.0);
}

/// Customers who come, buy, are delivered to, complain, and leave.
const SHOP: &str = r#"
run = { period = "month", horizon = 18, customers = 40_000, agents = 1_500, replications = 12, seed = 4, first_month = 5, fiscal_year_start = 1 }
scenarios.today = {}
scenarios.plan.initiatives = { care = 3 }
[segments.a]
share = 0.5
start = { active = 1 }
inflow = { per_period = 300, cost = 3, start = { prospect = 1 } }
[segments.b]
share = 0.5
start = { active = 0.6, prospect = 0.4 }
[traits.fit]
law = "normal(0, 1)"
[experience]
start = 0.6
neutral = 0.6
learning = 0.2
[stages.prospect]
to = { active = { chance = 0.05, drivers = { fit = 0.5 } }, gone = 0.04 }
[stages.active]
retained = true
quality = "normal(0.6, 0.1)"
purchases = { rate = 0.6, basket = "lognormal(mean=40, sd=20)", margin = 0.35 }
values = { fee = 1, service_cost = 0.4 }
to = { gone = { chance = 0.03, drivers = { satisfaction = -3 } } }
[stages.gone]
[lines.fee]
kind = "revenue"
[lines.advert_cost]
kind = "cost"
group = "acquisition"
[lines.delivery_cost]
kind = "cost"
group = "variable"
[touchpoints.advert]
in = ["prospect"]
rate = 0.5
values = { advert_cost = 0.2 }
[touchpoints.delivery]
on = "purchase"
quality = "normal(0.7, 0.1)"
values = { delivery_cost = 4 }
ends.late = { chance = "0.08 to 0.14", quality = 0.3, values = { delivery_cost = 5, refund_cost = 2 } }
[touchpoints.complaint]
on = "delivery.late"
chance = 0.4
drivers = { satisfaction = -1 }
values = { care_cost = 6 }
[touchpoints.call]
in = ["active"]
rate = 0.1
[initiatives.care]
cost = { once = 20_000, per_period = 300 }
slip = "triangular(0, 1, 4)"
ramp = 3
effects = [
  { target = "touchpoints.delivery.ends.late.chance", odds = "0.3 to 0.6" },
  { target = "touchpoints.complaint.values.care_cost", add = 1 },
]
"#;

fn part(chain: &ImpactChain, driver: &str) -> f64 {
    chain.parts.iter().find(|part| part.driver == driver).unwrap().amount.mean
}

#[test]
fn the_parts_of_a_chain_with_contacts_are_the_whole() {
    for accrual in ["end", "start", "half_cycle", "life_table"] {
        let study = with(SHOP, &[("seed = 4", &format!("seed = 4, accrual = \"{accrual}\""))]);
        let runs = runs(&study);
        let chain = &runs.business().chains[0];
        let drivers: Vec<&str> = chain.parts.iter().map(|part| part.driver.as_str()).collect();
        let contacts = ["contacts", "cost_per_contact", "other_cost"];
        assert_eq!(drivers[5..8], contacts, "what it costs to serve is split in three");
        let sum: f64 = chain.parts.iter().map(|part| part.amount.mean).sum();
        let pairs = runs.levels(1, "cash_flow").into_iter().zip(runs.levels(0, "cash_flow"));
        let difference: Moments = pairs.map(|(a, b)| a - b).collect();
        assert!((sum - chain.total.mean).abs() <= 1e-9 * chain.total.mean.abs(), "{accrual}");
        assert!((sum - difference.mean()).abs() <= 1e-9 * difference.mean().abs(), "{sum} {}", difference.mean());
        let cells: f64 = chain.cells.iter().map(|cell| cell.amount).sum();
        assert!((cells - sum).abs() <= 1e-9 * sum.abs());
    }
}

#[test]
fn what_contacts_cost_is_their_ledger_lines_but_for_those_of_acquisition() {
    let runs = runs(SHOP);
    let sum = |metrics: &[&str]| -> f64 { metrics.iter().map(|metric| runs.levels(1, metric)[3]).sum() };
    let lines = sum(&["lines.delivery_cost", "lines.refund_cost", "lines.care_cost"]);
    assert!((sum(&["cost_to_serve"]) / lines - 1.0).abs() < 1e-12);
    // An advert wins customers, and serves none; a call costs nothing and takes no time.
    let met = sum(&["touchpoints.delivery", "touchpoints.complaint"]);
    assert!((sum(&["contacts"]) / met - 1.0).abs() < 1e-12);
}

/// The chain of a change in a shop whose number of contacts is certain.
fn certain_chain(changes: &str) -> ImpactChain {
    let study = with(CERTAIN, &[("scenarios.plan.initiatives = { tool = 1 }", changes)]);
    let Business { mut chains, .. } = runs(&study).business();
    chains.remove(0)
}

#[test]
fn contacts_that_cost_more_and_contacts_that_are_more_have_their_own_drivers() {
    let dearer = "touchpoints.call.ends.solved.values.care_cost";
    let chain = certain_chain(&format!("scenarios.plan.changes = [ {{ target = \"{dearer}\", add = 2 }} ]"));
    assert!((part(&chain, "cost_per_contact") + 1200.0).abs() < 1e-9, "{chain:?}");
    assert!((chain.total.mean + 1200.0).abs() < 1e-9 && part(&chain, "contacts").abs() < 1e-9);
    // No calls any more: what came from nothing shares nothing.
    let chain = certain_chain("scenarios.plan.changes = [ { target = \"touchpoints.call.chance\", set = 0 } ]");
    assert!((part(&chain, "contacts") + part(&chain, "cost_per_contact") - 1800.0).abs() < 1e-9, "{chain:?}");
    // Half of them, and each dearer by a third: logarithmic means.
    let fewer = format!(
        "scenarios.plan.changes = [ {{ target = \"{dearer}\", set = 4 }}, \
         {{ target = \"touchpoints.call.chance\", set = 0, segments = [\"a\"] }} ]"
    );
    let chain = certain_chain(&fewer);
    let of_b: Vec<_> =
        chain.cells.iter().filter(|cell| cell.segment.as_deref() == Some("b") && cell.year == 2).collect();
    assert_eq!(of_b.len(), 1);
    assert!(of_b[0].driver == "cost_per_contact" && (of_b[0].amount + 40.0).abs() < 1e-9, "{of_b:?}");
    assert!((chain.total.mean - (6.0 * 60.0 * 3.0 - 6.0 * 40.0)).abs() < 1e-9);
}

#[test]
fn more_contacts_alone_are_all_of_the_difference() {
    let study = with(
        CALLS,
        &[
            ("minutes = 6\n", "minutes = 6\nvalues = { care_cost = 2 }\n"),
            (
                "{ target = \"touchpoints.call.minutes\", times = 0.5, from = 7 }",
                "{ target = \"touchpoints.call.rate\", times = 1.5 }",
            ),
        ],
    );
    let runs = runs(&study);
    let chain = &runs.business().chains[0];
    near(&runs, 1, "cost_to_serve", 12.0 * 1.2 * 90_000.0 * 2.0);
    assert!((part(chain, "contacts") / chain.total.mean - 1.0).abs() < 1e-9, "{chain:?}");
    assert!(["customers", "cost_per_contact", "other_cost"].iter().all(|driver| part(chain, driver).abs() < 1e-6));
}

/// A summary without what only contacts have.
fn without_contacts(mut summary: Summary) -> String {
    let own = ["contacts", "minutes", "full_time", "cost_to_serve"];
    for scenario in &mut summary.scenarios {
        own.iter().for_each(|metric| {
            scenario.metrics.shift_remove(*metric);
            scenario.percentiles.shift_remove(*metric);
        });
    }
    for contrast in &mut summary.contrasts {
        own.iter().for_each(|metric| {
            contrast.metrics.shift_remove(*metric);
            contrast.percentiles.shift_remove(*metric);
        });
    }
    text(&summary)
}

#[test]
fn minutes_and_money_of_contacts_change_nothing_else_to_the_last_byte() {
    let base = without_contacts(runs(SHOP).summary());
    for (from, to) in [
        ("rate = 0.1\n", "rate = 0.1\nminutes = 0\n"),
        ("rate = 0.1\n", "rate = 0.1\nminutes = \"4 to 9\"\n"),
        ("values = { care_cost = 6 }", "values = { care_cost = 6 }\nminutes = 12"),
        ("quality = 0.3, ", "quality = 0.3, minutes = 3, "),
        ("per_period = 300 }\nslip", "per_period = 300, per_contact = { call = 0, \"delivery.late\" = 0 } }\nslip"),
    ] {
        let study = with(SHOP, &[(from, to)]);
        assert_eq!(base, without_contacts(runs(&study).summary()), "{to}");
    }
}

#[test]
fn twins_that_only_their_minutes_tell_apart_do_not_mind_names_and_order() {
    let with_twins = |twins: [(&str, u32); 2]| {
        let twin = |(name, minutes): (&str, u32)| {
            format!("[touchpoints.{name}]\nrate = 0.4\nquality = \"normal(0.7, 0.2)\"\nminutes = {minutes}\n")
        };
        runs(&format!("{SHOP}{}", twins.map(twin).concat()))
    };
    let one = with_twins([("quick", 3), ("slow", 5)]);
    let in_turn = with_twins([("slow", 5), ("quick", 3)]);
    let other = with_twins([("zz_quick", 3), ("a_slow", 5)]);
    assert_eq!(one.levels(0, "touchpoints.quick"), other.levels(0, "touchpoints.zz_quick"));
    assert_eq!(one.levels(0, "touchpoints.slow"), in_turn.levels(0, "touchpoints.slow"));
    assert_eq!(one.levels(1, "minutes"), in_turn.levels(1, "minutes"));
    assert_ne!(one.levels(0, "touchpoints.slow"), one.levels(0, "touchpoints.quick"));
}

#[test]
fn targets_may_name_what_serving_takes() {
    let target = |metric: &str, bound: f64| {
        format!("[targets.{metric}_kept]\nmetric = \"{metric}\"\nat_most = {bound}\nperiod = 6\nsegment = \"firms\"\n")
    };
    // A quarter of all customers calls 18,000 times a month; for 126,000 minutes.
    let people = 18_000.0 * 14.0 / 60.0 / (1720.0 / 12.0);
    let study = format!(
        "{CALLS}{}{}{}",
        target("full_time", people * 1.1),
        target("minutes", 6.0 * 18_000.0 * 14.0 * 0.9),
        target("contacts", 6.0 * 18_000.0 * 1.1)
    );
    let found = runs(&study).business().targets;
    let share = |place: usize| found[place].scenarios[0].probability.unwrap().share;
    assert_eq!((share(0), share(1), share(2)), (1.0, 0.0, 1.0), "{found:#?}");
}
/// What is followed exactly agrees with what is simulated: contacts, their work and cost, and what they cost an initiative.
#[test]
fn contacts_and_their_work_have_exact_expectations() {
    let study = r#"
run = { period = "month", horizon = 12, customers = 40_000, agents = 2_000, replications = 60, seed = 4 }
scenarios.today = {}
scenarios.plan.initiatives = { care = 3 }
[segments.a]
share = 0.5
start = { active = 1 }
inflow = { per_period = 300, cost = 3, start = { prospect = 1 } }
[segments.b]
share = 0.5
start = { active = 0.6, prospect = 0.4 }
[experience]
start = 0.6
neutral = 0.6
learning = 0.2
[stages.prospect]
to = { active = 0.05, gone = 0.04 }
[stages.active]
retained = true
quality = "normal(0.6, 0.1)"
values = { fee = 1, service_cost = 0.4 }
to = { gone = { chance = 0.03, drivers = { satisfaction = -3 } } }
[stages.gone]
[lines.fee]
kind = "revenue"
[touchpoints.delivery]
in = ["active"]
rate = 0.6
quality = "normal(0.7, 0.1)"
minutes = "3 to 5"
values = { delivery_cost = 4 }
ends.late = { chance = "0.08 to 0.14", minutes = 9, quality = 0.3, values = { delivery_cost = 5, refund_cost = 2 } }
[touchpoints.complaint]
on = "delivery.late"
chance = 0.4
values = { care_cost = 6 }
[initiatives.care]
cost = { once = 20_000, per_contact = { delivery = 0.3, "delivery.late" = 2 } }
ramp = 3
effects = [
  { target = "touchpoints.delivery.ends.late.chance", odds = "0.3 to 0.6" },
  { target = "touchpoints.delivery.minutes", times = 0.8 },
]
"#;
    let run = common::check_against_exact(&model(study));
    let exact = run.scenarios[1].exact.as_ref().unwrap();
    assert!(["contacts", "minutes", "full_time", "cost_to_serve"].iter().all(|metric| exact.contains_key(*metric)));
}
