//! Values that are not the same for all customers of a stage: what they come to is what one reckons by hand, simulated as
//! well as expected.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, check_against_exact, model, text, with};
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::money::business::{Business, LineGroup};
use polku::inside::estimate::summary::{Estimator, Summary};
use polku::inside::stats::moments::Moments;

const ACCRUALS: [&str; 6] = ["end", "start", "all", "half_cycle", "life_table", "simpson"];

/// A study of one kind of customers, who start in `on`.
fn study(run: &str, customers: &str, on: &str, rest: &str) -> String {
    format!(
        "[run]\nperiod = \"month\"\nhorizon = 12\ncustomers = 4_000\nagents = 4_000\nreplications = 80\nseed = 9\n{run}\n\
         [segments.all]\nshare = 1\nstart = {{ on = 1 }}\n{customers}\n[stages.on]\nretained = true\n{on}\n[stages.off]\n{rest}\n"
    )
}

const TODAY: &str = "[scenarios.today]";

fn revenue(study: &str) -> f64 {
    expected(study, "revenue")
}

fn expected(study: &str, metric: &str) -> f64 {
    let model = model(study);
    Exact::of(&model).unwrap_or_else(|why| panic!("{why:?}")).mean(&model, "today", metric).unwrap()
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() < 1e-6 * wanted.abs().max(1.0), "{what}: {found}, {wanted} by hand");
}

#[test]
fn a_trait_that_drives_nothing_else_multiplies_by_its_mean() {
    let text = study(
        "",
        "traits = { size = \"lognormal(mean=3.5, sd=2)\" }",
        "to = { off = 0.1 }\nvalues = { revenue = 10, service_cost = \"3 to 5\" }\nvalues_trait = \"size\"",
        TODAY,
    );
    let occupied: f64 = (1..=12).map(|t| libm::pow(0.9, f64::from(t))).sum();
    near(revenue(&text), 4_000.0 * 10.0 * 3.5 * occupied, "revenue");
    check_against_exact(&model(&text));
}

#[test]
fn a_trait_that_drives_moves_too_multiplies_class_by_class() {
    // Those of trait 2 are three in ten and leave with twice the odds.
    let text = study(
        "",
        "[traits.size]\nlaw = \"bernoulli(0.3)\"",
        "to = { off = { chance = 0.1, drivers = { size = 0.6931471805599453 } } }\nvalues = { revenue = 10 }\nvalues_trait = \"size\"",
        TODAY,
    );
    let leave = 0.2 / 1.1;
    let occupied: f64 = (1..=12).map(|t| libm::pow(1.0 - leave, f64::from(t))).sum();
    near(revenue(&text), 4_000.0 * 0.3 * 10.0 * occupied, "revenue");
    check_against_exact(&model(&text));
    // The same with a smooth law, by midpoints.
    let text = text.replace("bernoulli(0.3)", "gamma(mean=1, sd=1)");
    let of = |x: f64| {
        let leave = 0.1 * libm::exp(std::f64::consts::LN_2 * x);
        let stay = 0.9 / (0.9 + leave);
        x * (1..=12).map(|t| libm::pow(stay, f64::from(t))).sum::<f64>()
    };
    let points = 400_000;
    let mean: f64 = (0..points).map(|k| (f64::from(k) + 0.5) * 1e-4).map(|x| 1e-4 * libm::exp(-x) * of(x)).sum();
    near(revenue(&text) / 40_000.0, mean, "revenue of a smooth law");
    check_against_exact(&model(&text));
}

/// Everything there is in one study, with values by a trait that moves and purchases read as well.
fn everything() -> String {
    with(
        EVERYTHING,
        &[
            ("AWAY", "{ chance = 0.04, drivers = { level = 0.4 } }"),
            ("BACK", "{ trait = \"back\" }"),
            (
                "values = { service_cost = 3.5, smiles = -1 }",
                "values = { service_cost = 3.5, smiles = -1 }\nvalues_trait = \"level\"",
            ),
            ("values = { smiles = 2 }", "values = { smiles = 2 }\nvalues_trait = \"back\""),
            ("[stages.gone]", "[stages.gone]\nvalues = { smiles = -0.5 }\nvalues_trait = \"level\""),
        ],
    )
}

