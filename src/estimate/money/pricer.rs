//! The pricer turns a replication's counts into everything that results are made of. It runs where the replication ran, so
//! that large counts need not be carried on.

use crate::engine::count::cells::{Arrivals, BATCHES, Cells, of_batch, planned};
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::engine::run::divergence::Resolution;
use crate::engine::run::replication::Replication;
use crate::model::Model;
use crate::model::counter::CUSTOMERS;
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId, StageId};
use serde::{Deserialize, Serialize};

use super::cohort_flow::{CohortFlow, worth_by_entry};
use super::entered::{Cohort, cohorts, everybody};
use super::halved::Chain;
use super::lines::Lines;
use super::posted::Posted;
use super::prices::Prices;
use super::smooth::{is_smoothed, smoothed};
use super::statement::Whose;
use crate::estimate::performance::Performance;
use crate::estimate::uncertainty::matched::Matched;
use crate::model::metric::Metric;
use crate::model::reported::metrics;

/// Prices the replications of a model.
pub struct Pricer<'m> {
    model: &'m Model,
    /// The lines of the books.
    pub lines: Lines,
    /// The metrics.
    pub metrics: Vec<Metric>,
    cells: Cells,
    layout: CountLayout,
    /// Whether books are kept at mean baskets as well.
    smooths: bool,
}

/// What a replication came to.
#[derive(Deserialize, Serialize)]
pub struct Priced {
    /// The numbers and shocks as they were drawn.
    pub drawn: Draw,
    /// By scenario.
    pub scenarios: Vec<PricedScenario>,
    /// By scenario, where it has expectations.
    pub expected: Vec<Option<Expected>>,
    /// By scenario, then by metric: the forced difference; none where luck is only paired.
    pub forced: Vec<Option<Vec<f64>>>,
    /// The baseline's simulated customers at time 0, by segment and stage.
    pub started: Vec<Vec<i128>>,
    /// Whether a number had to be held at the end of its range, or a row of chances scaled.
    pub held: bool,
    /// What solving its expectations took, in multiplications.
    pub work: u64,
}

/// What is expected of a scenario in one replication.
#[derive(Deserialize, Serialize)]
pub struct Expected {
    /// That of the whole business.
    pub books: Performance,
    /// The simulated customers beside those expected.
    pub matched: Matched,
}

/// What one scenario of a replication came to.
#[derive(Deserialize, Serialize)]
pub struct PricedScenario {
    /// That of the whole business.
    pub all: Performance,
    /// That of each segment.
    pub cuts: Vec<Performance>,
    /// The same at mean baskets, the whole business first; empty where baskets are counted well enough as they are.
    pub smooth: Vec<Performance>,
    /// The ledger.
    pub posted: Posted,
    /// By metric, then by batch of customers: what it would be if the others were like them. Empty where it is not asked.
    pub batches: Vec<Vec<f64>>,
    /// By entry: how many real customers came, what they did, and what they brought.
    pub cohorts: Vec<CohortFlow>,
    /// By stage: what half its loss is worth; empty where moves are not counted.
    pub worth_of_half: Vec<f64>,
    /// The customers whose lives differ from the baseline's: simulated and real.
    pub differing: (u64, f64),
    /// In which periods the responses to each rule begin.
    pub fired: Vec<Vec<u32>>,
}

