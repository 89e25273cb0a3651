//! The switchboard settles how long customers wait in each channel of a period, from how many stand in line: the expected
//! overflow of those who give up, or try again, is a fixed point (`stats/switchboard.rs`).
//!
//! How load and lost context wear people out, and what that does to service, is the loop of Oliva & Sterman (2001), "Cutting
//! corners and working overtime: Quality erosion in the service industry", Management Science 47(7). That people take less
//! time the more they have handled is Wright (1936), "Factors affecting the cost of airplanes", Journal of the Aeronautical
//! Sciences 3(4).

use super::channel::{Channel, ChannelSheet, Channels, ChannelsSheet, DeskSheet, Slot};
use super::contract::Numbers;
use super::totals::Totals;
use crate::engine::table::field::Field;
use crate::model::channel::{Peak, Tally};
use crate::stats::queue::line::Line;
use crate::stats::queue::staffing::staffing;
use crate::stats::switchboard::{self, ATTEMPTS, Block, Desk, Exchange, Group, Solved, SolvedBlock, Switchboard, Way};

impl Channels {
    /// Solves the switchboard for those who stand in line now.
    pub fn connect(&self, totals: &Totals<'_>, numbers: &Numbers<'_, ChannelsSheet>, field: &mut Field) {
        let Some((id, company)) = self.field().zip(numbers.company) else { return };
        let slots = field.get_mut(id);
        self.muster(company, slots);
        let exchange = self.exchange(totals, numbers, company, slots);
        let mut solved = Switchboard::default();
        solved.solve(&exchange);
        for (place, channel) in self.each.iter().enumerate() {
            let Some(desk) = &company.each[place].desk else { continue };
            let lost = lost(&solved, &exchange, numbers, (self, place));
            channel.note(&solved.channels[place], (desk, lost), slots);
        }
    }

    /// Adds what was handled in a period that is over, and lets the spirits of people follow their load.
    pub fn close(&self, totals: &Totals<'_>, numbers: &Numbers<'_, ChannelsSheet>, field: &mut Field) {
        let Some((id, company)) = self.field().zip(numbers.company) else { return };
        let slots = field.get_mut(id);
        for (channel, sheet) in self.each.iter().zip(&company.each) {
            let Some(desk) = &sheet.desk else { continue };
            slots[channel.slot(Slot::Handled)] +=
                totals.real(|counts| counts.cells(channel.its.counter, totals.t)[Tally::Handled.cell()]);
            if let Some([start, pace, comfortable, strain, frustration, ..]) = desk.team {
                let load = (slots[channel.slot(Slot::Utilisation)] - comfortable).max(0.0);
                let toward = (1.0 - strain * load - frustration * slots[channel.slot(Slot::Lost)]).clamp(0.0, 1.0);
                let spirits = start + slots[channel.slot(Slot::Spirits)];
                slots[channel.slot(Slot::Spirits)] += pace * (toward - spirits);
            }
        }
    }

    /// What the people of each channel are like in a period.
    fn muster(&self, company: &ChannelsSheet, slots: &mut [f64]) {
        for (channel, sheet) in self.each.iter().zip(&company.each) {
            let (Some(desk), Some(its)) = (&sheet.desk, &channel.its.desk) else { continue };
            let spirits = slots[channel.slot(Slot::Spirits)];
            let [quality, handle, solves] = desk.team.map_or([0.0; 3], |[.., q, h, s]| [q, h, s].map(|x| x * spirits));
            let learned = desk.practice.map_or(0.0, |[volume, exponent]| {
                exponent * libm::log1p(slots[channel.slot(Slot::Handled)] / volume.max(f64::MIN_POSITIVE))
            });
            let hours = its.peaks.iter().zip(&desk.staff).map(|(peak, staff)| peak.hours * staff);
            slots[channel.slot(Slot::Minutes)] = desk.handle * libm::exp(handle - learned);
            slots[channel.slot(Slot::Capacity)] = 60.0 * hours.sum::<f64>();
            slots[channel.slot(Slot::Open)] = desk.open;
            slots[channel.slot(Slot::Patience)] = desk.patience;
            slots[channel.slot(Slot::Quality)] = quality;
            slots[channel.slot(Slot::Solves)] = solves + learned;
        }
    }

    /// What the switchboard is solved for.
    fn exchange(
        &self,
        totals: &Totals<'_>,
        numbers: &Numbers<'_, ChannelsSheet>,
        company: &ChannelsSheet,
        slots: &[f64],
    ) -> Exchange {
        let kinds = self.kinds();
        let mut loads = vec![vec![0.0; self.each.len()]; numbers.segments.len() * kinds];
        for (place, channel) in self.each.iter().enumerate() {
            for kind in 0..kinds {
                let waiting = totals.count(|counts| counts.cells(channel.its.line, totals.t)[kind]);
                let came = totals.arrivals.iter().flatten().map(|its| its.weight());
                let entries = totals.entries();
                for (at, (count, weight)) in waiting.iter().zip(came).enumerate() {
                    loads[at / entries * kinds + kind][place] += *count as f64 * weight;
                }
            }
        }
        let group = |(at, loads): (usize, &Vec<f64>)| {
            self.group(numbers.segments[at / kinds], (at % kinds, loads), (company, slots))
        };
        let channel = |(channel, sheet): (&Channel, &ChannelSheet)| switchboard::Channel {
            open: sheet.desk.as_ref().map_or(1.0, |desk| desk.open),
            desk: sheet.desk.as_ref().map(|desk| channel.desk(desk, slots)),
        };
        Exchange {
            channels: self.each.iter().zip(&company.each).map(channel).collect(),
            groups: loads.iter().enumerate().map(group).collect(),
        }
    }