#[test]
fn simulation_and_expectation_agree_beside_all_else() {
    check_against_exact(&model(&everything()));
    let inflow = "inflow = { per_period = [60, 90], start = { fresh = 1 } }\nshare = 0.4";
    check_against_exact(&model(&everything().replace("share = 0.4", inflow)));
}

fn business(text: &str) -> (Business, Summary) {
    let model = model(text);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    (runs.business(), runs.summary())
}

#[test]
fn books_and_metrics_say_the_same() {
    for accrual in ACCRUALS {
        let text = everything().replace("discount_rate = 0.1\n", &format!("accrual = \"{accrual}\"\n"));
        let (business, summary) = business(&text.replace("replications = 150", "replications = 6"));
        for (books, scenario) in business.books.scenarios.iter().zip(&summary.scenarios) {
            let all: i128 = business
                .books
                .lines
                .iter()
                .zip(&books.totals)
                .map(|(line, its)| line.group.sign() * its.iter().sum::<i128>())
                .sum();
            let found = scenario.metrics["npv"].mean;
            near(all as f64 / 10_000.0, found, accrual);
            let service = business.books.lines.iter().position(|line| line.group == LineGroup::Service).unwrap();
            assert!(books.totals[service].iter().sum::<i128>() > 0, "{accrual}");
        }
    }
}

#[test]
fn neither_threads_nor_blocks_change_a_bit() {
    let text_of = |threads: usize| {
        let model = model(&everything().replace("replications = 150", "replications = 12"));
        text(&Experiment::new(&model).threads(threads).run().unwrap().summary())
    };
    assert_eq!(text_of(1), text_of(2));
}

#[test]
fn a_coupled_difference_is_that_of_the_expectations() {
    let model = model(&everything());
    let grains = [None, Some(Resolution(2))];
    let runs = Experiment::new(&model).forced(&grains).run().unwrap();
    assert_eq!(runs.summary().contrasts[0].estimator, Estimator::Coupled);
    let exact = Exact::of(&model).unwrap();
    for metric in ["outcomes.smiles", "lines.service_cost", "npv"] {
        let sample: Moments = runs.forced_differences(1, metric).into_iter().collect();
        let [base, other] = ["today", "fixed"].map(|scenario| exact.mean(&model, scenario, metric).unwrap());
        let error = libm::sqrt(sample.variance().unwrap() / sample.count() as f64);
        let z = (sample.mean() - (other - base)) / error;
        assert!(z.abs() < 4.5, "{metric}: {} coupled, {} exact, z = {z}", sample.mean(), other - base);
    }
}

#[test]
fn what_customers_are_worth_after_the_horizon_goes_by_their_own_values() {
    let text = study(
        "discount_rate = 0.0",
        "traits = { size = \"bernoulli(0.25)\" }",
        "to = { off = { chance = 0.1, drivers = { size = 0.6931471805599453 } } }\nvalues = { revenue = 10 }\nvalues_trait = \"size\"",
        TODAY,
    );
    let tail =
        business(&text.replace("replications = 80", "replications = 2")).0.cohorts[0].cohorts[0].tail_value.unwrap();
    let stay = 1.0 - 0.2 / 1.1;
    near(tail, 0.25 * 10.0 * libm::pow(stay, 13.0) / (1.0 - stay), "worth after the horizon");
}

/// The accrual weights of times 0 to 12, each with the periods whose amounts are in force: undiscounted.
fn accrued(accrual: &str) -> Vec<(usize, usize, f64)> {
    let last = 12;
    let mut parts = Vec::new();
    for t in 0..=last {
        let (first, end) = (t == 0, t == last);
        let whole = match accrual {
            "end" => f64::from(u8::from(!first)),
            "start" => f64::from(u8::from(!end)),
            "half_cycle" | "life_table" if first || end => 0.5,
            "simpson" if first || end => 1.0 / 3.0,
            "simpson" => {
                if t % 2 == 1 {
                    2.0 / 3.0
                } else {
                    4.0 / 3.0
                }
            }
            _ => 1.0,
        };
        let ending = match accrual {
            "end" | "all" => f64::from(u8::from(!first)),
            "start" => 0.0,
            _ => {
                if first {
                    0.0
                } else if end {
                    1.0
                } else {
                    0.5
                }
            }
        };
        parts.extend([(t, t, whole * ending), (t, t + 1, whole * (1.0 - ending))]);
    }
    parts.into_iter().filter(|(.., weight)| *weight > 0.0).collect()
}

