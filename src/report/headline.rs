//! The headline says in a sentence which scenario wins, by how much and how surely.

use super::Report;
use super::amount::{Unit, write, write_interval, write_probability};
use crate::estimate::summary::{Contrast, Difference, Estimator};
use crate::stats::estimate::Estimate;

/// With fewer differing simulated customers than this, an interval says little.
const FEW_AGENTS: u64 = 30;

/// What a reader should take away, and what they should mind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// One or two sentences.
    pub sentence: String,
    /// Why not to trust it yet, where there is a reason.
    pub warning: Option<String>,
}

/// The headline of a report.
pub fn headline(report: &Report) -> Headline {
    let Some((best, npv)) = best(report) else {
        return Headline { sentence: alone(report), warning: None };
    };
    let mut sentence = verdict(report, best, npv);
    if npv.estimate.mean > 0.0 && npv.estimate.standard_error.is_some() {
        sentence.push_str(&runner_up(report, best).unwrap_or_default());
    }
    Headline { sentence, warning: warning(report, best) }
}

/// The contrast with the greatest difference in net present value.
fn best(report: &Report) -> Option<(&Contrast, Difference)> {
    let valued = report.summary.contrasts.iter().filter_map(|c| Some((c, *c.metrics.get("npv")?)));
    valued.max_by(|a, b| a.1.estimate.mean.total_cmp(&b.1.estimate.mean))
}

/// Money with its currency: `EUR 1.20 M`.
fn money(report: &Report, value: f64) -> String {
    format!("{} {}", report.summary.currency, write(Unit::Number, value))
}

/// A difference in money: `EUR 1.20 M more`.
fn difference(report: &Report, value: f64) -> String {
    format!("{} {}", money(report, value.abs()), if value < 0.0 { "less" } else { "more" })
}

fn span(report: &Report) -> String {
    let (horizon, noun) = (report.summary.horizon, report.summary.period.noun());
    if horizon == 1 { format!("one {noun}") } else { format!("{horizon} {noun}s") }
}

fn interval(report: &Report, estimate: &Estimate) -> String {
    let ends = write_interval(Unit::Number, estimate.low, estimate.high);
    format!("{:.0}% interval {ends}", report.summary.interval * 100.0)
}

fn verdict(report: &Report, best: &Contrast, npv: Difference) -> String {
    let estimate = npv.estimate;
    let name = report.title(&best.scenario);
    let baseline = report.title(&best.baseline);
    let over = span(report);
    let than = format!("net present value than “{baseline}” over {over}");
    let difference = difference(report, estimate.mean);
    if estimate.mean == 0.0 && estimate.low == 0.0 && estimate.high == 0.0 {
        return format!("No scenario is worth more than “{baseline}” over {over}: the best differs by nothing at all.");
    }
    if estimate.standard_error.is_none() {
        let word = if estimate.mean > 0.0 { "best" } else { "nearest" };
        return format!(
            "In a single replication “{name}” comes out {word}, with {difference} {than}; \
             how sure that is, one replication cannot say."
        );
    }
    let doubt = interval(report, &estimate);
    let better = write_probability(npv.probability_better);
    if estimate.low > 0.0 {
        format!("“{name}” wins: {difference} {than} ({doubt}), better in {better} of the replications.")
    } else if estimate.high < 0.0 {
        let behind = money(report, estimate.mean.abs());
        format!(
            "“{baseline}” stays best: every other scenario is worth less over {over}. The nearest, “{name}”, \
             falls behind by {behind} in net present value (difference: {doubt})."
        )
    } else if estimate.mean > 0.0 {
        format!(
            "No clear winner: “{name}” comes out ahead with {difference} {than}, but the {doubt} \
             includes no difference (better in {better} of the replications)."
        )
    } else {
        format!(
            "No clear winner: no scenario comes out ahead of “{baseline}” over {over}. The nearest, “{name}”, has \
             {difference} net present value, and the {doubt} includes no difference."
        )
    }
}

/// How often the best beats the next best, replication by replication.
fn runner_up(report: &Report, best: &Contrast) -> Option<String> {
    let others = report.summary.contrasts.iter().filter(|c| c.scenario != best.scenario);
    let mean = |c: &Contrast| c.metrics.get("npv").map(|d| d.estimate.mean);
    let next = others.max_by(|a, b| mean(a).unwrap_or(f64::MIN).total_cmp(&mean(b).unwrap_or(f64::MIN)))?;
    // Both differ from the same baseline under the same luck, so their differences can be compared one by one.
    let ours = report.samples.get(&best.scenario)?.get("npv")?;
    let theirs = report.samples.get(&next.scenario)?.get("npv")?;
    if ours.len() != theirs.len() || ours.is_empty() {
        return None;
    }
    let score = |(a, b): (&f64, &f64)| if a > b { 1.0 } else { f64::from(u8::from(a >= b)) / 2.0 };
    let share = ours.iter().zip(theirs).map(score).sum::<f64>() / ours.len() as f64;
    let title = report.title(&next.scenario);
    Some(format!(" It beats the next best, “{title}”, in {} of them.", write_probability(share)))
}

