//! Compiles bookings: what goes to an account for being in a stage, and for moving on from it.

use crate::diagnostic::{Diagnostic, suggest};
use crate::model::booking::{Booking, Bookings, Price};
use crate::model::channel::{self, Channel, Tally};
use crate::model::counter::{Counter, Kept, MOVES, Measure, Shape, counters};
use crate::model::journey::Stage;
use crate::model::loss;
use crate::model::param::Meaning;
use crate::model::touchpoint::Places;
use crate::model::weight::Weights;
use crate::model::{pillar, survey};
use crate::quantity::{CounterId, PARTS_PER_ONE, StageId};
use crate::study::journey::Stage as Written;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::amount::{Amount, Per};
use super::compiler::Compiler;

/// Whether customers share with rivals what they buy in a stage.
fn shares(stage: &Stage) -> bool {
    stage.purchases.as_ref().is_some_and(|its| its.wallet.is_some())
}

impl Compiler<'_> {
    /// Takes in the amounts of a stage.
    pub(super) fn book(&mut self, (stage, horizon): (StageId, u32), at: &Path, written: &Written) {
        let mut amounts = self.values((stage, horizon), at, written);
        for (to, lines) in &written.on_move {
            let at = at.child("on_move").child(to);
            let to = self.destination(to, &at, written);
            for (line, amount) in lines {
                let per = Per::Move(stage, to.unwrap_or(stage));
                amounts.extend(self.amount(per, &at.child(line), line, amount).filter(|_| to.is_some()));
            }
        }
        amounts.sort_by_cached_key(|amount| (amount.per, self.place_of(amount)));
        self.amounts.append(&mut amounts);
    }

    /// Where a move leads that money is booked on, or faults.
    fn destination(&mut self, to: &str, at: &Path, written: &Written) -> Option<StageId> {
        let id = self.stage(to, at)?;
        if !written.to.contains_key(to) {
            let help = suggest(to, written.to.keys().map(String::as_str));
            self.fault(
                Diagnostic::error(format!("nothing leads to `{to}` from here"))
                    .at_key(at.to_string())
                    .why("`on_move` books money on the moves that are listed under `to`")
                    .help(help),
            );
        }
        Some(id)
    }

    /// An amount on a ledger line.
    pub(super) fn amount(&mut self, per: Per, path: &Path, line: &str, amount: &Number) -> Option<Amount> {
        let account = self.account(line, path);
        let number = self.number(path, Meaning::Real, amount);
        account.map(|account| Amount { per, account, price: Price::One(number) })
    }

    /// In which order amounts are summed, whose rounding the file's order must not move: by what they are, then by name.
    pub(super) fn place_of(&self, amount: &Amount) -> (String, Option<&String>) {
        let numbers = amount.price.all();
        let law: String = numbers.iter().map(|id| format!("{:?}", self.numbers.params[id.index()].law)).collect();
        (law, self.accounts.get_index(amount.account.index()).map(|(name, _)| name))
    }

    /// What is counted, and what is booked on it.
    pub(super) fn counters(&mut self, stages: &[Stage]) -> (Vec<Counter>, Bookings) {
        let amounts = std::mem::take(&mut self.amounts);
        let pair = |amount: &Amount| if let Per::Move(from, to) = amount.per { Some((from, to)) } else { None };
        let mut moves: Vec<(StageId, StageId)> = amounts.iter().filter_map(pair).collect();
        // Where something is only simulated, how many move on and how many are lost is known by counting all moves.
        if !self.touchpoints.is_empty() {
            moves.extend(loss::moves(stages, &self.touchpoints));
        }
        moves.sort_unstable();
        moves.dedup();
        let presences = self.count_presences();
        let mut counters = counters(moves.clone(), self.converts, stages.iter().any(shares));
        self.count_journey(presences, &mut counters);
        self.count_channels(&mut counters);
        let booking = |Amount { per, account, price }: Amount| {
            let (counter, cell) = match per {
                Per::Each(counter, cell) => (counter, cell),
                Per::Present(place, cell) => (self.presences[place].counter, cell),
                Per::Handled(place) => (self.channels[place].counter, Tally::Handled.cell()),
                Per::Move(from, to) => (MOVES, moves.partition_point(|pair| *pair < (from, to))),
            };
            Booking { counter, cell, account, price }
        };
        let bookings: Vec<Booking> = amounts.into_iter().map(booking).collect();
        self.count_cuts(&mut counters);
        let touchpoints = self.study.experience.as_ref().map_or(&[][..], |_| &self.touchpoints);
        self.weights = Weights::of(CounterId::from(counters.len()), touchpoints, stages);
        counters.extend(self.weights.as_ref().map(Weights::counter));
        self.count_places(&bookings, &mut counters);
        self.count_hearsay(&mut counters);
        let bookings = Bookings::new(bookings, &mut counters, self.stages.len());
        (counters, bookings)
    }

    /// Adds what counts the things of the study, in the order of their ids.
    fn count_journey(&self, presences: Vec<Counter>, counters: &mut Vec<Counter>) {
        counters.extend(self.rates.iter().map(|rate| Counter::new(&rate.name, Shape::ByStage, Measure::Event)));
        counters.extend(self.carried.iter().map(|its| Counter {
            unit: PARTS_PER_ONE / (its.range.1 - its.range.0),
            ..Counter::new(&its.name, Shape::Whole, Measure::State)
        }));
        counters.extend(
            self.touchpoints.iter().map(|its| Counter::new(&its.name, Shape::ByItem(its.cells()), Measure::Event)),
        );
        counters.extend(
            self.tags.iter().map(|its| Counter::new(&its.name, Shape::ByItem(its.bands.len()), Measure::State)),
        );
        counters.extend(self.surveys.iter().map(|its| Counter {
            unit: survey::PARTS,
            ..Counter::new(&its.name, Shape::ByItem(survey::CELLS), Measure::State)
        }));
        counters.extend(
            self.pillars.iter().map(|its| Counter::new(&its.name, Shape::ByItem(pillar::CELLS), Measure::Event)),
        );
        counters.extend(presences);
    }

    /// Adds what counts channels.
    fn count_channels(&mut self, counters: &mut Vec<Counter>) {
        let channels = self.channels.len();
        let with_priority = |its: &&Channel| its.desk.as_ref().is_some_and(|desk| desk.first.is_some());
        let kinds = 1 << self.channels.iter().filter(with_priority).count().min(channel::MOST_WITH_PRIORITY);
        for its in &mut self.channels {
            let mut count = |what: &str, cells: usize, unit: f64, kept: Kept| {
                let name = format!("{}{what}", its.name);
                let counter = Counter::new(&name, Shape::ByItem(cells), Measure::Event);
                counters.push(Counter { unit, kept, ..counter });
                CounterId::from(counters.len() - 1)
            };
            its.counter = count("", channel::CELLS + channels, 1.0, Kept::Run);
            its.people = count(", people", channel::OF_PEOPLE, channel::PEOPLE_PARTS, Kept::Run);
            its.line = count(", line", kinds, 1.0, Kept::Period);
        }
    }

    /// Counts in which stages touchpoints happen that money is booked on, where that may be in several.
    fn count_places(&mut self, bookings: &[Booking], counters: &mut Vec<Counter>) {
        for its in &mut self.touchpoints {
            let mut cells: Vec<usize> =
                bookings.iter().filter(|booking| booking.counter == its.counter).map(|booking| booking.cell).collect();
            cells.sort_unstable();
            cells.dedup();
            let stages: Vec<StageId> = self.stages.values().copied().filter(|stage| its.is_in(stage.index())).collect();
            if cells.is_empty() || stages.len() < 2 {
                continue;
            }
            let places = Places { counter: CounterId::from(counters.len()), cells, stages };
            let shape = Shape::ByItem(places.length());
            counters.push(Counter::new(&format!("{} by stage", its.name), shape, Measure::Event));
            its.places = Some(places);
        }
    }
}
