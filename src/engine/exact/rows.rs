//! Cohort rows are the chances and rates of a period for every kind of customer and every satisfaction: a number for each,
//! side by side, so that whole columns are multiplied.

use crate::model::Model;
use crate::model::journey::{Clock, Stage};
use crate::model::rows::passes;
use crate::quantity::TraitId;

use super::bend::Bend;
use super::layout::{Layout, StageCells};
use super::table::{CohortTable, OwnShare, StageNumbers};
use crate::engine::chance::exp::exp_held;

/// Some kinds of customers of a segment: their shares, and their traits.
pub struct Kinds {
    /// By kind.
    pub shares: Vec<f64>,
    /// By trait, then by kind. Behind the traits stand the turns that matter: where in each the kind is.
    pub traits: Vec<Vec<f64>>,
}

impl Kinds {
    /// Kinds with their shares and traits.
    pub fn new(kinds: &[(f64, Vec<f64>)]) -> Self {
        let traits = kinds.first().map_or(0, |(_, traits)| traits.len());
        Self {
            shares: kinds.iter().map(|(share, _)| *share).collect(),
            traits: (0..traits).map(|of| kinds.iter().map(|(_, traits)| traits[of]).collect()).collect(),
        }
    }

    /// All of them, a number at a time.
    pub fn chunks(&self, size: usize) -> impl Iterator<Item = Self> {
        let size = size.max(1);
        (0..self.shares.len()).step_by(size).map(move |first| {
            let last = (first + size).min(self.shares.len());
            Self {
                shares: self.shares[first..last].to_vec(),
                traits: self.traits.iter().map(|values| values[first..last].to_vec()).collect(),
            }
        })
    }

    /// The one in the middle.
    #[must_use]
    pub fn middle(&self) -> Self {
        let at = self.shares.len() / 2..(self.shares.len() / 2 + 1).min(self.shares.len());
        Self {
            shares: self.shares[at.clone()].to_vec(),
            traits: self.traits.iter().map(|its| its[at.clone()].to_vec()).collect(),
        }
    }

    /// So many of them at most, from one end to the other.
    #[must_use]
    pub fn some(&self, most: usize) -> Self {
        let all = self.shares.len();
        let count = all.min(most);
        let at: Vec<usize> = (0..count).map(|k| if count < 2 { 0 } else { k * (all - 1) / (count - 1) }).collect();
        let of = |values: &Vec<f64>| at.iter().map(|k| values[*k]).collect();
        Self { shares: of(&self.shares), traits: self.traits.iter().map(of).collect() }
    }
}

/// The rows of all stages for some kinds of customers.
pub struct Rows<'a> {
    model: &'a Model,
    layout: &'a Layout,
    kinds: &'a Kinds,
    nodes: usize,
    /// By stage.
    pub stages: Vec<StageRows>,
    sums: Vec<f64>,
}

/// The columns of a stage: a number for each kind and satisfaction.
#[derive(Default)]
pub struct StageRows {
    /// By periods in the stage: the chance of staying, then that of each move, column by column.
    pub rows: Vec<Vec<f64>>,
    /// The purchases of a period.
    pub purchases: Vec<f64>,
    /// Where customers share them: those of rivals; empty where they do not.
    pub others: Vec<f64>,
    /// Where touchpoints follow them: how many there would be if nobody left after one, and by kind, the chance to leave.
    pub stream: (Vec<f64>, Vec<f64>),
    /// What is spent in a period.
    pub spent: Vec<f64>,
    /// By rate, how often it happens; empty where it does not.
    pub rates: Vec<Vec<f64>>,
    /// By way out after a purchase: the share that has taken it by the end of the period.
    pub left: Vec<Vec<f64>>,
    /// The version of the numbers, and the age of the customers, that they were made by.
    made_by: (u32, u32),
}

impl<'a> Rows<'a> {
    /// Rows that have yet to be made.
    pub fn new(model: &'a Model, layout: &'a Layout, kinds: &'a Kinds, nodes: usize) -> Self {
        let stages = model.stages.iter().map(|_| StageRows::default()).collect();
        Self { model, layout, kinds, nodes, stages, sums: vec![0.0; kinds.shares.len() * nodes] }
    }

