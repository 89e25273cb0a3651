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

use super::cohort;
use super::draws::{Draws, Purpose, unit64};
use super::flows::Flows;
use super::lanes::InstructionSet;
use super::ledger::Ledger;
use super::obstacle::obstacles;
use super::population::{BLOCK, Block};
use super::program::Program;
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::{PeriodTable, Tables};

/// Replications that are under way before their counts are handed on; bounds the memory.
pub const WAVE: u32 = 64;
/// More customers at a time would only leave the caches.
const MOST_IN_BLOCK: usize = 1 << 20;
/// Customers who hear from each other keep the words of four periods up to this many agents; beyond, memory is dearer
/// than drawing them anew each period.
const MOST_THAT_KEEP_WORDS: u32 = 1 << 20;
/// Blocks that are worked through as one piece.
const PIECE: usize = 64;

/// Every scenario played through every replication.
pub struct Experiment<'m> {
    model: &'m Model,
    program: Program,
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
}

/// What is the same in every replication of a study without uncertain numbers.
struct Fixed {
    tables: Vec<Vec<Tables>>,
    expected: Option<Vec<Vec<Flows>>>,
}

/// A run of customers of one segment with consecutive addresses.
#[derive(Clone, Copy)]
struct Span {
    segment: usize,
    first: u32,
    count: usize,
}