const STAY: f64 = 0.9;

/// What the list [10, 5, 2] says of the n-th period, counted from 1.
fn listed(n: usize) -> f64 {
    [10.0, 5.0, 2.0][n.clamp(1, 3) - 1]
}

#[test]
fn amounts_by_time_are_sums_over_who_is_left() {
    for (accrual, by) in ACCRUALS.iter().flat_map(|its| ["tenure", "periods_in_stage", "period"].map(|by| (its, by))) {
        let run = format!("accrual = \"{accrual}\"");
        let on = format!("to = {{ off = 0.1 }}\nvalues = {{ revenue = {{ amount = [10, 5, 2], by = \"{by}\" }} }}");
        let text = study(&run, "", &on, TODAY);
        // All are there from the start, so that all clocks say the same.
        let alone: f64 = accrued(accrual)
            .into_iter()
            .map(|(t, period, weight)| weight * listed(period) * libm::pow(STAY, t as f64))
            .sum();
        near(revenue(&text), 4_000.0 * alone, &format!("{by}, {accrual}"));
        check_against_exact(&model(&text));

        // Newcomers: 100 in each period, who live it through.
        let text = study(&run, "inflow = { per_period = 100 }", &on, TODAY);
        let entered = |e: usize| -> f64 {
            let own = |period: usize| if by == "period" { period } else { period + 1 - e.max(1) };
            let there = accrued(accrual).into_iter().filter(|(t, ..)| *t >= e);
            let left = |t: usize| libm::pow(STAY, (t + 1 - e.max(1)) as f64);
            there.map(|(t, period, weight)| weight * listed(own(period)) * left(t)).sum()
        };
        let all = 4_000.0 * entered(0) + 100.0 * (1..=12).map(entered).sum::<f64>();
        near(revenue(&text), all, &format!("{by}, {accrual}, with newcomers"));
        check_against_exact(&model(&text));
    }
}

#[test]
fn who_comes_to_a_stage_begins_its_list_there() {
    // Half of those in `on` leave for `new` in period 1, the others in period 2; there nine in ten stay.
    let text = |inflow: &str, accrual: &str| {
        format!(
            "[run]\nperiod = \"month\"\nhorizon = 12\ncustomers = 4_000\nagents = 4_000\nreplications = 40\nseed = 4\n\
             accrual = \"{accrual}\"\n[segments.all]\nshare = 1\nstart = {{ on = 1 }}\n{inflow}\n[stages.on]\nretained = true\n\
             to = {{ new = {{ chance = [0.5, 1], by = \"period\" }} }}\n[stages.new]\nretained = true\nto = {{ off = 0.1 }}\n\
             values = {{ revenue = {{ amount = [10, 5, 2], by = \"periods_in_stage\" }} }}\n[stages.off]\n[scenarios.today]\n"
        )
    };
    for accrual in ACCRUALS {
        // Who comes in period s is counted at its end for the first time, and is in the second period there when s + 2 ends.
        let came = |s: usize| -> f64 {
            let there = accrued(accrual).into_iter().filter(|(t, ..)| *t >= s);
            let place = |t: usize, period: usize| if period == t { t + 1 - s } else { t - s + 1 };
            there.map(|(t, period, weight)| weight * listed(place(t, period)) * libm::pow(STAY, (t - s) as f64)).sum()
        };
        near(revenue(&text("", accrual)), 2_000.0 * (came(1) + came(2)), accrual);
        check_against_exact(&model(&text("", accrual)));
        // From period 2 on, newcomers go on to `new` at once.
        let with = text("inflow = { per_period = [0, 100] }", accrual);
        let all = 2_000.0 * (came(1) + came(2)) + 100.0 * (2..=12).map(came).sum::<f64>();
        near(revenue(&with), all, &format!("{accrual}, with newcomers"));
        check_against_exact(&model(&with));
    }
}

