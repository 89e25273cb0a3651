//! The program: what of the period loop a model uses, and the tables that never change during a run.

use crate::model::Model;
use crate::model::journey::{Clock, Driver, Stage, State};
use crate::quantity::{StageId, TraitId};
use crate::stats::distribution::Distribution;

use super::shape::{ClockShape, OwnShape, RowShape, clock_shapes, own_chances, own_shapes, row_shapes};
use crate::engine::chance::narrow::{place, single, whole};
use crate::engine::chance::sampler::{Sampler, threshold};
use crate::engine::lanes::Strip;

/// What of the period loop a model uses; what is not used costs nothing.
///
/// Lanes beyond the last customer of a block are in a stage of their own, [`Program::nobody`], where nothing happens;
/// every strip has a place for it after those of the stages.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that the loop asks")]
pub struct Program {
    /// The number of stages.
    pub stages: usize,
    /// How far look-ups by stage reach.
    pub reach: Reached,
    /// The most places a row can lead to, staying included, rounded up to what kernels are made for.
    pub width: usize,
    /// For each stage, how its rows are laid out.
    pub rows: Vec<RowShape>,
    /// The first row of each stage.
    pub first_row: Strip,
    /// The clocks that rows are read by.
    pub clocks: Vec<ClockShape>,
    /// For each stage, whether nothing more happens to a customer there: all bits or none.
    pub inert: Strip,
    /// For each stage, whether customers count as retained: all bits or none.
    pub retained: Strip,
    /// One bit for each stage in a byte of its own, four stages to a strip; empty where stages are counted one by one.
    pub tallies: Vec<Strip>,
    /// For each stage, whether customers talk.
    pub talks: Vec<bool>,
    /// Whether customers remember what they experience.
    pub remembers: bool,
    /// Whether anything is bought.
    pub buys: bool,
    /// Whether a chance is taken after purchases.
    pub leaves: bool,
    /// Whether chances are read by periods in the stage.
    pub counts_periods_in_stage: bool,
    /// Whether rows differ from customer to customer.
    pub bends: bool,
    /// What drives moves.
    pub move_states: Vec<State>,
    /// What drives purchases.
    pub rate_states: Vec<State>,
    /// The traits that multiply rates, each with the stages where it does: 1 or 0.
    pub rate_traits: Vec<(TraitId, Strip)>,
    /// The chances that are the customer's own.
    pub own: Vec<OwnShape>,
    /// The number of chances that are the customer's own, those taken after purchases included.
    pub own_columns: usize,
    /// Whether customers feel what others do.
    pub coupled: bool,
    /// Whether somebody starts where nobody counts as retained.
    pub acquires: bool,
    /// Whether lives are compared between scenarios.
    pub compares: bool,
    /// Whether it matters, after the move, where customers were before.
    pub needs_before: bool,
    /// The moves that money is booked on, as `from * stages + to`; their order is the ledger's.
    pub booked_moves: Vec<usize>,
    /// For each pair `from * stages + to`, its place in `booked_moves` plus 1, or 0.
    pub move_slot: Vec<u16>,
    /// What one period in each stage is like, around its mean.
    pub quality: Vec<Option<Sampler>>,
    /// The standard deviation of qualities that are normal, 0 of others.
    pub quality_spread: Strip,
    /// Whether any quality is normal.
    pub quality_is_normal: bool,
    /// Stages whose quality is neither normal nor constant.
    pub quality_by_list: Vec<usize>,
    /// Those stages: 1 or 0.
    pub quality_listed: Strip,
    /// A basket of each stage as a multiple of its mean.
    pub baskets: Vec<Option<Sampler>>,
    /// The standard deviation of that multiple.
    pub basket_spread: Vec<f64>,
    /// Satisfaction at the start.
    pub first_satisfaction: Option<Sampler>,
    /// For each segment: where its customers start, and its traits.
    pub segments: Vec<Beginning>,
    /// For each segment, where those start who come later; empty where nobody does.
    pub newcomers: Vec<Option<Starts>>,
    /// The luck number of each trait.
    pub trait_luck: Vec<u32>,
    /// For each trait, where drivers have no effect.
    pub trait_neutral: Vec<f32>,
    /// For each trait, 1 where it grows by one each period.
    pub trait_growth: Vec<f32>,
    /// The satisfaction at which drivers have no effect.
    pub neutral_satisfaction: f32,
}

/// How far a look-up by stage reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Up to 8 places.
    Eight,
    /// Up to 16 places.
    Sixteen,
    /// Any number of places.
    Many,
}

/// Where customers start.
#[derive(Clone)]
pub struct Starts {
    /// Word thresholds of the stages to start in; the last stage takes the rest.
    pub thresholds: Vec<u32>,
    /// The stages to start in.
    pub stages: Vec<u8>,
}

