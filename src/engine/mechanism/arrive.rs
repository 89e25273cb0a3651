//! Arrive: customers are put where their segment starts, or its newcomers do, with the traits they keep for life.

use super::contract::{Mechanism, Step};
use super::needs::Needs;
use crate::engine::chance::draws::{Address, Purpose};
use crate::engine::chance::narrow::{place, single};
use crate::engine::chance::sampler::{Sample, Sampler, threshold};
use crate::engine::state::at::At;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting};
use crate::engine::state::plan::{DriverState, StateColumn};
use crate::engine::state::world::World;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::State;
use crate::model::people::Segment;
use crate::quantity::{StageId, TraitId};

/// Draws the stage in which a customer starts.
pub const START: Purpose = Purpose::numbered(6);
/// Draws a lasting trait of a customer.
pub const TRAITS: Purpose = Purpose::numbered(8);

/// The traits of every customer.
const TRAIT: ColumnSpec = ColumnSpec::new("trait");

/// Customers come.
pub struct Arrive {
    segments: Vec<Beginning>,
    traits: Vec<OfTrait>,
}

/// How a segment's customers begin.
struct Beginning {
    /// Where those start who are there at the start.
    starts: Starts,
    /// Where those start who come later; none where nobody does.
    newcomers: Option<Starts>,
    /// The laws of the traits.
    traits: Vec<Sampler>,
}

/// Where customers start.
struct Starts {
    /// Word thresholds of the stages to start in; the last stage takes the rest.
    thresholds: Vec<u32>,
    /// The stages to start in.
    stages: Vec<u8>,
}

struct OfTrait {
    column: ColumnId<f32, Lasting>,
    /// What tells its draws from those of other traits.
    draw: u32,
}

impl Mechanism for Arrive {
    const NAME: &'static str = "arrive";
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let mut traits = Vec::new();
        for (at, its) in model.traits.iter().enumerate() {
            let column = needs.numbers(TRAIT.at(at));
            needs.state(DriverState {
                of: State::Trait(TraitId::from(at)),
                neutral: single(its.neutral),
                growth: f32::from(u8::from(its.ages)),
                column: StateColumn::Lasting(column),
            });
            traits.push(OfTrait { column, draw: its.luck });
        }
        Some(Self { segments: model.segments.iter().map(|segment| Beginning::of(needs, segment)).collect(), traits })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        let (block, world) = (&mut *at.block, at.world);
        let beginning = &self.segments[block.segment()];
        let newcomers = beginning.newcomers.as_ref().filter(|_| block.entry() > 0);
        let moved = at.start.map(Starts::of);
        let starts = moved.as_ref().or(newcomers).unwrap_or(&beginning.starts);
        let count = block.live;
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; block.customer.len()]);
        // Where all begin in one stage, there is nothing to draw.
        if starts.thresholds.is_empty() {
            block.stage[..count].fill(u32::from(starts.stages[0]));
        } else {
            draw(block, world, (START, 0), &mut words);
            for (stage, word) in block.stage[..count].iter_mut().zip(&words[0]) {
                *stage = u32::from(starts.stages[starts.thresholds.iter().filter(|at| word >= *at).count()]);
            }
        }
        for (OfTrait { column, draw: number }, sampler) in self.traits.iter().zip(&beginning.traits) {
            draw(block, world, (TRAITS, *number), &mut words);
            let out = block.columns.numbers_mut(*column);
            world.set.run(Sample { sampler, words: &words[0], out, count });
        }
    }

    fn rests(&self, _stage: StageId) -> bool {
        true
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

/// Draws four words of every customer of a fresh block.
pub(super) fn draw(block: &Block, world: &World<'_>, (purpose, draw): (Purpose, u32), words: &mut [Vec<u32>; 4]) {
    let at = Address { period_block: 0, purpose, draw: block.cohort().wrapping_add(draw) };
    world.draws.fill(world.set, at, &block.customer, block.live, words);
}

impl Beginning {
    fn of(needs: &Needs<'_>, segment: &Segment) -> Self {
        Self {
            starts: Starts::of(&segment.start),
            newcomers: segment.inflow.as_ref().map(|inflow| Starts::of(&inflow.start)),
            traits: segment.traits.iter().map(|law| needs.sampler(law, f64::NEG_INFINITY, f64::INFINITY)).collect(),
        }
    }
}

impl Starts {
    fn of(shares: &[(StageId, f64)]) -> Self {
        let mut sum = 0.0;
        let (mut thresholds, mut stages) = (Vec::new(), Vec::new());
        for (stage, share) in shares.iter().filter(|(_, share)| *share > 0.0) {
            sum += share;
            thresholds.push(threshold(sum));
            stages.push(place(*stage));
        }
        thresholds.pop();
        Self { thresholds, stages }
    }
}