/// A study with values by all clocks, for traits that drive moves, for newcomers, and beside chances with lists.
fn by_time() -> String {
    with(
        &everything().replace("share = 0.4", "inflow = { per_period = [60, 90], start = { fresh = 1 } }\nshare = 0.4"),
        &[
            (
                "values = { service_cost = 3.5, smiles = -1 }",
                "values = { service_cost = { amount = [3.5, 2.5], by = \"periods_in_stage\" }, smiles = { amount = [-1, -2, -3, -4], by = \"tenure\" } }",
            ),
            ("values = { smiles = 2 }", "values = { smiles = { amount = [2, 1], by = \"period\" } }"),
            (
                "on_move = { active",
                "values = { revenue = { amount = [9, 7, 6, 5], by = \"periods_in_stage\" } }\non_move = { active",
            ),
        ],
    )
}

#[test]
fn values_by_time_agree_with_the_expectation_and_the_books_beside_all_else() {
    for accrual in ["end", "life_table"] {
        let text = by_time().replace("discount_rate = 0.1\n", &format!("accrual = \"{accrual}\"\n"));
        let text = text.replace("replications = 150", "replications = 40");
        check_against_exact(&model(&text));
        let uncertain = [
            ("3.5, 2.5]", "3.5, \"2 to 3\"]"),
            ("times = 1.5", "times = \"1.2 to 1.8\""),
            ("{ trait = \"back\" }", "0.1"),
        ];
        check_against_exact(&model(&with(&text, &uncertain)));
        let (business, summary) = business(&text.replace("replications = 40", "replications = 5"));
        for (books, scenario) in business.books.scenarios.iter().zip(&summary.scenarios) {
            let of = |(line, its): (&_, &Vec<i128>)| sign(line) * its.iter().sum::<i128>();
            let all: i128 = business.books.lines.iter().zip(&books.totals).map(of).sum();
            near(all as f64 / 10_000.0, scenario.metrics["npv"].mean, accrual);
        }
    }
}

fn sign(line: &polku::inside::estimate::money::business::BookLine) -> i128 {
    line.group.sign()
}

#[test]
fn an_amount_alone_in_a_table_is_the_number() {
    let plain = everything().replace("replications = 150", "replications = 3");
    let table = with(&plain, &[("values = { smiles = 2 }", "values = { smiles = { amount = 2 } }")]);
    assert_eq!(summary_text(&plain), summary_text(&table));
}

fn summary_text(study: &str) -> String {
    text(&Experiment::new(&model(study)).threads(2).run().unwrap().summary())
}

#[test]
fn neither_threads_nor_blocks_change_a_bit_of_values_by_time() {
    let study = by_time().replace("replications = 150", "replications = 12");
    let of = |threads: usize| text(&Experiment::new(&model(&study)).threads(threads).run().unwrap().summary());
    assert_eq!(of(1), of(2));
}

#[test]
fn a_path_means_all_amounts_of_a_list() {
    let on = "to = { off = 0.1 }\nvalues = { revenue = { amount = [10, 5, 2], by = \"tenure\" } }";
    let text =
        study("", "", on, "[scenarios.today]\nchanges = [ { target = \"stages.on.values.revenue\", times = 3 } ]");
    let alone: f64 = (1..=12).map(|t| listed(t) * libm::pow(STAY, t as f64)).sum();
    near(revenue(&text), 4_000.0 * 3.0 * alone, "three times");
}

#[test]
fn a_rule_sees_what_values_come_to_in_the_period() {
    // Nobody moves: revenue is 4,000 x 2 x 10, 5, 2 in periods 1, 2 and 3.
    let rules = "[scenarios.today]\n[[scenarios.today.rules]]\nwhen = { metric = \"revenue\", below = 40_000.5 }\n\
                 then = { changes = [ { target = \"stages.on.values.service_cost\", set = 1 } ] }";
    let on = "values = { revenue = { amount = [10, 5, 2], by = \"BY\" }, service_cost = 0 }\nvalues_trait = \"size\"";
    for by in ["tenure", "period", "periods_in_stage"] {
        let traits = "inflow = { per_period = 0 }\ntraits = { size = 2 }";
        let text = study("", traits, &on.replace("BY", by), rules).replace("replications = 80", "replications = 2");
        let found = business(&text).1.scenarios[0].metrics["cost"].mean;
        // It acts after period 2, from period 3 on.
        near(found, 4_000.0 * 2.0 * 10.0, by);
    }
}

