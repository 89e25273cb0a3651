//! A cohort table is every number that a cohort reads in one period, as [`crate::engine::table::tables`] is for simulated customers.

use std::sync::Arc;

use crate::model::Model;
use crate::model::journey::{Chance, Clock, Driver, Exit, Stage};
use crate::model::param::ParamSet;
use crate::model::rate::Rate;
use crate::model::rival::share_of;
use crate::model::rows::{Moment, combinations, hold};
use crate::model::timeline::Timeline;
use crate::quantity::SegmentId;

use super::bend::{Bend, Own};
use super::kernel::Kernel;
use super::kernels::Kernels;
use super::touch_numbers::{PointNumbers, Whose};

/// The numbers in force in one period for one segment of one scenario.
pub struct CohortTable<'a, 'm> {
    model: &'m Model,
    timeline: &'a Timeline<'m>,
    kernels: &'a Kernels<'a>,
    segment: SegmentId,
    /// The period.
    pub t: u32,
    /// How often it was filled.
    pub fills: u32,
    /// The number at each path.
    values: ParamSet,
    /// By stage.
    pub stages: Vec<StageNumbers>,
    /// By stage: what its lists are read by, and how long they are.
    clocks: Vec<(Vec<Clock>, Vec<usize>)>,
    /// What is used again for every stage: its chances, and the bits of what it is made by.
    chances: Vec<f64>,
    bits: Vec<u64>,
}

/// What a stage is like in a period.
#[derive(Clone, Default)]
pub struct StageNumbers {
    /// Grows whenever any of the numbers is another one than in the period before.
    pub version: u32,
    /// The chances at neutral by combination of clocks and move, own chances as 0.
    pub chances: Vec<f64>,
    /// Of each move.
    pub moves: Vec<Bend>,
    /// Of each way out after a purchase.
    pub leaves: Vec<Own>,
    /// Of purchases: the rate, the basket, and what bends the rate.
    pub purchases: (f64, f64, Bend),
    /// Which share of purchases is the company's; none where rivals share none.
    pub own: Option<OwnShare>,
    /// Of what happens at a rate: the mean, and what bends it; by rate, none where it does not happen.
    pub rates: Vec<Option<(f64, Bend)>>,
    /// What one period in the stage does to satisfaction; none where nothing is felt.
    pub kernel: Option<Arc<Kernel>>,
    /// The touchpoints that happen in the stage.
    pub points: Vec<PointNumbers>,
    /// The bits of every number that these are made by.
    pub touched_by: Vec<u64>,
    made_by: Vec<u64>,
}

/// Which share of what customers buy is the company's.
#[derive(Clone)]
pub struct OwnShare {
    /// The share before drivers.
    share: f64,
    /// What bends it, in log-odds.
    pub bend: Bend,
}

impl OwnShare {
    /// The share whose odds drivers multiply by so much.
    pub fn at(&self, odds: f64) -> f64 {
        share_of(self.share, odds)
    }
}

