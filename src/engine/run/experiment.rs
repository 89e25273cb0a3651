//! An experiment plays every scenario through every replication.
//!
//! The work is cut into pieces by replication and by customers; what the pieces count are whole numbers,
//! so it makes no difference who counts them or in which order they are added.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::faults::{Cause, Faults};
use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId};

use super::divergence::Grain;
use super::group::{Group, InWorld};
use super::lockstep::{Heard, Together};
use super::piece::{Piece, Tallies, Worlds, differ};
use super::replication::Replication;
use super::rollout::{Rollout, SECOND_HALF, halves};
use super::span::{Span, all_spans};
use super::threads::{install, pool};
use super::wave::wave;
use crate::engine::chance::draws::Draws;
use crate::engine::count::cells::{Arrivals, planned};
use crate::engine::count::counts::Counts;
use crate::engine::exact::cohort::Solver;
use crate::engine::exact::cost::MULTIPLICATIONS_EACH;
use crate::engine::exact::depth::Depth;
use crate::engine::exact::work::Done;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::schedule::{Schedule, obstacles};
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
pub struct Experiment<'m> {
    model: &'m Model,
    /// What happens to customers, in which order.
    schedule: Arc<Schedule>,
    /// The same for customers whose lives are not compared.
    uncompared: Arc<Schedule>,
    /// What computes exact expectations, or why there are none; made when it is first asked for.
    solver: Arc<OnceLock<Result<Solver<'m>, Vec<String>>>>,
    depth: Depth,
    /// How much work expectations may take before they are given up, in customer-periods.
    allowance: f64,
    block: usize,
    threads: usize,
    set: InstructionSet,
    progress: Option<&'m (dyn Fn(u64) + Sync)>,
}

/// What is the same in every replication of a study without uncertain numbers.
struct Fixed {
    tables: Vec<Vec<Tables>>,
    arrivals: Vec<Vec<Vec<Arrivals>>>,
    expected: Option<Vec<Vec<Counts<f64>>>>,
}

