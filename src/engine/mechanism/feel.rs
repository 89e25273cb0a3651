//! Feel: one period in a stage moves a customer's satisfaction towards its quality.
//!
//! Exponential smoothing of experienced quality: s += learning · (q - s), after Oliver (1980), "A cognitive
//! model of the antecedents and consequences of satisfaction decisions", Journal of Marketing Research 17(4),
//! and Bolton (1998), Marketing Science 17(1), where satisfaction anchors on what it was before.

use super::arrive::draw;
use super::contract::{Mechanism, Step};
use super::moved::ByStage;
use super::moving::{CARRIED, Surprise};
use super::needs::Needs;
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::narrow::single;
use crate::engine::chance::normal::Normal;
use crate::engine::chance::quantile::QuantileTable;
use crate::engine::chance::sampler::{Sample, Sampler, threshold};
use crate::engine::lanes::{Eight, Kernel, Lanes, MOST_LANES, Many, Reach, Sixteen, Strip};
use crate::engine::state::at::{At, Period};
use crate::engine::state::bits::BitsId;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::plan::{DriverState, StateColumn};
use crate::engine::state::scratch::Scratch;
use crate::engine::state::subset::{InStage, SubsetPlan, gather};
use crate::engine::table::program::Reached;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::State;
use crate::model::state::Signal;
use crate::quantity::{ParamId, StageId};
use crate::stats::distribution::Distribution;

/// Draws what one period in a stage is like.
pub const QUALITY: Purpose = Purpose::numbered(2);
/// Draws the satisfaction that a customer starts with.
pub const FIRST_SATISFACTION: Purpose = Purpose::numbered(7);

/// The satisfaction of every customer.
pub const SATISFACTION: ColumnSpec = ColumnSpec::new("satisfaction");
/// What the period was like for every customer in a stage that has a quality, where others than satisfaction read it.
pub const MET: ColumnSpec = ColumnSpec::new("quality met");
/// How the period felt against what was expected, where that differs.
pub const FELT: ColumnSpec = ColumnSpec::new("felt");
/// What a period was like for every customer, where that is not normal.
const LISTED: ColumnSpec = ColumnSpec::new("quality");

/// One period in a stage moves a customer's satisfaction towards its quality.
pub struct Feel {
    bits: BitsId,
    satisfaction: ColumnId<f32, Lasting>,
    /// What the period was like, where others read it.
    met: Option<ColumnId<f32, Passing>>,
    surprise: Option<Surprised>,
    /// No learning, by stage.
    still: Strip,
    /// Whether others read how it felt, though it feels as it is.
    tells: Option<ColumnId<f32, Passing>>,
    /// Satisfaction at the start.
    first: Sampler,
    /// How fast satisfaction learns.
    learning: ParamId,
    /// The mean quality of each stage that has one.
    means: Vec<Option<ParamId>>,
    /// What one period in each stage is like, around its mean.
    quality: Vec<Option<Sampler>>,
    /// The standard deviation of qualities that are normal, 0 of others.
    spread: Strip,
    /// Whether any quality is normal.
    is_normal: bool,
    by_list: Option<ByList>,
    /// What periods do to satisfaction, where that is counted.
    moved: Option<ByStage>,
}

/// How it feels against what was expected.
struct Surprised {
    expectation: ColumnId<f32, Lasting>,
    felt: ColumnId<f32, Passing>,
    /// How much more counts what passes expectation, and what falls short of it.
    more: [ParamId; 2],
}

/// Stages whose quality is neither normal nor constant.
struct ByList {
    stages: Vec<usize>,
    /// Those stages: 1 or 0.
    listed: Strip,
    quality: ColumnId<f32, Passing>,
}

/// The numbers of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct FeelSheet {
    /// The mean quality, by stage.
    quality: Strip,
    /// For each stage, the word threshold of a Bernoulli quality.
    below: Vec<u32>,
    /// How fast satisfaction learns, by stage; 0 where nothing is experienced.
    learning: Strip,
    /// How much more counts what passes expectation, and what falls short of it.
    more: [f32; 2],
}

