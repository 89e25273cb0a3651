//! Compiles the journey: stages, exits, purchases, segments.

use crate::diagnostic::{Diagnostic, suggest};
use crate::quantity::{ParamId, StageId, TraitId};
use crate::stats::distribution::Distribution;
use crate::study::journey::{Occasion, Rule, Stage as Written, Transition};
use crate::study::list::read_chances;
use crate::study::number::{Chances, Number, Spread};

use super::compile::Compiler;
use super::journey::{Chance, Clock, Driver, Exit, Experience, Purchases, Quality, Stage, State};
use super::param::Meaning;
use super::people::Segment;
use super::value::Booking;
use crate::study::path::ParamPath as Path;

/// Whether a text names a CSV file, whatever the letters of its ending.
fn names_a_list(text: &str) -> bool {
    std::path::Path::new(text).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// The most rows of chances that the lists of one stage may make.
const MOST_ROWS: u64 = 1_000_000;

impl Compiler<'_> {
    /// Compiles `[experience]`.
    pub fn experience(&mut self) -> Option<Experience> {
        let written = self.study.experience.as_ref()?;
        let at = |key: &str| Path::of(["experience", key]);
        let start = self.numbers.spread(&at("start"), Meaning::Real, &written.start);
        if !(0.0..=1.0).contains(&written.neutral) {
            self.fault(
                Diagnostic::error(format!("satisfaction cannot be {}", written.neutral))
                    .at("experience.neutral")
                    .why("satisfaction is a number from 0 to 1")
                    .mend("give a number from 0 to 1; 60 % is 0.6"),
            );
        }
        let learning = self.number(&at("learning"), Meaning::Share, &written.learning);
        Some(Experience { start, neutral: written.neutral, learning })
    }

    /// Compiles the stages, in canonical order.
    pub fn journey(&mut self, horizon: u32) -> Vec<Stage> {
        let says = self.study.stages.values().any(|stage| stage.retained.is_some());
        let names: Vec<String> = self.stages.keys().cloned().collect();
        if names.is_empty() {
            self.fault(Diagnostic::error("the journey has no stages").at("stages").mend("add one: `[stages.active]`"));
        }
        names
            .iter()
            .map(|name| {
                let written = &self.study.stages[name];
                let retained = if says { written.retained.unwrap_or(false) } else { !written.to.is_empty() };
                self.one_stage(name, written, retained, horizon)
            })
            .collect()
    }

    fn one_stage(&mut self, name: &str, written: &Written, retained: bool, horizon: u32) -> Stage {
        let at = Path::of(["stages", name]);
        let mut exits: Vec<Exit> =
            written.to.iter().filter_map(|(to, transition)| self.exit(name, to, transition, horizon)).collect();
        exits.sort_by_key(|exit| exit.to);
        self.check_leaves(&at.child("to"), &exits);
        self.check_lists(name, &at, &exits);
        let quality = written.quality.as_ref().map(|spread| self.quality(&at.child("quality"), spread));
        let purchases = written.purchases.as_ref().map(|purchases| self.purchases(&at.child("purchases"), purchases));
        let values = written
            .values
            .iter()
            .filter_map(|(line, amount)| self.booking(&at.child("values").child(line), line, amount))
            .collect();
        Stage {
            name: name.to_owned(),
            title: written.title.clone().unwrap_or_else(|| name.to_owned()),
            retained,
            talks: written.talks,
            exits,
            quality,
            purchases,
            values,
            on_move: self.on_move(&at.child("on_move"), written),
        }
    }

    /// A customer's own chance at purchases is one number, so that it must be the only one.
    fn check_leaves(&mut self, at: &Path, exits: &[Exit]) {
        let leaves: Vec<&Exit> = exits.iter().filter(|exit| exit.on == Occasion::Purchase).collect();
        if leaves.len() < 2 || !leaves.iter().any(|exit| matches!(exit.chance, Chance::Own { .. })) {
            return;
        }
        let mut fault = Diagnostic::error(
            "a customer's own chance is not the only one that is taken at purchases here",
        )
        .why("where `trait` gives the chance after each purchase, it is the chance of the only way out at purchases")
        .mend("keep one transition with `on = \"purchase\"`, or give all of them a known `chance`");
        for exit in leaves {
            let to = self.stages.get_index(exit.to.index()).map_or("", |(name, _)| name);
            fault = fault.at_key(at.child(to).to_string());
        }
        self.fault(fault);
    }

    /// Lists that are read by different clocks make a row for every combination of their places.
    fn check_lists(&mut self, name: &str, at: &Path, exits: &[Exit]) {
        let mut lengths: Vec<(Clock, u64)> = Vec::new();
        for exit in exits {
            if let Chance::Listed { by, length, .. } = exit.chance
                && by != Clock::Period
            {
                match lengths.iter_mut().find(|(clock, _)| *clock == by) {
                    Some((_, longest)) => *longest = (*longest).max(u64::from(length)),
                    None => lengths.push((by, u64::from(length))),
                }
            }
        }
        let rows = lengths.iter().fold(1_u64, |rows, (_, length)| rows.saturating_mul(*length));
        if rows > MOST_ROWS {
            self.fault(
                Diagnostic::error(format!("the lists of `{name}` make {rows} rows of chances"))
                    .at(at.child("to").to_string())
                    .why(format!(
                        "lists read by different clocks are combined place by place; {MOST_ROWS} rows are the most"
                    ))
                    .mend("shorten the lists; the last chance of a list holds on"),
            );
        }
    }

    fn booking(&mut self, path: &Path, line: &str, amount: &Number) -> Option<Booking> {
        let account = self.account(line, path)?;
        Some(Booking { account, amount: self.number(path, Meaning::Real, amount) })
    }

    fn on_move(&mut self, at: &Path, written: &Written) -> Vec<(StageId, Booking)> {
        let mut bookings = Vec::new();
        for (to, amounts) in &written.on_move {
            let at = at.child(to);
            let Some(id) = self.stage(to, &at) else { continue };
            if !written.to.contains_key(to) {
                let mend = suggest(to, written.to.keys().map(String::as_str));
                self.fault(
                    Diagnostic::error(format!("nothing leads to `{to}` from here"))
                        .at_key(at.to_string())
                        .why("`on_move` books money on the moves that are listed under `to`")
                        .mend(mend),
                );
            }
            for (line, amount) in amounts {
                bookings.extend(self.booking(&at.child(line), line, amount).map(|booking| (id, booking)));
            }
        }
        bookings
    }

    fn quality(&mut self, path: &Path, spread: &Spread) -> Quality {
        if self.study.experience.is_none() {
            self.fault(
                Diagnostic::error("quality is felt by nobody")
                    .at(path.to_string())
                    .why("without `[experience]` customers have no satisfaction that it could move")
                    .mend("add `[experience]` with `start`, `neutral` and `learning`, or remove `quality`"),
            );
        }
        let law = self.numbers.spread(path, Meaning::Real, spread);
        let mean = self.number(path, Meaning::Share, &Number::Known(law.mean()));
        Quality { mean, law }
    }

    fn purchases(&mut self, at: &Path, written: &crate::study::journey::Purchases) -> Purchases {
        let basket = at.child("basket");
        let before = self.numbers.faults.len();
        let law = self.numbers.spread(&basket, Meaning::Positive, &written.basket);
        if law.support().0 < 0.0 && self.numbers.faults.len() == before {
            self.fault(
                Diagnostic::error("a basket cannot be negative")
                    .at(basket.to_string())
                    .why("it is the money that a customer spends")
                    .mend("use a distribution of positive numbers, such as \"lognormal(mean=42, sd=25)\""),
            );
        }
        if matches!(law, Distribution::Beta { .. } | Distribution::LogitNormal { .. } | Distribution::Bernoulli { .. })
        {
            self.fault(Diagnostic::error("a basket cannot follow this distribution").at(basket.to_string()).why("a change of the mean basket stretches the distribution, and one that is bound to [0, 1] cannot be stretched").mend("use \"lognormal(mean=42, sd=25)\", a gamma, or \"pert(low, mode, high)\""));
        }
        // What is wrong with the law was told; its mean would only tell it again.
        let mean = if self.numbers.faults.len() == before { law.mean() } else { 1.0 };
        // A basket is its mean times a multiple of mean 1, so that a change of the path moves the mean.
        let basket_law = law.scaled(1.0 / mean).unwrap_or(Distribution::Constant(1.0));
        Purchases {
            rate: self.number(&at.child("rate"), Meaning::Positive, &written.rate),
            basket: self.number(&basket, Meaning::Positive, &Number::Known(mean)),
            basket_law: if mean > 0.0 { basket_law } else { Distribution::Constant(1.0) },
            margin: self.number(
                &at.child("margin"),
                Meaning::Real,
                written.margin.as_ref().unwrap_or(&Number::Known(1.0)),
            ),
            rate_trait: self.multiplier(at, "trait", written.rate_trait.as_deref()),
            basket_trait: self.multiplier(at, "basket_trait", written.basket_trait.as_deref()),
            drivers: self.drivers(&at.child("drivers"), &written.drivers),
        }
    }

    fn multiplier(&mut self, at: &Path, key: &str, name: Option<&str>) -> Option<TraitId> {
        let at = at.child(key);
        let name = name?;
        let id = self.trait_named(name, &at)?;
        for (segment, law) in self.laws_of(name) {
            if law.support().0 < 0.0 {
                self.fault(
                    Diagnostic::error(format!("`{name}` can be negative"))
                        .at(at.to_string())
                        .at(segment.to_string())
                        .why("a rate or a basket is multiplied by it")
                        .mend("use a distribution of positive numbers, such as \"gamma(mean=1, sd=0.3)\""),
                );
            }
        }
        Some(id)
    }

    fn drivers(&mut self, at: &Path, written: &indexmap::IndexMap<String, Number>) -> Vec<Driver> {
        let mut drivers: Vec<Driver> = Vec::new();
        for (name, weight) in written {
            let at = at.child(name);
            let on = if name == "satisfaction" {
                if self.study.experience.is_none() {
                    self.fault(
                        Diagnostic::error("customers have no satisfaction")
                            .at_key(at.to_string())
                            .why("without `[experience]` nobody remembers anything")
                            .mend("add `[experience]` with `start`, `neutral` and `learning`"),
                    );
                }
                State::Satisfaction
            } else {
                let Some(id) = self.trait_named(name, &at) else { continue };
                State::Trait(id)
            };
            drivers.push(Driver { on, weight: self.number(&at, Meaning::Real, weight) });
        }
        drivers.sort_by_key(|driver| driver.on);
        drivers
    }

    fn exit(&mut self, from: &str, to: &str, transition: &Transition, horizon: u32) -> Option<Exit> {
        let path = Path::of(["stages", from, "to", to]);
        let id = self.stage(to, &path)?;
        if from == to {
            self.fault(
                Diagnostic::error(format!("`{from}` cannot lead to itself"))
                    .at_key(path.to_string())
                    .why("what the listed chances leave over stays in the stage")
                    .mend("take it out"),
            );
            return None;
        }
        match transition {
            Transition::Chance(chance) => {
                let chance = Chance::Fixed(self.number(&path, Meaning::Chance, chance));
                Some(Exit { to: id, chance, drivers: Vec::new(), word_of_mouth: None, on: Occasion::Period })
            }
            Transition::Rule(rule) => self.rule(from, id, &path, rule, horizon),
        }
    }

    fn rule(&mut self, from: &str, to: StageId, path: &Path, rule: &Rule, horizon: u32) -> Option<Exit> {
        let chance = self.chance(path, rule, horizon)?;
        if rule.on == Occasion::Purchase {
            self.check_on_purchase(from, path, rule);
        }
        let word_of_mouth =
            rule.word_of_mouth.as_ref().map(|number| self.number(&path.child("word_of_mouth"), Meaning::Share, number));
        if word_of_mouth.is_some() && !self.study.stages.values().any(|stage| stage.talks) {
            self.fault(
                Diagnostic::error("nobody talks")
                    .at(path.child("word_of_mouth").to_string())
                    .why("word of mouth rises with the share of customers in stages that talk")
                    .mend("add `talks = true` to the stages whose customers do"),
            );
        }
        Some(Exit {
            to,
            chance,
            drivers: self.drivers(&path.child("drivers"), &rule.drivers),
            word_of_mouth,
            on: rule.on,
        })
    }

    fn check_on_purchase(&mut self, from: &str, path: &Path, rule: &Rule) {
        if self.study.stages[from].purchases.is_none() {
            self.fault(
                Diagnostic::error(format!("nobody buys in `{from}`"))
                    .at(path.child("on").to_string())
                    .why("the chance is taken after each purchase, and the stage has none")
                    .mend(format!(
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
                    .mend("take them out, or take out `on = \"purchase\"`"),
            );
        }
    }

    fn chance(&mut self, path: &Path, rule: &Rule, horizon: u32) -> Option<Chance> {
        let written = path.child("chance");
        if let Some(name) = &rule.trait_name {
            if rule.chance.is_some() || rule.sojourn.is_some() || rule.by.is_some() || rule.word_of_mouth.is_some() {
                self.fault(
                    Diagnostic::error("a customer's own chance stands alone")
                        .at(path.to_string())
                        .why(
                            "`trait` says that the chance is drawn for each customer, so that nothing else can give it",
                        )
                        .mend("give either `trait`, or `chance` with `by`, or `sojourn`"),
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
                        .mend("give `chance`, `trait` or `sojourn`"),
                );
                None
            }
            Some(Chances::One(Number::Uncertain(file))) if names_a_list(file) => {
                match read_chances(self.source, file) {
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
                            .mend("give `chance` as a list, or take out `by`"),
                    );
                }
                Some(Chance::Fixed(self.numbers.changeable(path, &written, Meaning::Chance, number)))
            }
            Some(Chances::List(list)) => self.listed(path, &written, rule, list, horizon),
        }
    }

    fn own_chance(&mut self, path: &Path, name: &str) -> Option<Chance> {
        let of = self.trait_named(name, &path.child("trait"))?;
        if self.study.traits.get(name).is_some_and(|t| t.ages) {
            self.fault(
                Diagnostic::error(format!("`{name}` ages, so it cannot be a chance"))
                    .at(path.child("trait").to_string())
                    .why("it grows by 1 each period and would soon pass 1")
                    .mend("use another trait, or give `chance` as a list and read it `by` this one"),
            );
        }
        for (segment, law) in self.laws_of(name) {
            let (low, high) = law.support();
            if low < 0.0 || high > 1.0 {
                self.fault(
                    Diagnostic::error(format!("`{name}` is used as a chance and can leave [0, 1]"))
                        .at(path.child("trait").to_string())
                        .at(segment.to_string())
                        .mend("use a distribution between 0 and 1, such as \"beta(2, 5)\""),
                );
            }
        }
        Some(Chance::Own { of, changes: self.numbers.own(path, &path.child("trait")) })
    }

    fn listed(&mut self, path: &Path, written: &Path, rule: &Rule, list: &[Number], horizon: u32) -> Option<Chance> {
        let by = self.clock(path, rule.by.as_deref())?;
        if list.is_empty() {
            self.fault(
                Diagnostic::error("a list of chances is empty")
                    .at(written.to_string())
                    .mend("give one chance for each step of `by`; the last one holds on"),
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

    fn clock(&mut self, path: &Path, by: Option<&str>) -> Option<Clock> {
        match by {
            Some("periods_in_stage") => Some(Clock::PeriodsInStage),
            Some("tenure" | "period") => Some(Clock::Period),
            Some(name) if self.study.traits.get(name).is_some_and(|t| t.ages) => {
                self.trait_named(name, path).map(Clock::Age)
            }
            Some(name) => {
                let ageing = self.study.traits.iter().filter(|(_, t)| t.ages).map(|(name, _)| name.as_str());
                let known: Vec<&str> = ["periods_in_stage", "tenure", "period"].into_iter().chain(ageing).collect();
                let mend = suggest(name, known);
                self.fault(Diagnostic::error(format!("chances cannot be listed by `{name}`")).at(path.child("by").to_string()).why("a list is read by a clock: periods_in_stage, tenure, period, or a trait with `ages = true`").mend(mend));
                None
            }
            None => {
                self.fault(
                    Diagnostic::error("nothing says what this list is read by")
                        .at(path.child("chance").to_string())
                        .mend("add `by = \"periods_in_stage\"`, `\"tenure\"`, `\"period\"` or a trait that ages"),
                );
                None
            }
        }
    }

    /// Turns the distribution of a time into chances by periods in the stage:
    /// h(k) = (F(k) - F(k-1)) / (1 - F(k-1)), times the share of those leaving who go this way.
    fn sojourn(&mut self, path: &Path, rule: &Rule, law: &Spread, horizon: u32) -> Option<Chance> {
        let at = path.child("sojourn");
        let share = match &rule.chance {
            None => 1.0,
            Some(Chances::One(Number::Known(share))) if (0.0..=1.0).contains(share) => *share,
            Some(_) => {
                self.fault(
                    Diagnostic::error("beside `sojourn`, `chance` is the share of those leaving")
                        .at(path.child("chance").to_string())
                        .why("the times in the stage come from `sojourn`")
                        .mend("give one known number from 0 to 1, or take `chance` out"),
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

    /// The distributions of a trait in each segment, with where each one stands; faults were noted before.
    fn laws_of(&mut self, name: &str) -> Vec<(Path, Distribution)> {
        let names: Vec<String> = self.study.segments.keys().cloned().collect();
        let before = self.numbers.faults.len();
        let laws = names.iter().filter_map(|segment| self.law_of(segment, name)).collect();
        self.numbers.faults.truncate(before);
        laws
    }

    fn law_of(&mut self, segment: &str, name: &str) -> Option<(Path, Distribution)> {
        let study = self.study;
        let own =
            study.segments[segment].traits.get(name).map(|law| (Path::of(["segments", segment, "traits", name]), law));
        let shared =
            || study.traits.get(name).and_then(|t| t.law.as_ref()).map(|law| (Path::of(["traits", name, "law"]), law));
        let (path, spread) = own.or_else(shared)?;
        let law = self.numbers.spread(&path, Meaning::Real, spread);
        Some((path, law))
    }

    /// Compiles the segments, in canonical order; their agents and changes come later.
    pub fn segments(&mut self) -> Vec<Segment> {
        let order = self.identity.segment_order(self.study);
        let total: f64 = self.study.segments.values().map(|segment| segment.share).sum();
        if self.study.segments.is_empty() {
            self.fault(
                Diagnostic::error("there are no customers")
                    .at("segments")
                    .mend("add a segment: `[segments.all]` with `share = 1` and `start`"),
            );
        } else if (total - 1.0).abs() > 1e-9 {
            let mut fault =
                Diagnostic::error(format!("the shares of the segments add up to {}", (total * 1e12).round() / 1e12))
                    .why("every customer belongs to one segment")
                    .mend("make them add up to 1");
            for name in self.study.segments.keys() {
                fault = fault.at(Path::of(["segments", name, "share"]).to_string());
            }
            self.fault(fault);
        }
        order.iter().map(|name| self.segment(name)).collect()
    }

    fn segment(&mut self, name: &str) -> Segment {
        let written = &self.study.segments[name];
        let at = Path::of(["segments", name]);
        if !(written.share > 0.0 && written.share <= 1.0) {
            self.fault(
                Diagnostic::error(format!("a segment cannot have the share {}", written.share))
                    .at(at.child("share").to_string())
                    .mend("give a share above 0 and up to 1"),
            );
        }
        let mut start = Vec::new();
        for (stage, share) in &written.start {
            let at = at.child("start").child(stage);
            if !(0.0..=1.0).contains(share) {
                self.fault(
                    Diagnostic::error(format!("a share cannot be {share}"))
                        .at(at.to_string())
                        .mend("give a number from 0 to 1"),
                );
            }
            start.extend(self.stage(stage, &at).map(|id| (id, *share)));
        }
        let total: f64 = written.start.values().sum();
        if (total - 1.0).abs() > 1e-9 {
            let mut fault = Diagnostic::error(format!(
                "the shares that `{name}` starts with add up to {}",
                (total * 1e12).round() / 1e12
            ))
            .why("every customer of the segment starts in one stage")
            .mend("make them add up to 1");
            for stage in written.start.keys() {
                fault = fault.at(at.child("start").child(stage).to_string());
            }
            self.fault(if written.start.is_empty() { fault.at(at.child("start").to_string()) } else { fault });
        }
        start.sort_by_key(|(id, _)| *id);
        let names: Vec<String> = self.traits.keys().cloned().collect();
        let traits = names.iter().map(|t| self.trait_law(name, t)).collect();
        let title = written.title.clone().unwrap_or_else(|| name.to_owned());
        Segment { name: name.to_owned(), title, share: written.share, agents: 1, start, traits, changes: Vec::new() }
    }

    fn trait_law(&mut self, segment: &str, name: &str) -> Distribution {
        if let Some((_, law)) = self.law_of(segment, name) {
            return law;
        }
        self.fault(
            Diagnostic::error(format!("customers of `{segment}` have no `{name}`"))
                .at(Path::of(["segments", segment]).to_string())
                .why("a trait that is used needs a distribution in every segment")
                .mend(format!(
                    "add it to the segment's `traits`, or give `[{}]` a `law` for all segments",
                    Path::of(["traits", name])
                )),
        );
        Distribution::Constant(0.0)
    }
}
