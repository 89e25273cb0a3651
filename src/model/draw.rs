//! A draw is everything that luck decides once for all scenarios of a replication: the uncertain numbers, and the
//! shocks that the world has in store.

use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;
use serde::{Deserialize, Serialize};

use super::Model;
use super::change::Change;
use super::param::ParamSet;
use super::row_draw::RowDraw;
use super::survey::{Survey, WaveLuck};
use super::world::Occurrence;

/// What decides: probabilities in (0, 1), the same for the same question.
pub trait Luck {
    /// The probability at which an uncertain number is drawn.
    fn number(&self, luck: u64) -> f64;
    /// The probability of a question about something that may happen in a period.
    fn event(&self, luck: u64, period: u32, question: u32) -> f64;
}

/// One draw of the uncertain numbers and shocks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Draw {
    /// One value for each parameter.
    pub values: ParamSet,
    /// The shocks that come, in the order of their periods.
    pub struck: Vec<ShockEvent>,
    /// By survey, then by wave: the probabilities of what the company sees.
    pub asked: Vec<Vec<WaveLuck>>,
}

/// A shock that comes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ShockEvent {
    /// The shock, by its place in the model.
    pub shock: usize,
    /// The period in which it comes.
    pub period: u32,
    /// The amounts of its effects.
    pub amounts: Vec<f64>,
}

/// What is needed of a draw.
#[derive(Clone, Debug, Default)]
pub struct Needed {
    /// Uncertain numbers that are drawn each by itself.
    pub params: Vec<ParamId>,
    /// Whether numbers that are drawn together are needed.
    pub together: bool,
    /// The rows that are drawn as a whole, by their places in the model.
    pub rows: Vec<usize>,
    /// Whether shocks are needed.
    pub shocks: bool,
}

impl Model {
    /// The numbers with every uncertain one at its median.
    pub fn central(&self) -> Draw {
        Draw::central(self)
    }
}

impl Draw {
    /// Draws everything with some luck.
    pub fn new(model: &Model, luck: &dyn Luck) -> Self {
        let number = |at: u64| luck.number(at);
        let probabilities = model.together.as_ref().map(|together| together.probabilities(&model.params, &number));
        let mut values = ParamSet::drawn(&model.params, number);
        if let (Some(together), Some(probabilities)) = (&model.together, probabilities) {
            for (id, probability) in together.params.iter().zip(probabilities) {
                values.0[id.index()] = model.params[id.index()].at(probability);
            }
        }
        for row in &model.row_draws {
            row.draw(&mut values, |id| luck.number(model.params[id.index()].luck));
        }
        let struck = struck(model, &values, luck);
        Self { values, struck, asked: asked(model, luck) }
    }

    /// Draws only some numbers and, where they are needed, the shocks; the rest is that of another draw.
    pub fn partly(model: &Model, luck: &dyn Luck, rest: &Self, needed: &Needed) -> Self {
        let mut values = rest.values.clone();
        let number = |at: u64| luck.number(at);
        for id in &needed.params {
            values.0[id.index()] = model.params[id.index()].at(number(model.params[id.index()].luck));
        }
        if let Some(together) = model.together.as_ref().filter(|_| needed.together) {
            let probabilities = together.probabilities(&model.params, &number);
            for (id, probability) in together.params.iter().zip(probabilities) {
                values.0[id.index()] = model.params[id.index()].at(probability);
            }
        }
        for row in needed.rows.iter().map(|row| &model.row_draws[*row]) {
            row.draw(&mut values, |id| luck.number(model.params[id.index()].luck));
        }
        let struck = if needed.shocks { struck(model, &values, luck) } else { Vec::new() };
        Self { values, struck, asked: rest.asked.clone() }
    }

