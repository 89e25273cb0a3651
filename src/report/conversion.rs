//! How many of those who come in a stage that is not retained are won, by how long ago they came.

use super::Report;
use super::amount::Unit;
use super::axis::times;
use super::chart::Chart;
use super::curves::{Curve, Subject, draw};
use super::palette::scenario;
use crate::estimate::money::business::CohortsOfScenario;
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;

/// No more points than this are drawn of one curve.
const MOST_POINTS: usize = 240;

/// The share who have converted by periods since they came, one curve for each scenario; none where nobody may convert.
pub fn conversion(report: &Report) -> Option<Chart> {
    let noun = report.summary.period.noun();
    let subject = Subject {
        name: Metric::Conversion.key(),
        difference: false,
        title: "How many are won, by the time since they came".to_owned(),
        measures: format!(
            "Of those who came in a stage that is not retained, the share who have been in one that is, by {noun}s since"
        ),
        unit: Unit::Share,
        times: (0, 0),
        since: "since they came",
    };
    chart(report, subject, by_age)
}

/// The share who are retained by periods since they were won, one curve for each scenario; none where nobody was.
pub fn retention(report: &Report) -> Option<Chart> {
    let noun = report.summary.period.noun();
    let subject = Subject {
        name: "retention_from_conversion",
        difference: false,
        title: "How long those stay who are won".to_owned(),
        measures: format!(
            "Of those who came to a retained stage, the share who are in one, by {noun}s since they first were"
        ),
        unit: Unit::Share,
        times: (0, 0),
        since: "since they were won",
    };
    chart(report, subject, since_won)
}

/// A chart of shares by periods since something happened, one curve for each scenario.
fn chart(report: &Report, subject: Subject, shares: impl Fn(&CohortsOfScenario) -> Vec<f64>) -> Option<Chart> {
    let curve = |of: &CohortsOfScenario| {
        let shares = shares(of);
        let values = times(shares.len(), MOST_POINTS).into_iter();
        Curve {
            name: of.scenario.clone(),
            title: report.title(&of.scenario).to_owned(),
            look: scenario(report, &of.scenario),
            values: values.map(|age| (age as f64, Estimate::unknown(shares[age]))).collect(),
        }
    };
    let curves: Vec<Curve> = report.business.cohorts.iter().map(curve).filter(|its| its.values.len() > 1).collect();
    let last = curves.iter().filter_map(|its| Some(its.values.last()?.0)).fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of periods")]
    let subject = Subject { times: (0, last as u64), ..subject };
    (!curves.is_empty()).then(|| draw(report, &subject, curves))
}

/// The share who are retained 0, 1, ... periods after they were won, of all cohorts together: comings less goings, over those
/// who were seen for so long.
fn since_won(of: &CohortsOfScenario) -> Vec<f64> {
    let longest = of.cohorts.iter().map(|cohort| cohort.retention_from_conversion.len()).max().unwrap_or(0);
    let (mut retained, mut shares) = (0.0, Vec::new());
    for since in 0..longest {
        let (mut seen, mut net) = (0.0, 0.0);
        for cohort in &of.cohorts {
            let shares = &cohort.retention_from_conversion;
            let (Some(came), Some(now)) = (cohort.came_to_convert, shares.get(since)) else { continue };
            let Some(last) = cohort.conversion.len().checked_sub(since + 1) else { continue };
            let before = since.checked_sub(1).map_or(0.0, |before| shares[before]);
            let won = came * cohort.conversion[last];
            (seen, net) = (seen + won, net + won * (now - before));
        }
        if seen <= 0.0 {
            break;
        }
        retained += net / seen;
        shares.push(retained.clamp(0.0, 1.0));
    }
    shares
}

/// The share who have converted within 0, 1, ... periods, of all cohorts together: the product-limit estimate (Kaplan & Meier
/// 1958, Journal of the American Statistical Association 53(282)), since those who come later are seen for less long.
fn by_age(of: &CohortsOfScenario) -> Vec<f64> {
    let seen: Vec<(f64, &[f64], usize)> = of
        .cohorts
        .iter()
        .filter_map(|cohort| {
            let came = cohort.came_to_convert.filter(|came| *came > 0.0)?;
            // Who comes in a period has been there for one at its end.
            Some((came, cohort.conversion.as_slice(), usize::from(cohort.entry > 0)))
        })
        .collect();
    let longest = seen.iter().map(|(_, conversion, later)| conversion.len() + later).max().unwrap_or(0);
    let (mut left, mut shares) = (1.0, Vec::new());
    for age in 0..longest {
        let (mut at_risk, mut won) = (0.0, 0.0);
        for (came, conversion, later) in &seen {
            let Some(since) = age.checked_sub(*later).filter(|since| *since < conversion.len()) else { continue };
            let before = since.checked_sub(1).map_or(0.0, |before| conversion[before]);
            at_risk += came * (1.0 - before);
            won += came * (conversion[since] - before);
        }
        left *= if at_risk > 0.0 { (1.0 - won / at_risk).clamp(0.0, 1.0) } else { 1.0 };
        shares.push(1.0 - left);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    fn report() -> Report {
        let mut report = rich::report();
        for of in &mut report.business.cohorts {
            for cohort in &mut of.cohorts {
                let later = usize::from(cohort.entry > 0);
                cohort.came_to_convert = Some(100.0);
                let chance = if cohort.entry < 2 { 0.5_f64 } else { 0.25 };
                cohort.conversion = (0..cohort.retention.len())
                    .map(|since| 1.0 - libm::pow(1.0 - chance, (since + later) as f64))
                    .collect();
            }
        }
        report
    }

    #[test]
    fn cohorts_that_were_seen_for_different_times_make_one_curve_that_never_falls() {
        let mut report = report();
        let of = &mut report.business.cohorts[0];
        of.cohorts.truncate(2);
        let shares = by_age(of);
        for (age, share) in shares.iter().enumerate() {
            assert!((share - (1.0 - libm::pow(0.5, age as f64))).abs() < 1e-12, "{age}: {share}");
        }
        let mixed = by_age(&report.business.cohorts[1]);
        assert!(mixed.windows(2).all(|pair| pair[0] <= pair[1]) && mixed[1] < 0.3, "{mixed:?}");
    }

    #[test]
    fn a_chart_has_every_scenario_and_a_study_in_which_nobody_converts_has_none() {
        let chart = conversion(&report()).unwrap();
        assert_eq!(chart.name, "conversion");
        assert!(chart.alt.contains("Today") && chart.svg.contains("months since they came"), "{}", chart.alt);
        assert!(conversion(&rich::report()).is_none() && retention(&rich::report()).is_none());
        let mut report = report();
        let of = &mut report.business.cohorts[0];
        for cohort in &mut of.cohorts {
            cohort.retention_from_conversion =
                (0..cohort.retention.len()).map(|since| libm::pow(0.9, since as f64)).collect();
        }
        for (since, share) in since_won(of).into_iter().enumerate() {
            assert!((share - libm::pow(0.9, since as f64)).abs() < 1e-9, "{since}: {share}");
        }
        assert!(retention(&report).is_some());
    }
}