    /// The customers of a segment who go first in the same channels.
    fn group(
        &self,
        sheet: &ChannelsSheet,
        (kind, loads): (usize, &[f64]),
        (company, slots): (&ChannelsSheet, &[f64]),
    ) -> Group {
        let channels = self.each.len();
        let mut group = Group {
            ways: Vec::with_capacity(channels),
            switch: vec![0.0; channels * channels],
            again: vec![0.0; channels * channels],
        };
        for (place, (channel, its)) in self.each.iter().zip(&sheet.each).enumerate() {
            let people = company.each[place].desk.as_ref().map_or(0.0, |_| slots[channel.slot(Slot::Solves)]);
            group.ways.push(Way {
                load: loads[place],
                first: self.goes_first(place, kind),
                solves: its.mixed(|recognised, lost| its.settles(recognised, lost, people)),
                handle: its.mixed(|recognised, lost| its.takes(recognised, lost)),
            });
            for (to, chance) in &its.switch {
                group.switch[place * channels + to] = *chance;
            }
            for (to, chance) in &its.again {
                group.again[place * channels + to] = *chance;
            }
        }
        group
    }
}

impl ChannelSheet {
    /// What a first attempt comes to in the mean, and what a later one does, over who is recognised and what is lost.
    fn mixed(&self, of: impl Fn(bool, bool) -> f64) -> [f64; 2] {
        let (known, kept) = (self.recognises, self.carries);
        let first = known * of(true, false) + (1.0 - known) * of(false, false);
        let later = known * (kept * of(true, false) + (1.0 - kept) * of(true, true)) + (1.0 - known) * of(false, true);
        [first, later]
    }
}

impl Channel {
    fn desk(&self, desk: &DeskSheet, slots: &[f64]) -> Desk {
        let peaks = self.its.desk.iter().flat_map(|its| &its.peaks).zip(&desk.staff);
        Desk {
            blocks: peaks.map(|(its, staff)| Block { share: its.share, hours: its.hours, staff: *staff }).collect(),
            handle: slots[self.slot(Slot::Minutes)],
            patience: desk.patience,
            variability: desk.variability,
        }
    }

    /// Notes what customers meet in a solved channel.
    fn note(&self, solved: &Solved, (desk, lost): (&DeskSheet, f64), slots: &mut [f64]) {
        slots[self.slot(Slot::Wait)] = solved.wait;
        slots[self.slot(Slot::Utilisation)] = solved.utilisation;
        slots[self.slot(Slot::Lost)] = lost;
        slots[self.slot(Slot::Needed)] = self.needed(solved, desk);
        for (part, block) in solved.blocks.iter().enumerate() {
            for (class, law) in block.laws.iter().enumerate() {
                law.write(&mut slots[self.law(part, class)]);
            }
        }
    }
}

impl Channel {
    /// The people whom its goal takes over all parts of its hours, by contact that is expected; 0 without a goal.
    fn needed(&self, solved: &Solved, desk: &DeskSheet) -> f64 {
        let Some((its, goal)) = self.its.desk.as_ref().and_then(|its| Some((its, its.goal?))) else { return 0.0 };
        let people = |(peak, block): (&Peak, &SolvedBlock)| {
            let line = Line {
                arrivals: block.arrivals,
                staff: 1.0,
                handle: solved.handle,
                patience: desk.patience,
                variability: desk.variability,
            };
            peak.hours * staffing(&line, goal).map_or(0.0, |needed| needed.mean)
        };
        let hours: f64 = its.peaks.iter().map(|peak| peak.hours).sum();
        let all: f64 = its.peaks.iter().zip(&solved.blocks).map(people).sum();
        if solved.attempts > 0.0 { all / hours / solved.attempts } else { 0.0 }
    }
}

/// The share of all attempts in a channel that have lost their context, in the mean.
fn lost(
    solved: &Switchboard,
    exchange: &Exchange,
    numbers: &Numbers<'_, ChannelsSheet>,
    (channels, place): (&Channels, usize),
) -> f64 {
    let (mut lost, mut all) = (0.0, 0.0);
    for group in 0..exchange.groups.len() {
        let its = &numbers.segments[group / channels.kinds()].each[place];
        let first = solved.attempts(group, place, 0);
        let later: f64 = (1..ATTEMPTS).map(|attempt| solved.attempts(group, place, attempt)).sum();
        lost += later * (1.0 - its.recognises * its.carries);
        all += first + later;
    }
    if all > 0.0 { lost / all } else { 0.0 }
}
