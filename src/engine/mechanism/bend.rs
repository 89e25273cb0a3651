//! Bent rows: moves of customers whose chances are their own.
//!
//! A bent row is a multinomial logit: the weight of a place is its chance at neutral times
//! exp(sum of weight · (state - neutral)), that of staying its chance at neutral, normalised over the row
//! (`McFadden` 1974, "Conditional logit analysis of qualitative choice behavior"). A customer's own chance is a
//! trait; it takes no more than what the other exits leave over.
//!
//! Weights of places with the same drivers bend alike. So the table holds, for each place, the sums of chances up
//! to it by class of drivers, and a customer's cumulative weight is one sum of products over the classes.

use super::own::refresh_own;
use super::row::destination;
use crate::engine::chance::exp::exp;
use crate::engine::chance::narrow::whole;
use crate::engine::lanes::{Eight, Kernel, Lanes, Many, Reach, Sixteen, Strip};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{Columns, Passing};
use crate::engine::state::plan::StateColumn;
use crate::engine::state::scratch::{Bends, Scratch};
use crate::engine::table::program::Reached;
use crate::engine::table::reach::reach;
use crate::engine::table::row_table::RowTable;
use crate::engine::table::shape::OwnShape;
use crate::model::journey::State;

/// Draws everybody's next stage.
pub fn travel(block: &mut Block, now: Period<'_>, words: &[u32], scratch: &mut Scratch) {
    weigh(block, now, &scratch.columns, &mut scratch.bends);
    let (bends, live) = (&scratch.bends, block.live);
    now.world.set.run(Choose { now, words, row: bends.rows(), bends, stage: &mut block.stage, live });
}

/// Writes what bends everybody's row.
pub fn weigh(block: &mut Block, now: Period<'_>, passing: &Columns<Passing>, bends: &mut Bends) {
    refresh_own(block, now);
    let Bends { row, tilt, taken, given } = bends;
    let row = (!row.is_empty()).then_some(row.as_slice());
    let set = now.world.set;
    let rows = &now.program().rows;
    tilt.resize(now.table.classes.count, Vec::new());
    for (class, column) in tilt.iter_mut().enumerate() {
        column.resize(block.stage.len(), 0.0);
        let weights = &now.table.classes.weights[class * rows.drivers.len()..];
        tilts((block, passing), now, (&rows.drivers, weights), column);
    }
    for own in 0..rows.own.len() {
        let (before, rest) = taken.split_at_mut(own);
        set.run(Take { block, now, row, own, before, taken: &mut rest[0] });
    }
    for ((own, taken), given) in rows.own.iter().zip(&*taken).zip(given.iter_mut()) {
        let class = now.table.classes.of[own.from as usize][own.at];
        let tilt = if class > 0 { tilt[class - 1].as_slice() } else { &[] };
        set.run(Give { live: block.live, taken, tilt, given });
    }
}

/// Writes exp(sum of weight · (state - neutral)) of every customer; two states at a time, so that each is a plain loop
/// over few columns.
pub fn tilts(
    (block, passing): (&Block, &Columns<Passing>),
    now: Period<'_>,
    (states, weights): (&[State], &[Strip]),
    tilt: &mut [f32],
) {
    let driver = |(state, weight): (&State, _)| Driver::new((block, passing), now, *state, weight);
    let all = states.iter().zip(weights);
    // A state that drives nothing of this class would only add zeros.
    let mut drivers: Vec<Driver<'_>> = all.clone().filter(|(_, weight)| !weight.is_zero()).filter_map(driver).collect();
    if drivers.is_empty() {
        drivers.extend(all.take(1).filter_map(driver));
    }
    let last = drivers.len().div_ceil(2);
    for (at, some) in drivers.chunks(2).enumerate() {
        now.world.set.run(Tilt { block, now, drivers: some, first: at == 0, last: at + 1 == last, factor: tilt });
    }
}

