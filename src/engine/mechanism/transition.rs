//! Move: the next stage of every customer is drawn.
//!
//! A row without individual differences is a list of thresholds that one random word is compared with
//! (inverse distribution function). Rows that customers bend are in `bend.rs`.

use super::contract::{Mechanism, Step};
use super::needs::Needs;
use super::row::{Clocks, destination};
use super::{bend, row};
use crate::engine::chance::draws::Purpose;
use crate::engine::lanes::{Eight, Kernel, Lanes, MOST_LANES, Many, Reach, Sixteen};
use crate::engine::state::at::{At, Period};
use crate::engine::state::bits::BitsId;
use crate::engine::state::block::Block;
use crate::engine::state::columns::ColumnSpec;
use crate::engine::state::scratch::Scratch;
use crate::engine::table::program::Reached;
use crate::engine::table::row_table::RowTable;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::Clock;
use crate::model::presence::Presence;
use crate::model::tag::Reading;
use crate::quantity::StageId;

/// Draws the next stage.
pub const MOVE: Purpose = Purpose::numbered(1);

/// The full periods that each customer has been in the stage.
pub const PERIODS_IN_STAGE: ColumnSpec = ColumnSpec::new("periods in stage");

/// Whether chances or values are read by periods in the stage.
pub fn counts_periods_in_stage(model: &Model) -> bool {
    model.stages.iter().any(|stage| stage.clocks().contains(&Clock::PeriodsInStage))
        || model.presences.iter().any(Presence::counts_periods)
        || model.touchpoints.iter().any(|its| its.timing.is_some())
        || model.tags.iter().any(|tag| tag.on == Reading::PeriodsInStage)
}

/// The next stage of every customer is drawn.
#[derive(Clone)]
pub struct Transition {
    pub(super) bits: BitsId,
    clocks: Clocks,
    /// For each stage, whether nothing leads out.
    absorbs: Vec<bool>,
}

impl Transition {
    /// The transition of a model.
    pub fn of(model: &Model, needs: &mut Needs<'_>) -> Self {
        needs.own_chances();
        let ages = needs.program.rows.clocks.iter().map(|clock| match clock.clock {
            Clock::Age(of) => needs.trait_column(of),
            _ => None,
        });
        let ages = ages.collect();
        let counts = counts_periods_in_stage(model);
        if counts {
            needs.before();
        }
        Self {
            bits: needs.bits(MOVE),
            clocks: Clocks { periods_in_stage: counts.then(|| needs.words(PERIODS_IN_STAGE)), ages },
            absorbs: model.stages.iter().map(|stage| stage.exits.is_empty()).collect(),
        }
    }

    /// Before the move: finds everybody's row, and notes where everybody is.
    pub fn set_out(&self, block: &Block, now: Period<'_>, scratch: &mut Scratch) {
        if !scratch.bends.row.is_empty() {
            row::find(&self.clocks, block, now, &mut scratch.bends.row);
        }
        if let Some(before) = now.plan().marks.before {
            let lanes = block.live.next_multiple_of(MOST_LANES);
            scratch.columns.words_mut(before)[..lanes].copy_from_slice(&block.stage[..lanes]);
        }
    }

    /// The move by rows that are the same for all.
    pub fn plain(&self, block: &mut Block, (now, rows): (Period<'_>, &RowTable), scratch: &Scratch) {
        let words = now.bits.of(self.bits, now.t);
        let row = scratch.bends.rows();
        now.world.set.run(Plain { now, words, rows, row, stage: &mut block.stage, live: block.live });
    }

    /// After the move: counts the periods that everybody has been in the stage.
    pub fn settle(&self, block: &mut Block, now: Period<'_>, scratch: &Scratch) {
        let Some((column, before)) = self.clocks.periods_in_stage.zip(now.plan().marks.before) else { return };
        let (before, periods) = (scratch.columns.words(before), block.columns.words_mut(column));
        now.world.set.run(StayOn { before, stage: &block.stage, periods, live: block.live });
    }
}

impl Mechanism for Transition {
    const NAME: &'static str = "transition";
    // Rows, classes and own chances are in the table of the period itself: the coupled estimator compares them.
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        Some(Self::of(model, needs))
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Move]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        let Some(now) = at.period else { return };
        self.set_out(at.block, now, at.scratch);
        if now.program().rows.bends {
            bend::travel(at.block, now, now.bits.of(self.bits, now.t), at.scratch);
        } else {
            self.plain(at.block, (now, &now.table.rows), at.scratch);
        }
        self.settle(at.block, now, at.scratch);
    }

    fn rests(&self, stage: StageId) -> bool {
        self.absorbs[stage.index()]
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

/// How many of a row's thresholds lie at or below the word says which place it is.
struct Plain<'a> {
    now: Period<'a>,
    words: &'a [u32],
    rows: &'a RowTable,
    row: Option<&'a [u32]>,
    stage: &'a mut [u32],
    live: usize,
}

impl Kernel for Plain<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let reached = if self.row.is_some() { Reached::Many } else { self.now.program().reach };
        let few = self.now.program().rows.width == 4;
        match (reached, few) {
            (Reached::Many, true) if self.now.program().rows.has_fours() => self.side_by_side(l),
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
        let table = self.rows;
        let n = l.steps(self.live);
        let words = l.words(self.words, n);
        let (rows, stage) =
            (l.words(self.row.unwrap_or_default(), self.row.map_or(0, |_| n)), l.words_mut(self.stage, n));
        let first = R::ready(l, &table.thresholds[0]);
        let second = R::ready(l, &table.thresholds[1]);
        let third = R::ready(l, &table.thresholds[2]);
        let to = R::ready(l, &table.to[0]);
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
        let words = l.words(self.words, n);
        let (rows, stage) = (l.words(self.row.unwrap_or_default(), n), l.words_mut(self.stage, n));
        for i in 0..n {
            let word = l.load(&words[i]);
            let [first, second, third, to] = l.look_four(&self.rows.fours, l.load(&rows[i]));
            let mut passed = l.plus_one(l.u(0), l.ge(word, first));
            passed = l.plus_one(passed, l.ge(word, second));
            passed = l.plus_one(passed, l.ge(word, third));
            l.store(&mut stage[i], l.and(l.right_by(to, l.left::<3>(passed)), l.u(0xFF)));
        }
    }

    #[inline(always)]
    fn any<L: Lanes, R: Reach>(self, l: L) {
        let table = self.rows;
        let n = l.steps(self.live);
        let words = l.words(self.words, n);
        let (rows, stage) =
            (l.words(self.row.unwrap_or_default(), self.row.map_or(0, |_| n)), l.words_mut(self.stage, n));
        for i in 0..n {
            let row = l.load(if i < rows.len() { &rows[i] } else { &stage[i] });
            let word = l.load(&words[i]);
            let mut passed = l.u(0);
            for threshold in &table.thresholds {
                passed = l.plus_one(passed, l.ge(word, R::look(l, R::ready(l, threshold), row)));
            }
            l.store(&mut stage[i], destination::<L, R>(l, &table.to, row, passed));
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
