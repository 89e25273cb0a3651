//! A statement is one scenario's books for one replication: flows of customers times prices. No chance in it.

use crate::engine::flows::Flows;
use crate::engine::program::Program;
use crate::model::Model;
use crate::model::course::{Course, Run};
use crate::model::draw::Draw;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::model::value::{AccountKind, Accrued, Booking, accrued, event_time};
use crate::quantity::{ScenarioId, SegmentId};

use super::business::LineGroup;
use super::entered::Cohort;
use super::lines::Lines;
use super::posted::Posted;

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
    /// Customers who have been retained at some time and are not now.
    pub churned: Vec<f64>,
    /// The sum of satisfaction over retained customers.
    pub satisfaction: Vec<f64>,
    /// Purchases.
    pub purchases: Vec<f64>,
    /// Money spent on baskets.
    pub baskets: Vec<f64>,
    /// Money in.
    pub revenue: Vec<f64>,
    /// Money in less what goods cost.
    pub margin: Vec<f64>,
    /// Costs by ledger lines, and of winning customers.
    pub cost: Vec<f64>,
    /// What of `cost` is spent on winning customers.
    pub acquisition: Vec<f64>,
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
            churned: column(),
            satisfaction: column(),
            purchases: column(),
            baskets: column(),
            revenue: column(),
            margin: column(),
            cost: column(),
            acquisition: column(),
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
            &self.churned,
            &self.satisfaction,
            &self.purchases,
            &self.baskets,
            &self.revenue,
            &self.margin,
            &self.cost,
            &self.acquisition,
            &self.initiative_cost,
            &self.discounted,
        ];
        own.into_iter().chain(&self.customers).chain(&self.accounts).collect()
    }

    fn columns_mut(&mut self) -> Vec<&mut Vec<f64>> {
        let own = [
            &mut self.retained,
            &mut self.acquired,
            &mut self.churned,
            &mut self.satisfaction,
            &mut self.purchases,
            &mut self.baskets,
            &mut self.revenue,
            &mut self.margin,
            &mut self.cost,
            &mut self.acquisition,
            &mut self.initiative_cost,
            &mut self.discounted,
        ];
        own.into_iter().chain(&mut self.customers).chain(&mut self.accounts).collect()
    }
}

/// Whose books are kept: a scenario, and in which period the response to each of its rules begins.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The scenario.
    pub scenario: ScenarioId,
    /// When its rules were acted on.
    pub fired: &'a [Option<u32>],
}

/// Prices flows: everything about money and time that a replication needs.
pub struct Prices<'m> {
    model: &'m Model,
    program: &'m Program,
    lines: &'m Lines,
    /// The discount factors of money, by time.
    factors: Vec<f64>,
    /// Those of outcomes, by account.
    outcomes: Vec<Option<Vec<f64>>>,
    /// What accrues at each time by being in a stage.
    accrued: Vec<Vec<Accrued>>,
    drawn: &'m Draw,
    /// Whether initiatives are paid for.
    with_initiatives: bool,
}

/// Where an amount is booked: at the time at which customers were counted, or in the period (`t`), valued at `time`.
#[derive(Clone, Copy)]
struct Entry {
    t: usize,
    time: usize,
    weight: f64,
    owner: usize,
}

/// The amounts in force in the period that ends at a time, and in the one that begins there.
struct Amounts<'a> {
    ending: &'a ParamSet,
    beginning: &'a ParamSet,
}

impl<'m> Prices<'m> {
    /// The prices of one draw of the numbers.
    pub fn new(model: &'m Model, program: &'m Program, lines: &'m Lines, drawn: &'m Draw) -> Self {
        let run = &model.run;
        let outcomes = model.accounts.iter().map(|account| match account.kind {
            AccountKind::Money(_) => None,
            AccountKind::Outcome { discount_rate, .. } => Some(run.factors(discount_rate)),
        });
        Self {
            model,
            program,
            lines,
            factors: run.factors(drawn[run.discount_rate]),
            outcomes: outcomes.collect(),
            accrued: (0..=run.horizon).map(|t| accrued(run, t)).collect(),
            drawn,
            with_initiatives: true,
        }
    }

    /// The same for books in which nobody pays for initiatives: what customers' own lines come to.
    #[must_use]
    pub fn of_customers(self) -> Self {
        Self { with_initiatives: false, ..self }
    }

    /// What happens in period `t` (0: at time 0), valued as the accrual says.
    fn event(&self, t: u32, owner: usize) -> Entry {
        Entry { t: t as usize, time: event_time(&self.model.run, t) as usize, weight: 1.0, owner }
    }