impl Mechanism for Feel {
    const NAME: &'static str = "feel";
    type Sheet = FeelSheet;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let experience = model.experience.as_ref()?;
        let satisfaction = needs.numbers(SATISFACTION);
        needs.state(DriverState {
            of: State::Satisfaction,
            neutral: single(experience.neutral),
            growth: 0.0,
            column: StateColumn::Lasting(satisfaction),
        });
        let quality: Vec<_> = model.stages.iter().map(|s| s.quality.as_ref().map(|q| centred(needs, &q.law))).collect();
        let by_list = |q: &Option<Sampler>| !matches!(q, None | Some(Sampler::Normal { .. } | Sampler::Constant(_)));
        let spread = |q: &Option<Sampler>| if let Some(Sampler::Normal { sd, .. }) = q { *sd } else { 0.0 };
        let stages: Vec<usize> = (0..quality.len()).filter(|stage| by_list(&quality[*stage])).collect();
        let listed = Strip::of(quality.iter().map(|q| u32::from(by_list(q))).chain([0]));
        let is_normal = quality.iter().any(|q| matches!(q, Some(Sampler::Normal { .. })));
        let lists = !stages.is_empty();
        let reads = |signal| model.carried.iter().any(|its| its.signals().contains(&signal));
        needs.subset(SubsetPlan { values: lists, ..SubsetPlan::default() });
        Some(Self {
            bits: if is_normal { needs.normal_bits(QUALITY) } else { needs.bits(QUALITY) },
            satisfaction,
            met: (reads(Signal::Quality) || reads(Signal::Felt) || experience.surprise.is_some())
                .then(|| needs.passing_numbers(MET.made_anew())),
            tells: (reads(Signal::Felt) && experience.surprise.is_none())
                .then(|| needs.passing_numbers(FELT.made_anew())),
            surprise: experience.surprise.map(|its| Surprised {
                expectation: needs.numbers(CARRIED.at(its.expectation.index())),
                felt: needs.passing_numbers(FELT.made_anew()),
                more: [its.gain, its.loss],
            }),
            still: Strip::of_f32(model.stages.iter().map(|_| 0.0).chain([0.0])),
            first: needs.sampler(&experience.start, 0.0, 1.0),
            learning: experience.learning,
            means: model.stages.iter().map(|s| s.quality.as_ref().map(|q| q.mean)).collect(),
            spread: Strip::of_f32(quality.iter().map(spread).chain([0.0])),
            is_normal,
            by_list: lists.then(|| ByList { stages, listed, quality: needs.passing_numbers(LISTED.made_anew()) }),
            quality,
            moved: ByStage::of(model, needs),
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin, Step::Feel]
    }

    fn sheet(&self, values: &Values<'_>) -> FeelSheet {
        let mean = |its: &Option<ParamId>| its.map_or(0.0, |id| values[id]);
        let learning = |its: &Option<ParamId>| its.map_or(0.0, |_| values[self.learning]);
        let strip = |of: &dyn Fn(&Option<ParamId>) -> f64| {
            Strip::of_f32(self.means.iter().map(|its| single(of(its))).chain([0.0]))
        };
        FeelSheet {
            quality: strip(&mean),
            below: self.means.iter().map(|its| threshold(mean(its))).collect(),
            learning: strip(&learning),
            more: self.surprise.as_ref().map_or([0.0; 2], |its| its.more.map(|id| single(values[id]))),
        }
    }

    fn run(&self, _step: Step, at: &mut At<'_>, sheet: Option<&FeelSheet>) {
        match at.period.zip(sheet) {
            Some((now, sheet)) => match self.moved.as_ref().zip(at.counts.as_deref_mut()) {
                Some((moved, counts)) => {
                    moved.note(at.block, at.scratch, self.satisfaction);
                    self.feel(at.block, (now, sheet), at.scratch);
                    moved.count((at.block, at.scratch), self.satisfaction, (counts, now.t));
                }
                None => self.feel(at.block, (now, sheet), at.scratch),
            },
            None => self.begin(at),
        }
    }

    // Satisfaction that nothing reads changes nothing, unless what moves it is counted: who reads it does not let them rest.
    fn rests(&self, stage: StageId) -> bool {
        self.moved.as_ref().is_none_or(|moved| !moved.counts(stage))
    }

