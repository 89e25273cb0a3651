//! Settling finds how finely laws have to be taken apart before expectations count as exact. Every rule is held to one of half
//! as many nodes, at the middle of everything, near both ends and at what a replication draws; a rule that disagrees is cut
//! where it bends most.

use crate::model::Model;
use crate::model::draw::{Draw, Luck};
use crate::quantity::{ScenarioId, SegmentId};

use super::cohort::{GRIDS, Solution, Solver};
use super::obstacle::{most, obstacles};
use super::precision::Precision;
use super::presences::Presences;
use super::quadrature::Rule;
use super::rows::Kinds;
use crate::engine::chance::design::Design;
use crate::engine::count::counts::Counts;
use crate::engine::table::program::Program;

/// A grid is fine enough when one of half its intervals agrees with it as closely as this.
const AGREEMENT: f64 = 1e-7;
/// The same of the nodes of a trait: shares as they are, amounts relative to their sum.
const AGREEMENT_OF_NODES: f64 = 3e-7;
/// Where numbers are uncertain, rules have to agree with all of them at this probability too, and at what is left of 1.
const NEAR_THE_END: f64 = 0.01;
/// The kinds of customers at which a grid has to be fine enough.
const KINDS: usize = 32;
/// The most panels of a trait.
const MOST_PANELS: usize = 24;

impl<'m> Solver<'m> {
    /// The solver of a model.
    ///
    /// # Errors
    /// Why there is no exact expectation.
    pub fn of(model: &'m Model, program: &Program, design: Design) -> Result<Self, Vec<String>> {
        let why = obstacles(model);
        if !why.is_empty() {
            return Err(why);
        }
        let first = Self::with(model, program, Precision::first(model));
        let precision = settled(&first, design).map_err(|why| vec![why])?;
        Ok(Self::with(model, program, precision))
    }
}

/// Luck that gives every number the same probability, and brings nothing that comes by chance.
struct Everywhere(f64);

impl Luck for Everywhere {
    fn number(&self, _: u64) -> f64 {
        self.0
    }

    fn event(&self, _: u64, _: u32, question: u32) -> f64 {
        // Question 0 asks whether something comes.
        if question == 0 { 1.0 } else { self.0 }
    }
}

/// How many draws rules have to agree at.
pub fn draws_to_settle(model: &Model) -> usize {
    if model.is_uncertain() { 4 } else { 1 }
}

/// The draws at which rules have to agree: a weight that is uncertain is steepest at one of its ends.
fn draws(model: &Model, design: Design) -> Vec<Draw> {
    let mut draws = vec![model.central()];
    if model.is_uncertain() {
        draws.push(design.drawn(model, 0));
        draws.extend([NEAR_THE_END, 1.0 - NEAR_THE_END].map(|p| Draw::new(model, &Everywhere(p))));
    }
    draws
}

/// The precision at which expectations are exact.
///
/// # Errors
/// What does not settle.
fn settled(solver: &Solver<'_>, design: Design) -> Result<Precision, String> {
    let model = solver.model;
    let draws = draws(model, design);
    let mut precision = solver.precision.clone();
    if precision.grid > 0 {
        precision.grid = grid(solver, &draws)?;
    }
    for segment in 0..model.segments.len() {
        for place in 0..precision.rules[segment].len() {
            while let Some(p) = cut(solver, &precision, &draws, (segment, place)) {
                let (of, rule) = &mut precision.rules[segment][place];
                if rule.panels() >= MOST_PANELS {
                    return Err(format!(
                        "the trait `{}` bends chances or purchases too steeply for {} nodes",
                        model.traits[of.index()].name,
                        rule.nodes.len()
                    ));
                }
                *rule = rule.cut_at(p);
            }
        }
        let (count, most) = (precision.count(segment), most(model));
        if count > most {
            return Err(format!("it would take {count} combinations of traits, more than {most}"));
        }
    }
    Ok(precision)
}

/// The grid is doubled until that changes nothing that matters.
fn grid(solver: &Solver<'_>, draws: &[Draw]) -> Result<usize, String> {
    let model = solver.model;
    let segments = 0..model.segments.len();
    let some: Vec<Kinds> = segments.clone().map(|segment| solver.precision.kinds(model, segment).some(KINDS)).collect();
    let everybody = vec![1.0; model.entries()];
    let flows = |drawn: &Draw, place: usize| -> Vec<Counts<f64>> {
        let solution = solver.on(drawn, solver.grid(place));
        let places = (0..model.scenarios.len()).flat_map(|scenario| segments.clone().map(move |its| (scenario, its)));
        places
            .map(|(scenario, segment)| {
                let place = (ScenarioId::from(scenario), SegmentId::from(segment));
                solution.flows_of(place, &everybody, &some[segment])
            })
            .collect()
    };
    let mut place = 2;
    for drawn in draws {
        let mut coarse = flows(drawn, place - 1);
        loop {
            let fine = flows(drawn, place);
            if coarse.iter().zip(&fine).all(|(coarse, fine)| fine.distance(coarse) < AGREEMENT) {
                break;
            }
            if place + 1 == GRIDS {
                return Err(format!(
                    "satisfaction moves too abruptly for a grid of {} nodes",
                    solver.grid(place).nodes().len()
                ));
            }
            coarse = fine;
            place += 1;
        }
    }
    Ok(place)
}