/// How a segment's customers begin.
#[derive(Clone)]
pub struct Beginning {
    /// Where those start who are there at the start.
    pub starts: Starts,
    /// The traits.
    pub traits: Vec<Sampler>,
}

impl Program {
    /// The program of a model.
    pub fn new(model: &Model) -> Self {
        let stages = model.stages.len();
        let rows = row_shapes(model);
        let booked_moves = booked_moves(model);
        let mut move_slot = vec![0; stages * stages];
        for (slot, pair) in booked_moves.iter().enumerate() {
            move_slot[*pair] = u16::try_from(slot + 1).unwrap_or(u16::MAX);
        }
        let remembers = model.experience.is_some();
        let quality: Vec<_> = model.stages.iter().map(|s| s.quality.as_ref().map(|q| quality(&q.law))).collect();
        let by_list = |q: &Option<Sampler>| !matches!(q, None | Some(Sampler::Normal { .. } | Sampler::Constant(_)));
        let spread = |q: &Option<Sampler>| if let Some(Sampler::Normal { sd, .. }) = q { *sd } else { 0.0 };
        let segments: Vec<Beginning> = model.segments.iter().map(beginning).collect();
        let newcomers: Vec<Option<Starts>> =
            model.segments.iter().map(|its| its.inflow.as_ref().map(|inflow| starting(&inflow.start))).collect();
        let starts = |stage: &u8| !model.stages[*stage as usize].retained;
        let total: usize = rows.iter().map(|row| row.count).sum();
        let counts_periods_in_stage = model.stages.iter().any(|s| s.clocks().contains(&Clock::PeriodsInStage));
        let compares = model.scenarios.len() > 1;
        let bends = model.stages.iter().any(Stage::is_bent);
        Self {
            stages,
            reach: reached(stages + 1),
            width: rounded(model.stages.iter().map(|s| s.moves().count() + 1).max().unwrap_or(1)),
            first_row: Strip::of(rows.iter().map(|row| row.first).chain([total]).map(whole)),
            clocks: clock_shapes(&rows),
            inert: bits(model.stages.iter().map(|s| s.is_inert(remembers)).chain([true])),
            retained: bits(model.stages.iter().map(|s| s.retained).chain([false])),
            tallies: tallies(stages),
            talks: model.stages.iter().map(|s| s.talks).collect(),
            remembers,
            buys: model.stages.iter().any(|s| s.purchases.is_some()),
            leaves: model.stages.iter().any(|s| s.leaves().next().is_some()),
            counts_periods_in_stage,
            bends,
            move_states: states(model, model.stages.iter().flat_map(Stage::move_drivers)),
            rate_states: states(
                model,
                model.stages.iter().filter_map(|s| s.purchases.as_ref()).flat_map(|p| &p.drivers),
            ),
            rate_traits: rate_traits(model),
            own: own_shapes(model, &rows),
            own_columns: own_chances(model).len(),
            coupled: model.is_coupled(),
            acquires: segments
                .iter()
                .map(|segment| &segment.starts)
                .chain(newcomers.iter().flatten())
                .flat_map(|its| &its.stages)
                .any(starts),
            compares,
            needs_before: compares || counts_periods_in_stage || !booked_moves.is_empty(),
            rows,
            booked_moves,
            move_slot,
            quality_spread: Strip::of_f32(quality.iter().map(spread).chain([0.0])),
            quality_is_normal: quality.iter().any(|q| matches!(q, Some(Sampler::Normal { .. }))),
            quality_by_list: (0..stages).filter(|stage| by_list(&quality[*stage])).collect(),
            quality_listed: Strip::of(quality.iter().map(|q| u32::from(by_list(q))).chain([0])),
            quality,
            baskets: model
                .stages
                .iter()
                .map(|s| s.purchases.as_ref().map(|p| Sampler::new(&p.basket_law, 0.0, f64::INFINITY)))
                .collect(),
            basket_spread: model
                .stages
                .iter()
                .map(|s| s.purchases.as_ref().map_or(0.0, |p| p.basket_law.sd()))
                .collect(),
            first_satisfaction: model.experience.as_ref().map(|e| Sampler::new(&e.start, 0.0, 1.0)),
            segments,
            newcomers,
            trait_luck: model.traits.iter().map(|t| t.luck).collect(),
            trait_neutral: model.traits.iter().map(|t| single(t.neutral)).collect(),
            trait_growth: model.traits.iter().map(|t| f32::from(u8::from(t.ages))).collect(),
            neutral_satisfaction: model.experience.as_ref().map_or(0.0, |e| single(e.neutral)),
        }
    }

    /// The same for customers whose lives are not compared.
    #[must_use]
    pub fn uncompared(&self) -> Self {
        let needs_before = self.counts_periods_in_stage || !self.booked_moves.is_empty();
        Self { compares: false, needs_before, ..self.clone() }
    }

