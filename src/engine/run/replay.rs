//! A replay is one customer's life, period by period: the same as in the full run, to the last bit.

use crate::model::Model;
use crate::model::counter::{BASKETS, CUSTOMERS, PURCHASES};
use crate::model::hearsay::{Hearsay, PARTS};
use crate::model::journey::State;
use crate::model::starts::changed;
use crate::model::timeline::Timeline;
use crate::quantity::{CarriedId, PARTS_PER_ONE, ScenarioId, SegmentId, TraitId, UNITS_PER_ONE};

use super::lockstep::Heard;
use super::rollout::{InPeriod, Rollout, SECOND_HALF, halves};
use super::simulation::Simulation;
use crate::engine::chance::crowd::Crowd;
use crate::engine::count::cells::{Arrivals, planned};
use crate::engine::count::counts::Counts;
use crate::engine::lanes::InstructionSet;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::mechanism::tag::TAGS;
use crate::engine::mechanism::wallet::OWN_SHARE;
use crate::engine::state::block::Block;
use crate::engine::state::occasions::Told;
use crate::engine::state::plan::StateColumn;
use crate::engine::state::scratch::Scratch;
use crate::engine::table::history::History;
use crate::engine::table::tables::PeriodTable;

/// Which simulated customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// One of those who are there at the start, counted from 0 over all segments in canonical order.
    AtStart(u32),
    /// One of a cohort, counted from 0 within it.
    OfCohort {
        /// The segment.
        segment: SegmentId,
        /// The period in which they come; 0 for those who are there at the start.
        entry: u32,
        /// The customer.
        customer: u32,
    },
}

/// One time of one customer's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The time: 0 at the start, then the period.
    pub period: u32,
    /// The stage at the end of the period, by its place in the model.
    pub stage: usize,
    /// Satisfaction, where customers remember.
    pub satisfaction: Option<f64>,
    /// The states that the study declares, in the order of the model; a blend of others is not carried.
    pub states: Vec<f64>,
    /// Purchases in the period.
    pub purchases: u64,
    /// Money spent in the period.
    pub spent: f64,
    /// The company's share of what the customer buys, in the mean; none where nothing is shared, or nobody is there any more.
    pub wallet: Option<f64>,
    /// The class of each tag, in the order of the model.
    pub classes: Vec<usize>,
    /// What happened at touchpoints in the period, in its order.
    pub told: Vec<Told>,
    /// How often each hearsay was heard in the period, and how many people in the market it was told, in the order of the
    /// model.
    pub talk: Vec<Talk>,
}

/// What a customer heard and told of one hearsay in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Talk {
    /// How often it was heard.
    pub heard: u64,
    /// How many people in the market it was told.
    pub told: f64,
}

/// One customer's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// The segment the customer belongs to.
    pub segment: SegmentId,
    /// The traits in the order of the model.
    pub traits: Vec<f64>,
    /// Every time from the start, or from the period in which the customer came, to the horizon.
    pub moments: Vec<Moment>,
}

/// Replays one simulated customer of a scenario and replication.
///
/// Where customers hear from each other, everybody is simulated once to know what this one hears.
///
/// # Errors
/// How many customers there are of whom this one is none.
pub fn replay(simulation: &Simulation<'_>, scenario: ScenarioId, replication: u32, who: Who) -> Result<Life, u32> {
    let (model, design) = (simulation.model(), simulation.design());
    let schedule = Schedule::new(model, false);
    let rollout = Rollout::new(&schedule, model.run.horizon, design.draws(replication), InstructionSet::best());
    let drawn = design.drawn(model, replication);
    let Heard { history, fired, arrivals } = if schedule.plan.is_coupled() {
        simulation.heard(scenario, replication)
    } else {
        let arrivals = planned(model, &drawn).swap_remove(scenario.index());
        let history = History::of_nothing(&schedule.plan.shared.fields, model.run.horizon);
        Heard { history, fired: Vec::new(), arrivals }
    };
    let crowd = crowd(model, &arrivals, who)?;
    let segment = SegmentId::from(crowd.segment);
    let timeline = Timeline::with_rules(model, &drawn, scenario, &fired, segment);
    let mut block = Block::with_room(&rollout.world, 1, true);
    let mut scratch = Scratch::new(&rollout.world, 1, true);
    scratch.occasions.told = Some(Vec::new());
    let mut ledger = Counts::new(&schedule.layout, crowd.entry, model.run.horizon);
    let start = changed(model, &timeline, crowd.segment, crowd.entry);
    rollout.begin(&mut block, &mut scratch, (crowd, 1), start.as_ref().map(|start| start.pieces.as_slice()));
    let traits = (0..model.traits.len()).filter_map(|of| number(&block, &schedule, State::Trait(TraitId::from(of))));
    let traits = traits.collect();
    let mut moments = Vec::new();
    if crowd.entry == 0 {
        rollout.start(&mut block, &mut scratch, &mut ledger);
        moments.push(moment((model, &schedule), &block, (&ledger, Vec::new()), 0));
    }
    for t in crowd.entry.max(1)..=model.run.horizon {
        let mut table = PeriodTable::new(schedule.tables(model), &timeline, t, history.begin(t));
        let bits = block.take_bits(&rollout.world, &mut scratch, t);
        for half in halves(&schedule.plan) {
            if *half == SECOND_HALF {
                table.go_on(schedule.tables(model), &timeline, t, history.midway(t));
            }
            let now = InPeriod { table: &table, t };
            rollout.walk((&mut block, &mut scratch), &bits, now, *half, Some(&mut ledger));
        }
        block.put_back(bits, &mut scratch);
        let told = scratch.occasions.told.replace(Vec::new()).unwrap_or_default();
        let wallet = own_share(&schedule, (&block, &scratch));
        let mut now = moment((model, &schedule), &block, (&ledger, told), t);
        now.wallet =
            wallet.filter(|_| model.stages[now.stage].purchases.as_ref().is_some_and(|its| its.wallet.is_some()));
        moments.push(now);
    }
    Ok(Life { segment, traits, moments })
}

