//! A grid of ordinary studies, made by their numbers: each has to end in the time that its size calls for.

use std::fmt::Write as _;

use clap::Args;
use polku::inside::engine::count::cells::{BATCHES, planned};
use polku::inside::engine::run::threads::each;
use polku::inside::report::chart::png;
use polku::inside::report::gallery::Gallery;
use polku::inside::report::html::page;
use polku::inside::report::table::summary_json;
use polku::inside::report::workbook::workbook;
use polku::inside::study::source::Source;
use polku::{Model, Report, Study};

use super::work::{RETAILER, customer_periods, experiment, lanes, model, run, simulation, timed};

#[derive(Args)]
pub struct Grid {
    /// How many of the sixty studies
    #[arg(long, default_value_t = STUDIES)]
    studies: u32,
    /// This study alone, by its number
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(STUDIES)))]
    only: Option<u32>,
    /// The number of threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Replications of the retailer, which says what a customer-period may take
    #[arg(long, default_value_t = 20)]
    retailer: u32,
}

const STUDIES: u32 = 60;
/// Every study may take this long, whatever its size.
const ALWAYS: f64 = 1.0;
/// And so many times what the retailer takes for as many customer-periods.
const TIMES: f64 = 3.0;

/// A block takes as long as one of so many customers, however few are in it: what is done for each period, not for each
/// customer, and the books of each period of entry.
const FEW_IN_BLOCK: f64 = 40.0;

/// One study of the grid: what it uses.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is used or not, whatever the others are")]
struct Ordinary {
    place: u32,
    horizon: u32,
    agents: u32,
    replications: u32,
    scenarios: u32,
    segments: u32,
    inflow: bool,
    satisfaction: bool,
    traits: bool,
    uncertain: bool,
    rules: bool,
    shocks: bool,
}

/// What one study took.
struct Taken {
    seconds: f64,
    periods: f64,
    /// How many newcomers are in a block: those of a segment, period of entry and batch.
    newcomers: f64,
    left_out: String,
}

impl Grid {
    pub fn measure(self) {
        let replications = self.retailer.to_string();
        let retailer = model(RETAILER, &[("run.replications", &replications)]);
        let seconds = timed(|| run(&simulation(&retailer, self.threads))).as_secs_f64();
        let each_takes = seconds / customer_periods(&retailer) as f64;
        println!("study,uses,periods,customers,replications,scenarios,seconds,allowed,is_late,note");
        let mut late = 0;
        // Whoever asks for a few sees studies of all kinds.
        let step = (STUDIES / self.studies.max(1)).max(1);
        let all = (0..STUDIES).step_by(step as usize).take(self.studies as usize);
        let places: Vec<u32> = self.only.map_or_else(|| all.collect(), |only| vec![only - 1]);
        for place in &places {
            let study = Ordinary::new(*place);
            let Taken { seconds, periods, newcomers, left_out } = study.run(self.threads);
            let allowed = ALWAYS + TIMES * each_takes * periods;
            let is_late = seconds > allowed;
            late += u32::from(is_late);
            let why = match is_late {
                false => String::new(),
                true if newcomers > 0.0 && newcomers < FEW_IN_BLOCK => {
                    format!("{newcomers:.0} newcomers in a block, which takes as long as one of {FEW_IN_BLOCK}")
                }
                true => "for no reason that is known".to_owned(),
            };
            let why = [why, left_out].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join("; ");
            let Ordinary { place, horizon, agents, replications, scenarios, .. } = study;
            println!(
                "{},{},{horizon},{agents},{replications},{scenarios},{seconds:.2},{allowed:.2},{is_late},\"{why}\"",
                place + 1,
                study.uses()
            );
        }
        println!(
            "# Whole runs with report, workbook and pictures on {} threads; {late} of {} took longer than {ALWAYS} s plus {TIMES} times \
             the retailer's {:.1} ns for each customer-period; lanes: {}.",
            self.threads,
            places.len(),
            each_takes * 1e9,
            lanes()
        );
    }
}

