//! Compiles states: what customers carry beside satisfaction, and what moves it.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, nearest};
use crate::model::counter::EVERY_MODEL;
use crate::model::param::Meaning;
use crate::model::state::{Carried, Follows, Forgets, Life, Own, Signal};
use crate::quantity::{CarriedId, CounterId, ParamId};
use crate::stats::distribution::Distribution;
use crate::study::names::CARRIED;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::signal::{ASPECTS, SIGNALS, SignalWord};
use crate::study::state::{HalfLife, State as Written};

use super::compiler::Compiler;
use super::tags::A_CLASS;

impl Compiler<'_> {
    /// Names the states, in canonical order: what stands before them may be driven by them.
    pub(super) fn name_states(&mut self) {
        let study = self.study;
        for (name, luck) in self.identity.lucks(&CARRIED) {
            let written = &study.states[&name];
            let at = Path::of([CARRIED.root, &name]);
            if self.traits.contains_key(&name) || SIGNALS.contains(&name.as_str()) {
                self.fault(
                    Diagnostic::error(format!("a state cannot be called `{name}`"))
                        .at_key(at.to_string())
                        .why("states share their names with traits and signals, so that `drivers` can tell them apart")
                        .help("give it another name"),
                );
            }
            let range = self.range_of(&at, written);
            if !(range.0..=range.1).contains(&written.neutral) {
                self.fault(
                    Diagnostic::error(format!("`{name}` cannot be neutral at {}", written.neutral))
                        .at(at.child("neutral").to_string())
                        .why(format!("it is held between {} and {}", range.0, range.1))
                        .help("give a number in its `range`"),
                );
            }
            if self.presets().contains(&name.as_str()) {
                self.fault(
                    Diagnostic::error(format!("`[experience]` has a state `{name}` of its own"))
                        .at_key(at.to_string())
                        .why("what stands in `[experience]` is a state like any other")
                        .help("give this one another name"),
                );
                continue;
            }
            self.carried.push(Carried {
                title: written.title.clone().unwrap_or_else(|| name.clone()),
                name,
                luck,
                range,
                neutral: written.neutral,
                counter: CounterId(0),
                life: Life::Blend(Vec::new()),
            });
        }
        self.name_presets();
    }

    /// Whether a state is a blend of others.
    pub(super) fn is_blend(&self, name: &str) -> bool {
        self.study
            .states
            .get(name)
            .map_or(name == "memory" && self.carried_named(name).is_some(), |written| !written.blend.is_empty())
    }

    /// The two numbers that a state is held between.
    fn range_of(&mut self, at: &Path, written: &Written) -> (f64, f64) {
        if let [low, high] = *written.range
            && low < high
            && (high - low).is_finite()
        {
            return (low, high);
        }
        self.fault(
            Diagnostic::error("a range is two numbers, the lower one first")
                .at(at.child("range").to_string())
                .why("a state is held between them")
                .help("write for example `range = [0, 10]`"),
        );
        (0.0, 1.0)
    }

    /// Compiles what moves the states. What happens at a rate is known by now: the counters of states come after it.
    pub(super) fn states(&mut self) {
        let study = self.study;
        for place in 0..self.carried.len() {
            let name = self.carried[place].name.clone();
            let at = Path::of([CARRIED.root, &name]);
            self.carried[place].life = match study.states.get(&name) {
                Some(written) if written.blend.is_empty() => self.own(&at, written, place),
                Some(written) => self.blend(&at, written),
                None => self.preset(&name),
            };
            self.carried[place].counter = CounterId::from(EVERY_MODEL + self.rates.len() + place);
        }
    }

    fn blend(&mut self, at: &Path, written: &Written) -> Life {
        let keys = [
            ("start", written.start.is_some()),
            ("rest", written.rest.is_some()),
            ("half_life", written.half_life.is_some()),
            ("follows", written.follows.is_some()),
            ("rise", written.rise.is_some()),
            ("fall", written.fall.is_some()),
            ("peak", written.peak.is_some()),
            ("adds", !written.adds.is_empty()),
        ];
        for (key, _) in keys.into_iter().filter(|(_, stands)| *stands) {
            self.fault(
                Diagnostic::error(format!("a blend has no `{key}`"))
                    .at_key(at.child(key).to_string())
                    .why("it is the weighted sum of other states, and has no life of its own")
                    .help(format!("take `{key}` or `blend` out")),
            );
        }
        let at = at.child("blend");
        let mut parts: Vec<(Signal, f64)> = Vec::new();
        for (of, weight) in &written.blend {
            let (at, weight) = (at.child(of), *weight);
            match self.signal(of, &at, true) {
                Some(signal @ (Signal::Carried(_) | Signal::Satisfaction)) => parts.push((signal, weight)),
                Some(_) => self.fault(
                    Diagnostic::error(format!("`{of}` is no state"))
                        .at_key(at.to_string())
                        .why("a blend is the weighted sum of what customers carry")
                        .help("let another state follow it, and blend that one"),
                ),
                None => {}
            }
        }
        parts.sort_by_key(|(signal, _)| *signal);
        Life::Blend(parts)
    }

    fn own(&mut self, at: &Path, written: &Written, place: usize) -> Life {
        let Carried { range, neutral, .. } = self.carried[place];
        let start = written.start.as_ref().map(|law| self.numbers.spread(&at.child("start"), Meaning::Real, law));
        let rest = written.rest.clone().unwrap_or(Number::Known(neutral));
        if let Number::Known(rest) = rest
            && !(range.0..=range.1).contains(&rest)
        {
            self.fault(
                Diagnostic::error(format!("a state cannot come to rest at {rest}"))
                    .at(at.child("rest").to_string())
                    .why(format!("it is held between {} and {}", range.0, range.1))
                    .help("give a number in its `range`"),
            );
        }
        let start = start.unwrap_or(match &rest {
            Number::Known(rest) => Distribution::Constant(*rest),
            Number::Uncertain(_) => Distribution::Constant(neutral),
        });
        let rest = self.number(&at.child("rest"), Meaning::Real, &rest);
        let half_lives = self.half_lives(&at.child("half_life"), written.half_life.as_ref());
        let forgets = half_lives.map(|half_lives| Forgets { rest, half_lives });
        let follows = self.follows(at, written, place);
        let peak = written.peak.as_ref().and_then(|of| self.signal(of, &at.child("peak"), false));
        for (key, stands) in [("follows", follows.is_some()), ("adds", !written.adds.is_empty())] {
            if peak.is_some() && stands {
                self.fault(
                    Diagnostic::error(format!("a state has a `peak` or `{key}`, not both"))
                        .at_key(at.child("peak").to_string())
                        .at_key(at.child(key).to_string())
                        .why("a peak keeps the value farthest from neutral, whatever else moves it")
                        .help("make two states of it, and `blend` them"),
                );
            }
        }
        let adds = self.adds(&at.child("adds"), &written.adds, place);
        Life::Own(Box::new(Own { start, forgets, follows, peak, adds }))
    }

    pub(super) fn half_lives(&mut self, at: &Path, written: Option<&HalfLife>) -> Option<[ParamId; 2]> {
        let mut one = |at: &Path, number: &Number| {
            let id = self.half_life(at, Some(number))?;
            self.numbers.params[id.index()].changeable = true;
            Some(id)
        };
        match written? {
            HalfLife::Both(number) => one(at, number).map(|both| [both, both]),
            HalfLife::Sides(sides) => {
                let above = one(&at.child("above"), &sides.above);
                let below = one(&at.child("below"), &sides.below);
                above.zip(below).map(|(above, below)| [above, below])
            }
        }
    }

    fn follows(&mut self, at: &Path, written: &Written, place: usize) -> Option<Follows> {
        let Some(of) = &written.follows else {
            for (key, pace) in [("rise", &written.rise), ("fall", &written.fall)] {
                if pace.is_some() {
                    self.fault(
                        Diagnostic::error(format!(
                            "`{key}` says how fast a state follows, and this one follows nothing"
                        ))
                        .at_key(at.child(key).to_string())
                        .help(format!("add `follows`, or take `{key}` out")),
                    );
                }
            }
            return None;
        };
        let at_signal = at.child("follows");
        let signal = self.signal(of, &at_signal, false)?;
        if signal == Signal::Carried(CarriedId::from(place)) {
            self.fault(
                Diagnostic::error("a state cannot follow itself")
                    .at(at_signal.to_string())
                    .help("name another state, or a signal such as `quality`"),
            );
        }
        let Some(rise) = &written.rise else {
            self.fault(
                Diagnostic::error(format!("how fast `{of}` is followed is not said"))
                    .at(at_signal.to_string())
                    .why("`rise` is the share of the way that the state goes in a period")
                    .help("add for example `rise = 0.1`"),
            );
            return None;
        };
        let up = self.number(&at.child("rise"), Meaning::Share, rise);
        let down = written.fall.as_ref().map(|fall| self.number(&at.child("fall"), Meaning::Share, fall));
        Some(Follows { signal, paces: [up, down.unwrap_or(up)], cusp: None })
    }

    fn adds(&mut self, at: &Path, written: &IndexMap<String, Number>, place: usize) -> Vec<(Signal, ParamId)> {
        let mut adds: Vec<(Signal, ParamId)> = Vec::new();
        for (of, amount) in written {
            let at = at.child(of);
            let amount = self.number(&at, Meaning::Real, amount);
            let Some(signal) = self.signal(of, &at, true) else { continue };
            if signal == Signal::Carried(CarriedId::from(place)) {
                self.fault(
                    Diagnostic::error("a state cannot add to itself")
                        .at_key(at.to_string())
                        .why("what grows by itself leaves every range")
                        .help("name another state, or a signal such as `purchases`"),
                );
            }
            adds.push((signal, amount));
        }
        adds.sort_by_key(|(signal, _)| *signal);
        adds
    }

    /// The signal that a touchpoint gives by that name: each occurrence, each that ends so, or what it was like; none where
    /// it is no name of a touchpoint.
    fn signal_of_touchpoint(&self, name: &str) -> Option<Result<Signal, Diagnostic>> {
        let Some((touchpoint, part)) = name.split_once('.') else {
            return self.touchpoint_named(name).map(|of| Ok(Signal::Occurrence(of, None)));
        };
        let of = self.touchpoint_named(touchpoint)?;
        let aspects = ASPECTS.into_iter().zip([Signal::QualityOf(of), Signal::FeltOf(of)]);
        if let Some((_, signal)) = aspects.into_iter().find(|(word, _)| *word == part) {
            let written = &self.study.touchpoints[touchpoint];
            let feels = written.quality.is_some() || written.ends.values().any(|end| end.quality.is_some());
            let fault = || {
                Diagnostic::error(format!("nothing is felt at `{touchpoint}`"))
                    .why("it has no `quality`, and none of its ends has")
                    .help(format!("give it a `quality`, or name `{touchpoint}` alone, which is 1 each time"))
            };
            return Some(if feels { Ok(signal) } else { Err(fault()) });
        }
        let ends = &self.touchpoints[of.index()].ends;
        let end = ends.iter().position(|end| end.name.as_deref() == Some(part));
        let known = ends.iter().filter_map(|end| end.name.as_deref());
        let fault = || {
            let help = match nearest(part, known.clone().chain(ASPECTS)) {
                Some(near) => format!("did you mean `{touchpoint}.{near}`?"),
                None => format!("add `[touchpoints.{touchpoint}.ends.{part}]`, or name `{touchpoint}` alone"),
            };
            Diagnostic::error(format!("`{touchpoint}` does not end as `{part}`")).help(help)
        };
        Some(end.map(|end| Signal::Occurrence(of, Some(end))).ok_or_else(fault))
    }

    /// A signal by name, or a fault; `is_key` says whether the name stands as a key.
    fn signal(&mut self, name: &str, at: &Path, is_key: bool) -> Option<Signal> {
        let at = |fault: Diagnostic| if is_key { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) };
        match self.signal_of_touchpoint(name) {
            Some(Ok(signal)) => return Some(signal),
            Some(Err(fault)) => {
                self.fault(at(fault));
                return None;
            }
            None => {}
        }
        let (stages, touchpoints) = (&self.study.stages, &self.study.touchpoints);
        let ends = || touchpoints.values().flat_map(|its| its.ends.values());
        let has_quality = stages.values().any(|stage| stage.quality.is_some())
            || touchpoints.values().any(|its| its.quality.is_some())
            || ends().any(|end| end.quality.is_some());
        let has_effort = touchpoints.values().any(|its| its.effort.is_some()) || ends().any(|end| end.effort.is_some());
        let promises = touchpoints.values().any(|its| its.promise.is_some()) || ends().any(|end| end.promise.is_some());
        let buys = stages.values().any(|stage| stage.purchases.is_some());
        let (signal, source) = match SignalWord::of(name) {
            Some(SignalWord::Quality) => (Signal::Quality, has_quality),
            Some(SignalWord::Felt) => (Signal::Felt, has_quality),
            Some(SignalWord::Effort) => (Signal::Effort, has_effort),
            Some(SignalWord::Promise) => (Signal::Promise, promises),
            Some(SignalWord::Purchases) => (Signal::Purchases, buys),
            Some(SignalWord::Spent) => (Signal::Spent, buys),
            Some(SignalWord::Satisfaction) => (Signal::Satisfaction, self.study.experience.is_some()),
            None => match self.carried_named(name) {
                Some(of) => (Signal::Carried(of), !self.is_blend(name)),
                None if self.is_class(name) => {
                    let fault = Diagnostic::error(format!("`{name}` is a class, and no signal")).why(A_CLASS);
                    self.fault(at(fault.help("name what its tag is read from, or let it drive what moves this state")));
                    return None;
                }
                None => {
                    let touchpoints = || self.touchpoints.iter().map(|its| its.name.as_str());
                    let known = || {
                        SIGNALS.into_iter().chain(self.carried.iter().map(|its| its.name.as_str())).chain(touchpoints())
                    };
                    let help = match nearest(name, known()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("use one of {}", known().collect::<Vec<_>>().join(", ")),
                    };
                    let fault = Diagnostic::error(format!("there is no signal `{name}`")).why(
                        "a signal is the quality of a period, purchases, satisfaction, another state or a touchpoint",
                    );
                    self.fault(at(fault.help(help)));
                    return None;
                }
            },
        };
        if !source {
            let (why, help) = match signal {
                Signal::Quality | Signal::Felt => {
                    ("no stage has a `quality`, and no touchpoint", "give the stages that are felt a `quality`")
                }
                Signal::Effort => ("no touchpoint has an `effort`", "give a touchpoint an `effort`"),
                Signal::Promise => ("no touchpoint has a `promise`", "give a touchpoint a `promise`"),
                Signal::Occurrence(..) | Signal::QualityOf(_) | Signal::FeltOf(_) => ("", ""),
                Signal::Purchases | Signal::Spent => ("no stage has `purchases`", "add `purchases` to a stage"),
                Signal::Satisfaction => {
                    ("no `[experience]` is defined", "add `[experience]` with `start`, `neutral` and `learning`")
                }
                Signal::Carried(_) => ("a blend is made of other states when it is read", "name those states instead"),
            };
            self.fault(at(Diagnostic::error(format!("there is no `{name}` that could move a state"))
                .why(why)
                .help(help)));
        }
        source.then_some(signal)
    }
}
