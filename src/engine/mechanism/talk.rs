//! Talk: customers in stages that talk are heard by all others one period later, and bring others.
//!
//! The share of talkers is what imitation grows with in Bass (1969), "A new product growth model for consumer durables",
//! Management Science 15(5); `docs/model.md` ("Word of mouth") has what it adds to chances.

use super::contract::{Mechanism, Numbers, Step};
use super::needs::Needs;
use super::totals::{Barrier, Totals};
use crate::engine::state::at::At;
use crate::engine::table::field::{Field, FieldId, TALKERS};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::counter::CUSTOMERS;
use crate::quantity::StageId;

/// Settles how many talk.
pub struct Talk {
    talkers: FieldId,
    /// For each stage, whether customers talk.
    talks: Vec<bool>,
    /// For each segment, its simulated customers at the start and its share of the real ones.
    segments: Vec<(f64, f64)>,
    /// All real customers at the start.
    customers: f64,
}

impl Mechanism for Talk {
    const NAME: &'static str = "talk";
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        model.is_coupled().then(|| Self {
            talkers: needs.field(TALKERS, 2),
            talks: model.stages.iter().map(|stage| stage.talks).collect(),
            segments: model.segments.iter().map(|its| (f64::from(its.agents), its.share)).collect(),
            customers: model.run.customers as f64,
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, _at: &mut At<'_>, _sheet: Option<&()>) {}

    fn weigh(&self, barrier: Barrier, totals: &Totals<'_>, _: &Numbers<'_, ()>, field: &mut Field) {
        if barrier == Barrier::Over {
            let (share, talkers) = self.heard(totals);
            field.get_mut(self.talkers).copy_from_slice(&[share, talkers]);
        }
    }

    fn rests(&self, _stage: StageId) -> bool {
        true
    }

    // That word of mouth couples customers is said by where it is heard.
    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

impl Talk {
    /// The share of all real customers in stages that talk, and how many they are.
    fn heard(&self, totals: &Totals<'_>) -> (f64, f64) {
        let counts = totals.count(|ledger| {
            let stages = ledger.cells(CUSTOMERS, totals.t).iter().zip(&self.talks);
            stages.filter(|(_, talks)| **talks).map(|(count, _)| count).sum()
        });
        if totals.entries() == 1 {
            let shares = counts.iter().zip(&self.segments);
            let share: f64 = shares.map(|(count, (agents, share))| *count as f64 / agents * share).sum();
            return (share, share * self.customers);
        }
        let came = totals.arrivals.iter().flatten();
        let talkers: f64 = counts.iter().zip(came).map(|(count, its)| *count as f64 * its.weight()).sum();
        (talkers / totals.everybody(), talkers)
    }
}
