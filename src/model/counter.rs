//! A counter is something that a run counts of its customers: its name, how its cells are laid out, and what one cell stands
//! for. A model lists its counters; whoever counts, adds up or turns counts into flows walks over that list.

use crate::quantity::{CounterId, PARTS_PER_ONE, StageId, UNITS_PER_ONE};
use serde::{Deserialize, Serialize};

/// Customers by stage, at each time.
pub const CUSTOMERS: CounterId = CounterId(0);
/// Purchases by stage, in each period.
pub const PURCHASES: CounterId = CounterId(1);
/// Money spent on baskets by stage, in each period.
pub const BASKETS: CounterId = CounterId(2);
/// Customers who have been retained at some time up to each time.
pub const ACQUIRED: CounterId = CounterId(3);
/// The sum of satisfaction over retained customers, at each time.
pub const SATISFACTION: CounterId = CounterId(4);
/// The moves that money is booked on, in each period.
pub const MOVES: CounterId = CounterId(5);

/// Those who start or come in a stage that is not retained, in each period; no cells where nobody does.
pub const FRESH: CounterId = CounterId(6);
/// Customers who have not been retained so far, at each time; no cells where nobody starts so.
pub const WAITING: CounterId = CounterId(7);
/// The sum of the periods since these came, at each time; no cells where nobody starts so.
pub const WAITED: CounterId = CounterId(8);
/// How many more came to retained stages than left them, of those who were won: by the time of their entry and the periods
/// since they were first retained, both added up. No cells where nobody starts so.
pub const RETURNS: CounterId = CounterId(9);

/// Purchases that customers share with rivals, in each period: those of the company and those of rivals in the mean; no cells
/// where nobody shares any.
pub const WALLET: CounterId = CounterId(10);
/// How many units in a cell of [`WALLET`] make a purchase: purchases of rivals are counted by their expectation.
pub const PARTS_OF_A_PURCHASE: f64 = 1_099_511_627_776.0;
/// The cell of [`WALLET`] for purchases of the company.
pub const OURS: usize = 0;
/// The cell of [`WALLET`] for purchases of rivals.
pub const THEIRS: usize = 1;

/// How many counters every model has.
pub const EVERY_MODEL: usize = 11;

/// Something that is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    /// Its name.
    pub name: String,
    /// How its cells are laid out.
    pub shape: Shape,
    /// How many units in a cell make one: cells are whole numbers, so that they add up to the same total in any order.
    pub unit: f64,
    /// What a cell says of a time.
    pub measures: Measure,
    /// How long counts are kept.
    pub kept: Kept,
}

/// How the cells of a counter are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One cell.
    Whole,
    /// A cell for each stage, in the model's order.
    ByStage,
    /// A cell for each of these pairs of stages: from, to.
    ByPair(Vec<(StageId, StageId)>),
    /// A cell for each item of a list of this length.
    ByItem(usize),
}

/// What a cell says of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How things are at the time. Money for it accrues over the periods that the time ends and begins.
    State,
    /// What has happened in the period that ends there. Money for it is booked in that period.
    Event,
}

/// How long counts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Kept {
    /// For every time of the run.
    Run,
    /// Until the next period is counted; they never become flows.
    Period,
}

impl Shape {
    /// The pairs of stages that have cells.
    pub fn pairs(&self) -> &[(StageId, StageId)] {
        if let Self::ByPair(pairs) = self { pairs } else { &[] }
    }
}

impl Counter {
    /// A counter of whole things that is kept for the run.
    pub fn new(name: &str, shape: Shape, measures: Measure) -> Self {
        Self { name: name.to_owned(), shape, unit: 1.0, measures, kept: Kept::Run }
    }

    /// The number of cells that it has at a time, in a model of so many stages.
    pub fn cells(&self, stages: usize) -> usize {
        match &self.shape {
            Shape::Whole => 1,
            Shape::ByStage => stages,
            Shape::ByPair(pairs) => pairs.len(),
            Shape::ByItem(items) => *items,
        }
    }
}

/// The counters that every model has, in the order of their ids; `moves` are the pairs of stages that money is booked on.
/// Where nobody `converts`, or `shares` purchases with rivals, what only they need has no cells.
pub fn counters(moves: Vec<(StageId, StageId)>, converts: bool, shares: bool) -> Vec<Counter> {
    let of_conversion = || Shape::ByItem(usize::from(converts));
    let counter = |name, shape, unit, measures| Counter { unit, ..Counter::new(name, shape, measures) };
    vec![
        counter("customers", Shape::ByStage, 1.0, Measure::State),
        counter("purchases", Shape::ByStage, 1.0, Measure::Event),
        counter("baskets", Shape::ByStage, UNITS_PER_ONE, Measure::Event),
        counter("acquired", Shape::Whole, 1.0, Measure::State),
        counter("satisfaction", Shape::Whole, PARTS_PER_ONE, Measure::State),
        counter("moves", Shape::ByPair(moves), 1.0, Measure::Event),
        counter("fresh", of_conversion(), 1.0, Measure::Event),
        counter("waiting", of_conversion(), 1.0, Measure::State),
        counter("waited", of_conversion(), 1.0, Measure::State),
        counter("returns", of_conversion(), 1.0, Measure::State),
        counter("wallet", Shape::ByItem(if shares { 2 } else { 0 }), PARTS_OF_A_PURCHASE, Measure::Event),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_places_in_the_list() {
        let list = counters(Vec::new(), true, true);
        let ids =
            [CUSTOMERS, PURCHASES, BASKETS, ACQUIRED, SATISFACTION, MOVES, FRESH, WAITING, WAITED, RETURNS, WALLET];
        let names = ids.map(|id| list[id.index()].name.as_str());
        assert_eq!(
            names,
            [
                "customers",
                "purchases",
                "baskets",
                "acquired",
                "satisfaction",
                "moves",
                "fresh",
                "waiting",
                "waited",
                "returns",
                "wallet"
            ]
        );
        assert_eq!((list.len(), ids.len()), (EVERY_MODEL, EVERY_MODEL));
    }
}
