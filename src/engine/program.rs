//! The program: what of the period loop a model uses, and the tables that never change during a run.

use crate::model::Model;
use crate::model::journey::{Chance, Clock, State};
use crate::quantity::{ParamId, StageId, TraitId};
use crate::stats::distribution::Distribution;

use super::sampler::{Sampler, threshold};

/// What of the period loop a model uses; what is not used costs nothing.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that the loop asks")]
pub struct Program {
    /// The number of stages.
    pub stages: usize,
    /// The most places a row can lead to, staying included.
    pub width: usize,
    /// For each stage, how its rows are laid out.
    pub rows: Vec<RowShape>,
    /// For each stage, whether nothing more happens to a customer there.
    pub inert: Vec<bool>,
    /// For each stage, 1 where customers count as retained.
    pub retained: Vec<u8>,
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
    /// Whether customers feel what others do.
    pub coupled: bool,
    /// The moves that money is booked on, as `from * stages + to`; their order is the ledger's.
    pub booked_moves: Vec<usize>,
    /// For each pair `from * stages + to`, its place in `booked_moves` plus 1, or 0.
    pub move_slot: Vec<u16>,
    /// What one period in each stage is like, around its mean.
    pub quality: Vec<Option<Sampler>>,
    /// A basket of each stage as a multiple of its mean.
    pub baskets: Vec<Option<Sampler>>,
    /// Satisfaction at the start.
    pub first_satisfaction: Option<Sampler>,
    /// For each segment: where its customers start, and its traits.
    pub segments: Vec<Beginning>,
    /// The luck number of each trait.
    pub trait_luck: Vec<u32>,
    /// For each trait, where drivers have no effect.
    pub trait_neutral: Vec<f32>,
    /// For each trait, 1 where it grows by one each period.
    pub trait_growth: Vec<f32>,
    /// The satisfaction at which drivers have no effect.
    pub neutral_satisfaction: f32,
}

/// How a segment's customers begin.
pub struct Beginning {
    /// Word thresholds of the stages to start in; the last stage takes the rest.
    pub thresholds: Vec<u32>,
    /// The stages to start in.
    pub stages: Vec<u8>,
    /// The traits.
    pub traits: Vec<Sampler>,
}

/// How the rows of one stage are laid out.
#[derive(Clone, Debug)]
pub struct RowShape {
    /// The first row of the stage.
    pub first: usize,
    /// How many rows it has, one for each combination of clocks.
    pub count: usize,
    /// The clocks, their list lengths and strides.
    pub clocks: Vec<(Clock, usize, usize)>,
    /// Where the row is bent by the customer: the places of its exits' driver classes.
    pub bent: Option<BentShape>,
}

/// What bends a row.
#[derive(Clone, Debug)]
pub struct BentShape {
    /// For each place of the row (exits and staying, in canonical order): its driver class, 0 for none.
    pub class: Vec<u8>,
    /// For each place: the stage it leads to.
    pub to: Vec<u8>,
    /// The place of staying.
    pub stay: usize,
    /// For each class from 1 on: an exit, as its place among the stage's moves, whose drivers make it.
    pub examples: Vec<usize>,
    /// The places whose chance is the customer's own, each with its column among the own chances of all stages.
    pub own: Vec<(usize, usize)>,
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
        let moment = |stage: &crate::model::journey::Stage| stage.clocks().contains(&Clock::PeriodsInStage);
        Self {
            stages,
            width: model.stages.iter().map(|s| s.moves().count() + 1).max().unwrap_or(1),
            inert: model.stages.iter().map(|s| s.is_inert(remembers)).collect(),
            retained: model.stages.iter().map(|s| u8::from(s.retained)).collect(),
            talks: model.stages.iter().map(|s| s.talks).collect(),
            remembers,
            buys: model.stages.iter().any(|s| s.purchases.is_some()),
            leaves: model.stages.iter().any(|s| s.leaves().next().is_some()),
            counts_periods_in_stage: model.stages.iter().any(moment),
            bends: rows.iter().any(|row| row.bent.is_some()),
            coupled: model.is_coupled(),
            rows,
            booked_moves,
            move_slot,
            quality: model.stages.iter().map(|s| s.quality.as_ref().map(|q| quality(&q.law))).collect(),
            baskets: model
                .stages
                .iter()
                .map(|s| s.purchases.as_ref().map(|p| Sampler::new(&p.basket_law, 0.0, f64::INFINITY)))
                .collect(),
            first_satisfaction: model.experience.as_ref().map(|e| Sampler::new(&e.start, 0.0, 1.0)),
            segments: model.segments.iter().map(beginning).collect(),
            trait_luck: model.traits.iter().map(|t| t.luck).collect(),
            trait_neutral: model.traits.iter().map(|t| single(t.neutral)).collect(),
            trait_growth: model.traits.iter().map(|t| f32::from(u8::from(t.ages))).collect(),
            neutral_satisfaction: model.experience.as_ref().map_or(0.0, |e| single(e.neutral)),
        }
    }
}

