//! Rows: which row of chances a customer's stage and clocks lead to.

use crate::engine::lanes::{Kernel, Lanes, Reach, Strip};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::engine::table::program::Reached;
use crate::engine::table::reach::reach;
use crate::engine::table::shape::ClockShape;
use crate::model::journey::Clock;

/// What clocks read of every customer.
#[derive(Clone)]
pub struct Clocks {
    /// The full periods in the stage, where any clock reads them.
    pub periods_in_stage: Option<ColumnId<u32, Lasting>>,
    /// For each clock, the column of the trait that it reads.
    pub ages: Vec<Option<ColumnId<f32, Lasting>>>,
}

/// Writes the row of each customer to `row`.
pub fn find(of: &Clocks, block: &Block, now: Period<'_>, row: &mut [u32]) {
    now.world.set.run(Find { of, block, now, row });
}

struct Find<'a> {
    of: &'a Clocks,
    block: &'a Block,
    now: Period<'a>,
    row: &'a mut [u32],
}

impl Kernel for Find<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.block.live);
        let (stage, row) = (l.words(&self.block.stage, n), l.words_mut(self.row, n));
        let (program, age_now) = (self.now.program(), self.now.age);
        let reached = program.reach;
        for i in 0..n {
            l.store(&mut row[i], reach(l, reached, &program.rows.first, l.load(&stage[i])));
        }
        // Clock by clock, so that each is a loop over few columns.
        for (clock, of_age) in program.rows.clocks.iter().zip(&self.of.ages) {
            match clock.clock {
                Clock::PeriodsInStage => {
                    let Some(periods) = self.of.periods_in_stage else { continue };
                    let periods = l.words(self.block.columns.words(periods), n);
                    for i in 0..n {
                        let sum =
                            l.add(l.load(&row[i]), place(l, reached, clock, l.load(&stage[i]), l.load(&periods[i])));
                        l.store(&mut row[i], sum);
                    }
                }
                Clock::Age(_) => {
                    let Some(column) = *of_age else { continue };
                    let column = l.numbers(self.block.columns.numbers(column), n);
                    for i in 0..n {
                        let sum = l.add(
                            l.load(&row[i]),
                            place(l, reached, clock, l.load(&stage[i]), age(l, l.load_f(&column[i]), age_now)),
                        );
                        l.store(&mut row[i], sum);
                    }
                }
                Clock::Tenure => {
                    for i in 0..n {
                        let tenure = l.u(age_now - 1);
                        let sum = l.add(l.load(&row[i]), place(l, reached, clock, l.load(&stage[i]), tenure));
                        l.store(&mut row[i], sum);
                    }
                }
                Clock::Period => {}
            }
        }
    }
}

/// How many rows a clock leads on from the first one of a stage.
#[inline(always)]
fn place<L: Lanes>(l: L, reached: Reached, clock: &ClockShape, stage: L::U, read: L::U) -> L::U {
    let place = l.min(read, reach(l, reached, &clock.last, stage));
    l.mul(place, reach(l, reached, &clock.stride, stage))
}

/// The whole part of an ageing trait in a customer's `age`-th period, not below 0.
#[inline(always)]
fn age<L: Lanes>(l: L, at_start: L::F, age: u32) -> L::U {
    // No list is a billion periods long.
    l.add(l.whole(l.within(at_start, l.f(0.0), l.f(1e9))), l.u(age - 1))
}

/// The stage that a place of a row leads to.
#[inline(always)]
pub fn destination<L: Lanes, R: Reach>(l: L, to: &[Strip], row: L::U, place: L::U) -> L::U {
    let byte = l.left::<3>(l.and(place, l.u(3)));
    let four = l.right::<2>(place);
    let mut stages = R::look(l, R::ready(l, &to[0]), row);
    let mut at = 1;
    while at < to.len() {
        let here = l.eq(four, l.u(u32::try_from(at).unwrap_or(0)));
        stages = l.pick(here, R::look(l, R::ready(l, &to[at]), row), stages);
        at += 1;
    }
    l.and(l.right_by(stages, byte), l.u(0xFF))
}
