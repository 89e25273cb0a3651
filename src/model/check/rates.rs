//! Rates: how often customers buy at most, after every change and at what drives them, so far as it may well be.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::journey::{Driver, Purchases, State};
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::quantity::SegmentId;
use crate::study::path::ParamPath as Path;

use super::changes::{changes_of, deed};
use super::place::Place;

/// More purchases of a customer in a period than this are warned of.
const MANY: f64 = 100.0;
/// More than this are refused: no customer buys so, and the counts of a run would say nothing.
const TOO_MANY: f64 = 1e6;
/// The share of customers on each side whose traits are further out than may well be.
const FAR: f64 = 1e-3;
/// Nothing is looked at that happens to a customer more often in a period.
const MOST_THAT_HAPPENS: f64 = 100.0;
/// The exponent that drivers are held at in a run.
const STEEPEST: f64 = 80.0;

/// The busiest customers of each stage.
pub struct Rates {
    /// By segment and trait: what its customers may well have, the ageing of a whole horizon included.
    traits: Vec<Vec<(f64, f64)>>,
    /// By stage.
    busiest: Vec<Option<Busy>>,
}

/// How often the busiest customers of a stage buy.
struct Busy {
    rate: f64,
    fault: Diagnostic,
}

impl Rates {
    /// Nothing seen yet.
    pub fn new(model: &Model) -> Self {
        let buys = model.stages.iter().any(|stage| stage.purchases.is_some());
        let segments = model.segments.iter().filter(|_| buys);
        let traits = segments
            .map(|segment| {
                let one = |(law, its): (&crate::stats::distribution::Distribution, &crate::model::people::Trait)| {
                    let aged = if its.ages { f64::from(model.run.horizon) } else { 0.0 };
                    (law.quantile(FAR), law.upper_quantile(FAR) + aged)
                };
                segment.traits.iter().zip(&model.traits).map(one).collect()
            })
            .collect();
        Self { traits, busiest: model.stages.iter().map(|_| None).collect() }
    }

    /// What is to be told.
    pub fn faults(self) -> Vec<Diagnostic> {
        self.busiest.into_iter().flatten().map(|busy| busy.fault).collect()
    }

    /// Looks at a period of a place.
    pub fn see(&mut self, place: &Place<'_>, timeline: &Timeline<'_>, (values, t): (&ParamSet, u32)) {
        for (at, stage) in place.model.stages.iter().enumerate() {
            let Some(purchases) = &stage.purchases else { continue };
            let rate = values[purchases.rate] * self.most(place.model, place.segment, purchases, values);
            let before = self.busiest[at].as_ref().map_or(MANY, |busy| busy.rate);
            // What is too many is told where it first is.
            if rate > before && before <= TOO_MANY {
                self.busiest[at] = Some(Busy { rate, fault: place.too_busy(timeline, (at, purchases), (rate, t)) });
            }
        }
    }

    /// By how much the busiest customers buy more often than the rate says.
    fn most(&self, model: &Model, segment: SegmentId, purchases: &Purchases, values: &ParamSet) -> f64 {
        let ends = |state: State| match state {
            State::Satisfaction => {
                let neutral = model.experience.as_ref().map_or(0.0, |experience| experience.neutral);
                (-neutral, 1.0 - neutral)
            }
            State::Carried(of) => {
                let its = &model.carried[of.index()];
                (its.range.0 - its.neutral, its.range.1 - its.neutral)
            }
            // How often something happens within a period has no end; far beyond this nobody looks.
            State::Happened(_) => (0.0, MOST_THAT_HAPPENS),
            State::Class(..) => (0.0, 1.0),
            State::Trait(of) => {
                let (low, high) = self.traits[segment.index()][of.index()];
                let neutral = model.traits[of.index()].neutral;
                (low - neutral, high - neutral)
            }
        };
        let exponent = |driver: &Driver| {
            let (low, high) = ends(driver.on);
            libm::fmax(values[driver.weight] * low, values[driver.weight] * high)
        };
        let exponent: f64 = purchases.drivers.iter().map(exponent).sum();
        let own = purchases.rate_trait.map_or(1.0, |of| self.traits[segment.index()][of.index()].1.max(0.0));
        own * libm::exp(exponent.clamp(-STEEPEST, STEEPEST))
    }
}

impl Place<'_> {
    fn too_busy(
        &self,
        timeline: &Timeline<'_>,
        (at, purchases): (usize, &Purchases),
        (rate, t): (f64, u32),
    ) -> Diagnostic {
        let stage = &self.model.stages[at].name;
        let path = Path::of(["stages", stage, "purchases"]);
        let what = format!("customers of `{stage}` buy up to {} times a period", told(rate));
        let moved = purchases.rate_trait.is_some() || !purchases.drivers.is_empty();
        let moved = if moved { ", at what its traits and drivers may well be" } else { "" };
        let (mut fault, why) = if rate > TOO_MANY {
            (Diagnostic::error(what), format!("{TOO_MANY:e} purchases of a customer in a period are the most"))
        } else {
            (Diagnostic::warning(what), "their purchases are drawn in every period, and so many take long".to_owned())
        };
        fault = fault.at(path.child("rate").to_string());
        if !purchases.drivers.is_empty() {
            fault = fault.at(path.child("drivers").to_string());
        }
        for change in changes_of(timeline, |id| path.holds(&self.model.params[id].path), t) {
            fault = fault.at_with(change.written.to_string(), deed(change, t));
        }
        fault
            .why(format!("{why}; this happens {}{moved}", self.when(t)))
            .help("give the mean number of purchases per customer and period, and look at what multiplies it")
    }
}

/// A rate in two digits.
fn told(rate: f64) -> String {
    let rounded: f64 = format!("{rate:.1e}").parse().unwrap_or(rate);
    if rounded < 1e6 { rounded.to_string() } else { format!("{rounded:e}") }
}
