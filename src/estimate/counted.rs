//! What was counted of some customers, in real ones, by time: every counter, and the sums over cells that metrics read.

use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use crate::model::counter::{ACQUIRED, CUSTOMERS, FRESH, WAITED, WAITING};
use crate::quantity::CounterId;
use serde::{Deserialize, Serialize};

use super::conversion::Conversion;
use super::money::entered::Cohort;

/// What was counted of some customers of one scenario, at times from 0 to the horizon. Counts of others add up.
///
/// Sums are taken entry by entry, cell by cell: in floating point another order would be another number.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Counted {
    /// Every counter, cell by cell.
    pub flows: Counts<f64>,
    /// Customers in retained stages.
    pub retained: Vec<f64>,
    /// Customers who have been retained at some time and are not now.
    pub churned: Vec<f64>,
    /// Who converted, where somebody may.
    pub conversion: Conversion,
    /// Customers who may still go somewhere as a period begins, its newcomers included; none at time 0. Empty where nothing that
    /// moves satisfaction is counted.
    pub living: Vec<f64>,
    /// By counter, then by time: the sum over its cells.
    totals: Vec<f64>,
}

impl Counted {
    /// Nobody.
    pub fn empty(layout: &CountLayout, horizon: u32) -> Self {
        let times = horizon as usize + 1;
        Self {
            flows: Counts::new(layout, 0, horizon),
            retained: vec![0.0; times],
            churned: vec![0.0; times],
            conversion: Conversion::default(),
            living: Vec::new(),
            totals: vec![0.0; layout.places().len() * times],
        }
    }

    /// That of customers of some entries.
    pub fn of(model: &Model, layout: &CountLayout, cohorts: &[Cohort<'_>]) -> Self {
        let mut counted = Self::empty(layout, model.run.horizon);
        let times = counted.times();
        for Cohort { entry, flows, .. } in cohorts {
            counted.flows.add(flows);
            for t in *entry as usize..times {
                let (retained, lost) = retained_and_lost(model, flows, t);
                counted.retained[t] += retained;
                counted.churned[t] += lost;
                for (counter, totals) in layout.ids().zip(counted.totals.chunks_exact_mut(times)) {
                    flows.cells(counter, t).iter().for_each(|count| totals[t] += count);
                }
            }
        }
        if model.weights.is_some() {
            counted.living = (0..times).map(|t| living(model, &counted.flows, t)).collect();
        }
        if layout.place(FRESH).length > 0 {
            let counters = [FRESH, WAITING, WAITED];
            counted.conversion = Conversion::of(counters.map(|counter| counted.total(counter)));
        }
        counted
    }

    /// How many numbers there are for each time.
    pub fn width(layout: &CountLayout) -> usize {
        layout.width() + layout.places().len() + 2 + 3 * layout.place(FRESH).length
    }

    /// Adds what was counted of other customers of the same scenario.
    pub fn add(&mut self, other: &Self) {
        self.flows.add(&other.flows);
        self.conversion.add(&other.conversion);
        self.living.resize(self.living.len().max(other.living.len()), 0.0);
        let columns = [&mut self.retained, &mut self.churned, &mut self.living, &mut self.totals];
        for (into, from) in columns.into_iter().zip([&other.retained, &other.churned, &other.living, &other.totals]) {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
    }

    /// The number of times, horizon and start included.
    pub fn times(&self) -> usize {
        self.retained.len()
    }

    /// The sum over the cells of a counter, by time.
    pub fn total(&self, counter: CounterId) -> &[f64] {
        let times = self.times();
        &self.totals[counter.index() * times..][..times]
    }
}

/// The customers in stages that something leads out of as period `t` begins, and those who come in it: who is there when
/// it ends and was not before.
fn living(model: &Model, flows: &Counts<f64>, t: usize) -> f64 {
    let Some(before) = t.checked_sub(1) else { return 0.0 };
    let (before, now) = (flows.cells(CUSTOMERS, before), flows.cells(CUSTOMERS, t));
    let stay = model.stages.iter().zip(before).filter(|(stage, _)| !stage.exits.is_empty());
    let came = now.iter().sum::<f64>() - before.iter().sum::<f64>();
    stay.map(|(_, count)| count).sum::<f64>() + came.max(0.0)
}

/// The customers who are in retained stages at time `t`, and those who once were and are not now.
///
/// Nobody is nobody: what rounding leaves between the two sides is less than a customer of any number that can be
/// simulated, and is dropped.
pub fn retained_and_lost(model: &Model, flows: &Counts<f64>, t: usize) -> (f64, f64) {
    const ROUNDING: f64 = 1e-12;
    let stages = model.stages.iter().zip(flows.cells(CUSTOMERS, t)).filter(|(stage, _)| stage.retained);
    let retained: f64 = stages.map(|(_, customers)| customers).sum();
    let acquired = flows.cells(ACQUIRED, t)[0];
    let lost = acquired - retained;
    if lost.abs() <= ROUNDING * acquired { (acquired, 0.0) } else { (retained, lost) }
}
