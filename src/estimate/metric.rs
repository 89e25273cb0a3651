//! A metric is a question asked of a performance: its name, its value over the horizon, its value over time.

use crate::model::Model;
use crate::model::counter::{ACQUIRED, CUSTOMERS, PURCHASES, SATISFACTION};
use crate::model::value::AccountKind;
use crate::stats::cash::cumulative;
use crate::study::journey::LineKind;

use crate::estimate::performance::Performance;

/// A question asked of a performance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The share of the customers retained at some time (at the start or later) who are so now.
    Retention,
    /// Customers in retained stages.
    ActiveCustomers,
    /// Customers who were retained at some time and are not now.
    Churned,
    /// Purchases.
    Purchases,
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
    /// Cash flow over the horizon, discounted.
    Npv,
    /// Cash flow up to a time, undiscounted.
    CumulativeCashFlow,
    /// The mean satisfaction of retained customers.
    Satisfaction,
    /// A ledger line, by its account.
    Line(usize),
    /// An outcome, by its account; discounted.
    Outcome(usize),
    /// Customers in a stage, by its place in the model.
    Stage(usize),
}

/// The metrics of a model, in the order in which outputs show them.
pub fn metrics(model: &Model) -> Vec<Metric> {
    use Metric::{
        ActiveCustomers, CashFlow, Churned, Cost, CumulativeCashFlow, InitiativeCost, Line, Margin, Npv, Outcome,
        Purchases, Retention, Revenue, Satisfaction, Stage,
    };
    let mut metrics = vec![
        Retention,
        ActiveCustomers,
        Churned,
        Purchases,
        Revenue,
        Margin,
        Cost,
        InitiativeCost,
        CashFlow,
        CumulativeCashFlow,
        Npv,
    ];
    metrics.extend(model.experience.iter().map(|_| Satisfaction));
    let accounts = model.accounts.iter().enumerate();
    metrics.extend(accounts.map(|(place, account)| {
        if matches!(account.kind, AccountKind::Money(_)) { Line(place) } else { Outcome(place) }
    }));
    metrics.extend(model.stage_order.iter().map(|id| Stage(id.index())));
    metrics
}

impl Metric {
    /// The name that outputs use.
    pub fn name(self, model: &Model) -> String {
        match self {
            Self::Retention => "retention".to_owned(),
            Self::ActiveCustomers => "active_customers".to_owned(),
            Self::Churned => "churned".to_owned(),
            Self::Purchases => "purchases".to_owned(),
            Self::Revenue => "revenue".to_owned(),
            Self::Margin => "margin".to_owned(),
            Self::Cost => "cost".to_owned(),
            Self::InitiativeCost => "initiative_cost".to_owned(),
            Self::CashFlow => "cash_flow".to_owned(),
            Self::Npv => "npv".to_owned(),
            Self::CumulativeCashFlow => "cumulative_cash_flow".to_owned(),
            Self::Satisfaction => "satisfaction".to_owned(),
            Self::Line(account) => format!("lines.{}", model.accounts[account].name),
            Self::Outcome(account) => format!("outcomes.{}", model.accounts[account].name),
            Self::Stage(stage) => format!("customers.{}", model.stages[stage].name),
        }
    }

    /// Whether it belongs among a scenario's metrics over the horizon.
    pub fn is_headline(self) -> bool {
        !matches!(self, Self::CumulativeCashFlow | Self::Line(_) | Self::Outcome(_) | Self::Stage(_))
    }

    /// Whether less of it is better.
    pub fn less_is_better(self, model: &Model) -> bool {
        match self {
            Self::Churned | Self::Cost | Self::InitiativeCost => true,
            Self::Line(account) => model.accounts[account].kind == AccountKind::Money(LineKind::Cost),
            Self::Outcome(account) => {
                matches!(model.accounts[account].kind, AccountKind::Outcome { less_is_better: true, .. })
            }
            _ => false,
        }
    }

    /// Whether it is a ratio, so that its expectation is not the ratio of the expectations of its parts.
    pub fn is_ratio(self) -> bool {
        matches!(self, Self::Retention | Self::Satisfaction)
    }

    /// Whether it has an exact expectation, which may follow satisfaction beside the customers' stages.
    pub fn has_expectation(self, follows_satisfaction: bool) -> bool {
        self != Self::Satisfaction || follows_satisfaction
    }

    /// Whether it says how things are at a time; otherwise it adds up over time.
    pub fn is_state(self) -> bool {
        matches!(self, Self::Retention | Self::ActiveCustomers | Self::Churned | Self::Satisfaction | Self::Stage(_))
    }

    /// Whether it counts customers or what they do, so that it is never below 0.
    pub fn is_count(self) -> bool {
        matches!(self, Self::ActiveCustomers | Self::Churned | Self::Purchases | Self::Stage(_))
    }

    /// Whether it is a sum up to a time already.
    pub fn is_cumulated(self) -> bool {
        self == Self::CumulativeCashFlow
    }

    /// Its value over the horizon: of a state at the end, of a flow the sum.
    pub fn horizon(self, its: &Performance) -> f64 {
        let last = its.counted.times() - 1;
        match self {
            Self::CumulativeCashFlow => Self::CashFlow.horizon(its),
            state if state.is_state() => self.at(its, last),
            _ => (0..=last).map(|t| self.at(its, t)).sum(),
        }
    }

    /// What [`Metric::horizon`] would be if the horizon were each time from 0 on.
    pub fn up_to(self, its: &Performance) -> Vec<f64> {
        let each = self.series(its);
        if self.is_state() || self == Self::CumulativeCashFlow { each } else { cumulative(&each) }
    }

    /// Its value at or in each time, from 0 to the horizon.
    pub fn series(self, its: &Performance) -> Vec<f64> {
        let each = (0..its.counted.times()).map(|t| self.at(its, t));
        if self != Self::CumulativeCashFlow {
            return each.collect();
        }
        cumulative(&each.collect::<Vec<f64>>())
    }

    fn at(self, its: &Performance, t: usize) -> f64 {
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let Performance { counted, money } = its;
        let whole = |counter| counted.flows.cells(counter, t)[0];
        match self {
            Self::Retention => share(counted.retained[t], whole(ACQUIRED)),
            Self::ActiveCustomers => counted.retained[t],
            Self::Churned => counted.churned[t],
            Self::Purchases => counted.total(PURCHASES)[t],
            Self::Revenue => money.revenue[t],
            Self::Margin => money.margin[t],
            Self::Cost => money.cost[t],
            Self::InitiativeCost => money.initiative_cost[t],
            Self::CashFlow | Self::CumulativeCashFlow => money.margin[t] - money.cost[t] - money.initiative_cost[t],
            Self::Npv => money.discounted[t],
            Self::Satisfaction => share(whole(SATISFACTION), counted.retained[t]),
            Self::Line(account) | Self::Outcome(account) => money.accounts[account][t],
            Self::Stage(stage) => counted.flows.cells(CUSTOMERS, t)[stage],
        }
    }
}
