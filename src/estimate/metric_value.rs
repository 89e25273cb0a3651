//! What a metric comes to: its value over the horizon and over time, read off a performance.

use crate::model::counter::{ACQUIRED, CUSTOMERS, OURS, PURCHASES, SATISFACTION, THEIRS, WALLET};
use crate::model::facts::{Part, Ratio, Time};
use crate::model::metric::Metric;
use crate::model::pillar::{BREACHES, Breaches, OCCASIONS};
use crate::model::rate::Rate;
use crate::quantity::CounterId;
use crate::stats::cash::cumulative;

use super::performance::Performance;
use crate::model::survey::{Said, Seen, Wave};

impl Metric {
    /// Its value over the horizon: of a state at the end, of a flow the sum, of what is pooled the share of all periods.
    pub fn horizon(self, its: &Performance) -> f64 {
        let times = times(its);
        match self.facts().time {
            Time::State => self.at(its, times - 1),
            Time::Flow | Time::Cumulated => (0..times).map(|t| self.at(its, t)).sum(),
            Time::Pooled => self.pooled(its).last().copied().unwrap_or(0.0),
        }
    }

    /// What [`Metric::horizon`] would be if the horizon were each time from 0 on.
    pub fn up_to(self, its: &Performance) -> Vec<f64> {
        let each = self.series(its);
        match self.facts().time {
            Time::State | Time::Cumulated => each,
            Time::Flow => cumulative(&each),
            Time::Pooled => self.pooled(its),
        }
    }

    /// Its value at or in each time, from 0 to the horizon.
    pub fn series(self, its: &Performance) -> Vec<f64> {
        let each: Vec<f64> = (0..times(its)).map(|t| self.at(its, t)).collect();
        match self.facts().time {
            Time::State | Time::Flow | Time::Pooled => each,
            Time::Cumulated => cumulative(&each),
        }
    }

    /// What is pooled, of all periods up to each time.
    fn pooled(self, its: &Performance) -> Vec<f64> {
        let of = |part: fn([f64; 2]) -> f64| -> Vec<f64> {
            cumulative(&(0..times(its)).map(|t| part(self.parts(its, t))).collect::<Vec<f64>>())
        };
        of(|[part, _]| part).into_iter().zip(of(|[_, whole]| whole)).map(|(part, whole)| share(part, whole)).collect()
    }

    /// In a period what is a share, and of what.
    fn parts(self, its: &Performance, t: usize) -> [f64; 2] {
        match self {
            Self::Wallet => {
                let cells = its.counted.flows.cells(WALLET, t);
                [cells[OURS], cells[OURS] + cells[THEIRS]]
            }
            Self::ClassRetained(counter, class) => {
                let cells = its.counted.flows.cells(CounterId::from(counter), t);
                [cells[2 * class + 1], cells[2 * class]]
            }
            Self::Channel(counter, gauge) => {
                let flows = &its.counted.flows;
                let people = flows.cells(CounterId::from(counter + 1), t);
                let [part, whole] = gauge.parts(flows.cells(CounterId::from(counter), t), people);
                // Nothing comes at time 0.
                [part, if t == 0 { 0.0 } else { whole }]
            }
            _ => [0.0; 2],
        }
    }

    /// Its value at or in a time; of what is cumulated, what that time adds.
    fn at(self, its: &Performance, t: usize) -> f64 {
        match self.facts().ratio {
            Some(ratio) => ratio.at(its, t),
            None => self.sum(its, t),
        }
    }

