//! polku (Finnish: path) simulates customer journeys and compares roadmap scenarios.
//!
//! A *study* is one TOML file: the journey as it is today, and the roadmaps to choose from. From there to a
//! picture the way is always the same, one type in and one type out:
//!
//! ```text
//! TOML -> Study -> Model -> Experiment -> Runs -> Summary -> Report -> bytes
//! ```
//!
//! 1. [`Study`] is what the author wrote, exactly, with its source. [`Study::read`] takes a file, [`Study::parse`] a text.
//! 2. [`Model`] is what that means: names became indices, and everything was checked. [`Model::compile`] gives all
//!    [faults](faults::Faults) at once, as one error; warnings stand on the model.
//! 3. [`Experiment`] plays every scenario through every replication. Each random number has an
//!    [address](engine::chance::draws), so that one customer has the same luck in every scenario and results depend on
//!    the seed alone: not on threads, blocks or the order of work.
//! 4. [`Runs`] takes the replications in, prices them, and knows [metrics](model::metric) and contrasts with
//!    their doubt. [`Runs::summary`] is what `summary.json` holds.
//! 5. [`Report`] is every number that people see; [`report`] turns it into tables, charts and one page, as
//!    bytes. Only [`cli`] writes them anywhere.
//!
//! Where nothing couples customers, [`estimate::exact::Exact`] has the same metrics without any chance.
//!
//! ```
//! use polku::study::source::Source;
//! use polku::{Experiment, Model, Study};
//!
//! # fn main() -> Result<(), polku::faults::Faults> {
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
//! let source = Source::new("care.toml", ".", text);
//! let study = Study::parse(&source)?;
//! let model = Model::compile(&study)?;
//! assert!(model.warnings().is_empty());
//!
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

pub mod bits;
pub mod cli;
pub mod diagnostic;
pub mod digest;
pub mod engine;
pub mod estimate;
pub mod faults;
pub mod files;
pub mod legible;
pub mod model;
pub mod quantity;
pub mod report;
pub mod stats;
pub mod study;

pub use estimate::experiment::Experiment;
pub use estimate::runs::Runs;
pub use model::Model;
pub use report::Report;
pub use study::Study;
