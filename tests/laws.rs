//! Mechanisms against closed forms: what they do to customers is what their sources say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

mod common;

use common::{model, summary};
use polku::inside::estimate::exact::Exact;
use polku::inside::stats::distribution::Distribution;
use polku::inside::stats::distribution::parse::kind::Kind;

fn study(stages: &str, traits: &str) -> String {
    format!(
        "[run]\nperiod = \"month\"\nhorizon = 12\ncustomers = 10_000\nagents = 10_000\nreplications = 30\nseed = 3\n[segments.all]\nshare = 1\nstart = {{ first = 1 }}\n{traits}\n{stages}\n[scenarios.today]\n"
    )
}

/// The exact and the simulated share of customers still in the first stage at the end.
fn check_share(text: &str, expected: f64, tolerance: f64) {
    let model = model(text);
    let exact = Exact::of(&model).unwrap().mean(&model, "today", "customers.first").unwrap() / 10_000.0;
    assert!((exact - expected).abs() < tolerance, "exact {exact}, expected {expected}");
    let run = summary(&model);
    let estimate = run.scenarios[0].stages_at_end["first"];
    let z = (estimate.mean / 10_000.0 - expected) / (estimate.standard_error.unwrap() / 10_000.0);
    assert!(z.abs() < 4.5, "simulated {}, expected {expected}, z = {z}", estimate.mean);
}

#[test]
fn the_time_in_a_stage_follows_its_sojourn() {
    for law in ["weibull(shape=1.6, scale=7)", "lognormal(mean=9, sd=6)", "gamma(shape=2, scale=5)"] {
        let stays = 1.0 - Distribution::parse(law, Kind::Positive).unwrap().cdf(12.0);
        check_share(
            &study(&format!("[stages.first]\nto = {{ gone = {{ sojourn = \"{law}\" }} }}\n[stages.gone]"), ""),
            stays,
            1e-12,
        );
    }
}

#[test]
fn gamma_rates_of_purchase_are_negative_binomial() {
    // Ehrenberg (1959): with rates gamma(r, alpha) nobody's share of buying nothing in t periods is (alpha / (alpha + t))^r.
    let (r, alpha) = (0.6, 4.0);
    let nothing = f64::powf(alpha / (alpha + 12.0), r);
    let stages = "[stages.first]\npurchases = { rate = 1, trait = \"rate\", basket = 10 }\nto = { bought = { chance = 1, on = \"purchase\" } }\n[stages.bought]";
    check_share(&study(stages, "traits = { rate = \"gamma(shape=0.6, rate=4)\" }"), nothing, 1e-7);
}

#[test]
fn own_chances_from_a_beta_law_are_shifted_beta_geometric() {
    // Fader & Hardie (2007): S(t) = B(a, b + t) / B(a, b), by its recursion S(t) = S(t-1) (b + t - 1) / (a + b + t - 1).
    let (a, b) = (0.7, 1.2);
    let stays = (1..=12).fold(1.0, |s, t| s * (b + f64::from(t) - 1.0) / (a + b + f64::from(t) - 1.0));
    check_share(
        &study(
            "[stages.first]\nto = { gone = { trait = \"leave\" } }\n[stages.gone]",
            "traits = { leave = \"beta(0.7, 1.2)\" }",
        ),
        stays,
        1e-9,
    );
}

#[test]
fn a_driver_is_a_logit_in_its_trait() {
    // Two values of the trait: the share that stays is a mixture of two logits.
    let leaves = |x: f64| {
        let odds = 0.1 / 0.9 * f64::exp(0.8 * (x - 0.5));
        odds / (1.0 + odds)
    };
    let stays = 0.3 * f64::powi(1.0 - leaves(1.0), 12) + 0.7 * f64::powi(1.0 - leaves(0.0), 12);
    let traits = "traits = { keen = \"bernoulli(0.3)\" }\n[traits.keen]\nneutral = 0.5";
    check_share(
        &study("[stages.first]\nto = { gone = { chance = 0.1, drivers = { keen = 0.8 } } }\n[stages.gone]", traits),
        stays,
        1e-12,
    );
}

#[test]
fn purchases_are_poisson_and_baskets_have_their_mean_and_spread() {
    let stages = "[stages.first]\npurchases = { rate = 1.3, basket = \"lognormal(mean=42, sd=25)\", margin = 0.4 }";
    let model = model(&study(stages, ""));
    let run = summary(&model);
    let metrics = &run.scenarios[0].metrics;
    let (purchases, revenue) = (metrics["purchases"], metrics["revenue"]);
    let n = 10_000.0 * 12.0 * 1.3;
    // The standard error of a mean over 30 replications of a Poisson total, and of a compound Poisson total.
    let expected =
        [(purchases, n, f64::sqrt(n / 30.0)), (revenue, n * 42.0, f64::sqrt(n * (42.0 * 42.0 + 25.0 * 25.0) / 30.0))];
    for (estimate, mean, error) in expected {
        assert!(((estimate.mean - mean) / error).abs() < 4.5, "{estimate:?} against {mean}");
        // A standard error from 30 replications has a relative spread of 1 / sqrt(58) itself.
        let ratio = estimate.standard_error.unwrap() / error;
        assert!((ratio - 1.0).abs() < 4.5 / f64::sqrt(58.0), "standard error {ratio} times what it should be");
    }
    assert!((metrics["margin"].mean - 0.4 * revenue.mean).abs() < 1e-6 * revenue.mean);
}

#[test]
fn an_initiative_costs_from_its_start_and_ramps_evenly_in_log_odds() {
    let text = study(
        "[stages.first]\nto = { gone = 0.2 }\n[stages.gone]\n[initiatives.better]\ncost = { once = 100, per_period = 7 }\nbuild = 2\nramp = 3\neffects = [ { target = \"stages.first.to.gone\", odds = 0.5 } ]",
        "",
    );
    let text =
        text.replace("[scenarios.today]\n", "[scenarios.today]\n[scenarios.plan]\ninitiatives = { better = 4 }\n");
    let model = model(&text);
    let exact = Exact::of(&model).unwrap();
    // Starts in period 4, lives from period 6: thirds of the log odds ratio, then all of it.
    let chance = |share: f64| {
        let odds = 0.25 * f64::powf(0.5, share);
        odds / (1.0 + odds)
    };
    let shares = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let mut stays = 10_000.0;
    let over_time = exact.over_time(&model, "plan", "customers.first").unwrap();
    for (t, share) in shares.into_iter().enumerate() {
        stays *= 1.0 - chance(share);
        assert!((over_time[t + 1] - stays).abs() < 1e-8, "period {}", t + 1);
    }
    assert_eq!(exact.mean(&model, "plan", "initiative_cost"), Some(100.0 + 9.0 * 7.0));
    assert_eq!(exact.over_time(&model, "plan", "initiative_cost").unwrap()[..5], [0.0, 0.0, 0.0, 0.0, 107.0]);
}