    /// Makes the rows for customers in their `age`-th period, counted from 1, where they are other than before.
    pub fn make(&mut self, table: &CohortTable<'_, '_>, age: u32) {
        for (at, numbers) in table.stages.iter().enumerate() {
            let read = if self.layout.stages[at].reads_age { age } else { 0 };
            if self.stages[at].made_by == (numbers.version, read) {
                continue;
            }
            let mut rows = std::mem::take(&mut self.stages[at]);
            rows.made_by = (numbers.version, read);
            rows.rows.resize_with(self.layout.stages[at].length, Vec::new);
            for (periods, row) in rows.rows.iter_mut().enumerate() {
                self.row((at, periods), numbers, age, row);
            }
            self.purchases(at, numbers, age, &mut rows);
            self.rates(numbers, age, &mut rows);
            self.stages[at] = rows;
        }
    }

    /// The chances of a row, as `mechanism/bend.rs` bends them.
    fn row(&mut self, (at, periods): (usize, usize), numbers: &StageNumbers, age: u32, row: &mut Vec<f64>) {
        let width = self.sums.len();
        let moves = numbers.moves.len();
        row.resize((1 + moves) * width, 0.0);
        for kind in 0..self.kinds.shares.len() {
            let place = self.combination(&self.layout.stages[at], (kind, periods), age);
            let chances = &numbers.chances[place * moves..][..moves];
            let first = kind * self.nodes;
            let mut stay = (1.0 - chances.iter().sum::<f64>()).max(0.0);
            for (exit, (chance, bend)) in chances.iter().zip(&numbers.moves).enumerate() {
                let column = &mut row[(1 + exit) * width + first..][..self.nodes];
                let chance = bend.own.as_ref().map_or(*chance, |own| {
                    let own = own.chance(|of| self.kinds.traits[of.index()][kind]).min(stay);
                    stay -= own;
                    own
                });
                self.bent(bend, (kind, age), chance, column);
            }
            row[first..first + self.nodes].fill(stay);
        }
        if self.model.stages[at].is_bent() {
            share_out(row, &mut self.sums);
        }
        let (stay, moves) = row.split_at_mut(width);
        for (way, column) in self.layout.stages[at].moves.iter().zip(moves.chunks_exact_mut(width)) {
            if way.taken < 1.0 {
                for (stay, chance) in stay.iter_mut().zip(column) {
                    let kept = (1.0 - way.taken) * *chance;
                    (*stay, *chance) = (*stay + kept, *chance - kept);
                }
            }
        }
    }

    /// A chance or rate, bent by what drives it, for every satisfaction of a kind.
    pub(super) fn bent(&self, bend: &Bend, (kind, age): (usize, u32), plain: f64, column: &mut [f64]) {
        let bent = if bend.traits.is_empty() {
            plain
        } else {
            let one = |(of, weight): &(TraitId, f64)| {
                weight * (self.trait_at(*of, kind, age) - self.model.traits[of.index()].neutral)
            };
            plain * exp_held(bend.traits.iter().map(one).sum())
        };
        if bend.tilts.is_empty() {
            column.fill(bent);
        } else {
            column.iter_mut().zip(&bend.tilts).for_each(|(column, tilt)| *column = bent * tilt);
        }
    }

    /// The place of the row that customers read, among all combinations of the clocks of the stage.
    fn combination(&self, stage: &StageCells, (kind, periods): (usize, usize), age: u32) -> usize {
        let at = stage.clocks.iter().map(|(clock, length, stride)| {
            let place = match clock {
                Clock::Age(of) => whole_years(self.kinds.traits[of.index()][kind]) + age as usize - 1,
                Clock::Tenure => age as usize - 1,
                _ => periods,
            };
            place.min(length - 1) * stride
        });
        at.sum()
    }

    fn trait_at(&self, of: TraitId, kind: usize, age: u32) -> f64 {
        let growth = if self.model.traits[of.index()].ages { f64::from(age) - 1.0 } else { 0.0 };
        self.kinds.traits[of.index()][kind] + growth
    }

    /// Parts what customers of a kind buy into the company's share and that of rivals: a thinned Poisson stream.
    fn thin(&self, own: &OwnShare, whose: (usize, u32), all: &mut [f64], others: &mut [f64]) {
        self.bent(&own.bend, whose, 1.0, others);
        for (all, others) in all.iter_mut().zip(others) {
            let ours = *all * own.at(*others);
            (*others, *all) = (*all - ours, ours);
        }
    }

