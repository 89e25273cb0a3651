//! A state that customers carry, in numbers: where it starts, and what moves it.

use crate::quantity::{CarriedId, CounterId, ParamId, TouchpointId};
use crate::stats::distribution::Distribution;

/// A number that a customer carries from period to period.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What tells its draws from those of others.
    pub luck: u32,
    /// What it is held between.
    pub range: (f64, f64),
    /// Where drivers have no effect.
    pub neutral: f64,
    /// What counts it: the sum over retained customers of its place in the range, 0 to 1.
    pub counter: CounterId,
    /// Where it comes from.
    pub life: Life,
}

/// Where a state comes from.
#[derive(Clone, Debug)]
pub enum Life {
    /// It lives by itself.
    Own(Box<Own>),
    /// It is a weighted sum of others, which live by themselves.
    Blend(Vec<(Signal, f64)>),
}

/// What moves a state that lives by itself.
#[derive(Clone, Debug)]
pub struct Own {
    /// The spread at entry, held in the range.
    pub start: Distribution,
    /// How it forgets; none where it does not.
    pub forgets: Option<Forgets>,
    /// What it moves towards.
    pub follows: Option<Follows>,
    /// The signal of which it keeps the value farthest from neutral.
    pub peak: Option<Signal>,
    /// What signals add, per unit.
    pub adds: Vec<(Signal, ParamId)>,
}

/// How a state forgets.
#[derive(Clone, Copy, Debug)]
pub struct Forgets {
    /// Towards what.
    pub rest: ParamId,
    /// The periods in which half of the distance to rest is gone, above and below it.
    pub half_lives: [ParamId; 2],
}

/// A signal that a state moves towards.
#[derive(Clone, Copy, Debug)]
pub struct Follows {
    /// The signal.
    pub signal: Signal,
    /// The share of the way in a period, where it leads up and where it leads down.
    pub paces: [ParamId; 2],
    /// How it turns all at once; none where it follows steadily.
    pub cusp: Option<Cusp>,
}

/// How a state turns all at once: a cusp.
#[derive(Clone, Copy, Debug)]
pub struct Cusp {
    /// How hard it is to turn.
    pub hardness: ParamId,
    /// How strongly the signal pulls.
    pub slope: f64,
    /// Where the signal pulls neither way.
    pub neutral: f64,
}

/// A number of a customer's period that moves states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// What the period was like, in stages that have a quality.
    Quality,
    /// How that felt against what was expected.
    Felt,
    /// How often the customer bought in the period before.
    Purchases,
    /// Satisfaction after it moved.
    Satisfaction,
    /// Another state.
    Carried(CarriedId),
    /// The quality that an occurrence of a touchpoint loses to trouble.
    Effort,
    /// What an occurrence of a touchpoint makes people expect.
    Promise,
    /// 1 for each occurrence of a touchpoint, or of one of its ends.
    Occurrence(TouchpointId, Option<usize>),
    /// What an occurrence of one touchpoint was like.
    QualityOf(TouchpointId),
    /// How it felt.
    FeltOf(TouchpointId),
    /// The money that the customer spent on baskets in the period before.
    Spent,
}

impl Signal {
    /// Whether it is met as a period or a touchpoint is felt; others are known once a period.
    pub fn is_met(self) -> bool {
        !matches!(self, Self::Purchases | Self::Spent | Self::Satisfaction | Self::Carried(_))
    }
}

impl Own {
    /// Whether anything moves it that is known once a period.
    pub fn is_settled(&self) -> bool {
        let follows = self.follows.map(|its| its.signal).into_iter().chain(self.peak);
        follows.chain(self.adds.iter().map(|(signal, _)| *signal)).any(|signal| !signal.is_met())
    }
}

impl Carried {
    /// The signals that move it.
    pub fn signals(&self) -> Vec<Signal> {
        match &self.life {
            Life::Blend(parts) => parts.iter().map(|(signal, _)| *signal).collect(),
            Life::Own(own) => {
                let added = own.adds.iter().map(|(signal, _)| *signal);
                own.follows.map(|its| its.signal).into_iter().chain(own.peak).chain(added).collect()
            }
        }
    }
}
