//! The one list of metrics: what a study's numbers are called, measured in and used for. Every other list reads it.

use super::channel::Gauge;
use super::facts::{Better, Dimension, Exact, Facts, Needs, Part, Ratio, Time, Use};
use super::families::{self, CONTACTS_BY_CLASS, PURCHASES_BY_CLASS, RETAINED_BY_CLASS, SPENT_BY_CLASS};
use super::pillar::Breaches;
use super::rival::{RIVAL_PURCHASES, WALLET};
use super::serving::{CONTACTS, COST_TO_SERVE, FULL_TIME, MINUTES};
use super::survey::Said;

/// A number that a study reports, by time and over the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The share of the customers retained at some time (at the start or later) who are so now.
    Retention,
    /// Customers in retained stages.
    ActiveCustomers,
    /// Customers who were retained at some time and are not now.
    Churned,
    /// The share of those who started or came in a stage that is not retained who have been in a retained one since.
    Conversion,
    /// The mean number of periods that these took.
    TimeToConvert,
    /// Purchases.
    Purchases,
    /// Of what customers buy where they share it with rivals, the share that they buy of the company.
    Wallet,
    /// What they buy of rivals there, as it is in the mean.
    RivalPurchases,
    /// Money in: baskets and revenue lines.
    Revenue,
    /// Baskets times their margin, and revenue lines.
    Margin,
    /// Cost lines.
    Cost,
    /// What initiatives cost.
    InitiativeCost,
    /// Margin less cost less initiative cost.
    CashFlow,
    /// Cash flow up to a time, undiscounted.
    CumulativeCashFlow,
    /// Cash flow over the horizon, discounted.
    Npv,
    /// The mean satisfaction of retained customers.
    Satisfaction,
    /// How often touchpoints happen that take work, or cost money which is not spent on winning customers.
    Contacts,
    /// The minutes of work that touchpoints take.
    Minutes,
    /// The full-time people whom that keeps busy in a period.
    FullTime,
    /// What touchpoints cost by ledger lines, but for what is spent on winning customers.
    CostToServe,
    /// A ledger line, by its account.
    Line(usize),
    /// An outcome, by its account; discounted.
    Outcome(usize),
    /// Customers in a stage, by its place in the model.
    Stage(usize),
    /// How often something happens, by the place of its rate in the model.
    Happened(usize),
    /// The mean over retained customers of a state that the study declares, by its counter.
    Carried(usize),
    /// How often a touchpoint happens, or one of its ends, by its counter and the cell of that.
    Met(usize, usize),
    /// What a touchpoint, or one of its ends, moves satisfaction by: per customer of the period, by the counter, its first cell and
    /// the one after its last.
    Weight(usize, usize, usize),
    /// Customers in retained stages who fall into a class of a tag, by its counter and the place of the class.
    Tagged(usize, usize),
    /// What is said of a survey, by its counter.
    Surveyed(usize, Said),
    /// How often a pillar breaks, or at which share of the occasions so far, by its counter.
    Broken(usize, Breaches),
    /// What is read off a channel, by its counter; what counts how much of its people's time is taken comes after that.
    Channel(usize, Gauge),
    /// How many of those who came to a channel first ended in another, by the counter of the first one and the cell.
    Switched(usize, usize),
    /// How often what customers tell is heard, by its counter.
    Heard(usize),
    /// How many people in the market it is told, by its counter.
    Told(usize),
    /// Of those in a class who were retained when a period began, the share who are so when it ends; likewise.
    ClassRetained(usize, usize),
    /// Purchases of those in a class; likewise.
    ClassPurchases(usize, usize),
    /// Money that they spend on baskets; likewise.
    ClassSpent(usize, usize),
    /// How often touchpoints happen to them; likewise.
    ClassContacts(usize, usize),
}

/// A row to begin with: money of which every study has some.
const MONEY: Facts = Facts {
    name: "",
    title: "",
    phrase: "",
    dimension: Dimension::Money,
    time: Time::Flow,
    better: Better::More,
    ratio: None,
    exact: Exact::Always,
    needs: Needs::Nothing,
    uses: &[],
};

/// The metrics of which a study has one, in the order in which outputs show them. Members of families follow.
pub const PLAIN: [Metric; 20] = [
    Metric::Retention,
    Metric::ActiveCustomers,
    Metric::Churned,
    Metric::Conversion,
    Metric::TimeToConvert,
    Metric::Purchases,
    Metric::Wallet,
    Metric::RivalPurchases,
    Metric::Revenue,
    Metric::Margin,
    Metric::Cost,
    Metric::InitiativeCost,
    Metric::CashFlow,
    Metric::CumulativeCashFlow,
    Metric::Npv,
    Metric::Satisfaction,
    Metric::Contacts,
    Metric::Minutes,
    Metric::FullTime,
    Metric::CostToServe,
];

