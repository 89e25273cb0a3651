//! The alarm: what the audit of a run found, in words. Whoever reads anything of the run reads the alarm first.

use super::Report;
use super::amount::{Unit, write, write_count};
use crate::estimate::summary::{AuditStatus, Audited};
use crate::model::reported::named;

/// Why the numbers of a run are not to be trusted; none where the audit found nothing.
pub fn alarm(report: &Report) -> Option<String> {
    let audit = &report.summary.audit;
    if audit.status != AuditStatus::Failed {
        return None;
    }
    let mut said = Vec::new();
    if let Some(worst) = audit.failed.iter().min_by(|a, b| a.probability.total_cmp(&b.probability)) {
        let others = match audit.failed.len() - 1 {
            0 => String::new(),
            1 => ", and one more number".to_owned(),
            more => format!(", and {} more numbers", write_count(more as u64)),
        };
        said.push(format!(
            "The simulation and the exact solution disagree by more than chance can explain: {}{others}.",
            compared(report, worst)
        ));
    }
    said.extend(audit.broken.iter().map(|what| format!("Something does not add up: {what}.")));
    said.push("Do not rely on these numbers: one of the two is wrong. Please report the study.".to_owned());
    Some(said.join(" "))
}

/// A number beside its expectation: `churned of “Today” is 1 000 where 632 is exact`.
fn compared(report: &Report, test: &Audited) -> String {
    let unit = Unit::of(&test.metric);
    format!(
        "{} of “{}” is {} where {} is exact",
        test.metric.replace('_', " "),
        report.title(&test.scenario),
        write(unit, test.simulated),
        write(unit, test.exact)
    )
}

/// What the audit did, in a sentence.
pub fn audited(report: &Report) -> String {
    let audit = &report.summary.audit;
    let many = |count: u64, noun: &str| format!("{} {noun}{}", write_count(count), if count == 1 { "" } else { "s" });
    match (audit.status, &audit.why) {
        (AuditStatus::NotAudited, why) => {
            format!("Not audited: {}.", why.as_deref().unwrap_or("nothing could be tested"))
        }
        (status, _) => {
            let verdict = if status == AuditStatus::Passed {
                "none is further from its exact value than chance explains".to_owned()
            } else {
                format!("{} further from the exact value than chance explains", is_or_are(audit.failed.len()))
            };
            let left_out = match audit.not_tested.len() as u64 {
                0 => String::new(),
                some => format!(" {} could not be tested.", many(some, "number")),
            };
            let without = audit.why.as_ref().map_or_else(String::new, |why| format!(" Not tested: {why}."));
            format!(
                "The audit tested {} over {}: {verdict}.{left_out}{without}",
                many(audit.tests as u64, "number"),
                many(audit.replications, "replication")
            )
        }
    }
}

fn is_or_are(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

/// Whether a number of a scenario failed its test: a ratio where one of its parts did.
pub fn is_alarming(report: &Report, scenario: &str, metric: &str) -> bool {
    let failed =
        |name: &str| report.summary.audit.failed.iter().any(|test| test.scenario == scenario && test.metric == name);
    match named(metric).and_then(|(facts, _)| facts.ratio) {
        Some(ratio) => failed(ratio.part.tested_by()) || failed(ratio.whole.tested_by()),
        None => failed(metric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::AuditTest;
    use crate::report::fixture;

    fn failing() -> Report {
        let mut report = fixture::report();
        report.summary.audit.status = AuditStatus::Failed;
        report.summary.audit.failed = vec![Audited {
            scenario: "today".to_owned(),
            metric: "acquired".to_owned(),
            simulated: 632.1,
            exact: 1_000.0,
            test: AuditTest::Binomial,
            probability: 1e-200,
        }];
        report
    }

    #[test]
    fn a_run_that_passes_raises_no_alarm() {
        assert_eq!(alarm(&fixture::report()), None);
    }

    #[test]
    fn an_alarm_says_what_is_wrong_and_by_how_much() {
        let report = failing();
        let said = alarm(&report).unwrap();
        assert!(said.contains("acquired of “Today” is 632") && said.contains("exact"), "{said}");
        assert!(is_alarming(&report, "today", "retention") && !is_alarming(&report, "today", "npv"));
        assert!(audited(&report).contains("1 is further"), "{}", audited(&report));
    }

    #[test]
    fn an_alarm_stands_on_the_first_screen_and_in_the_terminal() {
        let report = failing();
        let terminal = crate::report::table::terminal(&report);
        assert!(terminal.starts_with("ALARM: The simulation and the exact solution disagree"), "{terminal}");
        let page = crate::report::html::page(&report, &crate::report::gallery::Gallery::of(&report)).unwrap();
        let first = page.split("<section>").next().unwrap();
        assert!(first.contains("role=\"alert\"") && first.contains("more than chance can explain"));
        assert!(page.contains("alarm"), "beside the number");
    }
}
