//! The tables of one period: every number that the mechanisms read, for one segment of one scenario.

use crate::model::Model;
use crate::model::change::Op;
use crate::model::draw::Draw;
use crate::model::journey::{Chance, Stage, State};
use crate::model::param::ParamSet;
use crate::model::rows::ROUNDING;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, TraitId, UNITS_PER_ONE};

use super::classes::{Classes, weight_of};
use super::program::Program;
use super::row_table::{RowMaker, RowTable};
use crate::engine::chance::narrow::{place, single};
use crate::engine::chance::sampler::threshold;
use crate::engine::lanes::Strip;

/// The tables of all periods for one segment of one scenario; equal periods share one.
pub struct Tables {
    periods: Vec<PeriodTable>,
    at: Vec<u32>,
}

/// Every number that the mechanisms read in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodTable {
    /// The rows of chances.
    pub rows: RowTable,
    /// What drives moves.
    pub classes: Classes,
    /// The operations on each trait that is a customer's own chance.
    pub own: Vec<OwnChance>,
    /// The mean quality, by stage.
    pub quality: Strip,
    /// For each stage, the word threshold of a Bernoulli quality.
    pub quality_below: Vec<u32>,
    /// How fast satisfaction learns, by stage; 0 where nothing is experienced.
    pub learning: Strip,
    /// The mean number of purchases, by stage.
    pub rate: Strip,
    /// The weights of the states that drive purchases, by stage; one strip a state.
    pub rate_weights: Vec<Strip>,
    /// For each stage, what is bought there.
    pub buying: Vec<Option<Buying>>,
    /// Whether a number had to be held in its range, or a row scaled.
    pub held: bool,
}

/// A customer's own chance of an exit after the changes in force.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnChance {
    /// The stage that the exit leads out of.
    pub from: u8,
    /// The stage that it leads to.
    pub to: u8,
    /// The trait.
    pub of: TraitId,
    /// The operations, their amounts and shares.
    pub operations: Vec<(Op, f64, f64)>,
}

/// What is bought in a stage in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Buying {
    /// The mean basket in ten-thousandths of the currency unit.
    pub basket: f64,
    /// The chances taken after each purchase: threshold of the total, and the stages with their cumulative shares.
    pub leave: Option<Leave>,
}

/// Chances taken after each purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Leave {
    /// The chance of leaving after one purchase; not used where it is the customer's own.
    pub chance: f64,
    /// For each small number of purchases, words below this one let the customer stay through all of them; a little
    /// lower than it might be, so that only the words that need it are looked at closely.
    pub surely_stays: [u32; 8],
    /// The place in [`PeriodTable::own`] where the chance is the customer's own.
    pub own: Option<usize>,
    /// Where leaving leads to, with cumulative shares.
    pub to: Vec<(u8, f64)>,
}

impl Tables {
    /// The tables of a scenario and segment for one draw of the numbers, where nobody feels what others do.
    pub fn new(model: &Model, program: &Program, drawn: &Draw, scenario: ScenarioId, segment: SegmentId) -> Self {
        let timeline = Timeline::new(model, drawn, scenario, segment);
        let follows = model.stages.iter().any(Stage::follows_the_period);
        let mut tables = Self { periods: Vec::new(), at: vec![0] };
        for t in 1..=model.run.horizon {
            if t == 1 || timeline.epoch(t) == t {
                tables.periods.push(PeriodTable::new(model, program, &timeline, t, 0.0));
            } else if follows && let Some(mut table) = tables.periods.last().cloned() {
                table.refresh(model, program, &timeline, t, 0.0);
                tables.periods.push(table);
            }
            tables.at.push(u32::try_from(tables.periods.len() - 1).unwrap_or(u32::MAX));
        }
        tables
    }

    /// Whether a number had to be held in its range, or a row scaled.
    pub fn held(&self) -> bool {
        self.periods.iter().any(|table| table.held)
    }

    /// The last period.
    pub fn horizon(&self) -> u32 {
        u32::try_from(self.at.len() - 1).unwrap_or(u32::MAX)
    }

    /// Which of the tables is that of period `t`, from 1 on.
    pub fn place(&self, t: u32) -> usize {
        self.at[t as usize] as usize
    }

    /// The table of period `t`, from 1 on.
    pub fn period(&self, t: u32) -> &PeriodTable {
        &self.periods[self.at[t as usize] as usize]
    }
}

