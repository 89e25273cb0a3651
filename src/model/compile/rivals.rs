//! Compiles rivals, what they pull at, and how customers share what they buy with them.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::model::journey::{Chance, Exit, Stage, Wallet};
use crate::model::param::Meaning;
use crate::model::rival::{Lean, Leaning, Rival, Rivals};
use crate::model::touchpoint::{Cause, Occurs, Row};
use crate::quantity::ParamId;
use crate::stats::preference::Preference;
use crate::study::journey::Occasion;
use crate::study::names::{RESERVED, RIVALS};
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::rival::{Rival as Written, Wallet as WrittenWallet};
use crate::study::touchpoint::Touchpoint;

use super::compiler::Compiler;

/// Customers who differ more than this are of two kinds, all or nothing, as good as surely.
const SMALLEST_SPREAD: f64 = 0.01;
/// Customers who differ less than this are all alike.
const LARGEST_SPREAD: f64 = 1e6;

impl Compiler<'_> {
    /// Compiles the rivals, in canonical order, before anything that they pull at.
    pub(super) fn rivals(&mut self) {
        let study = self.study;
        let all: Vec<Rival> = self.identity.lucks(&RIVALS).into_iter().map(|(name, _)| self.rival(name)).collect();
        if all.is_empty() {
            return;
        }
        let there = || all.iter().filter(|its| its.enters.is_none());
        let weighs = |its: &Rival| self.numbers.params[its.share.index()].law.support().1 != 0.0;
        if there().next().is_none() {
            let fault = Diagnostic::error("all rivals enter later")
                .why("how hard they pull is told against those that are there at the start, and nobody is")
                .help("let one be there at the start: take its `enters` out, or name what customers have today");
            let at = |name: &String| Path::of([RIVALS.root, name, "enters"]).to_string();
            let fault = study.rivals.keys().fold(fault, |fault, name| fault.at(at(name)));
            self.fault(fault);
        } else if !there().any(weighs) {
            let fault = Diagnostic::error("the rivals that are there at the start weigh nothing")
                .why("how hard rivals pull is told against what those weigh")
                .help("give one of them a `share` above 0");
            let at = |its: &Rival| Path::of([RIVALS.root, &its.name, "share"]).to_string();
            let fault = there().fold(fault, |fault, its| fault.at(at(its)));
            self.fault(fault);
        }
        let at = Path::of([RIVALS.root]);
        let pressure = self.numbers.fixed(&at, &at, Meaning::Real, &Number::Known(0.0));
        self.rivals = Some(Rivals { all, pressure, leans: Vec::new() });
    }

    /// Lets a number follow how hard rivals pull.
    pub(super) fn lets_lean(&mut self, number: ParamId, weight: ParamId, by: Leaning) {
        if let Some(rivals) = &mut self.rivals
            && rivals.leans.iter().all(|its| its.number != number)
        {
            rivals.leans.push(Lean { number, weight, by });
        }
    }

    fn rival(&mut self, name: String) -> Rival {
        let study = self.study;
        let written: &Written = &study.rivals[&name];
        let at = Path::of([RIVALS.root, &name]);
        let enters = written.enters.as_ref().map(|number| {
            let at = at.child("enters");
            let id = self.numbers.fixed(&at, &at, Meaning::Positive, number);
            self.check_enters(&at, id);
            id
        });
        let pull = written.pull.clone().unwrap_or(Number::Known(0.0));
        Rival {
            title: written.title.clone().unwrap_or_else(|| name.replace('_', " ")),
            share: self.number(&at.child("share"), Meaning::Positive, &written.share),
            pull: self.number(&at.child("pull"), Meaning::Real, &pull),
            enters,
            name,
        }
    }

    /// A rival enters in one of the periods, from 1 on.
    fn check_enters(&mut self, at: &Path, enters: ParamId) {
        let horizon = self.study.run.horizon.0;
        let (low, high) = self.numbers.params[enters.index()].law.support();
        if (0.0..0.5).contains(&high) {
            self.fault(
                Diagnostic::error("a rival cannot enter in period 0")
                    .at(at.to_string())
                    .why("period 0 is the start of the study; who is there at the start has no `enters`")
                    .help("give the period it enters in, from 1 on, or take `enters` out"),
            );
        } else if low >= horizon as f64 + 0.5 {
            self.fault(
                Diagnostic::warning("a rival enters after the horizon")
                    .at(at.to_string())
                    .why(format!("the study ends with period {horizon}, so it changes nothing"))
                    .help("let it enter earlier, or raise `run.horizon`"),
            );
        }
    }

    /// Tells of traits and states that are called by a word that means something else.
    pub(super) fn check_reserved(&mut self) {
        let study = self.study;
        for (word, why) in RESERVED {
            let of_segments = study.segments.iter().filter(|(_, its)| its.traits.contains_key(word));
            let of_segments = of_segments.map(|(segment, _)| Path::of(["segments", segment, "traits", word]));
            let of_traits = study.traits.contains_key(word).then(|| Path::of(["traits", word]));
            if let Some(at) = of_traits.into_iter().chain(of_segments).next() {
                self.called_by_a_word(&at, "trait", (word, why));
            }
            if study.states.contains_key(word) {
                self.called_by_a_word(&Path::of(["states", word]), "state", (word, why));
            }
        }
    }

    fn called_by_a_word(&mut self, at: &Path, noun: &str, (word, why): (&str, &str)) {
        self.fault(
            Diagnostic::error(format!("a {noun} cannot be called `{word}`"))
                .at_key(at.to_string())
                .why(why)
                .help("give it another name"),
        );
    }

    /// By how much something follows how hard rivals pull; none where it does not.
    pub(super) fn pulled(&mut self, at: &Path, drivers: &IndexMap<String, Number>) -> Option<ParamId> {
        let weight = drivers.get(RIVALS.root)?;
        let id = self.number(&at.child(RIVALS.root), Meaning::Real, weight);
        (!self.study.rivals.is_empty()).then_some(id)
    }

    /// Checks that rivals may pull at what is driven here.
    pub(super) fn check_pulled(&mut self, at: &Path) {
        let fault = match at.names()[..] {
            ["stages", _, "to", _, "drivers", _]
            | ["stages", _, "purchases", "drivers", _]
            | ["touchpoints", _, "drivers", _] => {
                if !self.study.rivals.is_empty() {
                    return;
                }
                Diagnostic::error("nobody pulls at customers")
                    .why("`rivals` is how hard those under `[rivals]` pull, and there are none")
                    .help("add `[rivals.NAME]` with a `share`, or take the driver out")
            }
            ["stages", _, _, _, "drivers", _] => Diagnostic::error("rivals pull at a wallet by themselves")
                .why("what customers do not buy of the company they buy of rivals, the more so the harder they pull")
                .help("take the driver out"),
            _ => Diagnostic::error("rivals do not drive this")
                .why("`rivals` drives moves out of stages, purchases, and how often touchpoints happen")
                .help("take the driver out, or let a shock or a change aim at this number"),
        };
        self.fault(fault.at_key(at.to_string()));
    }

    /// A customer's own chance is what it is, whatever rivals do.
    pub(super) fn check_own_and_pulled(&mut self, at: &Path, exits: &[Exit]) {
        let own = |exit: &&Exit| exit.on == Occasion::Period && matches!(exit.chance, Chance::Own { .. });
        let Some(own) = exits.iter().find(own) else { return };
        let Some(pulled) = exits.iter().find(|exit| exit.rivals.is_some()) else { return };
        let name = |exit: &Exit| self.stages.get_index(exit.to.index()).map_or("", |(name, _)| name).to_owned();
        let [own, pulled] = [name(own), name(pulled)];
        self.fault(
            Diagnostic::error("rivals cannot pull where a customer's own chance leads out")
                .at(at.child(&pulled).child("drivers").child(RIVALS.root).to_string())
                .at_key(at.child(&own).to_string())
                .why("what rivals do is worked out once for all customers of a stage, and an own chance once for each")
                .help("give that way a `chance` instead of a `trait`, or let a change or a shock aim at the chances"),
        );
    }

    /// Notes what of a touchpoint follows how hard rivals pull.
    pub(super) fn lean(&mut self, at: &Path, written: &Touchpoint, rows: &[Row]) {
        let Some(weight) = self.pulled(&at.child("drivers"), &written.drivers) else { return };
        for row in rows {
            let by = if row.cause == Cause::Rate { Leaning::Rate } else { Leaning::Chance };
            for occurs in row.stages.iter().flatten() {
                if let Occurs::With(number) = *occurs {
                    self.lets_lean(number, weight, by);
                }
            }
        }
    }

    /// How customers share what they buy.
    pub(super) fn wallet(&mut self, at: &Path, written: &WrittenWallet) -> Wallet {
        let share = self.number(&at.child("share"), Meaning::Share, &written.share);
        let mean = self.numbers.params[share.index()].law.mean();
        if self.study.rivals.is_empty() {
            self.fault(
                Diagnostic::warning("this wallet is shared with nobody who is named")
                    .at(at.to_string())
                    .why("without `[rivals]` nothing pulls at it harder than at the start")
                    .help("add `[rivals.NAME]` with a `share` for each, or leave it where rivals stay as they are"),
            );
        }
        Wallet {
            share,
            preference: written.spread.and_then(|spread| self.preference(at, mean, spread)),
            drivers: self.drivers(&at.child("drivers"), &written.drivers),
        }
    }

    fn preference(&mut self, at: &Path, mean: f64, spread: f64) -> Option<Preference> {
        let path = at.child("spread");
        if !(SMALLEST_SPREAD..=LARGEST_SPREAD).contains(&spread) {
            let fault = Diagnostic::error(format!("a spread of preferences cannot be {spread}"));
            let fault = if spread > LARGEST_SPREAD {
                fault.why("customers who differ so little are alike").help("take it out")
            } else {
                fault
                    .why(format!("it is {SMALLEST_SPREAD} or more: near 0 each customer buys of one company alone"))
                    .help("give a number such as 1.2; most markets lie between 0.5 and 3")
            };
            self.fault(fault.at(path.to_string()));
            return None;
        }
        if mean <= 0.0 || mean >= 1.0 {
            // Another share out of range was told.
            if mean == 0.0 || mean == 1.0 {
                self.fault(
                    Diagnostic::error(format!("customers cannot differ around a share of {mean}"))
                        .at(path.to_string())
                        .at(at.child("share").to_string())
                        .why("where the mean is nothing or all, everybody's share is")
                        .help("take `spread` out, or give a share between 0 and 1"),
                );
            }
            return None;
        }
        Some(Preference::new(mean, spread))
    }

    /// Whether customers share with rivals what they buy in any stage.
    pub(super) fn has_wallets(&self) -> bool {
        self.study.stages.values().any(|its| its.purchases.as_ref().is_some_and(|its| its.wallet.is_some()))
    }

    /// Warns of rivals that nothing pulls at.
    pub(super) fn check_wallets(&mut self, stages: &[Stage]) {
        let wallet = stages.iter().any(|stage| stage.purchases.as_ref().is_some_and(|its| its.wallet.is_some()));
        let pulled = stages.iter().flat_map(|stage| &stage.exits).any(|exit| exit.rivals.is_some());
        if self.rivals.as_ref().is_none_or(|its| wallet || pulled || !its.leans.is_empty()) {
            return;
        }
        self.fault(
            Diagnostic::warning("rivals change nothing here")
                .at(RIVALS.root)
                .why("no stage shares its purchases with them, and nothing is driven by how hard they pull")
                .help("add `wallet` to the purchases of a stage, or `drivers = { rivals = 0.6 }` where they pull"),
        );
    }
}
