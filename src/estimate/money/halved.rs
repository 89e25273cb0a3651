//! What half the loss of a stage is worth, from what was counted of the customers of a segment.
//!
//! The stages are a chain that is seen as a whole (Pfeifer & Carraway 2000, "Modeling customer relationships as Markov chains",
//! Journal of Interactive Marketing 14(2)): its chances are the moves of a period over those who were in the stage, and its
//! rewards the money of each who was there. Valued backward with the chances as counted it gives the money that was counted. So
//! what it is worth to lose half as many is the difference of two such values: of who stays less of who is lost, with all
//! that this leads to. Whoever is kept goes on like all others in the stage, which is not so where the dissatisfied leave.

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::{BASKETS, CUSTOMERS, MOVES, PURCHASES};
use crate::model::rate::When;
use crate::model::touchpoint::{Cause, Touchpoint};
use crate::quantity::{CounterId, StageId};

/// The customers of a segment as a chain over the stages. In a period they come, move, and may move on by a purchase.
pub struct Chain {
    moves: Vec<Move>,
    /// How many are there at the start.
    start: Vec<f64>,
    periods: Vec<Period>,
}

/// A move that there is.
struct Move {
    from: usize,
    to: usize,
    loses: bool,
    /// Whether it comes with a purchase, after all other moves.
    buys: bool,
}

/// A period of the chain: by stage, then by move.
struct Period {
    /// Those who come from outside.
    newcomers: Vec<f64>,
    /// What each brings who is there: before the moves, between them and those by purchases, at the end, and by coming.
    brings: Money,
    /// The chance of each move, and what it brings.
    moves: Vec<(f64, f64)>,
}

/// Money by stage: by when in the period those who bring it are there.
struct Money {
    before: Vec<f64>,
    between: Vec<f64>,
    end: Vec<f64>,
    coming: Vec<f64>,
}

impl Chain {
    /// That of some customers, whose flows are given and of whom one of each is worth so much, by the counters of a model that
    /// counts all moves.
    pub fn of(model: &Model, flows: &Counts<f64>, rewards: &Counts<f64>) -> Self {
        let buys = |from: StageId, to: StageId| model.stages[from.index()].leaves().any(|exit| exit.to == to);
        let one = |(from, to): &(StageId, StageId)| Move {
            from: from.index(),
            to: to.index(),
            loses: model.loses(*from, *to),
            buys: buys(*from, *to),
        };
        let mut chain = Self {
            moves: model.counters[MOVES.index()].shape.pairs().iter().map(one).collect(),
            start: flows.cells(CUSTOMERS, 0).to_vec(),
            periods: Vec::new(),
        };
        for t in 1..flows.times() {
            let period = chain.period(model, flows, rewards, t);
            chain.periods.push(period);
        }
        chain
    }

    /// A period: from how many are there at its end and how many moved follows how many there were before.
    fn period(&self, model: &Model, flows: &Counts<f64>, rewards: &Counts<f64>, t: usize) -> Period {
        let (earlier, end, moved) = (flows.cells(CUSTOMERS, t - 1), flows.cells(CUSTOMERS, t), flows.cells(MOVES, t));
        let before_those = |buys: bool, after: &[f64]| -> Vec<f64> {
            let mut before = after.to_vec();
            for (its, count) in self.moves.iter().zip(moved).filter(|(its, _)| its.buys == buys) {
                before[its.to] -= count;
                before[its.from] += count;
            }
            before
        };
        let between = before_those(true, end);
        let before = before_those(false, &between);
        let newcomers: Vec<f64> = before.iter().zip(earlier).map(|(now, earlier)| now - earlier).collect();
        let mut coming = newcomers.clone();
        self.moves.iter().zip(moved).for_each(|(its, count)| coming[its.to] += count);
        let sums = Money::of(model, flows, rewards, t);
        let moves = self.moves.iter().zip(moved.iter().zip(rewards.cells(MOVES, t)));
        let chance = |(its, (count, brings)): (&Move, (&f64, &f64))| {
            (each(*count, if its.buys { between[its.from] } else { before[its.from] }), *brings)
        };
        Period {
            newcomers,
            moves: moves.map(chance).collect(),
            brings: Money {
                before: all_each(&sums.before, &before),
                between: all_each(&sums.between, &between),
                end: all_each(&sums.end, end),
                coming: all_each(&sums.coming, &coming),
            },
        }
    }

    /// What all customers bring after time 0, as it was counted.
    pub fn worth(&self) -> f64 {
        self.value(None)
    }

