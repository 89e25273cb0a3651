//! A simulation plays every scenario through every replication.
//!
//! The work is cut into pieces by replication and by customers; what the pieces count are whole numbers,
//! so it makes no difference who counts them or in which order they are added.

mod expectations;

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::faults::{Cause, Faults};
use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId};

use super::divergence::{Resolution, Resolutions};
use super::group::{Coming, Group, InWorld};
use super::lockstep::{Heard, Together};
use super::piece::{Piece, Tallies, Worlds, differ};
use super::replication::Replication;
use super::rollout::{Rollout, SECOND_HALF, halves};
use super::span::{Span, all_spans};
use super::threads::{install, pool};
use super::wave::{in_waves, wave};
use crate::engine::chance::design::Design;
use crate::engine::count::cells::{Arrivals, planned};
use crate::engine::count::counts::Counts;
use crate::engine::exact::cohort::Solver;
use crate::engine::exact::cost::MULTIPLICATIONS_EACH;
use crate::engine::exact::depth::Depth;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::state::block::BLOCK;
use crate::engine::table::agreement::Agreement;
use crate::engine::table::program::Program;
use crate::engine::table::tables::Tables;

/// More customers at a time would only leave the caches.
const MOST_IN_BLOCK: usize = 1 << 20;
/// Blocks that are worked through as one piece.
const PIECE: usize = 64;

/// Every scenario played through every replication.
#[derive(Clone)]
pub struct Simulation<'m> {
    model: &'m Model,
    design: Design,
    /// What happens to customers, in which order.
    schedule: Arc<Schedule>,
    /// The same for customers whose lives are not compared.
    uncompared: Arc<Schedule>,
    /// What computes exact expectations, or why there are none; made when it is first asked for.
    solver: Arc<OnceLock<Result<Solver<'m>, Vec<String>>>>,
    exact: Exactness,
    block: usize,
    threads: usize,
    set: InstructionSet,
    /// The replications that are run.
    range: Range<u32>,
    progress: Option<Progress<'m>>,
    /// Whether whoever is told of progress has stopped the run.
    stop: Arc<AtomicBool>,
}

/// How far exact expectations are solved.
#[derive(Clone, Copy)]
struct Exactness {
    depth: Depth,
    /// How much work they may take before they are given up, in customer-periods.
    allowance: f64,
}

/// What is told how many replications have just finished, from any thread; it may stop the run.
pub type Progress<'m> = &'m (dyn Fn(u64) -> ControlFlow<()> + Sync);

/// Expected flows of all real customers by scenario and segment, and the multiplications that solving them took.
pub type Solved = (Vec<Vec<Counts<f64>>>, u64);

/// What is the same in every replication of a study without uncertain numbers.
struct Fixed {
    tables: Vec<Vec<Tables>>,
    arrivals: Vec<Vec<Vec<Arrivals>>>,
    expected: Option<Vec<Vec<Counts<f64>>>>,
}

impl<'m> Simulation<'m> {
    /// The simulation that the model's run plan describes, on all processors, with the draws of a design.
    pub fn new(model: &'m Model, design: Design) -> Self {
        Self {
            model,
            design,
            schedule: Arc::new(Schedule::new(model, model.scenarios.len() > 1)),
            uncompared: Arc::new(Schedule::new(model, false)),
            solver: Arc::default(),
            exact: Exactness { depth: Depth::Draws, allowance: f64::INFINITY },
            block: BLOCK,
            threads: 0,
            set: InstructionSet::best(),
            range: 0..model.run.replications,
            progress: None,
            stop: Arc::default(),
        }
    }

    /// Uses this many threads; 0 uses all processors. Results do not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many threads it uses; 0 stands for all processors.
    pub fn thread_count(&self) -> usize {
        self.threads
    }

    /// Works on this many customers at a time. Results do not depend on it.
    #[must_use]
    pub fn block(mut self, customers: usize) -> Self {
        self.block = customers.clamp(1, MOST_IN_BLOCK);
        self
    }

    /// Uses these vector instructions instead of the widest that the processor has. Results do not depend on it.
    #[must_use]
    pub fn instructions(mut self, set: InstructionSet) -> Self {
        self.set = set;
        self
    }

    /// Solves exact expectations for these numbers; for the medians they are solved once for all replications where nothing
    /// is uncertain, and otherwise not here.
    #[must_use]
    pub fn depth(mut self, depth: Depth) -> Self {
        self.exact.depth = depth;
        self
    }

    /// Gives up solving expectations for draws once they have taken so much work, in customer-periods: replications that
    /// come after the wave in which that is seen have none.
    #[must_use]
    pub fn allowance(mut self, work: f64) -> Self {
        self.exact.allowance = work;
        self
    }

    /// Calls back with the number of replications just finished, from any thread; a sink that breaks stops the run.
    #[must_use]
    pub fn progress(mut self, sink: Progress<'m>) -> Self {
        self.progress = Some(sink);
        self
    }

    /// Runs these replications alone, of those that the model has.
    #[must_use]
    pub fn range(mut self, range: Range<u32>) -> Self {
        self.range = range;
        self
    }