impl<'m> Experiment<'m> {
    /// The experiment that the model's run plan describes, on all processors.
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            schedule: Arc::new(Schedule::new(model, model.scenarios.len() > 1)),
            uncompared: Arc::new(Schedule::new(model, false)),
            solver: Arc::default(),
            depth: Depth::Draws,
            allowance: f64::INFINITY,
            block: BLOCK,
            threads: 0,
            set: InstructionSet::best(),
            progress: None,
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
        self.depth = depth;
        self
    }

    /// Gives up solving expectations for draws once they have taken so much work, in customer-periods: replications that
    /// come after the wave in which that is seen have none.
    #[must_use]
    pub fn allowance(mut self, work: f64) -> Self {
        self.allowance = work;
        self
    }

    /// Calls back with the number of replications just finished, from any thread.
    #[must_use]
    pub fn progress(mut self, sink: &'m (dyn Fn(u64) + Sync)) -> Self {
        self.progress = Some(sink);
        self
    }

    /// Draws the uncertain numbers and the shocks of a replication: the same for every scenario.
    pub fn drawn(model: &Model, replication: u32) -> Draw {
        Draw::new(model, &Draws::new(model.run.seed, replication))
    }

    /// Runs all replications and hands them to `sink` in their order.
    ///
    /// # Errors
    /// A thread pool that cannot be made.
    pub fn run(&self, sink: impl FnMut(Replication) + Send) -> Result<(), Faults> {
        self.run_forced(&[], sink)
    }

    /// [`Experiment::run`] that forces the differences of some scenarios, each at a grain; the list is by scenario.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn run_forced(&self, grains: &[Option<Grain>], sink: impl FnMut(Replication) + Send) -> Result<(), Faults> {
        self.run_mapped(grains, |replication| replication, sink)
    }

    /// [`Experiment::run_forced`] that makes something of each replication where it ran, and hands that on.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn run_mapped<R: Send>(
        &self,
        grains: &[Option<Grain>],
        map: impl Fn(Replication) -> R + Sync,
        mut sink: impl FnMut(R) + Send,
    ) -> Result<(), Faults> {
        let pool = pool(self.threads).map_err(|fault| {
            let what = Diagnostic::error(format!("{} threads cannot be started", self.threads));
            Faults::one(Cause::Wrong, what.why(fault.to_string()).help("ask for fewer with --threads"))
        })?;
        install(&pool, || {
            let central = self.model.central();
            let fixed = (!self.model.is_uncertain()).then(|| {
                let arrivals = planned(self.model, &central);
                let expected = if self.depth == Depth::None { None } else { self.expected(&central, &arrivals) };
                Fixed { tables: self.tables(&central), expected, arrivals }
            });
            let (mut next, most, mut depth) = (0, wave(self.model), self.depth);
            let done = Done::default();
            while next < self.model.run.replications {
                let end = next.saturating_add(most).min(self.model.run.replications);
                let wave: Vec<R> = (next..end)
                    .into_par_iter()
                    .map(|number| map(self.replication(number, fixed.as_ref(), grains, (depth, &done))))
                    .collect();
                // What is known when a wave ends does not hang on who was fastest in it.
                if done.all() > self.allowance * MULTIPLICATIONS_EACH {
                    depth = Depth::None;
                }
                wave.into_iter().for_each(&mut sink);
                next = end;
            }
            Ok(())
        })
    }

    fn replication(
        &self,
        number: u32,
        fixed: Option<&Fixed>,
        grains: &[Option<Grain>],
        (depth, done): (Depth, &Done),
    ) -> Replication {
        let drawn = Self::drawn(self.model, number);
        let draws = Draws::new(self.model.run.seed, number);
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
        let expected = match fixed {
            Some(fixed) => fixed.expected.clone(),
            None if depth == Depth::Draws => self.solved(&drawn, &arrivals, done),
            None => None,
        };
        if let Some(progress) = self.progress {
            progress(1);
        }
        let forced = counts.forced(grains);
        let ledgers = counts.ledgers(self.model, &self.schedule.layout);
        Replication { number, drawn, ledgers, arrivals, fired, expected, differing: counts.differing, forced, held }
    }

    /// How the scenarios whose differences are forced agree with the baseline, by scenario and segment.
    fn agreements<'t>(&self, tables: &'t [Vec<Tables>], grains: &[Option<Grain>]) -> Vec<Option<Vec<Agreement<'t>>>> {
        let base = &tables[self.model.baseline.index()];
        let of = |(tables, grain): (&'t Vec<Tables>, &Option<Grain>)| {
            let pairs = base.iter().zip(tables);
            (*grain).filter(|_| self.schedule.shares_paths())?;
            pairs.map(|(base, its)| Agreement::new(&self.schedule.program, [base, its])).collect()
        };
        tables.iter().zip(grains).map(of).collect()
    }

    /// The expected flows of all real customers by scenario and segment, where so many come by scenario, segment and entry.
    pub fn expected(&self, drawn: &Draw, arrivals: &[Vec<Vec<Arrivals>>]) -> Option<Vec<Vec<Counts<f64>>>> {
        self.solved(drawn, arrivals, &Done::default())
    }

    /// The same; what it takes is counted.
    pub fn solved(&self, drawn: &Draw, arrivals: &[Vec<Vec<Arrivals>>], done: &Done) -> Option<Vec<Vec<Counts<f64>>>> {
        let solution = self.solver().ok()?.at(drawn);
        let segment = |scenario: usize, segment: usize| {
            let came: Vec<f64> = arrivals[scenario][segment].iter().map(|its| its.real).collect();
            solution.flows((ScenarioId::from(scenario), SegmentId::from(segment)), &came)
        };
        let scenarios = (0..self.model.scenarios.len()).into_par_iter();
        let segments = self.model.segments.len();
        let flows = scenarios.map(|scenario| (0..segments).map(|its| segment(scenario, its)).collect()).collect();
        done.add(solution.work());
        Some(flows)
    }

    /// The same for the medians of what is uncertain, on the threads of the experiment.
    pub fn expected_at_medians(&self) -> Option<Vec<Vec<Counts<f64>>>> {
        let central = self.model.central();
        let solve = || self.expected(&central, &planned(self.model, &central));
        pool(self.threads).map_or_else(|_| solve(), |pool| install(&pool, solve))
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

    /// What computes exact expectations.
    ///
    /// # Errors
    /// Why there are none.
    pub fn solver(&self) -> Result<&Solver<'m>, &[String]> {
        let solver = self.solver.get_or_init(|| {
            let why = obstacles(self.model);
            if why.is_empty() { Solver::of(self.model, &self.schedule.program) } else { Err(why) }
        });
        solver.as_ref().map_err(Vec::as_slice)
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
            arrivals[*scenario].clone_from(&together.arrivals[at]);
            fired[*scenario].clone_from(&together.fired[at]);
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
        let drawn = Self::drawn(self.model, replication);
        let draws = Draws::new(self.model.run.seed, replication);
        let rollout = Rollout::new(&self.schedule, self.model.run.horizon, draws, self.set);
        let scenarios = [scenario.index()];
        let (_, mut together) = self.worlds(&rollout, &drawn, &scenarios);
        Heard {
            history: together.history.swap_remove(0),
            fired: together.fired.swap_remove(0),
            arrivals: together.arrivals.swap_remove(0),
        }
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
        let new =
            |(span, worlds): (Span, Vec<(usize, bool)>)| Group::new(self.model, rollout, span, self.block, &worlds);
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
    fired: Vec<Vec<Option<u32>>>,
    held: bool,
}