    /// How often things happen, bent by what drives them.
    fn rates(&self, numbers: &StageNumbers, age: u32, rows: &mut StageRows) {
        rows.rates.resize_with(numbers.rates.len(), Vec::new);
        for (column, rate) in rows.rates.iter_mut().zip(&numbers.rates) {
            let Some((mean, bend)) = rate else { continue };
            column.resize(self.sums.len(), 0.0);
            for (kind, column) in column.chunks_exact_mut(self.nodes).enumerate() {
                self.bent(bend, (kind, age), *mean, column);
            }
        }
    }

    /// Purchases and who leaves after one: a Poisson stream of λ, thinned by a chance c after each, is (1 - exp(-λc))/c.
    fn purchases(&mut self, at: usize, numbers: &StageNumbers, age: u32, rows: &mut StageRows) {
        let stage: &Stage = &self.model.stages[at];
        let Some(written) = &stage.purchases else { return };
        let width = self.sums.len();
        let (rate, basket, bend) = &numbers.purchases;
        rows.purchases.resize(width, 0.0);
        rows.spent.resize(width, 0.0);
        rows.left.resize_with(numbers.leaves.len(), Vec::new);
        rows.left.iter_mut().for_each(|column| column.resize(width, 0.0));
        rows.stream.1.clear();
        rows.others.resize(if numbers.own.is_some() { width } else { 0 }, 0.0);
        for kind in 0..self.kinds.shares.len() {
            let own = |of: Option<TraitId>| of.map_or(1.0, |of| self.trait_at(of, kind, age).max(0.0));
            let place = kind * self.nodes..(kind + 1) * self.nodes;
            self.bent(bend, (kind, age), rate * own(written.rate_trait), &mut rows.purchases[place.clone()]);
            if let Some(own) = &numbers.own {
                self.thin(own, (kind, age), &mut rows.purchases[place.clone()], &mut rows.others[place.clone()]);
            }
            let of_kind = |of: TraitId| self.kinds.traits[of.index()][kind];
            let whole: f64 = numbers.leaves.iter().map(|leave| leave.chance(of_kind)).sum();
            // Chances that add up to more than 1 are scaled to 1, as in every row.
            let chance = if passes(whole) { 1.0 } else { whole };
            rows.stream.1.push(chance);
            rows.stream.0.truncate(place.start);
            rows.stream.0.extend_from_slice(&rows.purchases[place.clone()]);
            if chance > 0.0 {
                for node in place.clone() {
                    let gone = -libm::expm1(-rows.purchases[node] * chance);
                    let stream = std::mem::replace(&mut rows.purchases[node], gone / chance);
                    // Who leaves buys no more of rivals here either.
                    if let Some(others) = rows.others.get_mut(node).filter(|_| stream > 0.0) {
                        *others *= rows.purchases[node] / stream;
                    }
                    for (left, leave) in rows.left.iter_mut().zip(&numbers.leaves) {
                        left[node] = gone * leave.chance(of_kind) / whole;
                    }
                }
            } else {
                rows.left.iter_mut().for_each(|left| left[place.clone()].fill(0.0));
            }
            for (left, way) in
                rows.left.iter_mut().zip(&self.layout.stages[at].leaves).filter(|(_, way)| way.taken < 1.0)
            {
                left[place.clone()].iter_mut().for_each(|left| *left *= way.taken);
            }
            let basket = basket * own(written.basket_trait);
            for (spent, made) in rows.spent[place.clone()].iter_mut().zip(&rows.purchases[place]) {
                *spent = made * basket;
            }
        }
    }
}

/// The whole part of a trait that lists are read by.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held at 0; `as` saturates")]
fn whole_years(years: f64) -> usize {
    years.max(0.0) as usize
}

/// Divides weights by their sum, so that they become chances.
fn share_out(row: &mut [f64], sums: &mut [f64]) {
    sums.fill(0.0);
    for column in row.chunks_exact(sums.len()) {
        sums.iter_mut().zip(column).for_each(|(sum, weight)| *sum += weight);
    }
    for column in row.chunks_exact_mut(sums.len()) {
        column.iter_mut().zip(&*sums).for_each(|(weight, sum)| *weight /= sum);
    }
}
