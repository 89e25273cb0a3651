//! The cohort is the exact expectation where nothing couples customers: no chance, no simulated customers.
//!
//! A cohort's shares by stage are propagated through the rows (Sonnenberg & Beck 1993, "Markov models in medical
//! decision making", Medical Decision Making 13(4)); stages whose chances depend on the time in them are spread over
//! tunnel states. Traits that bend rows are integrated over their distribution. Purchases are a Poisson stream;
//! thinned by a chance `c` of leaving after each, λ of them become (1 - exp(-λc))/c (Kingman 1993, "Poisson processes").

use crate::model::Model;
use crate::model::journey::{Chance, Clock, Driver, Exit, Purchases, Stage, State};
use crate::model::param::ParamSet;
use crate::model::rows::{Moment, combinations};
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, TraitId};
use crate::stats::distribution::Distribution;

use super::flows::Flows;
use super::program::Program;
use super::quadrature::{Nodes, nodes, whole_parts};

/// The most combinations of trait values for one segment, and for a study with uncertain numbers,
/// where they are needed in every replication.
const MOST_NODES: usize = 10_000;
const MOST_NODES_UNCERTAIN: usize = 200;

/// Why a model has no exact expectation; empty where it has one.
pub fn obstacles(model: &Model) -> Vec<String> {
    let mut found = Vec::new();
    for stage in &model.stages {
        for exit in &stage.exits {
            if exit.word_of_mouth.is_some() {
                found.push(format!("word of mouth in `{}` couples customers", stage.name));
            }
            if exit.drivers.iter().any(|driver| driver.on == State::Satisfaction) {
                found.push(format!(
                    "satisfaction drives moves out of `{}`, and differs from customer to customer over time",
                    stage.name
                ));
            }
        }
        if stage.purchases.iter().any(|p| p.drivers.iter().any(|driver| driver.on == State::Satisfaction)) {
            found.push(format!(
                "satisfaction drives purchases in `{}`, and differs from customer to customer over time",
                stage.name
            ));
        }
    }
    found.dedup();
    if found.is_empty() {
        found.extend(too_many_nodes(model));
    }
    found
}

fn too_many_nodes(model: &Model) -> Option<String> {
    let most = if model.is_uncertain() { MOST_NODES_UNCERTAIN } else { MOST_NODES };
    let clash = bending(model).into_iter().find(|(of, by_list)| *by_list && drives(model, *of));
    if let Some((of, _)) = clash {
        return Some(format!("chances are both listed by `{0}` and driven by it", model.traits[of.index()].name));
    }
    let count = |segment: usize| grids(model, segment).iter().map(|(_, nodes)| nodes.len()).product::<usize>();
    let needed = (0..model.segments.len()).map(count).max().unwrap_or(1);
    let names: Vec<&str> = bending(model).iter().map(|(of, _)| model.traits[of.index()].name.as_str()).collect();
    (needed > most)
        .then(|| format!("it would take {needed} combinations of the traits {}, more than {most}", names.join(", ")))
}

/// The traits that expectations do not depend on linearly, and whether lists are read by them.
fn bending(model: &Model) -> Vec<(TraitId, bool)> {
    let multipliers = |of: TraitId| {
        let purchases = model.stages.iter().filter_map(|s| s.purchases.as_ref());
        let rate = purchases.clone().any(|p| p.rate_trait == Some(of));
        let basket = purchases.clone().any(|p| p.basket_trait == Some(of));
        let leaves = model
            .stages
            .iter()
            .any(|s| s.leaves().next().is_some() && s.purchases.as_ref().is_some_and(|p| p.rate_trait == Some(of)));
        (rate && basket) || leaves
    };
    (0..model.traits.len())
        .map(TraitId::from)
        .filter_map(|of| {
            let listed = model.stages.iter().any(|s| s.clocks().contains(&Clock::Age(of)));
            let own = model
                .stages
                .iter()
                .flat_map(|s| &s.exits)
                .any(|e| matches!(e.chance, Chance::Own { of: its, .. } if its == of));
            (listed || own || drives(model, of) || multipliers(of)).then_some((of, listed))
        })
        .collect()
}

fn drives(model: &Model, of: TraitId) -> bool {
    let purchases = model.stages.iter().filter_map(|s| s.purchases.as_ref()).flat_map(|p| &p.drivers);
    model.stages.iter().flat_map(Stage::move_drivers).chain(purchases).any(|driver| driver.on == State::Trait(of))
}

fn grids(model: &Model, segment: usize) -> Vec<(TraitId, Nodes)> {
    bending(model)
        .into_iter()
        .map(|(of, listed)| {
            let law = &model.segments[segment].traits[of.index()];
            (of, if listed { whole_parts(law) } else { nodes(law) })
        })
        .collect()
}

