//! Touchpoints meet a cohort: what they do to all kinds of customers, made for a period and used forward and backward.

use std::sync::Arc;

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::MOVES;
use crate::model::journey::Stage;
use crate::model::touchpoint::Cause;

use super::bend::{Bend, Own};
use super::effect::Effect;
use super::layout::{Layout, StageCells};
use super::purchase_law::{poisson, until_leaving};
use super::rows::{Kinds, Rows};
use super::table::{CohortTable, StageNumbers};
use super::tally::{Tally, product, sum};
use super::touch_met::{Kind, Met};
use super::touch_numbers::PointNumbers;
use super::work::Making;

/// When in a period touchpoints happen, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before the move.
    Before,
    /// After purchases, to those who have stayed where they were.
    After,
    /// After purchases, to those who have come to the stage.
    Entered,
    /// After the purchase after which customers have left this stage, to those who have come from there.
    Left(usize),
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

/// What touchpoints do: one effect where that is the same for all kinds, or one for each; none where nothing happens.
#[derive(Default)]
pub struct Effects(Vec<Arc<Effect>>);

impl Effects {
    /// That on a kind.
    pub fn of(&self, kind: usize) -> Option<&Effect> {
        self.0.get(kind).or(self.0.last()).map(Arc::as_ref)
    }
}

