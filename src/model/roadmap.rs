//! The roadmap in numbers: initiatives with what they need and how their effect goes in time, scenarios and their rules.

use crate::quantity::{CounterId, ParamId};
use crate::study::initiative::{CapabilityKind, Gate, RampShape};
use crate::study::path::ParamPath as Path;

use super::change::Change;
use super::channel::Gauge;
use super::param::ParamSet;

/// Something that the company has to be able to do.
#[derive(Clone, Debug)]
pub struct Capability {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is.
    pub kind: CapabilityKind,
    /// How much of it is in place today.
    pub level: Today,
}

/// How much of a capability is in place today, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Today {
    /// As much as this.
    Known(f64),
    /// A number that is drawn once per replication, the same in every scenario.
    Drawn(ParamId),
}

impl Today {
    /// The number that is drawn; none where the level is known.
    pub fn drawn(self) -> Option<ParamId> {
        if let Self::Drawn(id) = self { Some(id) } else { None }
    }
}

/// A level of a capability, by its place in the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The capability.
    pub capability: usize,
    /// The level, from 0 to 1.
    pub level: f64,
}

/// A project of the roadmap, not yet placed in time.
#[derive(Clone, Debug)]
pub struct Initiative {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// The promise that it serves; may be empty.
    pub pillar: String,
    /// What it costs.
    pub cost: Cost,
    /// Periods from its start to go-live as planned.
    pub build: u32,
    /// Periods by which go-live comes later.
    pub slip: Option<ParamId>,
    /// The chance that it works, and the number that is held against it.
    pub success: Option<(ParamId, ParamId)>,
    /// How its effect grows.
    pub ramp: Ramp,
    /// Periods after which half of the full effect has worn out. It wears off at a constant rate, as goodwill does in
    /// Nerlove & Arrow (1962), "Optimal advertising policy under dynamic conditions", Economica 29(114).
    pub half_life: Option<ParamId>,
    /// The share of the effect that rivals copy in each period: a lead erodes at a constant rate, as profits above the
    /// norm do in Geroski & Jacquemin (1988), "The persistence of profits: a European comparison", The Economic
    /// Journal 98(391).
    pub catch_up: Option<ParamId>,
    /// The last period in which it runs.
    pub until: u32,
    /// The periods after go-live in which each segment's wave comes, by segment.
    pub waves: Vec<u32>,
    /// A temporary loss after go-live.
    pub dip: Option<Dip>,
    /// The capabilities that it needs. Nothing begins before all that it rests on is done (Kelley 1961, "Critical-path
    /// planning and scheduling: mathematical basis", Operations Research 9(3)); how long that takes is drawn in each
    /// replication (Van Slyke 1963, "Monte Carlo methods and the PERT problem", Operations Research 11(5)).
    pub requires: Vec<Level>,
    /// The capabilities that are there from its go-live on.
    pub provides: Vec<Level>,
    /// What happens where a capability that it needs is not there.
    pub gate: Gate,
    /// What it changes in full effect.
    pub effects: Vec<Change>,
    /// Its shape: what tells initiatives apart when names and order do not count.
    pub shape: u64,
}

/// What an initiative costs.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Money paid in the period it starts in.
    pub once: Option<ParamId>,
    /// Money spread evenly from its start to go-live.
    pub build: Option<ParamId>,
    /// Money paid in every period from the start on.
    pub per_period: Option<ParamId>,
    /// Money per retained customer and period, from the period on in which it reaches the segment.
    pub per_customer: Option<ParamId>,
    /// Money for each occurrence of touchpoints and their ends while it is in use, in the order of their cells.
    pub per_contact: Vec<ContactCost>,
    /// How many of the spans that `per_period` and `per_customer` are declared for make one period.
    pub spans: f64,
}

impl Cost {
    /// The money of a period that does not depend on customers.
    pub fn running(&self, drawn: &ParamSet) -> f64 {
        self.per_period.map_or(0.0, |id| drawn[id] * self.spans)
    }

    /// The money of a period for each retained customer.
    pub fn serving(&self, drawn: &ParamSet) -> f64 {
        self.per_customer.map_or(0.0, |id| drawn[id] * self.spans)
    }

    /// The money of a period for contacts, of which so many are in a cell of a counter.
    pub fn of_contacts(&self, drawn: &ParamSet, count: impl Fn(CounterId, usize) -> f64) -> f64 {
        self.per_contact.iter().map(|its| drawn[its.amount] * count(its.counter, its.cell)).sum()
    }

    /// Whether customers cause any of it, and so which segment they are of counts.
    pub fn depends_on_customers(&self) -> bool {
        self.per_customer.is_some() || !self.per_contact.is_empty()
    }
}

/// What an initiative costs each time that a touchpoint happens, or that it ends in a certain way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContactCost {
    /// What counts the touchpoint.
    pub counter: CounterId,
    /// The cell of all of it, or of one of its ends.
    pub cell: usize,
    /// Money each time.
    pub amount: ParamId,
}

/// How an effect grows after go-live.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Periods from go-live to full effect.
    pub periods: u32,
    /// The shape of the growth.
    pub shape: RampShape,
    /// Of an adoption curve: the chance per period to adopt unprompted.
    pub innovation: f64,
    /// Of an adoption curve: how strongly those who have adopted draw others.
    pub imitation: f64,
}