impl Program {
    /// How much a trait has grown by period `t`: one for each period before where it ages.
    pub fn growth(&self, of: TraitId, t: u32) -> f32 {
        self.trait_growth[of.index()] * (t - 1) as f32
    }
}

/// A quality as what is added to its mean; a Bernoulli keeps its word, because its mean is its chance.
fn quality(law: &Distribution) -> Sampler {
    match law {
        Distribution::Bernoulli { .. } => Sampler::Bernoulli(0),
        law => law.shifted(-law.mean()).map_or_else(
            || {
                let table = Box::new(super::quantile::QuantileTable::new(|p| law.quantile(p) - law.mean()));
                Sampler::Table { table, low: f32::NEG_INFINITY, high: f32::INFINITY }
            },
            |centred| Sampler::new(&centred, f64::NEG_INFINITY, f64::INFINITY),
        ),
    }
}

fn beginning(segment: &crate::model::people::Segment) -> Beginning {
    let mut sum = 0.0;
    let mut thresholds = Vec::new();
    let mut stages = Vec::new();
    for (stage, share) in segment.start.iter().filter(|(_, share)| *share > 0.0) {
        sum += share;
        thresholds.push(threshold(sum));
        stages.push(place(*stage));
    }
    thresholds.pop();
    let traits = segment.traits.iter().map(|law| Sampler::new(law, f64::NEG_INFINITY, f64::INFINITY)).collect();
    Beginning { thresholds, stages, traits }
}

/// The parameters of all chances that are the customer's own, in the order of stages and exits.
pub fn own_chances(model: &Model) -> Vec<ParamId> {
    let exits = model.stages.iter().flat_map(|stage| &stage.exits);
    let own = exits.filter_map(|exit| match exit.chance {
        Chance::Own { changes, .. } => Some(changes),
        _ => None,
    });
    own.collect()
}

fn row_shapes(model: &Model) -> Vec<RowShape> {
    let own_chances = own_chances(model);
    let mut first = 0;
    model
        .stages
        .iter()
        .enumerate()
        .map(|(place, stage)| {
            let lengths = stage.clock_lengths();
            let mut stride: usize = lengths.iter().product();
            let clocks = stage
                .clocks()
                .into_iter()
                .zip(lengths)
                .map(|(clock, length)| {
                    stride /= length;
                    (clock, length, stride)
                })
                .collect::<Vec<_>>();
            let count = clocks.iter().map(|(_, length, _)| length).product();
            let shape = RowShape {
                first,
                count,
                clocks,
                bent: stage.is_bent().then(|| bent_shape(stage, StageId::from(place), &own_chances)),
            };
            first += count;
            shape
        })
        .collect()
}

fn bent_shape(stage: &crate::model::journey::Stage, own: StageId, own_chances: &[ParamId]) -> BentShape {
    let mut shape = BentShape { class: Vec::new(), to: Vec::new(), stay: 0, examples: Vec::new(), own: Vec::new() };
    let moves: Vec<_> = stage.moves().collect();
    let stay = moves.iter().filter(|exit| exit.to < own).count();
    let states = |at: usize| moves[at].drivers.iter().map(|d| (d.on, d.weight)).collect::<Vec<(State, _)>>();
    for place_in_row in 0..=moves.len() {
        if place_in_row == stay {
            shape.stay = stay;
            shape.class.push(0);
            shape.to.push(place(own));
            continue;
        }
        let exit = place_in_row - usize::from(place_in_row > stay);
        let class = if moves[exit].drivers.is_empty() {
            0
        } else if let Some(known) = shape.examples.iter().position(|e| states(*e) == states(exit)) {
            known + 1
        } else {
            shape.examples.push(exit);
            shape.examples.len()
        };
        shape.class.push(u8::try_from(class).unwrap_or(u8::MAX));
        shape.to.push(place(moves[exit].to));
        if let Chance::Own { changes, .. } = moves[exit].chance {
            shape.own.extend(own_chances.iter().position(|id| *id == changes).map(|column| (place_in_row, column)));
        }
    }
    shape
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

/// A stage as the byte that columns hold; more than 255 stages are refused at compile.
pub fn place(stage: StageId) -> u8 {
    u8::try_from(stage.0).unwrap_or(u8::MAX)
}

/// A number as columns of customers hold it.
#[expect(clippy::cast_possible_truncation, reason = "columns of customers are single precision")]
pub fn single(x: f64) -> f32 {
    x as f32
}
