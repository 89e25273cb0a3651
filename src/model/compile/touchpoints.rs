//! Compiles touchpoints: how often they happen, what they are like, how they end, and what they come to.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::model::counter::EVERY_MODEL;
use crate::model::journey::Quality;
use crate::model::param::Meaning;
use crate::model::touchpoint::{Answer, Cause, End, Timing, Touchpoint, Way};
use crate::quantity::{CounterId, ParamId};
use crate::stats::distribution::Distribution;
use crate::study::names::TOUCHPOINTS;
use crate::study::number::{Number, Spread};
use crate::study::path::ParamPath as Path;
use crate::study::state::State;
use crate::study::touchpoint::{End as WrittenEnd, Timing as WrittenTiming, Touchpoint as Written, Way as WrittenWay};

use super::amount::{Amount, Per};
use super::compiler::Compiler;

impl Compiler<'_> {
    /// Compiles the touchpoints, in the order of their names. What customers carry has names by now; the counters of
    /// touchpoints come after those of states.
    pub(super) fn touchpoints(&mut self) {
        let study = self.study;
        for place in 0..self.touchpoints.len() {
            let name = self.touchpoints[place].name.clone();
            let written = &study.touchpoints[&name];
            let at = Path::of([TOUCHPOINTS.root, &name]);
            self.check_felt(&at, written);
            let counter = CounterId::from(EVERY_MODEL + self.rates.len() + self.carried.len() + place);
            let cause = self.touchpoints[place].cause();
            let own = self.own_end(&at, written);
            let named: Vec<String> =
                self.touchpoints[place].choices().iter().filter_map(|end| end.name.clone()).collect();
            let mut ends: Vec<End> = named
                .iter()
                .map(|end| self.end((&at.child("ends").child(end), end), &written.ends[end], &own))
                .collect();
            self.check_ends(&at, (written, &ends));
            if let Some(given_up) = self.touchpoints[place].ends.last().filter(|end| end.given_up).cloned() {
                let end = self.abandoned((&at, written), given_up, &own, &ends);
                ends.push(end);
            }
            let rows = self.rows(&at, written, cause);
            self.lean(&at, written, &rows);
            let compiled = Touchpoint {
                rows,
                drivers: self.drivers(&at.child("drivers"), &written.drivers),
                timing: written.timing.as_ref().map(|timing| self.timing(&at.child("timing"), timing)),
                answer: self.answer(&at, written, cause),
                ends: std::iter::once(own).chain(ends).collect(),
                counter,
                ..self.touchpoints[place].clone()
            };
            self.book_touchpoint(&at, written, &compiled);
            self.touchpoints[place] = compiled;
        }
    }

    /// How it ends by itself.
    fn own_end(&mut self, at: &Path, written: &Written) -> End {
        End {
            name: None,
            chance: None,
            given_up: false,
            drivers: Vec::new(),
            quality: written.quality.as_ref().map(|its| self.quality_of(&at.child("quality"), its)),
            effort: self.optional(at, "effort", Meaning::Share, written.effort.as_ref()),
            importance: self.optional(at, "importance", Meaning::Positive, written.importance.as_ref()),
            promise: self.optional(at, "promise", Meaning::Share, written.promise.as_ref()),
            minutes: self.optional(at, "minutes", Meaning::Positive, written.minutes.as_ref()),
            tells: written.tells.as_ref().and_then(|its| self.tells(&at.child("tells"), its)),
            ways: self.ways(&at.child("to"), &written.to),
        }
    }

    /// Another end: what it does not say is as the touchpoint says it.
    fn end(&mut self, (at, name): (&Path, &String), written: &WrittenEnd, own: &End) -> End {
        let chance = self.number(&at.child("chance"), Meaning::Chance, &written.chance);
        let quality = written.quality.as_ref().map(|its| self.quality_of(&at.child("quality"), its));
        let ways = self.ways(&at.child("to"), &written.to);
        End {
            name: Some(name.clone()),
            chance: Some(chance),
            given_up: false,
            drivers: self.drivers(&at.child("drivers"), &written.drivers),
            quality: quality.or_else(|| own.quality.clone()),
            effort: self.optional(at, "effort", Meaning::Share, written.effort.as_ref()).or(own.effort),
            importance: self
                .optional(at, "importance", Meaning::Positive, written.importance.as_ref())
                .or(own.importance),
            promise: self.optional(at, "promise", Meaning::Share, written.promise.as_ref()).or(own.promise),
            minutes: self.optional(at, "minutes", Meaning::Positive, written.minutes.as_ref()).or(own.minutes),
            tells: match &written.tells {
                Some(its) => self.tells(&at.child("tells"), its),
                None => own.tells,
            },
            ways: if written.to.is_empty() { own.ways.clone() } else { ways },
        }
    }

    /// How it ends for those who give up: what that is like says the channel, and it weighs as much as any other contact.
    fn abandoned(&mut self, (at, written): (&Path, &Written), its: End, own: &End, ends: &[End]) -> End {
        let of_ends = written.ends.iter().filter(|(_, end)| end.minutes.is_some());
        let of_ends = of_ends.map(|(name, _)| at.child("ends").child(name));
        let told: Vec<Path> = written.minutes.iter().map(|_| at.clone()).chain(of_ends).collect();
        if !told.is_empty() {
            let fault = Diagnostic::error("the minutes of this touchpoint are told twice")
                .why("`handle` of the channel says how long a contact takes those who work there")
                .help("take `minutes` out");
            self.fault(told.iter().fold(fault, |fault, at| fault.at_key(at.child("minutes").to_string())));
        }
        let felt = std::iter::once(own).chain(ends).find_map(|end| end.quality.as_ref());
        let given_up = felt.map(|felt| {
            let zero = Quality { mean: felt.mean, law: Distribution::Constant(0.0) };
            self.channels.iter().find(|channel| channel.is_staffed()).map_or(zero, |its| its.given_up.clone())
        });
        End { quality: given_up, importance: own.importance, ..its }
    }

    fn optional(&mut self, at: &Path, key: &str, meaning: Meaning, written: Option<&Number>) -> Option<ParamId> {
        written.map(|number| self.number(&at.child(key), meaning, number))
    }

    pub(super) fn quality_of(&mut self, at: &Path, spread: &Spread) -> Quality {
        let law = self.numbers.spread(at, Meaning::Real, spread);
        let mean = self.number(at, Meaning::Share, &Number::Known(law.mean()));
        Quality { mean, law }
    }

    fn ways(&mut self, at: &Path, written: &IndexMap<String, WrittenWay>) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for (to, way) in written {
            let at = at.child(to);
            let to = self.stage(to, &at);
            let (chance, drivers) = match way {
                WrittenWay::Chance(chance) => (self.number(&at, Meaning::Chance, chance), Vec::new()),
                WrittenWay::Driven(its) => {
                    let chance = self.numbers.changeable(&at, &at.child("chance"), Meaning::Chance, &its.chance);
                    (chance, self.drivers(&at.child("drivers"), &its.drivers))
                }
            };
            ways.extend(to.map(|to| Way { to, chance, drivers }));
        }
        ways.sort_by_key(|way| way.to);
        let means = || ways.iter().map(|way| self.numbers.params[way.chance.index()].law.mean());
        let all: f64 = means().sum();
        // What is out of range itself was told.
        if all > 1.0 + 1e-9 && means().all(|chance| (0.0..=1.0).contains(&chance)) {
            self.fault(
                Diagnostic::error(format!("the chances to be taken elsewhere add up to {}", round(all)))
                    .at(at.to_string())
                    .why("what is left over stays, so they may add up to 1 at most")
                    .help("lower the chances"),
            );
        }
        ways
    }

    fn timing(&mut self, at: &Path, written: &WrittenTiming) -> Timing {
        if let Number::Known(width) = written.width
            && width == 0.0
        {
            self.fault(
                Diagnostic::error(format!("a timing cannot be {width} periods wide"))
                    .at(at.child("width").to_string())
                    .why("it says how many periods early or late a touchpoint still weighs something")
                    .help("give a number above 0, such as 1"),
            );
        }
        Timing {
            best: self.number(&at.child("best"), Meaning::Positive, &written.best),
            width: self.number(&at.child("width"), Meaning::Positive, &written.width),
            miss: self.number(&at.child("miss"), Meaning::Real, &written.miss),
        }
    }

    /// How long it takes to come.
    fn answer(&mut self, at: &Path, written: &Written, cause: Cause) -> Option<Answer> {
        let Some(spread) = &written.answer else {
            if written.fades.is_some() {
                self.fault(
                    Diagnostic::error("`fades` says how an answer fades, and there is none")
                        .at_key(at.child("fades").to_string())
                        .help("add `answer = 3`, the days until it comes, or take `fades` out"),
                );
            }
            return None;
        };
        let path = at.child("answer");
        if !matches!(cause, Cause::After { .. }) {
            self.fault(
                Diagnostic::error("this touchpoint answers nothing")
                    .at_key(path.to_string())
                    .why("`answer` is how long it takes to come after another touchpoint")
                    .help("name that one under `on`, or take `answer` out"),
            );
        }
        if let Some(Number::Known(fades)) = written.fades
            && fades == 0.0
        {
            self.fault(
                Diagnostic::error(format!("an answer cannot fade in {fades} days"))
                    .at(at.child("fades").to_string())
                    .why("it says in how many days half of its importance is gone")
                    .help("give a number above 0, such as 8"),
            );
        }
        let before = self.numbers.faults.len();
        let law = self.numbers.spread(&path, Meaning::Positive, spread);
        if law.support().0 < 0.0 && self.numbers.faults.len() == before {
            self.fault(
                Diagnostic::error("an answer cannot come before its question")
                    .at(path.to_string())
                    .why("it is the number of days until it comes")
                    .help("use a distribution of positive numbers, such as \"lognormal(median=1.5, sigma=1)\""),
            );
        }
        if written.fades.is_none() && !self.is_awaited(at) {
            self.fault(
                Diagnostic::warning("how long this takes to come changes nothing")
                    .at_key(path.to_string())
                    .why("nothing of its importance fades")
                    .help("add `fades = 8`, the days after which half of it is gone, or take `answer` out"),
            );
        }
        let known = self.numbers.faults.len() == before;
        let mean = if known { law.mean() } else { 1.0 };
        let scaled = if mean > 0.0 && mean.is_finite() { law.scaled(1.0 / mean) } else { None };
        Some(Answer {
            mean: self.number(&path, Meaning::Positive, &Number::Known(mean.max(0.0))),
            law: scaled.unwrap_or(Distribution::Constant(1.0)),
            fades: written.fades.as_ref().map(|fades| self.number(&at.child("fades"), Meaning::Positive, fades)),
        })
    }

    /// What only customers with expectations feel.
    fn check_felt(&mut self, at: &Path, written: &Written) {
        let hears = self.study.experience.as_ref().is_some_and(|its| its.expectation.is_some());
        let reads = |its: &State| {
            let followed = [&its.follows, &its.peak].into_iter().flatten().any(|signal| signal == "promise");
            followed || its.adds.contains_key("promise")
        };
        let followed = self.study.states.values().any(reads);
        let promises = written.ends.iter().filter(|(_, end)| end.promise.is_some());
        let promises = promises.map(|(name, _)| at.child("ends").child(name).child("promise"));
        for path in written.promise.iter().map(|_| at.child("promise")).chain(promises) {
            if !hears && !followed {
                self.fault(
                    Diagnostic::error("nobody hears this promise")
                        .at(path.to_string())
                        .why("a promise moves what customers expect, and they expect nothing")
                        .help("add `expectation = { start = 0.65, adapts = 0.1, hears = 0.5 }` to `[experience]`"),
                );
            }
        }
    }

    fn check_ends(&mut self, at: &Path, (written, ends): (&Written, &[End])) {
        let means = || ends.iter().filter_map(|end| end.chance).map(|id| self.numbers.params[id.index()].law.mean());
        let all: f64 = means().sum();
        if all > 1.0 + 1e-9 && means().all(|chance| (0.0..=1.0).contains(&chance)) {
            let mut fault = Diagnostic::error(format!("the chances of how this ends add up to {}", round(all)))
                .why("what they leave over ends as the touchpoint itself says, so they may add up to 1 at most")
                .help("lower the chances");
            for name in written.ends.keys() {
                fault = fault.at(at.child("ends").child(name).child("chance").to_string());
            }
            self.fault(fault);
        }
    }

    /// Books amounts on what is counted: on all of it where no end says otherwise, else on each end.
    fn book_touchpoint(&mut self, at: &Path, written: &Written, its: &Touchpoint) {
        let mut amounts: Vec<Amount> = Vec::new();
        let says = |line: &String| written.ends.values().any(|end| end.values.contains_key(line));
        for (line, number) in &written.values {
            let per = Per::Each(its.counter, 0);
            let Some(amount) = self.amount(per, &at.child("values").child(line), line, number) else { continue };
            if !says(line) {
                amounts.push(amount);
                continue;
            }
            for (place, end) in its.choices().iter().enumerate() {
                let own = end.name.as_ref().is_none_or(|name| !written.ends[name].values.contains_key(line));
                amounts.extend(own.then_some(Amount { per: Per::Each(its.counter, its.cell(place)), ..amount }));
            }
        }
        for (place, end) in its.choices().iter().enumerate() {
            let Some(name) = &end.name else { continue };
            let at = at.child("ends").child(name).child("values");
            for (line, number) in &written.ends[name].values {
                amounts.extend(self.amount(Per::Each(its.counter, its.cell(place)), &at.child(line), line, number));
            }
        }
        amounts.sort_by_cached_key(|amount| (amount.per, self.place_of(amount)));
        self.amounts.append(&mut amounts);
    }
}

/// A sum as messages tell it.
pub(super) fn round(sum: f64) -> f64 {
    (sum * 1e6).round() / 1e6
}