/// What they do in a stage.
#[derive(Default)]
struct Touched {
    before: Effects,
    after: Effects,
    entered: Effects,
    /// By way out after a purchase, in the stage that it leads to.
    left: Vec<Effects>,
    /// What is done before the move is made by the version of the numbers, and by the age of the customers.
    made_by: (u32, u32),
    /// What is done after it by both, and by the version of the numbers where purchases lead.
    later_by: (u32, u32, u32),
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
        for at in 0..table.stages.len() {
            let buys = self.model.stages[at].purchases.is_some();
            let leads: Vec<usize> =
                self.model.stages[at].leaves().filter(|_| buys).map(|exit| exit.to.index()).collect();
            let meets = |stage: &usize| !table.stages[*stage].points.is_empty();
            let leads_to_some = self.layout.touch.is_late && leads.iter().any(meets);
            if !(meets(&at) || leads_to_some) {
                continue;
            }
            let [by_age, later_by_age] = self.by_age(at, &leads).map(|by_age| if by_age { age } else { 0 });
            // Versions only grow: their sum tells whether any is another.
            let (version, there) = (table.stages[at].version, leads.iter().map(|its| table.stages[*its].version).sum());
            if self.stages[at].made_by != (version, by_age) {
                let before = self.effects(table, (rows, age), at, Moment::Before);
                (self.stages[at].before, self.stages[at].made_by) = (before, (version, by_age));
            }
            if self.layout.touch.is_late && self.stages[at].later_by != (version, there, later_by_age) {
                let separates = self.layout.touch.separates;
                let mut of = |stage, moment| self.effects(table, (rows, age), stage, moment);
                let after = of(at, Moment::After);
                let entered = if separates { of(at, Moment::Entered) } else { Effects::default() };
                let left = leads.into_iter().map(|stage| of(stage, Moment::Left(at))).collect();
                let Touched { before, made_by, .. } = std::mem::take(&mut self.stages[at]);
                let later_by = (version, there, later_by_age);
                self.stages[at] = Touched { before, after, entered, left, made_by, later_by };
            }
        }
    }

    /// Whether what touchpoints do in a stage before the move, and after it, depends on the age of customers; purchases lead to
    /// others.
    fn by_age(&self, stage: usize, leads: &[usize]) -> [bool; 2] {
        let of = |stage: usize| self.layout.stages[stage].touches_by_age;
        [of(stage)[0], of(stage)[1] || leads.iter().any(|stage| of(*stage)[1])]
    }

    /// What touchpoints of a stage do.
    fn effects(
        &mut self,
        table: &CohortTable<'_, '_>,
        (rows, age): (&Rows<'_>, u32),
        stage: usize,
        moment: Moment,
    ) -> Effects {
        let (model, layout, kinds, nodes) = (self.model, self.layout, self.kinds, self.nodes);
        let plan = &layout.touch;
        let met = |its: &&PointNumbers| match its.cause {
            Cause::Entry => matches!(moment, Moment::Entered | Moment::Left(_)),
            _ => plan.points[its.place].is_late == (moment != Moment::Before),
        };
        let points: Vec<&PointNumbers> = table.stages[stage].points.iter().filter(met).collect();
        if points.is_empty() {
            return Effects::default();
        }
        // Where they have bought.
        let bought = match moment {
            Moment::Before => None,
            Moment::Left(from) => Some(from),
            Moment::After | Moment::Entered => model.stages[stage].purchases.is_some().then_some(stage),
        };
        let of_traits = points.iter().any(|its| its.reads_traits())
            || bought.is_some_and(|from| buys_by_trait(&model.stages[from], &table.stages[from]));
        let turns = points.iter().any(|its| plan.turns.contains(&its.place));
        let one = |kind: usize| {
            let its = OneKind { rows, layout, kinds, traits: model.traits.len(), nodes, kind, age };
            let stream = bought.map(|from| {
                let (rate, chance) = &rows.stages[from].stream;
                (&rate[kind * nodes..][..nodes], chance[kind])
            });
            let make = || {
                let law = stream.map(|(rate, chance)| match moment {
                    Moment::Left(_) => until_leaving(rate, chance),
                    _ => poisson(&rate.iter().map(|rate| rate * (1.0 - chance)).collect::<Vec<f64>>()),
                });
                Effect::of((model, plan), points.iter().map(|point| Met::of(point, &its)), law.as_ref(), nodes)
            };
            if of_traits {
                return (Arc::new(make()), true);
            }
            let mut made_by = table.stages[stage].touched_by.clone();
            let entries = points.iter().filter(|its| its.cause == Cause::Entry).count();
            let left = matches!(moment, Moment::Left(_));
            made_by.extend([stage as u64, u64::from(moment != Moment::Before), u64::from(left), entries as u64]);
            made_by.extend(points.iter().filter_map(|point| Some(u64::from(its.meets_in_turn(point)?))));
            let stream = stream.into_iter().flat_map(|(rate, chance)| rate.iter().copied().chain([chance]));
            made_by.extend(stream.map(f64::to_bits));
            (table.kernels().effect(made_by, make), false)
        };
        let made: Vec<(Arc<Effect>, bool)> =
            (0..if of_traits || turns { kinds.shares.len() } else { 1 }).map(one).collect();
        self.work = made.iter().filter(|(_, own)| *own).fold(self.work, |all, (effect, _)| all + effect.work);
        Effects(made.into_iter().map(|(effect, _)| effect).collect())
    }

    /// What touchpoints do to those who have left a stage by a way out after a purchase, where they come to.
    pub fn after_leaving(&self, stage: usize, way: usize) -> &Effects {
        const NONE: &Effects = &Effects(Vec::new());
        self.stages[stage].left.get(way).unwrap_or(NONE)
    }

    fn at(&self, moment: Moment) -> impl Iterator<Item = (&StageCells, &Effects)> {
        self.layout.stages.iter().zip(self.stages.iter().map(move |its| match moment {
            Moment::Before => &its.before,
            Moment::Entered => &its.entered,
            Moment::After | Moment::Left(_) => &its.after,
        }))
    }

    /// Touchpoints happen: they are counted, and move the weights of customers, given by cell, kind and satisfaction. Those whom
    /// they take elsewhere are added where they go.
    pub fn meet(&self, moment: Moment, lane: &mut [f64], sent: &mut [f64], tally: &mut Tally) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        let (mut felt, mut kept) = (vec![0.0; nodes], vec![0.0; nodes]);
        for (stage, effects) in self.at(moment).filter(|(_, effects)| !effects.0.is_empty()) {
            for (ever, cell) in stage.both() {
                let kinds = lane[cell * width..][..width].chunks_exact_mut(nodes).enumerate();
                for (kind, weights) in kinds.filter(|(_, weights)| weights.iter().any(|weight| *weight != 0.0)) {
                    let Some(effect) = effects.of(kind) else { continue };
                    for (to, kernel) in &effect.sent {
                        let Some((to, way)) = stage.sent_to(*to, ever) else { continue };
                        kernel.feel(weights, &mut felt);
                        if way.taken < 1.0 {
                            for (felt, kept) in felt.iter_mut().zip(&mut kept) {
                                *kept += (1.0 - way.taken) * *felt;
                                *felt *= way.taken;
                            }
                        }
                        let there = sent[to * width + kind * nodes..][..nodes].iter_mut();
                        there.zip(&felt).for_each(|(there, felt)| *there += felt);
                        if let Some(slot) = way.slot {
                            tally.cells(MOVES)[slot] += sum(&felt);
                        }
                    }
                    effect.feel(weights, &mut felt, tally);
                    weights.iter_mut().zip(&mut kept).for_each(|(weight, kept)| *weight += std::mem::take(kept));
                }
            }
        }
    }

    /// From after touchpoints to before them: values what they are expected to come to at time `t`. `there` are the values of
    /// customers after the move.
    pub fn value(&self, moment: Moment, values: &mut [f64], there: &[f64], (rewards, t): (&Counts<f64>, usize)) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        let (mut expected, mut gone, mut kept) = (vec![0.0; nodes], vec![0.0; nodes], vec![0.0; nodes]);
        for (stage, effects) in self.at(moment).filter(|(_, effects)| !effects.0.is_empty()) {
            for (ever, cell) in stage.both() {
                for (kind, values) in values[cell * width..][..width].chunks_exact_mut(nodes).enumerate() {
                    let Some(effect) = effects.of(kind) else { continue };
                    kept.copy_from_slice(values);
                    effect.expect(values, &mut expected, (rewards, t));
                    for (to, kernel) in &effect.sent {
                        let Some((to, way)) = stage.sent_to(*to, ever) else { continue };
                        let worth = way.slot.map_or(0.0, |slot| rewards.cells(MOVES, t)[slot]);
                        let there = &there[to * width + kind * nodes..][..nodes];
                        gone.iter_mut().zip(there).for_each(|(gone, there)| *gone = there + worth);
                        if way.taken < 1.0 {
                            let both = gone.iter_mut().zip(&kept);
                            both.for_each(|(gone, kept)| *gone += (1.0 - way.taken) * (kept - *gone));
                        }
                        kernel.expect(&gone, &mut expected);
                        values.iter_mut().zip(&expected).for_each(|(value, expected)| *value += expected);
                    }
                }
            }
        }
    }

    /// How often customers of each kind, given as they are at the end of a period, meet each touchpoint in one like it.
    pub fn met_by_kind(&self, lane: &[f64], into: &mut [Vec<f64>]) {
        let (width, nodes) = (self.kinds.shares.len() * self.nodes, self.nodes);
        into.iter_mut().for_each(|into| into.resize(self.kinds.shares.len(), 0.0));
        for moment in [Moment::Before, Moment::After, Moment::Entered] {
            for (stage, effects) in self.at(moment).filter(|(_, effects)| !effects.0.is_empty()) {
                for (_, cell) in stage.both() {
                    for (kind, weights) in lane[cell * width..][..width].chunks_exact(nodes).enumerate() {
                        let counts = effects.of(kind).map(|its| its.counts.as_slice()).unwrap_or_default();
                        for (counter, _, often) in counts.iter().filter(|(_, cell, _)| *cell == 0) {
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
}

/// Whether purchases, or leaving after one, depend on traits.
fn buys_by_trait(written: &Stage, numbers: &StageNumbers) -> bool {
    written.purchases.as_ref().is_some_and(|its| its.rate_trait.is_some())
        || !numbers.purchases.2.traits.is_empty()
        || numbers.own.as_ref().is_some_and(|own| !own.bend.traits.is_empty())
        || numbers.leaves.iter().any(|leave| matches!(leave, Own::Of(..)))
}
