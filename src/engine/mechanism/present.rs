//! Present: what a stage's values are multiplied by is counted, where that is not the number of its customers.
//!
//! A trait is summed in whole parts of it (`model/presence.rs`), so that the sum is the same in any order.

use super::contract::{Mechanism, Step};
use super::needs::{Needs, Shown};
use super::transition::PERIODS_IN_STAGE;
use crate::engine::chance::narrow::whole;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::At;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::presence::Presence;
use crate::quantity::StageId;

/// The customers of stages are counted by what their values are multiplied by.
pub struct Present {
    all: Vec<Counted>,
    /// For each stage, whether anything is counted there.
    counts: Vec<bool>,
}

/// What is counted of the customers of one stage.
struct Counted {
    of: Presence,
    stage: u32,
    /// The column of the trait.
    own: Option<ColumnId<f32, Lasting>>,
    /// The column of periods in the stage, where customers are told apart by them.
    periods: Option<ColumnId<u32, Lasting>>,
    place: Place,
}

impl Mechanism for Present {
    const NAME: &'static str = "present";
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let all: Vec<Counted> = model.presences.iter().map(|its| Counted::of(its, needs)).collect();
        let is_counted = |stage: usize| model.presences.iter().any(|its| its.stage.index() == stage);
        (!all.is_empty()).then(|| Self { all, counts: (0..model.stages.len()).map(is_counted).collect() })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Start, Step::Count]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        let t = at.time();
        let (block, set) = (&*at.block, at.world.set);
        let age = block.age(t) as usize;
        let Some(counts) = &mut at.counts else { return };
        for counted in &self.all {
            let (stage, wanted) = (&block.stage[..block.live], counted.stage);
            let own = counted.own.map(|own| block.columns.numbers(own));
            let cells = counts.cells_at(&counted.place, t as usize);
            if let Some(periods) = counted.periods {
                counted.one_by_one((stage, block.columns.words(periods), own), age, cells);
                continue;
            }
            cells[counted.of.cell(0, age)] += match own {
                Some(own) => set.run(Level { stage, wanted, own, unit: counted.place.unit }),
                None => stage.iter().filter(|its| **its == wanted).count() as i128,
            };
        }
    }

    // Who is dropped is counted by stage only.
    fn rests(&self, stage: StageId) -> bool {
        !self.counts[stage.index()]
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

impl Counted {
    fn of(its: &Presence, needs: &mut Needs<'_>) -> Self {
        // Other periods in the same stage come from having been in other stages before.
        let shown = if its.counts_periods() { Shown::ByState } else { Shown::ByStage };
        Self {
            of: *its,
            stage: whole(its.stage.index()),
            own: its.own.and_then(|of| needs.trait_column(of)),
            periods: its.counts_periods().then(|| needs.words(PERIODS_IN_STAGE)),
            place: needs.counter(its.counter, shown),
        }
    }

    /// Counts customers by the whole periods that each has been in the stage.
    fn one_by_one(&self, (stage, periods, own): (&[u32], &[u32], Option<&[f32]>), age: usize, cells: &mut [i128]) {
        let here = stage.iter().zip(periods).enumerate().filter(|(_, (stage, _))| **stage == self.stage);
        for (at, (_, periods)) in here {
            let parts = own.map_or(1, |own| whole_parts(own[at], self.place.unit));
            cells[self.of.cell(*periods as usize, age)] += i128::from(parts);
        }
    }
}

/// The most levels, each below 2^51 parts, that can be summed in 63 bits.
const SUMMABLE: usize = 4_095;

/// The sum of a trait over the customers in a stage, in parts: a plain loop that is compiled for each instruction set.
struct Level<'a> {
    stage: &'a [u32],
    wanted: u32,
    own: &'a [f32],
    /// How many parts make one.
    unit: f64,
}

impl Kernel for Level<'_> {
    type Output = i128;
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> i128 {
        let mut sum = 0_i128;
        for (stage, own) in self.stage.chunks(SUMMABLE).zip(self.own.chunks(SUMMABLE)) {
            let mut parts = 0_i64;
            for (stage, own) in stage.iter().zip(own) {
                let here = if *stage == self.wanted { self.unit } else { 0.0 };
                parts += whole_parts(*own, here);
            }
            sum += i128::from(parts);
        }
        sum
    }
}

/// A level in whole parts, held at 0 and below 2^51 of them.
#[inline(always)]
fn whole_parts(own: f32, unit: f64) -> i64 {
    /// The last bit of numbers of this size counts ones: adding it rounds to a whole number.
    const ONES: f64 = 6_755_399_441_055_744.0;
    const MOST: f64 = 2_251_799_813_685_248.0;
    let parts = f64::from(own.max(0.0)) * unit;
    let held = if parts < MOST { parts } else { MOST };
    (held + ONES).to_bits().wrapping_sub(ONES.to_bits()).cast_signed()
}