/// A state that drives.
struct Driver<'a> {
    column: &'a [f32],
    neutral: f32,
    weight: &'a Strip,
}

impl<'a> Driver<'a> {
    /// None where no mechanism has registered the state, which is refused before a run.
    fn new(
        (block, passing): (&'a Block, &'a Columns<Passing>),
        now: Period<'_>,
        state: State,
        weight: &'a Strip,
    ) -> Option<Self> {
        let state = now.plan().state(state)?;
        let column = match state.column {
            StateColumn::Lasting(column) => block.columns.numbers(column),
            StateColumn::Passing(column) => passing.numbers(column),
        };
        Some(Self { column, neutral: state.neutral(now.age), weight })
    }
}

/// Adds one state or two to the exponents; the last ones make powers of them.
struct Tilt<'a> {
    block: &'a Block,
    now: Period<'a>,
    drivers: &'a [Driver<'a>],
    first: bool,
    last: bool,
    factor: &'a mut [f32],
}

impl Kernel for Tilt<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match self.now.program().reach {
            Reached::Eight => self.tilt::<L, Eight>(l),
            Reached::Sixteen => self.tilt::<L, Sixteen>(l),
            Reached::Many => self.tilt::<L, Many>(l),
        }
    }
}

impl Tilt<'_> {
    #[inline(always)]
    fn tilt<L: Lanes, R: Reach>(self, l: L) {
        let n = l.steps(self.block.live);
        let stage = l.words(&self.block.stage, n);
        let tilt = l.numbers_mut(self.factor, n);
        let Some(one) = self.drivers.first() else { return };
        let (column, weight, neutral) = (l.numbers(one.column, n), R::ready(l, one.weight), l.f(one.neutral));
        let other = self.drivers.get(1).unwrap_or(one);
        let (others, other_weight, other_neutral) =
            (l.numbers(other.column, n), R::ready(l, other.weight), l.f(other.neutral));
        for i in 0..n {
            let stage = l.load(&stage[i]);
            let mut sum = l.mul_f(R::look_f(l, weight, stage), l.sub_f(l.load_f(&column[i]), neutral));
            if !self.first {
                sum = l.add_f(l.load_f(&tilt[i]), sum);
            }
            if self.drivers.len() > 1 {
                let over = l.sub_f(l.load_f(&others[i]), other_neutral);
                sum = l.add_f(sum, l.mul_f(R::look_f(l, other_weight, stage), over));
            }
            l.store_f(&mut tilt[i], if self.last { exp(l, sum) } else { sum });
        }
    }
}

/// What a chance that is the customer's own takes of staying: no more than is left.
struct Take<'a> {
    block: &'a Block,
    now: Period<'a>,
    row: Option<&'a [u32]>,
    own: usize,
    before: &'a [Vec<f32>],
    taken: &'a mut [f32],
}

impl Kernel for Take<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let shapes = &self.now.program().rows.own;
        let shape = &shapes[self.own];
        let reached = if self.row.is_some() { Reached::Many } else { self.now.program().reach };
        let n = l.steps(self.block.live);
        let stage = l.words(&self.block.stage, n);
        let rows = l.words(self.row.unwrap_or(&self.block.stage), n);
        let own = self.now.plan().own[shape.column].column;
        let own = l.numbers(self.block.columns.numbers(own), n);
        let taken = l.numbers_mut(self.taken, n);
        for i in 0..n {
            let here = l.eq(l.load(&stage[i]), l.u(shape.from));
            let mut left = l.of_bits(reach(l, reached, &self.now.table.rows.stay, l.load(&rows[i])));
            for (other, taken) in shapes.iter().zip(self.before) {
                if other.from == shape.from {
                    left = l.sub_f(left, l.load_f(&l.numbers(taken, n)[i]));
                }
            }
            let chance = l.min_f(l.load_f(&own[i]), left);
            l.store_f(&mut taken[i], l.pick_f(here, chance, l.f(0.0)));
        }
    }
}