impl<'a, 'm> CohortTable<'a, 'm> {
    /// The table of time `t`.
    pub fn new(
        (model, segment): (&'m Model, SegmentId),
        timeline: &'a Timeline<'m>,
        kernels: &'a Kernels<'a>,
        t: u32,
    ) -> Self {
        let stages = vec![StageNumbers::default(); model.stages.len()];
        let mut table = Self {
            model,
            timeline,
            kernels,
            segment,
            t,
            fills: 0,
            values: timeline.values(t).0,
            stages,
            clocks: model.stages.iter().map(|stage| (stage.clocks(), stage.clock_lengths())).collect(),
            chances: Vec::new(),
            bits: Vec::new(),
        };
        table.fill();
        table
    }

    /// What is true of the study.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// What periods and touchpoints do to satisfaction.
    pub fn kernels(&self) -> &'a Kernels<'a> {
        self.kernels
    }

    /// Goes on or back to period `t`.
    pub fn go_to(&mut self, t: u32) {
        let changes = self.timeline.epoch(t) != self.timeline.epoch(self.t);
        self.t = t;
        if changes {
            self.values = self.timeline.values(t).0;
        }
        if changes || self.model.stages.iter().any(Stage::follows_the_period) {
            self.fill();
        }
    }

    fn fill(&mut self) {
        self.fills += 1;
        let (mut chances, mut bits) = (std::mem::take(&mut self.chances), std::mem::take(&mut self.bits));
        for (at, stage) in self.model.stages.iter().enumerate() {
            self.read_chances((at, stage), &mut chances);
            self.read((at, stage), &chances, &mut bits);
            if self.stages[at].version == 0 || self.stages[at].made_by != bits {
                let version = self.stages[at].version + 1;
                self.stages[at] = StageNumbers {
                    version,
                    chances: chances.clone(),
                    moves: stage.moves().map(|exit| self.bend(&exit.drivers, self.own(exit))).collect(),
                    leaves: stage.leaves().map(|exit| self.after_purchase(exit)).collect(),
                    purchases: self.purchases(stage),
                    own: self.own_share(stage),
                    rates: self.model.rates.iter().map(|rate| self.rate(rate, at)).collect(),
                    kernel: self.kernel(at, stage),
                    points: self.whose(at).points(self.kernels),
                    touched_by: self.touched_by(at),
                    made_by: bits.clone(),
                };
            }
        }
        (self.chances, self.bits) = (chances, bits);
    }

    /// The bits of every number that a stage is made by.
    fn read(&self, (at, stage): (usize, &Stage), chances: &[f64], bits: &mut Vec<u64>) {
        bits.clear();
        let mut add = |number: f64| bits.push(number.to_bits());
        chances.iter().copied().for_each(&mut add);
        let purchases = stage.purchases.as_ref();
        purchases.into_iter().flat_map(|its| [self.values[its.rate], self.values[its.basket]]).for_each(&mut add);
        let drivers = stage.move_drivers().chain(purchases.into_iter().flat_map(|its| &its.drivers));
        if let Some(wallet) = purchases.and_then(|its| its.wallet.as_ref()) {
            [self.values[wallet.share], self.model.pressure(&self.values).unwrap_or(0.0)]
                .into_iter()
                .for_each(&mut add);
            wallet.drivers.iter().map(|driver| self.values[driver.weight]).for_each(&mut add);
        }
        drivers.map(|driver| self.values[driver.weight]).for_each(&mut add);
        for rate in self.model.rates.iter().filter_map(|rate| rate.of(at)) {
            add(self.values[rate.mean]);
            rate.drivers.iter().map(|driver| self.values[driver.weight]).for_each(&mut add);
        }
        if let (Some(experience), Some(quality)) = (&self.model.experience, &stage.quality) {
            [self.values[quality.mean], self.values[experience.learning]].into_iter().for_each(&mut add);
        }
        self.whose(at).read(&mut add);
        for exit in &stage.exits {
            match exit.chance {
                Chance::Own { changes, .. } => {
                    for (op, amount, share) in self.timeline.own_operations(changes, self.t) {
                        [f64::from(op as u8), amount, share].into_iter().for_each(&mut add);
                    }
                }
                Chance::Fixed(id) => add(self.values[id]),
                Chance::Listed { .. } | Chance::Competing(_) => {}
            }
        }
    }

    fn read_chances(&self, (at, stage): (usize, &Stage), chances: &mut Vec<f64>) {
        chances.clear();
        let (clocks, lengths) = &self.clocks[at];
        for places in combinations(lengths) {
            let first = chances.len();
            let moment = Moment { values: &self.values, period: self.t, clocks: &places, talkers: 0.0 };
            stage.add_chances(&moment, clocks, chances);
            hold(&mut chances[first..]);
            if let Some(pressure) = self.model.pressure(&self.values) {
                stage.lean(pressure, &self.values, &mut chances[first..]);
            }
        }
    }

    fn own(&self, exit: &Exit) -> Option<Own> {
        match exit.chance {
            Chance::Own { of, changes } => Some(Own::Of(of, self.timeline.own_operations(changes, self.t))),
            _ => None,
        }
    }

    fn after_purchase(&self, exit: &Exit) -> Own {
        let chance = match exit.chance {
            Chance::Fixed(id) => self.values[id],
            _ => 0.0,
        };
        self.own(exit).unwrap_or(Own::Fixed(chance))
    }

    fn bend(&self, drivers: &[Driver], own: Option<Own>) -> Bend {
        let nodes = self.kernels.grid().nodes();
        Bend { own, ..Bend::of(self.model, &self.values, drivers, nodes) }
    }

    fn purchases(&self, stage: &Stage) -> (f64, f64, Bend) {
        stage.purchases.as_ref().map_or_else(Default::default, |its| {
            (self.values[its.rate], self.values[its.basket], self.bend(&its.drivers, None))
        })
    }

    fn own_share(&self, stage: &Stage) -> Option<OwnShare> {
        let wallet = stage.purchases.as_ref()?.wallet.as_ref()?;
        let pressure = self.model.pressure(&self.values).unwrap_or(0.0);
        let share = wallet.mean(wallet.leant(self.values[wallet.share], pressure));
        Some(OwnShare { share, bend: self.bend(&wallet.drivers, None) })
    }

    fn rate(&self, rate: &Rate, at: usize) -> Option<(f64, Bend)> {
        rate.of(at).map(|its| (self.values[its.mean], self.bend(&its.drivers, None)))
    }

    fn whose(&self, stage: usize) -> Whose<'_> {
        Whose { model: self.model, values: &self.values, segment: self.segment, stage }
    }

    fn touched_by(&self, stage: usize) -> Vec<u64> {
        let mut bits = Vec::new();
        self.whose(stage).read(|number| bits.push(number.to_bits()));
        bits
    }

    fn kernel(&self, at: usize, stage: &Stage) -> Option<Arc<Kernel>> {
        let experience = self.model.experience.as_ref().filter(|_| self.kernels.grid().nodes().len() > 1)?;
        let quality = stage.quality.as_ref()?;
        self.kernels.kernel(at, self.values[quality.mean], self.values[experience.learning])
    }
}
