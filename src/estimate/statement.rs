//! A statement is one scenario's books for one replication: flows of customers times prices. No chance in it.

use crate::engine::cells::Arrivals;
use crate::engine::flows::Flows;
use crate::engine::program::{Program, whole};
use crate::model::Model;
use crate::model::course::{Course, Run};
use crate::model::draw::Draw;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::model::value::{AccountKind, Booking, TimeWeights, postings};
use crate::quantity::{ScenarioId, SegmentId};

use super::business::LineGroup;
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

/// Customers of one entry: what they did, and how many came.
pub struct Cohort<'a> {
    /// The period in which they came; 0 for those who were there at the start.
    pub entry: u32,
    /// What they did, in real customers.
    pub flows: &'a Flows,
    /// How many real customers came.
    pub came: f64,
    /// Those who came later and are counted in the same flows, by period of entry.
    pub later: &'a [Arrivals],
}

impl Cohort<'_> {
    /// How many real customers came in period `t`.
    fn came_in(&self, t: usize) -> f64 {
        if self.entry as usize == t { self.came } else { self.later.get(t).map_or(0.0, |its| its.real) }
    }
}

/// All customers of a segment as one, with what they did in real customers.
pub fn everybody<'a>(flows: &'a Flows, came: &'a [Arrivals]) -> Cohort<'a> {
    Cohort { entry: 0, flows, came: came.first().map_or(0.0, |its| its.real), later: came }
}

/// Customers by entry, with what they did in real customers.
pub fn cohorts<'a>(flows: &'a [Flows], came: &[Arrivals]) -> Vec<Cohort<'a>> {
    let one = |(entry, (flows, its)): (usize, (&'a Flows, &Arrivals))| Cohort {
        entry: whole(entry),
        flows,
        came: its.real,
        later: &[],
    };
    flows.iter().zip(came).enumerate().map(one).filter(|cohort| cohort.entry == 0 || cohort.came > 0.0).collect()
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
    plain: TimeWeights,
    discounted: TimeWeights,
    outcomes: Vec<Option<TimeWeights>>,
    drawn: &'m Draw,
}

