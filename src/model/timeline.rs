//! The timeline gives every number's value for one scenario, segment and period.

use crate::quantity::{ParamId, ScenarioId, SegmentId};

use super::Model;
use super::change::{Change, Op};
use super::param::ParamSet;

/// A value that a change drove out of its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfRange {
    /// The parameter.
    pub param: ParamId,
    /// The value it would take.
    pub value: f64,
}

/// The numbers of one scenario and segment over time, for one draw of the uncertain ones.
pub struct Timeline<'m> {
    model: &'m Model,
    drawn: &'m ParamSet,
    changes: Vec<&'m Change>,
    epochs: Vec<u32>,
}

impl<'m> Timeline<'m> {
    /// The timeline of a scenario for one segment.
    pub fn new(model: &'m Model, drawn: &'m ParamSet, scenario: ScenarioId, segment: SegmentId) -> Self {
        let own = &model.segments[segment.index()].changes;
        let changes: Vec<&Change> = own.iter().chain(&model.scenarios[scenario.index()].changes).collect();
        let mut epochs = vec![0];
        for t in 1..=model.run.horizon {
            let same = changes.iter().all(|change| change.share(t).to_bits() == change.share(t - 1).to_bits());
            let last = *epochs.last().unwrap_or(&0);
            epochs.push(if same { last } else { t });
        }
        Self { model, drawn, changes, epochs }
    }

    /// The first time from which on all numbers are as they are at time `t`.
    pub fn epoch(&self, t: u32) -> u32 {
        self.epochs[t as usize]
    }

    /// Every number's value at time `t`; those that a change drove out of range are listed.
    pub fn values(&self, t: u32) -> (ParamSet, Vec<OutOfRange>) {
        let mut values = self.drawn.clone();
        let mut faults = Vec::new();
        for change in &self.changes {
            let share = change.share(t);
            if share <= 0.0 {
                continue;
            }
            let amount = self.drawn[change.amount];
            for &target in &change.targets {
                if self.model.is_own(target) {
                    continue;
                }
                let value = change.op.apply(values[target], amount, share);
                values.0[target.index()] = value;
                if !self.model.params[target.index()].meaning.allows(value) {
                    faults.push(OutOfRange { param: target, value });
                }
            }
        }
        (values, faults)
    }

    /// The operations in force at time `t` on a chance that is each customer's own.
    pub fn own_operations(&self, target: ParamId, t: u32) -> Vec<(Op, f64, f64)> {
        self.changes
            .iter()
            .filter(|change| change.targets.contains(&target) && change.share(t) > 0.0)
            .map(|change| (change.op, self.drawn[change.amount], change.share(t)))
            .collect()
    }
}
