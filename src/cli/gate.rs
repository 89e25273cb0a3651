//! The gate: whether a study's chosen scenario reaches its targets surely enough.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::failure::Failure;
use super::open::scenario_named;
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::exact::depth::Depth;
use crate::estimate::experiment::Experiment;
use crate::estimate::memory::fits;
use crate::estimate::money::business::{TargetOfScenario, TargetResult};
use crate::model::Model;
use crate::model::reported::phrases;
use crate::quantity::ScenarioId;
use crate::report::goal::Words;
use crate::stats::share::Share;
use crate::stats::special::normal_quantile;
use crate::study::path::ParamPath;

/// What the gate asks for.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    /// The scenario that has to reach the targets; the only one beside the baseline by default.
    pub scenario: Option<&'a str>,
    /// The chance with which each target has to be reached.
    pub probability: f64,
    /// What an undecided target counts as; a failure of its own by default.
    pub undecided: Option<CountsAs>,
    /// The threads to simulate on; 0 are all processors.
    pub threads: usize,
}

/// What a target that is undecided counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CountsAs {
    /// Reached
    Pass,
    /// Missed
    Fail,
}

/// How a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval of its chance is where it has to be.
    Reached,
    /// The interval contains the chance that is asked for.
    Undecided,
    /// The whole interval is below.
    Missed,
    /// It asks for a difference to the baseline, of the baseline.
    PassedOver,
}

/// How the targets of a study stand.
#[derive(Debug)]
pub struct Gated {
    /// The scenario's name in the study.
    pub scenario: String,
    /// Its name as people say it.
    pub title: String,
    /// The targets in the order of the study.
    pub targets: Vec<Judged>,
    probability: f64,
    undecided: Option<CountsAs>,
    file: String,
}

/// How one target stands.
#[derive(Debug)]
pub struct Judged {
    /// Its name in the study.
    pub name: String,
    /// Where it stands in the file.
    pub place: Place,
    /// How it stands.
    pub verdict: Verdict,
    /// What the author says to do where it is missed; may be empty.
    pub otherwise: String,
    /// The share of replications that reach it; none where it is passed over.
    share: Option<Share>,
    /// What is asked, in words.
    asked: String,
    /// The mean distance from the bound in the metric's unit, above 0 where it is kept, and in words.
    gap: Option<(f64, String)>,
    /// How an undecided one could be decided.
    help: String,
}

impl Verdict {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Undecided => "undecided",
            Self::Missed => "missed",
            Self::PassedOver => "passed over",
        }
    }

    fn of(share: Share, asked: f64) -> Self {
        if share.low >= asked {
            Self::Reached
        } else if share.high < asked {
            Self::Missed
        } else {
            Self::Undecided
        }
    }
}

