//! Tell: what is told of each occurrence where one customer's life is replayed.

use super::attempt::OF_ATTEMPT;
use super::occur::{Ends, Occurring};
use crate::engine::state::block::Block;
use crate::engine::state::occasions::{Occasions, Told};
use crate::engine::state::plan::StateColumn;
use crate::model::hearsay::PARTS;
use crate::model::journey::State;
use crate::quantity::CarriedId;

impl Occurring<'_> {
    /// Tells of each of those for whom it ends alike.
    pub(super) fn tell(&self, block: &Block, occasions: &mut Occasions, number: u32, ends: &Ends<'_>) {
        let Occasions { alike, told, .. } = occasions;
        let Some(told) = told else { return };
        let expects = self.reached.expectation.is_some();
        for at in 0..alike.count {
            let quality = alike.quality[at];
            let felt = || (quality, expects.then(|| quality - alike.gap[at]), alike.felt[at]);
            told.push(Told {
                touchpoint: self.place,
                // Every attempt in a channel is one of its own, and draws by a number of its own.
                number: number % OF_ATTEMPT,
                end: ends.place,
                days: self.point.answer.as_ref().map(|_| alike.days[at]),
                weight: alike.weight[at],
                felt: ends.ending.quality.as_ref().map(|_| felt()),
                reached: ends
                    .says()
                    .map(|(says, sheet)| says.told(sheet, (block, self.now), alike.place[at]) as f64 / PARTS),
                left: self.left(block, alike.place[at] as usize),
                tried: alike.tried.get(at).copied(),
            });
        }
    }

    /// Satisfaction and the states of a customer.
    fn left(&self, block: &Block, place: usize) -> Vec<f32> {
        let plan = self.now.plan();
        let carried = (0..).map(|of| State::Carried(CarriedId::from(of)));
        let known = std::iter::once(State::Satisfaction).filter(|of| plan.state(*of).is_some());
        let states = known.chain(carried.take_while(|of| plan.state(*of).is_some()));
        let number = |of: State| match plan.state(of)?.column {
            StateColumn::Lasting(column) => Some(block.columns.numbers(column)[place]),
            StateColumn::Passing(_) => None,
        };
        states.filter_map(number).collect()
    }
}