/// The family of ledger lines.
pub const LINES: &Facts = Metric::Line(0).facts();
/// The family of outcomes.
pub const OUTCOMES: &Facts = Metric::Outcome(0).facts();
/// The family of customers by stage.
pub const STAGES: &Facts = Metric::Stage(0).facts();

/// The family of what happens at a rate.
pub const HAPPENED: &Facts = Metric::Happened(0).facts();

/// The family of states that studies declare.
pub const CARRIED: &Facts = Metric::Carried(0).facts();

/// The family of touchpoints and their ends.
pub const TOUCHPOINTS: &Facts = Metric::Met(0, 0).facts();

/// The family of what touchpoints and their ends move satisfaction by.
pub const WEIGHTS: &Facts = Metric::Weight(0, 0, 0).facts();

/// The family of the classes of tags.
pub const TAGS: &Facts = Metric::Tagged(0, 0).facts();

/// The family of surveys, and what is said of each.
pub const SURVEYS: &Facts = Metric::Surveyed(0, Said::Score).facts();

/// The family of channels.
pub const CHANNELS: &Facts = Metric::Channel(0, Gauge::Attempts).facts();

/// The family of where those end who come to a channel first.
pub const SWITCHED: &Facts = Metric::Switched(0, 0).facts();

/// The family of pillars.
pub const PILLARS: &Facts = Metric::Broken(0, Breaches::Count).facts();

/// The families of what customers tell: how often it is heard, and whom it reaches.
pub const HEARSAY: [&Facts; 2] = [Metric::Heard(0).facts(), Metric::Told(0).facts()];

/// All families; where one is told by how its names end, it stands before the one without that.
pub const FAMILIES: [&Facts; 18] = [
    LINES,
    OUTCOMES,
    STAGES,
    HAPPENED,
    CARRIED,
    WEIGHTS,
    TOUCHPOINTS,
    RETAINED_BY_CLASS,
    PURCHASES_BY_CLASS,
    SPENT_BY_CLASS,
    CONTACTS_BY_CLASS,
    TAGS,
    CHANNELS,
    SWITCHED,
    SURVEYS,
    PILLARS,
    HEARSAY[0],
    HEARSAY[1],
];

