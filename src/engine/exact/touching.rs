//! Touchpoints meet a cohort: what they do to all kinds of customers, made for a period and used forward and backward.

use std::sync::Arc;

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::MOVES;
use crate::model::touchpoint::Cause;

use super::bend::Bend;
use super::layout::{Layout, StageCells};
use super::rows::{Kinds, Rows};
use super::table::{CohortTable, StageNumbers};
use super::tally::{Tally, product, sum};
use super::touch_effect::Effect;
use super::touch_met::{Kind, Met};
use super::touch_numbers::PointNumbers;
use super::work::Making;

/// Where in a period touchpoints happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before the move.
    Before,
    /// After purchases.
    After,
}

/// What touchpoints do to some kinds of customers.
pub struct Touching<'a> {
    model: &'a Model,
    layout: &'a Layout,
    kinds: &'a Kinds,
    nodes: usize,
    /// By stage.
    stages: Vec<Touched>,
    /// What it took to make what they do to single kinds.
    pub work: Making,
}

/// What they do in a stage: one effect where that is the same for all kinds, or one for each; none where nothing happens.
#[derive(Default)]
struct Touched {
    before: Vec<Arc<Effect>>,
    after: Vec<Arc<Effect>>,
    /// The version of the numbers, and the age of the customers, that they were made by.
    made_by: (u32, u32),
}

impl Touched {
    fn at(&self, moment: Moment) -> &[Arc<Effect>] {
        if moment == Moment::Before { &self.before } else { &self.after }
    }
}

/// One kind of customers at an age.
struct OneKind<'k> {
    rows: &'k Rows<'k>,
    layout: &'k Layout,
    kinds: &'k Kinds,
    traits: usize,
    nodes: usize,
    kind: usize,
    age: u32,
}

impl OneKind<'_> {
    /// Whether it is their turn to meet a touchpoint, where that is told apart.
    fn meets_in_turn(&self, point: &PointNumbers) -> Option<bool> {
        if let Cause::Every(every) = point.cause { self.in_turn(point.place, every) } else { None }
    }
}

impl Kind for OneKind<'_> {
    fn bent(&self, bend: &Bend, plain: f64) -> Vec<f64> {
        let mut column = vec![0.0; self.nodes];
        self.rows.bent(bend, (self.kind, self.age), plain, &mut column);
        column
    }

    fn in_turn(&self, place: usize, every: u32) -> Option<bool> {
        let at = self.layout.touch.turns.iter().position(|its| *its == place)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to below `every`")]
        let turn = (self.kinds.traits[self.traits + at][self.kind] * f64::from(every)) as u32;
        Some(self.age % every == turn)
    }
}

impl<'a> Touching<'a> {
    /// Nothing is known yet.
    pub fn new(model: &'a Model, layout: &'a Layout, kinds: &'a Kinds, nodes: usize) -> Self {
        let stages = model.stages.iter().map(|_| Touched::default()).collect();
        Self { model, layout, kinds, nodes, stages, work: Making::default() }
    }

    /// Makes what touchpoints do to customers in their `age`-th period, where it is other than before.
    pub fn make(&mut self, table: &CohortTable<'_, '_>, rows: &Rows<'_>, age: u32) {
        for (at, numbers) in table.stages.iter().enumerate().filter(|(_, numbers)| !numbers.points.is_empty()) {
            let made_by = (numbers.version, if self.layout.stages[at].touches_by_age { age } else { 0 });
            if self.stages[at].made_by != made_by {
                let before = self.effects(table, (rows, age), (at, numbers), Moment::Before);
                let after = self.effects(table, (rows, age), (at, numbers), Moment::After);
                self.stages[at] = Touched { before, after, made_by };
            }
        }
    }

