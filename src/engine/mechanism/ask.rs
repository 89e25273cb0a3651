//! Ask: surveys add up what customers would answer; nobody is asked, so that a survey moves nobody's luck.
//!
//! Each customer adds the chance to answer, times the chance of each score, to whole-number totals; one draw a wave makes of
//! them what the company sees (`model/survey.rs`). Scores are an ordered logit (`McCullagh` 1980, "Regression models for
//! ordinal data", Journal of the Royal Statistical Society B 42(2)).

use super::bend::tilts;
use super::contract::{Mechanism, Step};
use super::needs::{Needs, Shown};
use super::touch::MET;
use crate::engine::chance::exp::exp;
use crate::engine::chance::narrow::single;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes, MOST_LANES, Strip};
use crate::engine::state::at::{At, Period};
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, Columns, Passing};
use crate::engine::state::plan::StateColumn;
use crate::engine::table::program::bits;
use crate::engine::table::reach::reach;
use crate::engine::table::shape::states;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::{Driver, State};
use crate::model::survey::{self, Answering, CELLS, PARTS, Survey};
use crate::quantity::{ParamId, StageId};

/// Surveys add up what customers would answer.
pub struct Ask {
    each: Vec<Asked>,
    /// Who met which touchpoint in the period, where a survey asks those: a bit for each survey.
    met: Option<ColumnId<u32, Passing>>,
    stages: usize,
}

/// A survey as it is counted.
struct Asked {
    its: Survey,
    /// The stages whose customers are asked: all bits or none.
    stages: Strip,
    /// What bends who answers.
    states: Vec<State>,
    /// The bit of those who met its touchpoint; none where all are asked.
    bit: Option<u32>,
    place: Place,
}

/// The numbers of a period for one survey.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveySheet {
    slope: f32,
    cuts: [f32; 2],
    /// The odds to answer of those who feel neither good nor bad.
    odds: f32,
    strong: f32,
    weights: Vec<Strip>,
}

impl Mechanism for Ask {
    const NAME: &'static str = "ask";
    type Sheet = Vec<SurveySheet>;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        if model.surveys.is_empty() {
            return None;
        }
        let each = model.surveys.iter().zip(survey::bits(&model.surveys)).map(|(its, bit)| Asked {
            stages: bits(its.stages.iter().copied().chain([false])),
            states: its.response.as_ref().map_or_else(Vec::new, |its| states(model, its.drivers.iter())),
            bit,
            place: needs.counter(its.counter, Shown::ByState),
            its: its.clone(),
        });
        let each: Vec<Asked> = each.collect();
        let met = each.iter().any(|its| its.bit.is_some()).then(|| needs.passing_words(MET));
        Some(Self { each, met, stages: model.stages.len() })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Count]
    }

    fn sheet(&self, values: &Values<'_>) -> Vec<SurveySheet> {
        self.each.iter().map(|asked| asked.sheet(values, self.stages)).collect()
    }

    fn run(&self, _step: Step, at: &mut At<'_>, sheet: Option<&Vec<SurveySheet>>) {
        let (Some(now), Some(sheet)) = (at.period, sheet) else { return };
        let Some(counts) = &mut at.counts else { return };
        let (block, columns) = (&*at.block, &at.scratch.columns);
        let met = self.met.map(|id| columns.words(id));
        for (asked, numbers) in self.each.iter().zip(sheet).filter(|(asked, _)| asked.its.asks(now.t)) {
            let sums = asked.sums((block, columns), now, (numbers, met));
            let cells = counts.cells_at(&asked.place, now.t as usize);
            cells.iter_mut().zip(sums).for_each(|(cell, sum)| *cell += i128::from(sum));
        }
    }

    fn rests(&self, stage: StageId) -> bool {
        self.each.iter().all(|asked| !asked.its.stages[stage.index()])
    }

    // What is asked changes no life; its own numbers have no expectation.
    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

impl Asked {
    fn sheet(&self, values: &Values<'_>, stages: usize) -> SurveySheet {
        let number = |id: Option<ParamId>| id.map_or(0.0, |id| values[id]);
        let response = self.its.response.as_ref();
        let odds = response.map_or(f64::INFINITY, |its| {
            let chance = values[its.chance];
            chance / (1.0 - chance) * libm::exp(number(its.incentive))
        });
        let drivers = response.map_or(&[][..], |its: &Answering| &its.drivers);
        let weight = |state: &State| -> f64 {
            let of = |driver: &&Driver| driver.on == *state;
            drivers.iter().filter(of).map(|driver| values[driver.weight]).sum()
        };
        let everywhere = |weight: f64| Strip::of_f32((0..=stages).map(|_| single(weight)));
        SurveySheet {
            slope: single(values[self.its.slope]),
            cuts: self.its.cuts.map(|cut| single(values[cut])),
            odds: single(odds.min(1e30)),
            strong: single(number(response.and_then(|its| its.strong))),
            weights: self.states.iter().map(|state| everywhere(weight(state))).collect(),
        }
    }