/// What such a chance weighs where it leads, bent by what drives it.
struct Give<'a> {
    live: usize,
    taken: &'a [f32],
    tilt: &'a [f32],
    given: &'a mut [f32],
}

impl Kernel for Give<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let tilt = l.numbers(self.tilt, if self.tilt.is_empty() { 0 } else { n });
        let (taken, given) = (l.numbers(self.taken, n), l.numbers_mut(self.given, n));
        for i in 0..n {
            let taken = l.load_f(&taken[i]);
            l.store_f(&mut given[i], if i < tilt.len() { l.mul_f(taken, l.load_f(&tilt[i])) } else { taken });
        }
    }
}

/// Draws a place in proportion to the weights: how many cumulative weights the draw has passed.
struct Choose<'a> {
    now: Period<'a>,
    words: &'a [u32],
    row: Option<&'a [u32]>,
    bends: &'a Bends,
    stage: &'a mut [u32],
    live: usize,
}

impl Kernel for Choose<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let program = self.now.program();
        let reached = if self.row.is_some() { Reached::Many } else { program.reach };
        match (reached, self.bends.tilt.len(), program.rows.width, program.rows.own.len()) {
            (Reached::Eight, 1, 4, 0) => self.few::<L, Eight, 1, 2, 4, 0>(l),
            (Reached::Eight, 2, 4, 0) => self.few::<L, Eight, 2, 3, 4, 0>(l),
            (Reached::Eight, ..) => self.any::<L, Eight>(l),
            (Reached::Sixteen, ..) => self.any::<L, Sixteen>(l),
            (Reached::Many, 2, 4, 0) => self.few::<L, Many, 2, 3, 4, 0>(l),
            (Reached::Many, 2, 4, 1) => self.few::<L, Many, 2, 3, 4, 1>(l),
            (Reached::Many, ..) => self.any::<L, Many>(l),
        }
    }
}

