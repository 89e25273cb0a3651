//! Risk: whether another scenario is safer than the one that is worth most on average, and what safety costs.

use super::Report;
use super::amount::{Unit, write, write_period, write_probability, write_rate};
use crate::estimate::money::business::BusinessCase;

/// The measure of risk that all cases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// The mean loss of the worst cases.
    Shortfall,
    /// The least loss of the worst cases.
    ValueAtRisk,
    /// The most money that is out.
    Funding,
}

impl Risk {
    /// What is lost in a case by this measure.
    pub fn loss(self, case: &BusinessCase) -> f64 {
        let funding = case.peak_funding.mean;
        match self {
            Self::Shortfall => case.expected_shortfall.map_or(funding, |its| its.value),
            Self::ValueAtRisk => case.value_at_risk.map_or(funding, |its| its.value),
            Self::Funding => funding,
        }
    }
}

/// The measure of the worst cases by which all can be compared; peak funding where replications are too few for one.
pub fn risk(cases: &[BusinessCase]) -> Risk {
    if cases.iter().all(|case| case.expected_shortfall.is_some()) {
        Risk::Shortfall
    } else if cases.iter().all(|case| case.value_at_risk.is_some()) {
        Risk::ValueAtRisk
    } else {
        Risk::Funding
    }
}

/// What is compared, each so that more is safer; none where so few replications cannot tell.
fn measures(case: &BusinessCase) -> [Option<f64>; 4] {
    let payback = case.discounted_payback.periods[1].map(|its| -its.period.unwrap_or(f64::INFINITY));
    let chance = case.probability_positive.map(|its| its.share);
    [Some(-case.peak_funding.mean), worst(case).map(|(_, loss)| -loss), payback, chance]
}

/// The loss of the worst cases, and whether it is their mean; otherwise it is the least of their losses.
fn worst(case: &BusinessCase) -> Option<(bool, f64)> {
    let shortfall = case.expected_shortfall.map(|its| (true, its.value));
    shortfall.or(case.value_at_risk.map(|its| (false, its.value)))
}

/// Whether one is at least as safe as another by every measure, and safer by one.
fn is_safer(one: &BusinessCase, other: &BusinessCase) -> bool {
    let pairs = || measures(one).into_iter().zip(measures(other)).filter_map(|(one, other)| Some((one?, other?)));
    pairs().all(|(one, other)| one >= other) && pairs().any(|(one, other)| one > other)
}

/// The safest of the scenarios that are safer than this one and still worth more than the baseline on average.
pub fn safest<'a>(report: &'a Report, scenario: &str) -> Option<&'a BusinessCase> {
    let cases = &report.business.cases;
    let best = cases.iter().find(|case| case.scenario == scenario)?;
    let safer = cases.iter().filter(|case| case.npv.mean > 0.0 && is_safer(case, best));
    let loss = |case: &BusinessCase| worst(case).map_or(case.peak_funding.mean, |(_, loss)| loss);
    safer.min_by(|a, b| loss(a).total_cmp(&loss(b)))
}

/// By what a scenario is safer than another, and what it costs to choose it.
pub fn in_words(report: &Report, safe: &BusinessCase, best: &BusinessCase) -> String {
    let money = |value: f64| format!("{} {}", report.summary.currency, write(Unit::Number, value));
    let noun = report.summary.period.noun();
    let mut said = vec![format!("peak funding {} ({})", money(safe.peak_funding.mean), money(best.peak_funding.mean))];
    if let (Some((mean, safe_loss)), Some((_, best_loss))) = (worst(safe), worst(best)) {
        let what = if mean { "of cases on average" } else { "of cases at best" };
        let change = |loss: f64| money(-loss);
        let tail = write_rate(safe.tail);
        said.push(format!("worst {tail} {what} {} ({})", change(safe_loss), change(best_loss)));
    }
    let payback = |case: &BusinessCase| {
        case.discounted_payback.periods[1].map(|its| its.period.map_or("never".to_owned(), write_period))
    };
    if let (Some(ours), Some(theirs)) = (payback(safe), payback(best)) {
        said.push(format!("payback in {noun} {ours} ({theirs})"));
    }
    if let (Some(ours), Some(theirs)) = (safe.probability_positive, best.probability_positive) {
        let below = |share: f64| write_probability(1.0 - share);
        said.push(format!("chance not to pay {} ({})", below(ours.share), below(theirs.share)));
    }
    let price = money(best.npv.mean - safe.npv.mean);
    format!("{}. Its safety costs {price} on average.", said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;
    use crate::stats::estimate::Estimate;

    #[test]
    fn the_safest_is_at_least_as_good_by_every_measure() {
        let mut report = rich::report();
        let [best, safe] = &mut report.business.cases[..] else { panic!("two cases") };
        *safe = BusinessCase { scenario: safe.scenario.clone(), ..best.clone() };
        best.npv.mean = 3e6;
        safe.npv.mean = 2e6;
        let (name, other) = (best.scenario.clone(), safe.scenario.clone());
        assert!(safest(&report, &name).is_none(), "equal risks are none");
        report.business.cases[1].peak_funding = Estimate::known(report.business.cases[0].peak_funding.mean / 2.0);
        assert_eq!(safest(&report, &name).unwrap().scenario, other);
        let cases = &report.business.cases;
        let said = in_words(&report, &cases[1], &cases[0]);
        assert!(said.starts_with("peak funding EUR ") && said.contains("worst 5% of cases on average EUR "), "{said}");
        assert!(said.ends_with("Its safety costs EUR 1.00 M on average."), "{said}");
        report.business.cases[1].npv.mean = -1.0;
        assert!(safest(&report, &name).is_none(), "what loses on average is not safe");
        report.business.cases[1].npv.mean = 1.0;
        report.business.cases[0].probability_positive.as_mut().unwrap().share = 1.0;
        report.business.cases[1].probability_positive.as_mut().unwrap().share = 0.5;
        assert!(safest(&report, &name).is_none(), "no scenario is safer by all measures");
    }
}
