//! `polku run` simulates all scenarios of a study, compares them, and writes everything down.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;

use super::explain::explain;
use super::failure::Failure;
use super::interrupt;
use super::open::{Open, Purpose, scenario_named};
use super::output::{print, print_json};
use super::own::MANIFEST;
use super::pace::Pace;
use super::results::{Output, Results};
use super::stderr::{colour, tell};
use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::engine::exact::depth::Depth;
use crate::engine::lanes::InstructionSet;
use crate::engine::run::threads::{MOST_THREADS, each};
use crate::estimate::budget::Budget;
use crate::estimate::experiment::Experiment;
use crate::estimate::summary::Summary;
use crate::legible::json;
use crate::model::Model;
use crate::report::Report;
use crate::report::chart::{Chart, png};
use crate::report::gallery::Gallery;
use crate::report::html::page;
use crate::report::ledger_table::ledger_csv;
use crate::report::parquet;
use crate::report::table::{contrasts_csv, summary_json, terminal, timeline_csv};
use crate::report::workbook::workbook;

/// What to run, and where to write it.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    open: Open,
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
    /// The folder to write to [default: out/STUDY]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The form of the tables timeline, contrasts and ledger
    #[arg(long, value_name = "FORM", value_enum, default_value_t = TableForm::Csv)]
    format: TableForm,
    /// Solve exact expectations for every replication's draw, for the medians of uncertain numbers, or for none [default:
    /// as much as half of the work of the simulation allows]
    #[arg(long, value_name = "WHICH", value_parser = depth)]
    exact: Option<Depth>,
    /// Draw charts, or none [default: all, as PNG where they take no more than half of the work of the simulation]
    #[arg(long, value_name = "WHICH", value_enum)]
    charts: Option<Charts>,
    /// Print the content of summary.json and nothing else; the files are written all the same
    #[arg(long)]
    json: bool,
    /// Print nothing
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

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
    /// A wrong study, an unknown scenario, or a failure of writing; then nothing is half written.
    pub fn run(self) -> Result<(), Failure> {
        interrupt::listen();
        let model = self.model()?;
        let folder = self.out.clone().unwrap_or_else(|| Path::new("out").join(model.source.stem()));
        let results = Results::at(&folder, usize::from(self.threads))?;
        let shown = !self.quiet && !self.json;
        let run = &model.run;
        let pace = Pace::new(u64::from(run.replications), usize::from(self.threads), (shown, !self.quiet));
        let pace = Arc::new(pace);
        let (mut report, mut budget) = self.simulate(&model, &pace)?;
        pace.turn_to("charts and tables");
        let gallery = if self.charts == Some(Charts::None) { Gallery::default() } else { Gallery::of(&report) };
        let pixels = self.charts.is_some() || budget.affords_pictures(gallery.sizes());
        report.summary.left_out = budget.words();
        let json = summary_json(&report.summary)
            .map_err(|fault| Failure::Limit(format!("{fault}; make the amounts of the study smaller")))?;
        let pictures = Pictures { gallery, pixels, threads: usize::from(self.threads) };
        let mut outputs = outputs(&report, &json, self.format, pictures)?;
        drop(pace);
        let manifest = self.manifest(&model, &outputs)?;
        outputs.push((MANIFEST.to_owned(), manifest.into_bytes()));
        results.replace(&outputs)?;
        if self.json {
            return print_json(&json);
        }
        if self.quiet {
            return Ok(());
        }
        print(&terminal(&report))?;
        print(&format!("\nWritten to {}: report.html and the numbers and charts behind it.\n", folder.display()))
    }

    fn model(&self) -> Result<Model, Failure> {
        let mut model = self.open.open_for(Purpose::Run(usize::from(self.threads)))?;
        if let Some(name) = &self.against {
            model.baseline = scenario_named(name, &model)?;
        }
        if !self.scenario.is_empty() {
            for name in &self.scenario {
                scenario_named(name, &model)?;
            }
            model.keep(&self.scenario).map_err(Failure::Bug)?;
        }
        Ok(model)
    }

    fn simulate(&self, model: &Model, pace: &Arc<Pace>) -> Result<(Report, Budget), Failure> {
        let watched = Arc::clone(pace);
        let advance = move |done: u64| {
            watched.advance(done);
            ControlFlow::Continue(())
        };
        let runs = Experiment::new(model)
            .threads(usize::from(self.threads))
            .instructions(self.vectors.unwrap_or_else(InstructionSet::best))
            .exact(self.exact)
            .progress(advance)
            .run()
            .map_err(|faults| Failure::of(faults, &model.source))?;
        pace.turn_to("what customers are worth after the horizon");
        let report = Report::new(&runs);
        if let Some(warning) = held(&report.summary) {
            pace.tell(&explain(&[warning], &model.source, colour()));
        }
        Ok((report, runs.budget().clone()))
    }

    /// What is needed to repeat the run, and to know whether the outputs are those it wrote.
    fn manifest(&self, model: &Model, outputs: &[Output]) -> Result<String, Failure> {
        let settings: Vec<String> = self.open.settings()?.iter().map(ToString::to_string).collect();
        let digests: serde_json::Map<String, serde_json::Value> =
            outputs.iter().map(|(name, bytes)| (name.clone(), sha256(bytes).into())).collect();
        let lists: IndexMap<String, String> = model.source.list_digests().into_iter().collect();
        let manifest = serde_json::json!({
            "format": 1,
            "polku": env!("CARGO_PKG_VERSION"),
            "study": model.source.name,
            "study_sha256": sha256(model.source.text.as_bytes()),
            "lists_sha256": lists,
            "seed": model.run.seed,
            "options": { "set": settings, "scenario": self.scenario, "against": self.against, "exact": self.exact, "charts": self.charts.map(Charts::name) },
            "outputs_sha256": digests,
            "study_text": model.source.text,
        });
        let text = serde_json::to_string_pretty(&manifest).map_err(|fault| Failure::Bug(fault.to_string()))?;
        Ok(json(&text).into_owned() + "\n")
    }
}