impl<'m> Prices<'m> {
    /// The prices of one draw of the numbers.
    pub fn new(model: &'m Model, program: &'m Program, lines: &'m Lines, drawn: &'m Draw) -> Self {
        let run = &model.run;
        let outcomes = model.accounts.iter().map(|account| match account.kind {
            AccountKind::Money(_) => None,
            AccountKind::Outcome { discount_rate, .. } => Some(TimeWeights::new(run, discount_rate)),
        });
        Self {
            model,
            program,
            lines,
            plain: TimeWeights::new(run, 0.0),
            discounted: TimeWeights::new(run, drawn[run.discount_rate]),
            outcomes: outcomes.collect(),
            drawn,
        }
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
        let served: Vec<&Run<'_>> =
            course.runs.iter().filter(|run| run.initiative.cost.per_customer.is_some()).collect();
        let entries = self.model.entries();
        let books = |set| OpenBooks {
            prices: self,
            sums: Statement::empty(self.model),
            posted: if set == 0 { posted.take() } else { None },
        };
        let mut books: Vec<OpenBooks<'_, '_>> = (0..sets.len()).map(books).collect();
        let mut values = timeline.values(0).0;
        for t in 0..=self.model.run.horizon {
            if t > 0 && timeline.epoch(t) == t {
                values = timeline.values(t).0;
            }
            for (books, cohorts) in books.iter_mut().zip(sets) {
                for cohort in cohorts.iter().filter(|cohort| cohort.entry <= t) {
                    let owner = segment.index() * entries + cohort.entry as usize;
                    books.time(&values, cohort, t as usize, owner);
                    for run in served.iter().filter(|run| run.is_in_use(segment, t)) {
                        books.serve(run, cohort.flows, t as usize, owner);
                    }
                }
            }
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
            let building = run.arrival.saturating_sub(run.start).max(1);
            for t in run.start..=self.model.run.horizon {
                let part = cost
                    .build
                    .filter(|_| t - run.start < building && t <= run.initiative.until)
                    .map_or(0.0, |id| self.drawn[id] / f64::from(building));
                let once = cost.once.filter(|_| t == run.start).map_or(0.0, |id| self.drawn[id]) + part;
                let running = cost.per_period.filter(|_| run.is_paid(t)).map_or(0.0, |id| self.drawn[id]);
                let cost = once + running;
                books.sums.initiative_cost[t as usize] += cost;
                books.sums.discounted[t as usize] -= cost * self.discounted.event[t as usize];
                books.post(self.lines.once[run.place], once, false, (t as usize, business));
                books.post(self.lines.running[run.place], running, false, (t as usize, business));
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
    /// Books what customers of one entry did at time `t`.
    fn time(&mut self, values: &ParamSet, cohort: &Cohort<'_>, t: usize, owner: usize) {
        let Prices { model, program, lines, .. } = *self.prices;
        let flows = cohort.flows;
        self.sums.acquired[t] += flows.acquired[t];
        self.sums.satisfaction[t] += flows.satisfaction[t];
        for (place, stage) in model.stages.iter().enumerate() {
            let customers = flows.customers[t][place];
            self.sums.customers[place][t] += customers;
            if stage.retained {
                self.sums.retained[t] += customers;
            }
            for booking in &stage.values {
                self.account(booking, customers * values[booking.amount], true, (t, owner));
            }
            if let Some(purchases) = &stage.purchases {
                let money = flows.baskets[t][place];
                let margin = money * values[purchases.margin];
                self.sums.purchases[t] += flows.purchases[t][place];
                self.sums.baskets[t] += money;
                self.sums.revenue[t] += money;
                self.sums.margin[t] += margin;
                self.sums.discounted[t] += margin * self.prices.discounted.event[t];
                self.post(lines.baskets, money, false, (t, owner));
                self.post(lines.goods, money - margin, false, (t, owner));
            }
        }
        for (slot, pair) in program.booked_moves.iter().enumerate() {
            let (from, to) = (pair / program.stages, pair % program.stages);
            for (_, booking) in model.stages[from].on_move.iter().filter(|(id, _)| id.index() == to) {
                self.account(booking, flows.moves[t][slot] * values[booking.amount], false, (t, owner));
            }
        }
        let came = cohort.came_in(t);
        if came > 0.0 && t > 0 {
            let inflow = model.segments[owner / model.entries()].inflow.as_ref();
            let cost = inflow.and_then(|its| its.cost).map_or(0.0, |id| values[id] * came);
            self.sums.cost[t] += cost;
            self.sums.acquisition[t] += cost;
            self.sums.discounted[t] -= cost * self.prices.discounted.event[t];
            self.post(lines.acquisition, cost, false, (t, owner));
        }
    }

    /// Books what an initiative costs for customers who use it.
    fn serve(&mut self, run: &Run<'_>, flows: &Flows, t: usize, owner: usize) {
        let Prices { model, lines, drawn, .. } = *self.prices;
        let retained = model.stages.iter().zip(&flows.customers[t]).filter(|(stage, _)| stage.retained);
        let customers: f64 = retained.map(|(_, count)| count).sum();
        let amount = run.initiative.cost.per_customer.map_or(0.0, |id| drawn[id]) * customers;
        self.sums.initiative_cost[t] += amount;
        self.sums.discounted[t] -= amount * self.prices.discounted.event[t];
        self.post(lines.running[run.place], amount, false, (t, owner));
    }

    /// Books an amount on an account: a ledger line or an outcome.
    fn account(&mut self, booking: &Booking, amount: f64, by_state: bool, at: (usize, usize)) {
        let account = booking.account.index();
        let t = at.0;
        let weight = |weights: &TimeWeights| if by_state { weights.state[t] } else { weights.event[t] };
        if let Some(weights) = &self.prices.outcomes[account] {
            self.sums.accounts[account][t] += amount * weight(weights);
            return;
        }
        let plain = amount * weight(&self.prices.plain);
        let discounted = amount * weight(&self.prices.discounted);
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
        self.post(line, amount, by_state, at);
    }

    /// Posts an amount on its line, at the times at which it is valued.
    fn post(&mut self, line: Option<usize>, amount: f64, by_state: bool, (t, owner): (usize, usize)) {
        if let (Some(posted), Some(line)) = (self.posted.as_deref_mut(), line)
            && amount != 0.0
        {
            for (time, weight) in postings(&self.prices.model.run, by_state, whole(t)) {
                posted.post(line, time as usize, owner, amount * weight);
            }
        }
    }
}
