//! What presences are expected to count: each customer of a kind in a stage as one, or as the level of the kind's trait.
//! A trait that bends nothing is at its mean, because the sum is linear in it.

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::presence::Presence;

use super::layout::Layout;
use super::rows::Kinds;
use super::tally::{Tally, product, sum};

/// What presences count of some kinds of customers.
pub struct Presences<'a> {
    all: &'a [Presence],
    layout: &'a Layout,
    /// Numbers of a cell: one for each kind and satisfaction.
    width: usize,
    /// By presence: the level for each kind and satisfaction; empty where customers are counted.
    levels: Vec<Vec<f64>>,
}

impl<'a> Presences<'a> {
    /// Those of a model, for some kinds of customers with so many satisfactions each.
    pub fn of(model: &'a Model, layout: &'a Layout, kinds: &Kinds, nodes: usize) -> Self {
        let level = |its: &Presence| {
            let of_kinds = its.own.map_or(&[][..], |of| &kinds.traits[of.index()]);
            of_kinds.iter().flat_map(|level| std::iter::repeat_n(level.max(0.0), nodes)).collect()
        };
        Self {
            all: &model.presences,
            layout,
            width: kinds.shares.len() * nodes,
            levels: model.presences.iter().map(level).collect(),
        }
    }

    /// Counts customers at the end of their `age`-th period, given by cell, kind and satisfaction.
    pub fn count(&self, lane: &[f64], age: usize, tally: &mut Tally) {
        for (its, level) in self.all.iter().zip(&self.levels) {
            let cells = tally.cells(its.counter);
            for (periods, cell) in self.places(its) {
                let weights = &lane[cell * self.width..][..self.width];
                cells[its.cell(periods, age)] += if level.is_empty() { sum(weights) } else { product(weights, level) };
            }
        }
    }

    /// Adds what being counted at time `t`, at the end of their `age`-th period, is worth to the values of customers.
    pub fn value(&self, rewards: &Counts<f64>, (t, age): (usize, usize), values: &mut [f64]) {
        for (its, level) in self.all.iter().zip(&self.levels) {
            let worths = rewards.cells(its.counter, t);
            for (periods, cell) in self.places(its) {
                let worth = worths[its.cell(periods, age)];
                let values = &mut values[cell * self.width..][..self.width];
                if level.is_empty() {
                    values.iter_mut().for_each(|value| *value += worth);
                } else {
                    values.iter_mut().zip(level).for_each(|(value, level)| *value += worth * level);
                }
            }
        }
    }

    /// The cells of the stage of a presence, each with the whole periods in it.
    fn places(&self, its: &Presence) -> impl Iterator<Item = (usize, usize)> + use<'_, 'a> {
        let stage = &self.layout.stages[its.stage.index()];
        [0, 1].into_iter().flat_map(|ever| stage.cells(ever).enumerate())
    }

    /// How many sums of traits [`Presences::add_levels`] tells.
    pub fn levels_of(model: &Model) -> usize {
        model.presences.iter().filter(|its| its.own.is_some()).count()
    }

    /// Adds the level of each trait that is summed over customers, kind by kind.
    pub fn add_levels(&self, lane: &[f64], nodes: usize, into: &mut [Vec<f64>]) {
        let summed = self.all.iter().zip(&self.levels).filter(|(its, _)| its.own.is_some());
        for ((its, level), into) in summed.zip(into) {
            into.resize(self.width / nodes, 0.0);
            for cell in self.layout.stages[its.stage.index()].all() {
                let kinds = lane[cell * self.width..][..self.width].chunks_exact(nodes).zip(level.chunks_exact(nodes));
                into.iter_mut().zip(kinds).for_each(|(into, (weights, level))| *into += product(weights, level));
            }
        }
    }
}
