//! Controls are numbers of every replication whose means are known, so that levels can be freed of the chance in them.
//!
//! Where a metric has an exact expectation for the numbers drawn, that expectation is the perfect control: what the
//! simulation differs from it by is chance alone, and all of it is taken out. What is left are the draws of uncertain numbers,
//! whose means are known as well. Ratios are freed of what their parts differ from their expectations by, as far as that goes
//! in a straight line; its slope is known, so that it holds however few the replications are. Where nothing is exact, where
//! customers happened to start is a control. The estimator is in [`crate::stats::control`].

use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::ParamId;
use crate::stats::control::controlled;
use crate::stats::estimate::Estimate;

use crate::estimate::performance::Performance;
use crate::estimate::summary::Controlled;
use crate::model::facts::{Part, Ratio};
use crate::model::metric::Metric;

/// The replications that there must be for each control.
const REPLICATIONS_EACH: usize = 10;
/// The replications from which on uncertain numbers are controls. What a level bends in them stays, is skew, and makes
/// intervals from fewer too narrow: with 40, those of 95 % were found to cover 90 %, with 200 from 92 to 93 %.
const REPLICATIONS_FOR_DRAWN: usize = 500;

/// The replications from which on an exact level is told that uncertain numbers move: with 5, intervals of 95 % were found
/// to cover 91 %.
const REPLICATIONS_FOR_EXACT: usize = 10;

/// The controls of all replications so far.
pub struct Controls {
    /// Whether nothing is drawn for a replication as a whole, so that every one of them has the same expectations.
    fixed: bool,
    /// The numbers that are uncertain, with their means.
    uncertain: Vec<(ParamId, f64)>,
    /// By uncertain number, then by replication: what was drawn less its mean.
    drawn: Vec<Vec<f64>>,
    /// Where customers start: the segment and stage, with the expected share of the simulated customers.
    starts: Vec<(usize, usize, f64)>,
    /// By start, then by replication: the simulated customers there less how many are expected.
    started: Vec<Vec<f64>>,
    /// By scenario, then by metric, then by replication: the exact expectations; empty where there are none.
    exact: Vec<Vec<Vec<f64>>>,
    /// By scenario, then by replication: the parts of ratios.
    parts: Vec<Vec<Parts>>,
}

/// The parts of ratios at the horizon, in their places.
#[derive(Clone, Copy, Debug)]
struct Parts {
    /// What the simulation differs from the expectation by.
    off: [f64; Part::ALL.len()],
    /// The expectation.
    expected: [f64; Part::ALL.len()],
}

impl Controls {
    /// The controls that a model has, before any replication.
    pub fn new(model: &Model, metrics: usize) -> Self {
        let mut uncertain: Vec<usize> = (0..model.params.len()).filter(|at| model.params[*at].is_uncertain()).collect();
        // Sums are rounded, so they go in an order that the file's does not change.
        uncertain.sort_by_key(|at| model.params[*at].luck);
        let uncertain: Vec<(ParamId, f64)> =
            uncertain.into_iter().map(|at| (ParamId::from(at), model.params[at].law.mean())).collect();
        // Where changes move where customers start, the written shares are not what is expected.
        let started = if model.changes_starts() { 0 } else { model.segments.len() };
        let starts: Vec<(usize, usize, f64)> = (0..started)
            .flat_map(|segment| {
                let shares = model.segments[segment].start.iter().filter(|(_, share)| *share < 1.0);
                shares.map(move |(stage, share)| (segment, stage.index(), *share))
            })
            .collect();
        let scenarios = model.scenarios.len();
        Self {
            fixed: !model.is_uncertain(),
            drawn: vec![Vec::new(); uncertain.len()],
            started: vec![Vec::new(); starts.len()],
            exact: vec![vec![Vec::new(); metrics]; scenarios],
            parts: vec![Vec::new(); scenarios],
            uncertain,
            starts,
        }
    }

    /// Takes what a replication drew, and where the baseline's customers started, by segment and stage.
    pub fn take(&mut self, model: &Model, drawn: &Draw, started: &[Vec<i128>]) {
        for ((id, mean), control) in self.uncertain.iter().zip(&mut self.drawn) {
            control.push(drawn[*id] - mean);
        }
        for ((segment, stage, share), control) in self.starts.iter().zip(&mut self.started) {
            let expected = share * f64::from(model.segments[*segment].agents);
            control.push(started[*segment][*stage] as f64 - expected);
        }
    }

