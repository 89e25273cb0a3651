//! What to mind where there are few replications.

use super::Report;

/// With fewer replications than this intervals and probabilities rest on too few to be relied on.
const FEW: u64 = 10;
/// As many replications as are advised at least: the 5th percentile is known from there on.
const ADVISED: u64 = 20;

/// What to mind, where there are fewer than ten replications.
pub fn few_replications(report: &Report) -> Option<String> {
    let warning = match report.summary.replications {
        1 => format!(
            "One replication has neither intervals nor probabilities: they come from how replications differ. Run at \
             least {ADVISED}."
        ),
        few if few < FEW => format!(
            "With {few} replications intervals are wide and probabilities rough, and percentiles and tails are not \
             known. Run at least {ADVISED}."
        ),
        _ => return None,
    };
    Some(warning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn fewer_than_ten_replications_come_with_a_warning() {
        let mut report = fixture::report();
        let mut said = |replications| {
            report.summary.replications = replications;
            few_replications(&report)
        };
        assert!(said(1).is_some_and(|said| said.starts_with("One replication has neither intervals")));
        assert!(said(9).is_some_and(|said| said.starts_with("With 9 replications")));
        assert_eq!(said(10), None);
    }
}
