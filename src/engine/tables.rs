//! The tables of one period: every number that the mechanisms read, for one segment of one scenario.

use crate::model::Model;
use crate::model::change::Op;
use crate::model::journey::{Chance, Driver, State};
use crate::model::param::ParamSet;
use crate::model::rows::{Moment, combinations};
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, TraitId, UNITS_PER_ONE};

use super::program::{BentShape, Program, place, single};
use super::sampler::threshold;

/// The tables of all periods for one segment of one scenario; equal periods share one.
pub struct Tables {
    periods: Vec<PeriodTable>,
    at: Vec<u32>,
}

/// Every number that the mechanisms read in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodTable {
    /// For each row, `width - 1` thresholds that a word is compared with.
    pub thresholds: Vec<u32>,
    /// For each row, the `width` stages between the thresholds.
    pub to: Vec<u8>,
    /// For each row, its chances in single precision where the row is bent; else nothing is read.
    pub weights: Vec<f32>,
    /// For each stage, its driver classes.
    pub classes: Vec<Vec<Bend>>,
    /// The operations on each trait that is a customer's own chance.
    pub own: Vec<OwnChance>,
    /// For each stage, the mean quality.
    pub quality: Vec<f32>,
    /// For each stage, the word threshold of a Bernoulli quality.
    pub quality_below: Vec<u32>,
    /// For each stage, how fast satisfaction learns there; 0 where nothing is experienced.
    pub learning: Vec<f32>,
    /// For each stage, what is bought there.
    pub buying: Vec<Option<Buying>>,
}

/// The exponent of a class of drivers: the sum of weight times (state - neutral).
pub type Bend = Vec<(State, f32)>;

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
    /// The mean number of purchases.
    pub rate: f32,
    /// The mean basket in ten-thousandths of the currency unit.
    pub basket: f64,
    /// What bends the rate.
    pub bend: Bend,
    /// The chances taken after each purchase: threshold of the total, and the stages with their cumulative shares.
    pub leave: Option<Leave>,
}

/// Chances taken after each purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Leave {
    /// The chance of leaving after one purchase; not used where it is the customer's own.
    pub chance: f64,
    /// The place in [`PeriodTable::own`] where the chance is the customer's own.
    pub own: Option<usize>,
    /// Where leaving leads to, with cumulative shares.
    pub to: Vec<(u8, f64)>,
}

impl Tables {
    /// The tables of a scenario and segment for one draw of the numbers, where nobody feels what others do.
    pub fn new(model: &Model, program: &Program, drawn: &ParamSet, scenario: ScenarioId, segment: SegmentId) -> Self {
        let timeline = Timeline::new(model, drawn, scenario, segment);
        let follows = model.stages.iter().any(crate::model::journey::Stage::follows_the_period);
        let mut tables = Self { periods: Vec::new(), at: vec![0] };
        for t in 1..=model.run.horizon {
            if t == 1 || follows || timeline.epoch(t) == t {
                tables.periods.push(PeriodTable::new(model, program, &timeline, t, 0.0));
            }
            tables.at.push(u32::try_from(tables.periods.len() - 1).unwrap_or(u32::MAX));
        }
        tables
    }

    /// The table of period `t`, from 1 on.
    pub fn period(&self, t: u32) -> &PeriodTable {
        &self.periods[self.at[t as usize] as usize]
    }
}

impl PeriodTable {
    /// The table of period `t`, when a share of all customers talked one period before.
    pub fn new(model: &Model, program: &Program, timeline: &Timeline<'_>, t: u32, talkers: f64) -> Self {
        let (values, _) = timeline.values(t);
        let total: usize = program.rows.iter().map(|shape| shape.count).sum();
        let gaps = program.width - 1;
        let mut table = Self {
            thresholds: vec![u32::MAX; total * gaps],
            to: vec![0; total * program.width],
            weights: vec![0.0; if program.bends { total * program.width } else { 0 }],
            classes: vec![Vec::new(); program.stages],
            own: Vec::new(),
            quality: vec![0.0; program.stages],
            quality_below: vec![0; program.stages],
            learning: vec![0.0; program.stages],
            buying: vec![None; program.stages],
        };
        for stage in 0..program.stages {
            table.fill_rows(model, program, &values, stage, t, talkers);
            table.fill_experience(model, &values, stage);
            table.fill_own(model, timeline, stage, t);
            table.fill_buying(model, &values, stage);
        }
        table
    }

