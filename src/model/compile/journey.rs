//! Compiles the journey: experience, stages, what is bought there.

use crate::diagnostic::Diagnostic;
use crate::model::journey::{Chance, Clock, Exit, Experience, Purchases, Quality, Stage};
use crate::model::param::Meaning;
use crate::model::rival::Leaning;
use crate::model::row_draw::RowDraw;
use crate::quantity::{ParamId, TraitId};
use crate::stats::distribution::Distribution;
use crate::study::journey::{Occasion, Stage as Written};
use crate::study::number::{Number, Spread};
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

/// The most rows of chances that the lists of one stage may make.
const MOST_ROWS: u64 = 1_000_000;

/// The largest effective size; the quantiles of a beta distribution take the longer the larger it is.
const LARGEST_SIZE: f64 = 1e9;
/// A basket is summed in ten-thousandths of the currency unit, below 2^51 of them.
const LARGEST_BASKET: f64 = 2e11;

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
                    .help("give a number from 0 to 1; 60 % is 0.6"),
            );
        }
        let learning = self.number(&at("learning"), Meaning::Share, &written.learning);
        let surprise = self.surprise(written);
        let hears = self.hears(written);
        Some(Experience { start, neutral: written.neutral, learning, surprise, hears })
    }

    /// Compiles the stages, in canonical order.
    pub fn journey(&mut self, horizon: u32) -> Vec<Stage> {
        let says = self.study.stages.values().any(|stage| stage.retained.is_some());
        let names: Vec<String> = self.stages.keys().cloned().collect();
        if names.is_empty() {
            self.fault(Diagnostic::error("the journey has no stages").at("stages").help("add one: `[stages.active]`"));
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

    pub(super) fn one_stage(&mut self, name: &str, written: &Written, retained: bool, horizon: u32) -> Stage {
        let at = Path::of(["stages", name]);
        let mut exits: Vec<Exit> =
            written.to.iter().filter_map(|(to, transition)| self.exit(name, to, transition, horizon)).collect();
        exits.sort_by_key(|exit| exit.to);
        self.check_leaves(&at.child("to"), &exits);
        self.check_own_and_pulled(&at.child("to"), &exits);
        self.check_lists(name, &at, &exits);
        let quality = written.quality.as_ref().map(|spread| self.quality(&at.child("quality"), spread));
        let purchases = written.purchases.as_ref().map(|purchases| self.purchases(&at.child("purchases"), purchases));
        if let Some(&stage) = self.stages.get(name) {
            self.book((stage, horizon), &at, written);
        }
        Stage {
            name: name.to_owned(),
            title: written.title.clone().unwrap_or_else(|| name.to_owned()),
            retained,
            talks: written.talks,
            exits,
            quality,
            purchases,
        }
    }

    /// A customer's own chance at purchases is one number, so that it must be the only one.
    pub(super) fn check_leaves(&mut self, at: &Path, exits: &[Exit]) {
        let leaves: Vec<&Exit> = exits.iter().filter(|exit| exit.on == Occasion::Purchase).collect();
        if leaves.len() < 2 || !leaves.iter().any(|exit| matches!(exit.chance, Chance::Own { .. })) {
            return;
        }
        let mut fault = Diagnostic::error(
            "a customer's own chance is not the only one that is taken at purchases here",
        )
        .why("where `trait` gives the chance after each purchase, it is the chance of the only way out at purchases")
        .help("keep one transition with `on = \"purchase\"`, or give all of them a known `chance`");
        for exit in leaves {
            let to = self.stages.get_index(exit.to.index()).map_or("", |(name, _)| name);
            fault = fault.at_key(at.child(to).to_string());
        }
        self.fault(fault);
    }

    /// Lists that are read by different clocks make a row for every combination of their places.
    pub(super) fn check_lists(&mut self, name: &str, at: &Path, exits: &[Exit]) {
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
                    .help("shorten the lists; the last chance of a list holds on"),
            );
        }
    }

    /// Rows whose chances are uncertain together, in canonical order: each is drawn from a Dirichlet distribution with
    /// the written chances as its mean. A chance alone is then beta distributed.
    pub(super) fn row_draws(&mut self, stages: &[Stage]) -> Vec<RowDraw> {
        let study = self.study;
        let mut draws = Vec::new();
        for stage in stages {
            let Some(written) = study.stages.get(&stage.name) else { continue };
            let Some(size) = &written.effective_size else { continue };
            let at = Path::of(["stages", &stage.name, "to", "effective_size"]);
            let size = match size {
                Number::Known(size) if *size > 0.0 && *size <= LARGEST_SIZE => *size,
                Number::Known(size) if *size > LARGEST_SIZE => {
                    self.fault(
                        Diagnostic::error(format!("an effective size cannot be {size:e}"))
                            .at(at.to_string())
                            .why(format!(
                                "chances that rest on more than {LARGEST_SIZE:e} customers are as good as known"
                            ))
                            .help("take it out, or give the number of customers who were counted"),
                    );
                    continue;
                }
                _ => {
                    self.fault(
                        Diagnostic::error("an effective size is a known number above 0")
                            .at(at.to_string())
                            .why("it says on how many customers the chances of the row rest")
                            .help("give a number such as 400"),
                    );
                    continue;
                }
            };
            let fixed = |exit: &Exit| match exit.chance {
                Chance::Fixed(id) if exit.on == Occasion::Period && !self.numbers.params[id.index()].is_uncertain() => {
                    Some(id)
                }
                _ => None,
            };
            if written.to.is_empty() {
                self.fault(
                    Diagnostic::error(format!("nothing leads out of `{}`", stage.name))
                        .at(at.to_string())
                        .why("`effective_size` says on how many customers the chances of leaving rest")
                        .help("name the stages that it leads to, with their chances, or take it out"),
                );
                continue;
            }
            let chances: Option<Vec<ParamId>> = stage.exits.iter().map(fixed).collect();
            let Some(chances) = chances.filter(|chances| !chances.is_empty()) else {
                let per = if stage.exits.iter().any(Exit::competes) { ", without `rate` and `per`" } else { "" };
                let mut fault =
                    Diagnostic::error(format!("the chances of `{}` cannot be uncertain together", stage.name))
                        .at(at.to_string())
                        .why(format!("`effective_size` needs a row of known chances taken once a period{per}"))
                        .help("give each of the marked moves one known chance, or take out `effective_size`");
                for exit in stage.exits.iter().filter(|exit| fixed(exit).is_none()) {
                    let to = self.stages.get_index(exit.to.index()).map_or("", |(name, _)| name);
                    fault = fault.at_key(Path::of(["stages", &stage.name, "to", to]).to_string());
                }
                self.fault(fault);
                continue;
            };
            let means: Vec<f64> = chances.iter().map(|id| self.numbers.params[id.index()].law.mean()).collect();
            for (id, mean) in chances.iter().zip(&means).filter(|(_, mean)| (0.0..1.0).contains(*mean) && **mean > 0.0)
            {
                self.numbers.params[id.index()].law = Distribution::Beta { a: size * mean, b: size * (1.0 - mean) };
            }
            draws.push(RowDraw { chances, means, size });
        }
        draws
    }

    pub(super) fn quality(&mut self, path: &Path, spread: &Spread) -> Quality {
        if self.study.experience.is_none() {
            self.fault(
                Diagnostic::error("this quality needs `[experience]`")
                    .at(path.to_string())
                    .why("without `[experience]` customers have no satisfaction that it could move")
                    .help("add `[experience]` with `start`, `neutral` and `learning`, or remove `quality`"),
            );
        }
        let law = self.numbers.spread(path, Meaning::Real, spread);
        let mean = self.number(path, Meaning::Share, &Number::Known(law.mean()));
        Quality { mean, law }
    }

    pub(super) fn purchases(&mut self, at: &Path, written: &crate::study::journey::Purchases) -> Purchases {
        let basket = at.child("basket");
        let before = self.numbers.faults.len();
        let law = self.numbers.spread(&basket, Meaning::Positive, &written.basket);
        if law.support().0 < 0.0 && self.numbers.faults.len() == before {
            self.fault(
                Diagnostic::error("a basket cannot be negative")
                    .at(basket.to_string())
                    .why("it is the money that a customer spends")
                    .help("use a distribution of positive numbers, such as \"lognormal(mean=42, sd=25)\""),
            );
        }
        let factor = if law.mean() > 0.0 { 1.0 / law.mean() } else { 2.0 };
        if law.scaled(factor).is_none() {
            self.fault(Diagnostic::error("a basket cannot follow this distribution").at(basket.to_string()).why("a change of the mean basket stretches the distribution, and one that is bound to [0, 1] cannot be stretched").help("use \"lognormal(mean=42, sd=25)\", a gamma, or \"pert(low, mode, high)\""));
        }
        if self.numbers.faults.len() == before && law.mean().max(finite(law.support().1)) > LARGEST_BASKET {
            self.fault(
                Diagnostic::error("a basket is larger than the engine counts exactly")
                    .at(basket.to_string())
                    .why(format!("it holds up to {LARGEST_BASKET:e}"))
                    .help("use a larger unit, such as thousands"),
            );
        }
        // What is wrong with the law was told; its mean would only tell it again.
        let mean = if self.numbers.faults.len() == before { law.mean() } else { 1.0 };
        // A basket is its mean times a multiple of mean 1, so that a change of the path moves the mean.
        let basket_law = law.scaled(1.0 / mean).unwrap_or(Distribution::Constant(1.0));
        let rate = self.number(&at.child("rate"), Meaning::Positive, &written.rate);
        self.declared_per(written.per, [rate]);
        if let Some(weight) = self.pulled(&at.child("drivers"), &written.drivers) {
            self.lets_lean(rate, weight, Leaning::Rate);
        }
        Purchases {
            rate,
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
            wallet: written.wallet.as_ref().map(|wallet| self.wallet(&at.child("wallet"), wallet)),
        }
    }

    pub(super) fn multiplier(&mut self, at: &Path, key: &str, name: Option<&str>) -> Option<TraitId> {
        let at = at.child(key);
        let name = name?;
        let id = self.trait_named(name, &at)?;
        for (segment, law) in self.laws_of(name) {
            if law.support().0 < 0.0 {
                self.fault(
                    Diagnostic::error(format!("`{name}` can be negative"))
                        .at(at.to_string())
                        .at(segment.to_string())
                        .why(if key == "values_trait" {
                            "amounts are multiplied by it"
                        } else {
                            "a rate or a basket is multiplied by it"
                        })
                        .help("use a distribution of positive numbers, such as \"gamma(mean=1, sd=0.3)\""),
                );
            }
        }
        Some(id)
    }
}

/// An end of a distribution, 0 where it is open.
fn finite(end: f64) -> f64 {
    if end.is_finite() { end } else { 0.0 }
}
