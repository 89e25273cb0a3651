//! A piece is what one worker counts of customers who feel nothing of each other, block after block.

use crate::model::Model;

use super::divergence::{Divergence, Resolution};
use super::rollout::Rollout;
use super::span::Span;
use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::narrow::whole;
use crate::engine::count::cells::{Arrivals, Cells};
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::engine::state::block::Block;
use crate::engine::state::scratch::Scratch;
use crate::engine::table::agreement::Agreement;
use crate::engine::table::tables::Tables;

/// Pairs of branches that wait are followed when they fill this many blocks, which bounds the memory.
const BLOCKS_THAT_WAIT: usize = 8;

/// What all workers read of one replication.
pub struct Worlds<'a> {
    /// For whole lives.
    pub whole: Rollout<'a>,
    /// For pairs of branches, whose lives are not compared.
    pub apart: Rollout<'a>,
    /// The tables by scenario and segment.
    pub tables: &'a [Vec<Tables>],
    /// How many customers come, by scenario, segment and entry.
    pub arrivals: &'a [Vec<Vec<Arrivals>>],
    /// For each scenario whose differences are forced, its agreements with the baseline by segment.
    pub agreements: Vec<Option<Vec<Agreement<'a>>>>,
    /// How finely differences are forced, by scenario.
    pub grains: &'a [Option<Resolution>],
}

/// What is counted of one replication; counts of different customers add up.
pub struct Tallies {
    baseline: usize,
    /// By scenario and cell; none where nobody was counted.
    ledgers: Vec<Vec<Option<Counts<i128>>>>,
    /// The customers whose lives differ from the baseline's, by scenario and cell.
    pub differing: Vec<Vec<u64>>,
    /// For each scenario whose differences are forced, by segment: the branches of the baseline and of the scenario.
    pub branches: Vec<Option<Vec<[Counts<i128>; 2]>>>,
}

impl Tallies {
    /// Counts of nobody.
    pub fn empty(model: &Model) -> Self {
        let (scenarios, cells) = (model.scenarios.len(), Cells::of(model).count());
        Self {
            baseline: model.baseline.index(),
            ledgers: vec![vec![None; cells]; scenarios],
            differing: vec![vec![0; cells]; scenarios],
            branches: vec![None; scenarios],
        }
    }

    /// Adds what was counted in one cell of a scenario.
    pub fn add(&mut self, scenario: usize, cell: usize, counted: &Counts<i128>) {
        match &mut self.ledgers[scenario][cell] {
            Some(ledger) => ledger.add(counted),
            none => *none = Some(counted.clone()),
        }
    }

    /// These counts and others.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (into, from) in self.ledgers.iter_mut().flatten().zip(other.ledgers.into_iter().flatten()) {
            match (into.as_mut(), from) {
                (Some(into), Some(from)) => into.add(&from),
                (None, from) => *into = from,
                (Some(_), None) => {}
            }
        }
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

    /// The counts by scenario and cell.
    pub fn ledgers(&mut self, model: &Model, layout: &CountLayout) -> Vec<Vec<Counts<i128>>> {
        let cells = Cells::of(model);
        let counted = |(cell, ledger): (usize, Option<Counts<i128>>)| {
            ledger.unwrap_or_else(|| Counts::new(layout, whole(cells.at(cell).1), model.run.horizon))
        };
        let scenarios = std::mem::take(&mut self.ledgers).into_iter();
        scenarios.map(|cells| cells.into_iter().enumerate().map(counted).collect()).collect()
    }

    /// The forced differences by scenario and segment, in simulated customers.
    pub fn forced(&self, grains: &[Option<Resolution>]) -> Vec<Option<Vec<Counts<f64>>>> {
        let difference = |[base, other]: &[Counts<i128>; 2], grain: Resolution| {
            let mut difference = other.clone();
            difference.subtract(base);
            Counts::counted(&difference, grain.part())
        };
        let of = |(scenario, branches): (usize, &Option<Vec<[Counts<i128>; 2]>>)| {
            let grain = grains.get(scenario).copied().flatten()?;
            Some(branches.as_ref()?.iter().map(|pair| difference(pair, grain)).collect())
        };
        self.branches.iter().enumerate().map(of).collect()
    }
}

