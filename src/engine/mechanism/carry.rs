//! Carry: states that customers carry forget, follow signals, keep peaks, and add up what happens.
//!
//! Half of the distance to rest is gone after a half-life, as carry-over is modelled since Nerlove & Arrow (1962), "Optimal
//! advertising policy under dynamic conditions", Economica 29(114). A state follows a signal by exponential smoothing, as
//! satisfaction does (`feel.rs`), with a pace of its own upwards and downwards: losses count more than gains (Tversky &
//! Kahneman 1991, "Loss aversion in riskless choice", Quarterly Journal of Economics 106(4)). A peak is the value farthest
//! from neutral, by which an experience is remembered beside its end (Fredrickson & Kahneman 1993, "Duration neglect in
//! retrospective evaluations of affective episodes", Journal of Personality and Social Psychology 65(1)).

use super::arrive::draw;
use super::buy::{LAST_PURCHASES, LAST_SPENT};
use super::contract::{Mechanism, Step};
use super::feel::{FELT, MET, SATISFACTION};
use super::moving::{Add, CARRIED, Forget, Hold, Mix, Peak, Sum, Toward, Turn, Turning, Weighed};
use super::needs::{Needs, Shown};
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::{Sample, Sampler};
use crate::engine::count::layout::Place;
use crate::engine::lanes::{MOST_LANES, Strip};
use crate::engine::state::at::At;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::plan::{DriverState, StateColumn};
use crate::engine::table::program::bits;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::{Driver, State};
use crate::model::state::{Carried, Life, Own, Signal};
use crate::model::touchpoint::Touchpoint;
use crate::quantity::{CarriedId, PARTS_PER_ONE, ParamId, StageId};

/// Draws a state at entry.
pub const STATE_START: Purpose = Purpose::numbered(12);

/// Those that are blends of others, made anew in every period.
const BLENDED: ColumnSpec = ColumnSpec::new("blend");
/// What a state becomes, while others still read what it was.
const NEXT: ColumnSpec = ColumnSpec::new("next state");

/// Customers carry states.
pub struct Carry {
    /// By their places in the model.
    states: Vec<Kept>,
    satisfaction: Option<ColumnId<f32, Lasting>>,
    purchases: Option<ColumnId<f32, Lasting>>,
    spent: Option<ColumnId<f32, Lasting>>,
    /// What the period was like.
    met: Option<ColumnId<f32, Passing>>,
    /// How it felt.
    felt: Option<ColumnId<f32, Passing>>,
    /// The stages that have a quality: all bits or none.
    feels: Strip,
    /// Whether touchpoints may read blends, which are then made anew before they happen.
    blends_early: bool,
    /// For each stage, whether customers there are retained, so that their states are counted.
    retained: Vec<bool>,
}

/// A state as it is carried.
struct Kept {
    luck: u32,
    range: (f32, f32),
    neutral: f32,
    place: Place,
    life: Living,
}

enum Living {
    Own {
        column: ColumnId<f32, Lasting>,
        /// What it becomes, while others still read what it was; none where nothing moves it once a period.
        next: Option<ColumnId<f32, Passing>>,
        start: Sampler,
        own: Box<Own>,
    },
    Blend {
        column: ColumnId<f32, Passing>,
        parts: Vec<(Signal, f32)>,
    },
}

/// The numbers of a period for one state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSheet {
    rest: f32,
    /// What is left of the distance to rest after a period, above and below it.
    left: [f32; 2],
    /// The share of the way to the signal, up and down.
    paces: [f32; 2],
    /// How hard it is to turn, where it does so all at once.
    hardness: f32,
    /// What each signal adds.
    amounts: Vec<f32>,
}

