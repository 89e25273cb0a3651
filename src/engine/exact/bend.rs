//! What bends the chances and rates of a cohort: traits kind by kind, and satisfaction node by node.

use crate::model::Model;
use crate::model::change::Op;
use crate::model::journey::{Driver, State};
use crate::model::param::ParamSet;
use crate::quantity::TraitId;

use crate::engine::chance::exp::exp_held;

/// What bends a chance or a rate.
#[derive(Clone, Default)]
pub struct Bend {
    /// The traits, with the log-odds or log-rate per unit above neutral.
    pub traits: Vec<(TraitId, f64)>,
    /// By how much satisfaction multiplies, node by node; empty where it does not.
    pub tilts: Vec<f64>,
    /// The chance, where it is the customer's own.
    pub own: Option<Own>,
}

/// A chance that is taken as it is: the customer's own, or a number.
#[derive(Clone)]
pub enum Own {
    /// A trait, with the operations on it.
    Of(TraitId, Vec<(Op, f64, f64)>),
    /// A number.
    Fixed(f64),
}

impl Bend {
    /// What drivers do at these numbers, and at the nodes of a satisfaction grid.
    pub fn of(model: &Model, values: &ParamSet, drivers: &[Driver], nodes: &[f64]) -> Self {
        let mut bend = Self::default();
        let mut of_satisfaction = None;
        for driver in drivers {
            let weight = values[driver.weight];
            match driver.on {
                State::Trait(of) => bend.traits.push((of, weight)),
                // What is drawn within the period has no expectation of its effects: see `obstacle.rs`.
                State::Happened(_) | State::Carried(_) | State::Class(..) => {}
                State::Satisfaction => *of_satisfaction.get_or_insert(0.0) += weight,
            }
        }
        if let (Some(experience), Some(weight)) = (&model.experience, of_satisfaction) {
            bend.tilts = nodes.iter().map(|s| exp_held(weight * (s - experience.neutral))).collect();
        }
        bend
    }
}

impl Own {
    /// The chance of a customer with this trait.
    pub fn chance(&self, traits: impl Fn(TraitId) -> f64) -> f64 {
        match self {
            Self::Fixed(chance) => *chance,
            Self::Of(of, operations) => operations
                .iter()
                .fold(traits(*of), |p, (op, amount, share)| op.apply(p, *amount, *share))
                .clamp(0.0, 1.0),
        }
    }
}
