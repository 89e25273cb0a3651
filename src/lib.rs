//! polku (Finnish: path) simulates customer journeys and compares roadmap scenarios.
//!
//! A *study* is one TOML file: the journey as it is today, and the roadmaps to choose from. From there to a
//! picture the way is always the same, one type in and one type out:
//!
//! ```text
//! TOML -> Study -> Model -> Experiment -> Runs -> Report -> Bundle -> a folder
//! ```
//!
//! ```standalone_crate
//! use polku::{Experiment, Metric, Model, Report, Study};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let study = Study::read("scenarios/retailer.toml")?;            // with its source; all faults as one error
//! # let mut source = polku::Source::read("scenarios/retailer.toml")?;
//! # let study = Study::parse_with(&mut source, &polku::Setting::all(&["run.agents=400"])?)?;
//! let model = Model::compile(&study)?;                            // checked, immutable; warnings on it
//! let runs = Experiment::new(&model).replications(200).seed(2026).run()?;   // owned; `.progress(...)` can stop it
//! for c in runs.contrasts(Metric::Npv) {
//!     println!("{:<16} {:+.0} ± {:.0}", c.scenario, c.difference.mean, c.difference.half_width());
//! }
//! # assert_eq!(runs.contrasts(Metric::Npv).len(), model.scenario_names().count() - 1);
//! # let folder = tempfile::tempdir()?;
//! # std::env::set_current_dir(&folder)?;
//! Report::new(&runs).write("out/retailer")?;
//! # assert!(std::path::Path::new("out/retailer/manifest.json").exists());
//! # Ok(())
//! # }
//! ```
//!
//! # A tour
//!
//! 1. [`Study`] is what the author wrote, exactly, with its [`Source`]. [`Study::read`] takes a file, [`Study::parse`] a
//!    text, and a [`Setting`] is what `--set` sets. [`Source::to_text`] gives the text back with its settings in it.
//! 2. [`Model`] is what that means: names became indices, and everything was checked. [`Model::compile`] gives all
//!    [`Faults`] at once, each of them a [`Diagnostic`]; warnings stand on the model.
//! 3. [`Experiment`] plays every scenario through every replication. Each random number has an address, so that one
//!    customer has the same draws in every scenario and results depend on the seed alone: not on threads, blocks or the
//!    order of work. [`Experiment::range`] runs a part and gives a [`Record`]; [`Runs::fold`] takes records together.
//! 4. [`Runs`] are the replications, priced. A [`Metric`] has a [`MetricContrast`] for each scenario, and every number is
//!    an [`Estimate`] with its standard error and interval. [`Runs::summary`] is what `summary.json` holds, and
//!    [`Runs::business`] what `business.json` holds.
//! 5. [`Report`] is every number that people see. A [`Bundle`] is what a run writes, as names and bytes;
//!    [`Report::write`] puts it into a folder, as a whole or not at all.
//!
//! Where nothing couples customers, [`Exact`] has the same metrics without any chance.
//!
//! ```
//! use polku::{Experiment, Model, Source, Study};
//!
//! # fn main() -> Result<(), polku::Faults> {
//! let text = r#"
//!     run = { period = "month", horizon = 12, customers = 10_000, agents = 500, replications = 20, seed = 7 }
//!     segments.all = { share = 1.0, start = { active = 1.0 } }
//!     scenarios.today = {}
//!     scenarios.care.changes = [ { target = "stages.active.to.gone", odds = 0.8 } ]
//!
//!     [stages.active]
//!     retained = true
//!     to = { gone = 0.05 }
//!     values = { revenue = 20.0 }
//!     [stages.gone]
//! "#;
//! let study = Study::parse(&Source::new("care.toml", ".", text))?;
//! let model = Model::compile(&study)?;
//! assert!(model.warnings().is_empty());
//! let summary = Experiment::new(&model).threads(1).run()?.summary();
//!
//! let care = &summary.contrasts[0];
//! assert_eq!((care.scenario.as_str(), care.baseline.as_str()), ("care", "today"));
//! // Odds of leaving fall to 0.8 of what they were, so retention over a year rises by about 7 points.
//! let gain = care.metrics["retention"].estimate;
//! assert!(gain.low > 0.0 && (0.04..0.09).contains(&gain.mean));
//!
//! // Nothing couples these customers, so the exact answer is known as well.
//! let kept = summary.scenarios[0].exact.as_ref().map(|exact| exact["retention"]);
//! assert!((kept.unwrap() - 0.95_f64.powi(12)).abs() < 1e-12);
//! # Ok(())
//! # }
//! ```

// The way in of the binary, outside the promise that the names below are.
#[doc(hidden)]
pub mod cli;

mod diagnostic;
mod digest;
mod engine;
mod estimate;
mod faults;
mod files;
mod legible;
mod model;
mod quantity;
mod report;
mod stats;
mod study;

pub use diagnostic::{Diagnostic, Place, Severity};
pub use engine::exact::depth::Depth;
pub use engine::lanes::InstructionSet;
pub use engine::run::divergence::Resolution;
pub use engine::run::replay::{Life, Moment, Who};
pub use estimate::contrast::MetricContrast;
pub use estimate::exact::Exact;
pub use estimate::experiment::Experiment;
pub use estimate::money::business::Business;
pub use estimate::record::Record;
pub use estimate::runs::Runs;
pub use estimate::summary::{
    AuditStatus, AuditSummary, Contrast, Controlled, Difference, Estimator, ScenarioSummary, Series, Summary,
};
pub use faults::{Cause, Faults};
pub use model::Model;
pub use model::metric::Metric;
pub use quantity::{ScenarioId, SegmentId, StageId};
pub use report::Report;
pub use report::bundle::Bundle;
pub use report::form::{Charts, Form, Output, TableForm};
pub use stats::estimate::Estimate;
pub use stats::share::Share;
pub use study::Study;
pub use study::schema::json_schema;
pub use study::setting::Setting;
pub use study::source::Source;

/// What our own tests and benches need of the inside. It is no part of what the library promises, and may change with every
/// version.
#[doc(hidden)]
pub mod inside {
    pub mod diagnostic {
        pub use crate::diagnostic::*;
    }
    pub mod engine {
        pub use crate::engine::*;
    }
    pub mod estimate {
        pub use crate::estimate::*;
    }
    pub mod faults {
        pub use crate::faults::*;
    }
    pub mod model {
        pub use crate::model::*;
    }
    pub mod quantity {
        pub use crate::quantity::*;
    }
    pub mod report {
        pub use crate::report::*;
    }
    pub mod stats {
        pub use crate::stats::*;
    }
    pub mod study {
        pub use crate::study::*;
    }
}
