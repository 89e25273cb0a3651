//! What customers are worth after the horizon, if everything went on as it is written: exact, where the model allows.

use crate::engine::chance::design::Design;
use crate::engine::count::cells::planned;
use crate::engine::count::counts::Counts;
use crate::engine::exact::cohort::{Solution, Solver};
use crate::engine::exact::cost::ExactCost;
use crate::engine::exact::precision::Precision;
use crate::engine::run::threads::each;
use crate::engine::run::work::CUSTOMER_PERIOD;
use crate::engine::table::program::Program;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::journey::{Chance, Clock, Exit};
use crate::model::world::Occurrence;
use crate::quantity::{ScenarioId, SegmentId};

use super::lines::Lines;
use super::prices::Prices;
use crate::estimate::budget::{Budget, LeftOut};

/// The longest horizon that is looked at, in periods.
const LONGEST: u32 = 4_800;
/// What the last half of a horizon may add, as a share of the whole, for the rest to count as nothing.
const NOTHING: f64 = 1e-6;
/// How many shocks that came before are as much work in a period as taking customers through it.
const SHOCKS_EACH: f64 = 16.0;
/// The most replications whose uncertain numbers and shocks are followed. Their mean is what the medians of coins and
/// hazards would not give: something that half of all replications have.
const MOST_DRAWS: f64 = 16.0;
/// The fewest, however large the study.
const FEWEST_DRAWS: f64 = 4.0;

/// What a customer is worth after the horizon, by scenario and entry; none for an entry in which nobody came.
pub type Tails = Vec<Vec<Option<f64>>>;

