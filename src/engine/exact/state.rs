//! A cohort state is where the customers of some kinds are: a weight for every cell, kind and satisfaction, all side by side.
//! The satisfactions of a kind are neighbours; who came when is told apart only where something depends on it.

use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use crate::model::counter::{
    ACQUIRED, BASKETS, CUSTOMERS, FRESH, MOVES, OURS, PURCHASES, SATISFACTION, THEIRS, WAITING, WALLET,
};
use crate::model::rate::When;

use super::afterwards::Afterwards;
use super::layout::{Layout, StageCells, Way};
use super::presences::Presences;
use super::rows::{Kinds, Rows};
use super::table::CohortTable;
use super::tally::{Tally, product, sum};
use super::touching::{Moment, Touching};
use super::work::Making;

/// Customers of one segment on their way.
pub struct CohortState<'a> {
    pub(super) layout: &'a Layout,
    pub(super) rows: Rows<'a>,
    pub(super) kinds: &'a Kinds,
    pub(super) presences: Presences<'a>,
    pub(super) touching: Touching<'a>,
    /// Satisfaction at the start.
    start: &'a [f64],
    /// The satisfactions that are told apart.
    pub(super) nodes: &'a [f64],
    /// By entry, where that is told apart: the entry, and the weights by cell, kind and satisfaction.
    pub(super) lanes: Vec<(u32, Vec<f64>)>,
    /// Who has come since the last step in a stage that is not retained.
    fresh: f64,
    /// The weights of the period to come.
    next: Vec<f64>,
    /// Whom touchpoints take elsewhere at the next move, where they go; empty where they take nobody.
    sent: Vec<f64>,
    /// Who has come to a stage in this period; empty where that is not told apart.
    arrived: Vec<f64>,
    tally: Tally,
}

impl<'a> CohortState<'a> {
    /// Nobody yet.
    pub fn new(
        (model, layout, counters): (&'a Model, &'a Layout, &CountLayout),
        kinds: &'a Kinds,
        (nodes, start): (&'a [f64], &'a [f64]),
    ) -> Self {
        let width = layout.cells * kinds.shares.len() * nodes.len();
        Self {
            tally: Tally::new(counters),
            layout,
            rows: Rows::new(model, layout, kinds, nodes.len()),
            kinds,
            presences: Presences::of(model, layout, kinds, nodes.len()),
            touching: Touching::new(model, layout, kinds, nodes.len()),
            start,
            nodes,
            lanes: Vec::new(),
            fresh: 0.0,
            next: vec![0.0; width],
            sent: vec![0.0; if model.moves_by_touch() { width } else { 0 }],
            arrived: vec![0.0; if layout.touch.separates { width } else { 0 }],
        }
    }

    /// So many customers come, a part of them into each cell: at the start, or in a period before anything happens in it.
    pub fn enter(&mut self, entry: u32, came: f64, starts: impl Iterator<Item = (usize, f64)>) {
        if self.lanes.is_empty() || self.layout.reads_age || self.layout.touch.separates {
            self.lanes.push((entry, vec![0.0; self.next.len()]));
        }
        let (kinds, nodes) = (self.kinds.shares.len(), self.start.len());
        let Some((_, lane)) = self.lanes.last_mut() else { return };
        let of_kinds: f64 = self.kinds.shares.iter().sum();
        for (first, part) in starts {
            if self.layout.stages.iter().any(|stage| stage.first[0] == Some(first)) {
                self.fresh += came * part * of_kinds;
            }
            let cell = &mut lane[first * kinds * nodes..][..kinds * nodes];
            for (weights, share) in cell.chunks_exact_mut(nodes).zip(&self.kinds.shares) {
                weights.iter_mut().zip(self.start).for_each(|(weight, start)| *weight += came * part * share * start);
            }
        }
    }