    fn obstacle(model: &Model) -> Option<String> {
        let surprises = model.experience.as_ref().is_some_and(|its| its.surprise.is_some());
        surprises.then(|| "satisfaction moves by what differs from expectation".to_owned())
    }
}

impl Feel {
    /// Draws the satisfaction at the start.
    fn begin(&self, at: &mut At<'_>) {
        let (block, world) = (&mut *at.block, at.world);
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; block.customer.len()]);
        draw(block, world, (FIRST_SATISFACTION, 0), &mut words);
        let count = block.live;
        let out = block.columns.numbers_mut(self.satisfaction);
        world.set.run(Sample { sampler: &self.first, words: &words[0], out, count });
    }

    /// Moves the satisfaction of customers in stages that have a quality.
    fn feel(&self, block: &mut Block, (now, sheet): (Period<'_>, &FeelSheet), scratch: &mut Scratch) {
        let mut met = self.met.map(|id| scratch.columns.take_numbers(id));
        let mut own: &[f32] = &[];
        if let Some(by_list) = &self.by_list {
            for stage in &by_list.stages {
                self.draw(block, (now, sheet), scratch, (by_list, *stage));
            }
            own = scratch.columns.numbers(by_list.quality);
        }
        let satisfaction = block.columns.numbers_mut(self.satisfaction);
        let (stage, live) = (&block.stage, block.live);
        // What feels otherwise than it is moves satisfaction by how it felt.
        let learning = if self.surprise.is_some() { &self.still } else { &sheet.learning };
        let notes = met.as_deref_mut().unwrap_or_default();
        now.world.set.run(Learn {
            of: self,
            now,
            sheet,
            learning,
            stage,
            quality: own,
            satisfaction,
            met: notes,
            live,
        });
        if let Some((id, met)) = self.met.zip(met) {
            scratch.columns.put_numbers(id, met);
        }
        self.tell(block, (now, sheet), scratch);
    }

    /// Writes how the period felt, where anything reads that; satisfaction moves by it where it is another than the quality.
    fn tell(&self, block: &mut Block, (now, sheet): (Period<'_>, &FeelSheet), scratch: &mut Scratch) {
        let Some(met) = self.met else { return };
        if let Some(tells) = self.tells {
            let mut felt = scratch.columns.take_numbers(tells);
            let lanes = block.live.next_multiple_of(MOST_LANES);
            felt[..lanes].copy_from_slice(&scratch.columns.numbers(met)[..lanes]);
            scratch.columns.put_numbers(tells, felt);
        }
        let Some(surprise) = &self.surprise else { return };
        let mut felt = scratch.columns.take_numbers(surprise.felt);
        let mut satisfaction = block.columns.take_numbers(self.satisfaction);
        now.world.set.run(Surprise {
            now,
            stage: &block.stage,
            met: scratch.columns.numbers(met),
            expected: block.columns.numbers(surprise.expectation),
            more: sheet.more,
            learning: &sheet.learning,
            satisfaction: &mut satisfaction,
            felt: &mut felt,
            live: block.live,
        });
        block.columns.put_numbers(self.satisfaction, satisfaction);
        scratch.columns.put_numbers(surprise.felt, felt);
    }

    /// Draws the quality of the customers in one stage, where it is not normal.
    fn draw(
        &self,
        block: &Block,
        (now, sheet): (Period<'_>, &FeelSheet),
        scratch: &mut Scratch,
        (by_list, stage): (&ByList, usize),
    ) {
        let Some(sampler) = &self.quality[stage] else { return };
        let subset = &mut scratch.subset;
        let count = now.world.set.run(InStage::of(&block.stage, block.live, stage, &mut subset.place));
        gather(now.bits.of(self.bits, now.t), &subset.place[..count], &mut subset.word);
        if let Sampler::Bernoulli(_) = sampler {
            let below = sheet.below[stage];
            for (value, word) in subset.value[..count].iter_mut().zip(&subset.word) {
                *value = f32::from(u8::from(*word < below));
            }
        } else {
            now.world.set.run(Sample { sampler, words: &subset.word, out: &mut subset.value, count });
            let mean = sheet.quality.number(stage);
            subset.value[..count].iter_mut().for_each(|value| *value += mean);
        }
        let column = scratch.columns.numbers_mut(by_list.quality);
        for (place, value) in subset.place[..count].iter().zip(&subset.value) {
            column[*place as usize] = *value;
        }
    }
}

/// A quality as what is added to its mean; a Bernoulli keeps its word, because its mean is its chance.
pub(super) fn centred(needs: &Needs<'_>, law: &Distribution) -> Sampler {
    match law {
        Distribution::Bernoulli { .. } => Sampler::Bernoulli(0),
        // Any law that is listed stands for the others.
        _ if needs.is_sketch() => Sampler::Bernoulli(0),
        law => law.shifted(-law.mean()).map_or_else(
            || {
                let table = Box::new(QuantileTable::new(|p| law.quantile(p) - law.mean()));
                Sampler::Table { table, low: f32::NEG_INFINITY, high: f32::INFINITY }
            },
            |centred| Sampler::new(&centred, f64::NEG_INFINITY, f64::INFINITY),
        ),
    }
}

struct Learn<'a> {
    of: &'a Feel,
    now: Period<'a>,
    sheet: &'a FeelSheet,
    /// How fast satisfaction learns, by stage.
    learning: &'a Strip,
    stage: &'a [u32],
    quality: &'a [f32],
    satisfaction: &'a mut [f32],
    /// Where the quality is noted; empty where nobody reads it.
    met: &'a mut [f32],
    live: usize,
}

impl Kernel for Learn<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match (self.now.program().reach, self.met.is_empty()) {
            (Reached::Eight, true) => self.learn::<L, Eight, false>(l),
            (Reached::Sixteen, true) => self.learn::<L, Sixteen, false>(l),
            (Reached::Many, true) => self.learn::<L, Many, false>(l),
            (_, false) => self.learn::<L, Many, true>(l),
        }
    }
}

