//! Compiles initiatives: what they need and provide, cost, and change.

use crate::diagnostic::{Diagnostic, in_percent};
use crate::model::param::Meaning;
use crate::model::roadmap::{Cost, Dip, Initiative, Level, Ramp};
use crate::quantity::ParamId;
use crate::study::initiative::{self as written, Needs, RampShape};
use crate::study::names::{CAPABILITIES, SEGMENTS};
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::capability::There;
use super::compiler::Compiler;
use super::roadmap::clamp;

/// What an adoption curve is made of unless the study says so: the means over many products of Sultan, Farley &
/// Lehmann (1990), "A meta-analysis of applications of diffusion models", Journal of Marketing Research 27(1).
const INNOVATION: f64 = 0.03;
const IMITATION: f64 = 0.38;

impl Compiler<'_> {
    /// A half-life; one of no time at all is a slip for one that lasts.
    pub(super) fn half_life(&mut self, at: &Path, written: Option<&Number>) -> Option<ParamId> {
        let number = written?;
        if let Number::Known(periods) = number
            && *periods <= 0.0
        {
            self.fault(
                Diagnostic::error(format!("a half-life cannot be {periods}"))
                    .at(at.to_string())
                    .why("it says in how many periods half of it goes")
                    .help("give a number above 0, such as 12, or take it out where all of it lasts"),
            );
            return None;
        }
        Some(self.numbers.fixed(at, at, Meaning::Positive, number))
    }

    /// How many initiatives people can get used to at a time.
    pub(super) fn change_capacity(&mut self) -> Option<f64> {
        let capacity = self.study.roadmap.change_capacity?;
        if !(capacity.is_finite() && capacity > 0.0) {
            self.fault(
                Diagnostic::error(format!("people cannot take {capacity} initiatives at a time"))
                    .at("roadmap.change_capacity")
                    .help("give a number above 0, such as 2"),
            );
        }
        Some(capacity)
    }

    /// Compiles the initiatives, in the order of the file.
    pub(super) fn initiatives(&mut self, horizon: u32) -> Vec<Initiative> {
        let study = self.study;
        let mut all: Vec<Initiative> =
            study.initiatives.iter().map(|(name, written)| self.initiative(name, written, horizon)).collect();
        self.check_circles(&mut all);
        // A share that no initiative takes over is checked all the same.
        let shared = Path::of(["roadmap", "catch_up"]);
        if let Some(number) = &study.roadmap.catch_up
            && self.catch_up.is_none()
        {
            self.numbers.fixed(&shared, &shared, Meaning::Share, number);
            self.numbers.params.pop();
        }
        all
    }

    fn initiative(&mut self, name: &str, written: &written::Initiative, horizon: u32) -> Initiative {
        let at = Path::of(["initiatives", name]);
        let per_contact = self.per_contact(&at.child("cost").child("per_contact"), &written.cost.per_contact);
        let mut number = |path: Path, meaning: Meaning, number: &Option<Number>| {
            number.as_ref().map(|number| self.numbers.fixed(&path, &path, meaning, number))
        };
        let cost = at.child("cost");
        let cost = Cost {
            once: number(cost.child("once"), Meaning::Positive, &written.cost.once),
            per_period: number(cost.child("per_period"), Meaning::Positive, &written.cost.per_period),
            build: number(cost.child("build"), Meaning::Positive, &written.cost.build),
            per_customer: number(cost.child("per_customer"), Meaning::Positive, &written.cost.per_customer),
            per_contact,
            spans: self.spans_in_a_period(written.cost.per),
        };
        self.check_per_of_cost(&at.child("cost"), &written.cost);
        let effects = self.changes(&at.child("effects"), &written.effects, horizon);
        let slip = at.child("slip");
        let slip = written.slip.as_ref().map(|number| self.numbers.held(&slip, Meaning::Positive, number));
        let mut number = |key: &str, meaning: Meaning, number: &Option<Number>| {
            let path = at.child(key);
            number.as_ref().map(|number| self.numbers.fixed(&path, &path, meaning, number))
        };
        let chance = number("success", Meaning::Chance, &written.success);
        let catch_up = number("catch_up", Meaning::Share, &written.catch_up);
        let half_life = self.half_life(&at.child("half_life"), written.half_life.as_ref());
        if written.gate.is_some() && written.requires.is_empty() {
            self.fault(
                Diagnostic::warning(format!("the gate of `{name}` decides nothing"))
                    .at(at.child("gate").to_string())
                    .why("it says what happens where a required capability is not there, and none is required")
                    .help("list what it needs under `requires`, or take `gate` out"),
            );
        }
        let shared = self.study.roadmap.catch_up.as_ref().filter(|_| catch_up.is_none());
        let catch_up = catch_up.or_else(|| shared.map(|number| self.shared_catch_up(number)));
        Initiative {
            name: name.to_owned(),
            title: written.title.clone().unwrap_or_else(|| name.to_owned()),
            pillar: written.pillar.as_ref().map_or_else(String::new, |named| self.pillar_title(named)),
            cost,
            build: clamp(written.build.0),
            slip,
            success: chance.map(|chance| (chance, self.coin(&at))),
            ramp: self.ramp(&at.child("ramp"), &written.ramp),
            half_life,
            catch_up,
            until: written.until.map_or(u32::MAX, |until| clamp(until.0)),
            waves: self.waves(&at.child("waves"), written),
            dip: self.dip(&at.child("dip"), written, horizon),
            requires: self.levels(&at.child("requires"), &written.requires),
            provides: self.provided(&at.child("provides"), name, &written.provides),
            gate: written.gate.unwrap_or_default(),
            effects,
            shape: self.identity.of_path(&at),
        }
    }

    /// The number that the chance of success is held against: luck of the world, the same in every scenario.
    fn coin(&mut self, at: &Path) -> ParamId {
        let path = at.child("success").child("luck");
        self.numbers.fixed(&path, &at.child("success"), Meaning::Share, &Number::Uncertain("uniform(0, 1)".to_owned()))
    }

    fn shared_catch_up(&mut self, number: &Number) -> ParamId {
        let path = Path::of(["roadmap", "catch_up"]);
        let numbers = &mut self.numbers;
        *self.catch_up.get_or_insert_with(|| numbers.fixed(&path, &path, Meaning::Share, number))
    }

    fn ramp(&mut self, at: &Path, written: &written::Ramp) -> Ramp {
        let plain = |periods| Ramp { periods, shape: RampShape::Linear, innovation: INNOVATION, imitation: IMITATION };
        let shaped = match written {
            written::Ramp::Periods(periods) => return plain(clamp(periods.0)),
            written::Ramp::Shaped(shaped) => shaped,
        };
        let curve = [("innovation", shaped.innovation, INNOVATION), ("imitation", shaped.imitation, IMITATION)];
        let mut values = [INNOVATION, IMITATION];
        for (value, (key, given, usual)) in values.iter_mut().zip(curve) {
            *value = given.unwrap_or(usual);
            let wrong = !(value.is_finite() && *value >= 0.0) || (key == "innovation" && *value == 0.0);
            if wrong || (given.is_some() && shaped.shape != RampShape::Adoption) {
                let fault = if wrong {
                    Diagnostic::error(format!("`{key}` cannot be {value}"))
                        .why(if key == "innovation" {
                            "an adoption begins with those who adopt unprompted, so it must be above 0"
                        } else {
                            "it must be a number that is not negative"
                        })
                        .help(format!("give a number such as {usual}"))
                } else {
                    Diagnostic::error(format!("`{key}` belongs to an adoption curve"))
                        .help("add `shape = \"adoption\"`, or take it out")
                };
                self.fault(fault.at(at.child(key).to_string()));
            }
        }
        Ramp { shape: shaped.shape, innovation: values[0], imitation: values[1], ..plain(clamp(shaped.periods.0)) }
    }

    fn waves(&mut self, at: &Path, written: &written::Initiative) -> Vec<u32> {
        let order = self.identity.segment_order();
        for name in written.waves.keys().filter(|name| !order.contains(name)) {
            let help = SEGMENTS.suggest(name, self.study);
            self.fault(SEGMENTS.missing(name).at_key(at.child(name).to_string()).help(help));
        }
        order.iter().map(|name| written.waves.get(name).map_or(0, |delay| clamp(delay.0))).collect()
    }

    fn dip(&mut self, at: &Path, written: &written::Initiative, horizon: u32) -> Option<Dip> {
        let dip = written.dip.as_ref()?;
        let place = at.child("share");
        let share = self.numbers.fixed(&place, &place, Meaning::Positive, &dip.share);
        let least = self.numbers.params[share.index()].law.support().0;
        if least > 1.0 && least.is_finite() {
            let help = in_percent(least).map_or_else(String::new, |percent| format!(": {percent}"));
            self.fault(
                Diagnostic::warning(format!("a dip loses {least} times the full effect"))
                    .at(place.to_string())
                    .why("its `share` is how much of the full effect is lost at first; 1 is all of it")
                    .help(format!("give a share from 0 to 1{help}")),
            );
        }
        let effects = self.changes(&at.child("effects"), &dip.effects, horizon);
        if dip.effects.is_empty() && written.effects.is_empty() {
            self.fault(
                Diagnostic::error("a dip has nothing to disturb")
                    .at(at.to_string())
                    .why("it turns the effects of the initiative round for a while, and there are none")
                    .help("list what suffers under `effects` of the dip"),
            );
        }
        if dip.effects.is_empty() {
            self.check_turned_round(at, written);
        }
        Some(Dip { periods: clamp(dip.periods.0), share, effects })
    }

    /// Odds of 0 times as much cannot be turned round.
    fn check_turned_round(&mut self, at: &Path, written: &written::Initiative) {
        for (place, effect) in written.effects.iter().enumerate() {
            for (key, amount) in [("odds", &effect.odds), ("hazard", &effect.hazard)] {
                if matches!(amount, Some(Number::Known(amount)) if *amount == 0.0) {
                    let effects = at.parent().unwrap_or_default().child("effects");
                    self.fault(
                        Diagnostic::error(format!("a dip cannot turn `{key} = 0` round"))
                            .at(effects.child(&place.to_string()).child(key).to_string())
                            .at(at.to_string())
                            .why("what is taken away wholly has no opposite")
                            .help("use `set = 0`, or list what suffers under `effects` of the dip"),
                    );
                }
            }
        }
    }

    fn levels(&mut self, at: &Path, needs: &Needs) -> Vec<Level> {
        let listed = matches!(needs, Needs::Whole(_));
        let mut levels = Vec::new();
        for (place, (name, level)) in needs.levels().into_iter().enumerate() {
            let at = if listed { at.child(&place.to_string()) } else { at.child(&name) };
            let before = self.numbers.faults.len();
            self.check_level(level, &at);
            let Some(capability) = self.study.capabilities.get_index_of(&name) else {
                let help = if self.study.capabilities.is_empty() {
                    format!("add `[{}]` with its `kind`", Path::of(["capabilities", &name]))
                } else {
                    CAPABILITIES.suggest(&name, self.study)
                };
                let fault = CAPABILITIES.missing(&name).help(help);
                self.fault(if listed { fault.at(at.to_string()) } else { fault.at_key(at.to_string()) });
                continue;
            };
            if levels.iter().any(|its: &Level| its.capability == capability) {
                self.fault(
                    Diagnostic::error(format!("`{name}` is named twice"))
                        .at(at.to_string())
                        .help("take one of them out"),
                );
            } else if self.numbers.faults.len() == before {
                // What would follow from a wrong level is not told.
                levels.push(Level { capability, level });
            }
        }
        levels
    }

    /// The levels that an initiative provides; those that are there anyway are warned of.
    fn provided(&mut self, at: &Path, initiative: &str, provides: &Needs) -> Vec<Level> {
        let levels = self.levels(at, provides);
        for its in &levels {
            let Some((name, capability)) = self.study.capabilities.get_index(its.capability) else { continue };
            if capability.has(its.level) != There::Surely {
                continue;
            }
            let place = provides.levels().iter().position(|(other, _)| other == name).unwrap_or(0);
            let key = if matches!(provides, Needs::Whole(_)) { place.to_string() } else { name.clone() };
            let today = capability.today();
            self.fault(
                Diagnostic::warning(format!("`{initiative}` provides no more of `{name}` than is there"))
                    .at(at.child(&key).to_string())
                    .why(format!(
                        "it provides it at {}, and `[{}]` has it {today} today; levels do not add up",
                        its.level,
                        Path::of(["capabilities", name])
                    ))
                    .help("give the level that is there afterwards, or lower that of today"),
            );
        }
        levels
    }

    /// Tells of initiatives that require in a circle: those who provide cannot be put before those who require.
    ///
    /// Whether they would wait or do less does not count. Of those that do less, each would stand on the other, and both
    /// on nothing.
    fn check_circles(&mut self, all: &mut [Initiative]) {
        let capabilities = &self.study.capabilities;
        let has = |need: &Level| capabilities.get_index(need.capability).map(|(_, its)| its.has(need.level));
        // Where draws let one of them start, the others can follow.
        let unmet = |need: &Level| has(need) == Some(There::Never);
        let provides = |other: &Initiative, need: &Level| {
            other.provides.iter().any(|its| its.capability == need.capability && its.level >= need.level)
        };
        let needs = |from: &Initiative, other: &Initiative| {
            from.requires.iter().any(|need| unmet(need) && provides(other, need))
        };
        let providers: Vec<usize> = (0..all.len()).filter(|at| !all[*at].provides.is_empty()).collect();
        let of = |at: usize| {
            let unmet = all[at].requires.iter().any(&unmet);
            let others = providers.iter().copied().filter(|_| unmet);
            others.filter(|other| *other != at && needs(&all[at], &all[*other])).collect()
        };
        let waits: Vec<Vec<usize>> = (0..all.len()).map(of).collect();
        let mut placed = vec![false; all.len()];
        // One provider of each capability is enough, so that two may wait for each other where others provide.
        let can_be_placed = |at: usize, placed: &[bool]| {
            all[at].requires.iter().filter(|need| unmet(need)).all(|need| {
                let mut providers = waits[at].iter().filter(|other| provides(&all[**other], need)).peekable();
                providers.peek().is_none() || providers.any(|other| placed[*other])
            })
        };
        while let Some(at) = (0..all.len()).find(|at| !placed[*at] && can_be_placed(*at, &placed)) {
            placed[at] = true;
        }
        if let Some(first) = placed.iter().position(|placed| !placed) {
            let circle = circle(first, &waits, &placed);
            let named: Vec<String> =
                circle.iter().chain(circle.first()).map(|at| format!("`{}`", all[*at].name)).collect();
            let fault = Diagnostic::error("initiatives wait for each other in a circle")
                .why(format!(
                    "{}: each requires what the next one provides, so that none of them can come first",
                    named.join(" waits for ")
                ))
                .help("let one of them require less, or let another initiative provide it");
            let at = |at: &usize| Path::of(["initiatives", &all[*at].name, "requires"]).to_string();
            self.fault(circle.iter().fold(fault, |fault, its| fault.at(at(its))));
            // Plans in which they start too early follow from it.
            circle.iter().for_each(|at| all[*at].requires.clear());
        }
    }
}

/// The initiatives of a circle, from one that cannot be placed.
fn circle(first: usize, waits: &[Vec<usize>], placed: &[bool]) -> Vec<usize> {
    let mut way = vec![first];
    loop {
        let last = way[way.len() - 1];
        let Some(next) = waits[last].iter().copied().find(|other| !placed[*other]) else { return way };
        if let Some(at) = way.iter().position(|its| *its == next) {
            return way.split_off(at);
        }
        way.push(next);
    }
}
