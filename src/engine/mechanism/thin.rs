//! Thin: of all that customers buy only their own share is the company's; what rivals sell is counted by its expectation.
//!
//! A Poisson stream of which each event is kept with some chance is a Poisson stream (Kingman 1993, "Poisson processes"), so
//! that sharing costs a product and no draw. The rest is another one, independent of it.

use super::needs::{Needs, Shown};
use super::shop::{BuySheet, Leave};
use super::stream::RateTrait;
use super::wallet::OWN_SHARE;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Columns, Passing};
use crate::model::Model;
use crate::model::counter::{OURS, PARTS_OF_A_PURCHASE, THEIRS, WALLET};

/// What of the rate is left for rivals, as a multiple.
const OTHERS: ColumnSpec = ColumnSpec::new("rivals' share");

/// What purchases are thinned by.
pub struct Thin {
    own: ColumnId<f32, Passing>,
    others: ColumnId<f32, Passing>,
    place: Place,
    /// By stage, whether its purchases are shared.
    stages: Vec<bool>,
}

impl Thin {
    /// None where nothing is shared.
    pub fn of(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        model.has_wallets().then(|| Self {
            own: needs.passing_numbers(OWN_SHARE.made_anew()),
            others: needs.passing_numbers(OTHERS.made_anew()),
            place: needs.counter(WALLET, Shown::ByState),
            stages: model.stages.iter().map(|its| its.purchases.as_ref().is_some_and(|p| p.wallet.is_some())).collect(),
        })
    }

    /// Takes what rivals sell out of what rates are multiplied by.
    pub fn thin(
        &self,
        block: &Block,
        now: Period<'_>,
        columns: &mut Columns<Passing>,
        (tilt, fresh): (&mut Vec<f32>, bool),
    ) {
        if fresh {
            tilt.clear();
            tilt.resize(block.stage.len(), 1.0);
        }
        let mut others = columns.take_numbers(self.others);
        let own = columns.numbers(self.own);
        now.world.set.run(Split { own, tilt, others: &mut others, live: block.live });
        columns.put_numbers(self.others, others);
    }

    /// Counts what rivals sell in the mean to those who are there before anybody leaves after a purchase: only for as long as
    /// they stay, where some do.
    pub fn count_rivals(
        &self,
        (block, columns, tilt): (&Block, &Columns<Passing>, &[f32]),
        (now, sheet): (Period<'_>, &BuySheet),
        traits: &[RateTrait],
        counts: &mut Counts<i128>,
    ) {
        let others = columns.numbers(self.others);
        let mut parts: i128 = 0;
        for (place, stage) in block.stage[..block.live].iter().enumerate() {
            let stage = *stage as usize;
            if !self.stages.get(stage).is_some_and(|shared| *shared) {
                continue;
            }
            let mut rate = f64::from(sheet.rate.number(stage));
            for RateTrait { of, .. } in traits.iter().filter(|its| its.stages.at(stage) == 1) {
                rate *= f64::from((block.columns.numbers(of.column)[place] + of.growth(now)).max(0.0));
            }
            let leave = sheet.buying[stage].as_ref().and_then(|its| its.leave.as_ref());
            let stays =
                leave.map_or(1.0, |leave| stays(rate * f64::from(tilt[place]) * chance(leave, (block, place), now)));
            #[expect(clippy::cast_possible_truncation, reason = "a rate is 1e6 at most; `as` saturates")]
            let theirs = libm::rint(rate * f64::from(others[place]) * stays * PARTS_OF_A_PURCHASE) as i64;
            parts += i128::from(theirs);
        }
        counts.cells_at(&self.place, now.t as usize)[THEIRS] += parts;
    }

    /// Counts purchases in a stage that are the company's.
    pub fn count_own(&self, stage: usize, purchases: u64, (counts, t): (&mut Counts<i128>, usize)) {
        if self.stages[stage] {
            #[expect(clippy::cast_possible_truncation, reason = "2^40")]
            let unit = PARTS_OF_A_PURCHASE as i128;
            counts.cells_at(&self.place, t)[OURS] += i128::from(purchases) * unit;
        }
    }
}

/// The chance that a customer leaves after a purchase.
fn chance(leave: &Leave, (block, place): (&Block, usize), now: Period<'_>) -> f64 {
    let own = |own: usize| f64::from(block.columns.numbers(now.plan().own[own].column)[place]);
    leave.own.map_or(leave.chance, own)
}

/// The part of a period that those stay in the mean who leave so often in it.
fn stays(often: f64) -> f64 {
    if often > 0.0 { -libm::expm1(-often) / often } else { 1.0 }
}

/// Parts what multiplies a rate into the company's and the rivals'.
struct Split<'a> {
    own: &'a [f32],
    tilt: &'a mut [f32],
    others: &'a mut [f32],
    live: usize,
}

impl Kernel for Split<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (own, tilt, others) = (l.numbers(self.own, n), l.numbers_mut(self.tilt, n), l.numbers_mut(self.others, n));
        for i in 0..n {
            let (own, all) = (l.load_f(&own[i]), l.load_f(&tilt[i]));
            l.store_f(&mut others[i], l.mul_f(all, l.sub_f(l.f(1.0), own)));
            l.store_f(&mut tilt[i], l.mul_f(all, own));
        }
    }
}
