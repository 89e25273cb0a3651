//! The memory that a run needs, estimated before anything is simulated.

use super::performance::Performance;
use crate::diagnostic::Diagnostic;
use crate::estimate::money::cohort_flow::of_customers;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::smooth::is_smoothed;
use crate::faults::{Cause, Faults};
use crate::model::Model;
use crate::model::facts::Use;
use crate::model::journey::Stage;
use crate::model::reported::metrics;
use crate::model::strikes::{MOST_STRIKES, Strikes};
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

use crate::engine::count::cells::{Arrivals, BATCHES, planned};
use crate::engine::count::layout::CountLayout;
use crate::engine::exact::cohort::MOST_INTERVALS;
use crate::engine::exact::layout::tunnel_length;
use crate::engine::exact::obstacle::{combinations_needed, follows_satisfaction};
use crate::engine::mechanism::schedule::{obstacles, sketched};
use crate::engine::run::group::MOST_THAT_KEEP_BITS;
use crate::engine::run::wave::{strikes, wave};
use crate::engine::state::plan::Plan;

/// A run that needs more bytes than this is refused.
pub const MOST: f64 = 8.0 * GIB;
/// What the smallest run holds: the program, its fonts, the page and its pictures.
const PROGRAM: f64 = 24.0 * 1_048_576.0;
/// What a metric of a scenario and segment at one time takes in results, tables and pictures.
const IN_TIME: f64 = 240.0;
/// What the pictures and tables of a scenario add.
const PICTURES: f64 = 3.0 * 1_048_576.0;
const EXPECTATIONS: &str = "the exact expectations";
/// The bytes of a gibibyte.
pub const GIB: f64 = 1_073_741_824.0;

/// One part of what a run needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What is held in memory.
    pub what: &'static str,
    /// The estimate in bytes.
    pub bytes: f64,
    /// How to need less.
    pub help: &'static str,
}

/// What a run on a number of threads holds in memory at a time, the largest part first.
///
/// The sizes are those of the columns and tables that grow with the study; all else is small beside them.
pub fn parts(model: &Model, threads: usize) -> Vec<Part> {
    let times = f64::from(model.run.horizon) + 1.0;
    let (scenarios, segments, stages) =
        (model.scenarios.len() as f64, model.segments.len() as f64, model.stages.len() as f64);
    let threads = threads as f64;
    let plan = sketched(model, model.scenarios.len() > 1);
    let coupled = plan.is_coupled();
    let exact = obstacles(model).is_empty();
    let wave = f64::from(model.run.replications.min(wave(model)));
    let at_once = threads.min(wave);
    let cells = cells(model);
    // Groups that move together count by themselves, and are added up when all of them are through; workers are not there at once.
    let ledgers = 16.0 * BATCHES as f64 * cells * scenarios * at_once * if coupled { 1.5 } else { 1.0 };
    // The flows of one segment are made of them at a time.
    let flows = 8.0 * cells / segments.max(1.0) * at_once;
    // A worker counts both branches of every forced difference, and a replication keeps the difference. Nobody comes later there.
    let forces = !coupled && !model.has_inflow() && model.scenarios.len() > 1;
    let branches = if forces { cells * scenarios * (8.0 * wave + 64.0 * threads) } else { 0.0 };
    let kinds = metrics(model).len() as f64;
    // Two flows of the business case, and what charts show over time.
    let kept = 2.0 + metrics(model).iter().filter(|metric| metric.is_for(Use::Curve)).count() as f64;
    let (width, rows) = (width(model), rows(model));
    let table = 9.0 * rows * width + 128.0 * stages;
    let drawn_at_once = if model.is_uncertain() { threads } else { 1.0 };
    let tables = if coupled { segments * table * threads } else { periods(model) * table * drawn_at_once };
    let flows_expected = 8.0 * CountLayout::of(model).width() as f64 * times * segments * scenarios;
    let expected = if exact { threads * expected(model) + flows_expected * at_once } else { 0.0 };
    // Who move together keep what is in force of all scenarios at hand; otherwise one is made, read and dropped.
    let timelines = if coupled { scenarios * segments * at_once } else { threads };
    let starts: usize = model.segments.iter().map(|segment| segment.start.len()).sum();
    let controls = (starts + model.params.iter().filter(|param| param.is_uncertain()).count()) as f64;
    let customers = if coupled { at_once * together(model) * customer(model, &plan) } else { 0.0 };
    let part = |what, bytes, help| Part { what, bytes, help };
    let mut parts = vec![
        part("the program, its pictures and pages", PROGRAM + PICTURES * scenarios, "fewer scenarios"),
        part(
            "the counts of replications that are under way",
            ledgers + flows + branches,
            "longer periods, a shorter horizon, or fewer segments and scenarios",
        ),
        part(
            "the books of replications that are under way",
            books(model) * scenarios * (wave + at_once + 1.0),
            "longer periods, a shorter horizon, or fewer segments and scenarios",
        ),
        part(
            "the results over time",
            IN_TIME * times * kinds * (segments + 1.0) * scenarios,
            "longer periods, a shorter horizon, or fewer segments and scenarios",
        ),
        part(
            "the results of replications",
            8.0 * f64::from(model.run.replications)
                * (4.0 * controls
                    + (6.0 * kinds + kept * times + if exact { 2.0 * kinds + 3.0 } else { 0.0 }) * scenarios),
            "fewer replications",
        ),
        part("the chances of every period", tables, "longer periods, a shorter horizon, or shorter lists"),
        part(EXPECTATIONS, expected, "longer periods, a shorter horizon, or shorter lists"),
        part(
            "the shocks that come, and what they do over time",
            strikes(model) * drawn_strike(model) * (wave + threads) + timelines * in_force(model),
            "shocks that come less often, or a shorter horizon",
        ),
        part(
            "the customers, who all move together: word of mouth, hearsay, referrals and rules act between periods",
            customers,
            "fewer agents",
        ),
    ];
    parts.sort_by(|a, b| b.bytes.total_cmp(&a.bytes));
    parts
}

