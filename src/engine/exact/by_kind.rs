//! What each kind of customers comes to, by which the rules over traits are held to coarser ones.

use super::layout::StageCells;
use super::state::{CohortState, cells};
use super::tally::{product, sum};

impl CohortState<'_> {
    /// The customers of each kind, in each stage: by stage, then by kind.
    pub fn by_kind(&self) -> Vec<Vec<f64>> {
        let (width, nodes) = (self.width(), self.nodes.len());
        let of_stage = |stage: &StageCells| {
            let mut sums = vec![0.0; self.kinds.shares.len()];
            for (_, lane) in &self.lanes {
                for cell in stage.all() {
                    let kinds = lane[cell * width..][..width].chunks_exact(nodes);
                    sums.iter_mut().zip(kinds).for_each(|(into, weights)| *into += sum(weights));
                }
            }
            sums
        };
        self.layout.stages.iter().map(of_stage).collect()
    }

    /// What each kind is about to buy, were the rates those of the last period: purchases, and what is spent.
    pub fn bought_by_kind(&self, into: &mut [Vec<f64>; 2]) {
        let (width, nodes) = (self.width(), self.nodes.len());
        into.iter_mut().for_each(|into| into.resize(self.kinds.shares.len(), 0.0));
        let buying = self.layout.stages.iter().zip(&self.rows.stages).filter(|(_, its)| !its.purchases.is_empty());
        for (stage, rows) in buying {
            for cell in
                self.lanes.iter().flat_map(|(_, lane)| [0, 1].map(|ever| cells(stage, ever, lane, width))).flatten()
            {
                for (into, numbers) in into.iter_mut().zip([&rows.purchases, &rows.spent]) {
                    let kinds = cell.chunks_exact(nodes).zip(numbers.chunks_exact(nodes));
                    into.iter_mut().zip(kinds).for_each(|(into, (weights, its))| *into += product(weights, its));
                }
            }
        }
    }

    /// The levels that each kind has added to the sums of traits, one for each that is summed.
    pub fn levels_by_kind(&self, into: &mut [Vec<f64>]) {
        self.lanes.iter().for_each(|(_, lane)| self.presences.add_levels(lane, self.nodes.len(), into));
    }

    /// How often each kind is about to meet each touchpoint, were the period like the last one.
    pub fn met_by_kind(&self, into: &mut [Vec<f64>]) {
        self.lanes.iter().for_each(|(_, lane)| self.touching.met_by_kind(lane, into));
    }
}
