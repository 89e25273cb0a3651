//! Move: the next stage of every customer is drawn.
//!
//! A row without individual differences is a list of thresholds that one random word is compared with
//! (inverse distribution function). Rows that customers bend are in `bend.rs`.

use crate::engine::chance::draws::Purpose;
use crate::engine::lanes::{Eight, Kernel, Lanes, MOST_LANES, Many, Reach, Sixteen};
use crate::engine::state::population::{Block, Period};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::program::Reached;

use super::row::destination;
use super::{bend, row};

/// Draws everybody's next stage.
pub fn travel(block: &mut Block, now: Period<'_>, scratch: &mut Scratch) {
    set_out(block, now, scratch);
    if now.program().bends {
        bend::travel(block, now, scratch);
    } else {
        plain(block, now, scratch);
    }
    settle(block, now, scratch);
}

/// Before the move: finds everybody's row, and notes where everybody is.
pub fn set_out(block: &Block, now: Period<'_>, scratch: &mut Scratch) {
    if !now.program().clocks.is_empty() {
        row::find(block, now, &mut scratch.row);
    }
    if now.program().needs_before {
        let lanes = block.live.next_multiple_of(MOST_LANES);
        scratch.before[..lanes].copy_from_slice(&block.stage[..lanes]);
    }
}

/// The move by rows that are the same for all.
pub fn plain(block: &mut Block, now: Period<'_>, scratch: &Scratch) {
    let row = (!now.program().clocks.is_empty()).then_some(scratch.row.as_slice());
    now.world.set.run(Plain { now, row, stage: &mut block.stage, live: block.live });
}

/// After the move: counts the periods that everybody has been in the stage.
pub fn settle(block: &mut Block, now: Period<'_>, scratch: &Scratch) {
    if now.program().counts_periods_in_stage {
        let (before, stage, live) = (&scratch.before, &block.stage, block.live);
        now.world.set.run(StayOn { before, stage, periods: &mut block.periods_in_stage, live });
    }
}

/// How many of a row's thresholds lie at or below the word says which place it is.
struct Plain<'a> {
    now: Period<'a>,
    row: Option<&'a [u32]>,
    stage: &'a mut [u32],
    live: usize,
}

impl Kernel for Plain<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let reached = if self.row.is_some() { Reached::Many } else { self.now.program().reach };
        let few = self.now.program().width == 4;
        match (reached, few) {
            (Reached::Many, true) if self.now.program().has_fours() => self.side_by_side(l),
            (Reached::Eight, true) => self.four::<L, Eight>(l),
            (Reached::Sixteen, true) => self.four::<L, Sixteen>(l),
            (Reached::Many, true) => self.four::<L, Many>(l),
            (Reached::Eight, false) => self.any::<L, Eight>(l),
            (Reached::Sixteen, false) => self.any::<L, Sixteen>(l),
            (Reached::Many, false) => self.any::<L, Many>(l),
        }
    }
}

impl Plain<'_> {
    /// Rows of up to four places: everything is in registers.
    #[inline(always)]
    fn four<L: Lanes, R: Reach>(self, l: L) {
        let table = self.now.table;
        let n = l.steps(self.live);
        let words = l.words(self.now.words.of(Purpose::Move, self.now.t), n);
        let (rows, stage) =
            (l.words(self.row.unwrap_or_default(), self.row.map_or(0, |_| n)), l.words_mut(self.stage, n));
        let first = R::ready(l, &table.rows.thresholds[0]);
        let second = R::ready(l, &table.rows.thresholds[1]);
        let third = R::ready(l, &table.rows.thresholds[2]);
        let to = R::ready(l, &table.rows.to[0]);
        for i in 0..n {
            let row = l.load(if i < rows.len() { &rows[i] } else { &stage[i] });
            let word = l.load(&words[i]);
            let mut passed = l.plus_one(l.u(0), l.ge(word, R::look(l, first, row)));
            passed = l.plus_one(passed, l.ge(word, R::look(l, second, row)));
            passed = l.plus_one(passed, l.ge(word, R::look(l, third, row)));
            let to = l.right_by(R::look(l, to, row), l.left::<3>(passed));
            l.store(&mut stage[i], l.and(to, l.u(0xFF)));
        }
    }

    /// The same where clocks make rows many.
    #[inline(always)]
    fn side_by_side<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let words = l.words(self.now.words.of(Purpose::Move, self.now.t), n);
        let (rows, stage) = (l.words(self.row.unwrap_or_default(), n), l.words_mut(self.stage, n));
        for i in 0..n {
            let word = l.load(&words[i]);
            let [first, second, third, to] = l.look_four(&self.now.table.rows.fours, l.load(&rows[i]));
            let mut passed = l.plus_one(l.u(0), l.ge(word, first));
            passed = l.plus_one(passed, l.ge(word, second));
            passed = l.plus_one(passed, l.ge(word, third));
            l.store(&mut stage[i], l.and(l.right_by(to, l.left::<3>(passed)), l.u(0xFF)));
        }
    }

    #[inline(always)]
    fn any<L: Lanes, R: Reach>(self, l: L) {
        let table = self.now.table;
        let n = l.steps(self.live);
        let words = l.words(self.now.words.of(Purpose::Move, self.now.t), n);
        let (rows, stage) =
            (l.words(self.row.unwrap_or_default(), self.row.map_or(0, |_| n)), l.words_mut(self.stage, n));
        for i in 0..n {
            let row = l.load(if i < rows.len() { &rows[i] } else { &stage[i] });
            let word = l.load(&words[i]);
            let mut passed = l.u(0);
            for threshold in &table.rows.thresholds {
                passed = l.plus_one(passed, l.ge(word, R::look(l, R::ready(l, threshold), row)));
            }
            l.store(&mut stage[i], destination::<L, R>(l, &table.rows.to, row, passed));
        }
    }
}

/// Counts the full periods in a stage: one more for those who stayed, none for those who came.
struct StayOn<'a> {
    before: &'a [u32],
    stage: &'a [u32],
    periods: &'a mut [u32],
    live: usize,
}

impl Kernel for StayOn<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (before, stage, periods) = (l.words(self.before, n), l.words(self.stage, n), l.words_mut(self.periods, n));
        for i in 0..n {
            let stayed = l.eq(l.load(&before[i]), l.load(&stage[i]));
            let longer = l.add(l.load(&periods[i]), l.u(1));
            l.store(&mut periods[i], l.pick(stayed, longer, l.u(0)));
        }
    }
}