impl Learn<'_> {
    #[inline(always)]
    fn learn<L: Lanes, R: Reach, const NOTES: bool>(self, l: L) {
        let (of, sheet) = (self.of, self.sheet);
        let words = self.now.bits.of(of.bits, self.now.t);
        let normal = Normal::standard();
        let n = l.steps(self.live);
        let made = self.now.bits.normal(of.bits);
        let made = l.numbers(made, if made.is_empty() { 0 } else { n });
        let draws = of.is_normal && made.is_empty();
        let (stage, words) = (l.words(self.stage, n), l.words(words, if draws { n } else { 0 }));
        let own = l.numbers(self.quality, if self.quality.is_empty() { 0 } else { n });
        let satisfaction = l.numbers_mut(self.satisfaction, n);
        let met = l.numbers_mut(self.met, if NOTES { n } else { 0 });
        let (mean, learning) = (R::ready(l, &sheet.quality), R::ready(l, self.learning));
        let spread = R::ready(l, &of.spread);
        // Without lists nothing is looked up there.
        let listed = R::ready(l, of.by_list.as_ref().map_or(&of.spread, |by_list| &by_list.listed));
        for i in 0..n {
            let stage = l.load(&stage[i]);
            let mut quality = R::look_f(l, mean, stage);
            if of.is_normal {
                let z = if i < words.len() { normal.at(l, l.load(&words[i])) } else { l.load_f(&made[i]) };
                quality = l.mul_add(R::look_f(l, spread, stage), z, quality);
            }
            if i < own.len() {
                quality = l.pick_f(l.eq(R::look(l, listed, stage), l.u(1)), l.load_f(&own[i]), quality);
            }
            if NOTES {
                l.store_f(&mut met[i], l.within(quality, l.f(0.0), l.f(1.0)));
            }
            let s = l.load_f(&satisfaction[i]);
            let learned = l.mul_add(R::look_f(l, learning, stage), l.sub_f(quality, s), s);
            l.store_f(&mut satisfaction[i], l.within(learned, l.f(0.0), l.f(1.0)));
        }
    }
}