    /// How many stages are counted, and how many moves that money is booked on.
    pub fn counted(&self) -> (usize, usize) {
        (self.stages, self.booked_moves.len())
    }

    /// The stage of lanes beyond the last customer.
    pub fn nobody(&self) -> u32 {
        whole(self.stages)
    }

    /// Whether rows are looked up four numbers at a time.
    pub fn has_fours(&self) -> bool {
        !self.clocks.is_empty() && self.width == 4
    }

    /// The number of rows of all stages; one more is that of nobody.
    pub fn row_count(&self) -> usize {
        self.rows.iter().map(|row| row.count).sum()
    }

    /// How much a trait has grown in a customer's `age`-th period, counted from 1: one for each period before where it
    /// ages.
    pub fn growth(&self, of: TraitId, age: u32) -> f32 {
        self.trait_growth[of.index()] * (age - 1) as f32
    }

    /// Where a state has no effect in a customer's `age`-th period, as columns hold it.
    pub fn neutral(&self, state: State, age: u32) -> f32 {
        match state {
            State::Satisfaction => self.neutral_satisfaction,
            State::Trait(of) => self.trait_neutral[of.index()] - self.growth(of, age),
        }
    }
}

fn bits(yes: impl Iterator<Item = bool>) -> Strip {
    Strip::of(yes.map(|yes| if yes { u32::MAX } else { 0 }))
}

/// Kernels are made for rows of 4 and of 8 places, and for any multiple of 4.
fn rounded(width: usize) -> usize {
    width.next_multiple_of(4)
}

fn reached(places: usize) -> Reached {
    match places {
        0..=8 => Reached::Eight,
        9..=16 => Reached::Sixteen,
        _ => Reached::Many,
    }
}

fn tallies(stages: usize) -> Vec<Strip> {
    if reached(stages + 1) == Reached::Many {
        return Vec::new();
    }
    let byte = |strip: usize, stage: usize| if stage / 4 == strip { 1 << (8 * (stage % 4)) } else { 0 };
    (0..stages.div_ceil(4)).map(|strip| Strip::of((0..stages).map(|stage| byte(strip, stage)).chain([0]))).collect()
}

/// The states that drive, in an order that the file's does not change, as their sums are rounded.
fn states<'m>(model: &Model, drivers: impl Iterator<Item = &'m Driver>) -> Vec<State> {
    let mut states: Vec<State> = drivers.map(|driver| driver.on).collect();
    states.sort_unstable_by_key(|state| match state {
        State::Satisfaction => (0, 0, 0),
        State::Trait(of) => (1, model.traits[of.index()].luck, of.index()),
    });
    states.dedup();
    states
}

fn rate_traits(model: &Model) -> Vec<(TraitId, Strip)> {
    let of = |stage: &Stage| stage.purchases.as_ref().and_then(|p| p.rate_trait);
    let mut traits: Vec<TraitId> = model.stages.iter().filter_map(of).collect();
    traits.sort_unstable();
    traits.dedup();
    let strip = |its: TraitId| Strip::of(model.stages.iter().map(|s| u32::from(of(s) == Some(its))).chain([0]));
    traits.into_iter().map(|its| (its, strip(its))).collect()
}

/// A quality as what is added to its mean; a Bernoulli keeps its word, because its mean is its chance.
fn quality(law: &Distribution) -> Sampler {
    match law {
        Distribution::Bernoulli { .. } => Sampler::Bernoulli(0),
        law => law.shifted(-law.mean()).map_or_else(
            || {
                let table =
                    Box::new(crate::engine::chance::quantile::QuantileTable::new(|p| law.quantile(p) - law.mean()));
                Sampler::Table { table, low: f32::NEG_INFINITY, high: f32::INFINITY }
            },
            |centred| Sampler::new(&centred, f64::NEG_INFINITY, f64::INFINITY),
        ),
    }
}

fn beginning(segment: &crate::model::people::Segment) -> Beginning {
    let traits = segment.traits.iter().map(|law| Sampler::new(law, f64::NEG_INFINITY, f64::INFINITY)).collect();
    Beginning { starts: starting(&segment.start), traits }
}

fn starting(shares: &[(StageId, f64)]) -> Starts {
    let mut sum = 0.0;
    let mut thresholds = Vec::new();
    let mut stages = Vec::new();
    for (stage, share) in shares.iter().filter(|(_, share)| *share > 0.0) {
        sum += share;
        thresholds.push(threshold(sum));
        stages.push(place(*stage));
    }
    thresholds.pop();
    Starts { thresholds, stages }
}

fn booked_moves(model: &Model) -> Vec<usize> {
    let mut moves: Vec<usize> = model
        .stages
        .iter()
        .enumerate()
        .flat_map(|(from, stage)| stage.on_move.iter().map(move |(to, _)| from * model.stages.len() + to.index()))
        .collect();
    moves.sort_unstable();
    moves.dedup();
    moves
}
