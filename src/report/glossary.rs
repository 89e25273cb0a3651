//! The glossary says what the words of the report mean, for those that mean more or less than they seem to.

use super::Report;
use super::amount::{Unit, write};
use super::service;
use crate::model::facts::Facts;
use crate::model::metric::{HEARSAY, Metric};

/// The words of a report with their meaning; those of money only where there is any.
pub fn glossary(report: &Report) -> Vec<(&'static str, String)> {
    let noun = report.summary.period.noun();
    let stages = match report.retained.values().collect::<Vec<_>>().as_slice() {
        [] => "stages that count as retained".to_owned(),
        [one] => format!("the stage “{one}”"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(|stage| format!("“{stage}”")).collect();
            format!("the stages {} and “{last}”", others.join(", "))
        }
    };
    let mut words = vec![
        ("Active customers", format!("Customers in {stages}.")),
        (
            "Retention",
            "The active customers as a share of all who were active at the start or at any time since, newcomers \
             among them."
                .to_owned(),
        ),
        (
            "Churned",
            "Customers who were active at some time and are not now; those who may yet come back are among them, those \
             who left before they were ever active are not."
                .to_owned(),
        ),
    ];
    let has = |metric: Metric| report.summary.scenarios.iter().any(|its| its.metrics.contains_key(metric.key()));
    if has(Metric::Conversion) {
        words.extend([
            (
                Metric::Conversion.facts().title,
                "Of those who were not active at the start or when they came, the share who have been since. Who came late \
                 has had less time; the chart goes by the time since they came."
                    .to_owned(),
            ),
            (
                Metric::TimeToConvert.facts().title,
                format!("The mean number of {noun}s that took, over those who became active within the horizon."),
            ),
        ]);
    }
    if has(Metric::Wallet) {
        words.extend([
            (
                Metric::Wallet.facts().title,
                "Of all that customers buy where they share it with rivals, the share that they buy here.".to_owned(),
            ),
            (
                Metric::RivalPurchases.facts().title,
                "What customers buy of rivals there: what is to be expected of each of them, not a draw.".to_owned(),
            ),
        ]);
    }
    if has(Metric::Contacts) {
        words.push((
            Metric::Contacts.facts().title,
            "How often touchpoints happen that take work, or cost money which is not spent on winning customers."
                .to_owned(),
        ));
    }
    if has(Metric::FullTime) {
        let hours = write(Unit::Number, report.full_time_hours);
        words.push((
            Metric::FullTime.facts().title,
            format!(
                "The people whom touchpoints keep busy in the last {noun}, each {hours} hours a year; what is not spent with \
                 customers comes on top."
            ),
        ));
    }
    if has(Metric::CostToServe) {
        words.push((
            Metric::CostToServe.facts().title,
            "What touchpoints cost each time, but for what is spent on winning customers; part of all cost.".to_owned(),
        ));
    }
    if HEARSAY.iter().any(|facts| has_any(report, facts)) {
        let [hearings, told] = HEARSAY;
        words.extend([
            (
                told.title,
                "How many customers and prospects are reached by what customers tell, each as often as they are."
                    .to_owned(),
            ),
            (
                hearings.title,
                format!(
                    "How often customers hear what was told in the {noun} before; those who have left hear it no more."
                ),
            ),
        ]);
    }
    words.extend(service::words(report));
    if report.has_money() {
        words.extend(money(noun));
    }
    words
}

/// The words of money.
fn money(noun: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Margin", "Revenue less the cost of the goods in the baskets; no other cost is taken off.".to_owned()),
        (
            "Contribution margin",
            "Revenue less all variable cost: that of goods, and cost lines of the group “variable”, such as delivery."
                .to_owned(),
        ),
        ("Cash flow", "Margin less all other costs, those of initiatives among them.".to_owned()),
        ("Net present value", "Cash flow over the horizon, discounted to the start.".to_owned()),
        (
            "Payback",
            format!(
                "The first {noun} from which the difference in cash flow, added up, is never below 0 again; \
                 discounted, the same of the discounted difference."
            ),
        ),
        ("Peak funding", "The most money that is out at any time against the baseline, not discounted.".to_owned()),
    ]
}

/// Whether there is any metric of a family.
fn has_any(report: &Report, family: &Facts) -> bool {
    report.summary.scenarios.iter().any(|its| its.metrics.keys().any(|name| family.member(name).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{desks, fixture};

    #[test]
    fn words_of_channels_are_explained_where_there_are_any() {
        let has = |report: &Report, word: &str| glossary(report).into_iter().any(|(term, _)| term == word);
        let [none, free, staffed] = [fixture::report(), desks::report(0, 1), desks::report(1, 0)];
        assert!(!has(&none, "Context lost") && has(&free, "Context lost") && has(&staffed, "Context lost"));
        assert!(!has(&free, "Utilisation") && has(&staffed, "Utilisation") && has(&staffed, "Mean wait"));
    }

    #[test]
    fn words_of_money_are_explained_where_there_is_money() {
        let terms = |report: &Report| glossary(report).into_iter().map(|(term, _)| term).collect::<Vec<_>>();
        assert!(terms(&fixture::report()).contains(&"Contribution margin"));
        assert_eq!(terms(&fixture::moneyless()), ["Active customers", "Retention", "Churned"]);
        let mut converts = fixture::report();
        let metrics = &mut converts.summary.scenarios[0].metrics;
        metrics.insert(Metric::Conversion.key().to_owned(), crate::stats::estimate::Estimate::unknown(0.5));
        assert!(terms(&converts).contains(&"Time to convert") && !terms(&fixture::report()).contains(&"Conversion"));
        assert!(glossary(&fixture::report())[0].1.contains("the stages “New customer” and “Active”"));
    }
}
