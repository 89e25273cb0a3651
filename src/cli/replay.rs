//! `polku replay` prints one customer's life, period by period.

use clap::Args;

use super::failure::Failure;
use super::open::{Open, Purpose, scenario_named};
use super::output::print;
use crate::diagnostic::suggest;
use crate::engine::run::replay::{Life, Who};
use crate::engine::state::occasions::Tried;
use crate::estimate::experiment::Experiment;
use crate::model::Model;
use crate::model::metric::{CARRIED, HEARSAY, Metric};
use crate::model::state::Life as StateLife;
use crate::model::tag::Tag;
use crate::quantity::SegmentId;
use crate::report::inert::inert;

/// Whose life.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    open: Open,
    /// The scenario; the baseline by default
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// The replication, counted from 0
    #[arg(long, value_name = "R", default_value_t = 0)]
    replication: u32,
    /// The simulated customer, counted from 0: over all of those at the start, or within --segment and --entry
    #[arg(long, value_name = "N", default_value_t = 0)]
    customer: u32,
    /// A customer of this segment
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,
    /// A newcomer of this period; 0 is the start
    #[arg(long, value_name = "PERIOD", default_value_t = 0, requires = "segment")]
    entry: u32,
    /// One row for each occurrence of a touchpoint instead: how it ended, what it was like, and what it left behind
    #[arg(long)]
    occurrences: bool,
}

impl Replay {
    /// Replays and prints.
    ///
    /// # Errors
    /// A wrong study, an unknown scenario or customer, or a failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let model = &self.open.open_for(Purpose::Run(0))?;
        let scenario = match &self.scenario {
            None => model.baseline,
            Some(name) => scenario_named(name, model)?,
        };
        if self.replication >= model.run.replications {
            return Err(Failure::Usage(format!(
                "there is no replication {}; the study has {}, counted from 0",
                self.replication, model.run.replications
            )));
        }
        let life = Experiment::new(model).replay(scenario, self.replication, self.who(model)?);
        let life = life.map_err(|simulated| Failure::Usage(self.nobody(simulated)))?;
        let table = if self.occurrences { occurrences(model, &life) } else { csv(model, &life) };
        print(&table.map_err(|fault| Failure::Bug(fault.to_string()))?)
    }
}

impl Replay {
    fn who(&self, model: &Model) -> Result<Who, Failure> {
        let Some(name) = &self.segment else { return Ok(Who::AtStart(self.customer)) };
        let Some(place) = model.segments.iter().position(|segment| segment.name == *name) else {
            let names = model.segment_order.iter().map(|id| model.segments[id.index()].name.as_str());
            return Err(Failure::Usage(format!("there is no segment `{name}`; {}", suggest(name, names))));
        };
        Ok(Who::OfCohort { segment: SegmentId::from(place), entry: self.entry, customer: self.customer })
    }

    /// That there is no such customer, and how many there are.
    fn nobody(&self, simulated: u32) -> String {
        let customer = self.customer;
        match (&self.segment, self.entry) {
            (None, _) => format!("there is no customer {customer}; the study simulates {simulated}, counted from 0"),
            (Some(segment), 0) => {
                format!(
                    "there is no customer {customer} of `{segment}` at the start; there are {simulated}, counted from 0"
                )
            }
            (Some(segment), entry) if simulated == 0 => {
                format!(
                    "no customers come to `{segment}` in period {entry} of this replication; choose another --entry"
                )
            }
            (Some(segment), entry) => format!(
                "there is no customer {customer} of those who come to `{segment}` in period {entry}; there are {simulated}, counted from 0"
            ),
        }
    }
}