/// What to say where draws went further than numbers may go.
fn held(summary: &Summary) -> Option<Diagnostic> {
    let (held, all) = (summary.replications_held, summary.replications);
    (held > 0).then(|| {
        Diagnostic::warning(format!("in {held} of {all} replications a number was held at the end of its range"))
            .why("what was drawn drove it further, or let the chances of leaving a stage add up to more than 1; such chances were scaled to 1")
            .help("narrow the laws, or give changes as `odds`, where that is not meant")
    })
}

/// The charts of a report, and whether they are drawn as pixels too.
struct Pictures {
    gallery: Gallery,
    pixels: bool,
    threads: usize,
}

/// Makes some of the outputs.
type Maker<'a> = Box<dyn Fn() -> Result<Vec<Output>, Failure> + Send + Sync + 'a>;

fn outputs(report: &Report, json: &str, form: TableForm, drawn: Pictures) -> Result<Vec<Output>, Failure> {
    let Pictures { gallery, pixels, threads } = drawn;
    let charts = gallery.clone().all();
    warn_of_lacking(&charts);
    let bug = |fault: String| Failure::Bug(fault);
    let one = |name: &str, bytes: Vec<u8>| vec![(name.to_owned(), bytes)];
    let mut makers: Vec<Maker<'_>> = vec![
        Box::new(|| Ok(one("summary.json", json.as_bytes().to_vec()))),
        Box::new(|| {
            let business = serde_json::to_string_pretty(&report.business).map_err(|fault| bug(fault.to_string()))?;
            Ok(one("business.json", (business + "\n").into_bytes()))
        }),
        Box::new(|| Ok(tables(report, form).map_err(bug)?.into())),
        Box::new(|| Ok(one("workbook.xlsx", workbook(report).map_err(bug)?))),
    ];
    for chart in charts.iter().filter(|_| pixels) {
        makers.push(Box::new(move || Ok(one(&format!("charts/{}.png", chart.name), png(chart).map_err(bug)?))));
    }
    for chart in &charts {
        makers.push(Box::new(move || Ok(one(&format!("charts/{}.svg", chart.name), chart.svg.clone().into_bytes()))));
    }
    makers.push(Box::new(|| {
        let page = page(report, &gallery).map_err(|fault| bug(fault.to_string()))?;
        Ok(one("report.html", page.into_bytes()))
    }));
    let made: Result<Vec<Vec<Output>>, Failure> = each(threads, &makers, |make| make()).into_iter().collect();
    Ok(made?.into_iter().flatten().collect())
}

/// Warns of letters that pictures cannot show, because the font that travels with the program lacks them.
fn warn_of_lacking(charts: &[Chart]) {
    let lacking: BTreeSet<char> = charts.iter().flat_map(Chart::lacking).collect();
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

fn tables(report: &Report, form: TableForm) -> Result<[Output; 3], String> {
    Ok(match form {
        TableForm::Csv => [
            ("timeline.csv".to_owned(), timeline_csv(report).into_bytes()),
            ("contrasts.csv".to_owned(), contrasts_csv(report).into_bytes()),
            ("ledger.csv".to_owned(), ledger_csv(report).into_bytes()),
        ],
        TableForm::Parquet => [
            ("timeline.parquet".to_owned(), parquet::timeline(report)?),
            ("contrasts.parquet".to_owned(), parquet::contrasts(report)?),
            ("ledger.parquet".to_owned(), parquet::ledger(report)?),
        ],
    })
}

impl Charts {
    fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::None => "none",
        }
    }
}

fn depth(name: &str) -> Result<Depth, String> {
    let all = [Depth::None, Depth::Medians, Depth::Draws];
    all.into_iter().find(|depth| depth.name() == name).ok_or_else(|| "give none, medians or draws".to_owned())
}

fn instruction_set(name: &str) -> Result<InstructionSet, String> {
    InstructionSet::named(name).ok_or_else(|| {
        let names: Vec<&str> = InstructionSet::available().into_iter().map(InstructionSet::name).collect();
        format!("this processor has {}", names.join(", "))
    })
}
