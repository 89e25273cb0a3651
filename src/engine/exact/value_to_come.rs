//! The value to come is what a customer's future is worth, from each place that customers can be in.
//!
//! It is found backward, from the horizon to the first entry (Howard 1960, "Dynamic programming and Markov processes",
//! chapter 2): a step is the transpose of the one in `state.rs`, so one walk values the customers of all entries.
//! Where something depends on how long ago they came, each entry takes a walk of its own.

use crate::model::counter::{BASKETS, CUSTOMERS, MOVES};
use crate::model::rate::When;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::afterwards::Afterwards;
use super::cohort::{Solution, WIDTH};
use super::layout::{Layout, StageCells, Way};
use super::presences::Presences;
use super::rows::{Kinds, Rows};
use super::table::CohortTable;
use super::touching::{Moment, Touching};
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;

/// The values of some kinds of customers of one segment.
struct Values<'a> {
    layout: &'a Layout,
    rows: Rows<'a>,
    presences: Presences<'a>,
    touching: Touching<'a>,
    rewards: &'a Counts<f64>,
    /// Numbers of a cell: one for each kind and satisfaction.
    width: usize,
    /// The satisfactions that are told apart.
    nodes: usize,
    /// By cell, kind and satisfaction: the value of what comes after the step that was taken last.
    now: Vec<f64>,
    /// The values of the step under way.
    before: Vec<f64>,
    /// The values after the move, where touchpoints take people elsewhere.
    moved: Vec<f64>,
    /// Those of customers who have come to a stage in the period of the step under way, and of newcomers before it; empty where
    /// they are not told apart.
    arrived: Vec<f64>,
    fresh: Vec<f64>,
}

impl Solution<'_, '_> {
    /// What one customer of each of the first entries (0: who is there at the start) comes to over the horizon, where `rewards`
    /// are what one of each counter is worth, by time.
    pub fn worth_by_entry(&self, place: (ScenarioId, SegmentId), rewards: &Counts<f64>, entries: usize) -> Vec<f64> {
        let mut worths = vec![0.0; entries];
        let timeline = self.timeline(place);
        let model = self.model();
        for some in self.kinds(place.1).chunks(WIDTH / self.kernels().grid().nodes().len()) {
            let mut values = Values::new(self, &some, rewards);
            let mut table = CohortTable::new((model, place.1), &timeline, self.kernels(), model.run.horizon);
            let walk = (&mut values, &mut table);
            if self.layout().reads_age {
                let (values, table) = walk;
                for entry in 0..entries {
                    self.walk_back((place.1, &timeline), (values, table), &some, (entry, &mut worths[entry..=entry]));
                }
            } else {
                self.walk_back((place.1, &timeline), walk, &some, (0, &mut worths));
            }
        }
        worths
    }

