//! An experiment plays every scenario through every replication. The only file that knows threads.
//!
//! The work is cut into pieces by replication and by customers; what the pieces count are whole numbers,
//! so it makes no difference who counts them or in which order they are added.

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::check::drawn_rows;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

use super::agreement::Agreement;
use super::cohort;
use super::divergence::Grain;
use super::draws::{Draws, Purpose, unit64};
use super::flows::Flows;
use super::group::Group;
use super::lanes::InstructionSet;
use super::ledger::Ledger;
use super::obstacle::obstacles;
use super::piece::{Counts, Piece, Span, Worlds, differ};
use super::population::{BLOCK, Block};
use super::program::Program;
use super::rollout::Rollout;
use super::tables::{PeriodTable, Tables};

/// Replications that are under way before their counts are handed on; bounds the memory.
pub const WAVE: u32 = 64;
/// More customers at a time would only leave the caches.
const MOST_IN_BLOCK: usize = 1 << 20;
/// Blocks that are worked through as one piece.
const PIECE: usize = 64;

/// Every scenario played through every replication.
pub struct Experiment<'m> {
    model: &'m Model,
    program: Program,
    /// The same for customers whose lives are not compared.
    uncompared: Program,
    exact: bool,
    block: usize,
    threads: usize,
    set: InstructionSet,
    progress: Option<&'m (dyn Fn(u64) + Sync)>,
}

/// What one replication counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Its number, from 0 on.
    pub number: u32,
    /// The numbers of the study as they were drawn.
    pub drawn: ParamSet,
    /// The counts by scenario and segment.
    pub ledgers: Vec<Vec<Ledger>>,
    /// The expected flows of one customer by scenario and segment, where the model has them.
    pub expected: Option<Vec<Vec<Flows>>>,
    /// The simulated customers whose lives differ from the baseline's, by scenario and segment.
    pub differing: Vec<Vec<u64>>,
    /// For each scenario whose differences from the baseline are forced, the difference by segment, in simulated
    /// customers. None in a replication whose drawn numbers do not allow it.
    pub forced: Vec<Option<Vec<Flows>>>,
}

/// What is the same in every replication of a study without uncertain numbers.
struct Fixed {
    tables: Vec<Vec<Tables>>,
    expected: Option<Vec<Vec<Flows>>>,
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build()
}

/// Makes something of each of some things, in their order, on this many threads; 0 uses all processors. Where no threads
/// can be had, this one does it.
pub fn each<T: Sync, R: Send>(threads: usize, things: &[T], make: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    match pool(threads) {
        Ok(pool) => pool.install(|| things.par_iter().map(make).collect()),
        Err(_) => things.iter().map(make).collect(),
    }
}

