//! Count: the ledger takes the period.

use super::contract::{Mechanism, Step};
use super::feel::SATISFACTION;
use super::needs::{Needs, Shown};
use super::won::Converts;
use crate::engine::chance::narrow::whole;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Eight, Kernel, Lanes, Reach, Sixteen, Strip};
use crate::engine::state::at::At;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting};
use crate::engine::state::world::World;
use crate::engine::table::program::{Program, Reached};
use crate::engine::table::reach::reach;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::counter;
use crate::quantity::StageId;

/// Whether each customer has ever been retained: all bits or none.
pub const ACQUIRED: ColumnSpec = ColumnSpec::new("acquired");

/// Whether somebody starts where nobody counts as retained.
pub fn acquires(model: &Model) -> bool {
    let newcomers = model.segments.iter().filter_map(|segment| segment.inflow.as_ref()).map(|inflow| &inflow.start);
    let starts = model.segments.iter().map(|segment| &segment.start).chain(newcomers).flatten();
    let changes = model.changes_starts();
    starts.filter(|(_, share)| *share > 0.0 || changes).any(|(stage, _)| !model.stages[stage.index()].retained)
}

/// Customers by stage, the acquired, and satisfaction.
pub struct Count {
    /// Who has ever been retained, with its place among flags; none where all are from the start.
    acquired: Option<(ColumnId<u32, Lasting>, usize)>,
    satisfaction: Option<ColumnId<f32, Lasting>>,
    /// What is counted of who converts; none where nobody does.
    conversion: Option<Converts>,
    /// Where customers, the acquired and satisfaction are counted.
    places: [Place; 3],
    /// One bit for each stage in a byte of its own, four stages to a strip; empty where stages are counted one by one.
    tallies: Vec<Strip>,
    /// For each stage, whether what is counted of a customer there may change.
    changes: Vec<bool>,
}

impl Mechanism for Count {
    const NAME: &'static str = "count";
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let remembers = model.experience.is_some();
        Some(Self {
            acquired: acquires(model).then(|| needs.flag(ACQUIRED)),
            satisfaction: remembers.then(|| needs.numbers(SATISFACTION)),
            conversion: Converts::of(model, needs),
            places: [
                needs.counter(counter::CUSTOMERS, Shown::ByStage),
                needs.counter(counter::ACQUIRED, Shown::ByStage),
                needs.counter(counter::SATISFACTION, Shown::ByState),
            ],
            tallies: tallies(needs.program),
            changes: model.stages.iter().map(|stage| remembers && stage.retained).collect(),
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin, Step::Start, Step::Count]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        if step == Step::Begin {
            self.begin(at.block, at.world);
            return;
        }
        let t = at.time() as usize;
        let (ever, returns) = match (&self.conversion, self.acquired) {
            (Some(conversion), Some((acquired, _))) => conversion.acquire(at.block, at.world, (acquired, whole(t))),
            _ => (self.acquire(at.block, at.world), Vec::new()),
        };
        let (block, world) = (&*at.block, at.world);
        let (program, live, gone) = (world.program, block.live, &block.gone);
        let Some(counts) = &mut at.counts else { return };
        let [at_customers, at_acquired, at_satisfaction] = &self.places;
        let customers = counts.cells_at(at_customers, t);
        for (cell, count) in customers.iter_mut().zip(&gone.by_stage) {
            *cell += i128::from(*count);
        }
        if self.tallies.is_empty() {
            for stage in &block.stage[..live] {
                customers[*stage as usize] += 1;
            }
        }
        for (cells, strip) in customers.chunks_mut(4).zip(&self.tallies) {
            let counts = world.set.run(Tally { program, strip, stage: &block.stage, live });
            for (cell, count) in cells.iter_mut().zip(counts) {
                *cell += i128::from(count);
            }
        }
        let gone_with_it = self.acquired.map_or_else(|| gone.by_stage.iter().sum(), |(_, flag)| gone.with_flag[flag]);
        counts.cells_at(at_acquired, t)[0] += i128::from(ever + gone_with_it);
        if let Some(conversion) = &self.conversion {
            conversion.count((block, t), ever + gone_with_it, (&returns, counts));
        }
        if let Some(satisfaction) = self.satisfaction {
            let satisfaction = block.columns.numbers(satisfaction);
            let parts = world.set.run(Sum { program, stage: &block.stage, satisfaction, live });
            counts.cells_at(at_satisfaction, t)[0] += i128::from(parts);
        }
    }