    /// Runs all replications and hands them to `sink` in their order.
    ///
    /// # Errors
    /// A thread pool that cannot be made, or a run that was stopped.
    pub fn run(&self, sink: impl FnMut(Replication) + Send) -> Result<(), Faults> {
        self.run_forced(&[], sink)
    }

    /// [`Simulation::run`] that forces the differences of some scenarios, each at a grain; the list is by scenario.
    ///
    /// # Errors
    /// Those of [`Simulation::run`].
    pub fn run_forced(&self, grains: &Resolutions, sink: impl FnMut(Replication) + Send) -> Result<(), Faults> {
        let as_it_is = |replication: Replication, _| {
            let work = replication.work;
            (replication, work)
        };
        self.run_mapped(grains, as_it_is, sink)
    }

    /// [`Simulation::run_forced`] that makes something of each replication where it ran, and hands that on. What makes it is
    /// told how much work expectations of earlier waves took, in multiplications, and says how much those of this one did.
    ///
    /// # Errors
    /// Those of [`Simulation::run`].
    pub fn run_mapped<R: Send>(
        &self,
        grains: &Resolutions,
        map: impl Fn(Replication, u64) -> (R, u64) + Sync,
        sink: impl FnMut(R) + Send,
    ) -> Result<(), Faults> {
        let gaps = self.schedule.gaps();
        if !gaps.is_empty() {
            return Err(Faults::one(Cause::Internal, Diagnostic::error(gaps.join("; "))));
        }
        let pool = pool(self.threads).map_err(|fault| {
            let what = Diagnostic::error(format!("{} threads cannot be started", self.threads));
            Faults::one(Cause::Wrong, what.why(fault.to_string()).help("ask for fewer with --threads"))
        })?;
        install(&pool, || {
            let fixed = self.fixed();
            let make = |number: u32, taken: u64| {
                let given_up = taken as f64 > self.exact.allowance * MULTIPLICATIONS_EACH;
                let depth = if given_up { Depth::None } else { self.exact.depth };
                Some(map(self.replication(number, fixed.as_ref(), grains, depth)?, taken))
            };
            let whole = in_waves(self.range.clone(), wave(self.model), make, sink);
            whole.ok_or_else(|| Faults::one(Cause::Stopped, Diagnostic::error("the run was stopped")))
        })
    }

    fn fixed(&self) -> Option<Fixed> {
        if self.model.is_uncertain() {
            return None;
        }
        let central = self.model.central();
        let arrivals = planned(self.model, &central);
        let expected = if self.exact.depth == Depth::None { None } else { self.expected(&central, &arrivals) };
        Some(Fixed { tables: self.tables(&central), expected, arrivals })
    }