    /// The sum over customers that it is at a time; of a ratio, that of its part.
    fn sum(self, its: &Performance, t: usize) -> f64 {
        let Performance { counted, money, .. } = its;
        match self {
            Self::Retention | Self::ActiveCustomers => Part::Active.at(its, t),
            Self::Churned => counted.churned[t],
            Self::Conversion => Part::Converted.at(its, t),
            Self::TimeToConvert => Part::Waited.at(its, t),
            Self::Purchases => counted.total(PURCHASES)[t],
            Self::Revenue => money.revenue[t],
            Self::Margin => money.margin[t],
            Self::Cost => money.cost[t],
            Self::InitiativeCost => money.initiative_cost[t],
            Self::CashFlow | Self::CumulativeCashFlow => money.margin[t] - money.cost[t] - money.initiative_cost[t],
            Self::Npv => money.discounted[t],
            Self::Satisfaction => Part::Satisfaction.at(its, t),
            Self::Contacts => counted_in(&money.served.contacts, t),
            Self::Minutes => counted_in(&money.served.minutes, t),
            Self::FullTime => counted_in(&money.served.people, t),
            Self::CostToServe => counted_in(&money.served.cost, t),
            Self::Line(account) | Self::Outcome(account) => money.accounts[account][t],
            Self::Stage(stage) => counted.flows.cells(CUSTOMERS, t)[stage],
            Self::Carried(counter) => {
                let active = Part::Active.at(its, t);
                if active > 0.0 { counted.flows.cells(CounterId::from(counter), t)[0] / active } else { 0.0 }
            }
            Self::Tagged(counter, cell)
            | Self::Switched(counter, cell)
            | Self::Met(counter, cell)
            | Self::ClassPurchases(counter, cell)
            | Self::ClassSpent(counter, cell)
            | Self::ClassContacts(counter, cell) => counted.flows.cells(CounterId::from(counter), t)[cell],
            Self::RivalPurchases => counted.flows.cells(WALLET, t)[THEIRS],
            Self::Wallet | Self::ClassRetained(..) | Self::Channel(..) => {
                let [part, whole] = self.parts(its, t);
                share(part, whole)
            }
            Self::Heard(counter) | Self::Told(counter) => counted.flows.cells(CounterId::from(counter), t).iter().sum(),
            Self::Surveyed(counter, said) => its.surveyed_at((CounterId::from(counter), said), t),
            Self::Broken(counter, Breaches::Count) => counted.flows.cells(CounterId::from(counter), t)[BREACHES],
            Self::Broken(counter, Breaches::Share) => {
                let so_far = |cell: usize| -> f64 {
                    (0..=t).map(|t| counted.flows.cells(CounterId::from(counter), t)[cell]).sum()
                };
                let occasions = so_far(OCCASIONS);
                if occasions > 0.0 { so_far(BREACHES) / occasions } else { 0.0 }
            }
            Self::Weight(counter, first, end) => {
                let moved = &counted.flows.cells(CounterId::from(counter), t)[first..end];
                per_customer(moved.iter().sum(), counted.living[t])
            }
            Self::Happened(rate) => counted.total(Rate::counter_of(rate))[t],
        }
    }
}

impl Performance {
    /// What is said of a survey at a time: that of the last wave, 0 before the first one.
    fn surveyed_at(&self, (counter, said): (CounterId, Said), t: usize) -> f64 {
        let tends = |of: fn(&Wave) -> f64| {
            let waves = (1..=t).rev().map(|t| Wave::of(self.counted.flows.cells(counter, t)));
            waves.into_iter().find(|wave| wave.asked > 0.0).map_or(0.0, |wave| of(&wave))
        };
        let seen = |of: fn(&Seen) -> f64, tendency: fn(&Wave) -> f64| {
            let Some(its) = self.surveyed.iter().find(|its| its.counter == counter.index()) else {
                return tends(tendency);
            };
            let so_far = t / its.every.max(1) as usize;
            let waves = its.waves.iter().take(so_far).rev();
            waves.into_iter().find(|wave| wave.answers > 0.0).map_or(0.0, of)
        };
        match said {
            Said::Truth => tends(Wave::truth),
            Said::Respondents => tends(Wave::respondents),
            Said::Response => tends(Wave::response),
            Said::Score => seen(Seen::score, Wave::respondents),
            Said::Answers => seen(|wave| wave.answers, |wave| wave.answering),
            Said::Promoters => seen(Seen::promoting, Wave::promoting),
            Said::Detractors => seen(Seen::detracting, Wave::detracting),
        }
    }
}

/// An amount for each of so many customers; 0 where there is nobody.
pub fn per_customer(amount: f64, customers: f64) -> f64 {
    if customers > 0.0 { amount / customers } else { 0.0 }
}

impl Ratio {
    /// Its value at a time; 0 where there is nothing to divide by.
    fn at(self, its: &Performance, t: usize) -> f64 {
        share(self.part.at(its, t), self.whole.at(its, t))
    }
}

impl Part {
    /// Its value at a time.
    fn at(self, its: &Performance, t: usize) -> f64 {
        let whole = |counter| its.counted.flows.cells(counter, t)[0];
        let converts = |sums: &[f64]| counted_in(sums, t);
        match self {
            Self::Active => its.counted.retained[t],
            Self::Acquired => whole(ACQUIRED),
            Self::Satisfaction => whole(SATISFACTION),
            Self::Fresh => converts(&its.counted.conversion.fresh),
            Self::Converted => converts(&its.counted.conversion.converted),
            Self::Waited => converts(&its.counted.conversion.waited),
        }
    }

    /// Its value at the horizon.
    pub fn at_end(self, its: &Performance) -> f64 {
        self.at(its, times(its) - 1)
    }
}

/// A share of what is; 0 of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// What was counted in or at a time: nothing where a study has nothing to count.
fn counted_in(sums: &[f64], t: usize) -> f64 {
    sums.get(t).copied().unwrap_or(0.0)
}

/// How many times there are, from 0 to the horizon.
fn times(its: &Performance) -> usize {
    its.counted.times()
}
