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
