//! The headline says in a sentence which scenario wins, by how much and how surely.

use super::Report;
use super::amount::{Unit, write, write_probability, write_ranged, write_ranged_signed};
use super::bounds::share_in_words;
use super::outcome::{in_words, interval_of_the_mean, nine_of_ten, with_range};
use super::risk::{self, safest};
use super::rivals::{Rival, rivals, toughest};
use crate::estimate::summary::{Contrast, Difference};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;

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
    let cautions = report.summary.cautions.join(" ");
    let warning = (!cautions.is_empty()).then_some(cautions);
    let Some((best, npv)) = best(report) else {
        return Headline { sentence: alone(report), warning };
    };
    if !report.has_money() {
        return Headline { sentence: moneyless(report), warning };
    }
    let rivals = rivals(report, &best.scenario);
    let mut sentence = verdict(report, (best, npv), rivals.as_deref());
    if npv.estimate.mean > 0.0
        && let Some(rival) = rivals.as_deref().and_then(toughest)
    {
        sentence.push_str(&against(report, rival));
    }
    sentence.push_str(&safer(report, best).unwrap_or_default());
    Headline { sentence, warning }
}

/// The contrast with the greatest difference in net present value.
fn best(report: &Report) -> Option<(&Contrast, Difference)> {
    let valued = report.summary.contrasts.iter().filter_map(|c| Some((c, *c.metrics.get(Metric::Npv.key())?)));
    valued.max_by(|a, b| a.1.estimate.mean.total_cmp(&b.1.estimate.mean))
}

/// A mean difference in money, and its outcomes in the same thousands: `EUR 1.20 M more`, `; in nine of ten cases between
/// 0.90 and 1.50 M`.
fn difference(report: &Report, estimate: &Estimate, outcomes: Option<Ends>) -> (String, String) {
    let way = if estimate.mean < 0.0 { "less" } else { "more" };
    let shown = with_range(estimate, outcomes);
    let mean = match shown.standard_error {
        Some(_) => write_ranged(Unit::Number, shown.mean, shown.low, shown.high).0,
        None => write(Unit::Number, shown.mean),
    };
    (
        format!("{} {} {way}", report.summary.currency, mean.trim_start_matches('−')),
        in_words(Unit::Number, estimate, outcomes, report.summary.interval),
    )
}

fn span(report: &Report) -> String {
    let (horizon, noun) = (report.summary.horizon, report.summary.period.noun());
    if horizon == 1 { format!("one {noun}") } else { format!("{horizon} {noun}s") }
}