#[test]
fn coupled_differences_of_values_by_time_are_those_of_the_expectations() {
    // Where customers come later, differences are paired.
    let model = model(&by_time().replace("inflow = { per_period = [60, 90], start = { fresh = 1 } }\n", ""));
    let grains = [None, Some(Resolution(2))];
    let runs = Experiment::new(&model).forced(&grains).run().unwrap();
    let exact = Exact::of(&model).unwrap();
    for metric in ["outcomes.smiles", "lines.service_cost", "revenue", "npv"] {
        let sample: Moments = runs.forced_differences(1, metric).into_iter().collect();
        let [base, other] = ["today", "fixed"].map(|scenario| exact.mean(&model, scenario, metric).unwrap());
        let error = libm::sqrt(sample.variance().unwrap() / sample.count() as f64);
        let z = (sample.mean() - (other - base)) / error;
        assert!(z.abs() < 4.5, "{metric}: {} coupled, {} exact, z = {z}", sample.mean(), other - base);
    }
}

#[test]
fn what_customers_are_worth_after_the_horizon_goes_on_by_their_lists() {
    let run = "discount_rate = 0.0";
    for by in ["tenure", "periods_in_stage"] {
        let on = format!("to = {{ off = 0.1 }}\nvalues = {{ revenue = {{ amount = [10, 5, 2], by = \"{by}\" }} }}");
        let text =
            study(run, "inflow = { per_period = 10 }", &on, TODAY).replace("replications = 80", "replications = 2");
        let found = business(&text).0;
        for (entry, first) in [(0, 13), (1, 13), (12, 2)] {
            let wanted: f64 = (first..600).map(|n| listed(n) * libm::pow(STAY, n as f64)).sum();
            near(found.cohorts[0].cohorts[entry].tail_value.unwrap(), wanted, &format!("{by}, {entry}"));
        }
    }
}

#[test]
fn satisfaction_and_a_trait_that_drive_the_same_moves_multiply_values_together() {
    let on = "quality = \"normal(0.6, 0.2)\"\npurchases = { rate = 0.5, basket = 20, drivers = { size = 0.3 } }\n\
              to = { off = { chance = 0.1, drivers = { size = 0.5, satisfaction = -2 } } }\n\
              values = { revenue = 10, service_cost = { amount = [4, 2], by = \"periods_in_stage\" } }\nvalues_trait = \"size\"";
    let rest = "[experience]\nstart = \"normal(0.5, 0.2)\"\nneutral = 0.5\nlearning = 0.3\n[traits.size]\nlaw = \"gamma(mean=1, sd=0.5)\"\n\
                [scenarios.today]\n[scenarios.better]\nchanges = [ { target = \"stages.on.quality\", add = 0.1 } ]";
    check_against_exact(&model(&study("", "inflow = { per_period = 100 }", on, rest)));
}

#[test]
fn stages_that_only_their_values_tell_apart_have_no_order_in_the_file() {
    let a = "[stages.a]\nretained = true\nto = { off = 0.1 }\nvalues = { revenue = { amount = [10, 5], by = \"tenure\" } }\n";
    let b = "[stages.b]\nretained = true\nto = { off = 0.1 }\nvalues = { revenue = { amount = [5, 10], by = \"period\" } }\n";
    let c = "[stages.c]\nretained = true\nto = { off = 0.1 }\nvalues = { revenue = { amount = [5, 10], by = \"tenure\" } }\nvalues_trait = \"size\"\n";
    let of = |stages: [&str; 3]| {
        let study = format!(
            "[run]\nperiod = \"month\"\nhorizon = 12\ncustomers = 900\nagents = 900\nreplications = 4\nseed = 9\n[traits.size]\nlaw = \"gamma(2, 1)\"\n\
             [segments.all]\nshare = 1\nstart = {{ a = 0.3, b = 0.3, c = 0.4 }}\ninflow = {{ per_period = 9 }}\n{}[stages.off]\n[scenarios.today]\n",
            stages.concat()
        );
        let found = business(&study).1.scenarios[0].metrics["revenue"].mean;
        found.to_bits()
    };
    let first = of([a, b, c]);
    for other in [[b, a, c], [c, b, a], [a, c, b], [b, c, a], [c, a, b]] {
        assert_eq!(of(other), first);
    }
}
