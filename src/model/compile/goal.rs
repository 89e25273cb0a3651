//! Compiles targets, and the bounds that they and contingency rules have.

use crate::diagnostic::{Diagnostic, in_percent, suggest};
use crate::model::channel::Gauge;
use crate::model::facts::{Needs, Use};
use crate::model::families::BY_CLASS;
use crate::model::goal::{Asked, Target};
use crate::model::metric::{CHANNELS, Metric};
use crate::model::reported::{Things, dimension_of, listed, named};
use crate::quantity::SegmentId;
use crate::study::goal::Target as WrittenTarget;
use crate::study::names::SEGMENTS;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;
use super::roadmap::clamp;

impl Compiler<'_> {
    /// Exactly one of two bounds: whether it is the second, and its number.
    pub(super) fn bound(
        &mut self,
        at: &Path,
        what: &str,
        low: (&str, Option<f64>),
        high: (&str, Option<f64>),
    ) -> Option<(bool, f64)> {
        let found = match (low.1, high.1) {
            (Some(bound), None) => Some((false, bound)),
            (None, Some(bound)) => Some((true, bound)),
            (low_given, _) => {
                let fault = if low_given.is_some() {
                    Diagnostic::error(format!("a {what} has one bound: `{}` or `{}`, and not both", low.0, high.0))
                        .at(at.child(low.0).to_string())
                        .at(at.child(high.0).to_string())
                        .help(format!("write a {what} for each"))
                } else {
                    Diagnostic::error(format!("a {what} needs a bound: `{}` or `{}`", low.0, high.0))
                        .at(at.to_string())
                        .help(format!("add `{}` or `{}` with a number", low.0, high.0))
                };
                self.fault(fault);
                None
            }
        };
        if let Some((second, bound)) = found
            && !bound.is_finite()
        {
            let key = if second { high.0 } else { low.0 };
            self.fault(
                Diagnostic::error(format!("a bound cannot be {bound}"))
                    .at(at.child(key).to_string())
                    .help("give a finite number"),
            );
            return None;
        }
        found
    }

    /// A metric between 0 and 1 is never as large as a percentage; `least` is the least that it can be.
    pub(super) fn check_share(&mut self, at: &Path, metric: &str, bound: Option<(&str, f64)>, least: f64) {
        let Some((key, bound)) = bound.filter(|_| dimension_of(metric).is_within_one()) else { return };
        if (least..=1.0).contains(&bound) {
            return;
        }
        let percent = in_percent(bound).map_or_else(String::new, |percent| format!(": {percent}"));
        let what = if least < 0.0 {
            format!("`{metric}` cannot change by {bound}")
        } else {
            format!("`{metric}` is never {bound}")
        };
        self.fault(
            Diagnostic::error(what)
                .at(at.child(key).to_string())
                .why(format!("it lies between 0 and 1{}", if least < 0.0 { ", in the baseline as well" } else { "" }))
                .help(format!("give a share of 1{percent}")),
        );
    }

    /// Compiles the targets.
    pub(super) fn targets_of(&mut self, horizon: u32) -> Vec<Target> {
        let study = self.study;
        study.targets.iter().filter_map(|(name, target)| self.goal(name, target, horizon)).collect()
    }

    fn goal(&mut self, name: &str, written: &WrittenTarget, horizon: u32) -> Option<Target> {
        let at = Path::of(["targets", name]);
        let bound = self.bound(&at, "target", ("at_least", written.at_least), ("at_most", written.at_most));
        let asked = self.asked(&at, written);
        let named = bound.map(|(ceiling, bound)| (if ceiling { "at_most" } else { "at_least" }, bound));
        match asked {
            Asked::Level => self.check_share(&at, &written.metric, named, 0.0),
            Asked::Difference => self.check_share(&at, &written.metric, named, -1.0),
            Asked::Share => self.check_relative(&at, &written.metric, named),
        }
        let period = written.period.map_or(horizon, |period| clamp(period.0));
        if !(1..=horizon).contains(&period) {
            self.fault(
                Diagnostic::error(format!("a target cannot be judged in period {period}"))
                    .at(at.child("period").to_string())
                    .why(format!("the study runs from period 1 to {horizon}"))
                    .help("give a period within the horizon"),
            );
        }
        let known = self.targeted();
        let metric = known.iter().find(|(_, name)| *name == written.metric).map(|(metric, _)| *metric);
        if metric.is_none() {
            let nearest = || suggest(&written.metric, known.iter().map(|(_, name)| name.as_str()));
            let help = self.not_cut(&written.metric).unwrap_or_else(nearest);
            let fault = Diagnostic::error(format!("there is no metric `{}`", written.metric));
            let unserved = unserved(&written.metric).map(|why| fault.clone().why(why).help(help.clone()));
            let fault = self.unstaffed(&written.metric).or(unserved).unwrap_or_else(|| fault.help(help));
            self.fault(fault.at(at.child("metric").to_string()));
        }
        let order = self.identity.segment_order();
        let segment = written.segment.as_ref().and_then(|segment| {
            let place = order.iter().position(|its| its == segment);
            if place.is_none() {
                let help = SEGMENTS.suggest(segment, self.study);
                self.fault(SEGMENTS.missing(segment).at(at.child("segment").to_string()).help(help));
            }
            place.map(SegmentId::from)
        });
        let (ceiling, bound) = bound?;
        Some(Target {
            name: name.to_owned(),
            title: written.title.clone().unwrap_or_else(|| name.to_owned()),
            metric: metric?,
            segment,
            period,
            at_least: !ceiling,
            bound,
            asked,
            otherwise: written.otherwise.clone().unwrap_or_default(),
        })
    }

    /// What to do where a target asks for what is counted by class, and is not.
    fn not_cut(&self, metric: &str) -> Option<String> {
        let (facts, member) = named(metric)?;
        let (tag, class) = member.split_once('.').filter(|_| BY_CLASS.contains(&facts))?;
        let its = self.tags.iter().find(|its| its.name == tag && its.cut.is_none())?;
        let has = its.bands.iter().any(|(name, _)| name == class);
        has.then(|| format!("add `cut = true` to `[{}]`", Path::of(["tags", tag])))
    }

    /// The fault of what only channels have where people work, of one where nobody does; without its place.
    pub(super) fn unstaffed(&self, metric: &str) -> Option<Diagnostic> {
        let (name, gauge) = CHANNELS.member(metric)?.rsplit_once('.')?;
        let its = self.channels.iter().find(|its| its.name == name && !its.is_staffed())?;
        let keys: Vec<&str> = its.gauges().map(Gauge::key).collect();
        let is_known = Gauge::ALL.into_iter().any(|its| its.key() == gauge && its.needs_people());
        is_known.then(|| {
            Diagnostic::error(format!("there is no metric `{metric}`"))
                .why(format!("nobody works in `{name}`, so that nobody waits there or gives up"))
                .help(format!("give it `staff` and `handle`, or name one of `{}` there", keys.join("`, `")))
        })
    }

    fn asked(&mut self, at: &Path, written: &WrittenTarget) -> Asked {
        match (written.against_baseline, written.relative_to_baseline) {
            (false, false) => Asked::Level,
            (true, false) => Asked::Difference,
            (false, true) => Asked::Share,
            (true, true) => {
                self.fault(
                    Diagnostic::error("a target is against the baseline in two ways")
                        .at(at.child("against_baseline").to_string())
                        .at(at.child("relative_to_baseline").to_string())
                        .why("one bounds the difference from the baseline, the other the same difference as a share of the baseline")
                        .help("take one of them out"),
                );
                Asked::Difference
            }
        }
    }

    /// A share of the baseline may pass 1, but hardly does where percents were not meant.
    fn check_relative(&mut self, at: &Path, metric: &str, bound: Option<(&str, f64)>) {
        let Some((key, bound)) = bound.filter(|(_, bound)| bound.abs() > 1.0) else { return };
        let percent = in_percent(bound.abs()).map_or_else(String::new, |percent| format!(": {percent}"));
        let side = if bound > 0.0 { "above" } else { "below" };
        self.fault(
            Diagnostic::warning(format!("`{metric}` is to be {} % {side} the baseline", bound.abs() * 100.0))
                .at(at.child(key).to_string())
                .why("with `relative_to_baseline` a bound is a share of the baseline, and 1 is all of it")
                .help(format!("give a share of 1 if that was not meant{percent}")),
        );
    }

    /// What the study has metrics of beside accounts and stages.
    pub(super) fn things(&self) -> Things<'_> {
        Things {
            rates: &self.rates,
            carried: &self.carried,
            touchpoints: &self.touchpoints,
            weights: self.weights.as_ref(),
            tags: &self.tags,
            channels: &self.channels,
            surveys: &self.surveys,
            pillars: &self.pillars,
            hearsay: &self.hearsay,
        }
    }

    /// The metrics that a target may name, with the names that outputs use.
    fn targeted(&self) -> Vec<(Metric, String)> {
        let stages = self.study.stages.keys().filter_map(|name| Some((self.stages.get(name)?.index(), name.as_str())));
        let has = |needs| match needs {
            Needs::Nothing => true,
            Needs::Experience => self.study.experience.is_some(),
            Needs::Conversion => self.converts,
            Needs::Wallets => self.has_wallets(),
            Needs::Contacts | Needs::CostOfContacts | Needs::Work => self.serving.has(needs),
        };
        let mut listed = listed(has, self.accounts.values(), stages, &self.things());
        listed.retain(|(metric, _)| metric.is_for(Use::Target));
        listed
    }
}

/// Why a study has no metric of serving customers, by its name; none of others.
fn unserved(metric: &str) -> Option<&'static str> {
    let (facts, _) = named(metric)?;
    match facts.needs {
        Needs::Contacts => {
            Some("no touchpoint has `minutes`, or `values` on a line of cost that is not of acquisition")
        }
        Needs::CostOfContacts => Some("no touchpoint has `values` on a line of cost that is not of acquisition"),
        Needs::Work => Some("no touchpoint has `minutes`, which say how much work it takes"),
        Needs::Wallets => {
            Some("no stage has a `wallet` under `purchases`, so that customers share nothing with rivals")
        }
        Needs::Nothing | Needs::Experience | Needs::Conversion => None,
    }
}
