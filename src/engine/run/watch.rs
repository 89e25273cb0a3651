//! Watching: what a company sees of its customers when a period has ended; contingency rules are decided on it.

use crate::model::Model;
use crate::model::booking::{Booking, by_cell};
use crate::model::channel::PEOPLE_PARTS;
use crate::model::counter::{ACQUIRED, BASKETS, CUSTOMERS, OURS, PURCHASES, SATISFACTION, THEIRS, WALLET};
use crate::model::course::{RoadmapTimeline, Run};
use crate::model::draw::Draw;
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::pillar::BREACHES;
use crate::model::roadmap::Watched;
use crate::model::survey::{CELLS, PARTS, Wave};
use crate::model::value::AccountKind;
use crate::quantity::{CounterId, PARTS_PER_ONE, SegmentId, UNITS_PER_ONE};
use crate::study::journey::LineKind;

use crate::engine::count::counts::Counts;

/// Customers of one segment and entry at one time.
pub struct SeenCohort<'a> {
    /// What was counted of them.
    pub ledger: &'a Counts<i128>,
    /// Their segment.
    pub segment: SegmentId,
    /// How many real customers each simulated one stands for.
    pub weight: f64,
    /// How many real customers of them came in the period.
    pub came: f64,
    /// The numbers in force for their segment.
    pub values: &'a ParamSet,
}

/// What a company sees of a period that has ended.
pub struct Observed<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its numbers as they were drawn.
    pub drawn: &'a Draw,
    /// How the roadmap has gone so far, where what it costs is watched.
    pub course: Option<&'a RoadmapTimeline<'a>>,
    /// The period.
    pub t: u32,
    /// What the people of channels cost in the period.
    pub staff: f64,
    /// All customers.
    pub cohorts: &'a [SeenCohort<'a>],
}

