//! How customers pass through the stages is gathered replication by replication, where every move is counted.

use crate::model::Model;
use crate::quantity::StageId;
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;

use super::funnel::{Funnel, FunnelOfScenario};
use super::money::halved_exactly::ExactFunnel;
use super::money::pricer::PricedScenario;

/// The funnels of all scenarios, summed over replications.
pub struct GatheredFunnels {
    counts: bool,
    /// By scenario.
    sums: Vec<Funnel>,
    /// By scenario, then by stage: what half its loss is worth.
    worths: Vec<Vec<Moments>>,
}

impl GatheredFunnels {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let (scenarios, stages) = (model.scenarios.len(), model.stages.len());
        Self {
            counts: !model.touchpoints.is_empty(),
            sums: vec![Funnel::default(); scenarios],
            worths: vec![vec![Moments::default(); stages]; scenarios],
        }
    }

    /// Takes in a replication.
    pub fn take(&mut self, priced: &[PricedScenario]) {
        for ((sum, worths), its) in self.sums.iter_mut().zip(&mut self.worths).zip(priced).filter(|_| self.counts) {
            sum.take(&its.all.counted.flows);
            worths.iter_mut().zip(&its.worth_of_half).for_each(|(moments, worth)| moments.push(*worth));
        }
    }

    /// What was found in `count` replications, or what is expected `exactly`; nothing where neither is known. A scenario's intervals
    /// are `known` unless something that decides comes too seldom.
    pub fn found(
        &self,
        model: &Model,
        (count, exactly): (u64, Option<&[ExactFunnel]>),
        known: &dyn Fn(usize) -> bool,
    ) -> Vec<FunnelOfScenario> {
        let baseline = model.baseline.index();
        let named = |scenario: usize| model.scenarios[scenario].name.clone();
        if let Some(exact) = exactly {
            let model = &model.with_all_moves();
            let order = exact[baseline].funnel.order(model);
            let of = |(scenario, its): (usize, &ExactFunnel)| FunnelOfScenario {
                scenario: named(scenario),
                is_exact: true,
                steps: its.funnel.steps(model, &order, |stage| its.worths[stage.index()].map(Estimate::unknown)),
            };
            return exact.iter().enumerate().map(of).collect();
        }
        if !self.counts || count == 0 {
            return Vec::new();
        }
        let order = self.sums[baseline].order(model);
        let worth = |scenario: usize, stage: StageId| {
            let moments = &self.worths[scenario][stage.index()];
            let estimate = || Estimate::of(moments, model.run.interval);
            Some(if known(scenario) { estimate() } else { Estimate::unknown(moments.mean()) })
        };
        let of = |(scenario, sum): (usize, &Funnel)| FunnelOfScenario {
            scenario: named(scenario),
            is_exact: false,
            steps: sum.mean(count).steps(model, &order, |stage| worth(scenario, stage)),
        };
        self.sums.iter().enumerate().map(of).collect()
    }
}
