//! Prices turn flows of customers into money: everything about money and time that a replication needs. No chance in it.

use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use crate::model::booking::{Booking, by_cell};
use crate::model::counter::{BASKETS, CUSTOMERS, Measure};
use crate::model::course::{RoadmapTimeline, Run};
use crate::model::draw::Draw;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::model::value::{AccountKind, Accrued, accrued, event_time};
use crate::quantity::{ScenarioId, SegmentId};

use super::business::LineGroup;
use super::entered::Cohort;
use super::lines::Lines;
use super::posted::Posted;
use super::statement::{Statement, Whose};
use crate::estimate::counted::Counted;
use crate::estimate::performance::Performance;

/// The prices of one draw of the numbers.
pub struct Prices<'m> {
    model: &'m Model,
    lines: &'m Lines,
    /// The discount factors of money, by time.
    factors: Vec<f64>,
    /// Those of outcomes, by account.
    outcomes: Vec<Option<Vec<f64>>>,
    /// What accrues at each time by being in a stage.
    accrued: Vec<Vec<Accrued>>,
    drawn: &'m Draw,
    layout: CountLayout,
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
    pub fn new(model: &'m Model, lines: &'m Lines, drawn: &'m Draw) -> Self {
        let run = &model.run;
        let outcomes = model.accounts.iter().map(|account| match account.kind {
            AccountKind::Money(_) => None,
            AccountKind::Outcome { discount_rate, .. } => Some(run.factors(discount_rate)),
        });
        Self {
            model,
            lines,
            factors: run.factors(drawn[run.discount_rate]),
            outcomes: outcomes.collect(),
            accrued: (0..=run.horizon).map(|t| accrued(run, t)).collect(),
            drawn,
            layout: CountLayout::of(model),
        }
    }

    /// What happens in period `t` (0: at time 0), valued as the accrual says.
    fn event(&self, t: u32, owner: usize) -> Entry {
        Entry { t: t as usize, time: event_time(&self.model.run, t) as usize, weight: 1.0, owner }
    }

    /// What customers of one segment come to; what is posted is cut by entry.
    pub fn performance(
        &self,
        whose: Whose<'_>,
        segment: SegmentId,
        cohorts: &[Cohort<'_>],
        posted: Option<&mut Posted>,
    ) -> Performance {
        self.performances(whose, segment, &[cohorts], posted).swap_remove(0)
    }

    /// That of several sets of customers of one segment, which are all priced alike; what is posted is the first
    /// one's.
    pub fn performances(
        &self,
        whose: Whose<'_>,
        segment: SegmentId,
        sets: &[&[Cohort<'_>]],
        mut posted: Option<&mut Posted>,
    ) -> Vec<Performance> {
        let course = RoadmapTimeline::new(self.model, self.drawn, whose.scenario, whose.fired);
        let is_served = |run: &&Run<'_>| run.initiative.cost.depends_on_customers();
        let served: Vec<&Run<'_>> = course.runs.iter().filter(is_served).collect();
        let entries = self.model.entries();
        let mut books: Vec<OpenBooks<'_, '_>> =
            (0..sets.len()).map(|set| self.open(if set == 0 { posted.take() } else { None })).collect();
        self.walk(whose, segment, |t, amounts| {
            for (books, cohorts) in books.iter_mut().zip(sets) {
                for cohort in cohorts.iter().filter(|cohort| cohort.entry <= t) {
                    let owner = segment.index() * entries + cohort.entry as usize;
                    books.time(&amounts, cohort, t, owner);
                    for run in &served {
                        books.serve(run, segment, cohort.flows, (t, owner));
                    }
                }
            }
        });
        let counted = |cohorts: &[Cohort<'_>]| Counted::of(self.model, &self.layout, cohorts);
        let pairs = sets.iter().zip(books);
        pairs
            .map(|(cohorts, books)| Performance { counted: counted(cohorts), money: books.sums, surveyed: Vec::new() })
            .collect()
    }

    /// What customers of one segment are worth, discounted to time 0: in a stage, by what they spend, by the moves that
    /// money is booked on, and, last, by coming. Books are linear in flows, so those of one of each tell those of all.
    /// Initiatives are paid for by the company.
    pub fn rewards(&self, scenario: ScenarioId, segment: SegmentId) -> (Counts<f64>, Vec<f64>) {
        self.rewards_of(Whose { scenario, fired: &[] }, segment)
    }

    /// What customers of one segment are worth to the company, discounted to time 0: the same with what initiatives cost for
    /// customers who use them, and without what it costs to win them.
    pub fn rewards_served(&self, whose: Whose<'_>, segment: SegmentId) -> Counts<f64> {
        let (model, mut rewards) = (self.model, self.rewards_of(whose, segment).0);
        let course = RoadmapTimeline::new(model, self.drawn, whose.scenario, whose.fired);
        let served: Vec<&Run<'_>> =
            course.runs.iter().filter(|run| run.initiative.cost.per_customer.is_some()).collect();
        let retained: Vec<usize> = (0..model.stages.len()).filter(|stage| model.stages[*stage].retained).collect();
        let Some(first) = retained.first().filter(|_| !served.is_empty()) else { return rewards };
        let (mut books, owner) = (self.open(None), segment.index() * model.entries());
        for t in 0..=model.run.horizon {
            let mut one = Counts::at(&self.layout, t as usize);
            one.cells_mut(CUSTOMERS, t as usize)[*first] = 1.0;
            served.iter().for_each(|run| books.serve(run, segment, &one, (t, owner)));
            let worth = books.settle(t as usize);
            let cells = rewards.cells_mut(CUSTOMERS, t as usize);
            retained.iter().for_each(|stage| cells[*stage] += worth);
        }
        rewards
    }

    fn rewards_of(&self, whose: Whose<'_>, segment: SegmentId) -> (Counts<f64>, Vec<f64>) {
        let model = self.model;
        let times = model.run.horizon as usize + 1;
        let mut rewards = Counts::new(&self.layout, 0, model.run.horizon);
        let mut arriving = vec![0.0; times];
        let owner = segment.index() * model.entries();
        let mut books = self.open(None);
        self.walk(whose, segment, |t, amounts| {
            let event = self.event(t, owner);
            let t = t as usize;
            for bookings in by_cell(model.bookings.all()) {
                bookings.iter().for_each(|booking| books.book(booking, &amounts, 1.0, event));
                if let Some(Booking { counter, cell, .. }) = bookings.first() {
                    rewards.cells_mut(*counter, t)[*cell] += books.settle(t);
                }
            }
            for stage in 0..model.stages.len() {
                books.sell(stage, &amounts, 1.0, event);
                rewards.cells_mut(BASKETS, t)[stage] += books.settle(t);
            }
            books.arrive(segment, &amounts, 1.0, event);
            arriving[t] = books.settle(t);
        });
        (rewards, arriving)
    }

    /// Goes through all times with the amounts in force.
    fn walk(&self, whose: Whose<'_>, segment: SegmentId, mut at: impl FnMut(u32, Amounts<'_>)) {
        let timeline = Timeline::with_rules(self.model, self.drawn, whose.scenario, whose.fired, segment);
        let mut values = timeline.values(0).0;
        for t in 0..=self.model.run.horizon {
            let changes = t < self.model.run.horizon && timeline.epoch(t + 1) == t + 1;
            let next = changes.then(|| timeline.values(t + 1).0);
            at(t, Amounts { ending: &values, beginning: next.as_ref().unwrap_or(&values) });
            values = next.unwrap_or(values);
        }
    }

    fn open<'p>(&'p self, posted: Option<&'p mut Posted>) -> OpenBooks<'p, 'm> {
        OpenBooks { prices: self, sums: Statement::empty(self.model), posted }
    }

    /// What the initiatives of a scenario cost the whole business.
    pub fn spend(&self, whose: Whose<'_>, sums: &mut Statement, posted: Option<&mut Posted>) {
        let course = RoadmapTimeline::new(self.model, self.drawn, whose.scenario, whose.fired);
        let business = posted.as_ref().map_or(0, |posted| posted.business());
        let mut books = OpenBooks { prices: self, sums: std::mem::replace(sums, Statement::empty(self.model)), posted };
        for run in &course.runs {
            for t in run.start..=self.model.run.horizon {
                let (once, running) = run.outlay(self.drawn, t);
                let cost = once + running;
                let entry = self.event(t, business);
                books.sums.initiative_cost[entry.t] += cost;
                books.sums.discounted[entry.t] -= cost * self.factors[entry.time];
                books.post(self.lines.once[run.place], once, entry);
                books.post(self.lines.running[run.place], running, entry);
            }
        }
        self.staff(whose, &mut books, business);
        *sums = books.sums;
    }

    /// What the people of channels cost the whole business: those at work in a period, by the numbers of the company.
    fn staff(&self, whose: Whose<'_>, books: &mut OpenBooks<'_, '_>, business: usize) {
        if self.lines.staff.iter().all(Option::is_none) {
            return;
        }
        let timeline = Timeline::of_company(self.model, self.drawn, whose.scenario, whose.fired);
        for t in 1..=self.model.run.horizon {
            let (values, entry) = (timeline.values(t).0, self.event(t, business));
            for (channel, line) in self.model.channels.iter().zip(&self.lines.staff) {
                let Some(cost) = channel.desk.as_ref().and_then(|desk| desk.cost(&values)) else { continue };
                books.sums.cost[entry.t] += cost;
                books.sums.discounted[entry.t] -= cost * self.factors[entry.time];
                books.post(*line, cost, entry);
            }
        }
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
        let model = self.prices.model;
        let flows = cohort.flows;
        let event = self.prices.event(t, owner);
        let t = t as usize;
        for place in 0..model.stages.len() {
            for booking in model.bookings.of_stage(place) {
                self.book(booking, amounts, flows.cells(booking.counter, t)[booking.cell], event);
            }
            self.sell(place, amounts, flows.cells(BASKETS, t)[place], event);
        }
        for booking in model.bookings.others() {
            self.book(booking, amounts, flows.cells(booking.counter, t)[booking.cell], event);
        }
        self.sums.served.count(&model.serving, flows, t, amounts.ending);
        let came = cohort.came_in(t);
        if came > 0.0 {
            self.arrive(SegmentId::from(owner / model.entries()), amounts, came, event);
        }
    }

    /// Books what is counted in one cell: what is so at a time accrues, what happens is booked in its period.
    fn book(&mut self, booking: &Booking, amounts: &Amounts<'_>, count: f64, event: Entry) {
        // Nothing is nothing on every account.
        if count == 0.0 {
            return;
        }
        match self.prices.model.counters[booking.counter.index()].measures {
            Measure::State => self.accrue(booking, amounts, count, event),
            Measure::Event => {
                let number = booking.price.of(whole(event.t), false);
                self.account(booking, count * amounts.ending[number], event);
            }
        }
    }

    /// Books the money spent on baskets in a stage.
    fn sell(&mut self, stage: usize, amounts: &Amounts<'_>, money: f64, event: Entry) {
        let purchases = self.prices.model.stages[stage].purchases.as_ref();
        let Some(purchases) = purchases.filter(|_| money != 0.0) else { return };
        let margin = money * amounts.ending[purchases.margin];
        self.sums.revenue[event.t] += money;
        self.sums.margin[event.t] += margin;
        self.sums.discounted[event.t] += margin * self.prices.factors[event.time];
        self.post(self.prices.lines.baskets, money, event);
        self.post(self.prices.lines.goods, money - margin, event);
    }

    /// Books what it costs to win those who come after the start.
    fn arrive(&mut self, segment: SegmentId, amounts: &Amounts<'_>, came: f64, event: Entry) {
        let inflow = self.prices.model.segments[segment.index()].inflow.as_ref();
        let Some(cost) = inflow.and_then(|its| its.cost).filter(|_| event.t > 0) else { return };
        let cost = amounts.ending[cost] * came;
        self.sums.cost[event.t] += cost;
        self.sums.acquisition[event.t] += cost;
        self.sums.discounted[event.t] -= cost * self.prices.factors[event.time];
        self.post(self.prices.lines.acquisition, cost, event);
    }

    /// What the bookings at time `t` have come to, discounted; they begin anew.
    fn settle(&mut self, t: usize) -> f64 {
        std::mem::take(&mut self.sums.discounted[t])
    }

    /// Books what accrues, each part by the amounts of its period.
    fn accrue(&mut self, booking: &Booking, amounts: &Amounts<'_>, count: f64, Entry { t, owner, .. }: Entry) {
        let prices = self.prices;
        for part in &prices.accrued[t] {
            let begins = part.period as usize != t;
            let values = if begins { amounts.beginning } else { amounts.ending };
            let entry = Entry { t, time: part.time as usize, weight: part.weight, owner };
            self.account(booking, count * values[booking.price.of(part.period, begins)], entry);
        }
    }

    /// Books what an initiative costs for customers who use it: by the periods in which they do, as stages' values accrue, and
    /// each time that a touchpoint happens.
    fn serve(&mut self, run: &Run<'_>, segment: SegmentId, flows: &Counts<f64>, (t, owner): (u32, usize)) {
        let prices = self.prices;
        let event = prices.event(t, owner);
        let in_use = run.is_in_use(segment, t);
        let t = t as usize;
        if in_use {
            let count = |counter, cell: usize| flows.cells(counter, t)[cell];
            self.charge(run, run.initiative.cost.of_contacts(&prices.drawn.values, count), event);
        }
        for part in prices.accrued[t].iter().filter(|part| run.is_in_use(segment, part.period)) {
            let retained =
                prices.model.stages.iter().zip(flows.cells(CUSTOMERS, t)).filter(|(stage, _)| stage.retained);
            let customers: f64 = retained.map(|(_, count)| count).sum();
            let amount = run.initiative.cost.serving(&prices.drawn.values) * customers;
            self.charge(run, amount, Entry { t, time: part.time as usize, weight: part.weight, owner });
        }
    }

    /// Books an amount that an initiative costs while it runs.
    fn charge(&mut self, run: &Run<'_>, amount: f64, entry: Entry) {
        let prices = self.prices;
        self.sums.initiative_cost[entry.t] += amount * entry.weight;
        self.sums.discounted[entry.t] -= amount * (entry.weight * prices.factors[entry.time]);
        self.post(prices.lines.running[run.place], amount, entry);
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
        let group = line.map(|line| self.prices.lines.all[line].group);
        if group == Some(LineGroup::Revenue) {
            self.sums.revenue[t] += plain;
            self.sums.margin[t] += plain;
            self.sums.discounted[t] += discounted;
        } else {
            self.sums.cost[t] += plain;
            self.sums.discounted[t] -= discounted;
        }
        match group {
            Some(LineGroup::Acquisition) => self.sums.acquisition[t] += plain,
            Some(LineGroup::Variable | LineGroup::Service) if self.prices.model.serving.pays(booking.counter) => {
                self.sums.served.pay(t, plain);
            }
            _ => {}
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
