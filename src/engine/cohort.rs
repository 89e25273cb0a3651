//! The cohort is the exact expectation where nothing couples customers: no chance, no simulated customers.
//!
//! A cohort's shares by stage are propagated through the rows (Sonnenberg & Beck 1993, "Markov models in medical
//! decision making", Medical Decision Making 13(4)); stages whose chances depend on the time in them are spread over
//! tunnel states, and every share over the nodes of a satisfaction grid (`satisfaction_grid.rs`). Traits that bend rows
//! are integrated over their distribution. Purchases are a Poisson stream; thinned by a chance `c` of leaving after
//! each, λ of them become (1 - exp(-λc))/c (Kingman 1993, "Poisson processes").

use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::journey::{Chance, Clock, Driver, Exit, Purchases, Stage, State};
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, TraitId};

use super::cohort_table::CohortTable;
use super::flows::Flows;
use super::numeric::exp::exp_held;
use super::obstacle::{follows_satisfaction, kinds};
use super::program::Program;
use super::satisfaction_grid::SatisfactionGrid;

/// The intervals of the coarsest satisfaction grid.
const FEWEST_INTERVALS: usize = 8;
/// The intervals of the finest satisfaction grid.
pub const MOST_INTERVALS: usize = 256;
/// A grid is fine enough when one of half its intervals agrees with it as closely as this.
const AGREEMENT: f64 = 1e-7;

/// The expected flows of one scenario and segment for one draw of the numbers, for one customer who comes in period
/// `entry` (0: who is there at the start).
///
/// Call only where [`super::obstacle::obstacles`] finds none. The satisfaction grid is doubled until that changes
/// nothing that matters.
pub fn expected(model: &Model, program: &Program, drawn: &Draw, place: (ScenarioId, SegmentId), entry: u32) -> Flows {
    let on = |intervals| expected_on(model, program, drawn, place, entry, intervals);
    if !follows_satisfaction(model) {
        return on(0);
    }
    let mut intervals = FEWEST_INTERVALS;
    let mut flows = on(intervals);
    while intervals < MOST_INTERVALS {
        intervals *= 2;
        let coarser = std::mem::replace(&mut flows, on(intervals));
        if flows.distance(&coarser) < AGREEMENT {
            break;
        }
    }
    flows
}

/// The expected flows with a satisfaction grid of so many intervals; with 0, satisfaction is not followed.
pub fn expected_on(
    model: &Model,
    program: &Program,
    drawn: &Draw,
    (scenario, segment): (ScenarioId, SegmentId),
    entry: u32,
    intervals: usize,
) -> Flows {
    if entry > 0 && model.segments[segment.index()].inflow.is_none() {
        return Flows::empty(program.stages, program.booked_moves.len(), model.run.horizon);
    }
    let timeline = Timeline::new(model, drawn, scenario, segment);
    let grid = SatisfactionGrid::new(intervals);
    let mut table = CohortTable::new(model, &timeline, &grid);
    let mut flows = Flows::empty(program.stages, program.booked_moves.len(), model.run.horizon);
    let mut cohorts: Vec<Cohort<'_>> = kinds(model, segment.index())
        .into_iter()
        .map(|(share, traits)| Cohort::new(&table, program, (segment, entry), share, traits))
        .collect();
    if entry == 0 {
        cohorts.iter().for_each(|cohort| cohort.count(&table, &mut flows));
    } else {
        table.start_at(entry);
    }
    for t in entry.max(1)..=model.run.horizon {
        table.go_to(t);
        for cohort in &mut cohorts {
            cohort.period(&table, &mut flows);
        }
    }
    flows
}

/// The customers of a cohort in one stage: by whether they were ever retained (0, 1), by periods in the stage, and by
/// satisfaction. A cell holds all satisfactions.
#[derive(Clone)]
struct Tunnel {
    length: usize,
    nodes: usize,
    weights: Vec<f64>,
}

impl Tunnel {
    fn new(length: usize, nodes: usize) -> Self {
        Self { length, nodes, weights: vec![0.0; 2 * length * nodes] }
    }

    fn cell(&self, ever: usize, periods: usize) -> &[f64] {
        let first = (ever * self.length + periods) * self.nodes;
        &self.weights[first..first + self.nodes]
    }

