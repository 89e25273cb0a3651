//! A piece is what one worker counts of customers who feel nothing of each other, block after block.

use crate::model::Model;

use super::agreement::Agreement;
use super::divergence::{Divergence, Grain};
use super::flows::Flows;
use super::ledger::Ledger;
use super::population::Block;
use super::program::{Program, whole};
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::Tables;

/// Pairs of branches that wait are followed when they fill this many blocks, which bounds the memory.
const BLOCKS_THAT_WAIT: usize = 8;

/// A run of customers of one segment with consecutive addresses.
#[derive(Clone, Copy)]
pub struct Span {
    /// The segment.
    pub segment: usize,
    /// The first address.
    pub first: u32,
    /// The number of customers.
    pub count: usize,
}

/// What all workers read of one replication.
pub struct Worlds<'a> {
    /// For whole lives.
    pub whole: Rollout<'a>,
    /// For pairs of branches, whose lives are not compared.
    pub apart: Rollout<'a>,
    /// The tables by scenario and segment.
    pub tables: &'a [Vec<Tables>],
    /// For each scenario whose differences are forced, its agreements with the baseline by segment.
    pub agreements: Vec<Option<Vec<Agreement<'a>>>>,
    /// How finely differences are forced, by scenario.
    pub grains: &'a [Option<Grain>],
}

/// What is counted of one replication; counts of different customers add up.
pub struct Counts {
    baseline: usize,
    /// By scenario and segment.
    pub ledgers: Vec<Vec<Ledger>>,
    /// The customers whose lives differ from the baseline's, by scenario and segment.
    pub differing: Vec<Vec<u64>>,
    /// For each scenario whose differences are forced, by segment: the branches of the baseline and of the scenario.
    pub branches: Vec<Option<Vec<[Ledger; 2]>>>,
}

impl Counts {
    /// Counts of nobody.
    pub fn empty(model: &Model, program: &Program) -> Self {
        let (scenarios, segments) = (model.scenarios.len(), model.segments.len());
        let ledger = Ledger::new(program.stages, program.booked_moves.len(), model.run.horizon);
        Self {
            baseline: model.baseline.index(),
            ledgers: vec![vec![ledger; segments]; scenarios],
            differing: vec![vec![0; segments]; scenarios],
            branches: vec![None; scenarios],
        }
    }

    /// These counts and others.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.ledgers.iter_mut().flatten().zip(other.ledgers.iter().flatten()).for_each(|(into, from)| into.add(from));
        self.differing
            .iter_mut()
            .flatten()
            .zip(other.differing.iter().flatten())
            .for_each(|(into, from)| *into += from);
        for (into, from) in self.branches.iter_mut().zip(other.branches) {
            match (into.as_mut(), from) {
                (Some(into), Some(from)) => {
                    into.iter_mut().flatten().zip(from.iter().flatten()).for_each(|(into, from)| into.add(from));
                }
                (None, from) => *into = from,
                (Some(_), None) => {}
            }
        }
        self
    }

    /// The forced differences by scenario and segment, in simulated customers.
    pub fn forced(&self, grains: &[Option<Grain>]) -> Vec<Option<Vec<Flows>>> {
        let difference = |[base, other]: &[Ledger; 2], grain: Grain| {
            let mut difference = other.clone();
            difference.subtract(base);
            Flows::counted(&difference, grain.part())
        };
        let of = |(scenario, branches): (usize, &Option<Vec<[Ledger; 2]>>)| {
            let grain = grains.get(scenario).copied().flatten()?;
            Some(branches.as_ref()?.iter().map(|pair| difference(pair, grain)).collect())
        };
        self.branches.iter().enumerate().map(of).collect()
    }
}

/// The number of customers whose fingerprints differ.
pub fn differ(lives: &[u32], base: &[u32]) -> u64 {
    lives.iter().zip(base).map(|(a, b)| u64::from(a != b)).sum()
}

/// The blocks of a span: the first address and the number of customers.
pub fn blocks(span: Span, size: usize) -> impl Iterator<Item = (u32, usize)> {
    (0..span.count).step_by(size).map(move |done| (span.first + whole(done), size.min(span.count - done)))
}

/// One worker's counts and columns, used for span after span.
pub struct Piece {
    counts: Counts,
    fresh: Block,
    block: Block,
    scratch: Scratch,
    base: Vec<u32>,
    divergence: Option<Divergence>,
    size: usize,
}

impl Piece {
    /// A piece that works on blocks of up to `size` customers.
    pub fn new(model: &Model, worlds: &Worlds<'_>, size: usize) -> Self {
        let program = worlds.whole.world.program;
        let mut counts = Counts::empty(model, program);
        let ledger = Ledger::new(program.stages, program.booked_moves.len(), model.run.horizon);
        for (branches, agreements) in counts.branches.iter_mut().zip(&worlds.agreements) {
            *branches = agreements.as_ref().map(|its| its.iter().map(|_| [ledger.clone(), ledger.clone()]).collect());
        }
        let forces = worlds.agreements.iter().any(Option::is_some);
        Self {
            counts,
            fresh: Block::with_room(program, size, false),
            block: Block::with_room(program, size, true),
            scratch: Scratch::new(program, size, true),
            base: Vec::new(),
            divergence: forces.then(|| Divergence::new(worlds.apart.world.program, size, model.run.horizon)),
            size,
        }
    }

    /// What was counted.
    pub fn counts(self) -> Counts {
        self.counts
    }

    /// Plays a span of customers through all scenarios, the baseline first; then their branches.
    pub fn play(&mut self, worlds: &Worlds<'_>, span: Span) {
        let baseline = self.counts.baseline;
        for (first, count) in blocks(span, self.size) {
            self.fresh.begin(&worlds.whole.world, span.segment, first, count);
            self.play_one(worlds, baseline, span.segment);
            self.base.clone_from(&self.block.digests);
            for scenario in (0..worlds.tables.len()).filter(|scenario| *scenario != baseline) {
                self.play_one(worlds, scenario, span.segment);
                self.counts.differing[scenario][span.segment] += differ(&self.block.digests, &self.base);
            }
        }
        self.force(worlds, span);
    }

    fn play_one(&mut self, worlds: &Worlds<'_>, scenario: usize, segment: usize) {
        self.block.restart(worlds.whole.world.program, &self.fresh);
        let ledger = &mut self.counts.ledgers[scenario][segment];
        worlds.whole.whole(&mut self.block, &mut self.scratch, &worlds.tables[scenario][segment], ledger);
    }

    /// Follows the ways that scenarios share with the baseline, and the branches where they part.
    fn force(&mut self, worlds: &Worlds<'_>, span: Span) {
        let Some(mut divergence) = self.divergence.take() else { return };
        for (scenario, agreements) in worlds.agreements.iter().enumerate() {
            let (Some(agreements), Some(grain)) = (agreements, worlds.grains[scenario]) else { continue };
            let Some(branches) = self.counts.branches[scenario].as_mut() else { continue };
            let (agreement, ledgers) = (&agreements[span.segment], &mut branches[span.segment]);
            if agreement.last() == 0 {
                continue;
            }
            for (first, count) in blocks(span, self.size) {
                self.fresh.begin(&worlds.apart.world, span.segment, first, count);
                divergence.share(&worlds.apart, agreement, grain, &self.fresh);
                if divergence.waiting() >= BLOCKS_THAT_WAIT * self.size {
                    divergence.branch(&worlds.apart, agreement, ledgers);
                }
            }
            divergence.branch(&worlds.apart, agreement, ledgers);
        }
        self.divergence = Some(divergence);
    }
}
