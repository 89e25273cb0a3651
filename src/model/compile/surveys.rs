//! Compiles surveys: whom the company asks, what they answer by, and who answers.

use crate::diagnostic::{Diagnostic, suggest};
use crate::model::journey::State;
use crate::model::param::Meaning;
use crate::model::survey::{Answering, MOST_ON_TOUCHPOINTS, Survey};
use crate::quantity::{CounterId, ParamId};
use crate::study::names::{STATES, SURVEYS};
use crate::study::path::ParamPath as Path;
use crate::study::survey::{Answering as WrittenAnswering, Survey as Written};

use super::compiler::Compiler;

/// Tells the draws of surveys from those of shocks.
const OF_SURVEYS: u64 = 0x7375_7276 << 32;

impl Compiler<'_> {
    /// Compiles the surveys, in canonical order; touchpoints and what customers carry have names by now.
    pub(super) fn surveys(&mut self) {
        let study = self.study;
        for (name, luck) in self.identity.lucks(&SURVEYS) {
            let written = &study.surveys[&name];
            let at = Path::of([SURVEYS.root, &name]);
            self.check_named_apart(&at, "survey", &name);
            let every = written.every.map_or(1, |every| u32::try_from(every.0).unwrap_or(u32::MAX));
            if every == 0 {
                self.fault(
                    Diagnostic::error("nobody is asked every 0 periods")
                        .at(at.child("every").to_string())
                        .help("give a whole number from 1 on"),
                );
            }
            self.check_wave(&at, every);
            if written.sample.0 == 0 {
                self.fault(
                    Diagnostic::error("a survey that asks nobody")
                        .at(at.child("sample").to_string())
                        .why("`sample` is how many real people are asked in a wave")
                        .help("give a whole number from 1 on, such as 2000"),
                );
            }
            let survey = Survey {
                title: written.title.clone().unwrap_or_else(|| name.clone()),
                luck: OF_SURVEYS | u64::from(luck),
                every: every.max(1),
                #[expect(clippy::cast_precision_loss, reason = "a number of people, far below 2^53")]
                sample: written.sample.0 as f64,
                stages: self.asked_in(&at, written),
                on: written.on.as_deref().and_then(|on| self.touchpoint_or_end(&at.child("on"), on)),
                reads: self.answered_by(&at.child("reads"), &written.reads).unwrap_or(State::Satisfaction),
                slope: self.number(&at.child("slope"), Meaning::Positive, &written.slope),
                cuts: self.cuts(&at.child("cuts"), written),
                response: written.response.as_ref().map(|its| self.answering(&at.child("response"), its)),
                counter: CounterId(0),
                name,
            };
            self.surveys.push(survey);
        }
        self.check_surveys_on_touchpoints();
    }

    /// Each survey on a touchpoint has a bit of a word.
    fn check_surveys_on_touchpoints(&mut self) {
        let on = self.surveys.iter().filter(|its| its.on.is_some()).count();
        if on > MOST_ON_TOUCHPOINTS as usize {
            self.fault(
                Diagnostic::error(format!("{on} surveys ask those who met a touchpoint"))
                    .at(SURVEYS.root)
                    .why(format!("{MOST_ON_TOUCHPOINTS} are the most"))
                    .help("ask fewer questions"),
            );
        }
    }

    /// Whether there is any wave within the horizon.
    fn check_wave(&mut self, at: &Path, every: u32) {
        let horizon = self.study.run.horizon.0;
        if u64::from(every) > horizon {
            self.fault(
                Diagnostic::warning(format!("nobody is asked within {horizon} periods"))
                    .at(at.child("every").to_string())
                    .why(format!("the first wave is at the end of period {every}"))
                    .help("ask more often, or raise `run.horizon`"),
            );
        }
    }

    /// The stages whose customers are asked.
    fn asked_in(&mut self, at: &Path, written: &Written) -> Vec<bool> {
        let study = self.study;
        let mut asked = vec![false; self.stages.len()];
        for (item, name) in written.stages.iter().enumerate() {
            let at = at.child("in").child(&item.to_string());
            if let Some(stage) = self.stage_in_list(name, &at) {
                asked[stage.index()] = true;
            }
        }
        if written.stages.is_empty() {
            for (name, stage) in &self.stages {
                let its = &study.stages[name];
                asked[stage.index()] = its.retained.unwrap_or(!its.to.is_empty());
            }
        }
        asked
    }

    /// What people answer by, or a fault.
    fn answered_by(&mut self, at: &Path, name: &str) -> Option<State> {
        if STATES.contains(&name) && self.study.experience.is_some() {
            return Some(State::Satisfaction);
        }
        if let Some(of) = self.carried_named(name) {
            return Some(State::Carried(of));
        }
        if let Some(of) = self.traits.get(name) {
            return Some(State::Trait(*of));
        }
        let satisfaction = STATES.into_iter().filter(|_| self.study.experience.is_some());
        let carried = self.carried.iter().map(|its| its.name.as_str());
        let known: Vec<&str> = satisfaction.chain(carried).chain(self.traits.keys().map(String::as_str)).collect();
        let help = if known.is_empty() {
            "add `[experience]` with `start`, `neutral` and `learning`, and read `satisfaction`".to_owned()
        } else {
            suggest(name, known)
        };
        self.fault(
            Diagnostic::error(format!("customers have no `{name}` that they could answer by"))
                .at(at.to_string())
                .why("a survey reads satisfaction, a state or a trait")
                .help(help),
        );
        None
    }

    fn cuts(&mut self, at: &Path, written: &Written) -> [ParamId; 2] {
        let numbers: Vec<ParamId> = written
            .cuts
            .iter()
            .enumerate()
            .map(|(place, cut)| self.number(&at.child(&place.to_string()), Meaning::Real, cut))
            .collect();
        let mean = |id: ParamId| self.numbers.params[id.index()].law.mean();
        match numbers[..] {
            [low, high] if mean(low) < mean(high) => return [low, high],
            [_, _] => self.fault(
                Diagnostic::error("the cuts of a survey do not rise")
                    .at(at.to_string())
                    .why("detractors end at the first one, and promoters begin at the second")
                    .help("write the lower one first, such as `cuts = [4.0, 5.4]`"),
            ),
            _ => self.fault(
                Diagnostic::error(format!("a survey has two cuts, not {}", numbers.len()))
                    .at(at.to_string())
                    .why("detractors end at the first one, and promoters begin at the second")
                    .help("write for example `cuts = [4.0, 5.4]`"),
            ),
        }
        [ParamId(0); 2]
    }

    fn answering(&mut self, at: &Path, written: &WrittenAnswering) -> Answering {
        let mut optional = |key: &str, number: &Option<_>| {
            number.as_ref().map(|number| self.number(&at.child(key), Meaning::Real, number))
        };
        let (strong, incentive) = (optional("strong", &written.strong), optional("incentive", &written.incentive));
        Answering {
            chance: self.number(&at.child("chance"), Meaning::Chance, &written.chance),
            strong,
            incentive,
            drivers: self.drivers(&at.child("drivers"), &written.drivers),
        }
    }
}
