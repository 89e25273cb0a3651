//! Kernels are made once: stages, segments, scenarios and periods in which a quality is the same share one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::model::Model;
use crate::model::journey::Quality;

use super::effect::Effect;
use super::kernel::Kernel;
use super::quality_law::QualityLaw;
use super::satisfaction_grid::SatisfactionGrid;
use super::work::Making;

/// What a kernel is made by: the law, and the bits of the mean and of the learning.
type MadeBy = (usize, u64, u64);
/// What the kernel of an occurrence is made by: the law, and the bits of the mean, of the effort and of the pace.
type TouchedBy = (usize, [u64; 3]);

/// The laws that a study's customers experience, each once.
pub struct Laws {
    each: Vec<QualityLaw>,
    /// By stage: its law.
    stages: Vec<Option<usize>>,
    /// By touchpoint and end: its law.
    ends: Vec<Vec<Option<usize>>>,
    start: Option<QualityLaw>,
}

impl Laws {
    /// The laws of a model.
    pub fn of(model: &Model) -> Self {
        let mut each: Vec<QualityLaw> = Vec::new();
        let mut place = |quality: Option<&Quality>| {
            let law = &quality?.law;
            let known = each.iter().position(|its| its.law == *law);
            Some(known.unwrap_or_else(|| {
                each.push(QualityLaw::new(law.clone()));
                each.len() - 1
            }))
        };
        let stages = model.stages.iter().map(|stage| place(stage.quality.as_ref())).collect();
        let touchpoints = model.touchpoints.iter();
        let ends = touchpoints.map(|its| its.ends.iter().map(|end| place(end.quality.as_ref())).collect()).collect();
        let start = model.experience.as_ref().map(|its| QualityLaw::new(its.start.clone()));
        Self { each, stages, ends, start }
    }
}

/// The kernels of one draw of the numbers on one grid.
pub struct Kernels<'a> {
    grid: &'a SatisfactionGrid,
    laws: &'a Laws,
    start: OnceLock<Vec<f64>>,
    made: Mutex<BTreeMap<MadeBy, Arc<Kernel>>>,
    touched: Mutex<BTreeMap<TouchedBy, Arc<Kernel>>>,
    effects: Mutex<BTreeMap<Vec<u64>, Arc<Effect>>>,
}

impl<'a> Kernels<'a> {
    /// No kernels yet.
    pub fn new(grid: &'a SatisfactionGrid, laws: &'a Laws) -> Self {
        let start = OnceLock::new();
        Self { grid, laws, start, made: Mutex::default(), touched: Mutex::default(), effects: Mutex::default() }
    }

    /// How many kernels were made, each counted once.
    pub fn count(&self) -> usize {
        open(&self.made).len() + open(&self.touched).len()
    }

    /// What it took to make what touchpoints do to all kinds of customers alike.
    pub fn work(&self) -> Making {
        open(&self.effects).values().fold(Making::default(), |all, effect| all + effect.work)
    }

    /// The satisfactions that are told apart.
    pub fn grid(&self) -> &'a SatisfactionGrid {
        self.grid
    }

    /// The weights of satisfaction at the start.
    pub fn start(&self) -> &[f64] {
        let known = self.laws.start.as_ref();
        self.start.get_or_init(|| known.map_or_else(|| vec![1.0], |law| self.grid.start(law)))
    }

    /// What one period in a stage does to satisfaction, at this mean and learning; none where nothing is felt.
    pub fn kernel(&self, stage: usize, mean: f64, learning: f64) -> Option<Arc<Kernel>> {
        let law = self.laws.stages[stage]?;
        let made_by = (law, mean.to_bits(), learning.to_bits());
        Some(found(&self.made, made_by, || self.grid.kernel(&self.laws.each[law], mean, learning)))
    }

    /// What one occurrence of a touchpoint that ends so does to satisfaction; none where nothing is felt.
    pub fn touched(&self, (place, end): (usize, usize), mean: f64, by: (f64, f64)) -> Option<Arc<Kernel>> {
        let law = self.laws.ends[place][end]?;
        let made_by = (law, [mean, by.0, by.1].map(f64::to_bits));
        Some(found(&self.touched, made_by, || self.grid.touched(&self.laws.each[law], mean, by)))
    }

    /// What touchpoints do in a period, made once for all that they are made by.
    pub fn effect(&self, made_by: Vec<u64>, make: impl FnOnce() -> Effect) -> Arc<Effect> {
        found(&self.effects, made_by, make)
    }
}

fn open<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was made by this; whoever comes second finds it, or makes the same.
fn found<K: Ord, T>(of: &Mutex<BTreeMap<K, Arc<T>>>, made_by: K, make: impl FnOnce() -> T) -> Arc<T> {
    let known = open(of).get(&made_by).cloned();
    known.unwrap_or_else(|| {
        let made = Arc::new(make());
        open(of).insert(made_by, Arc::clone(&made));
        made
    })
}