impl<'m> Experiment<'m> {
    /// The experiment that the model's run plan describes, on all processors.
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            program: Program::new(model),
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
    pub fn run(&self, mut sink: impl FnMut(Replication) + Send) -> Result<(), Vec<Diagnostic>> {
        if self.model.is_uncertain() {
            self.check_draws()?;
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build().map_err(|fault| {
            vec![
                Diagnostic::error(format!("{} threads cannot be started", self.threads))
                    .why(fault.to_string())
                    .mend("ask for fewer with --threads"),
            ]
        })?;
        pool.install(|| {
            let central = self.model.central();
            let fixed = (!self.model.is_uncertain())
                .then(|| Fixed { tables: self.tables(&central), expected: self.expected(&central) });
            let mut next = 0;
            while next < self.model.run.replications {
                let end = next.saturating_add(WAVE).min(self.model.run.replications);
                let wave: Vec<Replication> =
                    (next..end).into_par_iter().map(|number| self.replication(number, fixed.as_ref())).collect();
                wave.into_iter().for_each(&mut sink);
                next = end;
            }
        });
        Ok(())
    }

    /// Checks the rows of every replication before anything is simulated.
    fn check_draws(&self) -> Result<(), Vec<Diagnostic>> {
        let faults = (0..self.model.run.replications)
            .into_par_iter()
            .map(|number| drawn_rows(self.model, &Self::drawn(self.model, number), number))
            .find_first(|faults| !faults.is_empty());
        faults.map_or(Ok(()), Err)
    }

    fn replication(&self, number: u32, fixed: Option<&Fixed>) -> Replication {
        let drawn = Self::drawn(self.model, number);
        let rollout = Rollout::new(self.model, &self.program, Draws::new(self.model.run.seed, number), self.set);
        let (ledgers, differing) = if self.program.coupled {
            self.together(&rollout, &drawn)
        } else {
            match fixed {
                Some(fixed) => self.apart(&rollout, &fixed.tables),
                None => self.apart(&rollout, &self.tables(&drawn)),
            }
        };
        let expected = match fixed {
            Some(fixed) => fixed.expected.clone(),
            None => self.expected(&drawn),
        };
        if let Some(progress) = self.progress {
            progress(1);
        }
        Replication { number, drawn, ledgers, expected, differing }
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

    fn empty(&self) -> (Vec<Vec<Ledger>>, Vec<Vec<u64>>) {
        let (scenarios, segments) = (self.model.scenarios.len(), self.model.segments.len());
        let ledger = Ledger::new(self.program.stages, self.program.booked_moves.len(), self.model.run.horizon);
        (vec![vec![ledger; segments]; scenarios], vec![vec![0; segments]; scenarios])
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
    fn apart(&self, rollout: &Rollout<'_>, tables: &[Vec<Tables>]) -> (Vec<Vec<Ledger>>, Vec<Vec<u64>>) {
        let add = |mut a: (Vec<Vec<Ledger>>, Vec<Vec<u64>>), b: (Vec<Vec<Ledger>>, Vec<Vec<u64>>)| {
            a.0.iter_mut().flatten().zip(b.0.iter().flatten()).for_each(|(into, from)| into.add(from));
            a.1.iter_mut().flatten().zip(b.1.iter().flatten()).for_each(|(into, from)| *into += from);
            a
        };
        self.spans(self.block * PIECE)
            .into_par_iter()
            .fold(
                || Piece::new(self),
                |mut piece, span| {
                    piece.play(self, rollout, tables, span);
                    piece
                },
            )
            .map(|piece| (piece.ledgers, piece.differing))
            .reduce(|| self.empty(), add)
    }

    /// Customers who hear from each other: all of them go through a period before anyone goes on to the next. All
    /// scenarios go along, so that words drawn for one serve the others.
    fn together(&self, rollout: &Rollout<'_>, drawn: &ParamSet) -> (Vec<Vec<Ledger>>, Vec<Vec<u64>>) {
        let (mut ledgers, mut differing) = self.empty();
        let baseline = self.model.baseline.index();
        let others = (0..self.model.scenarios.len()).filter(|scenario| *scenario != baseline);
        let scenarios: Vec<usize> = std::iter::once(baseline).chain(others).collect();
        let (groups, _) = self.worlds(rollout, drawn, &scenarios);
        for group in &groups {
            for (at, scenario) in scenarios.iter().enumerate() {
                let world = group.world(at);
                ledgers[*scenario][group.segment].add(&world.ledger);
                let lives = world.blocks.iter().zip(&group.worlds[0].blocks);
                differing[*scenario][group.segment] += lives.map(|(a, b)| differ(&a.digests, &b.digests)).sum::<u64>();
            }
        }
        (ledgers, differing)
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
        let mut groups: Vec<Group> = spans.map(|span| Group::new(self, rollout, span, scenarios.len())).collect();
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

/// The number of customers whose fingerprints differ.
fn differ(lives: &[u32], base: &[u32]) -> u64 {
    lives.iter().zip(base).map(|(a, b)| u64::from(a != b)).sum()
}

/// One worker's counts and columns, used for span after span.
struct Piece {
    ledgers: Vec<Vec<Ledger>>,
    differing: Vec<Vec<u64>>,
    fresh: Block,
    block: Block,
    scratch: Scratch,
    base: Vec<u32>,
}

impl Piece {
    fn new(experiment: &Experiment<'_>) -> Self {
        let (ledgers, differing) = experiment.empty();
        let (program, size) = (&experiment.program, experiment.block);
        let scratch = Scratch::new(program, size, true);
        let fresh = Block::with_room(program, size, false);
        Self { ledgers, differing, fresh, block: Block::with_room(program, size, true), scratch, base: Vec::new() }
    }

    /// Plays a span of customers through all scenarios, the baseline first.
    fn play(&mut self, experiment: &Experiment<'_>, rollout: &Rollout<'_>, tables: &[Vec<Tables>], span: Span) {
        let baseline = experiment.model.baseline.index();
        let mut done = 0;
        while done < span.count {
            let count = experiment.block.min(span.count - done);
            let first = span.first + u32::try_from(done).unwrap_or(u32::MAX);
            self.fresh.begin(&rollout.world, span.segment, first, count);
            self.play_one(rollout, tables, baseline, span.segment);
            self.base.clone_from(&self.block.digests);
            for scenario in (0..tables.len()).filter(|scenario| *scenario != baseline) {
                self.play_one(rollout, tables, scenario, span.segment);
                self.differing[scenario][span.segment] += differ(&self.block.digests, &self.base);
            }
            done += count;
        }
    }

    fn play_one(&mut self, rollout: &Rollout<'_>, tables: &[Vec<Tables>], scenario: usize, segment: usize) {
        self.block.restart(rollout.world.program, &self.fresh);
        let ledger = &mut self.ledgers[scenario][segment];
        rollout.whole(&mut self.block, &mut self.scratch, &tables[scenario][segment], ledger);
    }
}

/// Customers of one segment who move together with all others, in every scenario.
struct Group {
    segment: usize,
    worlds: Vec<InWorld>,
    scratch: Scratch,
}

/// A group's customers in one scenario.
struct InWorld {
    /// Empty as long as they are those of the first world.
    blocks: Vec<Block>,
    ledger: Ledger,
}

impl Group {
    fn new(experiment: &Experiment<'_>, rollout: &Rollout<'_>, span: Span, worlds: usize) -> Self {
        let program = &experiment.program;
        let keeps_words = experiment.model.run.agents <= MOST_THAT_KEEP_WORDS;
        let empty = Ledger::new(program.stages, program.booked_moves.len(), experiment.model.run.horizon);
        let mut worlds: Vec<InWorld> =
            (0..worlds).map(|_| InWorld { blocks: Vec::new(), ledger: empty.clone() }).collect();
        let mut done = 0;
        while done < span.count {
            let count = experiment.block.min(span.count - done);
            let first = span.first + u32::try_from(done).unwrap_or(u32::MAX);
            let mut block = Block::with_room(program, count, keeps_words);
            block.begin(&rollout.world, span.segment, first, count);
            super::mechanism::count::count(&mut block, &rollout.world, 0, &mut worlds[0].ledger);
            worlds[0].blocks.push(block);
            done += count;
        }
        let scratch = Scratch::new(program, experiment.block.min(span.count), keeps_words);
        Self { segment: span.segment, worlds, scratch }
    }

    /// Takes everybody through a period in every scenario. Those that have not parted from the first one yet go
    /// with it. Words that were drawn for the first one serve the others as long as neither has dropped anybody.
    fn period(&mut self, rollout: &Rollout<'_>, tables: &[Vec<PeriodTable>], part: &[bool], t: u32) {
        let Self { segment, worlds, scratch } = self;
        let Some((first, others)) = worlds.split_first_mut() else { return };
        for (world, _) in others.iter_mut().zip(&part[1..]).filter(|(world, part)| **part && world.blocks.is_empty()) {
            world.blocks.clone_from(&first.blocks);
            world.ledger.clone_from(&first.ledger);
        }
        for (at, block) in first.blocks.iter_mut().enumerate() {
            let words = block.take_words(&rollout.world, scratch, t);
            rollout.live(block, scratch, &words, &tables[0][*segment], t, &mut first.ledger);
            let mut left = Vec::new();
            for (world, tables) in others.iter_mut().zip(&tables[1..]) {
                let InWorld { blocks, ledger } = world;
                let Some(its) = blocks.get_mut(at) else { continue };
                its.drop_when_due(&rollout.world, t);
                if block.is_whole() && its.is_whole() {
                    rollout.live(its, scratch, &words, &tables[*segment], t, ledger);
                } else {
                    left.push((its, ledger, &tables[*segment]));
                }
            }
            block.put_back(words, scratch);
            for (block, ledger, table) in left {
                rollout.period(block, scratch, table, t, ledger);
            }
        }
    }

    /// A world's blocks and counts: those of the first one where it has never parted.
    fn world(&self, world: usize) -> &InWorld {
        if self.worlds[world].blocks.is_empty() { &self.worlds[0] } else { &self.worlds[world] }
    }
}