    /// Takes the exact expectations of a scenario beside what was simulated.
    pub fn take_expected(
        &mut self,
        scenario: usize,
        metrics: &[Metric],
        simulated: &Performance,
        expected: &Performance,
    ) {
        for (metric, values) in metrics.iter().zip(&mut self.exact[scenario]) {
            values.push(metric.horizon(expected));
        }
        let [simulated, expected] = [simulated, expected].map(|books| Part::ALL.map(|part| part.at_end(books)));
        let off = std::array::from_fn(|part| simulated[part] - expected[part]);
        self.parts[scenario].push(Parts { off, expected });
    }

    /// Forgets the exact expectations if there are some, but not of every one of so many replications.
    pub fn forget_some(&mut self, replications: u64) -> bool {
        let known = self.exact.iter().flatten().map(Vec::len).max().unwrap_or(0) as u64;
        let some = (1..replications).contains(&known);
        if some {
            self.exact.iter_mut().flatten().for_each(Vec::clear);
            self.parts.iter_mut().for_each(Vec::clear);
        }
        some
    }

    /// Whether there are exact expectations.
    pub fn is_exact(&self) -> bool {
        self.exact.iter().flatten().any(|values| !values.is_empty())
    }

    /// The exact expectations of a metric by replication; empty where there are none.
    pub fn exact(&self, scenario: usize, place: usize) -> &[f64] {
        &self.exact[scenario][place]
    }

    /// The level of a metric freed of the chance that controls explain; none where nothing does.
    pub fn level(
        &self,
        scenario: usize,
        (place, metric): (usize, Metric),
        sample: &[f64],
        follows_satisfaction: bool,
        level: f64,
    ) -> Option<Controlled> {
        let exact = &self.exact[scenario][place];
        let known = !exact.is_empty() && metric.has_expectation(follows_satisfaction);
        if known && self.fixed && !metric.is_ratio() {
            let mean = exact.iter().sum::<f64>() / exact.len() as f64;
            return Some(Controlled { estimate: Estimate::known(mean), residual_variance_share: 0.0, controls: 1 });
        }
        if known && !self.fixed && sample.len() < REPLICATIONS_FOR_EXACT {
            return None;
        }
        let controls = self.of(known, sample.len());
        let ratio = metric.facts().ratio.filter(|_| known);
        let freed = ratio.map(|ratio| self.freed(scenario, ratio, sample));
        let values = freed.as_deref().unwrap_or(if known { exact } else { sample });
        let (estimate, used) = controlled(values, &controls, level)?;
        let used = used + if freed.is_some() { 2 } else { usize::from(known) };
        let plain = Estimate::of(&sample.iter().copied().collect(), level).standard_error?;
        let left = estimate.standard_error? / plain;
        let residual_variance_share = if plain > 0.0 { left * left } else { 1.0 };
        (used > 0).then_some(Controlled { estimate, residual_variance_share, controls: used })
    }

    /// A ratio in every replication, less what its parts differ from their expectations by times the slopes there.
    fn freed(&self, scenario: usize, ratio: Ratio, sample: &[f64]) -> Vec<f64> {
        let [part, whole] = [ratio.part, ratio.whole].map(Part::place);
        let one = |(value, Parts { off, expected }): (&f64, &Parts)| {
            let size = expected[whole];
            if size > 0.0 { value - (off[part] - expected[part] / size * off[whole]) / size } else { *value }
        };
        sample.iter().zip(&self.parts[scenario]).map(one).collect()
    }

    /// The controls of a metric: of each kind all or none, as replications are many enough.
    fn of(&self, known: bool, replications: usize) -> Vec<Vec<f64>> {
        let starts: Vec<&Vec<f64>> = if known { Vec::new() } else { self.started.iter().collect() };
        let enough = replications >= REPLICATIONS_FOR_DRAWN;
        let drawn: Vec<&Vec<f64>> = if enough { self.drawn.iter().collect() } else { Vec::new() };
        let mut controls: Vec<Vec<f64>> = Vec::new();
        for kind in [drawn, starts] {
            if (controls.len() + kind.len()) * REPLICATIONS_EACH <= replications {
                controls.extend(kind.into_iter().cloned());
            }
        }
        controls
    }
}