impl Choose<'_> {
    /// Numbers of classes, places and own chances that the compiler knows: everything the loop reads is made ready
    /// before it.
    #[inline(always)]
    fn few<L: Lanes, R: Reach, const CLASSES: usize, const SUMS: usize, const PLACES: usize, const OWN: usize>(
        self,
        l: L,
    ) {
        let table = &self.now.table.rows;
        let mut sums = [[R::ready(l, &table.sums[0]); SUMS]; PLACES];
        for (place, sums) in sums.iter_mut().enumerate() {
            for (class, sum) in sums.iter_mut().enumerate() {
                *sum = R::ready(l, &table.sums[place * SUMS + class]);
            }
        }
        let to = R::ready(l, &table.to[0]);
        let side_by_side = !table.fours.is_empty();
        let n = l.steps(self.live);
        let (words, stage) = (l.words(self.words, n), l.words_mut(self.stage, n));
        let rows = l.words(self.row.unwrap_or_default(), self.row.map_or(0, |_| n));
        let mut tilt = [l.numbers(&self.bends.tilt[0], n); CLASSES];
        for (class, tilt) in tilt.iter_mut().enumerate() {
            *tilt = l.numbers(&self.bends.tilt[class], n);
        }
        let own = if OWN > 0 { Some(&self.now.program().rows.own[0]) } else { None };
        let own = own.map(|own| (own, l.numbers(&self.bends.taken[0], n), l.numbers(&self.bends.given[0], n)));
        for i in 0..n {
            let row = l.load(if i < rows.len() { &rows[i] } else { &stage[i] });
            // The sums of each class.
            let mut bare = [[l.f(0.0); PLACES]; SUMS];
            let mut class = 0;
            while class < SUMS {
                let at = l.add(l.mul(row, l.u(whole(SUMS))), l.u(whole(class)));
                let four = if side_by_side { Some(l.look_four(&table.fours, at)) } else { None };
                let mut place = 0;
                while place < PLACES {
                    bare[class][place] = match four {
                        Some(four) => l.of_bits(four[place & 3]),
                        None => R::look_f(l, sums[place][class], row),
                    };
                    place += 1;
                }
                class += 1;
            }
            let mut weight = bare[0];
            let mut place = 0;
            while place < PLACES {
                let mut class = 0;
                while class < CLASSES {
                    weight[place] = l.mul_add(bare[class + 1][place], l.load_f(&tilt[class][i]), weight[place]);
                    class += 1;
                }
                if let Some((own, taken, given)) = own {
                    if place >= own.stay {
                        weight[place] = l.sub_f(weight[place], l.load_f(&taken[i]));
                    }
                    if place >= own.at {
                        weight[place] = l.add_f(weight[place], l.load_f(&given[i]));
                    }
                }
                place += 1;
            }
            let goal = l.mul_f(share(l, l.load(&words[i])), weight[PLACES - 1]);
            let mut passed = l.u(0);
            let mut place = 0;
            while place < PLACES - 1 {
                passed = l.plus_one(passed, l.ge_f(goal, weight[place]));
                place += 1;
            }
            let to = l.right_by(R::look(l, to, row), l.left::<3>(passed));
            l.store(&mut stage[i], l.and(to, l.u(0xFF)));
        }
    }

    #[inline(always)]
    fn any<L: Lanes, R: Reach>(self, l: L) {
        let places = self.now.program().rows.width;
        let n = l.steps(self.live);
        let rows = &self.now.table.rows;
        let bent = Bent { rows, own: &self.now.program().rows.own, bends: self.bends, live: self.live };
        let words = l.words(self.words, n);
        for i in 0..n {
            let row = l.load(&l.words(self.row.unwrap_or(self.stage), n)[i]);
            let goal = l.mul_f(share(l, l.load(&words[i])), bent.weight::<L, R>(l, places - 1, row, i));
            let mut passed = l.u(0);
            for place in 0..places - 1 {
                passed = l.plus_one(passed, l.ge_f(goal, bent.weight::<L, R>(l, place, row, i)));
            }
            let to = destination::<L, R>(l, &rows.to, row, passed);
            l.store(&mut l.words_mut(self.stage, n)[i], to);
        }
    }
}

/// Rows with all that bends them.
#[derive(Clone, Copy)]
pub struct Bent<'a> {
    /// The rows.
    pub rows: &'a RowTable,
    /// The chances that are the customer's own.
    pub own: &'a [OwnShape],
    /// What bends them.
    pub bends: &'a Bends,
    /// The number of customers.
    pub live: usize,
}

impl Bent<'_> {
    /// The cumulative weight of a place, for the customers of step `i`.
    #[inline(always)]
    pub fn weight<L: Lanes, R: Reach>(&self, l: L, place: usize, row: L::U, i: usize) -> L::F {
        let n = l.steps(self.live);
        let classes = self.bends.tilt.len();
        let sums = &self.rows.sums[place * (classes + 1)..(place + 1) * (classes + 1)];
        let mut weight = R::look_f(l, R::ready(l, &sums[0]), row);
        for (sum, tilt) in sums[1..].iter().zip(&self.bends.tilt) {
            weight = l.mul_add(R::look_f(l, R::ready(l, sum), row), l.load_f(&l.numbers(tilt, n)[i]), weight);
        }
        for ((own, taken), given) in self.own.iter().zip(&self.bends.taken).zip(&self.bends.given) {
            if place >= own.stay {
                weight = l.sub_f(weight, l.load_f(&l.numbers(taken, n)[i]));
            }
            if place >= own.at {
                weight = l.add_f(weight, l.load_f(&l.numbers(given, n)[i]));
            }
        }
        weight
    }
}

/// The share that a word draws: 24 bits of it, as single precision tells no more apart.
#[inline(always)]
pub fn share<L: Lanes>(l: L, word: L::U) -> L::F {
    l.mul_f(l.to_f(l.right::<8>(word)), l.f(1.0 / 16_777_216.0))
}
