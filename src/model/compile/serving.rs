//! Compiles serving: which touchpoints are contacts, and the work that they take.

use crate::model::booking::Bookings;
use crate::model::channel::{Channel, within_reach};
use crate::model::run_plan::RunPlan;
use crate::model::serving::{Serving, Work};
use crate::model::touchpoint::Touchpoint;
use crate::model::value::{Account, AccountKind};
use crate::study::journey::{CostGroup, LineKind};

use super::compiler::Compiler;

impl Compiler<'_> {
    /// Which touchpoints are contacts, from what is booked on them and the minutes that they take.
    pub(super) fn serve(&mut self, run: &RunPlan, bookings: &Bookings) {
        let accounts: Vec<&Account> = self.accounts.values().collect();
        let is_paid = |its: &Touchpoint| {
            let booked = bookings.others().iter().filter(|booking| booking.counter == its.counter);
            booked.map(|booking| accounts[booking.account.index()]).any(|account| {
                account.kind == AccountKind::Money(LineKind::Cost) && account.group != CostGroup::Acquisition
            })
        };
        let (works_in, costs_in) = (|its: &Channel| its.is_staffed(), |its: &Channel| self.costs(its));
        let leads = |its: &Touchpoint, to: &dyn Fn(&Channel) -> bool| {
            let reached = within_reach(&self.channels, &its.channels().collect::<Vec<_>>());
            self.channels.iter().zip(reached).any(|(channel, reached)| reached && to(channel))
        };
        let works = |its: &Touchpoint| its.ends.iter().any(|end| end.minutes.is_some()) || leads(its, &works_in);
        let is_paid = |its: &Touchpoint| is_paid(its) || leads(its, &costs_in);
        let counts = |these: &dyn Fn(&Channel) -> bool| {
            self.channels.iter().filter(|its| these(its)).map(|its| its.counter).collect()
        };
        let counters = |counts: &dyn Fn(&Touchpoint) -> bool| {
            self.touchpoints.iter().filter(|its| counts(its)).map(|its| its.counter).collect()
        };
        self.serving = Serving {
            contacts: counters(&|its| works(its) || is_paid(its)),
            paid: counters(&is_paid),
            work: self.touchpoints.iter().flat_map(work).collect(),
            channels: counts(&costs_in),
            desks: counts(&works_in),
            people_per_minute: run.people_per_minute(),
        };
    }

    /// Whether a contact handled in a channel costs money.
    fn costs(&self, channel: &Channel) -> bool {
        self.study.channels[&channel.name].cost.is_some()
    }
}

/// The work of a touchpoint: of all of it where it takes the same however it ends, else of each end.
fn work(its: &Touchpoint) -> Vec<Work> {
    let (counter, own) = (its.counter, its.ends.first().and_then(|end| end.minutes));
    if its.choices().iter().all(|end| end.minutes == own) {
        return own.into_iter().map(|minutes| Work { counter, cell: 0, minutes }).collect();
    }
    let ends = its.ends.iter().enumerate();
    ends.filter_map(|(end, at)| Some(Work { counter, cell: its.cell(end), minutes: at.minutes? })).collect()
}
