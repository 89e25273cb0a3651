//! A statement is one scenario's books for one replication: flows of customers times prices. No chance in it.

use crate::engine::flows::Flows;
use crate::engine::program::Program;
use crate::model::Model;
use crate::model::course::Course;
use crate::model::draw::Draw;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::model::value::{AccountKind, Booking, TimeWeights};
use crate::quantity::{ScenarioId, SegmentId};
use crate::study::journey::LineKind;

/// Books by time, from 0 to the horizon, for some customers of one scenario. Statements add up over segments.
///
/// Money by time is undiscounted and weighed by the accrual convention, so that it sums to the horizon's total.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Customers by stage.
    pub customers: Vec<Vec<f64>>,
    /// Customers in retained stages.
    pub retained: Vec<f64>,
    /// Customers who have been retained at some time so far.
    pub acquired: Vec<f64>,
    /// The sum of satisfaction over retained customers.
    pub satisfaction: Vec<f64>,
    /// Purchases.
    pub purchases: Vec<f64>,
    /// Money in.
    pub revenue: Vec<f64>,
    /// Money in less what goods cost.
    pub margin: Vec<f64>,
    /// Costs by ledger lines.
    pub cost: Vec<f64>,
    /// What initiatives cost.
    pub initiative_cost: Vec<f64>,
    /// Cash flow (margin less costs), discounted.
    pub discounted: Vec<f64>,
    /// The accounts (ledger lines and outcomes) by time; outcomes are discounted by rates of their own.
    pub accounts: Vec<Vec<f64>>,
}

impl Statement {
    /// Books with nothing in them.
    pub fn empty(model: &Model) -> Self {
        let times = model.run.horizon as usize + 1;
        let column = || vec![0.0; times];
        Self {
            customers: vec![column(); model.stages.len()],
            retained: column(),
            acquired: column(),
            satisfaction: column(),
            purchases: column(),
            revenue: column(),
            margin: column(),
            cost: column(),
            initiative_cost: column(),
            discounted: column(),
            accounts: vec![column(); model.accounts.len()],
        }
    }

    /// Adds the books of other customers of the same scenario.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.columns_mut().into_iter().zip(other.columns());
        for (into, from) in pairs {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
    }

    fn columns(&self) -> Vec<&Vec<f64>> {
        let own = [
            &self.retained,
            &self.acquired,
            &self.satisfaction,
            &self.purchases,
            &self.revenue,
            &self.margin,
            &self.cost,
            &self.initiative_cost,
            &self.discounted,
        ];
        own.into_iter().chain(&self.customers).chain(&self.accounts).collect()
    }

    fn columns_mut(&mut self) -> Vec<&mut Vec<f64>> {
        let own = [
            &mut self.retained,
            &mut self.acquired,
            &mut self.satisfaction,
            &mut self.purchases,
            &mut self.revenue,
            &mut self.margin,
            &mut self.cost,
            &mut self.initiative_cost,
            &mut self.discounted,
        ];
        own.into_iter().chain(&mut self.customers).chain(&mut self.accounts).collect()
    }
}

/// Prices flows: everything about money and time that a replication needs.
pub struct Prices<'m> {
    model: &'m Model,
    program: &'m Program,
    plain: TimeWeights,
    discounted: TimeWeights,
    outcomes: Vec<Option<TimeWeights>>,
}

impl<'m> Prices<'m> {
    /// The prices of one draw of the numbers.
    pub fn new(model: &'m Model, program: &'m Program, drawn: &Draw) -> Self {
        let run = &model.run;
        let weights = |rate: f64| TimeWeights::new(run.accrual, rate, run.period, run.horizon);
        let outcomes = model.accounts.iter().map(|account| match account.kind {
            AccountKind::Money(_) => None,
            AccountKind::Outcome { discount_rate, .. } => Some(weights(discount_rate)),
        });
        Self {
            model,
            program,
            plain: weights(0.0),
            discounted: weights(drawn[run.discount_rate]),
            outcomes: outcomes.collect(),
        }
    }

    /// The books of one segment.
    pub fn statement(&self, drawn: &Draw, scenario: ScenarioId, segment: SegmentId, flows: &Flows) -> Statement {
        let timeline = Timeline::new(self.model, drawn, scenario, segment);
        let mut books = Statement::empty(self.model);
        let mut values = timeline.values(0).0;
        for t in 0..=self.model.run.horizon {
            if t > 0 && timeline.epoch(t) == t {
                values = timeline.values(t).0;
            }
            self.time(&mut books, &values, flows, t as usize);
        }
        books
    }

    /// What the initiatives of a scenario cost the whole business.
    pub fn spend(&self, drawn: &Draw, scenario: ScenarioId, books: &mut Statement) {
        let course = Course::new(self.model, drawn, scenario, &[]);
        for run in &course.runs {
            for t in run.start..=self.model.run.horizon {
                let cost = run.initiative.cost;
                let once = cost.once.filter(|_| t == run.start).map_or(0.0, |id| drawn[id]);
                let running = cost.per_period.filter(|_| run.is_paid(t)).map_or(0.0, |id| drawn[id]);
                let cost = once + running;
                books.initiative_cost[t as usize] += cost;
                books.discounted[t as usize] -= cost * self.discounted.event[t as usize];
            }
        }
    }

    fn time(&self, books: &mut Statement, values: &ParamSet, flows: &Flows, t: usize) {
        books.acquired[t] = flows.acquired[t];
        books.satisfaction[t] = flows.satisfaction[t];
        for (place, stage) in self.model.stages.iter().enumerate() {
            let customers = flows.customers[t][place];
            books.customers[place][t] = customers;
            if stage.retained {
                books.retained[t] += customers;
            }
            for booking in &stage.values {
                self.book(books, booking, customers * values[booking.amount], t, true);
            }
            if let Some(purchases) = &stage.purchases {
                let money = flows.baskets[t][place];
                let margin = money * values[purchases.margin];
                books.purchases[t] += flows.purchases[t][place];
                books.revenue[t] += money;
                books.margin[t] += margin;
                books.discounted[t] += margin * self.discounted.event[t];
            }
        }
        for (slot, pair) in self.program.booked_moves.iter().enumerate() {
            let (from, to) = (pair / self.program.stages, pair % self.program.stages);
            for (_, booking) in self.model.stages[from].on_move.iter().filter(|(id, _)| id.index() == to) {
                self.book(books, booking, flows.moves[t][slot] * values[booking.amount], t, false);
            }
        }
    }

    /// Books an amount that accrues by being in a stage, or by an event.
    fn book(&self, books: &mut Statement, booking: &Booking, amount: f64, t: usize, by_state: bool) {
        let at = |weights: &TimeWeights| if by_state { weights.state[t] } else { weights.event[t] };
        let account = booking.account.index();
        if let Some(weights) = &self.outcomes[account] {
            books.accounts[account][t] += amount * at(weights);
            return;
        }
        let plain = amount * at(&self.plain);
        books.accounts[account][t] += plain;
        let discounted = amount * at(&self.discounted);
        if self.model.accounts[account].kind == AccountKind::Money(LineKind::Cost) {
            books.cost[t] += plain;
            books.discounted[t] -= discounted;
        } else {
            books.revenue[t] += plain;
            books.margin[t] += plain;
            books.discounted[t] += discounted;
        }
    }
}