/// What is counted of one batch of one scenario, in cells: newcomers from the period on in which they come, half of the times
/// in the mean.
fn cells(model: &Model) -> f64 {
    let times = f64::from(model.run.horizon) + 1.0;
    let entries = if model.has_inflow() { 1.0 + 0.5 * times } else { 1.0 };
    CountLayout::of(model).width() as f64 * times * model.segments.len() as f64 * entries
}

/// What is priced of one scenario in one replication: its books by segment, whole and at mean baskets, and what is posted to
/// customers by line, time, segment and period of entry.
fn books(model: &Model) -> f64 {
    let times = f64::from(model.run.horizon) + 1.0;
    let (segments, entries) = (model.segments.len() as f64, model.entries() as f64);
    let lines = Lines::of(model);
    let posted_to_customers = lines.all.iter().filter(|line| of_customers(line.group)).count() as f64;
    // Nothing is posted to newcomers before they come, and pages of memory that stay empty are not held.
    let touched = if model.has_inflow() { 0.75 } else { 1.0 };
    let posted = 16.0 * times * (posted_to_customers * segments * entries * touched + lines.all.len() as f64);
    let sets = if is_smoothed(model) { 2.0 } else { 1.0 };
    let performances = 8.0 * Performance::width(model) as f64 * times * (segments + 1.0) * sets;
    let cohorts = 16.0 * times * entries;
    posted + performances + cohorts
}

/// What solving the exact expectations holds in memory, without a simulation, the largest part first.
pub fn parts_of_exact(model: &Model, threads: usize) -> Vec<Part> {
    // What is not solved needs nothing, and why it is not is for the solver to say.
    if !obstacles(model).is_empty() {
        return Vec::new();
    }
    let times = f64::from(model.run.horizon) + 1.0;
    let groups = (model.scenarios.len() * model.segments.len()) as f64;
    let flows = 8.0 * CountLayout::of(model).width() as f64 * times;
    let books = 8.0 * Performance::width(model) as f64 * times;
    let kinds = metrics(model).len() as f64;
    let part = |what, bytes, help| Part { what, bytes, help };
    let mut parts = vec![
        part(
            "the expected flows of all scenarios, segments and periods of entry",
            2.0 * flows * groups * model.entries() as f64 + books,
            "longer periods, a shorter horizon, or fewer segments and scenarios",
        ),
        part(EXPECTATIONS, threads as f64 * expected(model), "longer periods, a shorter horizon, or shorter lists"),
        part(
            "the results over time",
            8.0 * times * kinds * model.scenarios.len() as f64,
            "longer periods, a shorter horizon, or fewer scenarios",
        ),
        part(
            "the shocks that come, and what they do over time",
            strikes(model) * drawn_strike(model) + threads as f64 * in_force(model),
            "shocks that come less often, or a shorter horizon",
        ),
    ];
    parts.sort_by(|a, b| b.bytes.total_cmp(&a.bytes));
    parts
}

/// Refuses a run on a number of threads, 0 for all processors, that takes an absurd amount of memory.
///
/// # Errors
/// Most of what it needs, and how to need less.
pub fn fits(model: &Model, threads: usize) -> Result<(), Faults> {
    refused(&parts(model, if threads == 0 { processors() } else { threads }))
}

