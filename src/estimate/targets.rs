//! Targets: how surely each scenario reaches what is asked, and how far beyond it is.

use crate::model::Model;
use crate::model::goal::Target;
use crate::stats::estimate::Estimate;
use crate::stats::share::Shares;

use crate::estimate::money::business::{TargetOfScenario, TargetResult};
use crate::estimate::money::pricer::PricedScenario;
use crate::estimate::performance::Performance;

/// How far sums of floating-point numbers may be off a bound that they meet, as a share of it, or of 1 where it is smaller.
const ROUNDING: f64 = 1e-9;

/// What has been seen of all targets, by replication.
pub struct Targets {
    /// By target, then by scenario.
    seen: Vec<Vec<Seen>>,
}

#[derive(Clone, Default)]
struct Seen {
    /// By time: in how many replications the bound was kept.
    kept: Vec<u64>,
    /// By replication: how far the metric was beyond the bound.
    gaps: Vec<f64>,
}

impl Targets {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let seen = Seen { kept: vec![0; model.run.horizon as usize + 1], gaps: Vec::new() };
        Self { seen: vec![vec![seen; model.scenarios.len()]; model.targets.len()] }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, priced: &[PricedScenario]) {
        for (target, seen) in model.targets.iter().zip(&mut self.seen) {
            let values = |its: &PricedScenario| target.metric.up_to(books(target, its));
            let base = target.against_baseline.then(|| values(&priced[model.baseline.index()]));
            for (seen, its) in seen.iter_mut().zip(priced) {
                let mut values = values(its);
                if let Some(base) = &base {
                    values.iter_mut().zip(base).for_each(|(value, base)| *value -= base);
                }
                for (kept, value) in seen.kept.iter_mut().zip(&values) {
                    *kept += u64::from(gap(target, *value) >= 0.0);
                }
                seen.gaps.push(gap(target, values[target.period as usize]));
            }
        }
    }

    /// What was found.
    pub fn found(&self, model: &Model) -> Vec<TargetResult> {
        model.targets.iter().zip(&self.seen).map(|(target, seen)| result(model, target, seen)).collect()
    }
}

fn books<'a>(target: &Target, its: &'a PricedScenario) -> &'a Performance {
    target.segment.map_or(&its.all, |segment| &its.cuts[segment.index()])
}

/// How far a value is on the good side of the bound; 0 where only the last digits of a sum of many parts tell them apart.
fn gap(target: &Target, value: f64) -> f64 {
    let gap = if target.at_least { value - target.bound } else { target.bound - value };
    if gap.abs() <= ROUNDING * libm::fmax(target.bound.abs(), 1.0) { 0.0 } else { gap }
}

fn result(model: &Model, target: &Target, seen: &[Seen]) -> TargetResult {
    let of = |(scenario, seen): (&crate::model::roadmap::Scenario, &Seen)| {
        let mut shares = Shares::new(seen.gaps.len() as u64, model.run.interval);
        TargetOfScenario {
            scenario: scenario.name.clone(),
            probability: shares.of(seen.gaps.iter().filter(|gap| **gap >= 0.0).count() as u64),
            gap: Estimate::of(&seen.gaps.iter().copied().collect(), model.run.interval),
            probability_over_time: shares.each(seen.kept.iter().copied()),
        }
    };
    // What is asked beyond the baseline is not asked of the baseline.
    let asks = |place: usize| !target.against_baseline || place != model.baseline.index();
    TargetResult {
        name: target.name.clone(),
        title: if target.title == target.name { String::new() } else { target.title.clone() },
        asked: asked(model, target),
        otherwise: target.otherwise.clone(),
        metric: target.metric.name(model),
        segment: target.segment.map(|segment| model.segments[segment.index()].name.clone()),
        segment_title: target.segment.map(|segment| model.segments[segment.index()].title.clone()),
        period: target.period,
        at_least: target.at_least,
        bound: target.bound,
        against_baseline: target.against_baseline,
        scenarios: model
            .scenarios
            .iter()
            .zip(seen)
            .enumerate()
            .filter(|(place, _)| asks(*place))
            .map(|(_, its)| of(its))
            .collect(),
    }
}

/// What a target asks, in words.
fn asked(model: &Model, target: &Target) -> String {
    let who =
        target.segment.map_or_else(String::new, |segment| format!(" of {}", model.segments[segment.index()].title));
    let against = if target.against_baseline {
        format!(" beyond that of {}", model.scenarios[model.baseline.index()].title)
    } else {
        String::new()
    };
    let bound = if target.at_least { "at least" } else { "at most" };
    let noun = model.run.period.noun();
    let said = if target.title == target.name { String::new() } else { format!("{}: ", target.title) };
    let metric = target.metric.name(model).replace('_', " ");
    format!("{said}{metric}{who}{against} {bound} {} by {noun} {}", target.bound, target.period)
}
