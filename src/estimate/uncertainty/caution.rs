//! A caution is a sentence about what intervals rest on: why there is none, or why it is wide.

use crate::model::Model;
use crate::model::metric::Metric;

use super::grounds::Grounds;
use super::rarity::Rarity;
use crate::estimate::money::smooth::is_smoothed;
use crate::estimate::summary::ScenarioSummary;

/// With fewer replications than this intervals and probabilities rest on too few to be relied on.
const FEW_REPLICATIONS: u64 = 10;
/// As many as are advised at least: the 5th percentile is known from there on.
const ADVISED: u64 = 20;
/// A share of which fewer simulated customers than this were seen, or were not, is warned of.
const FEW_CUSTOMERS: f64 = 5.0;

/// The cautions of a run; `scenarios` are its levels, and `few` the scenarios whose difference in net present value rests on
/// fewer customers than an interval allows for beside them, with their number.
pub fn cautions(
    model: &Model,
    grounds: &Grounds,
    replications: u64,
    scenarios: &[ScenarioSummary],
    few: &[(usize, u64)],
) -> Vec<String> {
    if replications < 2 {
        return vec![format!(
            "One replication has neither intervals nor probabilities: they come from how replications differ. Run at least \
             {ADVISED}."
        )];
    }
    let mut said = Vec::new();
    if replications < FEW_REPLICATIONS {
        said.push(format!(
            "With {replications} replications intervals are wide and probabilities rough, and percentiles and tails are not \
             known. Run at least {ADVISED}."
        ));
    }
    said.extend(rare(model, grounds, replications));
    said.extend(few.iter().map(|(scenario, agents)| difference(model, *scenario, *agents)));
    said.extend(scenarios.iter().enumerate().filter_map(|(place, its)| retention(grounds, replications, place, its)));
    if is_smoothed(model) {
        said.push(
            "Baskets vary by more than their mean: differences in money are computed as if each basket had its mean, and \
             intervals of money lean to one side."
                .to_owned(),
        );
    }
    said
}

/// One sentence for each thing that is too rare.
fn rare(model: &Model, grounds: &Grounds, replications: u64) -> Vec<String> {
    let of = |scenario: usize| grounds.rare(scenario, false, replications);
    let mut all: Vec<&Rarity> = Vec::new();
    for rarity in (0..model.scenarios.len()).flat_map(of) {
        if !all.contains(&rarity) {
            all.push(rarity);
        }
    }
    let sentence = |rarity: &&Rarity| {
        let whose: Vec<usize> = (0..model.scenarios.len()).filter(|scenario| of(*scenario).contains(rarity)).collect();
        let names: Vec<String> = whose.iter().map(|place| format!("“{}”", model.scenarios[*place].title)).collect();
        let who = match names.as_slice() {
            names if names.len() == model.scenarios.len() => "There are no intervals of means".to_owned(),
            [name] => format!("{name} has no intervals of means"),
            names => format!("{} have no intervals of means", names.join(", ")),
        };
        format!(
            "{who}: {} {}, too seldom to tell what it is worth. {:.0} replications would do.",
            rarity.what,
            rarity.how_often(replications),
            rarity.enough()
        )
    };
    all.iter().map(sentence).collect()
}

fn difference(model: &Model, scenario: usize, agents: u64) -> String {
    let (name, baseline) = (&model.scenarios[scenario].title, &model.scenarios[model.baseline.index()].title);
    let who = if agents == 1 { "customer lives" } else { "customers live" };
    format!(
        "The difference of “{name}” is not known well: {agents} simulated {who} otherwise than under “{baseline}”, and \
         its interval mostly allows for what none of them happened to do. Simulate more customers or more replications."
    )
}

fn retention(grounds: &Grounds, replications: u64, scenario: usize, its: &ScenarioSummary) -> Option<String> {
    let estimate = its.metrics.get(Metric::Retention.key()).filter(|estimate| estimate.standard_error.is_some())?;
    let customers = grounds.customers(scenario, replications);
    let (kept, seen) = (estimate.mean > 0.5, estimate.mean.min(1.0 - estimate.mean) * customers);
    if seen >= FEW_CUSTOMERS || estimate.low >= estimate.high {
        return None;
    }
    let what = if kept { "left" } else { "stayed" };
    let who = if libm::round(seen) == 1.0 { "customer" } else { "customers" };
    let shared = if seen == 0.0 && !grounds.is_independent() {
        "; what a replication draws is shared by its customers, so that only replications count"
    } else {
        ""
    };
    Some(format!(
        "The retention of “{}” rests on little: {:.0} simulated {who} {what} in all replications{shared}.",
        its.title, seen
    ))
}