fn warning(report: &Report, best: &Contrast) -> Option<String> {
    let agents = best.agents_that_differ;
    let name = report.title(&best.scenario);
    let (verb, who) = if agents == 1 { ("differs", "customer") } else { ("differ", "customers") };
    // A forced difference does not rest on those who happen to differ.
    (agents < FEW_AGENTS && best.estimator == Estimator::Paired).then(|| {
        format!(
            "Only {agents} simulated {who} {verb} at all between “{name}” and “{}”: the interval rests on \
             too few to be trusted. Simulate more customers or more replications.",
            report.title(&best.baseline)
        )
    })
}

/// What one scenario comes to, where there is nothing to compare it with.
fn alone(report: &Report) -> String {
    let Some(scenario) = report.summary.scenarios.first() else {
        return "There is no scenario in this study.".to_owned();
    };
    let mut said = Vec::new();
    if let Some(retention) = scenario.metrics.get("retention") {
        said.push(format!("keeps {} of its customers", write(Unit::Share, retention.mean)));
    }
    if let Some(npv) = scenario.metrics.get("npv") {
        let worth = money(report, npv.mean);
        let doubt = npv.standard_error.map(|_| format!(" ({})", interval(report, npv))).unwrap_or_default();
        said.push(format!("has a net present value of {worth}{doubt}"));
    }
    let title = report.title(&scenario.name);
    if said.is_empty() {
        return format!("“{title}” is the only scenario: there is nothing to compare it with.");
    }
    format!(
        "“{title}” {} over {}. It is the only scenario: there is nothing to compare it with.",
        said.join(" and "),
        span(report)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    /// The plain report with the differences in net present value set.
    fn with_npv(differences: [(f64, f64, f64); 2]) -> Report {
        let mut report = fixture::report();
        for (contrast, (low, mean, high)) in report.summary.contrasts.iter_mut().zip(differences) {
            let estimate = Estimate { mean, standard_error: Some((high - low) / 4.0), low, high };
            contrast.metrics.insert("npv".to_owned(), Difference { estimate, probability_better: 0.83 });
        }
        report
    }

    #[test]
    fn a_clear_win_is_said_with_its_size_and_its_doubt() {
        let said = headline(&with_npv([(9e5, 1.2e6, 1.5e6), (-1.0, 1e5, 2e5)]));
        assert!(said.sentence.starts_with(
            "“Know me: one view of the customer” wins: EUR 1.20 M more net present value than “Today” over 36 months \
             (95% interval 0.90 to 1.50 M), better in 83% of the replications."
        ));
        assert!(said.sentence.contains("It beats the next best, “Reach me: offers in the app & by post”, in "));
        assert_eq!(said.warning, None);
    }

    #[test]
    fn an_interval_that_holds_zero_is_no_win() {
        let said = headline(&with_npv([(-3e5, 1e5, 5e5), (-9e5, -1e5, 7e5)])).sentence;
        assert!(said.starts_with("No clear winner: “Know me") && said.contains("includes no difference"), "{said}");
        let said = headline(&with_npv([(-5e5, -1e5, 3e5), (-9e5, -2e5, 7e5)])).sentence;
        assert!(said.starts_with("No clear winner: no scenario comes out ahead of “Today”"), "{said}");
    }

    #[test]
    fn a_baseline_that_beats_all_others_is_said_to_stay_best() {
        let said = headline(&with_npv([(-3e5, -2e5, -1e5), (-9e5, -8e5, -7e5)])).sentence;
        assert!(said.starts_with("“Today” stays best") && said.contains("falls behind by EUR 200 k"), "{said}");
    }

    #[test]
    fn scenarios_that_change_nothing_are_said_to_change_nothing() {
        let said = headline(&with_npv([(0.0, 0.0, 0.0); 2])).sentence;
        assert!(said.starts_with("No scenario is worth more than “Today”"), "{said}");
    }

    #[test]
    fn a_single_scenario_is_compared_with_nothing() {
        let (case, report) = &fixture::extremes()[0];
        let said = headline(report).sentence;
        assert_eq!(*case, "one scenario");
        assert!(said.starts_with("“Today” keeps 28.3% of its customers and has a net present value of EUR "), "{said}");
        assert!(said.ends_with("nothing to compare it with."), "{said}");
    }

    #[test]
    fn a_single_replication_claims_no_certainty() {
        let report = &fixture::extremes()[2].1;
        let said = headline(report).sentence;
        assert!(said.contains("one replication cannot say") && !said.contains("wins"), "{said}");
    }

    #[test]
    fn a_win_that_rests_on_few_customers_comes_with_a_warning() {
        let mut report = with_npv([(9e5, 1.2e6, 1.5e6), (0.0, 1e5, 2e5)]);
        for agents in [29, 1, 0] {
            report.summary.contrasts[0].agents_that_differ = agents;
            let warning = headline(&report).warning.unwrap();
            assert!(warning.starts_with(&format!("Only {agents} simulated customer")), "{warning}");
        }
        report.summary.contrasts[0].agents_that_differ = 30;
        assert_eq!(headline(&report).warning, None);
    }
}
