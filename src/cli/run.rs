//! `polku run` simulates all scenarios of a study, compares them, and writes everything down.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::explain::explain;
use super::failure::Failure;
use super::interrupt;
use super::open::{Purpose, open, scenario_named};
use super::output::{print, print_json};
use super::pace::Pace;
use super::repeat::{Order, Repeat};
use super::settings::Settings;
use super::stderr::{colour, tell};
use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::engine::exact::depth::Depth;
use crate::engine::lanes::InstructionSet;
use crate::engine::run::threads::MOST_THREADS;
use crate::estimate::experiment::Experiment;
use crate::estimate::summary::Summary;
use crate::files::file::read_file;
use crate::files::results::Results;
use crate::model::Model;
use crate::report::Report;
use crate::report::bundle::SUMMARY;
use crate::report::form::{self, Form};
use crate::report::manifest::{MANIFEST, Manifest};
use crate::report::table::terminal;
use crate::study::source::Source;

/// What to run, and where to write it.
#[derive(Debug, Args)]
pub struct Run {
    /// The study, a TOML file
    #[arg(value_name = "STUDY", required_unless_present = "from")]
    study: Option<PathBuf>,
    /// Repeat the run that wrote this manifest.json, which has its study and options, and compare the files
    #[arg(long, value_name = "MANIFEST", conflicts_with_all = RECORDED)]
    from: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Run this scenario (and the baseline); may be given several times
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// Compare with this scenario instead of the study's baseline
    #[arg(long, value_name = "NAME")]
    against: Option<String>,
    /// Use this many threads, 1024 at most; 0 uses all processors. Results do not depend on it
    // More would wait for each other for minutes rather than work.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=i64::from(MOST_THREADS)))]
    threads: u16,
    /// Use these vector instructions instead of the widest that this processor has. Results do not depend on it
    #[arg(long, value_name = "SET", value_parser = instruction_set)]
    vectors: Option<InstructionSet>,
    /// The folder to write to [default: out/STUDY]; `-` with --json writes no files
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The form of the tables timeline, contrasts, ledger, draws and replications
    #[arg(long, value_name = "FORM", value_enum, default_value_t = TableForm::Csv)]
    format: TableForm,
    /// Solve exact expectations for every replication's draw, for the medians of uncertain numbers, or for none [default:
    /// as much as half of the work of the simulation allows]
    #[arg(long, value_name = "WHICH", value_parser = depth)]
    exact: Option<Depth>,
    /// Draw charts, or none [default: all, as PNG where they take no more than half of the work of the simulation]
    #[arg(long, value_name = "WHICH", value_enum)]
    charts: Option<Charts>,
    /// Print the content of summary.json and nothing else; the files are written all the same, but with `--out -`
    #[arg(long)]
    json: bool,
    /// Print nothing
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

/// What comes from the manifest of a run that is repeated.
const RECORDED: [&str; 10] =
    ["study", "set", "replications", "agents", "seed", "scenario", "against", "format", "exact", "charts"];
/// More letters than this are counted, not told.
const MOST_LACKING: usize = 12;

/// The form of tables that are read by programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TableForm {
    /// Text; every program reads it
    Csv,
    /// Columns with types, compressed
    Parquet,
}

/// Which charts are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Charts {
    /// All of them, whatever they take
    All,
    /// None, on the page neither
    None,
}

impl Run {
    /// Runs, writes, prints.
    ///
    /// # Errors
    /// A wrong study, an unknown scenario, or a failure of writing; then nothing is half written. A run that is repeated and
    /// gives other files.
    pub fn run(self) -> Result<(), Failure> {
        interrupt::listen();
        let writes = self.out.as_deref() != Some(Path::new("-"));
        if !writes && !self.json {
            let what = "`--out -` writes no files, and needs `--json` to print summary.json; name a folder `./-` to write there";
            return Err(Failure::Usage(what.to_owned()));
        }
        let repeat = self.from.as_deref().map(Repeat::of).transpose()?;
        let order = repeat.as_ref().map_or_else(|| self.order(), Repeat::order)?;
        let model = self.model(&order)?;
        let folder = self.out.clone().unwrap_or_else(|| Path::new("out").join(model.source.stem()));
        let results = writes.then(|| Results::at(&folder)).transpose()?;
        let shown = !self.quiet && !self.json;
        let replications = u64::from(model.run.replications);
        let pace = Arc::new(Pace::new(replications, usize::from(self.threads), (shown, !self.quiet)));
        let mut report = self.simulate(&model, &order, &pace)?;
        pace.turn_to("charts and tables");
        let form = Form { tables: order.tables, charts: order.charts, threads: usize::from(self.threads) };
        let bundle = report.bundle(form)?;
        if let Some(results) = results {
            warn_of_lacking(&bundle.lacking());
            results.replace(&bundle)?;
        }
        drop(pace);
        if self.json {
            print_json(bundle.summary())?;
        } else if shown {
            print(&terminal(bundle.report()))?;
            let written = folder.display();
            print(&format!("\nWritten to {written}: report.html and the numbers and charts behind it.\n"))?;
        }
        let Some(repeat) = repeat else { return Ok(()) };
        let same = if writes {
            let written = Manifest::parse(&read_file(&folder.join(MANIFEST))?).map_err(Failure::Bug)?;
            repeat.compare(&written.outputs_sha256, None)?
        } else {
            let digest = sha256(bundle.summary().as_bytes());
            repeat.compare(&[(SUMMARY.to_owned(), digest)].into(), Some(SUMMARY))?
        };
        if shown { print(&same) } else { Ok(()) }
    }

