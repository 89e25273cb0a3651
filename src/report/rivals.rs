//! Rivals are the other scenarios, held against one of them replication by replication.

use super::Report;
use crate::estimate::summary::Contrast;
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;
use crate::stats::moments::Moments;
use crate::stats::order::Percentiles;
use crate::stats::share::Share;

/// Another scenario, and how far the one in question is ahead of it in net present value.
pub struct Rival<'a> {
    /// The rival's title.
    pub title: &'a str,
    /// How far ahead: paired, for both met the same luck.
    pub ahead: Estimate,
    /// Where that lies in single replications; none where those are too few to know.
    pub outcomes: Option<Ends>,
    /// The share of replications in which it is ahead, ties counting half.
    pub share: Share,
}

impl Rival<'_> {
    /// Whether chance cannot explain that it is behind.
    pub fn is_beaten(&self) -> bool {
        self.ahead.standard_error.is_some() && self.ahead.low > 0.0
    }
}

/// The other scenarios beside the baseline, the nearest first; none where replications were not kept.
pub fn rivals<'a>(report: &'a Report, scenario: &str) -> Option<Vec<Rival<'a>>> {
    let npv = |name: &str| report.samples.get(name)?.get(Metric::Npv.key()).filter(|values| values.len() > 1);
    let ours = npv(scenario)?;
    let mean = |contrast: &Contrast| contrast.metrics.get(Metric::Npv.key()).map_or(f64::MIN, |its| its.estimate.mean);
    let mut others: Vec<&Contrast> = report.summary.contrasts.iter().filter(|its| its.scenario != scenario).collect();
    others.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    let rival = |other: &&'a Contrast| {
        // Both differ from the same baseline under the same luck, so their differences can be compared one by one.
        let theirs = npv(&other.scenario).filter(|theirs| theirs.len() == ours.len())?;
        let pairs = || ours.iter().zip(theirs);
        let sample: Vec<f64> = pairs().map(|(own, others)| own - others).collect();
        let ahead: Moments = sample.iter().copied().collect();
        let score =
            |(own, others): (&f64, &f64)| f64::from(u8::from(own > others)) + f64::from(u8::from(own >= others));
        let unknown =
            |its: &Contrast| its.metrics.get(Metric::Npv.key()).is_none_or(|npv| npv.estimate.standard_error.is_none());
        // What is too rare for either difference is too rare for the difference between them.
        let rare = report
            .summary
            .contrasts
            .iter()
            .any(|its| (its.scenario == scenario || its.scenario == other.scenario) && unknown(its));
        Some(Rival {
            title: report.title(&other.scenario),
            outcomes: Percentiles::of(&sample, report.summary.interval).and_then(|its| its.outcomes()),
            ahead: if rare { Estimate::unknown(ahead.mean()) } else { Estimate::of(&ahead, report.summary.interval) },
            share: Share::of_score(pairs().map(score).sum::<f64>() / 2.0, ours.len() as u64, report.summary.interval)?,
        })
    };
    others.iter().map(rival).collect()
}

/// Of all rivals the one to speak of: the nearest that is not clearly beaten, else the nearest.
pub fn toughest<'a, 'r>(rivals: &'r [Rival<'a>]) -> Option<&'r Rival<'a>> {
    rivals.iter().find(|rival| !rival.is_beaten()).or(rivals.first())
}

/// The share of replications in which a scenario is worth more than all others and the baseline, ties shared out.
pub fn firsts(report: &Report, scenario: &str) -> Option<Share> {
    let npv = |name: &str| report.samples.get(name)?.get(Metric::Npv.key());
    let ours = npv(scenario)?;
    let others: Option<Vec<&Vec<f64>>> = report
        .business
        .cases
        .iter()
        .filter(|case| case.scenario != scenario)
        .map(|case| npv(&case.scenario).filter(|values| values.len() == ours.len()))
        .collect();
    let others = others?;
    let score = |(place, own): (usize, &f64)| {
        let rivals = || others.iter().map(|values| values[place]).chain([0.0]);
        if rivals().any(|rival| rival > *own) {
            return 0.0;
        }
        1.0 / (1.0 + rivals().filter(|rival| rival == own).count() as f64)
    };
    Share::of_score(ours.iter().enumerate().map(score).sum(), ours.len() as u64, report.summary.interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn a_rival_is_beaten_only_where_the_paired_difference_leaves_nothing_out() {
        let mut report = fixture::report();
        let wave = |i: usize| f64::from(u8::from(i.is_multiple_of(2)));
        let mut set = |name: &str, of: &dyn Fn(usize) -> f64| {
            report.samples.get_mut(name).unwrap().insert("npv".to_owned(), (0..200).map(of).collect());
        };
        // Both vary much, and the one is always 1 ahead of the other.
        set("know_me", &|i| 1e3 * wave(i) + 1.0);
        set("reach_me", &|i| 1e3 * wave(i));
        let found = rivals(&report, "know_me").unwrap();
        assert!(found[0].is_beaten() && found[0].share.share == 1.0 && found[0].ahead.mean == 1.0);
        assert!(toughest(&found).is_some_and(|rival| rival.title.starts_with("Reach me")));
        let found = rivals(&report, "reach_me").unwrap();
        assert!(!found[0].is_beaten() && found[0].share.share == 0.0);
        assert_eq!(rivals(&fixture::extremes()[2].1, "know_me").map(|found| found.len()), None, "one replication");
    }
}