    fn effects(
        &mut self,
        table: &CohortTable<'_, '_>,
        (rows, age): (&Rows<'_>, u32),
        (at, numbers): (usize, &StageNumbers),
        moment: Moment,
    ) -> Vec<Arc<Effect>> {
        let plan = &self.layout.touch;
        let is_late = moment == Moment::After;
        let points: Vec<&PointNumbers> =
            numbers.points.iter().filter(|its| plan.points[its.place].is_late == is_late).collect();
        if points.is_empty() {
            return Vec::new();
        }
        let written = self.model.stages[at].purchases.as_ref().filter(|_| is_late);
        let of_traits = points.iter().any(|its| its.reads_traits())
            || written.is_some_and(|its| its.rate_trait.is_some() || !numbers.purchases.2.traits.is_empty());
        let turns = points.iter().any(|its| plan.turns.contains(&its.place));
        let (model, layout, nodes) = (self.model, self.layout, self.nodes);
        let kinds = if of_traits || turns { self.kinds.shares.len() } else { 1 };
        let one = |kind: usize| {
            let kinds = self.kinds;
            let its = OneKind { rows, layout, kinds, traits: model.traits.len(), nodes, kind, age };
            let purchases = written.map(|_| &rows.stages[at].purchases[kind * nodes..][..nodes]);
            let make = || Effect::of((model, plan), points.iter().map(|point| Met::of(point, &its)), purchases, nodes);
            if of_traits {
                return (Arc::new(make()), true);
            }
            let mut made_by = numbers.touched_by.clone();
            made_by.extend([at as u64, u64::from(is_late)]);
            made_by.extend(points.iter().filter_map(|point| Some(u64::from(its.meets_in_turn(point)?))));
            made_by.extend(purchases.into_iter().flatten().map(|purchases| purchases.to_bits()));
            (table.kernels().effect(made_by, make), false)
        };
        let made: Vec<(Arc<Effect>, bool)> = (0..kinds).map(one).collect();
        self.work = made.iter().filter(|(_, own)| *own).fold(self.work, |all, (effect, _)| all + effect.work);
        made.into_iter().map(|(effect, _)| effect).collect()
    }

    /// Touchpoints happen: they are counted, and move the weights of customers, given by cell, kind and satisfaction. Those whom
    /// they take elsewhere are added where they go.
    pub fn meet(&self, moment: Moment, lane: &mut [f64], sent: &mut [f64], tally: &mut Tally) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        let mut felt = vec![0.0; nodes];
        for (stage, effects) in self.layout.stages.iter().zip(self.stages.iter().map(|its| its.at(moment))) {
            let Some(last) = effects.len().checked_sub(1) else { continue };
            for (ever, cell) in stage.both() {
                let kinds = lane[cell * width..][..width].chunks_exact_mut(nodes).enumerate();
                for (kind, weights) in kinds.filter(|(_, weights)| weights.iter().any(|weight| *weight != 0.0)) {
                    let effect = &effects[kind.min(last)];
                    for (counter, cell, often) in &effect.counts {
                        tally.cells(*counter)[*cell] += product(weights, often);
                    }
                    for (to, kernel) in &effect.sent {
                        let Some((to, slot)) = stage.sent_to(*to, ever) else { continue };
                        kernel.feel(weights, &mut felt);
                        let there = sent[to * width + kind * nodes..][..nodes].iter_mut();
                        there.zip(&felt).for_each(|(there, felt)| *there += felt);
                        if let Some(slot) = slot {
                            tally.cells(MOVES)[slot] += sum(&felt);
                        }
                    }
                    if let Some(kernel) = &effect.kernel {
                        kernel.feel(weights, &mut felt);
                        weights.copy_from_slice(&felt);
                    }
                }
            }
        }
    }

    /// From after touchpoints to before them: values what they are expected to come to at time `t`. `there` are the values of
    /// customers after the move.
    pub fn value(&self, moment: Moment, values: &mut [f64], there: &[f64], (rewards, t): (&Counts<f64>, usize)) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        let (mut expected, mut gone) = (vec![0.0; nodes], vec![0.0; nodes]);
        for (stage, effects) in self.layout.stages.iter().zip(self.stages.iter().map(|its| its.at(moment))) {
            let Some(last) = effects.len().checked_sub(1) else { continue };
            for (ever, cell) in stage.both() {
                for (kind, values) in values[cell * width..][..width].chunks_exact_mut(nodes).enumerate() {
                    let effect = &effects[kind.min(last)];
                    if let Some(kernel) = &effect.kernel {
                        kernel.expect(values, &mut expected);
                        values.copy_from_slice(&expected);
                    }
                    for (to, kernel) in &effect.sent {
                        let Some((to, slot)) = stage.sent_to(*to, ever) else { continue };
                        let worth = slot.map_or(0.0, |slot| rewards.cells(MOVES, t)[slot]);
                        let there = &there[to * width + kind * nodes..][..nodes];
                        gone.iter_mut().zip(there).for_each(|(gone, there)| *gone = there + worth);
                        kernel.expect(&gone, &mut expected);
                        values.iter_mut().zip(&expected).for_each(|(value, expected)| *value += expected);
                    }
                    for (counter, cell, often) in &effect.counts {
                        let worth = rewards.cells(*counter, t)[*cell];
                        values.iter_mut().zip(often).for_each(|(value, often)| *value += worth * often);
                    }
                }
            }
        }
    }

    /// How often customers of each kind, given as they are at the end of a period, meet each touchpoint in one like it.
    pub fn met_by_kind(&self, lane: &[f64], into: &mut [Vec<f64>]) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        into.iter_mut().for_each(|into| into.resize(self.kinds.shares.len(), 0.0));
        let places = || self.layout.stages.iter().zip(&self.stages);
        for (stage, effects) in places().flat_map(|(stage, its)| [(stage, &its.before), (stage, &its.after)]) {
            let Some(last) = effects.len().checked_sub(1) else { continue };
            for (_, cell) in stage.both() {
                for (kind, weights) in lane[cell * width..][..width].chunks_exact(nodes).enumerate() {
                    for (counter, _, often) in effects[kind.min(last)].counts.iter().filter(|(_, cell, _)| *cell == 0) {
                        let place = self.model.touchpoints.iter().position(|its| its.counter == *counter);
                        if let Some(place) = place {
                            into[place][kind] += product(weights, often);
                        }
                    }
                }
            }
        }
    }
}

impl StageCells {
    /// The cells of those never retained, and of those ever retained.
    fn both(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let [never, ever] = [self.cells(0), self.cells(1)];
        never.map(|cell| (0, cell)).chain(ever.map(|cell| (1, cell)))
    }
}