/// The number of customers whose fingerprints differ, or who are there in one of the two only.
pub fn differ(lives: &[u32], base: &[u32]) -> u64 {
    let alone = lives.len().abs_diff(base.len()) as u64;
    alone + lives.iter().zip(base).map(|(a, b)| u64::from(a != b)).sum::<u64>()
}

/// The blocks of `count` customers of a crowd: who they are, and how many.
pub fn blocks(crowd: Crowd, count: usize, size: usize) -> impl Iterator<Item = (Crowd, usize)> {
    let block = move |done| (Crowd { first: crowd.customer(whole(done)), ..crowd }, size.min(count - done));
    (0..count).step_by(size).map(block)
}

/// One worker's counts and columns, used for span after span.
pub struct Piece {
    counts: Tallies,
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
        let world = &worlds.whole.world;
        let mut counts = Tallies::empty(model);
        let ledger = Counts::new(&worlds.whole.schedule.layout, 0, model.run.horizon);
        for (branches, agreements) in counts.branches.iter_mut().zip(&worlds.agreements) {
            *branches = agreements.as_ref().map(|its| its.iter().map(|_| [ledger.clone(), ledger.clone()]).collect());
        }
        let forces = worlds.agreements.iter().any(Option::is_some);
        Self {
            counts,
            fresh: Block::with_room(world, size, false),
            block: Block::with_room(world, size, true),
            scratch: Scratch::new(world, size, true),
            base: Vec::new(),
            divergence: forces.then(|| Divergence::new(&worlds.apart.world, size)),
            size,
        }
    }

    /// What was counted.
    pub fn counts(self) -> Tallies {
        self.counts
    }

    /// Plays a span of customers through all scenarios, the baseline first; then their branches.
    pub fn play(&mut self, worlds: &Worlds<'_>, span: Span) {
        let baseline = self.counts.baseline;
        let mut done = 0;
        for (crowd, count) in blocks(span.crowd, span.count, self.size) {
            let part = Span { crowd, offset: span.offset + done, count, ..span };
            done += count;
            worlds.whole.begin(&mut self.fresh, &mut self.scratch, (crowd, count), None);
            self.play_one(worlds, baseline, part);
            self.base.clone_from(&self.block.gone.digests);
            for scenario in (0..worlds.tables.len()).filter(|scenario| *scenario != baseline) {
                self.play_one(worlds, scenario, part);
                self.counts.differing[scenario][span.cell] += differ(&self.block.gone.digests, &self.base);
            }
        }
        self.force(worlds, span);
    }

    fn play_one(&mut self, worlds: &Worlds<'_>, scenario: usize, span: Span) {
        let Crowd { segment, entry, .. } = span.crowd;
        let count = span.count_of(worlds.arrivals[scenario][segment][entry as usize]);
        let tables = &worlds.tables[scenario][segment];
        match tables.start(entry) {
            Some(start) => worlds.whole.begin(&mut self.block, &mut self.scratch, (span.crowd, count), Some(start)),
            None => self.block.restart(&worlds.whole.world, &self.fresh, count),
        }
        if count > 0 {
            let ledger = self.counts.ledgers[scenario][span.cell]
                .get_or_insert_with(|| Counts::new(&worlds.whole.schedule.layout, entry, worlds.whole.horizon));
            worlds.whole.whole(&mut self.block, &mut self.scratch, tables, ledger);
        }
    }

    /// Follows the ways that scenarios share with the baseline, and the branches where they part.
    fn force(&mut self, worlds: &Worlds<'_>, span: Span) {
        let Some(mut divergence) = self.divergence.take() else { return };
        for (scenario, agreements) in worlds.agreements.iter().enumerate() {
            let (Some(agreements), Some(grain)) = (agreements, worlds.grains[scenario]) else { continue };
            let Some(branches) = self.counts.branches[scenario].as_mut() else { continue };
            let segment = span.crowd.segment;
            let (agreement, ledgers) = (&agreements[segment], &mut branches[segment]);
            if agreement.last() == 0 {
                continue;
            }
            for (crowd, count) in blocks(span.crowd, span.count, self.size) {
                divergence.share(&worlds.apart, agreement, grain, (crowd, count));
                if divergence.waiting() >= BLOCKS_THAT_WAIT * self.size {
                    divergence.branch(&worlds.apart, agreement, ledgers);
                }
            }
            divergence.branch(&worlds.apart, agreement, ledgers);
        }
        self.divergence = Some(divergence);
    }
}
