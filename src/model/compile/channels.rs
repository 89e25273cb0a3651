//! Compiles channels: who works there and when, what contacts take and settle, and where customers turn next.

use indexmap::IndexMap;

use crate::model::booking::Price;
use crate::model::channel::{Changed, Channel, Desk, Peak, Team};
use crate::model::journey::Quality;
use crate::model::metric::CHANNELS as FAMILY;
use crate::model::param::Meaning;
use crate::quantity::{CounterId, ParamId};
use crate::stats::distribution::Distribution;
use crate::study::channel::{Changed as WrittenChanged, Channel as Written, Team as WrittenTeam};
use crate::study::names::CHANNELS;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::amount::{Amount, Per};
use super::compiler::Compiler;

/// The minutes within which a contact is answered in time where nothing else is said: the custom of call centres.
const IN_TIME: f64 = 1.0 / 3.0;

impl Compiler<'_> {
    /// Compiles the channels, in canonical order; what customers carry and their classes have names by now.
    pub(super) fn channels(&mut self) {
        let study = self.study;
        let order: Vec<String> = self.identity.lucks(&CHANNELS).into_iter().map(|(name, _)| name).collect();
        for name in &order {
            let written = &study.channels[name];
            let at = Path::of([CHANNELS.root, name]);
            self.check_channel(&at, name, written);
            let channel = Channel {
                title: written.title.clone().unwrap_or_else(|| name.replace('_', " ")),
                name: name.clone(),
                appeal: self.some(&at, "appeal", Meaning::Real, written.appeal.as_ref()),
                drivers: self.drivers(&at.child("drivers"), &written.drivers),
                shuns: self.some(&at, "shuns", Meaning::Positive, written.shuns.as_ref()),
                desk: self.desk(&at, written),
                solves: self.some(&at, "solves", Meaning::Chance, written.solves.as_ref()),
                switch: self.onward(&at.child("switch"), &written.switch, &order),
                again: self.onward(&at.child("again"), &written.again, &order),
                recognises: self.some(&at, "recognises", Meaning::Chance, written.recognises.as_ref()),
                carries: self.some(&at, "carries", Meaning::Chance, written.carries.as_ref()),
                known: self.changed(&at.child("known"), written.known.as_ref()),
                lost: self.changed(&at.child("lost"), written.lost.as_ref()),
                wait_effort: self.some(&at, "wait_effort", Meaning::Positive, written.wait_effort.as_ref()),
                attempt_effort: self.some(&at, "attempt_effort", Meaning::Positive, written.attempt_effort.as_ref()),
                given_up: self.giving_up(&at.child("given_up"), written),
                tells: None,
                within: written.within.unwrap_or(IN_TIME),
                counter: CounterId(0),
                people: CounterId(0),
                line: CounterId(0),
            };
            self.channels.push(channel);
        }
        self.check_lost_context();
        self.check_priorities();
    }

    /// What channels tell others, and what a contact handled costs, on a line of its own for each; what is told has names by
    /// now.
    pub(super) fn book_channels(&mut self) {
        let study = self.study;
        for place in 0..self.channels.len() {
            let name = self.channels[place].name.clone();
            let at = Path::of([CHANNELS.root, &name]);
            let tells = study.channels[&name].tells.as_ref();
            self.channels[place].tells = tells.and_then(|its| self.tells(&at.child("tells"), its));
            let Some(cost) = &study.channels[&name].cost else { continue };
            let line = FAMILY.called(&format!("{name}.contacts"));
            let title = format!("{}, contacts", self.channels[place].title);
            self.cost_account(&line, title);
            let at = at.child("cost");
            let number = self.number(&at, Meaning::Positive, cost);
            let account = self.account(&line, &at);
            let booked = |account| Amount { per: Per::Handled(place), account, price: Price::One(number) };
            self.amounts.extend(account.map(booked));
        }
    }

    /// A number that may be left out.
    fn some(&mut self, at: &Path, key: &str, meaning: Meaning, written: Option<&Number>) -> Option<ParamId> {
        written.map(|number| self.number(&at.child(key), meaning, number))
    }

    /// The people of a channel; none where nobody is said to work there.
    fn desk(&mut self, at: &Path, written: &Written) -> Option<Desk> {
        let hours = written.hours.unwrap_or_else(|| self.study.run.period.hours());
        let peaks: Vec<Peak> = match &written.staff {
            Some(staff) => {
                vec![Peak { share: 1.0, hours, staff: self.number(&at.child("staff"), Meaning::Positive, staff) }]
            }
            None => {
                let peaks = written.peaks.iter().enumerate().map(|(place, peak)| {
                    let at = at.child("peaks").child(&place.to_string()).child("staff");
                    Peak {
                        share: peak.share,
                        hours: peak.hours,
                        staff: self.number(&at, Meaning::Positive, &peak.staff),
                    }
                });
                peaks.collect()
            }
        };
        if peaks.is_empty() {
            return None;
        }
        let all: f64 = peaks.iter().map(|peak| peak.hours).sum();
        let patience = written.patience.clone().unwrap_or(Number::Known(60.0 * all));
        let handle = written.handle.clone().unwrap_or(Number::Known(1.0));
        let first = (!written.priority.is_empty()).then(|| {
            let mut stages = vec![true; self.stages.len()];
            let whom = self.whom(&at.child("priority"), &written.priority, &mut stages);
            (whom, stages)
        });
        Some(Desk {
            peaks,
            open: self.some(at, "open", Meaning::Share, written.open.as_ref()),
            handle: self.number(&at.child("handle"), Meaning::Positive, &handle),
            variability: self.some(at, "variability", Meaning::Positive, written.variability.as_ref()),
            patience: self.number(&at.child("patience"), Meaning::Positive, &patience),
            first,
            staff_cost: self.some(at, "staff_cost", Meaning::Positive, written.staff_cost.as_ref()),
            team: written.team.as_ref().map(|team| self.team(&at.child("team"), team)),
            goal: written
                .goal
                .as_ref()
                .and_then(|goal| self.goal_of_channel(&at.child("goal"), goal, written.within.unwrap_or(IN_TIME))),
            practice: written.practice.as_ref().map(|its| {
                let at = at.child("practice");
                let volume = self.number(&at.child("volume"), Meaning::Positive, &its.volume);
                [volume, self.number(&at.child("exponent"), Meaning::Positive, &its.exponent)]
            }),
        })
    }

    fn team(&mut self, at: &Path, written: &WrittenTeam) -> Team {
        Team {
            start: self.number(&at.child("start"), Meaning::Share, &written.start),
            pace: self.number(&at.child("pace"), Meaning::Share, &written.pace),
            comfortable: self.number(&at.child("comfortable"), Meaning::Positive, &written.comfortable),
            strain: self.number(&at.child("strain"), Meaning::Positive, &written.strain),
            frustration: self.some(at, "frustration", Meaning::Positive, written.frustration.as_ref()),
            quality: self.some(at, "quality", Meaning::Real, written.quality.as_ref()),
            handle: self.some(at, "handle", Meaning::Real, written.handle.as_ref()),
            solves: self.some(at, "solves", Meaning::Real, written.solves.as_ref()),
        }
    }

    fn changed(&mut self, at: &Path, written: Option<&WrittenChanged>) -> Changed {
        let Some(its) = written else { return Changed::default() };
        Changed {
            quality: self.some(at, "quality", Meaning::Real, its.quality.as_ref()),
            effort: self.some(at, "effort", Meaning::Real, its.effort.as_ref()),
            handle: self.some(at, "handle", Meaning::Growth, its.handle.as_ref()),
            solves: self.some(at, "solves", Meaning::Positive, its.solves.as_ref()),
        }
    }

    fn giving_up(&mut self, at: &Path, written: &Written) -> Quality {
        match &written.given_up {
            Some(spread) => self.quality_of(at, spread),
            None => {
                // Where nobody can give up, nothing may change what that is like.
                let is_staffed = written.staff.is_some() || !written.peaks.is_empty();
                let zero = Number::Known(0.0);
                let mean = if is_staffed {
                    self.number(at, Meaning::Share, &zero)
                } else {
                    self.numbers.fixed(at, at, Meaning::Share, &zero)
                };
                Quality { mean, law: Distribution::Constant(0.0) }
            }
        }
    }

    /// Where people turn next, in canonical order.
    fn onward(&mut self, at: &Path, written: &IndexMap<String, Number>, order: &[String]) -> Vec<(usize, ParamId)> {
        let mut onward: Vec<(usize, ParamId)> = Vec::new();
        for (name, chance) in written {
            let at = at.child(name);
            let id = self.number(&at, Meaning::Chance, chance);
            match order.iter().position(|its| its == name) {
                Some(place) => onward.push((place, id)),
                None => {
                    let fault = self.no_channel(name).at_key(at.to_string());
                    self.fault(fault);
                }
            }
        }
        onward.sort_by_key(|(place, _)| *place);
        self.check_onward(at, &onward);
        onward
    }

    /// The channels that a touchpoint, or a row of its plan, names.
    pub(super) fn channels_named(&mut self, at: &Path, written: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for (item, name) in written.iter().enumerate() {
            let at = at.child(&item.to_string()).to_string();
            match self.channels.iter().position(|its| its.name == *name) {
                None => {
                    let fault = self.no_channel(name).at(at);
                    self.fault(fault);
                }
                Some(place) if found.contains(&place) => self.named_twice(name, at),
                Some(place) => found.push(place),
            }
        }
        found.sort_unstable();
        found
    }
}