/// The expected flows of one scenario and segment for one draw of the numbers, for one customer.
///
/// Call only where [`obstacles`] finds none.
pub fn expected(model: &Model, program: &Program, drawn: &ParamSet, scenario: ScenarioId, segment: SegmentId) -> Flows {
    let timeline = Timeline::new(model, drawn, scenario, segment);
    let rows = Rows::new(model, &timeline);
    let grids = grids(model, segment.index());
    let lengths: Vec<usize> = grids.iter().map(|(_, nodes)| nodes.len()).collect();
    let mut flows = Flows::empty(program.stages, program.booked_moves.len(), model.run.horizon);
    let mut traits: Vec<f64> = model.segments[segment.index()].traits.iter().map(Distribution::mean).collect();
    for combination in combinations(&lengths) {
        let mut weight = 1.0;
        for ((of, nodes), at) in grids.iter().zip(combination) {
            traits[of.index()] = nodes[at].0;
            weight *= nodes[at].1;
        }
        if weight > 0.0 {
            Cohort { model, program, timeline: &timeline, rows: &rows, traits: &traits, weight, flows: &mut flows }
                .run(segment);
        }
    }
    flows
}

/// The chances at neutral by period, stage and combination of clocks, own chances as 0.
struct Rows {
    values: Vec<ParamSet>,
    chances: Vec<Vec<Vec<Vec<f64>>>>,
}

impl Rows {
    fn new(model: &Model, timeline: &Timeline<'_>) -> Self {
        let mut values: Vec<ParamSet> = Vec::new();
        let mut chances: Vec<Vec<Vec<Vec<f64>>>> = Vec::new();
        let follows = model.stages.iter().any(Stage::follows_the_period);
        for t in 0..=model.run.horizon {
            let same = t > 1 && timeline.epoch(t) != t;
            values.push(if same { values[t as usize - 1].clone() } else { timeline.values(t).0 });
            if same && !follows {
                chances.push(chances[t as usize - 1].clone());
                continue;
            }
            let numbers = &values[t as usize];
            let of_stage = |stage: &Stage| {
                let lengths = stage.clock_lengths();
                combinations(&lengths)
                    .map(|clocks| stage.chances(&Moment { values: numbers, period: t, clocks: &clocks, talkers: 0.0 }))
                    .collect()
            };
            chances.push(model.stages.iter().map(of_stage).collect());
        }
        Self { values, chances }
    }
}

/// A cohort of customers with the same traits.
struct Cohort<'a, 'm> {
    model: &'m Model,
    program: &'a Program,
    timeline: &'a Timeline<'m>,
    rows: &'a Rows,
    traits: &'a [f64],
    weight: f64,
    flows: &'a mut Flows,
}

/// The share of a cohort in one stage by whether it was ever retained (0, 1) and by periods in the stage.
type Tunnel = [Vec<f64>; 2];

impl Cohort<'_, '_> {
    fn run(&mut self, segment: SegmentId) {
        let mut tunnels: Vec<Tunnel> = self
            .model
            .stages
            .iter()
            .map(|stage| {
                let length = tunnel_length(stage);
                [vec![0.0; length], vec![0.0; length]]
            })
            .collect();
        for (stage, share) in &self.model.segments[segment.index()].start {
            tunnels[stage.index()][usize::from(self.model.stages[stage.index()].retained)][0] += share * self.weight;
        }
        self.count(&tunnels, 0);
        for t in 1..=self.model.run.horizon {
            tunnels = self.travel(&tunnels, t);
            self.buy(&mut tunnels, t);
            self.count(&tunnels, t);
        }
    }

    fn travel(&mut self, tunnels: &[Tunnel], t: u32) -> Vec<Tunnel> {
        let mut next: Vec<Tunnel> = tunnels.iter().map(|[a, b]| [vec![0.0; a.len()], vec![0.0; b.len()]]).collect();
        for (from, tunnel) in tunnels.iter().enumerate() {
            let stage = &self.model.stages[from];
            for k in 0..tunnel[0].len() {
                let mass = [tunnel[0][k], tunnel[1][k]];
                if mass == [0.0, 0.0] {
                    continue;
                }
                let chances = self.row(from, k, t);
                let stay = (1.0 - chances.iter().sum::<f64>()).max(0.0);
                let later = (k + 1).min(tunnel[0].len() - 1);
                for ever in 0..2 {
                    next[from][ever][later] += mass[ever] * stay;
                    for (exit, chance) in stage.moves().zip(&chances) {
                        let to = exit.to.index();
                        let now = ever | usize::from(self.model.stages[to].retained);
                        next[to][now][0] += mass[ever] * chance;
                        self.book(from, to, mass[ever] * chance, t);
                    }
                }
            }
        }
        next
    }

    fn book(&mut self, from: usize, to: usize, mass: f64, t: u32) {
        let slot = self.program.move_slot[from * self.program.stages + to];
        if slot > 0 {
            self.flows.moves[t as usize][slot as usize - 1] += mass;
        }
    }

