//! Compiles touchpoints: how often they happen, what they are like, how they end, and what they come to.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::model::counter::EVERY_MODEL;
use crate::model::journey::Quality;
use crate::model::param::Meaning;
use crate::model::touchpoint::{Answer, Cause, End, MOST_OCCURRENCES, Occurs, Timing, Touchpoint, Way};
use crate::quantity::{CounterId, ParamId, StageId};
use crate::stats::distribution::Distribution;
use crate::study::journey::Occasion;
use crate::study::names::TOUCHPOINTS;
use crate::study::number::{Number, Spread};
use crate::study::path::ParamPath as Path;
use crate::study::touchpoint::{
    ByStage, End as WrittenEnd, Timing as WrittenTiming, Touchpoint as Written, Way as WrittenWay,
};

use super::amount::{Amount, Per};
use super::compiler::Compiler;

/// The largest mean number of occurrences in a period: more than 15 of them then come once in 200,000 periods.
const MOST_IN_THE_MEAN: f64 = 4.0;

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
            let cause = self.touchpoints[place].cause;
            let own = self.own_end(&at, written);
            let named: Vec<String> = self.touchpoints[place].ends.iter().filter_map(|end| end.name.clone()).collect();
            let ends: Vec<End> = named
                .iter()
                .map(|end| self.end((&at.child("ends").child(end), end), &written.ends[end], &own))
                .collect();
            self.check_ends(&at, written);
            let compiled = Touchpoint {
                stages: self.occurs(&at, written, cause),
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

    /// Where it happens, and how often or with which chance.
    fn occurs(&mut self, at: &Path, written: &Written, cause: Cause) -> Vec<Option<Occurs>> {
        let here = self.stages_of(at, written, cause);
        let mut stages: Vec<Option<Occurs>> = here.iter().map(|here| here.then_some(Occurs::Always)).collect();
        let meaning = if cause == Cause::Rate { Meaning::Positive } else { Meaning::Chance };
        match written.frequency() {
            None if !written.drivers.is_empty() => self.fault(
                Diagnostic::error("what happens each time cannot be driven")
                    .at(at.child("drivers").to_string())
                    .why("drivers bend a rate or a chance, and this touchpoint has none")
                    .help("add `chance = 0.9`, or take `drivers` out"),
            ),
            None => {}
            Some((key, ByStage::One(number))) => {
                let at = at.child(key);
                let id = self.number(&at, meaning, number);
                self.check_often(&at, id, cause);
                for stage in stages.iter_mut().flatten() {
                    *stage = Occurs::With(id);
                }
            }
            Some((key, ByStage::Each(numbers))) => {
                if !written.stages.is_empty() {
                    self.fault(
                        Diagnostic::error(format!(
                            "the stages of this touchpoint are told twice, by `in` and by `{key}`"
                        ))
                        .at_key(at.child("in").to_string())
                        .at_key(at.child(key).to_string())
                        .why(format!("`{key}` by stage says where it happens"))
                        .help("take `in` out"),
                    );
                }
                stages = vec![None; stages.len()];
                for (stage, number) in numbers {
                    let at = at.child(key).child(stage);
                    let id = self.number(&at, meaning, number);
                    self.check_often(&at, id, cause);
                    if let Some(stage) = self.place_of_touchpoint(stage, &at, cause) {
                        stages[stage.index()] = Some(Occurs::With(id));
                    }
                }
            }
        }
        stages
    }

    fn check_often(&mut self, at: &Path, id: ParamId, cause: Cause) {
        let mean = self.numbers.params[id.index()].law.mean();
        if cause == Cause::Rate && mean > MOST_IN_THE_MEAN {
            self.fault(
                Diagnostic::error(format!("a touchpoint cannot come {mean} times a period in the mean"))
                    .at(at.to_string())
                    .why(format!(
                        "more than {MOST_OCCURRENCES} in one period are not told apart, and {MOST_IN_THE_MEAN} in the mean hardly pass that"
                    ))
                    .help("use a shorter period of the run, or let one touchpoint stand for several"),
            );
        }
    }

    /// The stages where it happens.
    fn stages_of(&mut self, at: &Path, written: &Written, cause: Cause) -> Vec<bool> {
        let study = self.study;
        let mut here = vec![false; self.stages.len()];
        for (item, stage) in written.stages.iter().enumerate() {
            let at = at.child("in").child(&item.to_string());
            if let Some(stage) = self.place_of_touchpoint(stage, &at, cause) {
                here[stage.index()] = true;
            }
        }
        if written.stages.is_empty() {
            for (name, stage) in &self.stages {
                let its = &study.stages[name];
                // Who has left after a purchase is met all the same.
                let left_to = cause == Cause::Purchase
                    && study
                        .stages
                        .values()
                        .any(|from| from.to.get(name).is_some_and(|way| way.is_on(Occasion::Purchase)));
                here[stage.index()] =
                    !its.to.is_empty() || (cause == Cause::Purchase && its.purchases.is_some()) || left_to;
            }
        }
        here
    }

    /// A stage where a touchpoint may happen: one that something leads out of, unless it is what coming there brings about.
    fn place_of_touchpoint(&mut self, name: &str, at: &Path, cause: Cause) -> Option<StageId> {
        let Some(&stage) = self.stages.get(name) else {
            let help = crate::study::names::STAGES.suggest(name, self.study);
            self.fault(crate::study::names::STAGES.missing(name).at(at.to_string()).help(help));
            return None;
        };
        if self.study.stages[name].to.is_empty() && !matches!(cause, Cause::Entry | Cause::Purchase) {
            self.fault(
                Diagnostic::error(format!("nothing happens any more in `{name}`"))
                    .at(at.to_string())
                    .why("nothing leads out of it, so that its customers are at rest")
                    .help("let something lead out of it, or take it out here"),
            );
        }
        Some(stage)
    }

    /// How it ends by itself.
    fn own_end(&mut self, at: &Path, written: &Written) -> End {
        End {
            name: None,
            chance: None,
            drivers: Vec::new(),
            quality: written.quality.as_ref().map(|its| self.quality_of(&at.child("quality"), its)),
            effort: self.optional(at, "effort", Meaning::Share, written.effort.as_ref()),
            importance: self.optional(at, "importance", Meaning::Positive, written.importance.as_ref()),
            promise: self.optional(at, "promise", Meaning::Share, written.promise.as_ref()),
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
            drivers: self.drivers(&at.child("drivers"), &written.drivers),
            quality: quality.or_else(|| own.quality.clone()),
            effort: self.optional(at, "effort", Meaning::Share, written.effort.as_ref()).or(own.effort),
            importance: self
                .optional(at, "importance", Meaning::Positive, written.importance.as_ref())
                .or(own.importance),
            promise: self.optional(at, "promise", Meaning::Share, written.promise.as_ref()).or(own.promise),
            ways: if written.to.is_empty() { own.ways.clone() } else { ways },
        }
    }

    fn optional(&mut self, at: &Path, key: &str, meaning: Meaning, written: Option<&Number>) -> Option<ParamId> {
        written.map(|number| self.number(&at.child(key), meaning, number))
    }

    fn quality_of(&mut self, at: &Path, spread: &Spread) -> Quality {
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
        let all: f64 = ways.iter().map(|way| self.numbers.params[way.chance.index()].law.mean()).sum();
        if all > 1.0 + 1e-9 {
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
            && width <= 0.0
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
            && fades <= 0.0
        {
            self.fault(
                Diagnostic::error(format!("an answer cannot fade in {fades} days"))
                    .at(at.child("fades").to_string())
                    .why("it says in how many days half of its importance is gone")
                    .help("give a number above 0, such as 8"),
            );
        }
        let law = self.numbers.spread(&path, Meaning::Positive, spread);
        let mean = law.mean();
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
        let followed = self.study.states.values().any(|its| its.follows.as_deref() == Some("promise"));
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

    fn check_ends(&mut self, at: &Path, written: &Written) {
        let known = |end: &WrittenEnd| if let Number::Known(chance) = end.chance { chance } else { 0.0 };
        let all: f64 = written.ends.values().map(known).sum();
        if all > 1.0 + 1e-9 {
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
            for (place, end) in its.ends.iter().enumerate() {
                let own = end.name.as_ref().is_none_or(|name| !written.ends[name].values.contains_key(line));
                amounts.extend(own.then_some(Amount { per: Per::Each(its.counter, its.cell(place)), ..amount }));
            }
        }
        for (place, end) in its.ends.iter().enumerate() {
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
fn round(sum: f64) -> f64 {
    (sum * 1e6).round() / 1e6
}
