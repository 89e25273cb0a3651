//! Compiles targets and contingency rules: bounds on metrics.

use crate::diagnostic::{Diagnostic, in_percent, suggest};
use crate::model::facts::Use;
use crate::model::goal::{Asked, Target};
use crate::model::metric::{Metric, PLAIN, STAGES};
use crate::model::reported::{dimension_of, listed};
use crate::model::roadmap::{Rule, Watched};
use crate::quantity::SegmentId;
use crate::stats::distribution::Distribution;
use crate::study::goal::Target as WrittenTarget;
use crate::study::names::{self, SEGMENTS};
use crate::study::path::ParamPath as Path;
use crate::study::roadmap::{Condition, Contingency};

use super::compiler::Compiler;
use super::roadmap::clamp;

impl Compiler<'_> {
    /// Compiles the rules that a scenario writes itself.
    pub(super) fn rules(&mut self, scenario: &str, horizon: u32) -> Vec<Rule> {
        let written = &self.study.scenarios[scenario].rules;
        let at = Path::of(["scenarios", scenario, "rules"]);
        let one = |(place, rule): (usize, &Contingency)| self.contingency(&at.child(&place.to_string()), rule, horizon);
        written.iter().enumerate().filter_map(one).collect()
    }

    fn contingency(&mut self, at: &Path, written: &Contingency, horizon: u32) -> Option<Rule> {
        let when = at.child("when");
        let watched = self.watched(&when, &written.when);
        let bound = self.bound(&when, "rule", ("below", written.when.below), ("above", written.when.above));
        self.check_share(
            &when,
            &written.when.metric,
            bound.map(|(above, bound)| (if above { "above" } else { "below" }, bound)),
            0.0,
        );
        let from = written.when.from.map_or(1, |period| clamp(period.0));
        let by = written.when.by.map_or(horizon, |period| clamp(period.0));
        if from > horizon && (by >= from || written.when.by.is_none()) {
            self.fault(
                Diagnostic::warning("a condition is looked at only after the horizon")
                    .at(when.child("from").to_string())
                    .why(format!("the study ends with period {horizon}, so nothing follows from it"))
                    .help("let `from` be earlier, or raise `run.horizon`"),
            );
        } else if from > by {
            self.fault(
                Diagnostic::error(format!("a condition from period {from} by period {by} is never looked at"))
                    .at(when.child("from").to_string())
                    .at(when.child("by").to_string())
                    .help("let `from` be no later than `by`"),
            );
        } else if from == 0 {
            self.fault(
                Diagnostic::error("a condition cannot be looked at in period 0")
                    .at(when.child("from").to_string())
                    .why("period 0 is the start of the study; periods are counted from 1")
                    .help("give the first period that is looked at, from 1 on"),
            );
        }
        if written.then.initiatives.is_empty() && written.then.changes.is_empty() {
            self.fault(
                Diagnostic::warning("a rule does nothing when its condition is met")
                    .at(at.to_string())
                    .help("say what is done: `then = { initiatives = [\"NAME\"] }`"),
            );
        }
        let then = at.child("then");
        let mut changes = self.changes(&then.child("changes"), &written.then.changes, horizon);
        // What does nothing is no response: customers need not be followed together for it.
        changes.retain(|change| match self.numbers.params[change.amount.index()].law {
            Distribution::Constant(amount) => !change.op.does_nothing(amount),
            _ => true,
        });
        let initiatives: Vec<usize> = (0..)
            .zip(&written.then.initiatives)
            .filter_map(|(item, name): (usize, &String)| {
                self.initiative_named(name, &then.child("initiatives").child(&item.to_string()), true)
            })
            .collect();
        let (above, bound) = bound?;
        Some(Rule { watched: watched?, above, bound, from, by, initiatives, changes, written: at.clone() })
    }

    fn watched(&mut self, at: &Path, written: &Condition) -> Option<Watched> {
        let at = at.child("metric");
        let name = written.metric.as_str();
        let plain = PLAIN.into_iter().find(|metric| metric.key() == name);
        let remembered = self.study.experience.is_some();
        if plain.is_some_and(|metric| metric.facts().needs_experience) && !remembered {
            self.fault(
                Diagnostic::error("customers have no satisfaction")
                    .at(at.to_string())
                    .why("no `[experience]` is defined")
                    .help(format!("watch `{}`, or add `[experience]`", Metric::Retention.key())),
            );
            return None;
        }
        if let Some(watched) = plain.and_then(Metric::watched) {
            return Some(watched);
        }
        if let Some(stage) = STAGES.member(name) {
            if let Some(id) = self.stages.get(stage) {
                return Metric::Stage(id.index()).watched();
            }
            self.fault(names::STAGES.missing(stage).at(at.to_string()).help(names::STAGES.suggest(stage, self.study)));
            return None;
        }
        let known = PLAIN.into_iter().filter(|metric| remembered || !metric.facts().needs_experience);
        let known = known.filter(|metric| metric.watched().is_some()).map(|metric| -> &str { metric.key() });
        let stages = STAGES.called("STAGE");
        self.fault(
            Diagnostic::error(format!("a company does not see `{name}` within a period"))
                .at(at.to_string())
                .why("a rule is decided on what is seen of customers when a period has ended")
                .help(suggest(name, known.chain([stages.as_str()]))),
        );
        None
    }

    /// Exactly one of two bounds: whether it is the second, and its number.
    fn bound(
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
    fn check_share(&mut self, at: &Path, metric: &str, bound: Option<(&str, f64)>, least: f64) {
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
            let help = suggest(&written.metric, known.iter().map(|(_, name)| name.as_str()));
            self.fault(
                Diagnostic::error(format!("there is no metric `{}`", written.metric))
                    .at(at.child("metric").to_string())
                    .help(help),
            );
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

    /// The metrics that a target may name, with the names that outputs use.
    fn targeted(&self) -> Vec<(Metric, String)> {
        let stages = self.study.stages.keys().filter_map(|name| Some((self.stages.get(name)?.index(), name.as_str())));
        let mut listed = listed(self.study.experience.is_some(), self.accounts.values(), stages, &self.rates);
        listed.retain(|(metric, _)| metric.is_for(Use::Target));
        listed
    }
}