    /// The chances of a row for these traits, as the mechanism in `travel.rs` bends them.
    fn row(&self, from: usize, periods: usize, t: u32) -> Vec<f64> {
        let stage = &self.model.stages[from];
        let shape = &self.program.rows[from];
        let at = shape.clocks.iter().map(|(clock, length, stride)| {
            let place = match clock {
                Clock::Age(of) => self.whole_age(*of, t),
                _ => periods,
            };
            place.min(length - 1) * stride
        });
        let mut chances = self.rows.chances[t as usize][from][at.sum::<usize>()].clone();
        if !self.model.stages[from].is_bent() {
            return chances;
        }
        let mut stay = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        for (exit, chance) in stage.moves().zip(&mut chances) {
            if let Chance::Own { .. } = exit.chance {
                *chance = self.own_chance(exit, t).min(stay);
                stay -= *chance;
            }
        }
        let values = &self.rows.values[t as usize];
        for (exit, chance) in stage.moves().zip(&mut chances) {
            *chance *= libm::exp(self.exponent(&exit.drivers, values, t));
        }
        let total = stay + chances.iter().sum::<f64>();
        chances.into_iter().map(|chance| chance / total).collect()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held at 0; `as` saturates")]
    fn whole_age(&self, of: TraitId, t: u32) -> usize {
        self.traits[of.index()].max(0.0) as usize + t as usize - 1
    }

    fn trait_at(&self, of: TraitId, t: u32) -> f64 {
        let growth = f64::from(u8::from(self.model.traits[of.index()].ages));
        self.traits[of.index()] + growth * (f64::from(t) - 1.0)
    }

    fn exponent(&self, drivers: &[Driver], values: &ParamSet, t: u32) -> f64 {
        let one = |driver: &Driver| match driver.on {
            State::Trait(of) => values[driver.weight] * (self.trait_at(of, t) - self.model.traits[of.index()].neutral),
            State::Satisfaction => 0.0,
        };
        drivers.iter().map(one).sum()
    }

    fn own_chance(&self, exit: &Exit, t: u32) -> f64 {
        match exit.chance {
            Chance::Own { of, changes } => {
                let operations = self.timeline.own_operations(changes, t);
                let start = self.traits[of.index()];
                operations.iter().fold(start, |p, (op, amount, share)| op.apply(p, *amount, *share)).clamp(0.0, 1.0)
            }
            Chance::Fixed(id) => self.rows.values[t as usize][id],
            Chance::Listed { .. } => 0.0,
        }
    }

    fn buy(&mut self, tunnels: &mut [Tunnel], t: u32) {
        let mut left = Vec::new();
        for (place, stage) in self.model.stages.iter().enumerate() {
            let Some(purchases) = &stage.purchases else { continue };
            let rate = self.rate(purchases, t);
            let chances: Vec<(usize, f64)> =
                stage.leaves().map(|exit| (exit.to.index(), self.own_chance(exit, t))).collect();
            let chance: f64 = chances.iter().map(|(_, c)| c).sum();
            let gone = -libm::expm1(-rate * chance);
            let made = if chance > 0.0 { gone / chance } else { rate };
            let mass: f64 = tunnels[place].iter().flatten().sum();
            self.flows.purchases[t as usize][place] += mass * made;
            self.flows.baskets[t as usize][place] += mass * made * self.basket(purchases, t);
            if chance > 0.0 {
                left.extend(chances.iter().map(|(to, c)| (place, *to, gone * c / chance)));
            }
        }
        self.leave(tunnels, &left, t);
    }

    fn leave(&mut self, tunnels: &mut [Tunnel], left: &[(usize, usize, f64)], t: u32) {
        if left.is_empty() {
            return;
        }
        let before = tunnels.to_vec();
        for &(from, to, share) in left {
            for ever in 0..2 {
                let mass: f64 = before[from][ever].iter().sum();
                for (cell, was) in tunnels[from][ever].iter_mut().zip(&before[from][ever]) {
                    *cell -= was * share;
                }
                let now = ever | usize::from(self.model.stages[to].retained);
                tunnels[to][now][0] += mass * share;
                self.book(from, to, mass * share, t);
            }
        }
    }

    fn rate(&self, purchases: &Purchases, t: u32) -> f64 {
        let values = &self.rows.values[t as usize];
        let own = purchases.rate_trait.map_or(1.0, |of| self.trait_at(of, t).max(0.0));
        values[purchases.rate] * own * libm::exp(self.exponent(&purchases.drivers, values, t))
    }

    fn basket(&self, purchases: &Purchases, t: u32) -> f64 {
        let own = purchases.basket_trait.map_or(1.0, |of| self.trait_at(of, t).max(0.0));
        self.rows.values[t as usize][purchases.basket] * own
    }

    fn count(&mut self, tunnels: &[Tunnel], t: u32) {
        let t = t as usize;
        for (stage, [never, ever]) in tunnels.iter().enumerate() {
            let ever: f64 = ever.iter().sum();
            self.flows.customers[t][stage] += never.iter().sum::<f64>() + ever;
            self.flows.acquired[t] += ever;
        }
    }
}

fn tunnel_length(stage: &Stage) -> usize {
    let clocks = stage.clocks();
    let at = clocks.iter().position(|clock| *clock == Clock::PeriodsInStage);
    at.map_or(1, |at| stage.clock_lengths()[at])
}
