//! Targets: how surely each scenario reaches what is asked, and how far beyond it is.

use crate::model::Model;
use crate::model::goal::{Asked, Target};
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
    /// The first time at which the difference from the baseline is not 0 in some replication; none so far.
    differs: Option<usize>,
    /// By replication: how far the metric was beyond the bound.
    gaps: Vec<f64>,
}

impl Targets {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let seen = Seen { kept: vec![0; model.run.horizon as usize + 1], differs: None, gaps: Vec::new() };
        Self { seen: vec![vec![seen; model.scenarios.len()]; model.targets.len()] }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, priced: &[PricedScenario]) {
        for (target, seen) in model.targets.iter().zip(&mut self.seen) {
            let values = |its: &PricedScenario| target.metric.up_to(books(target, its));
            let base = target.asked.is_against_baseline().then(|| values(&priced[model.baseline.index()]));
            for (seen, its) in seen.iter_mut().zip(priced) {
                let values = values(its);
                if let Some(base) = &base {
                    let first = values.iter().zip(base).position(|(value, base)| value - base != 0.0);
                    seen.differs = first.into_iter().chain(seen.differs).min();
                }
                let gap = |time: usize| match &base {
                    Some(base) => gap(target, values[time] - base[time], base[time]),
                    None => gap(target, values[time], 0.0),
                };
                for (time, kept) in seen.kept.iter_mut().enumerate() {
                    *kept += u64::from(gap(time) >= 0.0);
                }
                seen.gaps.push(gap(target.period as usize));
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
/// A bound that is a share of the baseline is one of its size, so that more is more also where the baseline is below 0.
fn gap(target: &Target, value: f64, baseline: f64) -> f64 {
    let bound = match target.asked {
        Asked::Level | Asked::Difference => target.bound,
        Asked::Share => target.bound * baseline.abs(),
    };
    let gap = if target.at_least { value - bound } else { bound - value };
    if gap.abs() <= ROUNDING * libm::fmax(bound.abs(), 1.0) { 0.0 } else { gap }
}

fn result(model: &Model, target: &Target, seen: &[Seen]) -> TargetResult {
    let of = |(scenario, seen): (&crate::model::roadmap::Scenario, &Seen)| {
        let mut shares = Shares::new(seen.gaps.len() as u64, model.run.interval);
        TargetOfScenario {
            scenario: scenario.name.clone(),
            probability: shares.of(seen.gaps.iter().filter(|gap| **gap >= 0.0).count() as u64),
            gap: Estimate::of(&seen.gaps.iter().copied().collect(), model.run.interval),
            probability_over_time: shares.each(seen.kept.iter().copied()),
            differs_from: if target.asked.is_against_baseline() {
                seen.differs.and_then(|time| u32::try_from(time).ok())
            } else {
                Some(0)
            },
        }
    };
    // What is asked beyond the baseline is not asked of the baseline.
    let asks = |place: usize| !target.asked.is_against_baseline() || place != model.baseline.index();
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
        against_baseline: target.asked.is_against_baseline(),
        relative_to_baseline: target.asked == Asked::Share,
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
    let baseline = &model.scenarios[model.baseline.index()].title;
    let (against, of_it) = match target.asked {
        Asked::Level => (String::new(), String::new()),
        Asked::Difference => (format!(" beyond that of {baseline}"), String::new()),
        Asked::Share => (format!(" beyond that of {baseline}"), " of it".to_owned()),
    };
    let bound = if target.at_least { "at least" } else { "at most" };
    let noun = model.run.period.noun();
    let said = if target.title == target.name { String::new() } else { format!("{}: ", target.title) };
    let metric = target.metric.name(model).replace('_', " ");
    format!("{said}{metric}{who}{against} {bound} {}{of_it} by {noun} {}", target.bound, target.period)
}
