//! `polku replay` prints one customer's life, period by period.

use clap::Args;

use super::failure::Failure;
use super::open::{Open, scenario_named};
use super::output::print;
use crate::engine::replay::{Life, replay};
use crate::model::Model;

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
    /// The simulated customer, counted from 0 over those who are there at the start
    #[arg(long, value_name = "N", default_value_t = 0)]
    customer: u32,
}

impl Replay {
    /// Replays and prints.
    ///
    /// # Errors
    /// A wrong study, an unknown scenario or customer, or a failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let opened = self.open.open()?;
        let model = &opened.model;
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
        let life = replay(model, scenario, self.replication, self.customer);
        let life = life.ok_or_else(|| {
            Failure::Usage(format!(
                "there is no customer {}; the study simulates {}, counted from 0",
                self.customer, model.run.agents
            ))
        })?;
        print(&csv(model, &life).map_err(|fault| Failure::Bug(fault.to_string()))?)
    }
}

fn csv(model: &Model, life: &Life) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let traits = model.traits.iter().map(|t| format!("trait.{}", t.name));
    let head =
        ["segment", "period", "stage", "retained", "satisfaction", "purchases", "spent"].into_iter().map(str::to_owned);
    writer.write_record(head.chain(traits))?;
    for moment in &life.moments {
        let stage = &model.stages[moment.stage];
        let row = [
            model.segments[life.segment.index()].name.clone(),
            moment.period.to_string(),
            stage.name.clone(),
            u8::from(stage.retained).to_string(),
            moment.satisfaction.map_or_else(String::new, |s| s.to_string()),
            moment.purchases.to_string(),
            moment.spent.to_string(),
        ];
        writer.write_record(row.into_iter().chain(life.traits.iter().map(f64::to_string)))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