impl PeriodTable {
    /// The table of period `t`, when a share of all customers talked one period before.
    pub fn new(model: &Model, program: &Program, timeline: &Timeline<'_>, t: u32, talkers: f64) -> Self {
        let (values, outside) = timeline.values(t);
        let classes = Classes::new(model, program, &values);
        let rows = RowTable::new(RowMaker { model, program, values: &values, t, talkers }, &classes);
        let by_stage = |number: &dyn Fn(usize) -> f64| {
            Strip::of_f32((0..program.stages).map(|stage| single(number(stage))).chain([0.0]))
        };
        let felt = |stage: usize| model.experience.as_ref().zip(model.stages[stage].quality.as_ref());
        let rate = |stage: usize| model.stages[stage].purchases.as_ref().map_or(0.0, |p| values[p.rate]);
        let mut table = Self {
            rows,
            classes,
            own: Vec::new(),
            quality: by_stage(&|stage| felt(stage).map_or(0.0, |(_, quality)| values[quality.mean])),
            quality_below: Vec::new(),
            learning: by_stage(&|stage| felt(stage).map_or(0.0, |(experience, _)| values[experience.learning])),
            rate: by_stage(&rate),
            rate_weights: rate_weights(model, program, &values),
            buying: vec![None; program.stages],
            held: !outside.is_empty(),
        };
        for stage in 0..program.stages {
            let mean = felt(stage).map_or(0.0, |(_, quality)| values[quality.mean]);
            table.quality_below.push(threshold(mean));
            table.fill_own(model, timeline, stage, t);
            table.fill_buying(model, &values, stage);
        }
        table.held |= table.rows.held;
        table
    }

    /// The table of period `t`, from that of a period in which the same changes were in force.
    pub fn refresh(&mut self, model: &Model, program: &Program, timeline: &Timeline<'_>, t: u32, talkers: f64) {
        let (values, _) = timeline.values(t);
        self.rows.refresh(RowMaker { model, program, values: &values, t, talkers }, &self.classes);
        self.held |= self.rows.held;
    }

    /// Whether another table has the same numbers but for the chances of moves and what drives them.
    pub fn differs_in_moves_alone(&self, other: &Self) -> bool {
        self.own == other.own
            && self.quality == other.quality
            && self.quality_below == other.quality_below
            && self.learning == other.learning
            && self.rate == other.rate
            && self.rate_weights == other.rate_weights
            && self.buying == other.buying
    }

    fn fill_own(&mut self, model: &Model, timeline: &Timeline<'_>, stage: usize, t: u32) {
        let here = u8::try_from(stage).unwrap_or(u8::MAX);
        for exit in &model.stages[stage].exits {
            if let Chance::Own { of, changes } = exit.chance {
                self.own.push(OwnChance {
                    from: here,
                    to: place(exit.to),
                    of,
                    operations: timeline.own_operations(changes, t),
                });
            }
        }
    }

    fn fill_buying(&mut self, model: &Model, values: &ParamSet, stage: usize) {
        let written = &model.stages[stage];
        let Some(purchases) = &written.purchases else { return };
        let leaves: Vec<_> = written.leaves().collect();
        let here = u8::try_from(stage).unwrap_or(u8::MAX);
        let leave = (!leaves.is_empty()).then(|| {
            let own = leaves.iter().find_map(|exit| match exit.chance {
                Chance::Own { .. } => self.own.iter().position(|own| own.from == here && own.to == place(exit.to)),
                _ => None,
            });
            let chance = |exit: &crate::model::journey::Exit| match exit.chance {
                Chance::Fixed(id) => values[id],
                _ => 1.0,
            };
            let total: f64 = leaves.iter().map(|exit| chance(exit)).sum();
            let leaving = total.min(1.0);
            self.held |= total > 1.0 + ROUNDING;
            let mut sum = 0.0;
            let to = leaves
                .iter()
                .map(|exit| {
                    sum += if total > 0.0 { chance(exit) / total } else { 1.0 };
                    (place(exit.to), sum)
                })
                .collect();
            Leave { chance: leaving, surely_stays: surely_stays(leaving), own, to }
        });
        self.buying[stage] = Some(Buying { basket: values[purchases.basket] * UNITS_PER_ONE, leave });
    }
}

fn rate_weights(model: &Model, program: &Program, values: &ParamSet) -> Vec<Strip> {
    let weight = |stage: &Stage, state: State| weight_of(&stage.purchases.as_ref()?.drivers, state, values);
    let strip = |state: &State| {
        Strip::of_f32(model.stages.iter().map(|stage| weight(stage, *state).unwrap_or(0.0)).chain([0.0]))
    };
    program.rate_states.iter().map(strip).collect()
}

fn surely_stays(chance: f64) -> [u32; 8] {
    let mut stayed = 1.0;
    std::array::from_fn(|purchases| {
        if purchases > 0 {
            stayed *= 1.0 - chance;
        }
        threshold(stayed - 1e-9)
    })
}
