//! Compiles what `[experience]` says of customers beside satisfaction: states with names of their own.

use crate::diagnostic::Diagnostic;
use crate::model::identity::hash::text;
use crate::model::journey::{Hears, Surprise};
use crate::model::param::Meaning;
use crate::model::state::{Carried, Cusp, Follows, Forgets, Life, Own, Signal};
use crate::quantity::{CounterId, ParamId};
use crate::stats::distribution::Distribution;
use crate::study::journey::{Commitment, Expectation, Experience, Memory};
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

/// Where commitment is neutral.
const COMMITMENT_NEUTRAL: f64 = 0.5;
/// The fastest pace of a cusp at which its step is stable, and the hardest turn.
const FASTEST_CUSP: f64 = 0.2;
const HARDEST_CUSP: f64 = 3.0;
/// The strongest pull of satisfaction, farthest from neutral, at which the step of a cusp is stable.
const STRONGEST_PULL: f64 = 4.0;

impl Compiler<'_> {
    /// The states that `[experience]` makes in this study.
    pub(super) fn presets(&self) -> Vec<&'static str> {
        let Some(its) = &self.study.experience else { return Vec::new() };
        let mut names = Vec::new();
        names.extend(its.expectation.as_ref().map(|_| "expectation"));
        names.extend(its.memory.iter().flat_map(|_| ["peak", "last", "memory"]));
        names.extend(its.commitment.as_ref().map(|_| "commitment"));
        names
    }

    /// Names them, after those that the study declares.
    pub(super) fn name_presets(&mut self) {
        let neutral = self.study.experience.as_ref().map_or(0.0, |its| its.neutral);
        for name in self.presets() {
            if self.traits.contains_key(name) {
                self.fault(
                    Diagnostic::error(format!("`{name}` is both a trait and what `[experience]` makes"))
                        .at_key(
                            Path::of(["experience", if name == "peak" || name == "last" { "memory" } else { name }])
                                .to_string(),
                        )
                        .why("`drivers` could not tell them apart")
                        .help("give the trait another name"),
                );
            }
            #[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
            let luck = text(name) as u32;
            self.carried.push(Carried {
                name: name.to_owned(),
                title: name.to_owned(),
                luck,
                range: (0.0, 1.0),
                neutral: if name == "commitment" { COMMITMENT_NEUTRAL } else { neutral },
                counter: CounterId(0),
                life: Life::Blend(Vec::new()),
            });
        }
    }

    /// What moves one of them.
    pub(super) fn preset(&mut self, name: &str) -> Life {
        let study = self.study;
        let Some(experience) = &study.experience else { return Life::Blend(Vec::new()) };
        match (name, experience) {
            ("expectation", Experience { expectation: Some(its), .. }) => self.expectation(its),
            ("commitment", Experience { commitment: Some(its), .. }) => self.commitment(its, experience.neutral),
            ("memory", Experience { memory: Some(its), .. }) => self.memory(its),
            (_, Experience { memory: Some(its), .. }) => self.part_of_memory(name, its, experience.neutral),
            _ => Life::Blend(Vec::new()),
        }
    }

    fn expectation(&mut self, written: &Expectation) -> Life {
        let at = Path::of(["experience", "expectation"]);
        let start = self.numbers.spread(&at.child("start"), Meaning::Real, &written.start);
        let adapts = self.number(&at.child("adapts"), Meaning::Share, &written.adapts);
        let follows = Follows { signal: Signal::Quality, paces: [adapts; 2], cusp: None };
        own(start, None, Some(follows), None)
    }

    fn memory(&mut self, written: &Memory) -> Life {
        if !(0.0..=1.0).contains(&written.peak) {
            self.fault(
                Diagnostic::error(format!("the peak cannot weigh {}", written.peak))
                    .at("experience.memory.peak")
                    .why("memory is a mean of the peak and the last period")
                    .help("give a share from 0 to 1; the last period has the rest"),
            );
        }
        let part = |name: &str| self.carried_named(name).map(Signal::Carried);
        let parts = [part("peak").zip(Some(written.peak)), part("last").zip(Some(1.0 - written.peak))];
        Life::Blend(parts.into_iter().flatten().collect())
    }

    /// The peak, and the last period.
    fn part_of_memory(&mut self, name: &str, written: &Memory, neutral: f64) -> Life {
        let at = Path::of(["experience", "memory"]);
        let start = Distribution::Constant(neutral);
        if name == "peak" {
            let half_lives = self.half_lives(&at.child("half_life"), written.half_life.as_ref());
            let rest = half_lives.is_some().then(|| self.known(neutral));
            let forgets = half_lives.zip(rest).map(|(half_lives, rest)| Forgets { rest, half_lives });
            return own(start, forgets, None, Some(Signal::Quality));
        }
        // One half-life serves both.
        let peak = self.carried_named("peak").map(|peak| &self.carried[peak.index()].life);
        let forgets = peak.and_then(|life| if let Life::Own(own) = life { own.forgets } else { None });
        let at_once = self.known(1.0);
        own(start, forgets, Some(Follows { signal: Signal::Quality, paces: [at_once; 2], cusp: None }), None)
    }

    fn commitment(&mut self, written: &Commitment, neutral: f64) -> Life {
        let at = Path::of(["experience", "commitment"]);
        let start = self.numbers.spread(&at.child("start"), Meaning::Real, &written.start);
        let rise = self.number(&at.child("rise"), Meaning::Share, &written.rise);
        let fall = written.fall.as_ref().map(|fall| self.number(&at.child("fall"), Meaning::Share, fall));
        let cusp = written.cusp.as_ref().map(|cusp| Cusp {
            hardness: self.number(&at.child("cusp"), Meaning::Positive, cusp),
            slope: written.slope,
            neutral,
        });
        if cusp.is_some() {
            self.check_cusp(&at, written, neutral);
        }
        let follows = Follows { signal: Signal::Satisfaction, paces: [rise, fall.unwrap_or(rise)], cusp };
        own(start, None, Some(follows), None)
    }

    /// What keeps the step of a cusp stable.
    fn check_cusp(&mut self, at: &Path, written: &Commitment, neutral: f64) {
        let most = |number: &Number| match number {
            Number::Known(number) => *number,
            Number::Uncertain(_) => 0.0,
        };
        if written.fall.is_some() {
            self.fault(
                Diagnostic::error("with `cusp` commitment has one pace")
                    .at_key(at.child("fall").to_string())
                    .at_key(at.child("cusp").to_string())
                    .why("its way down differs from its way up by itself")
                    .help("take `fall` or `cusp` out"),
            );
        }
        if most(&written.rise) > FASTEST_CUSP {
            self.fault(
                Diagnostic::error(format!("with `cusp` commitment cannot move at {}", most(&written.rise)))
                    .at(at.child("rise").to_string())
                    .why(format!("above {FASTEST_CUSP} its step overshoots"))
                    .help("give a smaller number, such as 0.1"),
            );
        }
        if written.cusp.as_ref().is_some_and(|cusp| most(cusp) > HARDEST_CUSP) {
            self.fault(
                Diagnostic::error("commitment cannot be that hard to turn")
                    .at(at.child("cusp").to_string())
                    .why(format!("above {HARDEST_CUSP} no satisfaction turns it"))
                    .help("give a number from 0 to 3; 1 is ordinary"),
            );
        }
        let pull = written.slope * neutral.max(1.0 - neutral);
        if !(0.0..=STRONGEST_PULL).contains(&pull) {
            self.fault(
                Diagnostic::error(format!("satisfaction cannot pull commitment by {}", written.slope))
                    .at(at.child("slope").to_string())
                    .why(format!("`slope` times its largest distance from neutral is {STRONGEST_PULL} at most"))
                    .help("give a number from 0 to 6"),
            );
        }
    }

    /// How promises are heard; none where nothing says so.
    pub(super) fn hears(&mut self, written: &Experience) -> Option<Hears> {
        let hears = written.expectation.as_ref()?.hears.as_ref()?;
        let pace = self.number(&Path::of(["experience", "expectation", "hears"]), Meaning::Share, hears);
        Some(Hears { pace, expectation: self.carried_named("expectation")? })
    }

    /// How it feels against what was expected; none where nothing says so.
    pub(super) fn surprise(&mut self, written: &Experience) -> Option<Surprise> {
        let at = |key: &str| Path::of(["experience", key]);
        let keys = [("gain", &written.gain), ("loss", &written.loss)];
        if written.expectation.is_none() {
            for (key, _) in keys.into_iter().filter(|(_, number)| number.is_some()) {
                self.fault(
                    Diagnostic::error(format!("there is nothing that `{key}` could be held against"))
                        .at_key(at(key).to_string())
                        .why("it says how much more counts what differs from expectation")
                        .help("add `expectation = { start = 0.65, adapts = 0.1 }`"),
                );
            }
            return None;
        }
        if written.gain.is_none() && written.loss.is_none() {
            return None;
        }
        let [gain, loss] = keys.map(|(key, number)| {
            let number = number.clone().unwrap_or(Number::Known(0.0));
            self.number(&at(key), Meaning::Positive, &number)
        });
        Some(Surprise { gain, loss, expectation: self.carried_named("expectation")? })
    }

    /// A number that nobody wrote, and nothing changes.
    fn known(&mut self, number: f64) -> ParamId {
        let at = Path::of(["experience", "memory"]);
        self.numbers.fixed(&at, &at, Meaning::Real, &Number::Known(number))
    }
}

fn own(start: Distribution, forgets: Option<Forgets>, follows: Option<Follows>, peak: Option<Signal>) -> Life {
    Life::Own(Box::new(Own { start, forgets, follows, peak, adds: Vec::new() }))
}