    /// Feel, meet, move, buy, count: the order of `rollout.rs`; at time 0 they are only counted. Tells what each entry came to.
    pub fn step(&mut self, table: &CohortTable<'_, '_>, mut tell: impl FnMut(&Tally)) {
        for at in 0..self.lanes.len() {
            let (entry, mut lane) = std::mem::take(&mut self.lanes[at]);
            self.tally.clear();
            // Who is there at the start is in the first period when those are who come in it.
            let age = (table.t + 1).saturating_sub(entry.max(1));
            if table.t > 0 {
                self.rows.make(table, age);
                self.touching.make(table, &self.rows, age);
                self.feel(table, &mut lane);
                self.happen(table, When::BeforeMove, &lane);
                self.touching.meet(Moment::Before, &mut lane, &mut self.sent, &mut self.tally);
                self.travel(&mut lane);
                let there = if self.layout.touch.separates { &mut self.arrived } else { &mut lane };
                there.iter_mut().zip(&mut self.sent).for_each(|(there, sent)| *there += std::mem::take(sent));
                if self.layout.touch.is_late {
                    self.go_on(&mut lane, entry == table.t);
                } else {
                    self.buy(&lane);
                    if self.layout.leaves {
                        self.leave(&mut lane);
                    }
                }
                self.happen(table, When::AfterMove, &lane);
            }
            self.count(&lane);
            self.presences.count(&lane, age as usize, &mut self.tally);
            if let Some(fresh) = self.tally.cells(FRESH).first_mut() {
                *fresh += std::mem::take(&mut self.fresh);
            }
            tell(&self.tally);
            self.lanes[at] = (entry, lane);
        }
        // Newcomers are told apart in their first period alone.
        if !self.layout.reads_age && self.lanes.len() > 1 {
            let later = self.lanes.split_off(1);
            let all = &mut self.lanes[0].1;
            later.iter().for_each(|(_, lane)| all.iter_mut().zip(lane).for_each(|(all, more)| *all += more));
        }
    }

    /// What it took to make what touchpoints do to single kinds.
    pub fn work(&self) -> Making {
        self.touching.work
    }

    /// The numbers of a cell: one for each kind and satisfaction.
    pub(super) fn width(&self) -> usize {
        self.kinds.shares.len() * self.nodes.len()
    }

    fn feel(&mut self, table: &CohortTable<'_, '_>, lane: &mut [f64]) {
        let (width, nodes) = (self.width(), self.nodes.len());
        let felt = &mut self.next[..nodes];
        for (stage, numbers) in self.layout.stages.iter().zip(&table.stages) {
            let Some(kernel) = &numbers.kernel else { continue };
            for cell in stage.all() {
                for weights in lane[cell * width..][..width].chunks_exact_mut(nodes).filter(|its| has_any(its)) {
                    kernel.feel(weights, felt);
                    weights.copy_from_slice(felt);
                }
            }
        }
    }

    fn travel(&mut self, lane: &mut Vec<f64>) {
        let width = self.width();
        self.next.fill(0.0);
        let booked = self.tally.cells(MOVES);
        for (stage, rows) in self.layout.stages.iter().zip(&self.rows.stages) {
            for ever in 0..2 {
                for (periods, cell) in stage.cells(ever).enumerate() {
                    let weights = &lane[cell * width..][..width];
                    if !has_any(weights) {
                        continue;
                    }
                    let mut columns = rows.rows[periods].chunks_exact(width);
                    let later = cell + usize::from(periods + 1 < stage.length);
                    if let Some(stay) = columns.next() {
                        add(&mut self.next[later * width..][..width], weights, stay);
                    }
                    let there = if self.layout.touch.separates { &mut self.arrived } else { &mut self.next };
                    for (way, chances) in stage.moves.iter().zip(columns) {
                        move_on((there, width), way, ever, (weights, chances), booked);
                    }
                }
            }
        }
        std::mem::swap(lane, &mut self.next);
    }

    /// Purchases are made, some leave after one, and touchpoints follow; `is_new` are those who have come in this period.
    fn go_on(&mut self, lane: &mut [f64], is_new: bool) {
        let (mut arrived, mut left) = (std::mem::take(&mut self.arrived), std::mem::take(&mut self.next));
        left.fill(0.0);
        let moment = if is_new && self.layout.touch.separates { Moment::Entered } else { Moment::After };
        for (part, moment) in [(&mut *lane, moment), (&mut arrived, Moment::Entered)] {
            if part.is_empty() {
                continue;
            }
            self.buy(part);
            let Self { layout, rows, touching, nodes, tally, .. } = self;
            if layout.leaves {
                let width = part.len() / layout.cells.max(1);
                Afterwards { layout, rows, touching, width, nodes: nodes.len() }.leave(part, &mut left, tally);
            }
            touching.meet(moment, part, &mut [], tally);
        }
        lane.iter_mut().zip(&left).for_each(|(all, left)| *all += left);
        lane.iter_mut().zip(&mut arrived).for_each(|(all, arrived)| *all += std::mem::take(arrived));
        (self.arrived, self.next) = (arrived, left);
    }

