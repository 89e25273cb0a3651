//! Experiments that are run again and again under other seeds, to see how often intervals hold what is true.

use std::collections::BTreeMap;

use polku::Model;
use polku::Study;
use polku::inside::engine::exact::depth::Depth;
use polku::inside::engine::run::threads::each;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;
use polku::inside::model::param::Param;
use polku::inside::stats::estimate::Estimate;
use polku::inside::study::source::Source;

/// The figures of one kind: levels, differences, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A level of a scenario, over the horizon or at the end.
    Level,
    /// The same in the middle of the horizon.
    Midway,
    /// A difference from the baseline.
    Difference,
    /// A level freed of chance.
    Controlled,
    /// The chance to be better.
    Better,
}

/// What a run tells of each figure, by its kind and name.
type Figures = Vec<((Kind, String), Told)>;

/// What is tried: a study, and how many replications.
#[allow(dead_code, reason = "a test reads fewer of them")]
pub struct Situation {
    /// Its name.
    pub name: &'static str,
    /// The least coverage.
    pub least: f64,
    /// The greatest, where wide is wrong as well.
    pub most: Option<f64>,
    text: String,
    truth: Truth,
}

/// How the expectation is known.
enum Truth {
    /// Exactly.
    Exact,
    /// Exactly for each value of the one uncertain number, over even steps of its quantiles.
    Quantiles,
    /// Exactly for each of many draws of another seed.
    Draws,
}

/// What all experiments of a situation and a number of replications came to: by kind and figure.
pub type Coverage = BTreeMap<(Kind, String), Tally>;

/// How often an interval was told, and held the truth.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// In how many experiments there was an interval.
    pub told: u32,
    /// In how many it held the truth.
    pub held: u32,
}

impl Tally {
    /// The share.
    pub fn share(self) -> f64 {
        f64::from(self.held) / f64::from(self.told.max(1))
    }
}

/// All situations.
pub fn situations() -> Vec<Situation> {
    let plain = |gone: &str| journey(gone, "values = { revenue = 10 }", BUYS);
    let fix = |odds: &str, more: &str| {
        format!(
            "[initiatives.fix]\ncost = {{ once = 50, per_period = 5 }}\n{more}effects = [ {{ target = \"stages.active.to.gone\", odds = {odds} }} ]\n"
        )
    };
    let of = |name, text: String| Situation { name, least: 0.93, most: None, text, truth: Truth::Exact };
    vec![
        Situation { most: Some(0.98), ..of("plain", plain("0.05") + &fix("0.8", "")) },
        of("rare", plain("0.0005") + &fix("0.5", "")),
        of("near 0", plain("0.6") + &fix("0.8", "")),
        of("near 1", plain("0.002") + &fix("0.5", "")),
        Situation { least: 0.92, ..of("skewed", journey("0.05", "", SKEWED) + &fix("0.8", "")) },
        Situation {
            most: Some(0.98),
            truth: Truth::Quantiles,
            ..of("uncertain", plain("\"0.03 to 0.08\"") + &fix("0.8", ""))
        },
        Situation { truth: Truth::Draws, ..of("rare success", plain("0.05") + &fix("0.5", "success = 0.2\n")) },
        Situation { truth: Truth::Draws, ..of("rare shock", plain("0.05") + &fix("0.8", "") + SHOCK) },
        Situation {
            most: Some(0.98),
            ..of(
                "inflow",
                plain("0.05").replace(
                    "start = { active = 1 } }",
                    "start = { active = 1 }, inflow = { per_period = 100, start = { active = 1 } } }",
                ) + &fix("0.8", ""),
            )
        },
        of("touchpoints", plain("{ chance = 0.05, drivers = { satisfaction = -2 } }") + &fix("0.8", "") + TOUCHED),
    ]
}