impl Ordinary {
    /// The study of a place: what it uses are the digits of a number that jumps about, so that every two uses meet.
    fn new(place: u32) -> Self {
        let mut mixed = place.wrapping_mul(2_654_435_761) ^ 0x9E37_79B9;
        let mut pick = |of: u32| {
            mixed = mixed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (mixed >> 16) % of
        };
        Self {
            place,
            horizon: [12, 24, 36, 60, 120, 240][place as usize % 6],
            agents: [2_000, 5_000, 10_000][pick(3) as usize],
            replications: [50, 100, 200][pick(3) as usize],
            scenarios: 2 + pick(3),
            segments: 1 + pick(3),
            inflow: pick(2) == 0,
            satisfaction: pick(2) == 0,
            traits: pick(3) == 0,
            uncertain: pick(3) > 0,
            rules: pick(5) == 0,
            shocks: pick(3) == 0,
        }
    }

    fn uses(self) -> String {
        let uses = [
            (self.inflow, "inflow"),
            (self.satisfaction, "satisfaction"),
            (self.traits, "traits"),
            (self.uncertain, "uncertain"),
            (self.rules, "rules"),
            (self.shocks, "shocks"),
        ];
        uses.into_iter().filter(|(used, _)| *used).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }

    /// Runs the study with everything that is written of it.
    fn run(self, threads: usize) -> Taken {
        let text = self.text();
        let source = Source::new("ordinary.toml", env!("CARGO_MANIFEST_DIR"), &text);
        let study = Study::parse(&source).unwrap_or_else(|faults| panic!("{text}\n{faults:#?}"));
        let model = Model::compile(&study).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
        let mut left_out = String::new();
        let seconds = timed(|| {
            let runs = experiment(&model, threads).run().expect("the rows are sound");
            let report = Report::new(&runs);
            summary_json(&report.summary).expect("all numbers are finite");
            workbook(&report).expect("the workbook is written");
            let gallery = Gallery::of(&report);
            let mut budget = runs.budget().clone();
            let pixels = budget.affords_pictures(gallery.sizes());
            page(&report, &gallery).expect("the page is written");
            if pixels {
                let charts: Vec<_> = gallery.charts().collect();
                each(threads, &charts, |chart| png(chart).expect("the chart is drawn"));
            }
            left_out = budget.words().unwrap_or_default();
        });
        let arrivals = planned(&model, &model.central());
        let entries = || arrivals.iter().flatten().flat_map(|segment| segment.iter().enumerate());
        let later: Vec<f64> = entries().filter(|its| its.0 > 0).map(|its| f64::from(its.1.agents)).collect();
        let newcomers = later.iter().sum::<f64>() / (later.len() * BATCHES).max(1) as f64;
        let periods: f64 = entries()
            .map(|(entry, its)| f64::from(its.agents) * (f64::from(self.horizon) - (entry as f64 - 1.0).max(0.0)))
            .sum();
        let short = left_out.split_once(": ").map_or("", |(_, what)| what);
        let short = short.split_once(". Get").map_or(short, |(what, _)| what).to_owned();
        Taken {
            seconds: seconds.as_secs_f64(),
            periods: periods * f64::from(self.replications),
            newcomers,
            left_out: short,
        }
    }

