//! Finance: the business case, the impact chain, targets, lifetime values and the three uncertainties.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::model;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::money::business::{Business, Irr, ShockCourse};
use polku::inside::stats::moments::Moments;
use polku::inside::stats::share::Share;

/// Shares without their intervals.
fn shares(of: &[Share]) -> Vec<f64> {
    of.iter().map(|its| its.share).collect()
}

fn business(text: &str) -> Business {
    let model = model(text);
    Experiment::new(&model).threads(2).run().unwrap().business()
}

/// Nobody moves and nothing is drawn: every figure is known by hand.
const CERTAIN: &str = r#"
[run]
period = "year"
horizon = 6
customers = 100
agents = 10
replications = 100
seed = 1
discount_rate = 0.10
[segments.all]
share = 1
start = { on = 1 }
[stages.on]
retained = true
values = { revenue = 50, service_cost = 20 }
[initiatives.it]
cost = { once = 2_000, build = 1_000, per_period = 100, per_customer = 2 }
build = 2
effects = [ { target = "stages.on.values.revenue", add = 15 } ]
[targets.paid]
metric = "npv"
at_least = 0
against_baseline = true
period = 5
[scenarios.today]
[scenarios.plan]
initiatives = { it = 1 }
"#;

#[test]
fn a_case_without_chance_is_what_one_reckons_by_hand() {
    let found = business(CERTAIN);
    // Live in period 3: 100 customers pay 15 more each and cost 2 more; before that 2,000 at once, 500 a year, 100 a year.
    let flow = [0.0, -2600.0, -600.0, 1200.0, 1200.0, 1200.0, 1200.0];
    let case = &found.cases[0];
    let npv = |rate: f64| flow.iter().enumerate().map(|(t, x)| x / libm::pow(1.0 + rate, t as f64)).sum::<f64>();
    assert!((case.npv.mean - npv(0.1)).abs() < 1e-6, "{} {}", case.npv.mean, npv(0.1));
    let Irr::Rate(rate) = case.irr else { panic!("{:?}", case.irr) };
    assert!(npv(rate).abs() < 1e-6, "{rate}");
    assert_eq!(case.peak_funding.mean, 3200.0);
    let [low, high] = [case.irr_low, case.irr_high].map(Option::unwrap);
    assert!((low - rate).abs() < 1e-9 && (high - rate).abs() < 1e-9, "{low} {rate} {high}");
    assert_eq!(case.payback.periods.map(|its| its.unwrap().period), [Some(5.0); 3]);
    assert_eq!(shares(&case.payback.by_time), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    // Discounted, the sixth year is needed.
    assert_eq!(case.discounted_payback.periods.map(|its| its.unwrap().period), [Some(6.0); 3]);
    for risk in [case.value_at_risk, case.expected_shortfall].map(Option::unwrap) {
        assert!([Some(risk.value), risk.low, risk.high].into_iter().flatten().all(|its| (its + npv(0.1)).abs() < 1e-6));
    }
    assert_eq!(found.targets[0].scenarios.len(), 1, "the baseline is not asked to be beyond itself");
    let target = &found.targets[0].scenarios[0];
    // Not once in 100 replications: a chance of up to 3.6 %.
    let chance = target.probability.unwrap();
    assert!(chance.share == 0.0 && (0.036..0.037).contains(&chance.high), "{chance:?}");
    assert_eq!(shares(&target.probability_over_time), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    let chain = &found.chains[0];
    let part = |name: &str| chain.parts.iter().find(|part| part.driver == name).unwrap().amount.mean;
    assert!((part("fees") - 6000.0).abs() < 1e-6 && (part("initiatives") + 4400.0).abs() < 1e-6);
    assert!(part("customers").abs() < 1e-9 && part("cost_to_serve").abs() < 1e-9);
    let none = business(&CERTAIN.replace("add = 15", "add = 0"));
    assert_eq!(none.cases[0].irr, Irr::None);
    assert_eq!(none.cases[0].payback.periods.map(|its| its.unwrap().period), [None; 3]);
}

#[test]
fn money_in_the_middle_of_a_period_is_worth_half_a_period_more() {
    let end = business(CERTAIN).cases[0].npv.mean;
    let mid = business(&CERTAIN.replace("discount_rate = 0.10", "discount_rate = 0.10\ndiscounting = \"mid\"")).cases
        [0]
    .npv
    .mean;
    assert!((mid / end - 1.1_f64.sqrt()).abs() < 1e-9, "{mid} {end}");
}

#[test]
fn a_customer_is_worth_what_the_geometric_series_says_after_the_horizon() {
    // Margin 30 a year, retention 0.8, rate 10 %: 30 sum (0.8 / 1.1)^t; Gupta & Lehmann (2003), r / (1 + d - r).
    let text = CERTAIN
        .replace("[stages.on]\nretained = true", "[stages.off]\n[stages.on]\nretained = true\nto = { off = 0.2 }");
    let found = business(&text.replace("agents = 10", "agents = 100").replace("initiatives = { it = 1 }", ""));
    let cohort = &found.cohorts[0].cohorts[0];
    let share: f64 = 0.8 / 1.1;
    let tail = 30.0 * libm::pow(share, 7.0) / (1.0 - share);
    assert!((cohort.tail_value.unwrap() - tail).abs() < 1e-3, "{:?} {tail}", cohort.tail_value);
    let whole = 30.0 * share / (1.0 - share);
    let captured = cohort.captured_share.unwrap();
    assert!((captured - (1.0 - tail / whole)).abs() < 0.05, "{captured}");
}

/// A study with an uncertain number and a little chance.
const DOUBTFUL: &str = r#"
[run]
period = "month"
horizon = 12
customers = 100_000
agents = 400
replications = 400
seed = 8
discount_rate = 0.08
[segments.a]
share = 0.5
start = { active = 1 }
[segments.b]
share = 0.5
start = { active = 0.6, idle = 0.4 }
[stages.active]
retained = true
to = { idle = "beta(20, 180)", gone = 0.03 }
purchases = { rate = 0.9, basket = "lognormal(mean=40, sd=20)", margin = 0.3 }
values = { service_cost = 2, revenue = 1 }
[stages.idle]
retained = true
to = { active = 0.2, gone = 0.05 }
[stages.gone]
[initiatives.it]
cost = { once = 50_000, per_period = 4_000 }
ramp = 3
effects = [
    { target = "stages.active.to.gone", odds = "0.5 to 0.9" },
    { target = "stages.active.purchases.rate", times = "1.0 to 1.1" },
    { target = "stages.active.purchases.margin", add = 0.01 },
]
[scenarios.today]
[scenarios.plan]
initiatives = { it = 2 }
"#;

#[test]
fn the_parts_of_the_impact_chain_are_the_whole() {
    let model = model(&DOUBTFUL.replace("replications = 400", "replications = 30"));
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    let chain = &runs.business().chains[0];
    let sum: f64 = chain.parts.iter().map(|part| part.amount.mean).sum();
    let difference: Moments =
        runs.levels(1, "cash_flow").iter().zip(runs.levels(0, "cash_flow")).map(|(a, b)| a - b).collect();
    assert!((sum - chain.total.mean).abs() <= 1e-9 * chain.total.mean.abs());
    assert!((sum - difference.mean()).abs() <= 1e-9 * difference.mean().abs(), "{sum} {}", difference.mean());
    let cells: f64 = chain.cells.iter().map(|cell| cell.amount).sum();
    assert!((cells - sum).abs() <= 1e-9 * sum.abs());
}

#[test]
fn parameter_uncertainty_is_that_of_the_exact_expectations() {
    let model = model(DOUBTFUL);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    let found = runs.business().uncertainty;
    assert!(found.iter().all(|its| its.parameter_sd.value >= 0.0 && its.simulation_error.value >= 0.0));
    let exact = Exact::of(&model).unwrap();
    let place = exact.metrics.iter().position(|metric| metric.name(&model) == "revenue").unwrap();
    let of = |difference: bool| {
        found
            .iter()
            .find(|its| its.scenario == "plan" && its.difference == difference && its.metric == "revenue")
            .unwrap()
    };
    // The exact expectation of every draw has no chance in it: its spread is parameter uncertainty alone.
    let wanted = exact.horizon[1][place].variance().unwrap().sqrt();
    let level = of(false);
    let its = level.parameter_sd;
    assert!(its.low.unwrap() < wanted && wanted < its.high.unwrap(), "{its:?} {wanted}");
    let [parameters, outcome] = [its.value, level.outcome_sd.value];
    assert!((parameters / wanted - 1.0).abs() < 0.15, "{parameters} {wanted}");
    let naive: Moments = runs.levels(1, "revenue").into_iter().collect();
    assert!(naive.variance().unwrap().sqrt() > 1.1 * wanted, "the naive spread holds chance as well");
    // A business of 100,000 sees far less chance than 400 simulated customers do.
    assert!(outcome >= parameters && outcome < 1.05 * parameters.max(wanted));
    assert!(of(true).agents_that_would_do.is_some());
}

#[test]
fn more_customers_shrink_simulation_error_and_not_the_uncertainty_of_the_world() {
    let few = business(DOUBTFUL).uncertainty;
    let many = business(&DOUBTFUL.replace("agents = 400", "agents = 3_200")).uncertainty;
    let of = |found: &[polku::inside::estimate::money::business::Uncertainty]| {
        let its = found.iter().find(|its| its.scenario == "today" && its.metric == "revenue").unwrap().clone();
        (its.simulation_error.value, its.parameter_sd.value)
    };
    let ((error, sd), (less, same)) = (of(&few), of(&many));
    // Eight times the customers: an error 1 / sqrt(8) as large, and the same spread of the world.
    assert!((less / error * 8.0_f64.sqrt() - 1.0).abs() < 0.15, "{error} {less}");
    assert!((same / sd - 1.0).abs() < 0.2, "{sd} {same}");
}

/// Customers who leave, and nothing else that could differ.
const LEAVING: &str = r#"
[run]
period = "year"
horizon = 3
customers = 1000
agents = 1000
replications = 2
seed = 5
discount_rate = 0.0
[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
to = { gone = 0.2 }
purchases = { rate = 5, basket = 10, margin = 0.5 }
values = { revenue = 7, service_cost = 2 }
[stages.gone]
[scenarios.today]
[scenarios.keep]
changes = [ { target = "stages.active.to.gone", set = 0.0 } ]
"#;

#[test]
fn where_customers_alone_move_they_have_all_of_the_difference_under_every_accrual() {
    for accrual in ["end", "start", "all", "half_cycle", "life_table"] {
        let found = business(&LEAVING.replace("seed = 5", &format!("seed = 5\naccrual = \"{accrual}\"")));
        let chain = &found.chains[0];
        let part = |name: &str| chain.parts.iter().find(|part| part.driver == name).unwrap().amount.mean;
        for still in ["fees", "cost_to_serve"] {
            assert!(part(still).abs() < 1e-6, "{accrual}: {still} {}", part(still));
        }
        // What they buy is drawn: a part of chance is left.
        assert!(part("frequency").abs() < 0.1 * part("customers"), "{accrual}: {chain:?}");
        assert!(part("customers") > 0.9 * chain.total.mean, "{accrual}: {chain:?}");
    }
}

#[test]
fn a_difference_of_nothing_is_not_worth_more() {
    let text = LEAVING.replace("replications = 2", "replications = 20").replace(
        "[scenarios.keep]\nchanges = [ { target = \"stages.active.to.gone\", set = 0.0 } ]",
        "[initiatives.it]\nsuccess = 0.3\neffects = [ { target = \"stages.active.purchases.rate\", times = 1.2 } ]\n\
         [scenarios.plan]\ninitiatives = { it = 1 }",
    );
    let model = model(&text);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    let found = runs.business();
    let differences = &runs.samples()["plan"]["npv"];
    let more = differences.iter().filter(|difference| **difference > 0.0).count();
    let works = found.roadmaps[1].initiatives[0].live_share.unwrap().share;
    assert!(differences.contains(&0.0) && more > 0, "some fail and some work: {differences:?}");
    let positive = found.cases[0].probability_positive.unwrap().share;
    assert_eq!(positive, more as f64 / 20.0);
    assert!((positive - works).abs() < 1e-12);
}

#[test]
fn a_target_that_is_met_to_the_unit_is_reached() {
    let text = CERTAIN
        .replace(
            "cost = { once = 2_000, build = 1_000, per_period = 100, per_customer = 2 }\nbuild = 2",
            "cost = { build = 100_000 }\nbuild = 6",
        )
        .replace(
            "metric = \"npv\"\nat_least = 0\nagainst_baseline = true\nperiod = 5",
            "metric = \"initiative_cost\"\nat_most = 100_000",
        );
    let target = |text: &str| business(text).targets[0].scenarios[1].clone();
    let met = target(&text);
    assert_eq!((met.probability.unwrap().share, met.probability_over_time[6].share), (1.0, 1.0), "{met:?}");
    assert_eq!(target(&text.replace("at_most = 100_000", "at_most = 99_999")).probability.unwrap().share, 0.0);
}

#[test]
fn where_no_number_is_uncertain_nothing_is_below_noise() {
    let found = business(&LEAVING.replace("replications = 2", "replications = 10")).uncertainty;
    assert!(!found.is_empty());
    assert!(found.iter().all(|its| its.parameter_sd.value == 0.0 && !its.parameter_is_below_noise), "{found:?}");
}

#[test]
fn a_shock_that_is_known_makes_nothing_uncertain() {
    let shock = |when: &str, times: &str| {
        let effects = format!("effects = [ {{ target = \"stages.active.purchases.rate\", times = {times} }} ]");
        model(&format!("{LEAVING}\n[[shocks]]\n{when}\n{effects}\n")).is_uncertain()
    };
    assert!(!shock("period = 2", "0.8"));
    assert!(shock("hazard = 0.1", "0.8"));
    assert!(shock("period = 2", "\"0.7 to 0.9\""));
    assert!(shock("period = \"uniform(1, 3)\"", "0.8"));
}

#[test]
fn lines_add_up_to_the_paired_difference_where_the_contrast_is_forced() {
    let model = model(&LEAVING.replace("set = 0.0", "odds = 0.8").replace("replications = 2", "replications = 6"));
    let experiment = Experiment::new(&model).threads(2);
    let case =
        |grains: &[Option<Resolution>]| experiment.clone().forced(grains).run().unwrap().business().cases.remove(0);
    let forced = case(&[None, Some(Resolution(2))]);
    let lines: f64 = forced.by_line.iter().map(|(_, amount)| amount).sum();
    assert!((lines - forced.paired.mean).abs() < 1e-6, "{lines} {}", forced.paired.mean);
    assert_ne!(forced.npv, forced.paired);
    let paired = case(&[None, None]);
    assert!((paired.npv.mean - paired.paired.mean).abs() < 1e-2, "{paired:?}");
}

#[test]
fn shocks_are_told_by_their_titles_and_as_often_as_they_came() {
    let effects = "effects = [ { target = \"stages.active.purchases.rate\", times = 0.9 } ]";
    let shocks = format!(
        "[[shocks]]\ntitle = \"Strike\"\nperiod = 2\n{effects}\n[[shocks]]\nhazard = 0.5\n{effects}\n\
         [[shocks]]\ntitle = \"Never\"\nhazard = 0.0\n{effects}\n"
    );
    let text = LEAVING.replace("replications = 2", "replications = 200").replace("agents = 1000", "agents = 10");
    let found = business(&(text + &shocks)).shocks;
    let [strike, crash, never] = &found[..] else { panic!("{found:?}") };
    let share = |its: &ShockCourse| its.share.unwrap().share;
    let median = |its: &ShockCourse| its.median_period.map(|its| its.value);
    assert_eq!((&*strike.title, share(strike), strike.times, median(strike)), ("Strike", 1.0, 1.0, Some(2.0)));
    // Of three periods with a chance of a half: 1.5 times in the mean, and in 7 of 8 replications at all.
    assert!((crash.times - 1.5).abs() < 0.3 && (share(crash) - 0.875).abs() < 0.1, "{crash:?}");
    assert_eq!((&*crash.title, median(crash)), ("shock 2", Some(1.0)));
    assert_eq!((share(never), never.times, median(never)), (0.0, 0.0, None));
}

#[test]
fn one_replication_tells_no_probability_and_few_no_percentile() {
    let told = |replications: u64| {
        let found = business(
            &DOUBTFUL
                .replace("replications = 400", &format!("replications = {replications}"))
                .replace("agents = 400", "agents = 40"),
        );
        let case = &found.cases[0];
        [
            case.probability_positive.is_some(),
            case.payback.within_horizon.is_some(),
            case.payback.periods[1].is_some(),
            case.payback.periods[0].is_some(),
            case.value_at_risk.is_some(),
            case.expected_shortfall.is_some(),
        ]
    };
    assert_eq!(told(1), [false; 6]);
    assert_eq!(told(5), [true, true, false, false, false, false]);
    assert_eq!(told(20), [true, true, true, true, true, false]);
    assert_eq!(told(100), [true; 6]);
}