const BUYS: &str = "purchases = { rate = 0.2, basket = \"gamma(mean=20, sd=10)\" }";
const SKEWED: &str = "purchases = { rate = 0.1, basket = \"lognormal(mean=40, sd=200)\" }";
/// What customers meet, feel and are owed an answer for.
const TOUCHED: &str = "[experience]\nstart = 0.6\nneutral = 0.6\nlearning = 0.3\n\
    [touchpoints.visit]\nrate = 0.4\nquality = 0.7\nvalues = { care_cost = 4 }\n\
    ends.bad = { chance = 0.15, quality = 0.2, values = { care_cost = 9 } }\n\
    [touchpoints.complaint]\non = \"visit.bad\"\nchance = 0.4\n";
const SHOCK: &str =
    "[[shocks]]\nhazard = 0.01\nhalf_life = 6\neffects = [ { target = \"stages.active.to.gone\", odds = 3 } ]\n";

fn journey(gone: &str, values: &str, buys: &str) -> String {
    format!(
        "run = {{ period = \"month\", horizon = 6, customers = 1_000, agents = 100, replications = 200, seed = 1, \
         discount_rate = 0.1 }}\n\
         segments.all = {{ share = 1, start = {{ active = 1 }} }}\n\
         stages.gone = {{}}\n\
         scenarios.today = {{}}\n\
         scenarios.better = {{ initiatives = {{ fix = 1 }} }}\n\
         [stages.active]\nretained = true\n{values}\n{buys}\nto = {{ gone = {gone} }}\n"
    )
}

