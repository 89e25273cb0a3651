//! What customers are worth after the horizon, if everything went on as it is written: exact, where the model allows.

use crate::engine::cells::{Arrivals, planned};
use crate::engine::cohort::Solver;
use crate::engine::exact_cost::ExactCost;
use crate::engine::experiment::Experiment;
use crate::engine::flows::Flows;
use crate::engine::precision::Precision;
use crate::engine::program::Program;
use crate::engine::tally::Tally;
use crate::engine::work::CUSTOMER_PERIOD;
use crate::model::Model;
use crate::model::journey::{Chance, Clock, Exit};
use crate::model::world::Coming;
use crate::quantity::{ScenarioId, SegmentId};

use super::budget::{Budget, LeftOut};
use super::entered::Cohort;
use super::lines::Lines;
use super::statement::{Prices, Whose};

/// The longest horizon that is looked at, in periods.
const LONGEST: u32 = 4_800;
/// What the last half of a horizon may add, as a share of the whole, for the rest to count as nothing.
const NOTHING: f64 = 1e-6;
/// How many shocks that came before are as much work in a period as following a cohort through it.
const SHOCKS_EACH: f64 = 16.0;
/// The most replications whose uncertain numbers and shocks are followed. Their mean is what the medians of coins and
/// hazards would not give: something that half of all replications have.
const MOST_DRAWS: f64 = 16.0;
/// The fewest, however large the study.
const FEWEST_DRAWS: f64 = 4.0;

/// What a customer is worth after the horizon, by scenario and entry; none for an entry in which nobody came.
pub type Tails = Vec<Vec<Option<f64>>>;

/// What customers of one entry are worth, discounted to their entry: sums over draws.
#[derive(Clone, Copy, Default)]
struct Worth {
    /// Over all times.
    whole: f64,
    /// After the horizon of the study.
    after: f64,
    /// In the last half of the times that were looked at.
    late: f64,
    /// How many customers came.
    came: f64,
}

/// What a customer of each scenario and entry is worth after the horizon, discounted to entry: the mean over what the first
/// replications drew, exact where nothing is uncertain. None for an entry in which nobody came, and none at all where
/// there is no exact expectation, where the worth has no end, or where finding it would take more than is left of the budget.
/// What it takes is reckoned before each step, and spent.
pub fn tails(model: &Model, precision: &Precision, budget: &mut Budget) -> Option<Tails> {
    if ends_with_the_horizon(model) {
        return None;
    }
    let mut long = model.clone();
    long.run.horizon = longer(model, model.run.horizon);
    // One draw finds how far one has to look; the others follow from there.
    let (mut draws, mut wanted) = (1, None);
    loop {
        // All that is yet to come has to fit before any of it begins: what is not settled at once is looked at for longer.
        let work = work(&long, model, precision);
        if !budget.spend(f64::from(draws) * work) {
            budget.leave_out(LeftOut::Worth);
            return None;
        }
        let found = worth(&long, (model, precision), draws);
        if found.iter().flatten().all(Worth::is_settled) {
            let wanted = *wanted.get_or_insert_with(|| draws_for(model, budget.left() / work));
            if draws == wanted {
                return Some(after(&worth(model, (model, precision), draws), &found));
            }
            draws = wanted;
        } else if long.run.horizon >= LONGEST {
            return None;
        } else {
            long.run.horizon = longer(model, long.run.horizon);
        }
    }
}

/// Twice a horizon, as far as one looks.
fn longer(model: &Model, horizon: u32) -> u32 {
    horizon.saturating_mul(2).min(LONGEST.max(model.run.horizon + 1))
}

