//! A replay is one customer's life, period by period: the same as in the full run, to the last bit.

use crate::model::Model;
use crate::model::timeline::Timeline;
use crate::quantity::{PARTS_PER_ONE, ScenarioId, SegmentId, UNITS_PER_ONE};

use super::draws::Draws;
use super::experiment::Experiment;
use super::lanes::InstructionSet;
use super::ledger::Ledger;
use super::mechanism::count;
use super::population::{Block, Crowd};
use super::program::Program;
use super::rollout::Rollout;
use super::scratch::Scratch;
use super::tables::PeriodTable;

/// One time of one customer's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The time: 0 at the start, then the period.
    pub period: u32,
    /// The stage at the end of the period, by its place in the model.
    pub stage: usize,
    /// Satisfaction, where customers remember.
    pub satisfaction: Option<f64>,
    /// Purchases in the period.
    pub purchases: u64,
    /// Money spent in the period.
    pub spent: f64,
}

/// One customer's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// The segment the customer belongs to.
    pub segment: SegmentId,
    /// The traits in the order of the model.
    pub traits: Vec<f64>,
    /// Every time from the start to the horizon.
    pub moments: Vec<Moment>,
}

/// Replays simulated customer `customer` (counted from 0) of one scenario and replication; none where there is no such customer.
///
/// Where customers hear from each other, everybody is simulated once to know what this one hears.
pub fn replay(model: &Model, scenario: ScenarioId, replication: u32, customer: u32) -> Option<Life> {
    let mut end = 0;
    let segment = model.segments.iter().position(|segment| {
        end += segment.agents;
        customer < end
    })?;
    let program = Program::new(model);
    let rollout = Rollout::new(model, &program, Draws::new(model.run.seed, replication), InstructionSet::best());
    let (heard, fired) = if program.coupled {
        Experiment::new(model).heard(scenario, replication)
    } else {
        (vec![0.0; model.run.horizon as usize + 1], Vec::new())
    };
    let drawn = Experiment::drawn(model, replication);
    let timeline = Timeline::with_rules(model, &drawn, scenario, &fired, SegmentId::from(segment));
    let mut block = Block::with_room(&program, 1, true);
    let mut scratch = Scratch::new(&program, 1, true);
    let mut ledger = Ledger::new(&program, 0, model.run.horizon);
    block.begin(&rollout.world, Crowd::new(segment, 0, customer), 1);
    let traits = block.traits.iter().map(|column| f64::from(column[0])).collect();
    count::count(&mut block, &rollout.world, 0, &mut ledger);
    let mut moments = vec![moment(&block, &ledger, 0)];
    for t in 1..=model.run.horizon {
        let table = PeriodTable::new(model, &program, &timeline, t, heard[t as usize]);
        rollout.period(&mut block, &mut scratch, &table, t, &mut ledger);
        moments.push(moment(&block, &ledger, t));
    }
    Some(Life { segment: SegmentId::from(segment), traits, moments })
}

fn moment(block: &Block, ledger: &Ledger, t: u32) -> Moment {
    let at = t as usize;
    let stage = ledger.customers(at).iter().position(|count| *count > 0).unwrap_or(0);
    let held = block.satisfaction.first().map(|s| (f64::from(*s) * PARTS_PER_ONE).floor() / PARTS_PER_ONE);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "one customer's purchases in one period"
    )]
    let purchases = ledger.purchases(at).iter().sum::<i128>() as u64;
    Moment {
        period: t,
        stage,
        satisfaction: held,
        purchases,
        spent: ledger.baskets(at).iter().sum::<i128>() as f64 / UNITS_PER_ONE,
    }
}