impl Observed<'_> {
    /// The value of what is watched, over all customers.
    pub fn value(&self, what: Watched) -> f64 {
        let t = self.t as usize;
        let sum =
            |of: &dyn Fn(&SeenCohort<'_>) -> f64| self.cohorts.iter().map(|seen| of(seen) * seen.weight).sum::<f64>();
        let retained = |seen: &SeenCohort<'_>| self.retained(seen);
        let acquired = |seen: &SeenCohort<'_>| seen.ledger.cells(ACQUIRED, t)[0] as f64;
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let margin = || sum(&|seen| self.booked(seen, LineKind::Revenue, self.margin(seen)));
        match what {
            Watched::Retention => share(sum(&retained), sum(&acquired)),
            Watched::ActiveCustomers => sum(&retained),
            Watched::Churned => sum(&|seen| acquired(seen) - retained(seen)),
            Watched::Purchases => sum(&|seen| seen.ledger.cells(PURCHASES, t).iter().sum::<i128>() as f64),
            Watched::Wallet => self.wallet(),
            Watched::Revenue => sum(&|seen| {
                let baskets = seen.ledger.cells(BASKETS, t).iter().sum::<i128>() as f64 / UNITS_PER_ONE;
                self.booked(seen, LineKind::Revenue, baskets)
            }),
            Watched::Margin => margin(),
            Watched::Cost => self.cost(),
            Watched::CashFlow => margin() - self.cost() - self.initiative_cost(),
            Watched::Satisfaction => {
                share(sum(&|seen| seen.ledger.cells(SATISFACTION, t)[0] as f64 / PARTS_PER_ONE), sum(&retained))
            }
            Watched::Stage(stage) => sum(&|seen| seen.ledger.cells(CUSTOMERS, t)[stage] as f64),
            Watched::Met(counter, cell) => sum(&|seen| seen.ledger.cells(CounterId::from(counter), t)[cell] as f64),
            Watched::Channel(counter, gauge) => {
                let cells = self.cells(CounterId::from(counter));
                let people = self.cells(CounterId::from(counter + 1));
                let people: Vec<f64> = people.iter().map(|parts| parts / PEOPLE_PARTS).collect();
                let [part, whole] = gauge.parts(&cells, &people);
                share(part, whole)
            }
            Watched::Broken(counter) => sum(&|seen| seen.ledger.cells(CounterId::from(counter), t)[BREACHES] as f64),
            Watched::Heard(counter) | Watched::Told(counter) => sum(&|seen| self.counted(seen, counter)),
            Watched::Surveyed(counter) => self.score(CounterId::from(counter)),
        }
    }

    /// What is counted of all customers in the period, cell by cell.
    fn cells(&self, counter: CounterId) -> Vec<f64> {
        let mut cells = Vec::new();
        for seen in self.cohorts {
            let its = seen.ledger.cells(counter, self.t as usize);
            cells.resize(its.len(), 0.0);
            cells.iter_mut().zip(its).for_each(|(cell, count)| *cell += *count as f64 * seen.weight);
        }
        cells
    }

    /// The company's share of what customers share with rivals; not a number where they share nothing, so that no bound is
    /// passed.
    fn wallet(&self) -> f64 {
        let sum = |cell: usize| -> f64 {
            self.cohorts.iter().map(|seen| seen.ledger.cells(WALLET, self.t as usize)[cell] as f64 * seen.weight).sum()
        };
        let [ours, theirs] = [sum(OURS), sum(THEIRS)];
        if ours + theirs > 0.0 { ours / (ours + theirs) } else { f64::NAN }
    }

    /// The score of a survey as the company sees it; not a number where nobody was asked or answered in the period, so that
    /// no bound is passed.
    fn score(&self, counter: CounterId) -> f64 {
        let Some(place) = self.model.surveys.iter().position(|its| its.counter == counter) else { return f64::NAN };
        let survey = &self.model.surveys[place];
        if !survey.asks(self.t) {
            return f64::NAN;
        }
        let mut cells = [0.0; CELLS];
        for seen in self.cohorts {
            for (cell, count) in cells.iter_mut().zip(seen.ledger.cells(counter, self.t as usize)) {
                *cell += *count as f64 / PARTS * seen.weight;
            }
        }
        let wave = (self.t / survey.every - 1) as usize;
        let luck = self.drawn.asked.get(place).and_then(|waves| waves.get(wave));
        let seen = luck.map(|luck| Wave::of(&cells).seen(survey.sample, luck[0]));
        seen.filter(|seen| seen.answers > 0.0).map_or(f64::NAN, |seen| seen.score())
    }

    /// What a counter of one cell comes to in the period.
    fn counted(&self, seen: &SeenCohort<'_>, counter: usize) -> f64 {
        let cells = seen.ledger.cells(CounterId::from(counter), self.t as usize);
        cells.iter().sum::<i128>() as f64 / self.model.counters[counter].unit
    }

    /// The simulated customers in retained stages.
    fn retained(&self, seen: &SeenCohort<'_>) -> f64 {
        let stages = seen.ledger.cells(CUSTOMERS, self.t as usize).iter().zip(&self.model.stages);
        stages.filter(|(_, stage)| stage.retained).map(|(count, _)| *count as f64).sum()
    }

    /// Baskets times the margin of the stage that they were bought in.
    fn margin(&self, seen: &SeenCohort<'_>) -> f64 {
        let baskets = seen.ledger.cells(BASKETS, self.t as usize).iter().zip(&self.model.stages);
        let of_stage = |(money, stage): (&i128, &Stage)| {
            let margin = stage.purchases.as_ref().map_or(0.0, |purchases| seen.values[purchases.margin]);
            *money as f64 / UNITS_PER_ONE * margin
        };
        baskets.map(of_stage).sum()
    }

    /// Lines of money of a kind, by what they are booked on, beside what there is without them.
    fn booked(&self, seen: &SeenCohort<'_>, kind: LineKind, without: f64) -> f64 {
        let model = self.model;
        let is_of_kind = |account: usize| model.accounts[account].kind == AccountKind::Money(kind);
        let of_cell = |bookings: &[Booking]| {
            let Some(Booking { counter, cell, .. }) = bookings.first() else { return 0.0 };
            let lines = bookings.iter().filter(|booking| is_of_kind(booking.account.index()));
            let count =
                seen.ledger.cells(*counter, self.t as usize)[*cell] as f64 / model.counters[counter.index()].unit;
            lines.map(|booking| seen.values[booking.price.of(self.t, false)]).sum::<f64>() * count
        };
        let sum = |bookings| by_cell(bookings).map(of_cell).sum::<f64>();
        without + sum(model.bookings.by_stage()) + sum(model.bookings.others())
    }

    /// Cost lines, and what it cost to win those who came.
    fn cost(&self) -> f64 {
        let of_cohort = |seen: &SeenCohort<'_>| {
            let inflow = self.model.segments[seen.segment.index()].inflow.as_ref();
            let winning = inflow.and_then(|its| its.cost).map_or(0.0, |cost| seen.values[cost] * seen.came);
            self.booked(seen, LineKind::Cost, 0.0) * seen.weight + winning
        };
        self.cohorts.iter().map(of_cohort).sum::<f64>() + self.staff
    }

    /// What initiatives cost in the period.
    fn initiative_cost(&self) -> f64 {
        let of_run = |run: &Run<'_>| {
            let (once, running) = run.outlay(self.drawn, self.t);
            let cost = &run.initiative.cost;
            let served = || self.cohorts.iter().filter(|seen| run.is_in_use(seen.segment, self.t));
            let customers: f64 = served().map(|seen| self.retained(seen) * seen.weight).sum();
            let of_contacts = |seen: &SeenCohort<'_>| {
                let count = |counter, cell: usize| seen.ledger.cells(counter, self.t as usize)[cell] as f64;
                cost.of_contacts(&self.drawn.values, count) * seen.weight
            };
            let contacts: f64 = served().map(of_contacts).sum();
            once + running + cost.serving(&self.drawn.values) * customers + contacts
        };
        self.course.iter().flat_map(|course| &course.runs).map(of_run).sum()
    }
}
