//! Kernels are made once: stages, segments, scenarios and periods in which a quality is the same share one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::model::Model;

use super::quality_law::QualityLaw;
use super::satisfaction_grid::{Kernel, SatisfactionGrid};

/// What a kernel is made by: the law, and the bits of the mean and of the learning.
type MadeBy = (usize, u64, u64);

/// The laws that a study's customers experience, each once.
pub struct Laws {
    each: Vec<QualityLaw>,
    /// By stage: its law.
    stages: Vec<Option<usize>>,
    start: Option<QualityLaw>,
}

impl Laws {
    /// The laws of a model.
    pub fn of(model: &Model) -> Self {
        let mut each: Vec<QualityLaw> = Vec::new();
        let stages = model
            .stages
            .iter()
            .map(|stage| {
                let law = stage.quality.as_ref()?.law.clone();
                let known = each.iter().position(|its| its.law == law);
                Some(known.unwrap_or_else(|| {
                    each.push(QualityLaw::new(law));
                    each.len() - 1
                }))
            })
            .collect();
        let start = model.experience.as_ref().map(|its| QualityLaw::new(its.start.clone()));
        Self { each, stages, start }
    }
}

/// The kernels of one draw of the numbers on one grid.
pub struct Kernels<'a> {
    grid: &'a SatisfactionGrid,
    laws: &'a Laws,
    start: OnceLock<Vec<f64>>,
    made: Mutex<BTreeMap<MadeBy, Arc<Kernel>>>,
}

impl<'a> Kernels<'a> {
    /// No kernels yet.
    pub fn new(grid: &'a SatisfactionGrid, laws: &'a Laws) -> Self {
        Self { grid, laws, start: OnceLock::new(), made: Mutex::default() }
    }

    /// How many kernels were made, each counted once.
    pub fn count(&self) -> usize {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).len()
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
        // Whoever comes second finds it, or makes the same.
        let known = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&made_by).cloned();
        Some(known.unwrap_or_else(|| {
            let kernel = Arc::new(self.grid.kernel(&self.laws.each[law], mean, learning));
            self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(made_by, Arc::clone(&kernel));
            kernel
        }))
    }
}