impl<'m> Pricer<'m> {
    /// The pricer of a model.
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            lines: Lines::of(model),
            metrics: metrics(model),
            cells: Cells::of(model),
            layout: CountLayout::of(model),
            smooths: is_smoothed(model),
        }
    }

    /// Prices a replication; differences are forced at the scenarios' grains.
    pub fn price(&self, replication: &Replication, grains: &[Option<Resolution>]) -> Priced {
        let prices = Prices::new(self.model, &self.lines, &replication.drawn);
        let scenarios: Vec<PricedScenario> =
            (0..self.model.scenarios.len()).map(|scenario| self.scenario(&prices, replication, scenario)).collect();
        let forced = (0..scenarios.len())
            .map(|scenario| {
                grains.get(scenario).copied().flatten()?;
                Some(self.forced_values(&prices, replication, &scenarios, scenario))
            })
            .collect();
        let baseline = self.model.baseline.index();
        let started = |segment| self.ledger(replication, baseline, segment, 0).cells(CUSTOMERS, 0).to_vec();
        Priced {
            drawn: replication.drawn.clone(),
            expected: self.expected_of(&prices, replication, &scenarios),
            forced,
            started: (0..self.cells.segments).map(started).collect(),
            held: replication.held,
            work: replication.work,
            scenarios,
        }
    }

    /// What all customers of a segment and entry count.
    fn ledger(&self, replication: &Replication, scenario: usize, segment: usize, entry: usize) -> Counts<i128> {
        let cell = |batch| &replication.ledgers[scenario][self.cells.place(segment, entry, batch)];
        let mut sum = cell(0).clone();
        (1..BATCHES).for_each(|batch| sum.add(cell(batch)));
        sum
    }

    fn scenario(&self, prices: &Prices<'_>, replication: &Replication, scenario: usize) -> PricedScenario {
        let whose = Whose { scenario: ScenarioId::from(scenario), fired: &replication.fired[scenario] };
        let arrivals = &replication.arrivals[scenario];
        let times = self.model.run.horizon as usize + 1;
        let mut posted = Posted::empty(self.lines.all.len(), times, self.cells.segments * self.cells.entries);
        let mut entries: Vec<CohortFlow> = (0..self.cells.entries).map(|_| CohortFlow::empty(times)).collect();
        let (mut cuts, mut smooth) = (Vec::new(), Vec::new());
        let mut parts = vec![Performance::empty(self.model); BATCHES];
        for (segment, arrivals) in arrivals.iter().enumerate() {
            let flows: Vec<Counts<f64>> = arrivals
                .iter()
                .enumerate()
                .map(|(entry, its)| Counts::counted(&self.ledger(replication, scenario, segment, entry), its.weight()))
                .collect();
            for (entry, (cohort, flows)) in entries.iter_mut().zip(&flows).enumerate() {
                cohort.take(self.model, (entry, arrivals[entry].real), flows);
            }
            let place = SegmentId::from(segment);
            // Only what is posted is told apart by entry.
            let batches = (0..BATCHES).map(|part| self.batch(replication, (scenario, segment), part, &flows));
            let others: Vec<Counts<f64>> = self
                .smooths
                .then(|| self.smoothed(&replication.drawn, whose, place, &flows))
                .into_iter()
                .chain(batches)
                .collect();
            let sets: Vec<Vec<Cohort<'_>>> = std::iter::once(cohorts(&flows, arrivals))
                .chain(others.iter().map(|flows| vec![everybody(flows, arrivals)]))
                .collect();
            let sets: Vec<&[Cohort<'_>]> = sets.iter().map(Vec::as_slice).collect();
            let mut books = prices.performances(whose, place, &sets, Some(&mut posted)).into_iter();
            cuts.extend(books.next());
            smooth.extend(self.smooths.then(|| books.next()).flatten());
            parts.iter_mut().zip(books).for_each(|(part, books)| part.add(&books));
        }
        let worth_of_half = self.worth_of_half(prices, whose, &cuts);
        let mut all = Performance::empty(self.model);
        cuts.iter().for_each(|books| all.add(books));
        prices.spend(whose, &mut all.money, Some(&mut posted));
        all.ask(self.model, &replication.drawn, 0);
        if self.smooths {
            let mut sum = Performance::empty(self.model);
            smooth.iter().for_each(|books| sum.add(books));
            prices.spend(whose, &mut sum.money, None);
            sum.ask(self.model, &replication.drawn, 0);
            smooth.insert(0, sum);
        }
        for (batch, part) in parts.iter_mut().enumerate() {
            prices.spend(whose, &mut part.money, None);
            part.ask(self.model, &replication.drawn, 1 + batch);
        }
        let of_batches = |metric: &Metric| parts.iter().map(|books| metric.horizon(books)).collect();
        let batches = self.metrics.iter().map(of_batches).collect();
        for (flow, worth) in
            entries.iter_mut().zip(worth_by_entry(self.model, &self.lines, &replication.drawn, &posted))
        {
            flow.worth = worth;
        }
        let differing = replication.differing[scenario].iter().enumerate().fold((0, 0.0), |sum, (cell, count)| {
            let (segment, entry, _) = self.cells.at(cell);
            (sum.0 + count, sum.1 + *count as f64 * arrivals[segment][entry].weight())
        });
        PricedScenario {
            all,
            cuts,
            smooth,
            posted,
            batches,
            cohorts: entries,
            worth_of_half,
            differing,
            fired: replication.fired[scenario].clone(),
        }
    }

    /// What half the loss of each stage is worth, by the flows of every segment.
    fn worth_of_half(&self, prices: &Prices<'_>, whose: Whose<'_>, cuts: &[Performance]) -> Vec<f64> {
        if self.model.touchpoints.is_empty() {
            return Vec::new();
        }
        let stages = || (0..self.model.stages.len()).map(StageId::from);
        let mut sums = vec![0.0; self.model.stages.len()];
        for (segment, its) in cuts.iter().enumerate() {
            let rewards = prices.rewards_served(whose, SegmentId::from(segment));
            let worths = Chain::of(self.model, &its.counted.flows, &rewards).worth_of_half(stages());
            sums.iter_mut().zip(worths).for_each(|(sum, worth)| *sum += worth);
        }
        sums
    }

    /// The flows of a segment, all entries together, as if all customers were like those of one batch; `all` are those of
    /// all of them by entry.
    fn batch(
        &self,
        replication: &Replication,
        (scenario, segment): (usize, usize),
        part: usize,
        all: &[Counts<f64>],
    ) -> Counts<f64> {
        let mut sum = self.nobody();
        for (entry, (its, all)) in replication.arrivals[scenario][segment].iter().zip(all).enumerate() {
            match of_batch(its.agents, part) {
                // A cohort too small to be cut says nothing of chance.
                0 => sum.add(all),
                count => {
                    let cell = self.cells.place(segment, entry, part);
                    sum.count(&replication.ledgers[scenario][cell], its.real / count as f64);
                }
            }
        }
        sum
    }

    /// The flows of a segment, all entries together, at mean baskets.
    fn smoothed(&self, drawn: &Draw, whose: Whose<'_>, segment: SegmentId, flows: &[Counts<f64>]) -> Counts<f64> {
        let mut sum = self.nobody();
        flows.iter().for_each(|flows| sum.add(flows));
        smoothed(self.model, drawn, whose, segment, sum)
    }

    fn nobody(&self) -> Counts<f64> {
        Counts::new(&self.layout, 0, self.model.run.horizon)
    }

    /// The expected books of the whole business, from the expected flows of all real customers by segment.
    fn expected(
        &self,
        prices: &Prices<'_>,
        scenario: usize,
        flows: &[Counts<f64>],
        arrivals: &[Vec<Arrivals>],
    ) -> Performance {
        let whose = Whose { scenario: ScenarioId::from(scenario), fired: &[] };
        let mut all = Performance::empty(self.model);
        for (segment, flows) in flows.iter().enumerate() {
            let everybody = everybody(flows, &arrivals[segment]);
            all.add(&prices.performance(whose, SegmentId::from(segment), &[everybody], None));
        }
        prices.spend(whose, &mut all.money, None);
        all
    }

    /// The expected books at the medians of what is uncertain, from the expected flows of all real customers.
    pub fn expected_at_medians(&self, expected: &[Vec<Counts<f64>>]) -> Vec<Performance> {
        let central = self.model.central();
        let prices = Prices::new(self.model, &self.lines, &central);
        let arrivals = planned(self.model, &central);
        let scenarios = expected.iter().zip(&arrivals).enumerate();
        scenarios.map(|(scenario, (flows, came))| self.expected(&prices, scenario, flows, came)).collect()
    }

    /// What is expected of each scenario that has expectations, and its simulated customers beside that.
    fn expected_of(
        &self,
        prices: &Prices<'_>,
        replication: &Replication,
        priced: &[PricedScenario],
    ) -> Vec<Option<Expected>> {
        let of = |scenario: usize| {
            let flows = replication.expected.as_ref().map(|all| &all[scenario]).filter(|flows| !flows.is_empty())?;
            let arrivals = &replication.arrivals[scenario];
            let mut matched = Matched::empty(self.model.stages.len());
            let segments = arrivals.iter().zip(flows).zip(&priced[scenario].cuts);
            segments.for_each(|((came, flows), books)| matched.take(self.model, &books.counted, flows, came));
            Some(Expected { books: self.expected(prices, scenario, flows, arrivals), matched })
        };
        (0..priced.len()).map(of).collect()
    }

    /// The forced difference of every metric, at mean baskets where they are smoothed: the baseline's flows as they were simulated, and what the scenario adds
    /// to them, at the scenario's prices. Nobody comes later where differences are forced.
    fn forced_values(
        &self,
        prices: &Prices<'_>,
        replication: &Replication,
        priced: &[PricedScenario],
        scenario: usize,
    ) -> Vec<f64> {
        let baseline = self.model.baseline.index();
        let whose = Whose { scenario: ScenarioId::from(scenario), fired: &[] };
        // Numbers may be drawn that do not allow it; then the paired difference is as true.
        let moved = replication.forced[scenario].as_ref().map(|forced| {
            let mut all = Performance::empty(self.model);
            for (segment, forced) in forced.iter().enumerate() {
                let came = &replication.arrivals[baseline][segment];
                let base = Counts::counted(&self.ledger(replication, baseline, segment, 0), came[0].weight());
                let place = SegmentId::from(segment);
                let mut flows = forced.clone();
                flows.scale(came[0].weight());
                flows.add(&base);
                if self.smooths {
                    flows = smoothed(self.model, &replication.drawn, whose, place, flows);
                }
                all.add(&prices.performance(whose, place, &[everybody(&flows, came)], None));
            }
            prices.spend(whose, &mut all.money, None);
            all.ask(self.model, &replication.drawn, 0);
            all
        });
        let paired = |scenario: usize| priced[scenario].smooth.first().unwrap_or(&priced[scenario].all);
        let moved = moved.as_ref().unwrap_or_else(|| paired(scenario));
        let base = paired(baseline);
        self.metrics.iter().map(|metric| metric.horizon(moved) - metric.horizon(base)).collect()
    }
}