fn model(text: &str) -> Model {
    let source = Source::new("coverage.toml", ".", text);
    let compiled = Study::parse(&source).and_then(|study| Model::compile(&study));
    compiled.unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// A figure's name: of a scenario.
fn figure(scenario: &str, metric: &str) -> String {
    format!("{metric} of {scenario}")
}

impl Situation {
    /// How often the intervals of experiments under seeds 1 to `experiments` hold the truth, by number of replications;
    /// those of fewer replications are the first ones of those of more.
    pub fn covered(&self, replications: &[u32], experiments: u32) -> Vec<Coverage> {
        let truth = self.truth();
        let seeds: Vec<u32> = (1..=experiments).collect();
        let runs: Vec<Vec<Figures>> = each(0, &seeds, |seed| self.told(*seed, replications));
        // Whether a scenario is better has no closed form: the mean of all experiments is many times as sure as any.
        let mut better: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for ((kind, name), told) in runs.iter().filter_map(|run| run.last()).flatten() {
            if *kind == Kind::Better {
                let sum = better.entry(name.clone()).or_default();
                *sum = (sum.0 + told.mean, sum.1 + 1.0);
            }
        }
        let is = |(kind, name): &(Kind, String)| match kind {
            Kind::Better => better.get(name).map(|(sum, count)| sum / count),
            kind => truth.get(&(*kind, name.clone())).copied(),
        };
        let mut found = vec![Coverage::new(); replications.len()];
        for run in &runs {
            for (coverage, figures) in found.iter_mut().zip(run) {
                for (name, told) in figures {
                    let Some(is) = is(name) else { continue };
                    let room = 1e-9 * is.abs().max(1e-3);
                    let tally = coverage.entry(name.clone()).or_default();
                    tally.told += 1;
                    tally.held += u32::from(told.low <= is + room && is <= told.high + room);
                }
            }
        }
        found
    }

    /// What one experiment tells, by number of replications.
    fn told(&self, seed: u32, replications: &[u32]) -> Vec<Figures> {
        let most = replications.iter().copied().max().unwrap_or(0);
        let text = self
            .text
            .replace("replications = 200", &format!("replications = {most}"))
            .replace("seed = 1,", &format!("seed = {seed},"));
        let model = model(&text);
        let experiment = Experiment::new(&model).threads(1).exact(Depth::Draws);
        let mut found = Vec::new();
        let mut look = |runs: &Runs| {
            if replications.iter().any(|count| u64::from(*count) == runs.replications()) {
                found.push(figures(&model, runs));
            }
        };
        experiment.watched(&mut look).unwrap_or_else(|faults| panic!("{faults:#?}"));
        found
    }

    /// What is true of every figure.
    fn truth(&self) -> BTreeMap<(Kind, String), f64> {
        const STEPS: u32 = 400;
        match self.truth {
            Truth::Exact => truths(&self.text),
            Truth::Draws => truths(
                &self.text.replace("replications = 200", "replications = 20_000").replace("seed = 1,", "seed = 77,"),
            ),
            Truth::Quantiles => {
                let law = model(&self.text).params.into_iter().find(Param::is_uncertain).map(|param| param.law);
                let Some(law) = law else { return BTreeMap::new() };
                let mut sums = BTreeMap::new();
                for step in 0..STEPS {
                    let value = law.quantile((f64::from(step) + 0.5) / f64::from(STEPS));
                    for (name, truth) in truths(&self.text.replace("\"0.03 to 0.08\"", &value.to_string())) {
                        *sums.entry(name).or_insert(0.0) += truth / f64::from(STEPS);
                    }
                }
                sums
            }
        }
    }
}

/// The exact expectations of a study, over its draws where it has any.
fn truths(text: &str) -> BTreeMap<(Kind, String), f64> {
    let model = model(text);
    let exact = Exact::of(&model).unwrap_or_else(|why| panic!("{why:?}"));
    let mut truths = BTreeMap::new();
    let baseline = &model.scenarios[model.baseline.index()].name;
    for scenario in &model.scenarios {
        for metric in exact.metrics.iter().map(|metric| metric.name(&model)) {
            let of = |scenario: &str| exact.mean(&model, scenario, &metric);
            let name = figure(&scenario.name, &metric);
            let Some(level) = of(&scenario.name) else { continue };
            truths.insert((Kind::Level, name.clone()), level);
            truths.insert((Kind::Controlled, name.clone()), level);
            let midway = exact.over_time(&model, &scenario.name, &metric).map(|times| times[times.len() / 2]);
            truths.extend(midway.map(|value| ((Kind::Midway, name.clone()), value)));
            let base = of(baseline).filter(|_| scenario.name != *baseline);
            truths.extend(base.map(|base| ((Kind::Difference, name), level - base)));
        }
    }
    truths
}

/// An interval with its mean.
#[derive(Clone, Copy, Debug)]
struct Told {
    mean: f64,
    low: f64,
    high: f64,
}

fn told(estimate: &Estimate) -> Option<Told> {
    estimate.ends().map(|ends| Told { mean: estimate.mean, low: ends.low, high: ends.high })
}

/// Every figure of a run that has an interval.
fn figures(model: &Model, runs: &Runs) -> Figures {
    let summary = runs.summary();
    let mut found = levels(&summary);
    for contrast in &summary.contrasts {
        for (metric, difference) in &contrast.metrics {
            let name = figure(&contrast.scenario, metric);
            found.extend(told(&difference.estimate).map(|told| ((Kind::Difference, name.clone()), told)));
            let better = difference.better.map(|its| Told { mean: its.share, low: its.low, high: its.high });
            found.extend(better.map(|told| ((Kind::Better, name), told)));
        }
    }
    let middle = (model.run.horizon as usize).div_ceil(2);
    for scenario in &model.scenarios {
        for metric in ["retention", "active_customers", "purchases", "revenue", "cumulative_cash_flow"] {
            let estimate = runs.over_time(&scenario.name, metric, middle);
            let name = figure(&scenario.name, metric);
            found.extend(estimate.as_ref().and_then(told).map(|told| ((Kind::Midway, name), told)));
        }
    }
    found
}

fn levels(summary: &Summary) -> Figures {
    let mut found = Vec::new();
    for scenario in &summary.scenarios {
        let groups = [("", &scenario.metrics), ("lines.", &scenario.lines), ("customers.", &scenario.stages_at_end)];
        for (prefix, group) in groups {
            for (metric, estimate) in group {
                let name = figure(&scenario.name, &format!("{prefix}{metric}"));
                found.extend(told(estimate).map(|told| ((Kind::Level, name), told)));
            }
        }
        for (metric, controlled) in &scenario.controlled {
            let name = figure(&scenario.name, metric);
            found.extend(told(&controlled.estimate).map(|told| ((Kind::Controlled, name), told)));
        }
    }
    found
}