/// [`fits`] for solving the exact expectations without a simulation.
///
/// # Errors
/// Those of [`fits`].
pub fn fits_exact(model: &Model) -> Result<(), Faults> {
    refused(&parts_of_exact(model, processors()))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn refused(parts: &[Part]) -> Result<(), Faults> {
    let need: f64 = parts.iter().map(|part| part.bytes).sum();
    match parts.first() {
        Some(most) if need > MOST => {
            let what = format!(
                "this study needs about {:.0} GiB of memory, and {:.0} GiB are the most",
                need / GIB,
                MOST / GIB
            );
            let what = Diagnostic::error(what).why(format!("most of it are {}", most.what));
            Err(Faults::one(Cause::Limit, what.help(format!("use {}", most.help))))
        }
        _ => Ok(()),
    }
}

/// A shock that comes: which, when, and how large its effects are.
fn drawn_strike(model: &Model) -> f64 {
    let effects = model.shocks.iter().map(|shock| shock.effects.len()).max().unwrap_or(0) as f64;
    48.0 + (8.0 * effects).max(16.0)
}

/// All that is in force over time in one scenario and segment: what shocks do each time that they come, or all of them
/// together where they come so often.
fn in_force(model: &Model) -> f64 {
    /// What is in force, without its numbers over time.
    const FORCE: f64 = 160.0;
    let times = f64::from(model.run.horizon) + 1.0;
    let effects = model.shocks.iter().map(|shock| shock.effects.len() as f64).sum::<f64>();
    let one_by_one = strikes(model) * effects / (model.shocks.len() as f64).max(1.0);
    let forces = if Strikes::add_up(model) { one_by_one.min(MOST_STRIKES as f64 + effects) } else { one_by_one };
    let over_time = effects
        + model.patterns.len() as f64
        + model.initiatives.iter().map(|its| its.effects.len() as f64).sum::<f64>();
    forces * FORCE + 8.0 * times * over_time
}

/// A customer in all scenarios: what mechanisms have registered, and the random bits where they are kept. Those are drawn
/// once for all scenarios whose customers are as many.
fn customer(model: &Model, plan: &Plan) -> f64 {
    let scenarios = model.scenarios.len() as f64;
    let carried = plan.bytes(false) as f64;
    let bits = plan.bytes(model.run.agents <= MOST_THAT_KEEP_BITS) as f64 - carried;
    scenarios * carried + if model.has_inflow() { scenarios * bits } else { bits }
}

/// The simulated customers of the scenario that has most of them, newcomers at the medians of what is uncertain. Those who
/// are brought by others are not known before the run, and left out.
fn together(model: &Model) -> f64 {
    let arrivals = planned(model, &model.central());
    let of = |scenario: &Vec<Vec<Arrivals>>| scenario.iter().flatten().map(|its| f64::from(its.agents)).sum::<f64>();
    arrivals.iter().map(of).fold(0.0, f64::max)
}

/// The exact expectations of one segment: the tables of a period, the kernels of stages with a quality, and every kind of
/// customer by stage, periods in it and satisfaction, at the finest grid there is.
fn expected(model: &Model) -> f64 {
    let table = 8.0 * model.params.len() as f64 + rows(model) * (24.0 + 8.0 * width(model));
    let nodes = if follows_satisfaction(model) { MOST_INTERVALS as f64 + 1.0 } else { 1.0 };
    let felt = model.stages.iter().filter(|stage| stage.quality.is_some()).count() as f64;
    let cells: f64 = (0..model.stages.len()).map(|stage| tunnel_length(model, stage) as f64).sum();
    let ends = model.touchpoints.iter().flat_map(|its| &its.ends).filter(|end| end.quality.is_some()).count() as f64;
    effects(model)
        + table
        + 8.0 * nodes * nodes * (felt + ends + 1.0)
        + 32.0 * combinations_needed(model) as f64 * cells * nodes
}

/// What touchpoints do in every stage before the move and after it, in every period in which a number differs, on a grid as fine
/// as it seldom has to be, and for the kinds of customers that are taken at a time.
fn effects(model: &Model) -> f64 {
    const NODES: f64 = 65.0;
    const KINDS: f64 = 2_048.0 / NODES;
    let stages = (0..model.stages.len()).filter(|stage| model.touchpoints.iter().any(|its| its.is_in(*stage))).count();
    if stages == 0 { 0.0 } else { 16.0 * NODES * NODES * stages as f64 * (periods(model) + KINDS) }
}

/// A row has a threshold, a weight and a stage for each place, and one place for staying.
fn width(model: &Model) -> f64 {
    model.stages.iter().map(|stage| stage.moves().count() + 1).max().unwrap_or(1) as f64
}

/// The rows of all stages.
fn rows(model: &Model) -> f64 {
    let of = |stage: &Stage| stage.clock_lengths().iter().map(|length| *length as f64).product::<f64>();
    model.stages.iter().map(of).sum()
}

/// The tables of all scenarios and segments: one for each period in which a number differs from the period before.
fn periods(model: &Model) -> f64 {
    let central = model.central();
    // A shock that comes by chance may come at any time, and none of them does in the middle of everything.
    let follows = model.stages.iter().any(Stage::follows_the_period) || strikes(model) > 0.0;
    let mut tables = 0.0;
    for scenario in 0..model.scenarios.len() {
        for segment in 0..model.segments.len() {
            let timeline = Timeline::new(model, &central, ScenarioId::from(scenario), SegmentId::from(segment));
            let changed = (1..=model.run.horizon).filter(|t| follows || *t == 1 || timeline.epoch(*t) == *t);
            tables += changed.count() as f64;
        }
    }
    tables
}