    fn cell_mut(&mut self, ever: usize, periods: usize) -> &mut [f64] {
        let first = (ever * self.length + periods) * self.nodes;
        &mut self.weights[first..first + self.nodes]
    }

    /// The customers by satisfaction, who were ever retained or never.
    fn by_satisfaction(&self, ever: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.nodes];
        for periods in 0..self.length {
            sums.iter_mut().zip(self.cell(ever, periods)).for_each(|(sum, weight)| *sum += weight);
        }
        sums
    }
}

/// A cohort of customers with the same traits.
struct Cohort<'a> {
    program: &'a Program,
    entry: u32,
    traits: Vec<f64>,
    tunnels: Vec<Tunnel>,
}

impl<'a> Cohort<'a> {
    fn new(
        table: &CohortTable<'_, '_>,
        program: &'a Program,
        (segment, entry): (SegmentId, u32),
        share: f64,
        traits: Vec<f64>,
    ) -> Self {
        let model = table.model;
        let start = model.experience.as_ref().map_or_else(|| vec![1.0], |e| table.grid.start(&e.start));
        let mut tunnels: Vec<Tunnel> =
            model.stages.iter().map(|stage| Tunnel::new(tunnel_length(stage), start.len())).collect();
        let segment = &model.segments[segment.index()];
        let newcomers = segment.inflow.as_ref().filter(|_| entry > 0).map(|inflow| &inflow.start);
        for (stage, part) in newcomers.unwrap_or(&segment.start) {
            let cell = tunnels[stage.index()].cell_mut(usize::from(model.stages[stage.index()].retained), 0);
            cell.iter_mut().zip(&start).for_each(|(cell, weight)| *cell += part * share * weight);
        }
        Self { program, entry, traits, tunnels }
    }

    /// Which of their periods `t` is for these customers, counted from 1.
    fn age(&self, t: u32) -> u32 {
        (t + 1).saturating_sub(self.entry.max(1))
    }

    /// Feel, move, buy, count: the order of `rollout.rs`.
    fn period(&mut self, table: &CohortTable<'_, '_>, flows: &mut Flows) {
        self.feel(table);
        self.travel(table, flows);
        self.buy(table, flows);
        self.count(table, flows);
    }

    fn feel(&mut self, table: &CohortTable<'_, '_>) {
        for (stage, tunnel) in self.tunnels.iter_mut().enumerate() {
            let Some(kernel) = table.kernel(stage) else { continue };
            let mut felt = vec![0.0; tunnel.nodes];
            for cell in tunnel.weights.chunks_exact_mut(felt.len()).filter(|cell| cell.iter().any(|w| *w != 0.0)) {
                kernel.feel(cell, &mut felt);
                cell.copy_from_slice(&felt);
            }
        }
    }

    fn travel(&mut self, table: &CohortTable<'_, '_>, flows: &mut Flows) {
        let empty = self.tunnels.iter().map(|tunnel| Tunnel::new(tunnel.length, tunnel.nodes)).collect();
        let before: Vec<Tunnel> = std::mem::replace(&mut self.tunnels, empty);
        for (from, tunnel) in before.iter().enumerate() {
            let stage = &table.model.stages[from];
            for periods in 0..tunnel.length {
                let cells = [tunnel.cell(0, periods), tunnel.cell(1, periods)];
                if cells.iter().all(|cell| cell.iter().all(|weight| *weight == 0.0)) {
                    continue;
                }
                let row = self.row(table, from, periods);
                let later = (periods + 1).min(tunnel.length - 1);
                for (ever, cell) in cells.into_iter().enumerate() {
                    add(self.tunnels[from].cell_mut(ever, later), cell, &row.stay);
                    for (exit, chances) in stage.moves().zip(&row.leave) {
                        let to = exit.to.index();
                        let now = ever | usize::from(table.model.stages[to].retained);
                        let moved = add(self.tunnels[to].cell_mut(now, 0), cell, chances);
                        self.book(from, to, moved, table.t, flows);
                    }
                }
            }
        }
    }

    fn book(&self, from: usize, to: usize, customers: f64, t: u32, flows: &mut Flows) {
        let slot = self.program.move_slot[from * self.program.stages + to];
        if slot > 0 {
            flows.moves[t as usize][slot as usize - 1] += customers;
        }
    }