impl Gate<'_> {
    /// Simulates a study and judges its targets.
    ///
    /// # Errors
    /// A study without targets or with several scenarios to choose from, or one that cannot run.
    pub fn judge(&self, model: &Model) -> Result<Gated, Failure> {
        let source = &model.source;
        if model.targets.is_empty() {
            return Err(Failure::Usage(format!("{} has no targets to hold it to; add `[targets.NAME]`", source.name)));
        }
        let chosen = &model.scenarios[self.chosen(model)?.index()];
        if model.run.replications < 2 {
            return Err(Failure::Usage(
                "one replication tells no chance of reaching a target; use `--replications 20` or more".to_owned(),
            ));
        }
        fits(model, self.threads)?;
        // Targets are judged by what was simulated.
        let experiment = Experiment::new(model).exact(Depth::None).threads(self.threads);
        let targets = experiment.run().map_err(|faults| Failure::of(faults, source))?.business().targets;
        let of_chosen = |target: &TargetResult| target.scenarios.iter().find(|of| of.scenario == chosen.name).cloned();
        Ok(Gated {
            scenario: chosen.name.clone(),
            title: chosen.title.clone(),
            targets: targets.iter().map(|target| self.judged(model, target, of_chosen(target))).collect(),
            probability: self.probability,
            undecided: self.undecided,
            file: source.name.clone(),
        })
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

    fn judged(&self, model: &Model, target: &TargetResult, of: Option<TargetOfScenario>) -> Judged {
        let baseline = &model.scenarios[model.baseline.index()].title;
        let phrases = &phrases(model);
        let words = Words { currency: &model.currency, noun: model.run.period.noun(), baseline, phrases };
        let share = of.as_ref().and_then(|of| of.probability);
        let verdict = share.map_or(Verdict::PassedOver, |share| Verdict::of(share, self.probability));
        let help = match share {
            Some(share) if verdict == Verdict::Undecided => self.help(model, share),
            _ => String::new(),
        };
        Judged {
            name: target.name.clone(),
            place: place(model, &target.name),
            verdict,
            otherwise: target.otherwise.clone(),
            share,
            asked: words.asked(target),
            gap: of.map(|of| (of.gap.mean, words.kept_by(target, of.gap.mean))),
            help,
        }
    }

    /// How to decide what is undecided: as many replications as make the interval reach from the share to the chance that
    /// is asked for, where the share stays as it is.
    fn help(&self, model: &Model, share: Share) -> String {
        let asked = self.probability;
        if asked >= 1.0 {
            return "no number of replications shows a chance of 1; ask for less with `--probability`".to_owned();
        }
        let reach = normal_quantile(f64::midpoint(1.0, model.run.interval)) / (share.share - asked);
        let needed = reach * reach * asked * (1.0 - asked);
        if needed > MOST_PROPOSED {
            return "the share is too near the chance that is asked for to be told from it".to_owned();
        }
        format!("about {} replications would decide it", rounded_up(needed.max(f64::from(model.run.replications))))
    }
}

/// More replications than this are not proposed.
const MOST_PROPOSED: f64 = 1e6;

/// A number rounded up to two digits.
fn rounded_up(number: f64) -> f64 {
    let unit = libm::pow(10.0, libm::fmax(libm::floor(libm::log10(number)) - 1.0, 0.0));
    libm::ceil(number / unit) * unit
}

fn place(model: &Model, name: &str) -> Place {
    let path = ParamPath::default().child("targets").child(name).to_string();
    let mut pointer = Diagnostic::error("").at(path);
    model.source.locate(&mut pointer);
    pointer.places.swap_remove(0)
}

impl Judged {
    /// What is asked, and how far from it the scenario is: one line.
    pub fn said(&self) -> String {
        match &self.gap {
            Some((_, gap)) => format!("{}: {}; {gap} in the mean{}", self.name, self.asked, self.chance()),
            None => format!("{}: the baseline is not held to be beyond itself", self.name),
        }
    }

    fn chance(&self) -> String {
        self.share.map_or_else(String::new, |share| format!("; reached in {}", Self::percent(share)))
    }

    /// A share just below the one asked for must not read like it.
    fn percent(Share { share, low, high }: Share) -> String {
        let percent = |share: f64| format!("{:.1}%", share * 100.0);
        format!("{} [{} to {}]", percent(share), percent(low), percent(high))
    }

    /// For people, in lines.
    pub fn text(&self) -> String {
        let (Some(share), Some((_, gap))) = (self.share, &self.gap) else {
            return format!("  {:<11}                         {}\n", self.verdict.name(), self.said());
        };
        let chance = Self::percent(share);
        let mut text =
            format!("  {:<9}  {chance:>24}  {}: {}; {gap} in the mean\n", self.verdict.name(), self.name, self.asked);
        if !self.help.is_empty() {
            text.push_str(&format!("             help: {}\n", self.help));
        }
        if !self.otherwise.is_empty() && self.verdict != Verdict::Reached {
            text.push_str(&format!("             if missed: {}\n", self.otherwise));
        }
        text
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "verdict": self.verdict.name().replace(' ', "_"),
            "probability": self.share.map(|its| its.share),
            "probability_low": self.share.map(|its| its.low),
            "probability_high": self.share.map(|its| its.high),
            "gap": self.gap.as_ref().map(|its| its.0),
            "asked": self.asked,
            "stands": self.gap.as_ref().map(|its| &its.1),
            "help": self.help,
            "otherwise": self.otherwise,
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
        })
    }
}