    fn text(self) -> String {
        let either = |yes: bool, this: &str, that: &str| if yes { this.to_owned() } else { that.to_owned() };
        let between = |low: &str, middle: &str| either(self.uncertain, low, middle);
        let mut text = format!(
            "run = {{ period = \"month\", horizon = {}, customers = 100_000, agents = {}, replications = {}, seed = {}, \
             discount_rate = 0.08 }}\n",
            self.horizon,
            self.agents,
            self.replications,
            self.place + 1
        );
        for segment in 0..self.segments {
            let share = f64::from(if segment == 0 { 6 - self.segments } else { 1 }) / 5.0;
            let inflow = either(self.inflow, "inflow = { per_period = 800, cost = 5, start = { trial = 1 } }\n", "");
            let changes =
                either(segment > 0, "changes = [{ target = \"stages.active.to.at_risk\", odds = 0.8 }]\n", "");
            let start = "start = { trial = 0.2, active = 0.7, at_risk = 0.1 }";
            let _ = writeln!(text, "[segments.s{segment}]\nshare = {share}\n{start}\n{inflow}{changes}");
        }
        if self.satisfaction {
            text += "[experience]\nstart = \"beta(6, 3)\"\nneutral = 0.65\nlearning = 0.25\n";
        }
        if self.traits {
            text += "[traits.need]\nlaw = \"uniform(-1, 1)\"\n";
        }
        let driver = either(self.satisfaction, "satisfaction = -2", "");
        let need = either(self.traits, "need = 0.3", "");
        let quality = |mean: &str| either(self.satisfaction, &format!("quality = \"beta(mean={mean}, sd=0.2)\"\n"), "");
        let _ = write!(
            text,
            "[stages.trial]\nvalues = {{ service_cost = 2 }}\n{}to = {{ active = {{ chance = {}, drivers = {{ {need} }} }}, gone = 0.4 }}\n\
             [stages.active]\nretained = true\ntalks = true\n{}values = {{ service_cost = 4, revenue = 20 }}\n\
             purchases = {{ rate = {}, basket = \"lognormal(mean=40, sd=25)\", margin = 0.3 }}\n\
             to = {{ at_risk = {{ chance = 0.05, drivers = {{ {driver} }} }}, gone = 0.008 }}\n\
             [stages.at_risk]\nretained = true\n{}values = {{ service_cost = 8, revenue = 18 }}\n\
             to = {{ active = 0.15, gone = {} }}\n[stages.gone]\n",
            quality("0.6"),
            between("\"0.1 to 0.16\"", "0.13"),
            quality("0.7"),
            between("\"0.4 to 0.8\"", "0.6"),
            quality("0.45"),
            between("\"0.1 to 0.16\"", "0.13"),
        );
        text += &self.roadmap();
        text
    }

    fn roadmap(self) -> String {
        let between = |low: &str, middle: &str| if self.uncertain { low.to_owned() } else { middle.to_owned() };
        let effects = [
            ("stages.active.to.at_risk", between("\"0.7 to 0.95\"", "0.825")),
            ("stages.at_risk.to.active", between("\"1.1 to 1.6\"", "1.35")),
            ("stages.trial.to.active", between("\"1.05 to 1.3\"", "1.175")),
        ];
        let mut text = String::new();
        for (place, (target, odds)) in effects.iter().enumerate() {
            let slip = between("slip = \"triangular(0, 1, 4)\"\n", "");
            let _ = writeln!(
                text,
                "[initiatives.i{place}]\ncost = {{ once = 100_000, per_period = 5_000 }}\nbuild = 2\nramp = 6\n{slip}\
                 effects = [{{ target = \"{target}\", odds = {odds} }}]"
            );
        }
        if self.shocks {
            text += "[[shocks]]\nhazard = 0.02\nhalf_life = 6\n\
                     effects = [{ target = \"stages.active.to.at_risk\", odds = \"1.1 to 1.4\" }]\n";
        }
        text += "[scenarios.today]\n[scenarios.one]\ninitiatives = { i0 = 1 }\n";
        if self.scenarios > 2 {
            text += "[scenarios.two]\ninitiatives = { i1 = 1, i2 = 3 }\n";
        }
        if self.scenarios > 3 {
            text += "[scenarios.all]\ninitiatives = { i0 = 1, i1 = 4, i2 = 8 }\n";
        }
        if self.rules {
            text += "[[scenarios.one.rules]]\nwhen = { metric = \"retention\", below = 0.6, from = 3 }\nthen = { initiatives = [\"i1\"] }\n";
        }
        text
    }
}