fn csv(model: &Model, life: &Life) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let traits = model.traits.iter().map(|t| format!("trait.{}", t.name));
    let head =
        ["segment", "period", "stage", "retained", "satisfaction", "purchases", "spent"].into_iter().map(str::to_owned);
    let tags = model.tags.iter().map(|tag| format!("tag.{}", tag.name));
    let talk = model.hearsay.iter().flat_map(|its| HEARSAY.map(|facts| facts.called(&its.name)));
    let wallet = || model.has_wallets().then_some(Metric::Wallet);
    let shared = wallet().map(|its| its.key().to_owned());
    writer.write_record(head.chain(traits).chain(carried(model)).chain(shared).chain(tags).chain(talk))?;
    for moment in &life.moments {
        let stage = &model.stages[moment.stage];
        let row = [
            inert(&model.segments[life.segment.index()].name).into_owned(),
            moment.period.to_string(),
            inert(&stage.name).into_owned(),
            u8::from(stage.retained).to_string(),
            moment.satisfaction.map_or_else(String::new, |s| s.to_string()),
            moment.purchases.to_string(),
            moment.spent.to_string(),
        ];
        let numbers = life.traits.iter().chain(&moment.states).map(f64::to_string);
        let class = |(tag, class): (&Tag, &usize)| {
            tag.bands.get(*class).map_or_else(String::new, |(name, _)| inert(name).into_owned())
        };
        let classes = model.tags.iter().zip(&moment.classes).map(class);
        let talk = moment.talk.iter().flat_map(|its| [its.heard.to_string(), its.told.to_string()]);
        let share = wallet().map(|_| moment.wallet.map_or_else(String::new, |share| share.to_string()));
        writer.write_record(row.into_iter().chain(numbers).chain(share).chain(classes).chain(talk))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// The names of states that customers carry.
fn carried(model: &Model) -> impl Iterator<Item = String> {
    let own = model.carried.iter().filter(|its| matches!(its.life, StateLife::Own(_)));
    own.map(|its| CARRIED.called(&its.name))
}

/// One row for each occurrence of a touchpoint.
fn occurrences(model: &Model, life: &Life) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["period", "touchpoint", "number", "end", "days", "weight", "quality", "expected", "felt"];
    let satisfaction = model.experience.iter().map(|_| Metric::Satisfaction.key().to_owned());
    let tells = !model.hearsay.is_empty();
    let reached = tells.then(|| "told".to_owned());
    let tried = if model.channels.is_empty() { &[][..] } else { &TRIED[..] };
    let head = head.iter().chain(tried).map(|name| (*name).to_owned());
    writer.write_record(head.chain(satisfaction).chain(carried(model)).chain(reached))?;
    let number = |number: Option<f32>| number.map_or_else(String::new, |number| number.to_string());
    for (period, told) in life.moments.iter().flat_map(|its| its.told.iter().map(move |told| (its.period, told))) {
        let its = &model.touchpoints[told.touchpoint];
        let end = its.ends[told.end].name.as_deref().unwrap_or_default();
        let (quality, expected, felt) = told.felt.map_or((None, None, None), |(q, e, u)| (Some(q), e, Some(u)));
        let row = [
            period.to_string(),
            inert(&its.name).into_owned(),
            told.number.to_string(),
            inert(end).into_owned(),
            number(told.days),
            told.weight.to_string(),
            number(quality),
            number(expected),
            number(felt),
        ];
        let tried = tried.iter().zip(attempt(model, told.tried.as_ref())).map(|(_, cell)| cell);
        let reached = tells.then(|| told.reached.map_or_else(String::new, |people| people.to_string()));
        let left = told.left.iter().map(f32::to_string);
        writer.write_record(row.into_iter().chain(tried).chain(left).chain(reached))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// What is told of an attempt in a channel.
const TRIED: [&str; 6] = ["channel", "attempt", "wait", "recognised", "context_lost", "solved"];

/// The cells of an attempt; empty where an occurrence needed no channel.
fn attempt(model: &Model, tried: Option<&Tried>) -> [String; 6] {
    let Some(its) = tried else { return Default::default() };
    let flag = |so: bool| u8::from(so).to_string();
    let channel = model.channels.get(its.channel as usize).map_or("", |channel| channel.name.as_str());
    [
        inert(channel).into_owned(),
        (its.attempt + 1).to_string(),
        its.wait.to_string(),
        flag(its.recognised),
        flag(its.lost),
        flag(its.solved),
    ]
}
