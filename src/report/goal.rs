//! Goals are targets in words: what is asked, and by how much it is met or missed.

use indexmap::IndexMap;

use super::Report;
use super::amount::{Unit, write, write_signed, write_signed_bracketed};
use crate::estimate::money::business::{TargetOfScenario, TargetResult};
use crate::model::facts::{Dimension, Facts, Time};
use crate::model::families::BY_CLASS;
use crate::model::metric::{CHANNELS, PILLARS, SURVEYS, SWITCHED, TAGS, TOUCHPOINTS, WEIGHTS};
use crate::model::reported::{dimension_of, named};
use crate::stats::estimate::Estimate;

/// What a study's targets are told with.
pub struct Words<'a> {
    /// The currency of money.
    pub currency: &'a str,
    /// A period.
    pub noun: &'a str,
    /// The baseline's title.
    pub baseline: &'a str,
    /// What people call metrics of things that have titles, by their names.
    pub phrases: &'a IndexMap<String, String>,
}

/// Whether a metric is judged as it stands in a period; others are summed up to it.
fn is_state(metric: &str) -> bool {
    named(metric).is_some_and(|(facts, _)| facts.time == Time::State)
}

/// Families whose members have a name before what is said of it.
const FIRST_A_NAME: [&Facts; 7] = [TOUCHPOINTS, WEIGHTS, TAGS, CHANNELS, SWITCHED, SURVEYS, PILLARS];

/// A metric as people say it: by its phrase where it has one, else by its name.
pub fn metric_in_words(phrases: &IndexMap<String, String>, metric: &str) -> String {
    if let Some(phrase) = phrases.get(metric) {
        return phrase.clone();
    }
    match named(metric) {
        // A touchpoint stands before its end, a tag before its class, a survey or channel before what is said of it.
        Some((facts, member)) if FIRST_A_NAME.iter().chain(&BY_CLASS).any(|its| its.name == facts.name) => {
            format!("{}{}", facts.phrase, member.replacen('.', ", ", 1).replace('_', " "))
        }
        Some((facts, member)) => format!("{}{}", facts.phrase, member.replace('_', " ")),
        None => metric.replace('_', " "),
    }
}

impl<'a> Words<'a> {
    /// The words of a report.
    pub fn of(report: &'a Report) -> Self {
        let summary = &report.summary;
        Self {
            currency: &summary.currency,
            noun: summary.period.noun(),
            baseline: report.title(&summary.baseline),
            phrases: &report.phrases,
        }
    }

    /// An amount of a metric: `40%`, `EUR 9.00 M`, `1,200`.
    fn amount(&self, metric: &str, value: f64, is_difference: bool) -> String {
        match dimension_of(metric) {
            // A share that somebody asked for has few digits.
            Dimension::Share if is_difference => format!("{} pp", percent(value).trim_end_matches('%')),
            Dimension::Share => percent(value),
            Dimension::Money => format!("{} {}", self.currency, write(Unit::Number, value)),
            Dimension::Minutes => format!("{} min", as_told(value)),
            Dimension::Score
            | Dimension::Customers
            | Dimension::Purchases
            | Dimension::Times
            | Dimension::People
            | Dimension::Periods
            | Dimension::Own => as_told(value),
        }
    }

    /// What a target asks: `Keep our customers: retention at least 40% in month 36`.
    pub fn asked(&self, target: &TargetResult) -> String {
        let title = if target.title.is_empty() { String::new() } else { format!("{}: ", target.title) };
        let metric = metric_in_words(self.phrases, &target.metric);
        let who = target.segment_title.as_ref().map_or_else(String::new, |segment| format!(" of “{segment}”"));
        // Below the baseline more is less: who is to be at least a tenth below it may be further below.
        let below = target.against_baseline && target.bound < 0.0;
        let side = if target.at_least == below { "at most" } else { "at least" };
        let size = libm::fabs(target.bound);
        let bound = if target.relative_to_baseline {
            percent(size)
        } else {
            self.amount(&target.metric, size, target.against_baseline)
        };
        let bound = match target.against_baseline {
            true if target.bound == 0.0 => format!("that of “{}”", self.baseline),
            true if target.bound < 0.0 => format!("{bound} below that of “{}”", self.baseline),
            true => format!("{bound} above that of “{}”", self.baseline),
            false if target.bound < 0.0 => format!("−{bound}"),
            false => bound,
        };
        let when = if is_state(&target.metric) { "in" } else { "up to" };
        format!("{title}{metric}{who} {side} {bound} {when} {} {}", self.noun, target.period)
    }

    /// By how much a bound is kept or missed: `within the bound by EUR 1.43 M`, `short by 3.13 pp`. What is too much is
    /// `over`.
    pub fn kept_by(&self, target: &TargetResult, gap: f64) -> String {
        let side = match (gap < 0.0, target.at_least) {
            (false, _) => "within the bound",
            (true, true) => "short",
            (true, false) => "over",
        };
        let size = libm::fabs(gap);
        let size = match dimension_of(&target.metric) {
            Dimension::Share => write(Unit::Points, size),
            Dimension::Money => format!("{} {}", self.currency, write(Unit::Number, size)),
            Dimension::Minutes => format!("{} min", write(Unit::Number, size)),
            Dimension::Score
            | Dimension::Customers
            | Dimension::Purchases
            | Dimension::Times
            | Dimension::People
            | Dimension::Periods
            | Dimension::Own => write(Unit::Number, size),
        };
        format!("{side} by {size}")
    }
}

