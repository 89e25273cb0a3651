//! The numbers of the touchpoints of a stage in a period, as a cohort reads them.

use std::sync::Arc;

use crate::model::Model;
use crate::model::journey::Driver;
use crate::model::param::ParamSet;
use crate::model::touchpoint::{Cause, End, Occurs, Row, Touchpoint, Way};
use crate::quantity::{ParamId, SegmentId, StageId};

use super::bend::Bend;
use super::kernel::Kernel;
use super::kernels::Kernels;

/// A touchpoint that happens in a stage.
#[derive(Clone)]
pub struct PointNumbers {
    /// Its place among the touchpoints of the model.
    pub place: usize,
    /// What brings it about.
    pub cause: Cause,
    /// How often it comes in the mean, or with which chance.
    pub often: f64,
    /// What bends that.
    pub bend: Bend,
    /// What other ends leave over.
    pub rest: f64,
    /// How it ends.
    pub ends: Vec<EndNumbers>,
}

/// How a touchpoint ends.
#[derive(Clone)]
pub struct EndNumbers {
    /// The chance; 0 of how it ends by itself.
    pub chance: f64,
    /// What bends that.
    pub bend: Bend,
    /// What it does to satisfaction; none where nothing is felt.
    pub kernel: Option<Arc<Kernel>>,
    /// What the ways leave over.
    pub stays: f64,
    /// Where it takes people: the stage, none where they are there already, the chance, and what bends that.
    pub ways: Vec<(Option<StageId>, f64, Bend)>,
}

/// Whose numbers are read.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// What is true of the study.
    pub model: &'a Model,
    /// The numbers in force.
    pub values: &'a ParamSet,
    /// The segment of the customers.
    pub segment: SegmentId,
    /// The stage that they are in.
    pub stage: usize,
}

impl PointNumbers {
    /// Whether a trait drives any of it.
    pub fn reads_traits(&self) -> bool {
        let ends = self.ends.iter().flat_map(|end| std::iter::once(&end.bend).chain(end.ways.iter().map(|its| &its.2)));
        std::iter::once(&self.bend).chain(ends).any(|bend| !bend.traits.is_empty())
    }
}

impl<'a> Whose<'a> {
    /// The row by which each touchpoint happens here, with its mean or chance; none of those that do not.
    fn met(self) -> impl Iterator<Item = (usize, &'a Touchpoint, &'a Row, f64)> {
        let all = self.model.touchpoints.iter().enumerate();
        all.filter_map(move |(place, its)| {
            let (row, often) = its.rows.iter().map(|row| (row, self.often(row))).find(|(_, often)| *often > 0.0)?;
            Some((place, its, row, often))
        })
    }

    fn often(self, row: &Row) -> f64 {
        if !row.whom.segments.get(self.segment.index()).is_none_or(|fits| *fits) {
            return 0.0;
        }
        match row.stages[self.stage] {
            None => 0.0,
            Some(Occurs::Always) => 1.0,
            Some(Occurs::With(id)) => self.values[id],
        }
    }

    /// The bits of every number that the touchpoints here are made by.
    pub fn read(self, mut add: impl FnMut(f64)) {
        for (place, its, row, often) in self.met() {
            add(place as f64);
            // Rows of a plan may come in other ways, equally often.
            add(its.rows.iter().position(|other| std::ptr::eq(other, row)).unwrap_or(0) as f64);
            add(often);
            self.model.experience.iter().for_each(|its| add(self.values[its.learning]));
            let mut number = |id: ParamId| add(self.values[id]);
            its.all_drivers().for_each(|driver| number(driver.weight));
            for end in &its.ends {
                let ids = [end.chance, end.quality.as_ref().map(|its| its.mean), end.effort, end.importance];
                ids.into_iter().flatten().chain(end.ways.iter().map(|way| way.chance)).for_each(&mut number);
            }
        }
    }

    /// The touchpoints that happen here, in the order of cause.
    pub fn points(self, kernels: &Kernels<'_>) -> Vec<PointNumbers> {
        let nodes = kernels.grid().nodes();
        let bend = |drivers: &[Driver]| Bend::of(self.model, self.values, drivers, nodes);
        let point = |(place, its, row, often): (usize, &Touchpoint, &Row, f64)| {
            let ends: Vec<EndNumbers> =
                its.ends.iter().enumerate().map(|(end, written)| self.end((place, end), written, kernels)).collect();
            PointNumbers {
                place,
                cause: row.cause,
                often,
                bend: bend(&its.drivers),
                rest: left_over(ends.iter().map(|end| end.chance)),
                ends,
            }
        };
        self.met().map(point).collect()
    }

    fn end(self, at: (usize, usize), its: &End, kernels: &Kernels<'_>) -> EndNumbers {
        let nodes = kernels.grid().nodes();
        let bend = |drivers: &[Driver]| Bend::of(self.model, self.values, drivers, nodes);
        let number = |id: Option<ParamId>, default: f64| id.map_or(default, |id| self.values[id]);
        // Nobody is taken out of a stage that nothing leads out of, and to one's own stage is nowhere.
        let leads = |way: &Way| way.to.index() != self.stage && !self.model.stages[self.stage].exits.is_empty();
        let way = |way: &Way| (Some(way.to).filter(|_| leads(way)), self.values[way.chance], bend(&way.drivers));
        let kernel = self.model.experience.as_ref().filter(|_| nodes.len() > 1).and_then(|experience| {
            let mean = self.values[its.quality.as_ref()?.mean];
            let pace = (self.values[experience.learning] * number(its.importance, 1.0)).min(1.0);
            if pace > 0.0 { kernels.touched(at, mean, (number(its.effort, 0.0), pace)) } else { None }
        });
        EndNumbers {
            chance: number(its.chance, 0.0),
            bend: bend(&its.drivers),
            kernel,
            stays: left_over(its.ways.iter().map(|way| self.values[way.chance])),
            ways: its.ways.iter().map(way).collect(),
        }
    }
}

/// What chances leave over; where they pass 1, nothing.
fn left_over(chances: impl Iterator<Item = f64>) -> f64 {
    (1.0 - chances.sum::<f64>()).max(0.0)
}