    /// The chances of a row for these traits, as the mechanism in `travel.rs` bends them, node by node.
    fn row(&self, table: &CohortTable<'_, '_>, from: usize, periods: usize) -> Row {
        let stage = &table.model.stages[from];
        let shape = &self.program.rows[from];
        let at = shape.clocks.iter().map(|(clock, length, stride)| {
            let place = match clock {
                Clock::Age(of) => self.whole_age(*of, table.t),
                Clock::Tenure => self.age(table.t) as usize - 1,
                _ => periods,
            };
            place.min(length - 1) * stride
        });
        let mut chances = table.chances[from][at.sum::<usize>()].clone();
        let mut stay = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        let nodes = table.grid.nodes().len();
        if !stage.is_bent() {
            return Row { stay: vec![stay; nodes], leave: chances.iter().map(|chance| vec![*chance; nodes]).collect() };
        }
        for (exit, chance) in stage.moves().zip(&mut chances) {
            if let Chance::Own { .. } = exit.chance {
                *chance = self.own_chance(table, exit).min(stay);
                stay -= *chance;
            }
        }
        let weigh = |((exit, chance), tilt): ((&Exit, f64), &Vec<f64>)| {
            let weight = chance * self.tilt(table, &exit.drivers);
            if tilt.is_empty() { vec![weight; nodes] } else { tilt.iter().map(|tilt| weight * tilt).collect() }
        };
        let mut row = Row {
            stay: vec![stay; nodes],
            leave: stage.moves().zip(chances).zip(&table.tilts[from]).map(weigh).collect(),
        };
        row.share_out();
        row
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held at 0; `as` saturates")]
    fn whole_age(&self, of: TraitId, t: u32) -> usize {
        self.traits[of.index()].max(0.0) as usize + self.age(t) as usize - 1
    }

    fn trait_at(&self, table: &CohortTable<'_, '_>, of: TraitId) -> f64 {
        let growth = f64::from(u8::from(table.model.traits[of.index()].ages));
        self.traits[of.index()] + growth * (f64::from(self.age(table.t)) - 1.0)
    }

    /// What traits multiply a weight or a rate by; that of satisfaction is in the table, node by node.
    fn tilt(&self, table: &CohortTable<'_, '_>, drivers: &[Driver]) -> f64 {
        exp_held(self.exponent(table, drivers))
    }

    fn exponent(&self, table: &CohortTable<'_, '_>, drivers: &[Driver]) -> f64 {
        let one = |driver: &Driver| match driver.on {
            State::Trait(of) => {
                table.values[driver.weight] * (self.trait_at(table, of) - table.model.traits[of.index()].neutral)
            }
            State::Satisfaction => 0.0,
        };
        drivers.iter().map(one).sum()
    }

    fn own_chance(&self, table: &CohortTable<'_, '_>, exit: &Exit) -> f64 {
        match exit.chance {
            Chance::Own { of, changes } => {
                let operations = table.timeline.own_operations(changes, table.t);
                let start = self.traits[of.index()];
                operations.iter().fold(start, |p, (op, amount, share)| op.apply(p, *amount, *share)).clamp(0.0, 1.0)
            }
            Chance::Fixed(id) => table.values[id],
            Chance::Listed { .. } => 0.0,
        }
    }

    fn buy(&mut self, table: &CohortTable<'_, '_>, flows: &mut Flows) {
        let t = table.t as usize;
        let mut left = Vec::new();
        for (place, stage) in table.model.stages.iter().enumerate() {
            let Some(purchases) = &stage.purchases else { continue };
            let rates = self.rates(table, place, purchases);
            let chances: Vec<(usize, f64)> =
                stage.leaves().map(|exit| (exit.to.index(), self.own_chance(table, exit))).collect();
            let chance: f64 = chances.iter().map(|(_, c)| c).sum();
            let gone: Vec<f64> = rates.iter().map(|rate| -libm::expm1(-rate * chance)).collect();
            let made = rates.iter().zip(&gone).map(|(rate, gone)| if chance > 0.0 { gone / chance } else { *rate });
            let customers =
                self.tunnels[place].by_satisfaction(0).into_iter().zip(self.tunnels[place].by_satisfaction(1));
            let purchased: f64 = customers.zip(made).map(|((never, ever), made)| (never + ever) * made).sum();
            flows.purchases[t][place] += purchased;
            flows.baskets[t][place] += purchased * self.basket(table, purchases);
            if chance > 0.0 {
                let part = |c: f64| gone.iter().map(|gone| gone * c / chance).collect();
                left.extend(chances.into_iter().map(|(to, c)| Left { from: place, to, shares: part(c) }));
            }
        }
        self.leave(table, &left, flows);
    }

    fn leave(&mut self, table: &CohortTable<'_, '_>, left: &[Left], flows: &mut Flows) {
        if left.is_empty() {
            return;
        }
        let before = self.tunnels.clone();
        for Left { from, to, shares } in left {
            let staying: Vec<f64> = shares.iter().map(|share| -share).collect();
            for ever in 0..2 {
                for periods in 0..before[*from].length {
                    add(self.tunnels[*from].cell_mut(ever, periods), before[*from].cell(ever, periods), &staying);
                }
                let now = ever | usize::from(table.model.stages[*to].retained);
                let moved = add(self.tunnels[*to].cell_mut(now, 0), &before[*from].by_satisfaction(ever), shares);
                self.book(*from, *to, moved, table.t, flows);
            }
        }
    }

    fn rates(&self, table: &CohortTable<'_, '_>, stage: usize, purchases: &Purchases) -> Vec<f64> {
        let own = purchases.rate_trait.map_or(1.0, |of| self.trait_at(table, of).max(0.0));
        let rate = table.values[purchases.rate] * own * self.tilt(table, &purchases.drivers);
        let tilts = &table.rates[stage];
        if tilts.is_empty() {
            vec![rate; table.grid.nodes().len()]
        } else {
            tilts.iter().map(|tilt| rate * tilt).collect()
        }
    }

    fn basket(&self, table: &CohortTable<'_, '_>, purchases: &Purchases) -> f64 {
        let own = purchases.basket_trait.map_or(1.0, |of| self.trait_at(table, of).max(0.0));
        table.values[purchases.basket] * own
    }

    fn count(&self, table: &CohortTable<'_, '_>, flows: &mut Flows) {
        let t = table.t as usize;
        let nodes = table.grid.nodes();
        for (stage, tunnel) in self.tunnels.iter().enumerate() {
            let [never, ever] = [0, 1].map(|ever| tunnel.by_satisfaction(ever));
            let acquired: f64 = ever.iter().sum();
            flows.customers[t][stage] += never.iter().sum::<f64>() + acquired;
            flows.acquired[t] += acquired;
            if nodes.len() > 1 && table.model.stages[stage].retained {
                flows.satisfaction[t] += nodes.iter().zip(&ever).map(|(s, weight)| s * weight).sum::<f64>();
            }
        }
    }
}

/// The chances of a row, node by node.
struct Row {
    stay: Vec<f64>,
    leave: Vec<Vec<f64>>,
}

impl Row {
    /// Divides weights by their sum, so that they become chances.
    fn share_out(&mut self) {
        let mut totals = self.stay.clone();
        for weights in &self.leave {
            totals.iter_mut().zip(weights).for_each(|(total, weight)| *total += weight);
        }
        for weights in self.leave.iter_mut().chain(std::iter::once(&mut self.stay)) {
            weights.iter_mut().zip(&totals).for_each(|(weight, total)| *weight /= total);
        }
    }
}

/// Who leaves after a purchase, node by node.
struct Left {
    from: usize,
    to: usize,
    shares: Vec<f64>,
}

/// Adds the share of some customers that a chance takes, and says how many they are.
fn add(into: &mut [f64], cell: &[f64], chances: &[f64]) -> f64 {
    let mut sum = 0.0;
    for ((into, weight), chance) in into.iter_mut().zip(cell).zip(chances) {
        *into += weight * chance;
        sum += weight * chance;
    }
    sum
}

/// The periods in a stage that are told apart there.
pub fn tunnel_length(stage: &Stage) -> usize {
    let clocks = stage.clocks();
    let at = clocks.iter().position(|clock| *clock == Clock::PeriodsInStage);
    at.map_or(1, |at| stage.clock_lengths()[at])
}
