//! Levels freed of chance by controls are unbiased, and their intervals hold what they promise.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary};
use polku::inside::engine::exact::quadrature::{Node, Rule};
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::summary::{Controlled, ScenarioSummary};
use polku::inside::stats::moments::Moments;

/// A small journey with one uncertain chance; what is heard may stand in the way of exact expectations.
fn study(seed: u64, chance: &str, heard: &str) -> String {
    format!(
        r#"
[run]
period = "month"
horizon = 8
customers = 300
agents = 300
replications = 40
seed = {seed}
[segments.all]
share = 1
start = {{ trial = 0.4, active = 0.6 }}
[stages.trial]
retained = true
talks = true
to = {{ active = 0.3, lost = {{ chance = 0.1{heard} }} }}
[stages.active]
retained = true
values = {{ revenue = 10 }}
purchases = {{ rate = 0.4, basket = "gamma(mean=20, sd=10)" }}
to = {{ lost = {chance} }}
[stages.lost]
[scenarios.today]
"#
    )
}

const UNCERTAIN: &str = "\"0.05 to 0.15\"";
/// Nothing is heard, but the engine cannot know that it never will be.
const HEARD: &str = ", word_of_mouth = 0.0";
const METRICS: [&str; 3] = ["retention", "revenue", "customers.active"];

/// The means over the uncertain chance, by quadrature over its law.
fn truth() -> [f64; 3] {
    let law = model(&study(1, UNCERTAIN, ""))
        .params
        .into_iter()
        .find(polku::inside::model::param::Param::is_uncertain)
        .unwrap()
        .law;
    let mut means = [0.0; 3];
    for Node { value: chance, weight, .. } in Rule::new(&law).nodes {
        let model = model(&study(1, &chance.to_string(), ""));
        let exact = Exact::of(&model).unwrap();
        for (mean, metric) in means.iter_mut().zip(METRICS) {
            *mean += weight * exact.mean(&model, "today", metric).unwrap();
        }
    }
    means
}

fn controlled(text: &str) -> ScenarioSummary {
    summary(&model(text)).scenarios.swap_remove(0)
}

/// Coverage, bias and what is left of the variance over many small experiments.
fn hold(text: &dyn Fn(u64) -> String, truth: [f64; 3], most_left: f64) {
    const EXPERIMENTS: u32 = 400;
    let mut covered = [0_u32; 3];
    let mut errors = [Moments::default(); 3];
    let mut left = [Moments::default(); 3];
    for seed in 0..u64::from(EXPERIMENTS) {
        let scenario = controlled(&text(1_000 + seed));
        for (place, metric) in METRICS.into_iter().enumerate() {
            let Controlled { estimate, residual_variance_share, .. } = scenario.controlled[metric];
            covered[place] += u32::from(estimate.low <= truth[place] && truth[place] <= estimate.high);
            errors[place].push(estimate.mean - truth[place]);
            left[place].push(residual_variance_share);
        }
    }
    for (place, metric) in METRICS.into_iter().enumerate() {
        let n = f64::from(EXPERIMENTS);
        let share = f64::from(covered[place]) / n;
        let z = errors[place].mean() / libm::sqrt(errors[place].variance().unwrap() / n);
        let why = format!("{metric}: covers {share}, bias z = {z}, variance left {}", left[place].mean());
        assert!((share - 0.95).abs() < 4.5 * libm::sqrt(0.95 * 0.05 / n), "{why}");
        assert!(z.abs() < 4.5, "{why}");
        assert!(left[place].mean() < most_left, "{why}");
    }
}

fn many(text: &str) -> String {
    text.replace("replications = 40", "replications = 500")
}

#[test]
fn exact_levels_over_uncertain_numbers_are_unbiased_and_their_intervals_cover_the_truth() {
    hold(&|seed| many(&study(seed, UNCERTAIN, "")), truth(), 0.1);
}

#[test]
fn simulated_levels_over_uncertain_numbers_are_unbiased_and_their_intervals_cover_the_truth() {
    // The drawn number and where customers start are all the controls there are.
    hold(&|seed| many(&study(seed, UNCERTAIN, HEARD)), truth(), 0.2);
}

#[test]
fn simulated_levels_freed_of_where_customers_start_are_unbiased_and_their_intervals_cover_the_truth() {
    let model = model(&study(1, "0.1", ""));
    let exact = Exact::of(&model).unwrap();
    let truth = METRICS.map(|metric| exact.mean(&model, "today", metric).unwrap());
    hold(&|seed| study(seed, "0.1", HEARD), truth, 1.2);
}

#[test]
fn without_uncertain_numbers_an_exact_level_is_known_without_error() {
    let scenario = controlled(&study(5, "0.1", ""));
    let exact = scenario.exact.as_ref().unwrap();
    for (name, controlled) in &scenario.controlled {
        if name == "retention" {
            // A ratio is controlled by its parts: here nearly all of its variance goes.
            assert!(controlled.residual_variance_share < 1e-6, "{name}: {controlled:?}");
            continue;
        }
        assert_eq!(controlled.estimate.mean, exact[name], "{name}");
        assert_eq!(controlled.estimate.standard_error, Some(0.0), "{name}");
        assert_eq!(controlled.residual_variance_share, 0.0, "{name}");
    }
    assert!(scenario.controlled.len() >= 10);
}

#[test]
fn few_replications_have_few_controls_and_one_has_none() {
    let few = study(5, UNCERTAIN, HEARD).replace("replications = 40", "replications = 9");
    assert!(controlled(&few).controlled.is_empty(), "nothing has a known mean that so few replications allow to use");
    let exact = |replications: &str| study(5, UNCERTAIN, "").replace("replications = 40", replications);
    assert!(controlled(&exact("replications = 9")).controlled.is_empty(), "so few draws lean too far to one side");
    assert!(controlled(&exact("replications = 10")).controlled.contains_key("revenue"));
    let certain = study(5, "0.1", "").replace("replications = 40", "replications = 1");
    assert_eq!(controlled(&certain).controlled["revenue"].estimate.standard_error, Some(0.0));
}

#[test]
fn an_exact_level_that_differs_with_the_shocks_has_an_error() {
    let shock = "[[shocks]]\nhazard = 0.1\neffects = [ { target = \"stages.active.purchases.rate\", times = 0.2 } ]\n";
    let scenario = controlled(&format!("{}{shock}", study(5, "0.1", "")));
    let (plain, revenue) = (scenario.metrics["revenue"], scenario.controlled["revenue"]);
    let error = revenue.estimate.standard_error.unwrap();
    assert!(error > 0.5 * plain.standard_error.unwrap() && revenue.estimate.low < revenue.estimate.high, "{revenue:?}");
}