impl Mechanism for Carry {
    const NAME: &'static str = "carry";
    type Sheet = Vec<StateSheet>;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        if model.carried.is_empty() {
            return None;
        }
        let reads = |signal| model.reads(signal);
        let states = model.carried.iter().enumerate().map(|(place, its)| Kept::of(needs, place, its)).collect();
        Some(Self {
            states,
            satisfaction: reads(Signal::Satisfaction).then(|| needs.numbers(SATISFACTION)),
            purchases: reads(Signal::Purchases).then(|| needs.numbers(LAST_PURCHASES)),
            spent: reads(Signal::Spent).then(|| needs.numbers(LAST_SPENT)),
            met: reads(Signal::Quality).then(|| needs.passing_numbers(MET.made_anew())),
            felt: reads(Signal::Felt).then(|| needs.passing_numbers(FELT.made_anew())),
            feels: bits(model.stages.iter().map(|stage| stage.quality.is_some()).chain([false])),
            blends_early: !model.touchpoints.is_empty(),
            retained: model.stages.iter().map(|stage| stage.retained).collect(),
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin, Step::Start, Step::Forget, Step::Feel, Step::Settle, Step::Count]
    }

    fn sheet(&self, values: &Values<'_>) -> Vec<StateSheet> {
        self.states.iter().map(|state| state.sheet(values)).collect()
    }

    fn run(&self, step: Step, at: &mut At<'_>, sheet: Option<&Vec<StateSheet>>) {
        match (step, sheet) {
            (Step::Begin, _) => self.begin(at),
            (Step::Start, _) => {
                self.blend(at);
                self.count(at);
            }
            (Step::Count, _) => {
                // What touchpoints on purchases moved since they were last made counts too.
                if self.blends_early && at.counts.is_some() {
                    self.blend(at);
                }
                self.count(at);
            }
            (Step::Forget, Some(sheet)) => self.forget(at, sheet),
            (Step::Feel, Some(sheet)) => self.feel(at, sheet),
            (Step::Settle, Some(sheet)) => self.settle(at, sheet),
            _ => {}
        }
    }

    // Outside retained stages nobody counts a state: who reads it does not let them rest.
    fn rests(&self, stage: StageId) -> bool {
        !self.retained[stage.index()]
    }

    fn obstacle(model: &Model) -> Option<String> {
        let carried = |driver: &Driver| match driver.on {
            State::Carried(of) => Some(&model.carried[of.index()].name),
            _ => None,
        };
        // Drivers of touchpoints come last.
        let at_touchpoints = model.touchpoints.iter().flat_map(Touchpoint::all_drivers).count();
        let others = model.drivers().count() - at_touchpoints;
        let moves = model.drivers().take(others).find_map(carried);
        moves.map(|name| format!("the state `{name}` drives moves or purchases")).or_else(|| {
            let met = |its: &Touchpoint| Some((its.all_drivers().find_map(carried)?, its.name.clone()));
            let (name, touchpoint) = model.touchpoints.iter().find_map(met)?;
            Some(format!("the state `{name}` drives the touchpoint `{touchpoint}`"))
        })
    }
}

impl Kept {
    fn of(needs: &mut Needs<'_>, place: usize, its: &Carried) -> Self {
        let range = (single(its.range.0), single(its.range.1));
        let (life, column) = match &its.life {
            Life::Own(own) => {
                let column = needs.numbers(CARRIED.at(place));
                let start = needs.sampler(&own.start, its.range.0, its.range.1);
                let next = own.is_settled().then(|| needs.passing_numbers(NEXT.at(place).made_anew()));
                (Living::Own { column, next, start, own: own.clone() }, StateColumn::Lasting(column))
            }
            Life::Blend(parts) => {
                let column = needs.passing_numbers(BLENDED.at(place));
                let parts = parts.iter().map(|(signal, weight)| (*signal, single(*weight))).collect();
                (Living::Blend { column, parts }, StateColumn::Passing(column))
            }
        };
        let neutral = single(its.neutral);
        needs.state(DriverState { of: State::Carried(CarriedId::from(place)), neutral, growth: 0.0, column });
        needs.draws(STATE_START);
        Self { luck: its.luck, range, neutral, place: needs.counter(its.counter, Shown::ByState), life }
    }

