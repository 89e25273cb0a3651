//! Compiles contingency rules: what is watched, and what is done about it.

use crate::diagnostic::{Diagnostic, suggest};
use crate::model::facts::Needs;
use crate::model::metric::{Metric, PLAIN, STAGES};
use crate::model::reported::listed;
use crate::model::roadmap::{Rule, Watched};
use crate::stats::distribution::Distribution;
use crate::study::names;
use crate::study::path::ParamPath as Path;
use crate::study::roadmap::{Condition, Contingency, Response};

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
        let delay = written.when.delay.map_or(0, |periods| clamp(periods.0));
        self.check_periods(&when, &written.when, (from, by, delay), horizon);
        if written.then.initiatives.is_empty() && written.then.changes.is_empty() && written.then.stop.is_empty() {
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
        let stops = self.stops(&then, &written.then);
        let again_after = self.again_after(at, written);
        let (above, bound) = bound?;
        let watched = watched?;
        let written = at.clone();
        Some(Rule { watched, above, bound, from, by, delay, again_after, initiatives, stops, changes, written })
    }

    /// Whether any period is looked at, and in time.
    fn check_periods(&mut self, when: &Path, written: &Condition, (from, by, delay): (u32, u32, u32), horizon: u32) {
        if delay > 0 && from <= horizon && from.saturating_add(delay) >= horizon {
            self.fault(
                Diagnostic::warning("what a rule watches is seen too late for a response")
                    .at(when.child("delay").to_string())
                    .why(format!(
                        "period {from} is the first that is looked at, and the study ends with period {horizon}"
                    ))
                    .help("see it earlier, look at earlier periods, or raise `run.horizon`"),
            );
        }
        if from > horizon && (by >= from || written.by.is_none()) {
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
    }

    /// The initiatives that a rule stops.
    fn stops(&mut self, then: &Path, written: &Response) -> Vec<usize> {
        let mut stops = Vec::new();
        for (item, name) in written.stop.iter().enumerate() {
            let at = then.child("stop").child(&item.to_string());
            if let Some(started) = written.initiatives.iter().position(|its| its == name) {
                self.fault(
                    Diagnostic::error(format!("a rule starts and stops `{name}` at once"))
                        .at(at.to_string())
                        .at(then.child("initiatives").child(&started.to_string()).to_string())
                        .help("take it out of one of the two lists"),
                );
            }
            stops.extend(self.initiative_named(name, &at, true));
        }
        stops
    }

    /// The periods after which a rule is looked at again.
    fn again_after(&mut self, at: &Path, written: &Contingency) -> Option<u32> {
        let pause = clamp(written.again_after?.0);
        let at = at.child("again_after").to_string();
        if pause == 0 {
            self.fault(
                Diagnostic::error("a rule cannot act again after 0 periods")
                    .at(at)
                    .why("it is looked at once in each period")
                    .help("give 1 or more, or take it out where the rule acts once"),
            );
        } else if written.then.changes.is_empty()
            && (!written.then.initiatives.is_empty() || !written.then.stop.is_empty())
        {
            self.fault(
                Diagnostic::warning("a rule that acts again does nothing more")
                    .at(at)
                    .why("an initiative starts once and stops once; only changes come into force again")
                    .help("take `again_after` out, or add `changes` under `then`"),
            );
        }
        Some(pause)
    }

    fn watched(&mut self, at: &Path, written: &Condition) -> Option<Watched> {
        let at = at.child("metric");
        let name = written.metric.as_str();
        let plain = PLAIN.into_iter().find(|metric| metric.key() == name);
        let remembered = self.study.experience.is_some();
        if plain.is_some_and(|metric| metric.facts().needs == Needs::Experience) && !remembered {
            self.fault(
                Diagnostic::error("customers have no satisfaction")
                    .at(at.to_string())
                    .why("no `[experience]` is defined")
                    .help(format!("watch `{}`, or add `[experience]`", Metric::Retention.key())),
            );
            return None;
        }
        let shares = self.has_wallets();
        if plain == Some(Metric::Wallet) && !shares {
            self.fault(
                Diagnostic::error("customers share nothing with rivals")
                    .at(at.to_string())
                    .why("no stage has a `wallet` under `purchases`")
                    .help(format!("watch `{}`, or add a `wallet`", Metric::Purchases.key())),
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
        let things = listed(|_| false, [], [], &self.things());
        if let Some((metric, _)) = things.iter().find(|(_, called)| called == name)
            && let Some(watched) = metric.watched()
        {
            return Some(watched);
        }
        if let Some(fault) = self.unstaffed(name) {
            self.fault(fault.at(at.to_string()));
            return None;
        }
        let known = PLAIN.into_iter().filter(|metric| remembered || metric.facts().needs != Needs::Experience);
        let known = known.filter(|metric| shares || metric.facts().needs != Needs::Wallets);
        let known = known.filter(|metric| metric.watched().is_some()).map(|metric| -> &str { metric.key() });
        let stages = STAGES.called("STAGE");
        let things = things.iter().filter(|(metric, _)| metric.watched().is_some()).map(|(_, called)| called.as_str());
        self.fault(
            Diagnostic::error(format!("a company does not see `{name}` within a period"))
                .at(at.to_string())
                .why("a rule is decided on what is seen of customers when a period has ended")
                .help(suggest(name, known.chain([stages.as_str()]).chain(things))),
        );
        None
    }
}