impl Ramp {
    /// The share of the full effect in the `grown`-th period after go-live, counted from 1; 1 from the ramp's last
    /// period on.
    ///
    /// An adoption curve is the cumulative adoption of Bass (1969), "A new product growth for model consumer
    /// durables", Management Science 15(5), scaled to 1 at the end of the ramp; a logistic one runs over ten of its
    /// time constants, scaled to start at 0 and to end at 1.
    pub fn share(&self, grown: u32) -> f64 {
        if grown >= self.periods {
            return 1.0;
        }
        let x = f64::from(grown) / f64::from(self.periods);
        match self.shape {
            RampShape::Linear => x,
            RampShape::Logistic => {
                let curve = |x: f64| 1.0 / (1.0 + libm::exp(-10.0 * (x - 0.5)));
                (curve(x) - curve(0.0)) / (curve(1.0) - curve(0.0))
            }
            RampShape::Adoption => {
                let (p, q) = (self.innovation, self.imitation);
                let adopted = |t: f64| {
                    let left = libm::exp(-(p + q) * t);
                    (1.0 - left) / (1.0 + q / p * left)
                };
                adopted(f64::from(grown)) / adopted(f64::from(self.periods))
            }
        }
    }
}

/// A temporary loss after go-live, while people learn.
#[derive(Clone, Debug)]
pub struct Dip {
    /// Periods until people are used to it.
    pub periods: u32,
    /// The loss in the first of them, as a share of the full effect.
    pub share: ParamId,
    /// What suffers; what the initiative is to improve where it is empty.
    pub effects: Vec<Change>,
}

impl Dip {
    /// How much of the first loss is left in the `grown`-th period after go-live, counted from 1: it fades evenly, as
    /// people get used to it.
    pub fn left(&self, grown: u32) -> f64 {
        if grown > self.periods { 0.0 } else { f64::from(self.periods - grown + 1) / f64::from(self.periods) }
    }
}

/// What holds for the roadmap as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoadmapRules {
    /// How many initiatives people can get used to at a time.
    pub change_capacity: Option<f64>,
}

/// A scenario: the study plus changes.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What it is, in the author's words; may be empty.
    pub description: String,
    /// Its direct changes.
    pub changes: Vec<Change>,
    /// The initiatives that are planned, in the order in which their effects apply.
    pub plan: Vec<Planned>,
    /// Its contingency rules that do anything.
    pub rules: Vec<Rule>,
}

/// An initiative's place in a scenario's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The initiative, by its place in the model.
    pub initiative: usize,
    /// The period in which it is planned to start.
    pub start: u32,
}

/// A contingency rule: a decision rule in the sense of de Neufville & Scholtes (2011), "Flexibility in engineering
/// design", by which a simulation decides as the company would, on what it has seen so far.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What is watched.
    pub watched: Watched,
    /// Whether it acts above the bound; below it otherwise.
    pub above: bool,
    /// The bound.
    pub bound: f64,
    /// The first period that is looked at.
    pub from: u32,
    /// The last period that is looked at.
    pub by: u32,
    /// Periods by which what happened is seen late.
    pub delay: u32,
    /// Periods after which it is looked at again once it has acted; none where it acts once.
    pub again_after: Option<u32>,
    /// The initiatives that start in the next period.
    pub initiatives: Vec<usize>,
    /// The initiatives that run for the last time in the period before.
    pub stops: Vec<usize>,
    /// The changes that are in force from the next period on, once more for each time that it acts.
    pub changes: Vec<Change>,
    /// Where it was written.
    pub written: Path,
}

impl Rule {
    /// Whether there is any response.
    pub fn does_anything(&self) -> bool {
        !(self.initiatives.is_empty() && self.stops.is_empty() && self.changes.is_empty())
    }

    /// The period in which the response to what period `t` came to begins.
    pub fn responds_to(&self, t: u32) -> u32 {
        t.saturating_add(1).saturating_add(self.delay)
    }

    /// Whether it is looked at what period `t` came to, after the responses that began or are to begin in these periods.
    pub fn looks_at(&self, t: u32, fired: &[u32]) -> bool {
        let rested = match (fired.last(), self.again_after) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(last), Some(pause)) => self.responds_to(t) >= last.saturating_add(pause),
        };
        rested && (self.from..=self.by).contains(&t)
    }

    /// The periods in which its responses begin where it acts as early and as often as it can, within a horizon.
    pub fn responses(&self, horizon: u32) -> Vec<u32> {
        let mut fired = Vec::new();
        let mut t = self.from;
        while t <= self.by.min(horizon) && (fired.is_empty() || self.responds_to(t) <= horizon) {
            fired.push(self.responds_to(t));
            let Some(pause) = self.again_after else { break };
            t = t.saturating_add(pause.max(1));
        }
        fired
    }
}

/// What a company sees when a period has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// The share of customers retained at some time who are so now.
    Retention,
    /// Customers in retained stages.
    ActiveCustomers,
    /// Customers who were retained at some time and are not now.
    Churned,
    /// Purchases in the period.
    Purchases,
    /// The company's share of what customers shared with rivals in the period; not a number where they shared nothing.
    Wallet,
    /// Money in of the period: baskets and revenue lines.
    Revenue,
    /// Baskets of the period times their margin, and revenue lines.
    Margin,
    /// Cost lines of the period, that of acquisition among them.
    Cost,
    /// Margin less cost less what initiatives cost in the period.
    CashFlow,
    /// The mean satisfaction of retained customers.
    Satisfaction,
    /// Customers in a stage, by its place in the model.
    Stage(usize),
    /// How often a touchpoint happened in the period, or one of its ends, by its counter and the cell of that.
    Met(usize, usize),
    /// The score of a survey, by its counter; known only at the end of a period in which it asks.
    Surveyed(usize),
    /// What is read off a channel in the period, by its counter.
    Channel(usize, Gauge),
    /// How often a pillar broke in the period, by its counter.
    Broken(usize),
    /// How often what customers tell was heard in the period, by its counter.
    Heard(usize),
    /// How many people in the market it was told in the period, by its counter.
    Told(usize),
}
