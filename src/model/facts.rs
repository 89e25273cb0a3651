//! The facts of a metric: what the list of metrics says of each, so that nothing about it is guessed elsewhere.

/// What the list says of a metric, or of a family of metrics: one for each ledger line, outcome, stage, or thing that
/// happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name in outputs and studies; of a family, what stands before the dot, or the whole with a `*` for the member.
    pub name: &'static str,
    /// The heading of its column or chart; of a family, what its members are.
    pub title: &'static str,
    /// What it is called within a sentence; of a family, what stands before the member's title.
    pub phrase: &'static str,
    /// What it is measured in.
    pub dimension: Dimension,
    /// How its values at different times belong together.
    pub time: Time,
    /// Which way is better.
    pub better: Better,
    /// What it divides, where it is a ratio: its expectation is not the ratio of the expectations of its parts.
    pub ratio: Option<Ratio>,
    /// Whether it has an exact expectation.
    pub exact: Exact,
    /// What a study has to have so that there is one.
    pub needs: Needs,
    /// Where it is shown, and what may name it. What is not listed shows it nowhere but over time.
    pub uses: &'static [Use],
}

/// What a metric is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// A share between 0 and 1, written in percent.
    Share,
    /// A number between 0 and 1 that is no share, written as it is.
    Score,
    /// Customers, each counted once at most.
    Customers,
    /// Purchases.
    Purchases,
    /// How often something happens.
    Times,
    /// Minutes of work.
    Minutes,
    /// Full-time people.
    People,
    /// Periods of the study.
    Periods,
    /// Money in the study's currency.
    Money,
    /// A unit that only the study knows.
    Own,
}

/// How a metric's values at different times belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// It says how things are at a time; over the horizon it is what it is at the end.
    State,
    /// It says what happens in a period, and adds up.
    Flow,
    /// It is a sum up to a time already.
    Cumulated,
    /// It is a share of what happens in a period; over more periods, of all that happens in them.
    Pooled,
}

/// What a study has to have so that there is a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// Customers who remember.
    Experience,
    /// Customers who start or come in a stage that is not retained and leads somewhere.
    Conversion,
    /// Customers who share with rivals what they buy.
    Wallets,
    /// Touchpoints that take work, or cost money which is not spent on winning customers.
    Contacts,
    /// Touchpoints that cost money which is not spent on winning customers.
    CostOfContacts,
    /// Touchpoints that take work.
    Work,
}

/// Which way a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it is better.
    More,
    /// Less of it is better.
    Less,
    /// The study says of each account which way is better.
    AsDeclared,
    /// Neither way.
    Neither,
}

/// Whether a metric has an exact expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// Wherever the study has expectations.
    Always,
    /// Where the exact solver follows satisfaction.
    WithSatisfaction,
    /// Nowhere.
    Never,
}

/// A ratio of two sums over customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// What is divided.
    pub part: Part,
    /// What it is divided by.
    pub whole: Part,
}

/// A sum over customers at a time, of which ratios are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Customers in retained stages.
    Active,
    /// Customers who have been retained at some time so far.
    Acquired,
    /// The satisfaction of retained customers.
    Satisfaction,
    /// Customers who started or came in a stage that is not retained.
    Fresh,
    /// Those of them who have been retained at some time so far.
    Converted,
    /// The periods that the converted took from coming to their first moment in a retained stage.
    Waited,
}

/// Where a metric is shown, or what may name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is among a scenario's metrics over the horizon.
    Headline,
    /// Its difference from the baseline is among those of a contrast.
    Contrast,
    /// A target may name it.
    Target,
    /// The tables of the terminal and the page show it.
    Table,
    /// The tables of the terminal and the page, and the chart of differences, compare it with the baseline's.
    Comparison,
    /// The table of the page shows it, beside those of `Table`.
    Page,
    /// A chart shows it over time.
    Curve,
}

impl Facts {
    /// Whether it is used so.
    pub fn is_for(&self, its: Use) -> bool {
        self.uses.contains(&its)
    }

    /// The name of a member of a family.
    pub fn called(&self, member: &str) -> String {
        match self.ends() {
            Some((before, _, after)) => format!("{before}{member}{after}"),
            None => format!("{}.{member}", self.name),
        }
    }

    /// The member of a family that a name means; none where it is no name of this family.
    pub fn member<'n>(&self, name: &'n str) -> Option<&'n str> {
        match self.ends() {
            Some((before, in_two, after)) => {
                let is_whole = |member: &&str| !member.is_empty() && (!in_two || member.contains('.'));
                name.strip_prefix(before)?.strip_suffix(after).filter(is_whole)
            }
            None => name.strip_prefix(self.name)?.strip_prefix('.'),
        }
    }

    /// What stands before and after a member in the name of a family that tells by how it ends, and whether members have two
    /// parts, as a class with its tag: else a class could be called as the family ends.
    fn ends(&self) -> Option<(&'static str, bool, &'static str)> {
        let (before, after) = self.name.split_once('*')?;
        Some(after.strip_prefix(".*").map_or((before, false, after), |after| (before, true, after)))
    }
}

impl Dimension {
    /// Whether it is never below 0 nor above 1.
    pub const fn is_within_one(self) -> bool {
        match self {
            Self::Share | Self::Score => true,
            Self::Customers
            | Self::Purchases
            | Self::Times
            | Self::Minutes
            | Self::People
            | Self::Periods
            | Self::Money
            | Self::Own => false,
        }
    }

    /// Whether it counts customers, what they do, how long they take or what work they make, so that it is never below 0.
    pub const fn is_count(self) -> bool {
        match self {
            Self::Customers | Self::Purchases | Self::Times | Self::Minutes | Self::People | Self::Periods => true,
            Self::Share | Self::Score | Self::Money | Self::Own => false,
        }
    }
}

impl Part {
    /// All parts, in the order of their places.
    pub const ALL: [Self; 6] =
        [Self::Active, Self::Acquired, Self::Satisfaction, Self::Fresh, Self::Converted, Self::Waited];

    /// Its place among all parts.
    pub const fn place(self) -> usize {
        self as usize
    }
}