fn verdict(report: &Report, (best, npv): (&Contrast, Difference), rivals: Option<&[Rival<'_>]>) -> String {
    let estimate = npv.estimate;
    let name = report.title(&best.scenario);
    let baseline = report.title(&best.baseline);
    let over = span(report);
    let than = format!("net present value than “{baseline}” over {over}");
    let (difference, range) = difference(report, &estimate, nine_of_ten(&best.percentiles, Metric::Npv.key()));
    if estimate.mean == 0.0 && estimate.low == 0.0 && estimate.high == 0.0 {
        return format!("No scenario is worth more than “{baseline}” over {over}: the best differs by nothing at all.");
    }
    let better = npv.better.map(|better| write_probability(better.share)).unwrap_or_default();
    if estimate.standard_error.is_none() {
        let word = if estimate.mean > 0.0 { "best" } else { "nearest" };
        return match npv.better {
            None => format!(
                "In a single replication “{name}” comes out {word}, with {difference} {than}; \
                 how sure that is, one replication cannot say."
            ),
            Some(_) => format!(
                "“{name}” comes out {word}, with {difference} {than} on average{range}. It is better in {better} of the \
                 replications; how sure the mean is, so few cannot say."
            ),
        };
    }
    let interval = interval_of_the_mean(report.summary.interval);
    if estimate.low > 0.0 {
        // Who wins is ahead of all that were compared, not of the baseline alone.
        let beats = rivals.is_some_and(|rivals| rivals.iter().all(Rival::is_beaten));
        let verdict = match safest(report, &best.scenario) {
            Some(_) => "is worth most on average".to_owned(),
            None if beats => "wins".to_owned(),
            None => format!("is clearly ahead of “{baseline}”"),
        };
        format!(
            "“{name}” {verdict}: {difference} {than} on average{range}. It is better in {better} of the replications."
        )
    } else if estimate.high < 0.0 {
        let behind = difference.trim_end_matches(" less");
        format!(
            "“{baseline}” stays best: every other scenario is worth less over {over}. The nearest, “{name}”, \
             falls behind by {behind} in net present value on average{range}."
        )
    } else if estimate.mean > 0.0 {
        format!(
            "No clear winner: “{name}” comes out ahead with {difference} {than} on average{range}. The {interval} \
             includes zero; it is better in {better} of the replications."
        )
    } else {
        format!(
            "No clear winner: no scenario comes out ahead of “{baseline}” over {over}. The nearest, “{name}”, has \
             {difference} net present value on average{range}. The {interval} includes zero."
        )
    }
}

/// Which scenario is safer than the one that is worth most on average, by what, and what it costs to choose it.
fn safer(report: &Report, best: &Contrast) -> Option<String> {
    let safe = safest(report, &best.scenario)?;
    let most = report.business.cases.iter().find(|case| case.scenario == best.scenario)?;
    let (name, other) = (report.title(&safe.scenario), report.title(&best.scenario));
    Some(format!(" “{name}” is safest; in brackets, “{other}”: {}", risk::in_words(report, safe, most)))
}

/// How the best stands to the toughest of the others.
fn against(report: &Report, rival: &Rival<'_>) -> String {
    let (difference, range) = difference(report, &rival.ahead, rival.outcomes);
    let verdict = if rival.is_beaten() { "beats the next best," } else { "is not clearly ahead of" };
    let share = share_in_words(&rival.share);
    format!(" It {verdict} “{}”: {difference} on average{range}, better in {share} of them.", rival.title)
}

/// What differs where nothing is counted in money.
fn moneyless(report: &Report) -> String {
    let retention = |contrast: &&Contrast| contrast.metrics.get(Metric::Retention.key()).map(|its| its.estimate);
    let kept = report.summary.contrasts.iter().filter_map(|contrast| Some((contrast, retention(&contrast)?)));
    let most = kept.max_by(|a, b| a.1.mean.total_cmp(&b.1.mean)).filter(|(_, kept)| kept.mean > 0.0);
    let baseline = report.title(&report.summary.baseline);
    let over = span(report);
    let Some((contrast, kept)) = most else {
        return format!(
            "This study counts no money, and no scenario keeps more customers than “{baseline}” over {over}: compare \
             what customers do."
        );
    };
    let clearly = if kept.low > 0.0 { "" } else { ", not clearly" };
    let outcomes = nine_of_ten(&contrast.percentiles, Metric::Retention.key());
    let shown = with_range(&kept, outcomes);
    let mean = write_ranged_signed(Unit::Points, shown.mean, shown.low, shown.high).0;
    let range = in_words(Unit::Points, &kept, outcomes, report.summary.interval);
    format!(
        "This study counts no money. “{}” keeps most customers over {over}{clearly}: {mean} against “{baseline}” on \
         average{range}.",
        report.title(&contrast.scenario)
    )
}

/// What one scenario comes to, where there is nothing to compare it with.
fn alone(report: &Report) -> String {
    let Some(scenario) = report.summary.scenarios.first() else {
        return "There is no scenario in this study.".to_owned();
    };
    let mut said = Vec::new();
    if let Some(retention) = scenario.metrics.get(Metric::Retention.key()) {
        said.push(format!("keeps {} of its customers", write(Unit::Share, retention.mean)));
    }
    if let Some(npv) = scenario.metrics.get(Metric::Npv.key()).filter(|_| report.has_money()) {
        let outcomes = nine_of_ten(&scenario.percentiles, Metric::Npv.key());
        let shown = with_range(npv, outcomes);
        let mean = match shown.standard_error {
            Some(_) => write_ranged(Unit::Number, shown.mean, shown.low, shown.high).0,
            None => write(Unit::Number, npv.mean),
        };
        let range = outcomes.map(|its| write_ranged(Unit::Number, npv.mean, its.low, its.high).1);
        let range = range.map_or_else(String::new, |ends| format!(" on average (in nine of ten cases {ends})"));
        said.push(format!("has a net present value of {} {mean}{range}", report.summary.currency));
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
    use crate::estimate::money::business::BusinessCase;
    use crate::report::fixture;
    use crate::stats::order::Percentiles;
    use crate::stats::share::Share;

    /// The plain report with the differences in net present value set.
    fn with_npv(differences: [(f64, f64, f64); 2]) -> Report {
        let mut report = fixture::report();
        for (contrast, (low, mean, high)) in report.summary.contrasts.iter_mut().zip(differences) {
            let estimate = Estimate { mean, standard_error: Some((high - low) / 4.0), low, high };
            let better = Some(Share { share: 0.83, low: 0.77, high: 0.88 });
            contrast.metrics.insert("npv".to_owned(), Difference { estimate, better });
            // Alike for all, so that only the means part the scenarios.
            let luck: Vec<f64> = (0..200).map(|i| mean + f64::from(i % 2 * 2 - 1) * 7.0 * (high - low) / 2.0).collect();
            contrast.percentiles.insert("npv".to_owned(), Percentiles::of(&luck, 0.95).unwrap());
            report.samples.get_mut(&contrast.scenario).unwrap().insert("npv".to_owned(), luck);
        }
        report
    }

    #[test]
    fn a_clear_win_is_said_with_its_size_and_its_doubt() {
        let said = headline(&with_npv([(9e5, 1.2e6, 1.5e6), (-1.0, 1e5, 2e5)]));
        assert!(said.sentence.starts_with(
            "“Know me: one view of the customer” wins: EUR 1.20 M more net present value than “Today” over 36 months on \
             average; in nine of ten cases between −0.90 and 3.30 M. It is better in 83% of the replications."
        ));
        assert!(
            said.sentence.contains(
                "It beats the next best, “Reach me: offers in the app & by post”: EUR 1.10 M more on average"
            ),
            "{}",
            said.sentence
        );
        assert_eq!(said.warning, None);
    }

    #[test]
    fn who_is_ahead_of_the_baseline_alone_does_not_win() {
        let said = headline(&with_npv([(9e5, 1.2e6, 1.5e6), (7e5, 1.19e6, 1.68e6)])).sentence;
        assert!(
            said.starts_with("“Know me: one view of the customer” is clearly ahead of “Today”: EUR 1.20 M"),
            "{said}"
        );
        assert!(said.contains("It is not clearly ahead of “Reach me: offers in the app & by post”: EUR "), "{said}");
        assert!(!said.contains("wins"), "{said}");
    }

    #[test]
    fn what_a_safer_scenario_passes_in_risk_does_not_win() {
        let mut report = with_npv([(9e5, 1.2e6, 1.5e6), (9e4, 1e5, 2e5)]);
        report.business = fixture::rich::report().business;
        let cases = &mut report.business.cases;
        cases[0].npv.mean = 1.2e6;
        let copy = cases[0].clone();
        let name = cases[1].scenario.clone();
        cases[1] = BusinessCase { scenario: name, peak_funding: Estimate::known(1.0), ..copy };
        cases[1].npv.mean = 1e5;
        let said = headline(&report).sentence;
        assert!(said.starts_with("“Know me: one view of the customer” is worth most on average: EUR 1.20 M"), "{said}");
        assert!(said.contains("“Reach me: offers in the app & by post” is safest") && !said.contains("wins"), "{said}");
        assert!(said.contains("Its safety costs EUR 1.10 M on average."), "{said}");
        report.business.cases[1].peak_funding = Estimate::known(1e9);
        assert!(headline(&report).sentence.starts_with("“Know me: one view of the customer” wins: "));
    }

    #[test]
    fn where_there_is_no_money_customers_are_spoken_of() {
        let said = headline(&fixture::moneyless()).sentence;
        assert!(said.starts_with("This study counts no money. “Reach me"), "{said}");
        assert!(
            said.contains(" pp against “Today” on average; in nine of ten cases between ") && !said.contains("EUR"),
            "{said}"
        );
    }

    #[test]
    fn an_interval_that_holds_zero_is_no_win() {
        let said = headline(&with_npv([(-3e5, 1e5, 5e5), (-9e5, -1e5, 7e5)])).sentence;
        assert!(said.starts_with("No clear winner: “Know me") && said.contains("includes zero"), "{said}");
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
    fn what_the_run_cautions_of_is_warned_of() {
        let mut report = with_npv([(9e5, 1.2e6, 1.5e6), (0.0, 1e5, 2e5)]);
        report.summary.contrasts[0].affected_agents = 0;
        assert_eq!(headline(&report).warning, None, "who differs says nothing of how well a difference is known");
        report.summary.cautions = vec!["This is rare.".to_owned(), "So is that.".to_owned()];
        assert_eq!(headline(&report).warning.unwrap(), "This is rare. So is that.");
    }

    #[test]
    fn a_difference_without_an_interval_claims_none() {
        let mut report = with_npv([(9e5, 1.2e6, 1.5e6), (0.0, 1e5, 2e5)]);
        for contrast in &mut report.summary.contrasts {
            let npv = contrast.metrics.get_mut("npv").unwrap();
            npv.estimate = Estimate::unknown(npv.estimate.mean);
        }
        let said = headline(&report).sentence;
        assert!(
            said.contains("better in 83% of the replications; how sure the mean is") && !said.contains("wins"),
            "{said}"
        );
        assert!(!said.contains("interval"), "{said}");
    }
}
