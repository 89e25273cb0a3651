//! Compiles the values of a stage, and presences: what is counted there for those that are not the same for all.

use crate::diagnostic::Diagnostic;
use crate::model::booking::Price;
use crate::model::counter::{CUSTOMERS, Counter};
use crate::model::param::Meaning;
use crate::model::presence::{Clock, List, Presence};
use crate::model::rate::Rate;
use crate::quantity::{LineId, ParamId, PeriodUnit, StageId, TraitId};
use crate::study::journey::Stage as Written;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::value::{Amounts, Value, ValueClock, ValueTable};

use super::amount::{Amount, Per};
use super::compiler::Compiler;

/// Whose values are compiled: the customers of a stage, and the trait that multiplies them.
type Whose = (StageId, Option<TraitId>);

/// A list of amounts: the first one, and how many there are.
type Amounted = (ParamId, usize);

impl Compiler<'_> {
    /// The amounts that are due for being in a stage.
    pub(super) fn values(&mut self, (stage, horizon): (StageId, u32), at: &Path, written: &Written) -> Vec<Amount> {
        let whose = (stage, self.values_trait(at, written));
        let at = at.child("values");
        let mut amounts = Vec::new();
        let mut listed: Vec<(Clock, LineId, Amounted)> = Vec::new();
        for (line, value) in &written.values {
            let at = at.child(line);
            let account = self.account(line, &at);
            let (price, by) = self.price(&at, value);
            let Some((account, price)) = account.zip(price) else { continue };
            match (by, price) {
                (Some(clock), Price::ByPeriod { first, length }) => {
                    listed.push((clock, account, (first, length as usize)));
                }
                _ => amounts.push(Amount { per: self.present(whose, None, 0), account, price }),
            }
        }
        for clock in [Clock::Tenure, Clock::PeriodsInStage] {
            let lines: Vec<_> = listed.iter().filter(|(its, ..)| *its == clock).collect();
            // One that starts with the study or later never reads further than the horizon.
            let longest = lines.iter().map(|(.., (_, length))| *length).max().map(|its| its.min(horizon as usize));
            let Some(length) = longest else { continue };
            let list = List { clock, length };
            for (_, account, amounted) in lines {
                amounts.extend(self.by_place((whose, list), *account, *amounted));
            }
        }
        amounts
    }

    /// An amount for every cell in which customers are told apart by their places in a list.
    fn by_place(&mut self, (whose, list): (Whose, List), account: LineId, (first, length): Amounted) -> Vec<Amount> {
        let of = |place: usize| ParamId::from(first.index() + place.min(length - 1));
        let its = Presence { stage: whose.0, own: whose.1, list: Some(list), counter: Rate::counter_of(0) };
        let price = |cell: usize| Price::Around(its.places(cell).map(of));
        (0..its.cells())
            .map(|cell| Amount { per: self.present(whose, Some(list), cell), account, price: price(cell) })
            .collect()
    }

    /// What the values of a stage are for one of: a customer there, or of the trait that they carry, in a cell.
    fn present(&mut self, (stage, own): Whose, list: Option<List>, cell: usize) -> Per {
        if own.is_none() && list.is_none() {
            return Per::Each(CUSTOMERS, stage.index());
        }
        let new = Presence { stage, own, list, counter: Rate::counter_of(0) };
        let place = self.presences.iter().position(|its| *its == new).unwrap_or_else(|| {
            self.presences.push(new);
            self.presences.len() - 1
        });
        Per::Present(place, cell)
    }

    /// The number of a value, or the list of its numbers, and what that is read by where it differs between customers.
    fn price(&mut self, at: &Path, value: &Value) -> (Option<Price>, Option<Clock>) {
        match value {
            Value::Plain(number) => (Some(Price::One(self.number(at, Meaning::Real, number))), None),
            Value::Table(table) => match &table.amount {
                Amounts::One(number) => {
                    if table.by.is_some() {
                        self.fault(
                            Diagnostic::error("`by` reads a list, and this is one amount")
                                .at(at.child("by").to_string())
                                .help("give `amount` as a list, or take out `by`"),
                        );
                    }
                    let written = at.child("amount");
                    let number = self.numbers.changeable(at, &written, Meaning::Real, number);
                    self.declared_per(table.per, [number]);
                    (Some(Price::One(number)), None)
                }
                Amounts::List(list) => (self.list_of_amounts(at, list, table.per), self.read_by(at, table)),
            },
        }
    }

    fn list_of_amounts(&mut self, at: &Path, list: &[Number], per: Option<PeriodUnit>) -> Option<Price> {
        let written = at.child("amount");
        if list.is_empty() {
            self.fault(
                Diagnostic::error("a list of amounts is empty")
                    .at(written.to_string())
                    .help("give one amount for each step of `by`; the last one holds on"),
            );
            // What is wrong here can be aimed at all the same.
            self.numbers.changeable(at, &written, Meaning::Real, &Number::Known(0.0));
            return None;
        }
        let ids: Vec<ParamId> = (list.iter().enumerate())
            .map(|(element, number)| self.numbers.listed((at, &written), element, Meaning::Real, number))
            .collect();
        self.declared_per(per, ids.iter().copied());
        Some(Price::ByPeriod { first: ids[0], length: u32::try_from(ids.len()).unwrap_or(u32::MAX) })
    }

    /// What a list is read by, where that differs between customers; none for the period of the study.
    fn read_by(&mut self, at: &Path, table: &ValueTable) -> Option<Clock> {
        match table.by {
            Some(ValueClock::PeriodsInStage) => Some(Clock::PeriodsInStage),
            // Where all are there from the start, a tenure is the period.
            Some(ValueClock::Tenure) if self.study.segments.values().any(|its| its.inflow.is_some()) => {
                Some(Clock::Tenure)
            }
            Some(ValueClock::Tenure | ValueClock::Period) => None,
            None => {
                self.fault(
                    Diagnostic::error("nothing says what these amounts are read by")
                        .at(at.child("amount").to_string())
                        .help("add `by = \"tenure\"`, `\"periods_in_stage\"` or `\"period\"`"),
                );
                None
            }
        }
    }

    /// The counters of presences, which come after those of rates, states, touchpoints, tags, surveys and pillars.
    pub(super) fn count_presences(&mut self) -> Vec<Counter> {
        let mut presences = std::mem::take(&mut self.presences);
        let watched = self.surveys.len() + self.pillars.len();
        let first = self.rates.len() + self.carried.len() + self.touchpoints.len() + self.tags.len() + watched;
        let counter = |(place, its): (usize, &mut Presence)| {
            its.counter = Rate::counter_of(first + place);
            let stage = self.stages.get_index(its.stage.index()).map_or_else(String::new, |(name, _)| name.clone());
            let of = its.own.and_then(|of| self.traits.get_index(of.index())).map(|(name, _)| name.clone());
            let laws = of.map_or_else(Vec::new, |of| self.laws_of(&of));
            its.counter(&stage, &laws.into_iter().map(|(_, law)| law).collect::<Vec<_>>())
        };
        let counters = presences.iter_mut().enumerate().map(counter).collect();
        self.presences = presences;
        counters
    }

    /// The trait that the values of a stage are multiplied by, or faults.
    fn values_trait(&mut self, at: &Path, written: &Written) -> Option<TraitId> {
        const KEY: &str = "values_trait";
        let name = written.values_trait.as_deref()?;
        if written.values.is_empty() {
            self.fault(
                Diagnostic::error("`values_trait` multiplies nothing")
                    .at(at.child(KEY).to_string())
                    .why("it multiplies the `values` of the stage, and there are none; `on_move` is the same for all")
                    .help("list the amounts under `values`, or take it out"),
            );
        }
        if self.study.traits.get(name).is_some_and(|its| its.ages) {
            self.fault(
                Diagnostic::error(format!("`{name}` ages, so it cannot multiply values"))
                    .at(at.child(KEY).to_string())
                    .why("values accrue between two periods, and it would not be the same in both")
                    .help("use a trait that does not age"),
            );
        }
        self.multiplier(at, KEY, Some(name))
    }
}