/// What customers come to, discounted to time 0: sums over draws.
#[derive(Clone, Copy, Default)]
struct Settling {
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
/// What it takes is computed before each step, and spent.
pub fn tails(model: &Model, by: (&Precision, Design), budget: &mut Budget, threads: usize) -> Option<Tails> {
    if ends_with_the_horizon(model) {
        return None;
    }
    let (precision, _) = by;
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
        let found = worth((&long, model), by, draws, threads);
        if found.settling.iter().all(Settling::is_settled) {
            let wanted = *wanted.get_or_insert_with(|| draws_for(model, budget.left() / work));
            if draws == wanted {
                return Some(after(&found, &worth((model, model), by, draws, threads)));
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

impl Settling {
    /// That of some customers, from their flows over a longer horizon.
    fn of(units: &Units, flows: &Counts<f64>, within: usize, came: &[f64]) -> Self {
        let mut sums = Self { came: came.iter().sum(), ..Self::default() };
        let last = flows.times() - 1;
        for t in within + 1..=last {
            let worth = units.of_flows(t, flows);
            sums.after += worth;
            sums.late += if t > last / 2 { worth } else { 0.0 };
        }
        sums
    }

    fn add(&mut self, other: Self) {
        self.after += other.after;
        self.late += other.late;
        self.came += other.came;
    }

    /// Whether what comes so late counts for nothing, so that what comes still later does.
    fn is_settled(&self) -> bool {
        self.late.abs() <= NOTHING * (self.came + self.after.abs())
    }
}

/// The work of one draw: taking everybody through a longer horizon to see whether it is settled, then valuing them from its
/// end back to their entry, and from that of the study.
fn work(long: &Model, model: &Model, precision: &Precision) -> f64 {
    let cost = |its: &Model| {
        let solver = Solver::with(its, &Program::new(its), precision.clone());
        // Nobody comes after the horizon of the study.
        let entries = model.entries() as f64 / (0.5 * its.entries() as f64).max(1.0);
        ExactCost::of(&solver).draw * if solver.layout().reads_age { entries.min(1.0) } else { 1.0 }
    };
    // Shocks come again and again, and all that came may still be felt.
    let strikes: f64 = model
        .shocks
        .iter()
        .map(|shock| match shock.when {
            Occurrence::Hazard(hazard) => model.params[hazard.index()].law.mean() * f64::from(long.run.horizon),
            Occurrence::In(_) => 0.0,
        })
        .sum();
    CUSTOMER_PERIOD * (2.0 * cost(long) + cost(model)) * (1.0 + strikes / SHOCKS_EACH)
}

/// Whether a list of chances or values was cut at the horizon, so that it does not say how things go on.
fn ends_with_the_horizon(model: &Model) -> bool {
    let cut = |exit: &Exit| match exit.chance {
        Chance::Listed { by, length, .. } => !matches!(by, Clock::Age(_)) && length >= model.run.horizon,
        _ => false,
    };
    let of_customers = model.presences.iter().filter_map(|its| its.list).map(|list| list.length);
    let of_period = model.bookings.all().iter().map(|booking| booking.price.length());
    model.stages.iter().flat_map(|stage| &stage.exits).any(cut)
        || of_customers.chain(of_period).any(|length| length > 1 && length >= model.run.horizon as usize)
}

/// What the customers of a study come to over a horizon of its length or longer.
struct Worth {
    /// By scenario.
    settling: Vec<Settling>,
    /// By scenario and entry: what they are worth in all, discounted to entry, and how many came.
    entries: Vec<Vec<(f64, f64)>>,
}

/// What the customers who come within the horizon of `model` come to over that of `long`.
fn worth(
    (long, model): (&Model, &Model),
    (precision, design): (&Precision, Design),
    draws: u32,
    threads: usize,
) -> Worth {
    let (program, lines) = (Program::new(long), Lines::of(long));
    let solver = Solver::with(long, &program, precision.clone());
    // The luck of a replication within the horizon is what it was; what comes later is drawn by the same addresses.
    let drawn: Vec<Draw> = (0..draws).map(|draw| design.drawn(long, draw)).collect();
    let solutions: Vec<Solution<'_, '_>> = drawn.iter().map(|drawn| solver.at(drawn)).collect();
    let arrivals: Vec<_> = (0..draws).map(|draw| planned(model, &design.drawn(model, draw))).collect();
    let places = || (0..model.scenarios.len()).flat_map(|its| (0..model.segments.len()).map(move |of| (its, of)));
    let all: Vec<_> = (0..drawn.len()).flat_map(|draw| places().map(move |place| (draw, place))).collect();
    let found = each(threads, &all, |(draw, (scenario, segment))| {
        let place = (ScenarioId::from(*scenario), SegmentId::from(*segment));
        let prices = Prices::new(long, &lines, &drawn[*draw]);
        let came: Vec<f64> = arrivals[*draw][*scenario][*segment].iter().map(|its| its.real).collect();
        of_place(&solutions[*draw], &prices, place, (came, model.run.horizon))
    });
    let mut sums = Worth {
        settling: vec![Settling::default(); model.scenarios.len()],
        entries: vec![vec![(0.0, 0.0); model.entries()]; model.scenarios.len()],
    };
    for ((draw, (scenario, _)), (entries, settling)) in all.iter().zip(found) {
        let rate = drawn[*draw][long.run.discount_rate];
        for (entry, (came, worth)) in entries.into_iter().enumerate().filter(|(_, its)| its.0 > 0.0) {
            let (sum, all) = &mut sums.entries[*scenario][entry];
            *sum += came * worth / long.run.factor_at_entry(rate, entry);
            *all += came;
        }
        sums.settling[*scenario].add(settling);
    }
    sums
}

/// What the customers of one scenario and segment come to at one draw: by entry, how many came and what one is worth; and
/// how that settles after the horizon of the study, which lies `within` the one that is looked at.
fn of_place(
    solution: &Solution<'_, '_>,
    prices: &Prices<'_>,
    place: (ScenarioId, SegmentId),
    (came, within): (Vec<f64>, u32),
) -> (Vec<(f64, f64)>, Settling) {
    let units = Units::of(prices, place);
    let worths = solution.worth_by_entry(place, &units.rewards, came.len());
    let is_longer = solution.model().run.horizon > within;
    let settling = is_longer.then(|| Settling::of(&units, &solution.flows(place, &came), within as usize, &came));
    let entries = came.into_iter().zip(worths).zip(units.arriving).map(|((came, worth), own)| (came, worth + own));
    (entries.collect(), settling.unwrap_or_default())
}

/// What a longer horizon adds for each customer who came. The difference of wholes, because an accrual may value at the
/// horizon itself less, or more, than at any time before the end.
fn after(longer: &Worth, within: &Worth) -> Tails {
    let one = |(longer, within): (&(f64, f64), &(f64, f64))| (longer.1 > 0.0).then(|| (longer.0 - within.0) / longer.1);
    longer
        .entries
        .iter()
        .zip(&within.entries)
        .map(|(longer, within)| longer.iter().zip(within).map(one).collect())
        .collect()
}

/// What a customer in a stage, a unit of money spent, a move and a newcomer are worth at each time, discounted to time 0:
/// books are linear in flows, so those of one of each tell those of all.
struct Units {
    /// By counter and time.
    rewards: Counts<f64>,
    /// By time of entry.
    arriving: Vec<f64>,
}

impl Units {
    /// What flows of time `t` are worth.
    fn of_flows(&self, t: usize, flows: &Counts<f64>) -> f64 {
        self.rewards.row(t).iter().zip(flows.row(t)).map(|(worth, count)| worth * count).sum()
    }

    /// Prices one of each.
    fn of(prices: &Prices<'_>, (scenario, segment): (ScenarioId, SegmentId)) -> Self {
        let (rewards, arriving) = prices.rewards(scenario, segment);
        Self { rewards, arriving }
    }
}