/// Where a rule of a trait has to be cut, if its coarser rule disagrees.
fn cut(solver: &Solver<'_>, precision: &Precision, draws: &[Draw], (segment, place): (usize, usize)) -> Option<f64> {
    let model = solver.model;
    let rule = &precision.rules[segment][place].1;
    if rule.panels() == 0 {
        return None;
    }
    let kinds = precision.probes(model, segment, place);
    let others = kinds.shares.len() / rule.nodes.len();
    let mut worst = (AGREEMENT_OF_NODES, None);
    for drawn in draws {
        let solution = solver.on(drawn, solver.grid(precision.grid));
        for scenario in (0..model.scenarios.len()).map(ScenarioId::from) {
            let (shares, amounts) = signature(&solution, (scenario, SegmentId::from(segment)), &kinds);
            let every = shares.iter().map(|values| (values, false)).chain(amounts.iter().map(|values| (values, true)));
            for (values, is_amount) in every {
                for other in 0..others {
                    let values: Vec<f64> = values.iter().skip(other).step_by(others).copied().collect();
                    let whole: f64 = rule.nodes.iter().zip(&values).map(|(node, value)| node.weight * value).sum();
                    let scale = if is_amount { whole.abs() } else { model.entries() as f64 };
                    let (apart, panel) = disagreement(rule, &values);
                    if apart > worst.0 * scale {
                        worst = (apart / scale, Some(bend(rule, panel, &values)));
                    }
                }
            }
        }
    }
    worst.1
}

/// How far a rule and its coarser one are apart over all panels, and the panel where they are farthest.
fn disagreement(rule: &Rule, values: &[f64]) -> (f64, usize) {
    let of = |panel: usize| {
        let nodes = rule.panel(panel);
        let pairs = rule.nodes[nodes.clone()].iter().zip(&values[nodes]);
        pairs.map(|(node, value)| (node.weight - node.coarse) * value).sum::<f64>().abs()
    };
    let all: Vec<f64> = (0..rule.panels()).map(of).collect();
    let farthest = all.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(panel, _)| panel);
    (all.iter().sum(), farthest)
}

/// The probability at which values bend most within a panel: how far a node lies from the line between its neighbours.
fn bend(rule: &Rule, panel: usize, values: &[f64]) -> f64 {
    let nodes = rule.panel(panel);
    let bends = nodes.clone().skip(1).take(nodes.len().saturating_sub(2)).map(|at| {
        let [before, here, after] = [at - 1, at, at + 1].map(|at| rule.nodes[at].p);
        let line = values[at - 1] + (values[at + 1] - values[at - 1]) * (here - before) / (after - before).max(1e-300);
        ((values[at] - line).abs() * (after - before), here)
    });
    bends.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.5, |(_, p)| p)
}

/// What kinds of customers come to, by kind: shares in stages at some times, and amounts over all of them.
fn signature(
    solution: &Solution<'_, '_>,
    place: (ScenarioId, SegmentId),
    kinds: &Kinds,
) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let run = &solution.model().run;
    let times = [1, run.horizon.div_ceil(4), run.horizon.div_ceil(2), run.horizon];
    let levels = Presences::levels_of(solution.model());
    let touchpoints = solution.model().touchpoints.len();
    let (mut shares, mut amounts): (Vec<Vec<f64>>, Vec<Vec<f64>>) =
        (Vec::new(), vec![Vec::new(); 2 + levels + touchpoints]);
    // Kinds are taken some at a time; what is known of the next ones goes behind what is known of those before.
    let mut bought = [Vec::new(), Vec::new()];
    let mut summed = vec![Vec::new(); levels];
    let mut met = vec![Vec::new(); touchpoints];
    let everybody = vec![1.0; solution.model().entries()];
    solution.walk((place, &everybody), kinds, |state, table| {
        state.step(table, |_| {});
        if table.t > 0 {
            state.bought_by_kind(&mut bought);
            state.met_by_kind(&mut met);
        }
        state.levels_by_kind(&mut summed);
        let last = table.t == run.horizon;
        for (which, _) in times.iter().enumerate().filter(|(_, time)| **time == table.t) {
            for (stage, its) in state.by_kind().into_iter().enumerate() {
                let row = which * solution.model().stages.len() + stage;
                shares.resize_with(shares.len().max(row + 1), Vec::new);
                shares[row].extend(its);
            }
        }
        if last {
            let its = bought.iter_mut().chain(&mut summed).chain(&mut met);
            amounts.iter_mut().zip(its).for_each(|(amounts, its)| amounts.append(its));
        }
    });
    (shares, amounts)
}