/// A crowd of this customer alone, where there is such a customer among those who come to a segment in each period.
fn crowd(model: &Model, arrivals: &[Vec<Arrivals>], who: Who) -> Result<Crowd, u32> {
    let mut ends = model.segments.iter().scan(0, |end, segment| {
        *end += segment.agents;
        Some(*end)
    });
    match who {
        Who::AtStart(customer) => {
            let segment = ends.position(|end| customer < end).ok_or(model.run.agents)?;
            Ok(Crowd::new(segment, 0, customer))
        }
        Who::OfCohort { segment, entry, customer } => {
            let came = arrivals[segment.index()].get(entry as usize).map_or(0, |its| its.agents);
            if customer >= came {
                return Err(came);
            }
            // Newcomers are counted anew in every cohort, those at the start over all segments.
            let before: u32 = model.segments[..segment.index()].iter().map(|segment| segment.agents).sum();
            let first = if entry == 0 { before + customer } else { customer };
            Ok(Crowd::new(segment.index(), entry, first))
        }
    }
}

/// A number that the only customer of a block carries on; none where nobody does, or they were dropped.
fn number(block: &Block, schedule: &Schedule, state: State) -> Option<f64> {
    match schedule.plan.state(state)?.column {
        StateColumn::Lasting(column) => block.columns.numbers(column).first().map(|number| f64::from(*number)),
        StateColumn::Passing(_) => None,
    }
}

/// The company's share of what the only customer of a block buys; none where they were dropped, or nobody shares anything.
fn own_share(schedule: &Schedule, (block, scratch): (&Block, &Scratch)) -> Option<f64> {
    let column = schedule.plan.passing.find_numbers(&OWN_SHARE.made_anew())?;
    (block.live > 0).then(|| scratch.columns.numbers(column).first().copied().map(f64::from))?
}

/// The classes of the only customer of a block; none where they were dropped.
fn classes(model: &Model, schedule: &Schedule, block: &Block) -> Vec<usize> {
    if block.live == 0 {
        return Vec::new();
    }
    let word = schedule.plan.lasting.find(&TAGS).and_then(|column| block.columns.words(column).first());
    word.map_or_else(Vec::new, |word| (0..model.tags.len()).map(|tag| (word >> (4 * tag) & 15) as usize).collect())
}

fn moment(
    (model, schedule): (&Model, &Schedule),
    block: &Block,
    (ledger, told): (&Counts<i128>, Vec<Told>),
    t: u32,
) -> Moment {
    let at = t as usize;
    let stage = ledger.cells(CUSTOMERS, at).iter().position(|count| *count > 0).unwrap_or(0);
    let satisfaction = number(block, schedule, State::Satisfaction);
    let states = (0..model.carried.len()).filter_map(|of| number(block, schedule, State::Carried(CarriedId::from(of))));
    let held = satisfaction.map(|s| (s * PARTS_PER_ONE).floor() / PARTS_PER_ONE);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "one customer's purchases in one period"
    )]
    let purchases = ledger.cells(PURCHASES, at).iter().sum::<i128>() as u64;
    Moment {
        period: t,
        stage,
        satisfaction: held,
        states: states.collect(),
        purchases,
        spent: ledger.cells(BASKETS, at).iter().sum::<i128>() as f64 / UNITS_PER_ONE,
        wallet: None,
        classes: classes(model, schedule, block),
        told,
        talk: model.hearsay.iter().map(|its| talk(its, ledger, at)).collect(),
    }
}

/// What the only customer who is counted heard and told.
fn talk(its: &Hearsay, ledger: &Counts<i128>, at: usize) -> Talk {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 15 for each customer and period"
    )]
    let heard = ledger.cells(its.heard, at).iter().sum::<i128>() as u64;
    Talk { heard, told: ledger.cells(its.told, at).iter().sum::<i128>() as f64 / PARTS }
}