    /// The middle of everything: uncertain numbers at their medians, rows at their means, every initiative that can work
    /// working, as planned, and no shock but those that come in a period of their own.
    pub fn central(model: &Model) -> Self {
        struct Middle;
        impl Luck for Middle {
            fn number(&self, _: u64) -> f64 {
                0.5
            }
            fn event(&self, _: u64, _: u32, question: u32) -> f64 {
                // Question 0 asks whether something comes.
                if question == 0 { 1.0 } else { 0.5 }
            }
        }
        let values = ParamSet::drawn(&model.params, |_| 0.5);
        let mut draw = Self { values, struck: Vec::new(), asked: asked(model, &Middle) };
        for row in &model.row_draws {
            for (id, mean) in row.chances.iter().zip(&row.means) {
                draw.values.0[id.index()] = *mean;
            }
        }
        // A chance has no middle: what is planned is that it works, however small the chance is.
        for (_, coin) in model.initiatives.iter().filter_map(|its| its.success) {
            draw.values.0[coin.index()] = 0.0;
        }
        draw.struck = struck(model, &draw.values, &Middle);
        draw
    }
}

impl std::ops::Index<ParamId> for Draw {
    type Output = f64;

    fn index(&self, id: ParamId) -> &f64 {
        &self.values[id]
    }
}

impl RowDraw {
    /// Draws the chances one after the other, each as a beta share of what those before it left (stick breaking:
    /// Sethuraman 1994, "A constructive definition of Dirichlet priors", Statistica Sinica 4).
    fn draw(&self, values: &mut ParamSet, probability: impl Fn(ParamId) -> f64) {
        let (mut left, mut rest) = (1.0, 1.0);
        for (id, mean) in self.chances.iter().zip(&self.means) {
            rest -= mean;
            let share = match (*mean > 0.0, rest > 1e-12) {
                (false, _) => 0.0,
                (true, false) => 1.0,
                (true, true) => {
                    let law = Distribution::Beta { a: self.size * mean, b: self.size * rest };
                    law.quantile(probability(*id))
                }
            };
            values.0[id.index()] = left * share;
            left *= 1.0 - share;
        }
    }
}

/// The probabilities of what the company sees of every wave of every survey, whatever the scenario.
fn asked(model: &Model, luck: &dyn Luck) -> Vec<Vec<WaveLuck>> {
    let of = |survey: &Survey| {
        let wave = |period: u32| {
            // Question 0 asks whether something comes, and what is asked comes.
            let mut question = 0;
            let mut next = || {
                question += 1;
                luck.event(survey.luck, period, question)
            };
            std::array::from_fn(|_| std::array::from_fn(|_| next()))
        };
        (1..=model.run.horizon).filter(|period| survey.asks(*period)).map(wave).collect()
    };
    model.surveys.iter().map(of).collect()
}

/// The shocks that come within the horizon.
fn struck(model: &Model, values: &ParamSet, luck: &dyn Luck) -> Vec<ShockEvent> {
    let mut struck = Vec::new();
    for (place, shock) in model.shocks.iter().enumerate() {
        let mut comes = |period: u32| {
            // What does nothing asks nothing, so that it moves no other effect's luck.
            let mut question = 0;
            let amount = |(effect, law): (&Change, &Distribution)| {
                question += u32::from(!matches!(law, Distribution::Constant(x) if effect.op.does_nothing(*x)));
                let meaning = model.params[effect.amount.index()].meaning;
                meaning.held(law.quantile(luck.event(shock.luck, period, question)))
            };
            let amounts = shock.effects.iter().zip(&shock.amounts).map(amount).collect();
            struck.push(ShockEvent { shock: place, period, amounts });
        };
        match shock.when {
            Occurrence::In(period) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "not negative; `as` saturates"
                )]
                let period = libm::round(values[period]) as u32;
                if (1..=model.run.horizon).contains(&period) {
                    comes(period);
                }
            }
            Occurrence::Hazard(hazard) => {
                let comes_in = |period: &u32| luck.event(shock.luck, *period, 0) < values[hazard];
                (1..=model.run.horizon).filter(comes_in).for_each(comes);
            }
        }
    }
    struck.sort_by_key(|its| (its.period, its.shock));
    struck
}
