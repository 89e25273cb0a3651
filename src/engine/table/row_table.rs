//! Rows of chances, laid out for look-ups by row.

use crate::model::Model;
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::rows::{Moment, combinations, hold};

use super::classes::Classes;
use super::program::Program;
use super::shape::RowShape;
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::threshold;
use crate::engine::lanes::Strip;

/// The rows of one period: for every stage and combination of clocks, the places that it can lead to, in canonical
/// order, staying included, own chances as 0.
#[derive(Clone, Debug, PartialEq)]
pub struct RowTable {
    /// Where no row is bent: for each gap between two places of a row, the threshold that a word is compared with,
    /// by row.
    pub thresholds: Vec<Strip>,
    /// The stages that the places of a row lead to, by row: a byte for each, four places to a strip.
    pub to: Vec<Strip>,
    /// Where rows are bent: the sum of chances up to and including a place, by row; for each place first of those
    /// that nothing drives, then of each class of drivers.
    pub sums: Vec<Strip>,
    /// Where clocks make rows many and none has more than four places: the same side by side. For each row that is
    /// not bent its thresholds and then its stages; for each that is bent the sums of each class.
    pub fours: Vec<[u32; 4]>,
    /// The chance of staying, by row, where some chances are the customer's own.
    pub stay: Strip,
    /// Whether the chances of any row added up to more than 1, so that they were scaled.
    pub held: bool,
}

/// What rows are made from.
#[derive(Clone, Copy)]
pub struct RowMaker<'a> {
    /// The model.
    pub model: &'a Model,
    /// How rows are laid out.
    pub program: &'a Program,
    /// The numbers in force.
    pub values: &'a ParamSet,
    /// The period, from 1 on.
    pub t: u32,
    /// The share of all customers who talked one period before.
    pub talkers: f64,
}

impl RowTable {
    /// The rows of a period.
    pub fn new(of: RowMaker<'_>, classes: &Classes) -> Self {
        let (program, length) = (of.program, of.program.rows.count() + 1);
        let strips = |count: usize, nobody: u32| {
            let numbers = std::iter::repeat_n(0, length - 1).chain([nobody]);
            (0..count).map(|_| Strip::of(numbers.clone())).collect::<Vec<_>>()
        };
        let sums = if program.rows.bends { program.rows.width * (classes.count + 1) } else { 0 };
        let mut table = Self {
            thresholds: strips(if program.rows.bends { 0 } else { program.rows.width - 1 }, u32::MAX),
            to: strips(program.rows.width / 4, program.nobody().wrapping_mul(0x0101_0101)),
            sums: strips(sums, 0),
            fours: vec![[0; 4]; if program.rows.has_fours() { length * (classes.count + 1) } else { 0 }],
            stay: if program.rows.own.is_empty() { Strip::of([]) } else { Strip::of_f32(vec![1.0; length]) },
            held: false,
        };
        // Who is nobody has the first of all places.
        for strip in table.sums.iter_mut().step_by(classes.count + 1) {
            strip.fill_from(length - 1, 1.0_f32.to_bits());
        }
        for stage in 0..program.stages {
            table.write(of, classes, stage);
        }
        table.write_fours(classes.count, length - 1);
        table
    }

    /// Puts a row side by side, with the number of classes that bend it.
    pub fn write_fours(&mut self, classes: usize, row: usize) {
        let count = classes + 1;
        let bent = !self.sums.is_empty();
        for (class, four) in self.fours.iter_mut().skip(row * count).take(count).enumerate() {
            // Loops and no closures: whether those are inlined hangs on what else the program has.
            if bent {
                for (at, place) in four.iter_mut().enumerate() {
                    *place = self.sums[at * count + class].at(row);
                }
            } else {
                for (place, thresholds) in four.iter_mut().zip(&self.thresholds) {
                    *place = thresholds.at(row);
                }
                four[3] = self.to[0].at(row);
            }
        }
    }

    /// Writes again what changes from period to period by itself: by the period, or by word of mouth.
    pub fn refresh(&mut self, of: RowMaker<'_>, classes: &Classes) {
        for (place, stage) in of.model.stages.iter().enumerate() {
            if moves_on(stage) {
                self.write(of, classes, place);
            }
        }
    }

    /// Writes the rows of a stage.
    fn write(&mut self, of: RowMaker<'_>, classes: &Classes, stage: usize) {
        let (shape, written) = (&of.program.rows.shapes[stage], &of.model.stages[stage]);
        let lengths: Vec<usize> = shape.clocks.iter().map(|(_, length, _)| *length).collect();
        for (row, clocks) in (shape.first..).zip(combinations(&lengths)) {
            let moment = Moment { values: of.values, period: of.t, clocks: &clocks, talkers: of.talkers };
            let mut places = written.chances(&moment);
            self.held |= hold(&mut places);
            if let Some(pressure) = of.model.pressure(of.values) {
                written.lean(pressure, of.values, &mut places);
            }
            let stay = (1.0 - places.iter().sum::<f64>()).max(0.0);
            places.insert(shape.stay, if stay < crate::model::rows::ROUNDING { 0.0 } else { stay });
            if of.program.rows.bends {
                self.write_sums(of.program, classes, shape, &places, row);
            } else {
                self.write_thresholds(&places, row);
            }
            self.write_to(of.program, shape, &places, row);
            self.write_fours(classes.count, row);
        }
    }

    fn write_thresholds(&mut self, places: &[f64], row: usize) {
        let mut sum = 0.0;
        for (gap, strip) in self.thresholds.iter_mut().enumerate() {
            sum += places.get(gap).unwrap_or(&0.0);
            strip.set(row, if gap + 1 < places.len() { threshold(sum) } else { u32::MAX });
        }
    }

    /// A byte for each place. A place behind the last possible one leads where that leads: the very last word may
    /// pass a threshold that stands for 1.
    fn write_to(&mut self, program: &Program, shape: &RowShape, places: &[f64], row: usize) {
        let possible = places.iter().rposition(|p| *p > 0.0).unwrap_or(shape.stay);
        let last = if program.rows.bends { places.len() - 1 } else { possible };
        for (four, strip) in self.to.iter_mut().enumerate() {
            let byte = |i: usize| u32::from(shape.to[(four * 4 + i).min(last)]) << (8 * i);
            strip.set(row, (0..4).map(byte).fold(0, std::ops::BitOr::bitor));
        }
    }

    /// For each place the sums up to it, of what nothing drives and of each class of drivers.
    fn write_sums(&mut self, program: &Program, classes: &Classes, shape: &RowShape, places: &[f64], row: usize) {
        let class = &classes.of[shape.stage];
        let mut sums = vec![0.0; classes.count + 1];
        for (at, strips) in self.sums.chunks_mut(sums.len()).enumerate() {
            if let Some(p) = places.get(at) {
                sums[class[at]] += p;
            }
            for (strip, sum) in strips.iter_mut().zip(&sums) {
                strip.set(row, single(*sum).to_bits());
            }
        }
        if !program.rows.own.is_empty() {
            self.stay.set(row, single(places[shape.stay]).to_bits());
        }
    }
}

/// Whether a stage's chances change from period to period by themselves.
fn moves_on(stage: &Stage) -> bool {
    stage.follows_the_period() || stage.exits.iter().any(|exit| exit.word_of_mouth.is_some())
}