    /// Plays a replication; none where the run has been stopped.
    fn replication(
        &self,
        number: u32,
        fixed: Option<&Fixed>,
        grains: &Resolutions,
        depth: Depth,
    ) -> Option<Replication> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        let drawn = self.design.drawn(self.model, number);
        let draws = self.design.draws(number);
        let rollout = Rollout::new(&self.schedule, self.model.run.horizon, draws, self.set);
        let Counted { mut counts, arrivals, fired, held } = if self.schedule.plan.is_coupled() {
            self.together(&rollout, &drawn)
        } else {
            let own = if fixed.is_none() { self.tables(&drawn) } else { Vec::new() };
            let tables = fixed.map_or(&own, |fixed| &fixed.tables);
            let arrivals = fixed.map_or_else(|| planned(self.model, &drawn), |fixed| fixed.arrivals.clone());
            let agreements = self.agreements(tables, grains);
            let apart = Rollout::new(&self.uncompared, self.model.run.horizon, draws, self.set);
            let worlds = Worlds { whole: rollout, apart, tables, arrivals: &arrivals, agreements, grains };
            let counts = self.apart(&worlds);
            let held = tables.iter().flatten().any(Tables::held);
            Counted { counts, arrivals, fired: vec![Vec::new(); self.model.scenarios.len()], held }
        };
        let (expected, work) = match fixed {
            Some(fixed) => (fixed.expected.clone(), None),
            None if depth == Depth::Draws => self.solved(&drawn, &arrivals).unzip(),
            None => (None, None),
        };
        if self.progress.is_some_and(|progress| progress(1).is_break()) {
            self.stop.store(true, Ordering::Relaxed);
        }
        let forced = counts.forced(grains);
        let ledgers = counts.ledgers(self.model, &self.schedule.layout);
        let (differing, work) = (counts.differing, work.unwrap_or(0));
        Some(Replication { number, drawn, ledgers, arrivals, fired, expected, work, differing, forced, held })
    }

    /// How the scenarios whose differences are forced agree with the baseline, by scenario and segment.
    fn agreements<'t>(&self, tables: &'t [Vec<Tables>], grains: &Resolutions) -> Vec<Option<Vec<Agreement<'t>>>> {
        let base = &tables[self.model.baseline.index()];
        let of = |(tables, grain): (&'t Vec<Tables>, &Option<Resolution>)| {
            let pairs = base.iter().zip(tables);
            (*grain).filter(|_| self.schedule.shares_paths())?;
            pairs.map(|(base, its)| Agreement::new(&self.schedule.program, [base, its])).collect()
        };
        tables.iter().zip(grains).map(of).collect()
    }

    fn tables(&self, drawn: &Draw) -> Vec<Vec<Tables>> {
        if self.schedule.plan.is_coupled() {
            return Vec::new();
        }
        let segments = self.model.segments.len();
        let of = |scenario, segment| {
            Tables::new(self.schedule.tables(self.model), drawn, ScenarioId::from(scenario), SegmentId::from(segment))
        };
        (0..self.model.scenarios.len())
            .map(|scenario| (0..segments).map(|segment| of(scenario, segment)).collect())
            .collect()
    }

    /// What each replication is given.
    pub fn design(&self) -> Design {
        self.design
    }

    /// The model.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// What of the period loop the model uses.
    pub fn program(&self) -> &Program {
        &self.schedule.program
    }

    /// The vector instructions in use.
    pub fn set(&self) -> InstructionSet {
        self.set
    }

    /// Customers who feel nothing of each other: a piece goes through all periods of all scenarios by itself.
    fn apart(&self, worlds: &Worlds<'_>) -> Tallies {
        all_spans(self.model, worlds.arrivals, self.block * PIECE)
            .into_par_iter()
            .fold(
                || Piece::new(self.model, worlds, self.block),
                |mut piece, span| {
                    piece.play(worlds, span);
                    piece
                },
            )
            .map(Piece::counts)
            .reduce(|| Tallies::empty(self.model), Tallies::and)
    }

    /// Customers who move together: all scenarios go along, so that words drawn for one serve the others.
    fn together(&self, rollout: &Rollout<'_>, drawn: &Draw) -> Counted {
        let mut counts = Tallies::empty(self.model);
        let baseline = self.model.baseline.index();
        let others = (0..self.model.scenarios.len()).filter(|scenario| *scenario != baseline);
        let scenarios: Vec<usize> = std::iter::once(baseline).chain(others).collect();
        let (groups, together) = self.worlds(rollout, drawn, &scenarios);
        let mut arrivals = vec![Vec::new(); scenarios.len()];
        let mut fired = vec![Vec::new(); scenarios.len()];
        for (at, scenario) in scenarios.iter().enumerate() {
            arrivals[*scenario].clone_from(&together.heard[at].arrivals);
            fired[*scenario].clone_from(&together.heard[at].fired);
            for group in &groups {
                let world = group.world(at);
                counts.add(*scenario, group.span.cell, &world.ledger);
                let lives = |world: &InWorld| -> Vec<u32> {
                    world.blocks.iter().flat_map(|block| block.gone.digests.clone()).collect()
                };
                if !std::ptr::eq(world, group.world(0)) {
                    counts.differing[*scenario][group.span.cell] += differ(&lives(world), &lives(group.world(0)));
                }
            }
        }
        Counted { counts, arrivals, fired, held: together.held }
    }

    /// What customers of one scenario and replication feel of each other.
    pub fn heard(&self, scenario: ScenarioId, replication: u32) -> Heard {
        let drawn = self.design.drawn(self.model, replication);
        let rollout = Rollout::new(&self.schedule, self.model.run.horizon, self.design.draws(replication), self.set);
        let scenarios = [scenario.index()];
        let (_, mut together) = self.worlds(&rollout, &drawn, &scenarios);
        together.heard.swap_remove(0)
    }

    /// Takes everybody through some scenarios.
    fn worlds<'a>(
        &'a self,
        rollout: &Rollout<'_>,
        drawn: &'a Draw,
        scenarios: &'a [usize],
    ) -> (Vec<Group>, Together<'a>) {
        let mut together = Together::new(self.model, &self.schedule, drawn, scenarios);
        let size = self.block * PIECE;
        let new = |(span, worlds): (Span, Vec<Coming>)| Group::new(self.model, rollout, span, self.block, &worlds);
        let mut groups: Vec<Group> = together.spans(0, size).into_par_iter().map(new).collect();
        for t in 1..=self.model.run.horizon {
            together.begin(&groups, t);
            groups.par_extend(together.spans(t, size).into_par_iter().map(new));
            groups.par_iter_mut().for_each(|group| group.begin(&together.part));
            for half in halves(&self.schedule.plan) {
                if *half == SECOND_HALF {
                    together.midway(&groups, t);
                }
                groups.par_iter_mut().for_each(|group| group.period(rollout, &together.tables, *half, t));
            }
            together.end(&groups, t);
        }
        let blocks = groups.iter_mut().flat_map(|group| &mut group.worlds).flat_map(|world| &mut world.blocks);
        blocks.for_each(|block| block.settle(&self.schedule.plan));
        (groups, together)
    }
}

/// What all customers of a replication came to.
struct Counted {
    counts: Tallies,
    arrivals: Vec<Vec<Vec<Arrivals>>>,
    fired: Vec<Vec<Vec<u32>>>,
    held: bool,
}
