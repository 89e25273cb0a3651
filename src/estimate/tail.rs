//! What customers are worth after the horizon, if everything went on as it is written: exact, where the model allows.

use crate::engine::cells::planned;
use crate::engine::cohort;
use crate::engine::experiment::Experiment;
use crate::engine::obstacle::{combinations_needed, obstacles};
use crate::engine::program::Program;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::journey::{Chance, Clock, Exit};
use crate::model::value::TimeWeights;
use crate::model::world::Coming;
use crate::quantity::{ScenarioId, SegmentId};

use super::lines::Lines;
use super::statement::{Cohort, Prices, Statement, Whose};

/// The longest horizon that is looked at, in periods.
const LONGEST: u32 = 4_800;
/// What the last half of a horizon may add, as a share of the whole, for the rest to count as nothing.
const NOTHING: f64 = 1e-6;
/// The most cohort-periods that are followed for one draw, all kinds of customers told apart.
const MOST_WORK: f64 = 2e7;
/// How many shocks that came before are as much work in a period as following a cohort through it.
const SHOCKS_EACH: f64 = 16.0;
/// The most replications whose uncertain numbers and shocks are followed. Their mean is what the medians of coins and
/// hazards would not give: something that half of all replications have.
const MOST_DRAWS: f64 = 16.0;
/// The fewest, however large the study.
const FEWEST_DRAWS: f64 = 4.0;
/// The cohort-periods up to which there are more than the fewest.
const WORK_OF_DRAWS: f64 = 5e6;

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
/// there is no exact expectation, or where the worth has no end.
pub fn tails(model: &Model) -> Option<Vec<Vec<Option<f64>>>> {
    if !obstacles(model).is_empty() || ends_with_the_horizon(model) {
        return None;
    }
    let mut long = model.clone();
    long.run.horizon = longer(model, model.run.horizon);
    // One draw finds how far one has to look; the others follow from there.
    let (mut draws, mut wanted) = (1, None);
    loop {
        let work = work(model, f64::from(long.run.horizon));
        if work > MOST_WORK {
            return None;
        }
        let found = worth(&long, model, draws);
        if found.iter().flatten().all(Worth::is_settled) {
            let wanted = *wanted.get_or_insert_with(|| draws_for(model, work));
            if draws == wanted {
                return Some(after(&worth(model, model, draws), &found));
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

/// How many draws are followed, where each is so much work.
fn draws_for(model: &Model, work: f64) -> u32 {
    if !model.is_uncertain() {
        return 1;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the fewest and the most")]
    let draws = (WORK_OF_DRAWS / work).clamp(FEWEST_DRAWS, MOST_DRAWS) as u32;
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

/// The cohort-periods that it takes to follow everybody of one draw over so many periods.
fn work(model: &Model, periods: f64) -> f64 {
    let entries = model.entries() as f64;
    let kinds = combinations_needed(model) as f64 * (model.segments.len() * model.scenarios.len()) as f64;
    // Shocks come again and again, and all that came may still be felt.
    let strikes: f64 = model
        .shocks
        .iter()
        .map(|shock| match shock.when {
            Coming::Hazard(hazard) => model.params[hazard.index()].law.mean() * periods,
            Coming::In(_) => 0.0,
        })
        .sum();
    entries * kinds * periods * (1.0 + strikes / SHOCKS_EACH)
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
fn worth(long: &Model, model: &Model, draws: u32) -> Vec<Vec<Worth>> {
    let (program, lines) = (Program::new(long), Lines::of(long));
    let entries = model.entries();
    let mut sums = vec![vec![Worth::default(); entries]; model.scenarios.len()];
    for draw in 0..draws {
        // The luck of a replication within the horizon is what it was; what comes later is drawn by the same addresses.
        let drawn = Experiment::drawn(long, draw);
        let prices = Prices::new(long, &program, &lines, &drawn);
        let weights = TimeWeights::new(&long.run, drawn[long.run.discount_rate]);
        let arrivals = planned(model, &Experiment::drawn(model, draw));
        for (scenario, (sums, arrivals)) in sums.iter_mut().zip(&arrivals).enumerate() {
            for (segment, came) in arrivals.iter().enumerate() {
                let place = (ScenarioId::from(scenario), SegmentId::from(segment));
                for ((entry, sum), its) in (0..).zip(sums.iter_mut()).zip(came).filter(|(_, its)| its.real > 0.0) {
                    let books = books(long, &program, &prices, (&drawn, place), (entry, its.real));
                    let at_entry = long.run.factor_at_entry(drawn[long.run.discount_rate], entry as usize);
                    let worth = |after: u32| of_customers(&books, &weights, after) / at_entry;
                    sum.whole += worth(0);
                    sum.after += worth(model.run.horizon + 1);
                    sum.late += worth(long.run.horizon / 2 + 1);
                    sum.came += its.real;
                }
            }
        }
    }
    sums
}

/// The expected books of customers who come in a period, so many of them.
fn books(
    model: &Model,
    program: &Program,
    prices: &Prices<'_>,
    (drawn, (scenario, segment)): (&Draw, (ScenarioId, SegmentId)),
    (entry, came): (u32, f64),
) -> Statement {
    let flows = cohort::expected(model, program, drawn, (scenario, segment), entry).times(came);
    prices.statement(Whose { scenario, fired: &[] }, segment, &[Cohort { entry, flows: &flows, came }], None)
}

/// What customers' own lines come to at time 0, from a time on: the cash flow, before what initiatives cost for them.
fn of_customers(books: &Statement, weights: &TimeWeights, from: u32) -> f64 {
    let costs = books.initiative_cost.iter().zip(&weights.event).map(|(cost, weight)| cost * weight);
    books.discounted.iter().zip(costs).skip(from as usize).map(|(flow, cost)| flow + cost).sum()
}