    /// What its cells count, in parts of one customer.
    fn sums(
        &self,
        (block, columns): (&Block, &Columns<Passing>),
        now: Period<'_>,
        (numbers, met): (&SurveySheet, Option<&[u32]>),
    ) -> [u64; CELLS] {
        let Some(state) = now.plan().state(self.its.reads) else { return [0; CELLS] };
        let read = match state.column {
            StateColumn::Lasting(column) => block.columns.numbers(column),
            StateColumn::Passing(column) => columns.numbers(column),
        };
        let mut tilt = Vec::new();
        if !self.states.is_empty() {
            tilt.resize(block.stage.len().next_multiple_of(MOST_LANES), 1.0);
            tilts((block, columns), now, (&self.states, &numbers.weights), &mut tilt);
        }
        let met = self.bit.and_then(|bit| Some((met?, bit)));
        let neutral = state.neutral(now.age);
        // What has grown by itself is left out of the column.
        let grown = state.growth(now.age);
        now.world.set.run(Answer { block, now, asked: self, numbers, read, neutral, grown, met, tilt: &tilt })
    }
}

/// Adds up who would answer what.
struct Answer<'a> {
    block: &'a Block,
    now: Period<'a>,
    asked: &'a Asked,
    numbers: &'a SurveySheet,
    read: &'a [f32],
    neutral: f32,
    grown: f32,
    met: Option<(&'a [u32], u32)>,
    /// What drivers multiply the odds to answer by; empty where nothing drives.
    tilt: &'a [f32],
}

impl Kernel for Answer<'_> {
    type Output = [u64; CELLS];
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [u64; CELLS] {
        /// So many parts of 2^16 fit 32 bits.
        const MOST: usize = 32_768;
        let live = self.block.live;
        let n = l.steps(live);
        let (stage, read) = (l.words(&self.block.stage, n), l.numbers(self.read, n));
        let tilt = l.numbers(self.tilt, if self.tilt.is_empty() { 0 } else { n });
        let (met, bit) = self.met.unwrap_or_default();
        let met = l.words(met, if bit == 0 { 0 } else { n });
        let reached = self.now.program().reach;
        let (one, parts) = (l.f(1.0), l.f(single(PARTS)));
        let mut sums = [0; CELLS];
        for first in (0..n).step_by(MOST) {
            let mut lanes = [l.u(0); CELLS];
            for i in first..n.min(first + MOST) {
                let mut asked = reach(l, reached, &self.asked.stages, l.load(&stage[i]));
                if i < met.len() {
                    let without = l.eq(l.and(l.load(&met[i]), l.u(bit)), l.u(0));
                    asked = l.pick(without, l.u(0), asked);
                }
                let x = l.add_f(l.load_f(&read[i]), l.f(self.grown));
                let low = share(l, l.sub_f(l.f(self.numbers.cuts[0]), l.mul_f(l.f(self.numbers.slope), x)));
                let high = share(l, l.sub_f(l.mul_f(l.f(self.numbers.slope), x), l.f(self.numbers.cuts[1])));
                let high = l.min_f(high, l.sub_f(one, low));
                let off = l.sub_f(l.load_f(&read[i]), l.f(self.neutral));
                let off = l.max_f(off, l.sub_f(l.f(0.0), off));
                let mut odds = l.mul_f(l.f(self.numbers.odds), exp(l, l.mul_f(l.f(self.numbers.strong), off)));
                if i < tilt.len() {
                    odds = l.mul_f(odds, l.load_f(&tilt[i]));
                }
                let answers = l.div_f(one, l.add_f(one, l.div_f(one, odds)));
                let shares = [one, answers, l.mul_f(answers, low), l.mul_f(answers, high), low, high];
                for (sum, share) in lanes.iter_mut().zip(shares) {
                    *sum = l.add(*sum, l.and(l.whole(l.mul_f(share, parts)), asked));
                }
            }
            for (sum, lanes) in sums.iter_mut().zip(lanes) {
                for lane in l.lanes(lanes) {
                    *sum += u64::from(lane);
                }
            }
        }
        sums
    }
}

/// The chance of log-odds.
#[inline(always)]
fn share<L: Lanes>(l: L, odds: L::F) -> L::F {
    let one = l.f(1.0);
    l.div_f(one, l.add_f(one, exp(l, l.sub_f(l.f(0.0), odds))))
}
