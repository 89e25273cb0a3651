//! A pilot tries two estimators of a scenario's difference on a few customers, batch by batch.
//!
//! Its customers have luck of their own, which no replication uses, and uncertain numbers have their medians, but for
//! how finely differences are forced. So what is chosen by a pilot is independent of what is then estimated, and the
//! same for any number of customers.

use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId};

use super::divergence::{Divergence, Resolution};
use super::rollout::{InPeriod, Rollout};
use super::work::{of_customer, tables};
use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::design::Design;
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::state::block::Block;
use crate::engine::state::scratch::Scratch;
use crate::engine::table::agreement::Agreement;
use crate::engine::table::tables::Tables;

/// With this many pairs of branches the mean chance to part is known to a sixteenth.
const ENOUGH_PAIRS: usize = 256;
/// So many drawn worlds say how finely a difference is forced where numbers are uncertain: their medians may hardly
/// differ from the baseline where most draws do.
const DRAWN_WORLDS: u32 = 4;
/// The grains that are tried.
const GRAINS: [u8; 4] = [6, 12, 18, 24];

/// How many customers a pilot tries.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The number of batches.
    pub batches: usize,
    /// The customers of a batch, each segment with its share and at least one.
    pub customers: usize,
}

/// A pilot of one model.
pub struct Pilot<'m> {
    model: &'m Model,
    design: Design,
    set: InstructionSet,
    size: Size,
    schedule: Schedule,
    tables: Vec<Vec<Tables>>,
    /// The tables of drawn worlds, where numbers are uncertain.
    drawn: Vec<Vec<Vec<Tables>>>,
}

/// What one scenario's trial came to. Flows are those of one customer of a segment, by batch and segment.
pub struct Trial {
    /// How finely differences were forced.
    pub grain: Resolution,
    /// The baseline.
    pub baseline: Vec<Vec<Counts<f64>>>,
    /// The scenario, with the same luck.
    pub scenario: Vec<Vec<Counts<f64>>>,
    /// The forced difference.
    pub forced: Vec<Vec<Counts<f64>>>,
    /// The customer-periods that it takes to play both scenarios, over all batches.
    pub cost_paired: u64,
    /// Those of the shared way and the branches.
    pub cost_forced: u64,
}

impl<'m> Pilot<'m> {
    /// Whether there can be one: not where customers are coupled, or come later, or there is nothing to compare.
    pub fn is_possible(model: &Model) -> bool {
        !model.is_coupled() && !model.has_inflow() && !model.changes_starts() && model.scenarios.len() > 1
    }

    /// The work of trying all scenarios, in customer-periods of the model: both scenarios, the shared way with its branches,
    /// and the grains that are tried, with tables of the worlds that are drawn.
    pub fn work(model: &Model, size: Size) -> f64 {
        let worlds = if model.is_uncertain() { 1.0 + f64::from(DRAWN_WORLDS) } else { 1.0 };
        let tried = (size.batches * size.customers) as f64 * f64::from(model.run.horizon);
        let others = model.scenarios.len() as f64 - 1.0;
        others * tried * (4.0 + GRAINS.len() as f64 * worlds) * of_customer(model) + worlds * tables(model)
    }

    /// A pilot; none where there can be none.
    pub fn new(model: &'m Model, design: Design, set: InstructionSet, size: Size) -> Option<Self> {
        if !Self::is_possible(model) {
            return None;
        }
        let schedule = Schedule::new(model, false);
        if !schedule.shares_paths() {
            return None;
        }
        let world = |drawn: &Draw| -> Vec<Vec<Tables>> {
            let of = |scenario: usize, segment: usize| {
                Tables::new(schedule.tables(model), drawn, ScenarioId::from(scenario), SegmentId::from(segment))
            };
            let scenario = |scenario| (0..model.segments.len()).map(|segment| of(scenario, segment)).collect();
            (0..model.scenarios.len()).map(scenario).collect()
        };
        let worlds = if model.is_uncertain() { DRAWN_WORLDS } else { 0 };
        let drawn = (0..worlds).map(|at| world(&Draw::new(model, &design.pilot(1 + at)))).collect();
        let tables = world(&model.central());
        Some(Self { model, design, set, size, schedule, tables, drawn })
    }