    fn sheet(&self, values: &Values<'_>) -> StateSheet {
        let amounts = |of: &[(Signal, ParamId)]| of.iter().map(|(_, id)| single(values[*id])).collect();
        match &self.life {
            Living::Blend { .. } => {
                StateSheet { rest: 0.0, left: [1.0; 2], paces: [0.0; 2], hardness: 0.0, amounts: Vec::new() }
            }
            Living::Own { own, .. } => StateSheet {
                rest: own.forgets.map_or(0.0, |its| single(values[its.rest]).clamp(self.range.0, self.range.1)),
                left: own.forgets.map_or([1.0; 2], |its| its.half_lives.map(|side| left(values[side]))),
                paces: own.follows.map_or([0.0; 2], |its| its.paces.map(|pace| single(values[pace]))),
                hardness: own.follows.and_then(|its| its.cusp).map_or(0.0, |its| single(values[its.hardness])),
                amounts: amounts(&own.adds),
            },
        }
    }
}

/// What is left of a distance after a period.
fn left(half_life: f64) -> f32 {
    if half_life > 0.0 { single(libm::exp2(-1.0 / half_life)) } else { 0.0 }
}

impl Carry {
    /// Draws the states at entry.
    fn begin(&self, at: &mut At<'_>) {
        let (block, world) = (&mut *at.block, at.world);
        let count = block.live;
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; block.customer.len()]);
        for state in &self.states {
            let Living::Own { column, start, .. } = &state.life else { continue };
            draw(block, world, (STATE_START, state.luck), &mut words);
            let out = block.columns.numbers_mut(*column);
            world.set.run(Sample { sampler: start, words: &words[0], out, count });
        }
    }

    fn forget(&self, at: &mut At<'_>, sheet: &[StateSheet]) {
        let (block, set) = (&mut *at.block, at.world.set);
        for (state, sheet) in self.states.iter().zip(sheet).filter(|(_, sheet)| sheet.left != [1.0; 2]) {
            let Living::Own { column, .. } = &state.life else { continue };
            let (live, x) = (block.live, block.columns.numbers_mut(*column));
            set.run(Forget { x, live, rest: sheet.rest, left: sheet.left });
        }
    }

    /// What a period was like moves states at once.
    fn feel(&self, at: &mut At<'_>, sheet: &[StateSheet]) {
        let (Some(now), block) = (at.period, &mut *at.block) else { return };
        let columns = &at.scratch.columns;
        let [met, felt] = [self.met, self.felt].map(|id| id.map(|id| columns.numbers(id)));
        for (state, sheet) in self.states.iter().zip(sheet) {
            let Living::Own { column, own, .. } = &state.life else { continue };
            let x = block.columns.numbers_mut(*column);
            let mut signal = |signal: Signal| {
                let signal = match signal {
                    Signal::Quality => met?,
                    Signal::Felt => felt?,
                    _ => return None,
                };
                Some(Weighed { now, felt: Some(&self.feels), stage: &block.stage, signal, live: block.live })
            };
            state.moved((own, sheet), x, &mut signal);
        }
        if self.blends_early {
            self.blend(at);
        }
    }

    /// What is known once a period moves states side by side: each reads what the others were before.
    fn settle(&self, at: &mut At<'_>, sheet: &[StateSheet]) {
        let Some(now) = at.period else { return };
        let columns = &mut at.scratch.columns;
        for (state, sheet) in self.states.iter().zip(sheet) {
            let Living::Own { column, next: Some(next), own, .. } = &state.life else { continue };
            let (block, x) = (&*at.block, columns.numbers_mut(*next));
            let lanes = block.live.next_multiple_of(MOST_LANES);
            x[..lanes].copy_from_slice(&block.columns.numbers(*column)[..lanes]);
            let mut signal = |signal: Signal| {
                let signal = self.signal(signal).map(|id| block.columns.numbers(id))?;
                Some(Weighed { now, felt: None, stage: &block.stage, signal, live: block.live })
            };
            state.moved((own, sheet), x, &mut signal);
        }
        for state in &self.states {
            if let Living::Own { column, next: Some(next), .. } = &state.life {
                let lanes = at.block.live.next_multiple_of(MOST_LANES);
                at.block.columns.numbers_mut(*column)[..lanes].copy_from_slice(&columns.numbers(*next)[..lanes]);
            }
        }
        self.blend(at);
    }

    /// Makes what is a blend of others.
    fn blend(&self, at: &mut At<'_>) {
        let (block, world) = (&*at.block, at.world);
        for state in &self.states {
            let Living::Blend { column, parts } = &state.life else { continue };
            let x = at.scratch.columns.numbers_mut(*column);
            x[..block.live.next_multiple_of(MOST_LANES)].fill(0.0);
            for (signal, weight) in parts {
                let Some(part) = self.signal(*signal).map(|id| block.columns.numbers(id)) else { continue };
                world.set.run(Mix { x, part, weight: *weight, live: block.live });
            }
            world.set.run(Hold { x, live: block.live, range: state.range });
        }
    }

    /// The column of a signal that customers carry on.
    fn signal(&self, signal: Signal) -> Option<ColumnId<f32, Lasting>> {
        match signal {
            // What is met moves states as it is met, and is carried by nobody.
            _ if signal.is_met() => None,
            Signal::Purchases => self.purchases,
            Signal::Spent => self.spent,
            Signal::Satisfaction => self.satisfaction,
            Signal::Carried(of) => match &self.states[of.index()].life {
                Living::Own { column, .. } => Some(*column),
                Living::Blend { .. } => None,
            },
            _ => None,
        }
    }

    fn count(&self, at: &mut At<'_>) {
        let t = at.time() as usize;
        let (block, world) = (&*at.block, at.world);
        let Some(counts) = &mut at.counts else { return };
        for state in &self.states {
            let x = match &state.life {
                Living::Own { column, .. } => block.columns.numbers(*column),
                Living::Blend { column, .. } => at.scratch.columns.numbers(*column),
            };
            let (low, high) = state.range;
            let sum = Sum { program: world.program, stage: &block.stage, x, low, width: high - low, live: block.live };
            let (parts, retained) = world.set.run(sum);
            #[expect(clippy::cast_possible_truncation, reason = "below 2^100; `as` saturates")]
            let lowest = libm::rint(f64::from(low) / f64::from(high - low) * PARTS_PER_ONE) as i128;
            counts.cells_at(&state.place, t)[0] += i128::from(parts) + lowest * i128::from(retained);
        }
    }
}

