//! `polku exact` prints the exact expectations of a study, or why it has none.

use clap::Args;

use super::failure::Failure;
use super::open::{Open, Purpose};
use super::output::print;
use crate::engine::run::threads::on_threads;
use crate::estimate::exact::Exact as Expectations;
use crate::model::Model;
use crate::report::inert::inert;

/// Which study, and how to print.
#[derive(Debug, Args)]
pub struct Exact {
    #[command(flatten)]
    open: Open,
    /// Print every period: scenario,period,metric,expectation
    #[arg(long)]
    timeline: bool,
}

impl Exact {
    /// Solves and prints.
    ///
    /// # Errors
    /// A wrong study, or a failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let model = &self.open.open_for(Purpose::Exact)?;
        match on_threads(|| Expectations::of(model)) {
            Err(why) => {
                let reasons: String = why.iter().flat_map(|reason| ["  - ", reason, "\n"]).collect();
                print(&format!(
                    "This study has no exact expectation, because\n{reasons}Simulate it with `polku run`.\n"
                ))
            }
            Ok(exact) => print(&csv(model, &exact, self.timeline).map_err(|fault| Failure::Bug(fault.to_string()))?),
        }
    }
}

fn csv(model: &Model, exact: &Expectations, timeline: bool) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if timeline {
        writer.write_record(["scenario", "period", "metric", "expectation"])?;
    } else {
        writer.write_record(["scenario", "metric", "expectation", "standard_error"])?;
    }
    for (scenario, (moments, series)) in model.scenarios.iter().zip(exact.horizon.iter().zip(&exact.series)) {
        let scenario = inert(&scenario.name);
        for ((metric, moments), series) in exact.metrics.iter().zip(moments).zip(series) {
            let name = inert(&metric.name(model)).into_owned();
            if timeline {
                for (t, value) in series.iter().enumerate() {
                    writer.write_record([&*scenario, &t.to_string(), &name, &value.to_string()])?;
                }
            } else {
                // What is left to doubt are the draws of uncertain numbers; without any, nothing is.
                let error = moments.variance().map_or(0.0, |variance| (variance / moments.count() as f64).sqrt());
                writer.write_record([&*scenario, &name, &moments.mean().to_string(), &error.to_string()])?;
            }
        }
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