impl Gated {
    /// For people, in lines.
    pub fn text(&self) -> String {
        let lines: String = self.targets.iter().map(Judged::text).collect();
        format!("{}: targets of {}\n{lines}", self.file, self.title)
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        let targets: Vec<Value> = self.targets.iter().map(Judged::to_json).collect();
        let verdict = self.verdict().name();
        json!({ "scenario": self.scenario, "required": self.probability, "verdict": verdict, "targets": targets })
    }

    /// How much a target weighs: `error` where the gate fails by it, `warning` where it is let through undecided.
    pub fn level_of(&self, judged: &Judged) -> &'static str {
        match (judged.verdict, self.undecided) {
            (Verdict::Missed, _) | (Verdict::Undecided, None | Some(CountsAs::Fail)) => "error",
            (Verdict::Undecided, Some(CountsAs::Pass)) => "warning",
            (Verdict::Reached | Verdict::PassedOver, _) => "notice",
        }
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.targets.iter().filter(|judged| judged.verdict == verdict).count()
    }

    /// The verdict on all targets together, whatever an undecided one counts as.
    fn verdict(&self) -> Verdict {
        let has = |verdict: &Verdict| self.count(*verdict) > 0;
        [Verdict::Missed, Verdict::Undecided].into_iter().find(has).unwrap_or(Verdict::Reached)
    }

    /// The failure of a gate that is not passed.
    pub fn failure(&self) -> Option<Failure> {
        let (missed, undecided) = (self.count(Verdict::Missed), self.count(Verdict::Undecided));
        let all = self.targets.len() - self.count(Verdict::PassedOver);
        let asked = format!("each has to be reached with a chance of {} or more", self.probability);
        let title = &self.title;
        match (missed, undecided, self.undecided) {
            (0, 0, _) | (0, _, Some(CountsAs::Pass)) => None,
            (0, _, None) => Some(Failure::Undecided(format!(
                "{title} leaves {undecided} of {all} targets undecided: {asked}\n  \
                 help: use more replications, or `--undecided pass` or `--undecided fail`"
            ))),
            (0, _, Some(CountsAs::Fail)) => {
                Some(Failure::Missed(format!("{title} leaves {undecided} of {all} targets undecided: {asked}")))
            }
            (_, 0, _) => Some(Failure::Missed(format!("{title} misses {missed} of {all} targets: {asked}"))),
            _ => Some(Failure::Missed(format!(
                "{title} misses {missed} of {all} targets, and leaves {undecided} undecided: {asked}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_contains_what_is_asked_decides_nothing() {
        let share = |low: f64, high: f64| Share { share: f64::midpoint(low, high), low, high };
        assert_eq!(Verdict::of(share(0.8, 0.9), 0.8), Verdict::Reached);
        assert_eq!(Verdict::of(share(0.7, 0.8), 0.8), Verdict::Undecided);
        assert_eq!(Verdict::of(share(0.7, 0.9), 0.8), Verdict::Undecided);
        assert_eq!(Verdict::of(share(0.7, 0.79), 0.8), Verdict::Missed);
        // Whatever is found, it is reached with a chance of 0 or more.
        assert_eq!(Verdict::of(share(0.0, 0.1), 0.0), Verdict::Reached);
    }

    #[test]
    fn a_proposal_has_two_digits() {
        assert_eq!([3.2, 40.0, 101.0, 38_421.0].map(rounded_up), [4.0, 40.0, 110.0, 39_000.0]);
    }
}