    /// The books of one segment; what is posted is cut by entry.
    pub fn statement(
        &self,
        whose: Whose<'_>,
        segment: SegmentId,
        cohorts: &[Cohort<'_>],
        posted: Option<&mut Posted>,
    ) -> Statement {
        self.statements(whose, segment, &[cohorts], posted).swap_remove(0)
    }

    /// The books of several sets of customers of one segment, which are all priced alike; what is posted is the first
    /// one's.
    pub fn statements(
        &self,
        whose: Whose<'_>,
        segment: SegmentId,
        sets: &[&[Cohort<'_>]],
        mut posted: Option<&mut Posted>,
    ) -> Vec<Statement> {
        let timeline = Timeline::with_rules(self.model, self.drawn, whose.scenario, whose.fired, segment);
        let course = Course::new(self.model, self.drawn, whose.scenario, whose.fired);
        let is_served = |run: &&Run<'_>| self.with_initiatives && run.initiative.cost.per_customer.is_some();
        let served: Vec<&Run<'_>> = course.runs.iter().filter(is_served).collect();
        let entries = self.model.entries();
        let books = |set| OpenBooks {
            prices: self,
            sums: Statement::empty(self.model),
            posted: if set == 0 { posted.take() } else { None },
        };
        let mut books: Vec<OpenBooks<'_, '_>> = (0..sets.len()).map(books).collect();
        let mut values = timeline.values(0).0;
        for t in 0..=self.model.run.horizon {
            let changes = t < self.model.run.horizon && timeline.epoch(t + 1) == t + 1;
            let next = changes.then(|| timeline.values(t + 1).0);
            let amounts = Amounts { ending: &values, beginning: next.as_ref().unwrap_or(&values) };
            for (books, cohorts) in books.iter_mut().zip(sets) {
                for cohort in cohorts.iter().filter(|cohort| cohort.entry <= t) {
                    let owner = segment.index() * entries + cohort.entry as usize;
                    books.time(&amounts, cohort, t, owner);
                    for run in &served {
                        books.serve(run, segment, cohort.flows, (t, owner));
                    }
                }
            }
            values = next.unwrap_or(values);
        }
        books.into_iter().map(|books| books.sums).collect()
    }

    /// What the initiatives of a scenario cost the whole business.
    pub fn spend(&self, whose: Whose<'_>, sums: &mut Statement, posted: Option<&mut Posted>) {
        let course = Course::new(self.model, self.drawn, whose.scenario, whose.fired);
        let business = posted.as_ref().map_or(0, |posted| posted.business());
        let mut books = OpenBooks { prices: self, sums: std::mem::replace(sums, Statement::empty(self.model)), posted };
        for run in &course.runs {
            let cost = run.initiative.cost;
            let building = run.arrival.saturating_sub(run.first_period()).max(1);
            let is_built = |t: u32| t.checked_sub(run.first_period()).is_some_and(|since| since < building);
            for t in run.start..=self.model.run.horizon {
                let part = cost
                    .build
                    .filter(|_| is_built(t) && t <= run.initiative.until)
                    .map_or(0.0, |id| self.drawn[id] / f64::from(building));
                let once = cost.once.filter(|_| t == run.start).map_or(0.0, |id| self.drawn[id]) + part;
                let running = cost.per_period.filter(|_| run.is_paid(t)).map_or(0.0, |id| self.drawn[id]);
                let cost = once + running;
                let entry = self.event(t, business);
                books.sums.initiative_cost[entry.t] += cost;
                books.sums.discounted[entry.t] -= cost * self.factors[entry.time];
                books.post(self.lines.once[run.place], once, entry);
                books.post(self.lines.running[run.place], running, entry);
            }
        }
        *sums = books.sums;
    }
}

/// Books while they are kept: sums for metrics, and postings for the ledger.
struct OpenBooks<'p, 'm> {
    prices: &'p Prices<'m>,
    sums: Statement,
    posted: Option<&'p mut Posted>,
}

impl OpenBooks<'_, '_> {
    /// Books what customers of one entry did at time `t`, and in the period that ends there.
    fn time(&mut self, amounts: &Amounts<'_>, cohort: &Cohort<'_>, t: u32, owner: usize) {
        let Prices { model, program, lines, .. } = *self.prices;
        let (flows, values) = (cohort.flows, amounts.ending);
        let event = self.prices.event(t, owner);
        let factor = self.prices.factors[event.time];
        let t = t as usize;
        let (retained, lost) = flows.retained_and_lost(t, |stage| model.stages[stage].retained);
        self.sums.retained[t] += retained;
        self.sums.churned[t] += lost;
        self.sums.acquired[t] += flows.acquired[t];
        self.sums.satisfaction[t] += flows.satisfaction[t];
        for (place, stage) in model.stages.iter().enumerate() {
            let customers = flows.customers[t][place];
            self.sums.customers[place][t] += customers;
            // Nobody is nothing on every account.
            for booking in stage.values.iter().filter(|_| customers != 0.0) {
                self.accrue(booking, amounts, customers, (t, owner));
            }
            let bought = flows.purchases[t][place] != 0.0 || flows.baskets[t][place] != 0.0;
            if let Some(purchases) = stage.purchases.as_ref().filter(|_| bought) {
                let money = flows.baskets[t][place];
                let margin = money * values[purchases.margin];
                self.sums.purchases[t] += flows.purchases[t][place];
                self.sums.baskets[t] += money;
                self.sums.revenue[t] += money;
                self.sums.margin[t] += margin;
                self.sums.discounted[t] += margin * factor;
                self.post(lines.baskets, money, event);
                self.post(lines.goods, money - margin, event);
            }
        }
        for (slot, pair) in program.booked_moves.iter().enumerate() {
            let (from, to) = (pair / program.stages, pair % program.stages);
            for (_, booking) in model.stages[from].on_move.iter().filter(|(id, _)| id.index() == to) {
                self.account(booking, flows.moves[t][slot] * values[booking.amount], event);
            }
        }
        let came = cohort.came_in(t);
        if came > 0.0 && t > 0 {
            let inflow = model.segments[owner / model.entries()].inflow.as_ref();
            let cost = inflow.and_then(|its| its.cost).map_or(0.0, |id| values[id] * came);
            self.sums.cost[t] += cost;
            self.sums.acquisition[t] += cost;
            self.sums.discounted[t] -= cost * factor;
            self.post(lines.acquisition, cost, event);
        }
    }

    /// Books what accrues by being in a stage, each part by the amounts of its period.
    fn accrue(&mut self, booking: &Booking, amounts: &Amounts<'_>, customers: f64, (t, owner): (usize, usize)) {
        let prices = self.prices;
        for part in &prices.accrued[t] {
            let values = if part.period as usize == t { amounts.ending } else { amounts.beginning };
            let entry = Entry { t, time: part.time as usize, weight: part.weight, owner };
            self.account(booking, customers * values[booking.amount], entry);
        }
    }

    /// Books what an initiative costs for customers who use it: by the periods in which they do, as stages' values accrue.
    fn serve(&mut self, run: &Run<'_>, segment: SegmentId, flows: &Flows, (t, owner): (u32, usize)) {
        let prices = self.prices;
        let t = t as usize;
        for part in prices.accrued[t].iter().filter(|part| run.is_in_use(segment, part.period)) {
            let retained = prices.model.stages.iter().zip(&flows.customers[t]).filter(|(stage, _)| stage.retained);
            let customers: f64 = retained.map(|(_, count)| count).sum();
            let amount = run.initiative.cost.per_customer.map_or(0.0, |id| prices.drawn[id]) * customers;
            let entry = Entry { t, time: part.time as usize, weight: part.weight, owner };
            self.sums.initiative_cost[t] += amount * entry.weight;
            self.sums.discounted[t] -= amount * (entry.weight * prices.factors[entry.time]);
            self.post(prices.lines.running[run.place], amount, entry);
        }
    }

    /// Books an amount on an account: a ledger line or an outcome.
    fn account(&mut self, booking: &Booking, amount: f64, entry: Entry) {
        let account = booking.account.index();
        let Entry { t, time, weight, .. } = entry;
        if let Some(factors) = &self.prices.outcomes[account] {
            self.sums.accounts[account][t] += amount * (weight * factors[time]);
            return;
        }
        let plain = amount * weight;
        let discounted = amount * (weight * self.prices.factors[time]);
        self.sums.accounts[account][t] += plain;
        let line = self.prices.lines.accounts[account];
        if line.is_some_and(|line| self.prices.lines.all[line].group == LineGroup::Revenue) {
            self.sums.revenue[t] += plain;
            self.sums.margin[t] += plain;
            self.sums.discounted[t] += discounted;
        } else {
            self.sums.cost[t] += plain;
            self.sums.discounted[t] -= discounted;
        }
        if line.is_some_and(|line| self.prices.lines.all[line].group == LineGroup::Acquisition) {
            self.sums.acquisition[t] += plain;
        }
        self.post(line, amount, entry);
    }

    /// Posts an amount on its line, at the time at which it is valued.
    fn post(&mut self, line: Option<usize>, amount: f64, entry: Entry) {
        if let (Some(posted), Some(line)) = (self.posted.as_deref_mut(), line)
            && amount != 0.0
        {
            posted.post(line, entry.time, entry.owner, amount * entry.weight);
        }
    }
}