impl Kept {
    /// Moves a state by the signals that `signal` gives.
    fn moved<'w>(
        &self,
        (own, sheet): (&Own, &StateSheet),
        x: &mut [f32],
        signal: &mut dyn FnMut(Signal) -> Option<Weighed<'w>>,
    ) {
        let mut held = None;
        if let Some(of) = own.follows.and_then(|its| signal(its.signal)) {
            match own.follows.and_then(|its| its.cusp) {
                Some(cusp) => {
                    let turning = Turning {
                        pace: sheet.paces[0],
                        hardness: sheet.hardness,
                        slope: single(cusp.slope),
                        neutral: single(cusp.neutral),
                    };
                    of.now.world.set.run(Turn { x, of, turning });
                }
                None => of.now.world.set.run(Toward { x, of, paces: sheet.paces }),
            }
            held = Some(of);
        }
        for ((added, _), amount) in own.adds.iter().zip(&sheet.amounts) {
            if let Some(of) = signal(*added) {
                of.now.world.set.run(Add { x, of, amount: *amount });
                held = Some(of);
            }
        }
        if let Some(of) = own.peak.and_then(&mut *signal) {
            of.now.world.set.run(Peak { x, of, neutral: self.neutral });
            held = Some(of);
        }
        if let Some(of) = held {
            of.now.world.set.run(Hold { x, live: of.live, range: self.range });
        }
    }
}
