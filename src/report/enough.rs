//! How many simulated customers would do.

use super::Report;
use super::amount::write_count;
use crate::estimate::money::business::Uncertainty;

/// The fewest simulated customers that anyone is advised to take.
const FEWEST: u64 = 100;

/// How many simulated customers would do, as the estimate that it is; nothing where it rests on a part that is lost in
/// chance, and nothing above the real customers.
pub fn would_do(report: &Report, found: &Uncertainty) -> Option<String> {
    let agents = found.agents_that_would_do.filter(|_| !found.parameter_is_below_noise)?;
    if agents > report.summary.customers {
        return None;
    }
    if agents < FEWEST {
        return Some(format!("fewer than {FEWEST}"));
    }
    let digit = 10_u64.pow(agents.ilog10());
    Some(format!("about {}", write_count((agents + digit / 2) / digit * digit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    #[test]
    fn how_many_would_do_is_told_as_an_estimate_or_not_at_all() {
        let mut report = rich::report();
        report.summary.customers = 20_000;
        let any = report.business.uncertainty[0].clone();
        let said = |agents: Option<u64>, lost: bool| {
            let found = Uncertainty { agents_that_would_do: agents, parameter_is_below_noise: lost, ..any.clone() };
            would_do(&report, &found)
        };
        assert_eq!(said(Some(6_261), false).as_deref(), Some("about 6,000"));
        assert_eq!(said(Some(14_236), false).as_deref(), Some("about 10,000"));
        assert_eq!(said(Some(6), false).as_deref(), Some("fewer than 100"));
        assert_eq!(said(Some(6_261), true), None, "the part that it rests on is below noise");
        assert_eq!(said(Some(6_443_995), false), None, "there are not so many customers");
        assert_eq!(said(None, false), None);
    }
}
