//! The lines of the books: what money is booked as.

use crate::model::Model;
use crate::model::metric::CHANNELS as FAMILY;
use crate::model::value::AccountKind;
use crate::study::journey::{CostGroup, LineKind};

use super::business::{BookLine, LineGroup};

/// The lines that a model's money is booked on, and which line is whose.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The lines, in the order in which they are shown.
    pub all: Vec<BookLine>,
    /// Money spent on baskets.
    pub baskets: Option<usize>,
    /// What the goods in the baskets cost.
    pub goods: Option<usize>,
    /// The line of each account; none of outcomes and of accounts that nothing feeds.
    pub accounts: Vec<Option<usize>>,
    /// What the people of each channel cost.
    pub staff: Vec<Option<usize>>,
    /// What it costs to win newcomers.
    pub acquisition: Option<usize>,
    /// What each initiative costs once, its building included.
    pub once: Vec<Option<usize>>,
    /// What each initiative costs while it runs.
    pub running: Vec<Option<usize>>,
}

impl Lines {
    /// The lines of a model.
    pub fn of(model: &Model) -> Self {
        let mut lines = Self {
            all: Vec::new(),
            baskets: None,
            goods: None,
            accounts: vec![None; model.accounts.len()],
            staff: vec![None; model.channels.len()],
            acquisition: None,
            once: vec![None; model.initiatives.len()],
            running: vec![None; model.initiatives.len()],
        };
        let buys = model.stages.iter().any(|stage| stage.purchases.is_some());
        if buys {
            lines.baskets = Some(lines.push("purchases", "Purchases", LineGroup::Revenue));
        }
        lines.add_accounts(model, LineGroup::Revenue);
        if buys {
            lines.goods = Some(lines.push("goods", "Cost of goods", LineGroup::Variable));
        }
        lines.add_accounts(model, LineGroup::Variable);
        lines.add_accounts(model, LineGroup::Service);
        for (place, channel) in model.channels.iter().enumerate() {
            if channel.desk.as_ref().is_some_and(|desk| desk.staff_cost.is_some()) {
                let name = FAMILY.called(&format!("{}.staff", channel.name));
                let title = format!("{}, staff", channel.title);
                lines.staff[place] = Some(lines.push(&name, &title, LineGroup::Service));
            }
        }
        let paid =
            |segment: &crate::model::people::Segment| segment.inflow.as_ref().is_some_and(|its| its.cost.is_some());
        if model.segments.iter().any(paid) {
            lines.acquisition = Some(lines.push("acquisition", "Acquisition", LineGroup::Acquisition));
        }
        lines.add_accounts(model, LineGroup::Acquisition);
        for (place, initiative) in model.initiatives.iter().enumerate() {
            let cost = &initiative.cost;
            if cost.once.is_some() || cost.build.is_some() {
                let name = format!("initiatives.{}.once", initiative.name);
                let title = format!("{}, once", initiative.title);
                lines.once[place] = Some(lines.push(&name, &title, LineGroup::InitiativeOnce));
            }
            if cost.per_period.is_some() || cost.depends_on_customers() {
                let name = format!("initiatives.{}.running", initiative.name);
                let title = format!("{}, running", initiative.title);
                lines.running[place] = Some(lines.push(&name, &title, LineGroup::InitiativeRunning));
            }
        }
        lines
    }

    fn push(&mut self, name: &str, title: &str, group: LineGroup) -> usize {
        self.all.push(BookLine { name: name.to_owned(), title: title.to_owned(), group });
        self.all.len() - 1
    }

    fn add_accounts(&mut self, model: &Model, group: LineGroup) {
        for (place, account) in model.accounts.iter().enumerate() {
            let its = match account.kind {
                AccountKind::Outcome { .. } => continue,
                AccountKind::Money(LineKind::Revenue) => LineGroup::Revenue,
                AccountKind::Money(LineKind::Cost) => match account.group {
                    CostGroup::Variable => LineGroup::Variable,
                    CostGroup::Service => LineGroup::Service,
                    CostGroup::Acquisition => LineGroup::Acquisition,
                },
            };
            let fed = model.bookings.all().iter().any(|booking| booking.account.index() == place);
            if its == group && fed {
                self.accounts[place] = Some(self.push(&account.name, &account.title, group));
            }
        }
    }
}
