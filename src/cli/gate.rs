//! The gate: whether a study's chosen scenario reaches its targets surely enough.

use super::failure::Failure;
use super::open::scenario_named;
use super::output::print;
use crate::engine::exact::depth::Depth;
use crate::estimate::experiment::Experiment;
use crate::estimate::money::business::{TargetOfScenario, TargetResult};
use crate::model::Model;
use crate::quantity::ScenarioId;
use crate::report::goal::Words;

/// What the gate asks for.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    /// The scenario that has to reach the targets; the only one beside the baseline by default.
    pub scenario: Option<&'a str>,
    /// The chance with which each target has to be reached.
    pub probability: f64,
}

impl Gate<'_> {
    /// Simulates a study and says how its targets stand.
    ///
    /// # Errors
    /// A target that is missed, a study without targets or with several scenarios to choose from, or one that cannot run.
    pub fn hold(&self, model: &Model) -> Result<(), Failure> {
        let source = &model.source;
        if model.targets.is_empty() {
            return Err(Failure::Usage(format!("{} has no targets to hold it to; add `[targets.NAME]`", source.name)));
        }
        let scenario = self.chosen(model)?;
        if model.run.replications < 2 {
            return Err(Failure::Usage(
                "one replication tells no chance of reaching a target; set `run.replications` to 20 or more".to_owned(),
            ));
        }
        // Targets are judged by what was simulated.
        let runs = Experiment::new(model).exact(Depth::None).run().map_err(|faults| Failure::of(faults, source))?;
        let targets = runs.business().targets;
        let chosen = &model.scenarios[scenario.index()];
        let stands: Vec<(&TargetResult, Option<&TargetOfScenario>)> = targets
            .iter()
            .map(|target| (target, target.scenarios.iter().find(|its| its.scenario == chosen.name)))
            .collect();
        let baseline = &model.scenarios[model.baseline.index()].title;
        let words = Words { currency: &model.currency, noun: model.run.period.noun(), baseline };
        let judged = || stands.iter().filter_map(|(_, its)| *its);
        let missed = judged().filter(|its| !self.is_reached(its)).count();
        let line = |(target, its): &(&TargetResult, Option<&TargetOfScenario>)| match its {
            Some(its) => self.line(&words, target, its),
            None => format!("  passed over         {}: the baseline is not held to be beyond itself\n", target.name),
        };
        let lines: String = stands.iter().map(line).collect();
        let title = &chosen.title;
        print(&format!("{}: targets of {title}\n{lines}", source.name))?;
        if missed == 0 {
            return Ok(());
        }
        Err(Failure::Missed(format!(
            "{title} misses {missed} of {} targets: each has to be reached with a chance of {} or more",
            judged().count(),
            self.probability
        )))
    }

    fn chosen(&self, model: &Model) -> Result<ScenarioId, Failure> {
        if let Some(name) = self.scenario {
            return scenario_named(name, model);
        }
        let others: Vec<usize> = (0..model.scenarios.len()).filter(|its| *its != model.baseline.index()).collect();
        match others[..] {
            [only] => Ok(ScenarioId::from(only)),
            [] => Ok(model.baseline),
            _ => {
                let names: Vec<&str> = others.iter().map(|its| model.scenarios[*its].name.as_str()).collect();
                Err(Failure::Usage(format!("say which scenario is chosen with --scenario: {}", names.join(", "))))
            }
        }
    }

    /// Whether a target is reached often enough: by the share of replications, wherever its interval lies. So the verdict
    /// is the likelier one; [`Gate::line`] says where the interval leaves the other open.
    fn is_reached(&self, its: &TargetOfScenario) -> bool {
        its.probability.is_some_and(|chance| chance.share >= self.probability)
    }

    fn line(&self, words: &Words<'_>, target: &TargetResult, its: &TargetOfScenario) -> String {
        let reached = self.is_reached(its);
        let verdict = if reached { "reached" } else { "missed " };
        let otherwise = if reached || target.otherwise.is_empty() {
            String::new()
        } else {
            format!("\n           if missed: {}", target.otherwise)
        };
        // A share just below the one asked for must not read like it.
        let percent = |share: f64| format!("{:.1}%", share * 100.0);
        let chance = its.probability.map_or_else(String::new, |its| {
            format!("{:>6} [{} to {}]", percent(its.share), percent(its.low), percent(its.high))
        });
        let is_open = its.probability.is_some_and(|its| its.low < self.probability && self.probability <= its.high);
        let open = if is_open {
            format!("\n           open: the interval holds {}; more replications tell more", self.probability)
        } else {
            String::new()
        };
        format!(
            "  {verdict}  {chance}  {}: {}; {} in the mean{open}{otherwise}\n",
            target.name,
            words.asked(target),
            words.kept_by(target, its.gap.mean)
        )
    }
}
