//! Compiles what leads out of stages: chances in every form, and what bends them.

use crate::diagnostic::{Diagnostic, nearest, suggest};
use crate::model::journey::{Chance, Clock, Driver, Exit, State};
use crate::model::param::Meaning;
use crate::quantity::{ParamId, StageId};
use crate::study::journey::{Occasion, Rule, Transition};
use crate::study::list::{names_a_list, read_chances};
use crate::study::names::{CLOCKS, RIVALS, STAGES};
use crate::study::number::{Chances, Number, Spread};
use crate::study::path::ParamPath as Path;
use crate::study::table::Counted;

use super::compiler::Compiler;

impl Compiler<'_> {
    pub(super) fn drivers(&mut self, at: &Path, written: &indexmap::IndexMap<String, Number>) -> Vec<Driver> {
        let mut drivers: Vec<Driver> = Vec::new();
        for (name, weight) in written {
            let at = at.child(name);
            if name == RIVALS.root {
                self.check_pulled(&at);
                continue;
            }
            let on = if name == "satisfaction" {
                if self.study.experience.is_none() {
                    self.fault(
                        Diagnostic::error("customers have no satisfaction")
                            .at_key(at.to_string())
                            .why("no `[experience]` is defined")
                            .help("add `[experience]` with `start`, `neutral` and `learning`"),
                    );
                }
                State::Satisfaction
            } else if let Some(of) = self.rate_named(name) {
                State::Happened(of)
            } else if let Some(of) = self.carried_named(name) {
                State::Carried(of)
            } else if let Some(class) = self.class_that_drives(name) {
                match class {
                    Ok(class) => class,
                    Err(fault) => {
                        self.fault(fault.at_key(at.to_string()));
                        self.number(&at, Meaning::Real, weight);
                        continue;
                    }
                }
            } else {
                let Some(id) = self.trait_named(name, &at) else {
                    // What is not known here can be aimed at all the same.
                    self.number(&at, Meaning::Real, weight);
                    continue;
                };
                State::Trait(id)
            };
            drivers.push(Driver { on, weight: self.number(&at, Meaning::Real, weight) });
        }
        drivers.sort_by_key(|driver| driver.on);
        drivers
    }

    pub(super) fn exit(&mut self, from: &str, to: &str, transition: &Transition, horizon: u32) -> Option<Exit> {
        let path = Path::of(["stages", from, "to", to]);
        let before = self.numbers.params.len();
        let exit = self.way_out(from, to, transition, horizon);
        if exit.is_none() && self.numbers.params.len() == before {
            // A change that aims at a move that is wrong is not wrong itself.
            let chance = path.child("chance");
            self.numbers.changeable(&path, &chance, Meaning::Chance, &Number::Known(0.0));
        }
        exit
    }

    fn way_out(&mut self, from: &str, to: &str, transition: &Transition, horizon: u32) -> Option<Exit> {
        let path = Path::of(["stages", from, "to", to]);
        if !self.stages.contains_key(to) && nearest(to, ["effective_size"]).is_some() {
            let fault = if to == "effective_size" {
                Diagnostic::error("an effective size is a known number above 0").help("give a number such as 400")
            } else {
                STAGES.missing(to).help("did you mean `effective_size`?")
            };
            self.fault(fault.at_key(path.to_string()));
            return None;
        }
        let id = self.stage(to, &path)?;
        if from == to {
            self.fault(
                Diagnostic::error(format!("`{from}` cannot lead to itself"))
                    .at_key(path.to_string())
                    .why("what the listed chances leave over stays in the stage")
                    .help("take it out"),
            );
            return None;
        }
        match transition {
            Transition::Chance(chance) => {
                let chance = Chance::Fixed(self.number(&path, Meaning::Chance, chance));
                Some(Exit {
                    to: id,
                    chance,
                    drivers: Vec::new(),
                    rivals: None,
                    word_of_mouth: None,
                    on: Occasion::Period,
                })
            }
            Transition::Rule(rule) => self.rule(from, id, &path, rule, horizon),
        }
    }

    pub(super) fn rule(&mut self, from: &str, to: StageId, path: &Path, rule: &Rule, horizon: u32) -> Option<Exit> {
        let chance = self.chance(path, rule, horizon)?;
        if rule.on == Occasion::Purchase {
            self.check_on_purchase(from, path, rule);
        }
        // Beside a rate it is one.
        let meaning = if rule.rate.is_some() { Meaning::Positive } else { Meaning::Share };
        let word_of_mouth =
            rule.word_of_mouth.as_ref().map(|number| self.number(&path.child("word_of_mouth"), meaning, number));
        if word_of_mouth.is_some() && !self.study.stages.values().any(|stage| stage.talks) {
            self.fault(
                Diagnostic::error("no stage has customers who talk")
                    .at(path.child("word_of_mouth").to_string())
                    .why("word of mouth rises with the share of customers in stages that talk")
                    .help("add `talks = true` to the stages whose customers do"),
            );
        }
        Some(Exit {
            to,
            chance,
            drivers: self.drivers(&path.child("drivers"), &rule.drivers),
            rivals: self.pulled(&path.child("drivers"), &rule.drivers),
            word_of_mouth,
            on: rule.on,
        })
    }

    pub(super) fn check_on_purchase(&mut self, from: &str, path: &Path, rule: &Rule) {
        if self.study.stages[from].purchases.is_none() {
            self.fault(
                Diagnostic::error(format!("`{from}` has no purchases"))
                    .at(path.child("on").to_string())
                    .why("the chance is taken after each purchase, and the stage has none")
                    .help(format!(
                        "add `[{}]` with `rate` and `basket`, or take out `on = \"purchase\"`",
                        Path::of(["stages", from, "purchases"])
                    )),
            );
        }
        if rule.by.is_some() || rule.sojourn.is_some() || rule.word_of_mouth.is_some() || !rule.drivers.is_empty() {
            self.fault(
                Diagnostic::error("a chance taken at each purchase is a number or a trait")
                    .at(path.to_string())
                    .why("`by`, `sojourn`, `drivers` and `word_of_mouth` belong to chances taken once a period")
                    .help("take them out, or take out `on = \"purchase\"`"),
            );
        }
    }

    pub(super) fn chance(&mut self, path: &Path, rule: &Rule, horizon: u32) -> Option<Chance> {
        if rule.rate.is_some() || rule.per.is_some() {
            return self.hazard(path, rule).map(Chance::Competing);
        }
        let written = path.child("chance");
        if let Some(name) = &rule.trait_name {
            if rule.chance.is_some() || rule.sojourn.is_some() || rule.by.is_some() || rule.word_of_mouth.is_some() {
                self.fault(
                    Diagnostic::error("a customer's own chance stands alone")
                        .at(path.to_string())
                        .why(
                            "`trait` says that the chance is drawn for each customer, so that nothing else can give it",
                        )
                        .help("give either `trait`, or `chance` with `by`, or `sojourn`"),
                );
            }
            return self.own_chance(path, name);
        }
        if let Some(law) = &rule.sojourn {
            return self.sojourn(path, rule, law, horizon);
        }
        match &rule.chance {
            None if rule.word_of_mouth.is_some() => {
                Some(Chance::Fixed(self.numbers.changeable(path, path, Meaning::Chance, &Number::Known(0.0))))
            }
            None => {
                self.fault(
                    Diagnostic::error(format!("`{path}` has no chance"))
                        .at(path.to_string())
                        .help("give `chance`, `rate`, `trait` or `sojourn`"),
                );
                None
            }
            Some(Chances::One(Number::Uncertain(file))) if names_a_list(file) => {
                let counted = Counted { by: rule.by.as_deref().unwrap_or(""), unit: self.study.run.period.noun() };
                match read_chances(self.source, file, &counted) {
                    Ok(list) => {
                        let list: Vec<Number> = list.into_iter().map(Number::Known).collect();
                        self.listed(path, &written, rule, &list, horizon)
                    }
                    Err(fault) => {
                        self.fault(fault.at(written.to_string()));
                        None
                    }
                }
            }
            Some(Chances::One(number)) => {
                // At a purchase it is told that `by` does not belong there.
                if rule.by.is_some() && rule.on == Occasion::Period {
                    self.fault(
                        Diagnostic::error("`by` reads a list, and this is one chance")
                            .at(path.child("by").to_string())
                            .help("give `chance` as a list, or take out `by`"),
                    );
                }
                Some(Chance::Fixed(self.numbers.changeable(path, &written, Meaning::Chance, number)))
            }
            Some(Chances::List(list)) => self.listed(path, &written, rule, list, horizon),
        }
    }

    pub(super) fn own_chance(&mut self, path: &Path, name: &str) -> Option<Chance> {
        let of = self.trait_named(name, &path.child("trait"))?;
        if self.study.traits.get(name).is_some_and(|t| t.ages) {
            self.fault(
                Diagnostic::error(format!("`{name}` ages, so it cannot be a chance"))
                    .at(path.child("trait").to_string())
                    .why("it grows by 1 each period and would soon pass 1")
                    .help("use another trait, or give `chance` as a list and read it `by` this one"),
            );
        }
        for (segment, law) in self.laws_of(name) {
            let (low, high) = law.support();
            if low < 0.0 || high > 1.0 {
                self.fault(
                    Diagnostic::error(format!("`{name}` is used as a chance and can leave [0, 1]"))
                        .at(path.child("trait").to_string())
                        .at(segment.to_string())
                        .help("use a distribution between 0 and 1, such as \"beta(2, 5)\""),
                );
            }
        }
        Some(Chance::Own { of, changes: self.numbers.own(path, &path.child("trait")) })
    }

    pub(super) fn listed(
        &mut self,
        path: &Path,
        written: &Path,
        rule: &Rule,
        list: &[Number],
        horizon: u32,
    ) -> Option<Chance> {
        let by = self.clock(path, rule.by.as_deref())?;
        if list.is_empty() {
            self.fault(
                Diagnostic::error("a list of chances is empty")
                    .at(written.to_string())
                    .help("give one chance for each step of `by`; the last one holds on"),
            );
            return None;
        }
        let ids: Vec<ParamId> = list
            .iter()
            .enumerate()
            .map(|(element, number)| self.numbers.element(path, written, element, number))
            .collect();
        let length = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        // A clock that starts with the study or later never reads further.
        let length = if matches!(by, Clock::Age(_)) { length } else { length.min(horizon) };
        Some(Chance::Listed { by, first: ids[0], length })
    }

    pub(super) fn clock(&mut self, path: &Path, by: Option<&str>) -> Option<Clock> {
        match by {
            Some("periods_in_stage") => Some(Clock::PeriodsInStage),
            // Where all are there from the start, a tenure is the period, and reading it costs no row.
            Some("tenure") if self.study.segments.values().any(|its| its.inflow.is_some()) => Some(Clock::Tenure),
            Some("tenure" | "period") => Some(Clock::Period),
            Some(name) if self.study.traits.get(name).is_some_and(|t| t.ages) => {
                self.trait_named(name, path).map(Clock::Age)
            }
            Some(name) => {
                let ageing = self.study.traits.iter().filter(|(_, t)| t.ages).map(|(name, _)| name.as_str());
                let known: Vec<&str> = CLOCKS.into_iter().chain(ageing).collect();
                let help = suggest(name, known);
                self.fault(Diagnostic::error(format!("chances cannot be listed by `{name}`")).at(path.child("by").to_string()).why("a list is read by a clock: periods_in_stage, tenure, period, or a trait with `ages = true`").help(help));
                None
            }
            None => {
                self.fault(
                    Diagnostic::error("nothing says what this list is read by")
                        .at(path.child("chance").to_string())
                        .help("add `by = \"periods_in_stage\"`, `\"tenure\"`, `\"period\"` or a trait that ages"),
                );
                None
            }
        }
    }

    /// Turns the distribution of a time into chances by periods in the stage:
    /// h(k) = (F(k) - F(k-1)) / (1 - F(k-1)), times the share of those leaving who go this way.
    pub(super) fn sojourn(&mut self, path: &Path, rule: &Rule, law: &Spread, horizon: u32) -> Option<Chance> {
        let at = path.child("sojourn");
        let share = match &rule.chance {
            None => 1.0,
            Some(Chances::One(Number::Known(share))) if (0.0..=1.0).contains(share) => *share,
            Some(_) => {
                self.fault(
                    Diagnostic::error("beside `sojourn`, `chance` is the share of those leaving")
                        .at(path.child("chance").to_string())
                        .why("the times in the stage come from `sojourn`")
                        .help("give one known number from 0 to 1, or take `chance` out"),
                );
                return None;
            }
        };
        let law = self.numbers.spread(&at, Meaning::Positive, law);
        let left = |k: u32| law.cdf(f64::from(k));
        let chances: Vec<Number> = (1..=horizon)
            .map(|k| {
                let stayed = 1.0 - left(k - 1);
                // When nobody is left by the distribution, whoever is has to go.
                let hazard = if stayed > 1e-12 { ((left(k) - left(k - 1)) / stayed).clamp(0.0, 1.0) } else { 1.0 };
                Number::Known(share * hazard)
            })
            .collect();
        let ids: Vec<ParamId> = chances
            .iter()
            .enumerate()
            .map(|(k, chance)| {
                let id = self.numbers.changeable(path, &at, Meaning::Chance, chance);
                self.numbers.params[id.index()].element = Some(k);
                id
            })
            .collect();
        Some(Chance::Listed { by: Clock::PeriodsInStage, first: ids[0], length: horizon })
    }
}