impl Metric {
    /// What the list says of it: its row.
    #[expect(clippy::too_many_lines, reason = "one list, a row for each metric")]
    pub const fn facts(self) -> &'static Facts {
        use Use::{Comparison, Contrast, Curve, Headline, Page, Table, Target};
        match self {
            Self::Retention => &Facts {
                name: "retention",
                title: "Retention",
                phrase: "retention",
                dimension: Dimension::Share,
                time: Time::State,
                better: Better::More,
                ratio: Some(Ratio { part: Part::Active, whole: Part::Acquired }),
                exact: Exact::Always,
                needs: Needs::Nothing,
                uses: &[Headline, Contrast, Target, Table, Comparison, Curve],
            },
            Self::ActiveCustomers => &Facts {
                name: "active_customers",
                title: "Active customers",
                phrase: "active customers",
                dimension: Dimension::Customers,
                time: Time::State,
                better: Better::More,
                ratio: None,
                exact: Exact::Always,
                needs: Needs::Nothing,
                uses: &[Headline, Contrast, Target, Table],
            },
            Self::Churned => &Facts {
                name: "churned",
                title: "Churned",
                phrase: "churned customers",
                dimension: Dimension::Customers,
                time: Time::State,
                better: Better::Less,
                ratio: None,
                exact: Exact::Always,
                needs: Needs::Nothing,
                uses: &[Headline, Contrast, Target],
            },
            Self::Conversion => &Facts {
                name: "conversion",
                title: "Conversion",
                phrase: "conversion",
                dimension: Dimension::Share,
                time: Time::State,
                better: Better::More,
                ratio: Some(Ratio { part: Part::Converted, whole: Part::Fresh }),
                exact: Exact::Always,
                needs: Needs::Conversion,
                uses: &[Headline, Contrast, Target, Page],
            },
            Self::TimeToConvert => families::TIME_TO_CONVERT,
            Self::Purchases => &Facts {
                name: "purchases",
                title: "Purchases",
                phrase: "purchases",
                dimension: Dimension::Purchases,
                time: Time::Flow,
                better: Better::More,
                ratio: None,
                exact: Exact::Always,
                needs: Needs::Nothing,
                uses: &[Headline, Contrast, Target],
            },
            Self::Wallet => WALLET,
            Self::RivalPurchases => RIVAL_PURCHASES,
            Self::Revenue => &Facts {
                name: "revenue",
                title: "Revenue",
                phrase: "revenue",
                uses: &[Headline, Contrast, Target, Table, Comparison, Curve],
                ..MONEY
            },
            Self::Margin => &Facts {
                name: "margin",
                title: "Margin",
                phrase: "margin",
                uses: &[Headline, Contrast, Target, Table],
                ..MONEY
            },
            Self::Cost => &Facts {
                name: "cost",
                title: "Cost",
                phrase: "cost",
                better: Better::Less,
                uses: &[Headline, Contrast, Target],
                ..MONEY
            },
            Self::InitiativeCost => &Facts {
                name: "initiative_cost",
                title: "Initiative cost",
                phrase: "initiative cost",
                better: Better::Less,
                uses: &[Headline, Contrast, Target],
                ..MONEY
            },
            Self::CashFlow => &Facts {
                name: "cash_flow",
                title: "Cash flow",
                phrase: "cash flow",
                uses: &[Headline, Contrast, Target],
                ..MONEY
            },
            Self::CumulativeCashFlow => &Facts {
                name: "cumulative_cash_flow",
                title: "Cumulative cash flow",
                phrase: "cumulative cash flow",
                time: Time::Cumulated,
                uses: &[],
                ..MONEY
            },
            Self::Npv => &Facts {
                name: "npv",
                title: "Net present value",
                phrase: "net present value",
                uses: &[Headline, Contrast, Target, Table, Comparison],
                ..MONEY
            },
            Self::Satisfaction => &Facts {
                name: "satisfaction",
                title: "Satisfaction",
                phrase: "satisfaction",
                dimension: Dimension::Score,
                time: Time::State,
                better: Better::More,
                ratio: Some(Ratio { part: Part::Satisfaction, whole: Part::Active }),
                exact: Exact::WithSatisfaction,
                needs: Needs::Experience,
                uses: &[Headline, Contrast, Target],
            },
            Self::Contacts => CONTACTS,
            Self::Minutes => MINUTES,
            Self::FullTime => FULL_TIME,
            Self::CostToServe => COST_TO_SERVE,
            Self::Line(_) => &families::LINES,
            Self::Outcome(_) => &families::OUTCOMES,
            Self::Stage(_) => &families::STAGES,
            Self::Happened(_) => &families::HAPPENED,
            Self::Carried(_) => &families::CARRIED,
            Self::Tagged(..) => &families::TAGS,
            Self::Met(..) => &families::TOUCHPOINTS,
            Self::Surveyed(_, Said::Score | Said::Truth) => &families::SURVEYS,
            Self::Surveyed(_, Said::Response | Said::Promoters | Said::Detractors) => &families::SHARES_OF_SURVEYS,
            Self::Surveyed(_, Said::Respondents | Said::Answers) => &families::OF_SURVEYS,
            Self::Broken(_, Breaches::Count) => &families::PILLARS,
            Self::Broken(_, Breaches::Share) => &families::SHARES_OF_PILLARS,
            Self::Channel(_, gauge) => families::channels(gauge),
            Self::Switched(..) => families::SWITCHED,
            Self::Heard(_) => &families::HEARD,
            Self::Told(_) => &families::TOLD,
            Self::ClassRetained(..) => RETAINED_BY_CLASS,
            Self::ClassPurchases(..) => PURCHASES_BY_CLASS,
            Self::ClassSpent(..) => SPENT_BY_CLASS,
            Self::ClassContacts(..) => CONTACTS_BY_CLASS,
            Self::Weight(..) => &families::WEIGHTS,
        }
    }

    /// The name that outputs and studies use; of a member of a family, that of the family.
    pub const fn key(self) -> &'static str {
        self.facts().name
    }

    /// Whether it is used so.
    pub fn is_for(self, its: Use) -> bool {
        self.facts().is_for(its)
    }

    /// Whether it is a ratio, so that its expectation is not the ratio of the expectations of its parts.
    pub const fn is_ratio(self) -> bool {
        self.facts().ratio.is_some()
    }

    /// Whether it has an exact expectation, which may follow satisfaction beside the customers' stages.
    pub const fn has_expectation(self, follows_satisfaction: bool) -> bool {
        match self.facts().exact {
            Exact::Always => true,
            Exact::WithSatisfaction => follows_satisfaction,
            Exact::Never => false,
        }
    }

    /// Whether it says how things are at a time; otherwise it adds up over time.
    pub const fn is_state(self) -> bool {
        matches!(self.facts().time, Time::State)
    }

    /// Whether it is a sum up to a time already.
    pub const fn is_cumulated(self) -> bool {
        matches!(self.facts().time, Time::Cumulated)
    }

    /// Whether it counts customers, what they do or how long they take, so that it is never below 0.
    pub const fn is_count(self) -> bool {
        self.facts().dimension.is_count()
    }

    /// Whether it says how many customers of all who came are so at a time.
    pub const fn counts_customers(self) -> bool {
        self.is_state() && matches!(self.facts().dimension, Dimension::Customers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_lie_between_0_and_1_but_for_means_of_periods() {
        for metric in PLAIN.into_iter().filter(|metric| metric.is_ratio()) {
            let dimension = metric.facts().dimension;
            assert!(dimension.is_within_one() || dimension == Dimension::Periods, "{metric:?}");
        }
    }
}