    /// Tries a scenario; none where its differences cannot be forced, or nobody would ever part. The grain may be
    /// given; otherwise there are about as many pairs of branches as customers, or fewer.
    pub fn trial(&self, scenario: usize, grain: Option<Resolution>) -> Option<Trial> {
        let agreements = self.agreements(&self.tables, scenario)?;
        let draws = self.design.pilot(0);
        let rollout = Rollout::new(&self.schedule, self.model.run.horizon, draws, self.set);
        let most = self.model.segments.iter().map(|segment| self.customers(segment.share)).max().unwrap_or(1);
        let mut desk = Desk {
            block: Block::with_room(&rollout.world, most, true),
            scratch: Scratch::new(&rollout.world, most, true),
            divergence: Divergence::new(&rollout.world, most),
        };
        let grain = match grain {
            Some(grain) => grain,
            None => {
                let grain = self.grain(&rollout, &agreements, &mut desk)?;
                let others = self.drawn.iter().filter_map(|tables| self.agreements(tables, scenario));
                others.filter_map(|others| self.grain(&rollout, &others, &mut desk)).fold(grain, Resolution::min)
            }
        };
        let mut trial = Trial {
            grain,
            baseline: Vec::new(),
            scenario: Vec::new(),
            forced: Vec::new(),
            cost_paired: 0,
            cost_forced: 0,
        };
        for batch in 0..self.size.batches {
            trial.baseline.push(self.whole(
                &rollout,
                self.model.baseline.index(),
                batch,
                &mut desk,
                &mut trial.cost_paired,
            ));
            trial.scenario.push(self.whole(&rollout, scenario, batch, &mut desk, &mut trial.cost_paired));
            let (forced, cost) = self.forced(&rollout, (&agreements, grain), batch, &mut desk);
            trial.forced.push(forced);
            trial.cost_forced += cost;
        }
        Some(trial)
    }

    /// A scenario's agreements with the baseline by segment.
    fn agreements<'t>(&'t self, tables: &'t [Vec<Tables>], scenario: usize) -> Option<Vec<Agreement<'t>>> {
        let pairs = tables[self.model.baseline.index()].iter().zip(&tables[scenario]);
        pairs.map(|(base, its)| Agreement::new(&self.schedule.program, [base, its])).collect()
    }

    /// The customers of a segment in a batch.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small number")]
    fn customers(&self, share: f64) -> usize {
        ((self.size.customers as f64 * share).ceil() as usize).max(1)
    }

    /// The segments of a batch: their customers and the address of the first.
    fn batch(&self, batch: usize) -> Vec<(u32, usize)> {
        let mut before = 0;
        let place = |segment: &crate::model::people::Segment| {
            let count = self.customers(segment.share);
            let first = before + batch * count;
            before += self.size.batches * count;
            (whole(first), count)
        };
        self.model.segments.iter().map(place).collect()
    }

    /// The grain at which there are about as many pairs of branches as customers.
    fn grain(&self, rollout: &Rollout<'_>, agreements: &[Agreement<'_>], desk: &mut Desk) -> Option<Resolution> {
        for grain in GRAINS {
            let (mut customers, mut pairs) = (0, 0);
            for batch in 0..self.size.batches {
                for (segment, (first, count)) in self.batch(batch).into_iter().enumerate() {
                    let some = (Crowd::new(segment, 0, first), count);
                    desk.divergence.share(rollout, &agreements[segment], Resolution(grain), some);
                    pairs += desk.divergence.waiting();
                    customers += count;
                    desk.divergence.forget();
                }
            }
            if pairs >= ENOUGH_PAIRS || (grain == 24 && pairs > 0) {
                let finer = libm::round(libm::log2(pairs as f64 / customers as f64));
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 24")]
                return Some(Resolution((f64::from(grain) - finer).clamp(0.0, 24.0) as u8));
            }
        }
        None
    }

    /// Plays a batch through a scenario.
    fn whole(
        &self,
        rollout: &Rollout<'_>,
        scenario: usize,
        batch: usize,
        desk: &mut Desk,
        cost: &mut u64,
    ) -> Vec<Counts<f64>> {
        let segments = self.batch(batch).into_iter().enumerate();
        let mut play = |(segment, (first, customers)): (usize, (u32, usize))| {
            let Desk { block, scratch, .. } = &mut *desk;
            let mut ledger = self.ledger();
            rollout.begin(block, scratch, (Crowd::new(segment, 0, first), customers), None);
            rollout.start(block, scratch, &mut ledger);
            for t in 1..=rollout.horizon {
                let now = InPeriod { table: self.tables[scenario][segment].period(t), t };
                rollout.period(block, scratch, now, &mut ledger);
                *cost += block.live as u64;
            }
            Counts::counted(&ledger, 1.0 / customers as f64)
        };
        segments.map(&mut play).collect()
    }

    fn forced(
        &self,
        rollout: &Rollout<'_>,
        (agreements, grain): (&[Agreement<'_>], Resolution),
        batch: usize,
        desk: &mut Desk,
    ) -> (Vec<Counts<f64>>, u64) {
        let mut cost = 0;
        let segments = self.batch(batch).into_iter().enumerate();
        let mut force = |(segment, (first, customers)): (usize, (u32, usize))| {
            let Desk { divergence, .. } = &mut *desk;
            let mut ledgers = [self.ledger(), self.ledger()];
            let some = (Crowd::new(segment, 0, first), customers);
            cost += divergence.share(rollout, &agreements[segment], grain, some);
            cost += divergence.branch(rollout, &agreements[segment], &mut ledgers);
            let [base, mut difference] = ledgers;
            difference.subtract(&base);
            Counts::counted(&difference, grain.part() / customers as f64)
        };
        (segments.map(&mut force).collect(), cost)
    }

    fn ledger(&self) -> Counts<i128> {
        Counts::new(&self.schedule.layout, 0, self.model.run.horizon)
    }
}

/// What a pilot works on.
struct Desk {
    block: Block,
    scratch: Scratch,
    divergence: Divergence,
}