    /// What the command line asks for.
    fn order(&self) -> Result<Order, Failure> {
        let study = self.study.as_deref().ok_or_else(|| Failure::Usage("name a study".to_owned()))?;
        Ok(Order {
            source: Source::read(study)?,
            settings: self.settings.all()?,
            scenarios: self.scenario.clone(),
            against: self.against.clone(),
            exact: self.exact,
            tables: self.format.form(),
            charts: self.asked_charts(),
        })
    }

    fn model(&self, order: &Order) -> Result<Model, Failure> {
        let mut model = open(order.source.clone(), &order.settings, Purpose::Run(usize::from(self.threads)))?;
        if let Some(name) = &order.against {
            model.baseline = scenario_named(name, &model)?;
        }
        if !order.scenarios.is_empty() {
            for name in &order.scenarios {
                scenario_named(name, &model)?;
            }
            model.keep(&order.scenarios).map_err(Failure::Bug)?;
        }
        Ok(model)
    }

    fn asked_charts(&self) -> form::Charts {
        match self.charts {
            None => form::Charts::Afforded,
            Some(Charts::All) => form::Charts::All,
            Some(Charts::None) => form::Charts::None,
        }
    }

    fn simulate(&self, model: &Model, order: &Order, pace: &Arc<Pace>) -> Result<Report, Failure> {
        let watched = Arc::clone(pace);
        let advance = move |done: u64| {
            watched.advance(done);
            ControlFlow::Continue(())
        };
        let runs = Experiment::new(model)
            .threads(usize::from(self.threads))
            .instructions(self.vectors.unwrap_or_else(InstructionSet::best))
            .exact(order.exact)
            .progress(advance)
            .run()
            .map_err(|faults| Failure::of(faults, &model.source))?;
        pace.turn_to("what customers are worth after the horizon");
        let mut report = Report::new(&runs);
        report.origin.scenarios.clone_from(&order.scenarios);
        report.origin.against.clone_from(&order.against);
        if let Some(warning) = held(&report.summary) {
            pace.tell(&explain(&[warning], &model.source, colour()));
        }
        Ok(report)
    }
}

/// What to say where draws went further than numbers may go.
fn held(summary: &Summary) -> Option<Diagnostic> {
    let (held, all) = (summary.replications_held, summary.replications);
    (held > 0).then(|| {
        Diagnostic::warning(format!("in {held} of {all} replications a number was held at the end of its range"))
            .why("what was drawn drove it further, or let the chances of leaving a stage, or of how a touchpoint ends, add up to more than 1; such chances were scaled to 1")
            .help("narrow the laws, or give changes as `odds`, where that is not meant")
    })
}

/// Warns of letters that pictures cannot show, because the font that travels with the program lacks them.
fn warn_of_lacking(lacking: &BTreeSet<char>) {
    if lacking.is_empty() {
        return;
    }
    let name = |letter: &char| format!("{letter} (U+{:04X})", u32::from(*letter));
    let mut names: Vec<String> = lacking.iter().take(MOST_LACKING).map(name).collect();
    names.extend((lacking.len() > MOST_LACKING).then(|| format!("and {} more", lacking.len() - MOST_LACKING)));
    tell(&format!(
        "warning: charts/*.png show boxes for characters that their font lacks: {}\n  \
         help: use charts/*.svg or report.html, which find them in the fonts of the system\n\n",
        names.join(", ")
    ));
}

impl TableForm {
    fn form(self) -> form::TableForm {
        match self {
            Self::Csv => form::TableForm::Csv,
            Self::Parquet => form::TableForm::Parquet,
        }
    }
}

fn depth(name: &str) -> Result<Depth, String> {
    Depth::named(name).ok_or_else(|| "give none, medians or draws".to_owned())
}

fn instruction_set(name: &str) -> Result<InstructionSet, String> {
    InstructionSet::named(name).ok_or_else(|| {
        let names: Vec<&str> = InstructionSet::available().into_iter().map(InstructionSet::name).collect();
        format!("this processor has {}", names.join(", "))
    })
}
