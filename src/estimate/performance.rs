//! A performance is what some customers of one scenario came to in one replication: what was counted, and the money for it.

use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::survey::{Seen, Survey, WaveLuck};
use serde::{Deserialize, Serialize};

use super::counted::Counted;
use super::money::statement::Statement;

/// What some customers came to by time, from 0 to the horizon. Performances add up over segments.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Performance {
    /// What was counted.
    pub counted: Counted,
    /// The money.
    pub money: Statement,
    /// By survey: what the company sees of each wave. Empty where nothing was drawn: there a survey is what it tends to.
    pub surveyed: Vec<Surveyed>,
}

/// What the company sees of a survey.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Surveyed {
    /// The counter of the survey, by its place.
    pub counter: usize,
    /// After how many periods it asks again.
    pub every: u32,
    /// Wave by wave.
    pub waves: Vec<Seen>,
}

impl Performance {
    /// That of nobody.
    pub fn empty(model: &Model) -> Self {
        let counted = Counted::empty(&CountLayout::of(model), model.run.horizon);
        Self { counted, money: Statement::empty(model), surveyed: Vec::new() }
    }

    /// How many numbers it has for each time.
    pub fn width(model: &Model) -> usize {
        Counted::width(&CountLayout::of(model))
            + Statement::width(model)
            + 3 * model.surveys.len()
            + usize::from(model.weights.is_some())
    }

    /// Adds that of other customers of the same scenario.
    pub fn add(&mut self, other: &Self) {
        self.counted.add(&other.counted);
        self.money.add(&other.money);
    }

    /// Draws what the company sees of its surveys: of all customers (0), or of those of a batch (from 1 on).
    pub fn ask(&mut self, model: &Model, drawn: &Draw, set: usize) {
        let flows = &self.counted.flows;
        let seen = |(its, luck): (&Survey, &Vec<WaveLuck>)| Surveyed {
            counter: its.counter.index(),
            every: its.every,
            waves: its.waves((set, luck), |period| flows.cells(its.counter, period as usize)),
        };
        self.surveyed = model.surveys.iter().zip(&drawn.asked).map(seen).collect();
    }
}
