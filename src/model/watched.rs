//! What a rule watches is a metric that a company knows when a period ends.

use super::metric::Metric;
use super::pillar::Breaches;
use super::roadmap::Watched;
use super::survey::Said;

impl Metric {
    /// What a rule watches that names it; none where a company does not know it when a period ends.
    pub const fn watched(self) -> Option<Watched> {
        match self {
            Self::Retention => Some(Watched::Retention),
            Self::ActiveCustomers => Some(Watched::ActiveCustomers),
            Self::Churned => Some(Watched::Churned),
            Self::Purchases => Some(Watched::Purchases),
            Self::Wallet => Some(Watched::Wallet),
            Self::Revenue => Some(Watched::Revenue),
            Self::Margin => Some(Watched::Margin),
            Self::Cost => Some(Watched::Cost),
            Self::CashFlow => Some(Watched::CashFlow),
            Self::Satisfaction => Some(Watched::Satisfaction),
            Self::Stage(stage) => Some(Watched::Stage(stage)),
            Self::Met(counter, cell) => Some(Watched::Met(counter, cell)),
            Self::Channel(counter, gauge) => Some(Watched::Channel(counter, gauge)),
            Self::Surveyed(counter, Said::Score) => Some(Watched::Surveyed(counter)),
            Self::Broken(counter, Breaches::Count) => Some(Watched::Broken(counter)),
            Self::Heard(counter) => Some(Watched::Heard(counter)),
            Self::Told(counter) => Some(Watched::Told(counter)),
            Self::Conversion
            | Self::TimeToConvert
            | Self::RivalPurchases
            | Self::InitiativeCost
            | Self::CumulativeCashFlow
            | Self::Npv
            | Self::Contacts
            | Self::Minutes
            | Self::FullTime
            | Self::CostToServe
            | Self::Line(_)
            | Self::Outcome(_)
            | Self::Happened(_)
            | Self::Carried(_)
            | Self::Weight(..)
            | Self::Tagged(..)
            | Self::Switched(..)
            | Self::Surveyed(..)
            | Self::Broken(..)
            | Self::ClassRetained(..)
            | Self::ClassPurchases(..)
            | Self::ClassSpent(..)
            | Self::ClassContacts(..) => None,
        }
    }
}

impl From<Watched> for Metric {
    fn from(watched: Watched) -> Self {
        match watched {
            Watched::Retention => Self::Retention,
            Watched::ActiveCustomers => Self::ActiveCustomers,
            Watched::Churned => Self::Churned,
            Watched::Purchases => Self::Purchases,
            Watched::Wallet => Self::Wallet,
            Watched::Revenue => Self::Revenue,
            Watched::Margin => Self::Margin,
            Watched::Cost => Self::Cost,
            Watched::CashFlow => Self::CashFlow,
            Watched::Satisfaction => Self::Satisfaction,
            Watched::Stage(stage) => Self::Stage(stage),
            Watched::Met(counter, cell) => Self::Met(counter, cell),
            Watched::Channel(counter, gauge) => Self::Channel(counter, gauge),
            Watched::Surveyed(counter) => Self::Surveyed(counter, Said::Score),
            Watched::Broken(counter) => Self::Broken(counter, Breaches::Count),
            Watched::Heard(counter) => Self::Heard(counter),
            Watched::Told(counter) => Self::Told(counter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::channel::Gauge;
    use crate::model::metric::PLAIN;

    #[test]
    fn a_metric_and_what_a_rule_watches_of_it_are_the_same() {
        for metric in PLAIN.into_iter().chain([
            Metric::Line(3),
            Metric::Outcome(3),
            Metric::Stage(3),
            Metric::Happened(3),
            Metric::Carried(3),
            Metric::Met(3, 1),
            Metric::Weight(3, 0, 2),
            Metric::Tagged(3, 1),
            Metric::Channel(3, Gauge::Wait),
            Metric::Surveyed(3, Said::Score),
            Metric::Surveyed(3, Said::Truth),
            Metric::Broken(3, Breaches::Count),
            Metric::Broken(3, Breaches::Share),
            Metric::Heard(3),
            Metric::Told(3),
            Metric::ClassRetained(3, 1),
            Metric::ClassPurchases(3, 1),
            Metric::ClassSpent(3, 1),
            Metric::ClassContacts(3, 1),
        ]) {
            assert!(metric.watched().is_none_or(|watched| Metric::from(watched) == metric), "{metric:?}");
        }
    }
}
