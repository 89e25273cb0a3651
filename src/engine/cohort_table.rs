//! A cohort table is every number that a cohort reads in one period, as [`super::tables`] is for simulated customers.

use crate::model::Model;
use crate::model::journey::{Driver, Stage, State};
use crate::model::param::ParamSet;
use crate::model::rows::{Moment, combinations};
use crate::model::timeline::Timeline;

use super::numeric::exp::exp_held;
use super::satisfaction_grid::{Kernel, SatisfactionGrid};

/// The numbers in force in one period for one segment of one scenario.
pub struct CohortTable<'a, 'm> {
    /// What is true of the study.
    pub model: &'m Model,
    /// The numbers over time.
    pub timeline: &'a Timeline<'m>,
    /// The satisfactions that are told apart.
    pub grid: &'a SatisfactionGrid,
    /// The period.
    pub t: u32,
    /// The number at each path.
    pub values: ParamSet,
    /// The chances at neutral by stage and combination of clocks, own chances as 0.
    pub chances: Vec<Vec<Vec<f64>>>,
    /// By stage and move: by how much satisfaction multiplies its weight, node by node; empty where it does not.
    pub tilts: Vec<Vec<Vec<f64>>>,
    /// By stage: by how much satisfaction multiplies the rate of purchases, node by node; empty where it does not.
    pub rates: Vec<Vec<f64>>,
    kernels: Vec<Option<Felt>>,
}

/// A kernel with the mean and the learning that it was made by.
struct Felt {
    made_by: (u64, u64),
    kernel: Kernel,
}

impl<'a, 'm> CohortTable<'a, 'm> {
    /// The table of time 0.
    pub fn new(model: &'m Model, timeline: &'a Timeline<'m>, grid: &'a SatisfactionGrid) -> Self {
        let mut table = Self {
            model,
            timeline,
            grid,
            t: 0,
            values: timeline.values(0).0,
            chances: Vec::new(),
            tilts: Vec::new(),
            rates: Vec::new(),
            kernels: model.stages.iter().map(|_| None).collect(),
        };
        table.fill();
        table
    }

    /// Starts at period `t` instead.
    pub fn start_at(&mut self, t: u32) {
        self.t = t;
        self.values = self.timeline.values(t).0;
        self.fill();
    }

    /// Goes on to period `t`.
    pub fn go_to(&mut self, t: u32) {
        self.t = t;
        if self.timeline.epoch(t) == t {
            self.values = self.timeline.values(t).0;
            self.fill();
        } else if self.model.stages.iter().any(Stage::follows_the_period) {
            self.fill_chances();
        }
    }

    /// What one period in a stage does to satisfaction; none where nothing is felt.
    pub fn kernel(&self, stage: usize) -> Option<&Kernel> {
        self.kernels[stage].as_ref().map(|felt| &felt.kernel)
    }

    fn fill(&mut self) {
        self.fill_chances();
        let tilts = |stage: &Stage| stage.moves().map(|exit| self.tilt(&exit.drivers)).collect();
        self.tilts = self.model.stages.iter().map(tilts).collect();
        let rate = |stage: &Stage| stage.purchases.as_ref().map_or_else(Vec::new, |p| self.tilt(&p.drivers));
        self.rates = self.model.stages.iter().map(rate).collect();
        self.fill_kernels();
    }

    fn fill_chances(&mut self) {
        let (values, period) = (&self.values, self.t);
        let of_stage = |stage: &Stage| {
            let lengths = stage.clock_lengths();
            combinations(&lengths)
                .map(|clocks| stage.chances(&Moment { values, period, clocks: &clocks, talkers: 0.0 }))
                .collect()
        };
        self.chances = self.model.stages.iter().map(of_stage).collect();
    }

    fn tilt(&self, drivers: &[Driver]) -> Vec<f64> {
        let of_satisfaction = drivers.iter().filter(|driver| driver.on == State::Satisfaction);
        let weights: Vec<f64> = of_satisfaction.map(|driver| self.values[driver.weight]).collect();
        let Some(experience) = self.model.experience.as_ref().filter(|_| !weights.is_empty()) else {
            return Vec::new();
        };
        let weight: f64 = weights.iter().sum();
        self.grid.nodes().iter().map(|s| exp_held(weight * (s - experience.neutral))).collect()
    }

    fn fill_kernels(&mut self) {
        let Some(experience) = self.model.experience.as_ref().filter(|_| self.grid.nodes().len() > 1) else { return };
        let learning = self.values[experience.learning];
        for (stage, felt) in self.model.stages.iter().zip(&mut self.kernels) {
            let Some(quality) = &stage.quality else { continue };
            let mean = self.values[quality.mean];
            let made_by = (mean.to_bits(), learning.to_bits());
            if felt.as_ref().is_none_or(|felt| felt.made_by != made_by) {
                *felt = Some(Felt { made_by, kernel: self.grid.kernel(&quality.law, mean, learning) });
            }
        }
    }
}
