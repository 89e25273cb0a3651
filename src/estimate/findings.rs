//! Findings: everything about the business that is gathered replication by replication.

use crate::model::Model;
use crate::stats::estimate::Estimate;

use super::funnels::GatheredFunnels;
use super::progress::RoadmapHistory;
use super::summary::Estimator;
use super::targets::Targets;
use super::weights::GatheredWeights;
use crate::estimate::money::books::published;
use crate::estimate::money::business::Business;
use crate::estimate::money::case::Cases;
use crate::estimate::money::chain::Chains;
use crate::estimate::money::cohorts::Cohorts;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::posted::Posted;
use crate::estimate::money::pricer::Priced;
use crate::estimate::money::worth::Worth;
use crate::estimate::uncertainty::doubt::Doubts;
use crate::model::metric::Metric;

/// What is gathered for [`Business`].
pub struct Findings {
    lines: Lines,
    /// By scenario: the sum of the ledgers of all replications.
    ledgers: Vec<Posted>,
    cases: Cases,
    chains: Chains,
    targets: Targets,
    cohorts: Cohorts,
    funnels: GatheredFunnels,
    weights: GatheredWeights,
    doubts: Doubts,
    progress: RoadmapHistory,
}

impl Findings {
    /// Before any replication.
    pub fn new(model: &Model, lines: Lines, metrics: &[Metric]) -> Self {
        let scenarios = model.scenarios.len();
        Self {
            ledgers: Vec::new(),
            cases: Cases::new(scenarios, lines.all.len()),
            chains: Chains::new(model),
            targets: Targets::new(model),
            cohorts: Cohorts::new(model),
            funnels: GatheredFunnels::new(model),
            weights: GatheredWeights::new(model),
            doubts: Doubts::new(scenarios, metrics.len()),
            progress: RoadmapHistory::new(model),
            lines,
        }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, metrics: &[Metric], priced: &Priced) {
        let baseline = model.baseline.index();
        let books: Vec<&Posted> = priced.scenarios.iter().map(|its| &its.posted).collect();
        if self.ledgers.is_empty() {
            self.ledgers = books.iter().map(|posted| (*posted).clone()).collect();
        } else {
            self.ledgers.iter_mut().zip(&books).for_each(|(sum, posted)| sum.add(posted));
        }
        self.cases.take(model, &self.lines, &priced.drawn, &books);
        self.chains.take(baseline, &priced.scenarios);
        self.targets.take(model, &priced.scenarios);
        self.cohorts.take(&priced.scenarios);
        self.funnels.take(&priced.scenarios);
        self.weights.take(model, &priced.scenarios);
        self.doubts.take(baseline, metrics, &priced.scenarios);
        self.progress.take(model, &priced.drawn, priced.scenarios.iter().map(|its| its.fired.as_slice()));
    }

    /// What was found in `count` replications, with what is solved when all are through; `npv` is the difference in NPV of a scenario as contrasts have it, and `known` whether its levels have intervals.
    pub fn business(
        &self,
        model: &Model,
        metrics: &[Metric],
        (count, worth): (u64, &Worth),
        npv: &dyn Fn(usize) -> (Estimate, Estimator),
        known: &dyn Fn(usize) -> bool,
    ) -> Business {
        let baseline = model.baseline.index();
        let others = || (0..model.scenarios.len()).filter(|scenario| *scenario != baseline);
        let run = &model.run;
        Business {
            format: 2,
            first_month: run.first_month,
            fiscal_year_start: run.fiscal_year_start,
            fiscal_years: (0..=run.horizon).map(|t| run.fiscal_year(t)).collect(),
            discount_rate: model.central()[run.discount_rate],
            discount_rate_is_uncertain: model.params[run.discount_rate.index()].is_uncertain(),
            valued_before_end: run.valued_before_end(),
            years_per_period: run.period.years(),
            roadmaps: self.progress.found(model),
            shocks: self.progress.shocks(model),
            books: published(model, &self.lines, &self.ledgers, count),
            cases: others().map(|scenario| self.cases.found(model, &self.lines, scenario, npv(scenario))).collect(),
            chains: others()
                .map(|scenario| self.chains.found(model, scenario, npv(scenario).0.ends().is_some()))
                .collect(),
            targets: self.targets.found(model),
            cohorts: self.cohorts.found(model, (count, worth.tails.as_ref()), known),
            funnels: self.funnels.found(model, (count, worth.funnels.as_deref()), known),
            weights: self.weights.found(model, known),
            uncertainty: self.doubts.found(model, metrics),
        }
    }
}