    fn fill_rows(&mut self, model: &Model, program: &Program, values: &ParamSet, stage: usize, t: u32, talkers: f64) {
        let shape = &program.rows[stage];
        let written = &model.stages[stage];
        let lengths: Vec<usize> = shape.clocks.iter().map(|(_, length, _)| *length).collect();
        for (variant, clocks) in combinations(&lengths).enumerate() {
            let row = shape.first + variant;
            let chances = written.chances(&Moment { values, period: t, clocks: &clocks, talkers });
            match &shape.bent {
                Some(bent) => self.bent_row(program, bent, row, &chances),
                None => self.plain_row(
                    program,
                    stage,
                    row,
                    written.moves().map(|exit| place(exit.to)).zip(chances).collect(),
                ),
            }
        }
        if let Some(bent) = &shape.bent {
            let moves: Vec<_> = written.moves().collect();
            self.classes[stage] = bent.examples.iter().map(|exit| bend(&moves[*exit].drivers, values)).collect();
        }
    }

    /// Lays a row out: places in canonical order, impossible ones left out, the last one takes the rest.
    fn plain_row(&mut self, program: &Program, stage: usize, row: usize, mut exits: Vec<(u8, f64)>) {
        let stay = (1.0 - exits.iter().map(|(_, p)| p).sum::<f64>()).max(0.0);
        let here = u8::try_from(stage).unwrap_or(u8::MAX);
        let before = exits.iter().filter(|(to, _)| *to < here).count();
        exits.insert(before, (here, if stay < crate::model::check::ROUNDING { 0.0 } else { stay }));
        exits.retain(|(_, p)| *p > 0.0);
        let mut sum = 0.0;
        for (gap, (to, p)) in exits.iter().enumerate() {
            sum += p;
            self.to[row * program.width + gap] = *to;
            if gap + 1 < exits.len() {
                self.thresholds[row * (program.width - 1) + gap] = threshold(sum);
            }
        }
        let last = exits.last().map_or(here, |(to, _)| *to);
        for gap in exits.len()..program.width {
            self.to[row * program.width + gap] = last;
        }
    }

    fn bent_row(&mut self, program: &Program, bent: &BentShape, row: usize, chances: &[f64]) {
        let stay = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        let mut exits = chances.iter();
        for place in 0..bent.to.len() {
            let p = if place == bent.stay { stay } else { exits.next().copied().unwrap_or(0.0) };
            self.weights[row * program.width + place] = single(p);
        }
    }

    fn fill_experience(&mut self, model: &Model, values: &ParamSet, stage: usize) {
        if let (Some(experience), Some(quality)) = (&model.experience, &model.stages[stage].quality) {
            self.quality[stage] = single(values[quality.mean]);
            self.quality_below[stage] = threshold(values[quality.mean]);
            self.learning[stage] = single(values[experience.learning]);
        }
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
            let mut sum = 0.0;
            let to = leaves
                .iter()
                .map(|exit| {
                    sum += if total > 0.0 { chance(exit) / total } else { 1.0 };
                    (place(exit.to), sum)
                })
                .collect();
            Leave { chance: total, own, to }
        });
        self.buying[stage] = Some(Buying {
            rate: single(values[purchases.rate]),
            basket: values[purchases.basket] * UNITS_PER_ONE,
            bend: bend(&purchases.drivers, values),
            leave,
        });
    }
}

fn bend(drivers: &[Driver], values: &ParamSet) -> Bend {
    drivers.iter().map(|driver| (driver.on, single(values[driver.weight]))).collect()
}