    /// What half the loss of each of these stages is worth.
    pub fn worth_of_half(&self, stages: impl Iterator<Item = StageId>) -> Vec<f64> {
        let whole = self.worth();
        stages.map(|stage| self.value(Some(stage.index())) - whole).collect()
    }

    /// What all customers bring after time 0, with half the loss of a stage.
    fn value(&self, halved: Option<usize>) -> f64 {
        let (mut later, mut whole) = (vec![0.0; self.start.len()], 0.0);
        for period in self.periods.iter().rev() {
            let at_end = plus(&later, &period.brings.end);
            let between = plus(&self.moved(period, (true, halved), &at_end), &period.brings.between);
            let now = plus(&self.moved(period, (false, halved), &between), &period.brings.before);
            whole += product(&period.newcomers, &plus(&now, &period.brings.coming));
            later = now;
        }
        whole + product(&self.start, &later)
    }

    /// What customers are worth before moves, from what they are worth after them.
    fn moved(&self, period: &Period, (buys, halved): (bool, Option<usize>), after: &[f64]) -> Vec<f64> {
        let mut before = after.to_vec();
        for (its, (chance, brings)) in self.moves.iter().zip(&period.moves).filter(|(its, _)| its.buys == buys) {
            let share = if its.loses && halved == Some(its.from) { 0.5 } else { 1.0 };
            let there = brings + period.brings.coming[its.to] + after[its.to];
            before[its.from] += share * chance * (there - after[its.from]);
        }
        before
    }
}

impl Money {
    /// The money of a period.
    fn of(model: &Model, flows: &Counts<f64>, rewards: &Counts<f64>, t: usize) -> Self {
        let none = || vec![0.0; model.stages.len()];
        let mut sums = Self { before: none(), between: none(), end: none(), coming: none() };
        let pairs = |counter: CounterId| rewards.cells(counter, t).iter().zip(flows.cells(counter, t));
        let by_stage = |into: &mut Vec<f64>, counter: CounterId| {
            into.iter_mut().zip(pairs(counter)).for_each(|(sum, (worth, count))| *sum += worth * count);
        };
        by_stage(&mut sums.end, CUSTOMERS);
        by_stage(&mut sums.between, PURCHASES);
        by_stage(&mut sums.between, BASKETS);
        for rate in &model.rates {
            by_stage(if rate.when == When::BeforeMove { &mut sums.before } else { &mut sums.end }, rate.counter);
        }
        for its in &model.presences {
            sums.end[its.stage.index()] += pairs(its.counter).map(|(worth, count)| worth * count).sum::<f64>();
        }
        for (place, its) in model.touchpoints.iter().enumerate() {
            let into = match root(model, place) {
                Cause::Entry => &mut sums.coming,
                Cause::Purchase => &mut sums.end,
                _ => &mut sums.before,
            };
            for (cell, (worth, count)) in pairs(its.counter).enumerate().filter(|(_, (worth, _))| **worth != 0.0) {
                for (stage, share) in places(model, its, (cell, *count), flows, t) {
                    into[stage] += worth * share;
                }
            }
        }
        sums
    }
}

/// What brings a touchpoint about in the first place.
fn root(model: &Model, place: usize) -> Cause {
    let mut cause = model.touchpoints[place].cause();
    // What brings another about stands before it, so this ends.
    while let Cause::After { of, .. } = cause {
        cause = model.touchpoints[of.index()].cause();
    }
    cause
}

/// In which stages a touchpoint happened, and how often there.
fn places(
    model: &Model,
    its: &Touchpoint,
    (cell, count): (usize, f64),
    flows: &Counts<f64>,
    t: usize,
) -> Vec<(usize, f64)> {
    match &its.places {
        Some(places) => {
            let counted = flows.cells(places.counter, t);
            let of = |stage: &StageId| Some((stage.index(), counted[places.cell(cell, *stage)?]));
            places.stages.iter().filter_map(of).collect()
        }
        None => {
            let only = (0..model.stages.len()).find(|stage| its.is_in(*stage));
            only.map(|stage| (stage, count)).into_iter().collect()
        }
    }
}

/// An amount for each of so many; nothing where there is nobody.
fn each(amount: f64, count: f64) -> f64 {
    if count > 0.0 { amount / count } else { 0.0 }
}

fn all_each(amounts: &[f64], counts: &[f64]) -> Vec<f64> {
    amounts.iter().zip(counts).map(|(amount, count)| each(*amount, *count)).collect()
}

fn plus(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

fn product(counts: &[f64], worths: &[f64]) -> f64 {
    counts.iter().zip(worths).map(|(count, worth)| count * worth).sum()
}