/// A number that somebody asked for, with the digits that they gave it: `0.56`, `12.0 k`.
fn as_told(value: f64) -> String {
    let is_told = value.abs() < 1e4 && libm::trunc(value) != value;
    if is_told { value.to_string() } else { write(Unit::Number, value) }
}

/// A share that somebody asked for, which has few digits: `5%`.
fn percent(share: f64) -> String {
    let text = write(Unit::Share, share);
    let digits = text.trim_end_matches('%');
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    format!("{digits}%")
}

/// How far within its bound a target is kept, with its interval; below 0 it is missed.
pub fn room(target: &TargetResult, gap: &Estimate) -> String {
    let unit = Unit::of_difference(&target.metric);
    if gap.low < gap.high { write_signed_bracketed(unit, gap) } else { write_signed(unit, gap.mean) }
}

/// The scenarios that a target judges: the baseline is not held against itself.
pub fn judged<'a>(report: &'a Report, target: &'a TargetResult) -> impl Iterator<Item = &'a TargetOfScenario> {
    let baseline = &report.summary.baseline;
    target.scenarios.iter().filter(move |of| !target.against_baseline || of.scenario != *baseline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    /// The words of a study in which one end of a touchpoint has a title.
    fn asked(target: &TargetResult) -> String {
        let phrases = [("touchpoints.stay.gone", "Stay at a hotel, breakfast gone")];
        words(&phrases.map(|(metric, phrase)| (metric.to_owned(), phrase.to_owned())).into()).asked(target)
    }

    fn words(phrases: &IndexMap<String, String>) -> Words<'_> {
        Words { currency: "EUR", noun: "month", baseline: "Today", phrases }
    }

    fn target(metric: &str, at_least: bool, bound: f64, against_baseline: bool) -> TargetResult {
        let report = rich::report();
        let any = report.business.targets[0].clone();
        let (title, period) = (String::new(), 36);
        TargetResult {
            metric: metric.to_owned(),
            title,
            segment_title: None,
            period,
            at_least,
            bound,
            against_baseline,
            ..any
        }
    }

    #[test]
    fn a_target_has_its_unit_and_says_when_it_is_judged() {
        for (target, said) in [
            (target("retention", true, 0.4, false), "retention at least 40% in month 36"),
            (target("retention", true, 0.02, true), "retention at least 2 pp above that of “Today” in month 36"),
            (target("initiative_cost", false, 9e6, false), "initiative cost at most EUR 9.00 M up to month 36"),
            (target("npv", true, 0.0, true), "net present value at least that of “Today” up to month 36"),
            (target("satisfaction", true, 0.56, false), "satisfaction at least 0.56 in month 36"),
            (target("customers.at_risk", false, 12_000.0, false), "customers in at risk at most 12.0 k in month 36"),
            (
                target("touchpoints.stay.too_late", false, 12_000.0, false),
                "stay, too late at most 12.0 k up to month 36",
            ),
            (target("channels.phone.wait", false, 2.5, false), "phone, wait at most 2.5 min up to month 36"),
            (
                target("channels.phone.service_level", true, 0.8, false),
                "phone, service level at least 80% up to month 36",
            ),
            (
                target("touchpoints.stay.gone", false, 12_000.0, false),
                "Stay at a hotel, breakfast gone at most 12.0 k up to month 36",
            ),
        ] {
            assert_eq!(asked(&target), said);
        }

        for (bound, said) in [
            (0.05, "revenue at least 5% above that of “Today” up to month 36"),
            (-0.125, "revenue at most 12.5% below that of “Today” up to month 36"),
            (0.0, "revenue at least that of “Today” up to month 36"),
        ] {
            let relative = TargetResult { relative_to_baseline: true, ..target("revenue", true, bound, true) };
            assert_eq!(asked(&relative), said);
        }
        let fewer = TargetResult { relative_to_baseline: true, ..target("churned", false, -0.33, true) };
        assert_eq!(asked(&fewer), "churned customers at least 33% below that of “Today” in month 36");
        let named = TargetResult { title: "Keep them".to_owned(), ..target("retention", true, 0.4, false) };
        assert!(asked(&named).starts_with("Keep them: retention"));
    }

    #[test]
    fn what_is_kept_and_what_is_missed_cannot_be_confused() {
        let none = IndexMap::new();
        let kept_by = |target: &TargetResult, gap: f64| words(&none).kept_by(target, gap);
        let cost = target("initiative_cost", false, 9e6, false);
        assert_eq!(kept_by(&cost, 1_426_252.1), "within the bound by EUR 1.43 M");
        assert_eq!(kept_by(&target("retention", true, 0.4, false), -0.0313), "short by 3.13 pp");
        assert_eq!(kept_by(&cost, -1_426_252.1), "over by EUR 1.43 M");
        assert_eq!(kept_by(&target("channels.phone.wait", false, 3.0, false), -1.25), "over by 1.25 min");
    }

    #[test]
    fn the_baseline_is_not_held_against_itself() {
        let mut report = rich::report();
        report.business.targets[0].against_baseline = true;
        let target = &report.business.targets[0];
        let mut judged = judged(&report, target);
        assert!(target.scenarios.iter().any(|of| of.scenario == "today"));
        assert!(judged.all(|of| of.scenario != "today"));
    }
}