/// How many draws are followed, where so many more are allowed.
fn draws_for(model: &Model, allowed: f64) -> u32 {
    if !model.is_uncertain() {
        return 1;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the fewest and the most")]
    let draws = allowed.clamp(FEWEST_DRAWS, MOST_DRAWS) as u32;
    draws.min(model.run.replications)
}

impl Worth {
    /// Whether what comes so late counts for nothing, so that what comes still later does.
    fn is_settled(&self) -> bool {
        self.late.abs() <= NOTHING * (self.came + self.after.abs())
    }
}

/// What a longer horizon adds for each customer who came. The difference of wholes, because an accrual may value at the
/// horizon itself less, or more, than at any time before the end.
fn after(within: &[Vec<Worth>], longer: &[Vec<Worth>]) -> Vec<Vec<Option<f64>>> {
    let one =
        |(within, longer): (&Worth, &Worth)| (within.came > 0.0).then(|| (longer.whole - within.whole) / within.came);
    within.iter().zip(longer).map(|(within, longer)| within.iter().zip(longer).map(one).collect()).collect()
}

/// The work of following everybody of one draw over a longer horizon.
fn work(long: &Model, model: &Model, precision: &Precision) -> f64 {
    let periods = f64::from(long.run.horizon);
    let cost = ExactCost::of(&Solver::with(long, &Program::new(long), precision.clone()));
    // Nobody comes after the horizon of the study.
    let entries = model.entries() as f64 / (0.5 * long.entries() as f64).max(1.0);
    // Shocks come again and again, and all that came may still be felt.
    let strikes: f64 = model
        .shocks
        .iter()
        .map(|shock| match shock.when {
            Coming::Hazard(hazard) => model.params[hazard.index()].law.mean() * periods,
            Coming::In(_) => 0.0,
        })
        .sum();
    CUSTOMER_PERIOD * cost.by_entry * entries.min(1.0) * (1.0 + strikes / SHOCKS_EACH)
}

/// Whether a list of chances was cut at the horizon, so that it does not say how things go on.
fn ends_with_the_horizon(model: &Model) -> bool {
    let cut = |exit: &Exit| match exit.chance {
        Chance::Listed { by, length, .. } => !matches!(by, Clock::Age(_)) && length >= model.run.horizon,
        _ => false,
    };
    model.stages.iter().flat_map(|stage| &stage.exits).any(cut)
}

/// What customers are worth within the horizon of `long`, by scenario and entry, for those who come within that of `model`.
fn worth(long: &Model, (model, precision): (&Model, &Precision), draws: u32) -> Vec<Vec<Worth>> {
    let (program, lines) = (Program::new(long), Lines::of(long));
    let solver = Solver::with(long, &program, precision.clone());
    let mut sums = vec![vec![Worth::default(); model.entries()]; model.scenarios.len()];
    let (within, half) = (model.run.horizon as usize, long.run.horizon as usize / 2);
    for draw in 0..draws {
        // The luck of a replication within the horizon is what it was; what comes later is drawn by the same addresses.
        let drawn = Experiment::drawn(long, draw);
        let solution = solver.at(&drawn);
        let rate = drawn[long.run.discount_rate];
        let units = Units { prices: &Prices::new(long, &program, &lines, &drawn).of_customers() };
        let arrivals = planned(model, &Experiment::drawn(model, draw));
        for (scenario, (sums, arrivals)) in sums.iter_mut().zip(&arrivals).enumerate() {
            for (segment, arrived) in arrivals.iter().enumerate() {
                let place = (ScenarioId::from(scenario), SegmentId::from(segment));
                let worths = units.of(&program, place, long);
                let came: Vec<f64> = arrived.iter().map(|its| its.real).collect();
                let at_entry = |entry: usize| long.run.factor_at_entry(rate, entry);
                for (entry, came) in came.iter().enumerate().filter(|(_, came)| **came > 0.0) {
                    sums[entry].came += came;
                    sums[entry].whole += came * worths.arriving[entry] / at_entry(entry);
                }
                solution.by_entry(place, &came, |entry, t, tally| {
                    let worth = worths.of(t, tally) / at_entry(entry);
                    sums[entry].whole += worth;
                    sums[entry].after += if t > within { worth } else { 0.0 };
                    sums[entry].late += if t > half { worth } else { 0.0 };
                });
            }
        }
    }
    sums
}

/// What a customer in a stage, a purchase, a move and a newcomer are worth at each time, discounted to time 0: books are
/// linear in flows, so those of one of each tell those of all.
struct Worths {
    /// By time, then by stage.
    customers: Vec<Vec<f64>>,
    /// By time, then by stage: for each unit of money spent.
    baskets: Vec<Vec<f64>>,
    /// By time, then by move.
    moves: Vec<Vec<f64>>,
    /// By time of entry.
    arriving: Vec<f64>,
}

impl Worths {
    /// What a tally of time `t` is worth.
    fn of(&self, t: usize, tally: &Tally) -> f64 {
        let sum = |worths: &[f64], counts: &[f64]| worths.iter().zip(counts).map(|(a, b)| a * b).sum::<f64>();
        sum(&self.customers[t], &tally.customers)
            + sum(&self.baskets[t], &tally.baskets)
            + sum(&self.moves[t], &tally.moves)
    }
}

/// Prices one of each.
struct Units<'p, 'm> {
    prices: &'p Prices<'m>,
}

impl Units<'_, '_> {
    fn of(&self, program: &Program, (scenario, segment): (ScenarioId, SegmentId), model: &Model) -> Worths {
        let (stages, moves) = (program.stages, program.booked_moves.len());
        let empty = || Flows::empty(stages, moves, model.run.horizon);
        let one = |column: fn(&mut Flows) -> &mut Vec<Vec<f64>>, place: usize| {
            let mut flows = empty();
            column(&mut flows).iter_mut().for_each(|at| at[place] = 1.0);
            flows
        };
        let mut flows: Vec<Flows> = (0..stages).map(|stage| one(|flows| &mut flows.customers, stage)).collect();
        flows.extend((0..stages).map(|stage| one(|flows| &mut flows.baskets, stage)));
        flows.extend((0..moves).map(|slot| one(|flows| &mut flows.moves, slot)));
        flows.push(empty());
        let everywhere = vec![Arrivals { agents: 1, real: 1.0 }; model.run.horizon as usize + 1];
        let last = flows.len() - 1;
        let cohort =
            |(at, flows)| [Cohort { entry: 0, flows, came: 0.0, later: if at == last { &everywhere } else { &[] } }];
        let cohorts: Vec<[Cohort<'_>; 1]> = flows.iter().enumerate().map(cohort).collect();
        let sets: Vec<&[Cohort<'_>]> = cohorts.iter().map(<[_; 1]>::as_slice).collect();
        let books = self.prices.statements(Whose { scenario, fired: &[] }, segment, &sets, None);
        let worths: Vec<Vec<f64>> = books.into_iter().map(|books| books.discounted).collect();
        let by_time = |columns: &[Vec<f64>]| {
            (0..=model.run.horizon as usize).map(|t| columns.iter().map(|column| column[t]).collect()).collect()
        };
        Worths {
            customers: by_time(&worths[..stages]),
            baskets: by_time(&worths[stages..2 * stages]),
            moves: by_time(&worths[2 * stages..last]),
            arriving: worths[last].clone(),
        }
    }
}