impl<'m> Experiment<'m> {
    /// The experiment that the model's run plan describes, on all processors.
    pub fn new(model: &'m Model) -> Self {
        let program = Program::new(model);
        Self {
            model,
            uncompared: program.uncompared(),
            program,
            exact: obstacles(model).is_empty(),
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

    /// Calls back with the number of replications just finished, from any thread.
    #[must_use]
    pub fn progress(mut self, sink: &'m (dyn Fn(u64) + Sync)) -> Self {
        self.progress = Some(sink);
        self
    }

    /// Draws the uncertain numbers of a replication: the same for every scenario.
    pub fn drawn(model: &Model, replication: u32) -> ParamSet {
        let draws = Draws::new(model.run.seed, replication);
        ParamSet::drawn(&model.params, |luck| {
            #[expect(clippy::cast_possible_truncation, reason = "the halves of a luck number are its address")]
            let (low, high) = (luck as u32, (luck >> 32) as u32);
            let words = draws.four(low, 0, Purpose::Parameter, high);
            unit64(words[0], words[1])
        })
    }

    /// Runs all replications and hands them to `sink` in their order.
    ///
    /// # Errors
    /// A draw of the uncertain numbers that makes a row pass 1, or a thread pool that cannot be made.
    pub fn run(&self, sink: impl FnMut(Replication) + Send) -> Result<(), Vec<Diagnostic>> {
        self.run_forced(&[], sink)
    }

    /// [`Experiment::run`] that forces the differences of some scenarios, each at a grain; the list is by scenario.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn run_forced(
        &self,
        grains: &[Option<Grain>],
        mut sink: impl FnMut(Replication) + Send,
    ) -> Result<(), Vec<Diagnostic>> {
        let pool = pool(self.threads).map_err(|fault| {
            vec![
                Diagnostic::error(format!("{} threads cannot be started", self.threads))
                    .why(fault.to_string())
                    .mend("ask for fewer with --threads"),
            ]
        })?;
        pool.install(|| {
            if self.model.is_uncertain() {
                self.check_draws()?;
            }
            let central = self.model.central();
            let fixed = (!self.model.is_uncertain())
                .then(|| Fixed { tables: self.tables(&central), expected: self.expected(&central) });
            let mut next = 0;
            while next < self.model.run.replications {
                let end = next.saturating_add(WAVE).min(self.model.run.replications);
                let wave: Vec<Replication> = (next..end)
                    .into_par_iter()
                    .map(|number| self.replication(number, fixed.as_ref(), grains))
                    .collect();
                wave.into_iter().for_each(&mut sink);
                next = end;
            }
            Ok(())
        })
    }

    /// Checks the rows of every replication before anything is simulated.
    fn check_draws(&self) -> Result<(), Vec<Diagnostic>> {
        let faults = (0..self.model.run.replications)
            .into_par_iter()
            .map(|number| drawn_rows(self.model, &Self::drawn(self.model, number), number))
            .find_first(|faults| !faults.is_empty());
        faults.map_or(Ok(()), Err)
    }

    fn replication(&self, number: u32, fixed: Option<&Fixed>, grains: &[Option<Grain>]) -> Replication {
        let drawn = Self::drawn(self.model, number);
        let draws = Draws::new(self.model.run.seed, number);
        let rollout = Rollout::new(self.model, &self.program, draws, self.set);
        let counts = if self.program.coupled {
            self.together(&rollout, &drawn)
        } else {
            let own = if fixed.is_none() { self.tables(&drawn) } else { Vec::new() };
            let tables = fixed.map_or(&own, |fixed| &fixed.tables);
            let agreements = self.agreements(tables, grains);
            let apart = Rollout::new(self.model, &self.uncompared, draws, self.set);
            self.apart(&Worlds { whole: rollout, apart, tables, agreements, grains })
        };
        let expected = match fixed {
            Some(fixed) => fixed.expected.clone(),
            None => self.expected(&drawn),
        };
        if let Some(progress) = self.progress {
            progress(1);
        }
        let forced = counts.forced(grains);
        Replication { number, drawn, ledgers: counts.ledgers, expected, differing: counts.differing, forced }
    }

    /// How the scenarios whose differences are forced agree with the baseline, by scenario and segment.
    fn agreements<'t>(&self, tables: &'t [Vec<Tables>], grains: &[Option<Grain>]) -> Vec<Option<Vec<Agreement<'t>>>> {
        let base = &tables[self.model.baseline.index()];
        let of = |(tables, grain): (&'t Vec<Tables>, &Option<Grain>)| {
            let pairs = base.iter().zip(tables);
            (*grain)?;
            pairs.map(|(base, its)| Agreement::new(&self.program, [base, its])).collect()
        };
        tables.iter().zip(grains).map(of).collect()
    }

    /// The expected flows of one customer, by scenario and segment.
    pub fn expected(&self, drawn: &ParamSet) -> Option<Vec<Vec<Flows>>> {
        let segments = self.model.segments.len();
        let of = |scenario, segment| {
            cohort::expected(self.model, &self.program, drawn, ScenarioId::from(scenario), SegmentId::from(segment))
        };
        self.exact.then(|| {
            let scenarios = (0..self.model.scenarios.len()).into_par_iter();
            scenarios.map(|scenario| (0..segments).map(|segment| of(scenario, segment)).collect()).collect()
        })
    }

    fn tables(&self, drawn: &ParamSet) -> Vec<Vec<Tables>> {
        if self.program.coupled {
            return Vec::new();
        }
        let segments = self.model.segments.len();
        let of = |scenario, segment| {
            Tables::new(self.model, &self.program, drawn, ScenarioId::from(scenario), SegmentId::from(segment))
        };
        (0..self.model.scenarios.len())
            .map(|scenario| (0..segments).map(|segment| of(scenario, segment)).collect())
            .collect()
    }

    /// The model.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// What of the period loop the model uses.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The vector instructions in use.
    pub fn set(&self) -> InstructionSet {
        self.set
    }

    /// All customers cut into spans of at most `size`.
    fn spans(&self, size: usize) -> Vec<Span> {
        let mut first = 0;
        let mut spans = Vec::new();
        for (segment, written) in self.model.segments.iter().enumerate() {
            let end = first + written.agents;
            while first < end {
                let count = size.min((end - first) as usize);
                spans.push(Span { segment, first, count });
                first += u32::try_from(count).unwrap_or(u32::MAX);
            }
        }
        spans
    }

    /// Customers who feel nothing of each other: a piece goes through all periods of all scenarios by itself.
    fn apart(&self, worlds: &Worlds<'_>) -> Counts {
        self.spans(self.block * PIECE)
            .into_par_iter()
            .fold(
                || Piece::new(self.model, worlds, self.block),
                |mut piece, span| {
                    piece.play(worlds, span);
                    piece
                },
            )
            .map(Piece::counts)
            .reduce(|| Counts::empty(self.model, &self.program), Counts::and)
    }

    /// Customers who hear from each other: all of them go through a period before anyone goes on to the next. All
    /// scenarios go along, so that words drawn for one serve the others.
    fn together(&self, rollout: &Rollout<'_>, drawn: &ParamSet) -> Counts {
        let mut counts = Counts::empty(self.model, &self.program);
        let baseline = self.model.baseline.index();
        let others = (0..self.model.scenarios.len()).filter(|scenario| *scenario != baseline);
        let scenarios: Vec<usize> = std::iter::once(baseline).chain(others).collect();
        let (groups, _) = self.worlds(rollout, drawn, &scenarios);
        for group in &groups {
            for (at, scenario) in scenarios.iter().enumerate() {
                let world = group.world(at);
                counts.ledgers[*scenario][group.segment].add(&world.ledger);
                let lives = world.blocks.iter().zip(&group.worlds[0].blocks);
                let apart = lives.map(|(a, b)| differ(&a.digests, &b.digests)).sum::<u64>();
                counts.differing[*scenario][group.segment] += apart;
            }
        }
        counts
    }

    /// The share of talkers one period before each period of one scenario and replication; index 0 is not used.
    pub fn heard(&self, scenario: ScenarioId, replication: u32) -> Vec<f64> {
        let drawn = Self::drawn(self.model, replication);
        let rollout = Rollout::new(self.model, &self.program, Draws::new(self.model.run.seed, replication), self.set);
        self.worlds(&rollout, &drawn, &[scenario.index()]).1.swap_remove(0)
    }

    /// Takes everybody through some scenarios; with them comes the share of talkers before each period of each.
    fn worlds(&self, rollout: &Rollout<'_>, drawn: &ParamSet, scenarios: &[usize]) -> (Vec<Group>, Vec<Vec<f64>>) {
        let segments = 0..self.model.segments.len();
        let timelines = |scenario: &usize| {
            let timeline = |segment| Timeline::new(self.model, drawn, ScenarioId::from(*scenario), segment);
            segments.clone().map(|segment| timeline(SegmentId::from(segment))).collect::<Vec<_>>()
        };
        let timelines: Vec<Vec<Timeline<'_>>> = scenarios.iter().map(timelines).collect();
        let mut heard = vec![vec![0.0]; scenarios.len()];
        let mut tables: Vec<Vec<PeriodTable>> = vec![Vec::new(); scenarios.len()];
        let mut part = vec![false; scenarios.len()];
        let spans = self.spans(self.block * PIECE).into_par_iter();
        let mut groups: Vec<Group> =
            spans.map(|span| Group::new(self.model, rollout, span, self.block, scenarios.len())).collect();
        for t in 1..=self.model.run.horizon {
            for (world, heard) in heard.iter_mut().enumerate() {
                let talkers = self.talkers(&groups, world, t as usize - 1);
                heard.push(talkers);
                self.make_tables(&timelines[world], &mut tables[world], t, talkers);
            }
            // As long as a scenario's tables are the baseline's, so are its customers.
            for world in 1..tables.len() {
                part[world] = part[world] || tables[world] != tables[0];
            }
            groups.par_iter_mut().for_each(|group| group.period(rollout, &tables, &part, t));
        }
        let blocks = groups.iter_mut().flat_map(|group| &mut group.worlds).flat_map(|world| &mut world.blocks);
        blocks.for_each(Block::settle);
        (groups, heard)
    }

    /// Makes the tables of period `t`, or what is new in them, segment by segment.
    fn make_tables(&self, timelines: &[Timeline<'_>], tables: &mut Vec<PeriodTable>, t: u32, talkers: f64) {
        for (segment, timeline) in timelines.iter().enumerate() {
            match tables.get_mut(segment) {
                Some(table) if timeline.epoch(t) != t => {
                    table.refresh(self.model, &self.program, timeline, t, talkers);
                }
                Some(table) => *table = PeriodTable::new(self.model, &self.program, timeline, t, talkers),
                None => tables.push(PeriodTable::new(self.model, &self.program, timeline, t, talkers)),
            }
        }
    }

    /// The share of all real customers in stages that talk at time `t`.
    fn talkers(&self, groups: &[Group], world: usize, t: usize) -> f64 {
        let mut counts = vec![0_i128; self.model.segments.len()];
        for group in groups {
            let stages = group.world(world).ledger.customers(t).iter().zip(&self.program.talks);
            counts[group.segment] += stages.filter(|(_, talks)| **talks).map(|(count, _)| count).sum::<i128>();
        }
        let shares = counts.iter().zip(&self.model.segments);
        shares.map(|(count, segment)| *count as f64 / f64::from(segment.agents) * segment.share).sum()
    }
}