    /// Values the customers of entries in a row, the first of which is given, and adds that to their worths.
    fn walk_back(
        &self,
        (segment, timeline): (SegmentId, &Timeline<'_>),
        (values, table): (&mut Values<'_>, &mut CohortTable<'_, '_>),
        kinds: &Kinds,
        (first, worths): (usize, &mut [f64]),
    ) {
        values.now.fill(0.0);
        for t in (first.max(1)..=self.model().run.horizon as usize).rev() {
            table.go_to(whole(t));
            values.step_back(table, whole(t + 1 - first.max(1)));
            if let Some(worth) = t.checked_sub(first).and_then(|at| worths.get_mut(at)) {
                let now = if values.layout.touch.separates { &values.fresh } else { &values.now };
                *worth += self.worth_of_newcomers((values, now), &self.start(timeline, segment, t), kinds);
            }
        }
        if first == 0 {
            values.count(0, 0);
            worths[0] += self.worth_of_newcomers((values, &values.now), &self.start(timeline, segment, 0), kinds);
        }
    }

    /// What a customer is worth who comes now, over the stages, kinds and satisfactions in which they come.
    fn worth_of_newcomers(&self, (values, now): (&Values<'_>, &[f64]), begin: &[(StageId, f64)], kinds: &Kinds) -> f64 {
        let start = self.kernels().start();
        let of_stage = |(first, part): (usize, f64)| {
            let values = now[first * values.width..][..values.width].chunks_exact(values.nodes);
            let one = |(values, share): (&[f64], &f64)| share * super::tally::product(values, start);
            part * values.zip(&kinds.shares).map(one).sum::<f64>()
        };
        self.starts(begin).map(of_stage).sum()
    }
}

impl<'a> Values<'a> {
    /// Nothing to come.
    fn new(solution: &'a Solution<'_, '_>, kinds: &'a Kinds, rewards: &'a Counts<f64>) -> Self {
        let (layout, nodes) = (solution.layout(), solution.kernels().grid().nodes().len());
        let width = kinds.shares.len() * nodes;
        let nothing = vec![0.0; layout.cells * width];
        let rows = Rows::new(solution.model(), layout, kinds, nodes);
        let presences = Presences::of(solution.model(), layout, kinds, nodes);
        let touching = Touching::new(solution.model(), layout, kinds, nodes);
        let moved = if solution.model().moves_by_touch() { nothing.clone() } else { Vec::new() };
        let apart = if layout.touch.separates { nothing.clone() } else { Vec::new() };
        let (before, arrived) = (nothing.clone(), apart.clone());
        let now = nothing;
        Self { layout, rows, presences, touching, rewards, width, nodes, now, before, moved, arrived, fresh: apart }
    }

    /// From after a period to before it: what comes later, and what happens in it.
    fn step_back(&mut self, table: &CohortTable<'_, '_>, age: u32) {
        self.rows.make(table, age);
        self.touching.make(table, &self.rows, age);
        let t = table.t as usize;
        self.count(t, age);
        self.happen(table, When::AfterMove);
        if self.layout.touch.is_late {
            self.go_on(t);
        } else {
            if self.layout.leaves {
                self.leave(t);
            }
            self.buy(t);
        }
        let there = std::mem::take(&mut self.arrived);
        if !there.is_empty() {
            // All of newcomers have come to where they are.
            let stayed = std::mem::replace(&mut self.now, there.clone());
            self.begin(table, &there);
            self.fresh = std::mem::replace(&mut self.now, stayed);
        }
        self.begin(table, &there);
        self.arrived = there;
    }

    /// From after the move to before the period; `there` are the values of those who move, where they are others.
    fn begin(&mut self, table: &CohortTable<'_, '_>, there: &[f64]) {
        let t = table.t as usize;
        if !self.moved.is_empty() {
            self.moved.copy_from_slice(if there.is_empty() { &self.now } else { there });
        }
        self.travel(t, there);
        self.touching.value(Moment::Before, &mut self.now, &self.moved, (self.rewards, t));
        self.happen(table, When::BeforeMove);
        self.feel(table);
    }

    /// From after purchases, and what touchpoints do then, to before them.
    fn go_on(&mut self, t: usize) {
        let end = self.now.clone();
        for moment in [Moment::Entered, Moment::After] {
            if moment == Moment::Entered && self.arrived.is_empty() {
                continue;
            }
            self.now.copy_from_slice(&end);
            self.touching.value(moment, &mut self.now, &[], (self.rewards, t));
            if self.layout.leaves {
                let Self { layout, rows, touching, width, nodes, .. } = self;
                let after = Afterwards { layout, rows, touching, width: *width, nodes: *nodes };
                after.value(&end, &mut self.now, (self.rewards, t));
            }
            self.buy(t);
            if moment == Moment::Entered {
                self.arrived.copy_from_slice(&self.now);
            }
        }
    }

    /// Values being counted in a stage, at the end of the customers' `age`-th period.
    fn count(&mut self, t: usize, age: u32) {
        for (stage, worth) in self.layout.stages.iter().zip(self.rewards.cells(CUSTOMERS, t)) {
            for cell in stage.all() {
                self.now[cell * self.width..][..self.width].iter_mut().for_each(|value| *value += worth);
            }
        }
        self.presences.value(self.rewards, (t, age as usize), &mut self.now);
    }

    /// What happens at a rate in a stage.
    fn happen(&mut self, table: &CohortTable<'_, '_>, when: When) {
        for (at, rate) in table.model().rates.iter().enumerate().filter(|(_, rate)| rate.when == when) {
            let worths = self.rewards.cells(rate.counter, table.t as usize);
            for ((stage, rows), worth) in self.layout.stages.iter().zip(&self.rows.stages).zip(worths) {
                let often = &rows.rates[at];
                for cell in stage.all().filter(|_| !often.is_empty()) {
                    let values = self.now[cell * self.width..][..self.width].iter_mut();
                    values.zip(often).for_each(|(value, often)| *value += worth * often);
                }
            }
        }
    }

    fn leave(&mut self, t: usize) {
        let mut before = std::mem::take(&mut self.before);
        let worths = self.rewards.cells(MOVES, t);
        before.copy_from_slice(&self.now);
        for (stage, rows) in self.layout.stages.iter().zip(&self.rows.stages) {
            for (way, shares) in stage.leaves.iter().zip(&rows.left) {
                for (ever, cell) in both(stage).flat_map(|(ever, cells)| cells.map(move |cell| (ever, cell))) {
                    let (here, there) = (self.values(cell), self.there(&self.now, way, ever, worths));
                    let values = &mut before[cell * self.width..][..self.width];
                    for (at, (value, share)) in values.iter_mut().zip(shares).enumerate() {
                        *value += share * (there(at) - here[at]);
                    }
                }
            }
        }
        self.before = std::mem::replace(&mut self.now, before);
    }

    fn buy(&mut self, t: usize) {
        let stages = self.layout.stages.iter().zip(&self.rows.stages).zip(self.rewards.cells(BASKETS, t));
        for ((stage, rows), worth) in stages.filter(|((_, rows), _)| !rows.purchases.is_empty()) {
            for cell in stage.all() {
                let values = self.now[cell * self.width..][..self.width].iter_mut();
                values.zip(&rows.spent).for_each(|(value, spent)| *value += worth * spent);
            }
        }
    }

    fn travel(&mut self, t: usize, there: &[f64]) {
        let mut before = std::mem::take(&mut self.before);
        let worths = self.rewards.cells(MOVES, t);
        for (stage, rows) in self.layout.stages.iter().zip(&self.rows.stages) {
            for (ever, cells) in both(stage) {
                for (periods, cell) in cells.enumerate() {
                    let mut columns = rows.rows[periods].chunks_exact(self.width);
                    let stay = columns.next().unwrap_or_default();
                    let later = self.values(cell + usize::from(periods + 1 < stage.length));
                    let values = &mut before[cell * self.width..][..self.width];
                    values
                        .iter_mut()
                        .zip(stay.iter().zip(later))
                        .for_each(|(value, (stay, later))| *value = stay * later);
                    for (way, chances) in stage.moves.iter().zip(columns) {
                        let there = self.there(if there.is_empty() { &self.now } else { there }, way, ever, worths);
                        let taken = values.iter_mut().zip(chances).enumerate();
                        taken.for_each(|(at, (value, chance))| *value += chance * there(at));
                    }
                }
            }
        }
        self.before = std::mem::replace(&mut self.now, before);
    }

    fn feel(&mut self, table: &CohortTable<'_, '_>) {
        for (stage, numbers) in self.layout.stages.iter().zip(&table.stages) {
            let Some(kernel) = &numbers.kernel else { continue };
            for cell in stage.all() {
                for values in self.now[cell * self.width..][..self.width].chunks_exact_mut(self.nodes) {
                    let felt = &mut self.before[..self.nodes];
                    kernel.expect(values, felt);
                    values.copy_from_slice(felt);
                }
            }
        }
    }

    fn values(&self, cell: usize) -> &[f64] {
        &self.now[cell * self.width..][..self.width]
    }

    /// The value of taking a way, at each place of a cell; `worths` are those of moves.
    fn there<'s>(&self, all: &'s [f64], way: &Way, ever: usize, worths: &[f64]) -> impl Fn(usize) -> f64 + use<'s> {
        let values = way.to[ever].map(|to| &all[to * self.width..][..self.width]);
        let worth = way.slot.map_or(0.0, |slot| worths[slot]);
        move |at| values.map_or(0.0, |values| values[at] + worth)
    }
}

/// The cells of those never retained and of those ever retained.
fn both(stage: &StageCells) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
    [0, 1].into_iter().map(|ever| (ever, stage.cells(ever)))
}