    fn buy(&mut self, lane: &[f64]) {
        let width = self.width();
        for (place, (stage, rows)) in self.layout.stages.iter().zip(&self.rows.stages).enumerate() {
            if rows.purchases.is_empty() {
                continue;
            }
            let (mut purchases, mut baskets) = (0.0, 0.0);
            for cell in stage.all() {
                let weights = &lane[cell * width..][..width];
                purchases += product(weights, &rows.purchases);
                baskets += product(weights, &rows.spent);
            }
            self.tally.cells(PURCHASES)[place] += purchases;
            self.tally.cells(BASKETS)[place] += baskets;
            if !rows.others.is_empty() {
                let others: f64 = stage.all().map(|cell| product(&lane[cell * width..][..width], &rows.others)).sum();
                let wallet = self.tally.cells(WALLET);
                wallet[OURS] += purchases;
                wallet[THEIRS] += others;
            }
        }
    }

    fn leave(&mut self, lane: &mut Vec<f64>) {
        let width = self.width();
        self.next.copy_from_slice(lane);
        let booked = self.tally.cells(MOVES);
        for (stage, rows) in self.layout.stages.iter().zip(&self.rows.stages) {
            for (way, shares) in stage.leaves.iter().zip(&rows.left) {
                for ever in 0..2 {
                    for cell in stage.cells(ever) {
                        let weights = &lane[cell * width..][..width];
                        let staying = &mut self.next[cell * width..][..width];
                        for ((staying, weight), share) in staying.iter_mut().zip(weights).zip(shares) {
                            *staying -= weight * share;
                        }
                        move_on((&mut self.next, width), way, ever, (weights, shares), booked);
                    }
                }
            }
        }
        std::mem::swap(lane, &mut self.next);
    }

    /// What happens at a rate is counted by stage.
    fn happen(&mut self, table: &CohortTable<'_, '_>, when: When, lane: &[f64]) {
        let width = self.width();
        for (at, rate) in table.model().rates.iter().enumerate().filter(|(_, rate)| rate.when == when) {
            for (place, (stage, rows)) in self.layout.stages.iter().zip(&self.rows.stages).enumerate() {
                let often = &rows.rates[at];
                if !often.is_empty() {
                    let happened = stage.all().map(|cell| product(&lane[cell * width..][..width], often));
                    self.tally.cells(rate.counter)[place] += happened.sum::<f64>();
                }
            }
        }
    }

    fn count(&mut self, lane: &[f64]) {
        let width = self.width();
        let (mut ever, mut never, mut satisfaction) = (0.0, 0.0, 0.0);
        let counts = self.tally.cells(CUSTOMERS);
        for (stage, count) in self.layout.stages.iter().zip(counts) {
            let customers = |ever: usize| -> f64 { cells(stage, ever, lane, width).map(sum).sum() };
            let acquired = customers(1);
            let waiting = customers(0);
            *count += waiting + acquired;
            (ever, never) = (ever + acquired, never + waiting);
            if self.nodes.len() > 1 && stage.retained {
                let kinds = cells(stage, 1, lane, width).flat_map(|cell| cell.chunks_exact(self.nodes.len()));
                satisfaction += kinds.map(|weights| product(weights, self.nodes)).sum::<f64>();
            }
        }
        self.tally.cells(ACQUIRED)[0] += ever;
        if let Some(waiting) = self.tally.cells(WAITING).first_mut() {
            *waiting += never;
        }
        self.tally.cells(SATISFACTION)[0] += satisfaction;
    }
}

pub(super) fn cells<'a>(
    stage: &StageCells,
    ever: usize,
    lane: &'a [f64],
    width: usize,
) -> impl Iterator<Item = &'a [f64]> {
    stage.cells(ever).map(move |cell| &lane[cell * width..][..width])
}

fn has_any(weights: &[f64]) -> bool {
    weights.iter().any(|weight| *weight != 0.0)
}

/// Moves the share of some customers that a chance takes.
fn move_on(
    (next, width): (&mut [f64], usize),
    way: &Way,
    ever: usize,
    (weights, chances): (&[f64], &[f64]),
    booked: &mut [f64],
) {
    let Some(to) = way.to[ever] else { return };
    add(&mut next[to * width..][..width], weights, chances);
    if let Some(slot) = way.slot {
        booked[slot] += product(weights, chances);
    }
}

fn add(into: &mut [f64], weights: &[f64], chances: &[f64]) {
    for ((into, weight), chance) in into.iter_mut().zip(weights).zip(chances) {
        *into += weight * chance;
    }
}