    fn rests(&self, stage: StageId) -> bool {
        !self.changes[stage.index()]
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

impl Count {
    /// Those who start in a retained stage are retained already.
    fn begin(&self, block: &mut Block, world: &World<'_>) {
        if let Some((acquired, _)) = self.acquired {
            let live = block.live;
            for (ever, stage) in block.columns.words_mut(acquired)[..live].iter_mut().zip(&block.stage) {
                *ever = world.program.retained.at(*stage as usize);
            }
            if let Some(conversion) = &self.conversion {
                conversion.begin(block, acquired);
            }
        }
    }

    /// Notes who is retained now; returns how many of the block's customers, those dropped left out, have ever been.
    fn acquire(&self, block: &mut Block, world: &World<'_>) -> u64 {
        let (program, live) = (world.program, block.live);
        self.acquired.map_or(live as u64, |(acquired, _)| {
            let acquired = block.columns.words_mut(acquired);
            world.set.run(Acquire { program, stage: &block.stage, acquired, live })
        })
    }
}

fn tallies(program: &Program) -> Vec<Strip> {
    if program.reach == Reached::Many {
        return Vec::new();
    }
    let stages = program.stages;
    let byte = |strip: usize, stage: usize| if stage / 4 == strip { 1 << (8 * (stage % 4)) } else { 0 };
    (0..stages.div_ceil(4)).map(|strip| Strip::of((0..stages).map(|stage| byte(strip, stage)).chain([0]))).collect()
}

/// Counts four stages: each has a byte in every lane, emptied before it can overflow.
struct Tally<'a> {
    program: &'a Program,
    strip: &'a Strip,
    stage: &'a [u32],
    live: usize,
}

impl Kernel for Tally<'_> {
    type Output = [u64; 4];
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [u64; 4] {
        match self.program.reach {
            Reached::Eight => self.tally::<L, Eight>(l),
            Reached::Sixteen | Reached::Many => self.tally::<L, Sixteen>(l),
        }
    }
}

impl Tally<'_> {
    #[inline(always)]
    fn tally<L: Lanes, R: Reach>(self, l: L) -> [u64; 4] {
        /// What a byte can hold.
        const MOST: usize = 255;
        let strip = R::ready(l, self.strip);
        let mut counts = [0; 4];
        for stages in l.words(self.stage, l.steps(self.live)).chunks(MOST) {
            let mut bytes = l.u(0);
            for stage in stages {
                bytes = l.add(bytes, R::look(l, strip, l.load(stage)));
            }
            for lane in l.lanes(bytes) {
                for (count, byte) in counts.iter_mut().zip(lane.to_le_bytes()) {
                    *count += u64::from(byte);
                }
            }
        }
        counts
    }
}

/// Notes who is retained now; returns how many have ever been.
struct Acquire<'a> {
    program: &'a Program,
    stage: &'a [u32],
    acquired: &'a mut [u32],
    live: usize,
}

impl Kernel for Acquire<'_> {
    type Output = u64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> u64 {
        let n = l.steps(self.live);
        let (stage, acquired) = (l.words(self.stage, n), l.words_mut(self.acquired, n));
        let mut count = 0;
        for i in 0..n {
            let retained = reach(l, self.program.reach, &self.program.retained, l.load(&stage[i]));
            let ever = l.or(l.load(&acquired[i]), retained);
            l.store(&mut acquired[i], ever);
            let mut mask = l.mask(l.eq(ever, l.u(u32::MAX)));
            // Places behind the last customer may hold what dropped ones left.
            if i + 1 == n {
                mask &= u32::MAX >> (32 - (self.live - i * L::N));
            }
            count += u64::from(mask.count_ones());
        }
        count
    }
}

/// The sum of satisfaction over retained customers, in 2^-24 parts.
struct Sum<'a> {
    program: &'a Program,
    stage: &'a [u32],
    satisfaction: &'a [f32],
    live: usize,
}

impl Kernel for Sum<'_> {
    type Output = u64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> u64 {
        /// Up to 2^24 fits this often into 32 bits.
        const MOST: usize = 255;
        let n = l.steps(self.live);
        let (stage, satisfaction) = (l.words(self.stage, n), l.numbers(self.satisfaction, n));
        let mut sum = 0;
        for (stage, satisfaction) in stage.chunks(MOST).zip(satisfaction.chunks(MOST)) {
            let mut parts = l.u(0);
            for (stage, satisfaction) in stage.iter().zip(satisfaction) {
                let retained = reach(l, self.program.reach, &self.program.retained, l.load(stage));
                let whole = l.whole(l.mul_f(l.load_f(satisfaction), l.f(16_777_216.0)));
                parts = l.add(parts, l.and(whole, retained));
            }
            for lane in l.lanes(parts) {
                sum += u64::from(lane);
            }
        }
        sum
    }
}
