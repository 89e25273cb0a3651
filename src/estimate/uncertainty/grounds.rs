//! Grounds are what a study's intervals rest on: how many customers, whether they are independent, what is rare, and what one
//! customer more could change.

use std::sync::Arc;

use crate::engine::count::cells::{Arrivals, planned};
use crate::model::Model;
use crate::model::people::{Segment, fresh_share};
use crate::model::starts::changed;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};
use crate::stats::distribution::Distribution;
use crate::stats::estimate::Estimate;
use crate::stats::interval::{Confidence, Ends, Rests, bootstrap_t, mean_of_shares, share};
use crate::stats::moments::Moments;

use super::rarity::{Rarity, rarities};
use super::stake::Stakes;
use crate::estimate::money::smooth::is_smoothed;
use crate::model::metric::Metric;

/// What intervals rest on.
#[expect(clippy::struct_excessive_bools, reason = "four facts of a study, none of which follows from another")]
pub struct Grounds {
    model: Arc<Model>,
    stakes: Stakes,
    /// By scenario.
    rarities: Vec<Vec<Rarity>>,
    /// Whether all customers of all replications are independent: nothing is drawn for a replication as a whole, and nobody
    /// feels what others do.
    independent: bool,
    /// Whether as many customers come in every replication.
    numbered: bool,
    /// Whether everybody has been retained from the moment of coming.
    acquired_at_once: bool,
    /// Whether chance has no part in who comes in a stage that is not retained.
    fresh_surely: bool,
    /// By scenario, then by cut (all, then segments), then by time: who has come.
    came: Vec<Vec<Vec<Came>>>,
    /// Whether money is so skewed that its intervals lean to one side.
    leans: bool,
}

/// More replications than this are many enough for Student's t of what is skewed, and a bootstrap of them would take long.
const MOST_BOOTSTRAPPED: u64 = 400;

/// Who has come up to a time.
#[derive(Clone, Copy, Debug, Default)]
struct Came {
    /// Real customers.
    real: f64,
    /// The sum of the squares of the weights of the simulated ones.
    squares: f64,
    /// Of the real ones, those who are expected to come in a stage that is not retained.
    fresh: f64,
}

/// Which level: of a scenario and cut (all, then segments), at a time or over the horizon.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// The scenario.
    pub scenario: usize,
    /// The cut.
    pub cut: usize,
    /// The time; none over the horizon.
    pub time: Option<usize>,
}

/// What was seen of a level.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Its values by replication.
    pub values: Moments,
    /// The mean number of real customers whom a share is of: of retention, those retained at some time up to then.
    pub whole: f64,
}

impl Grounds {
    /// The grounds of a model.
    pub fn of(model: &Arc<Model>, metrics: &[Metric]) -> Self {
        let arrivals = planned(model, &model.central());
        let starts = |segment: &Segment| {
            let inflow = segment.inflow.iter().flat_map(|inflow| &inflow.start);
            segment
                .start
                .iter()
                .chain(inflow)
                .all(|(stage, share)| model.stages[stage.index()].retained || *share == 0.0)
        };
        Self {
            stakes: Stakes::of(model, metrics),
            rarities: model.scenarios.iter().map(|scenario| rarities(model, scenario)).collect(),
            independent: !model.is_uncertain() && !model.is_coupled(),
            numbered: !model.has_inflow() || !(model.is_uncertain() || model.is_coupled()),
            acquired_at_once: model.segments.iter().all(starts) && !model.changes_starts(),
            fresh_surely: !model.changes_starts()
                && model.segments.iter().all(|segment| {
                    [0, 1]
                        .iter()
                        .all(|entry| [0.0, 1.0].contains(&fresh_share(&model.stages, segment.start_at(*entry))))
                }),
            came: arrivals
                .iter()
                .enumerate()
                .map(|(scenario, segments)| came(model, ScenarioId::from(scenario), segments))
                .collect(),
            leans: is_smoothed(model) || model.params.iter().any(|param| leans(&param.law)),
            model: Arc::clone(model),
        }
    }

    /// What is so rare that a scenario's levels, or its difference from the baseline, cannot be told from so many replications.
    pub fn rare(&self, scenario: usize, difference: bool, replications: u64) -> Vec<&Rarity> {
        let base = difference.then(|| &self.rarities[self.model.baseline.index()]);
        let own = &self.rarities[scenario];
        let others = base.into_iter().flatten().filter(|its| !own.contains(its));
        own.iter().chain(others).filter(|its| its.is_rare(replications)).collect()
    }

    /// Whether all customers of all replications are independent.
    pub fn is_independent(&self) -> bool {
        self.independent
    }

    /// The simulated customers of a scenario in all replications, as many as would weigh the same.
    pub fn customers(&self, scenario: usize, replications: u64) -> f64 {
        self.came[scenario][0].last().map_or(0.0, |came| came.customers() * replications as f64)
    }

    /// A level with its interval, where there can be one.
    pub fn level(&self, of: Level, (place, metric): (usize, Metric), seen: &Seen, sure: Confidence) -> Estimate {
        let mean = seen.values.mean();
        let Some(variance) = seen.values.variance().map(|variance| variance / seen.values.count() as f64) else {
            return Estimate::unknown(mean);
        };
        if !self.rare(of.scenario, false, sure.replications).is_empty() {
            return Estimate::unknown(mean);
        }
        let error = libm::sqrt(variance);
        Estimate::between(mean, error, self.ends(of, (place, metric), (seen, variance), sure))
    }

    fn ends(
        &self,
        of: Level,
        (place, metric): (usize, Metric),
        (seen, variance): (&Seen, f64),
        sure: Confidence,
    ) -> Ends {
        let mean = seen.values.mean();
        let replications = sure.replications as f64;
        let came = self.came[of.scenario][of.cut][of.time.unwrap_or(self.model.run.horizon as usize)];
        let exact = Ends { low: mean, high: mean };
        match metric {
            Metric::Retention | Metric::ClassRetained(..) if of.time == Some(0) || seen.whole <= 0.0 => exact,
            Metric::Retention | Metric::ClassRetained(..) => {
                let customers = replications * came.customers() * (seen.whole / came.real).min(1.0);
                // How many are in a class is itself drawn.
                let independent = metric == Metric::Retention && self.independent && self.acquired_at_once;
                share(mean, variance, Rests { customers, independent }, sure)
            }
            Metric::Conversion if of.time == Some(0) || came.fresh <= 0.0 => exact,
            Metric::Conversion => {
                let customers = replications * came.customers() * came.fresh / came.real;
                let independent = self.independent && self.fresh_surely;
                share(mean, variance, Rests { customers, independent }, sure)
            }
            _ if metric.counts_customers() && self.numbered => {
                if came.real <= 0.0 || (of.time == Some(0) && self.starts_surely(metric, of.cut)) {
                    return exact;
                }
                let rests = Rests { customers: replications * came.customers(), independent: self.independent };
                share(mean / came.real, variance / (came.real * came.real), rests, sure).times(came.real)
            }
            Metric::Satisfaction | Metric::Wallet => mean_of_shares(mean, libm::sqrt(variance), sure),
            _ => {
                let stake = &self.stakes.levels[of.scenario][of.cut][place];
                let size = of.time.map_or(stake.horizon, |t| stake.at[t]);
                possible(metric, sure.about(mean, libm::sqrt(variance + sure.unseen(size / replications))))
            }
        }
    }

    /// A level over the horizon from its value in every replication, with that at mean baskets where those are smoothed: the
    /// interval is made from these, and holds the mean of the others.
    pub fn level_of(
        &self,
        of: Level,
        (place, metric): (usize, Metric),
        (sample, smooth, whole): (&[f64], Option<&[f64]>, f64),
        sure: Confidence,
    ) -> Estimate {
        let seen = |sample: &[f64]| Seen { values: sample.iter().copied().collect(), whole };
        let plain = self.level(of, (place, metric), &seen(sample), sure);
        if !self.leans || metric.is_state() || plain.standard_error.is_none() {
            return plain;
        }
        let size = self.stakes.levels[of.scenario][of.cut][place].horizon / sure.replications as f64;
        let ends = possible(metric, Self::leaning(smooth.unwrap_or(sample), size, sure).holding(plain.mean));
        Estimate { low: ends.low, high: ends.high, ..plain }
    }

    /// The interval of the mean of a sample that is skewed.
    fn leaning(sample: &[f64], size: f64, sure: Confidence) -> Ends {
        let seen: Moments = sample.iter().copied().collect();
        let (mean, unseen) = (seen.mean(), sure.student * libm::sqrt(sure.unseen(size)));
        let leaning = (sure.replications <= MOST_BOOTSTRAPPED).then(|| bootstrap_t(sample, sure)).flatten();
        let ends = leaning.unwrap_or_else(|| {
            let variance = seen.variance().unwrap_or(0.0) / sure.replications as f64;
            sure.about(mean, libm::sqrt(variance))
        });
        Ends { low: mean - libm::hypot(mean - ends.low, unseen), high: mean + libm::hypot(ends.high - mean, unseen) }
    }

    /// The mean of differences from the baseline with its interval. What was forced needs no allowance for what nobody
    /// happened to do: it sums up chances.
    pub fn difference(
        &self,
        scenario: usize,
        (place, metric): (usize, Metric),
        (sample, whole): (&[f64], f64),
        forced: bool,
        sure: Confidence,
    ) -> Estimate {
        let seen: Moments = sample.iter().copied().collect();
        let mean = seen.mean();
        let unknown = !self.rare(scenario, true, sure.replications).is_empty();
        let Some(variance) = seen.variance().filter(|_| !unknown) else { return Estimate::unknown(mean) };
        let variance = variance / seen.count() as f64;
        let came = self.came[scenario][0].last().copied().unwrap_or_default();
        let size = match metric {
            _ if forced => 0.0,
            Metric::Retention | Metric::ClassRetained(..) if self.stakes.alike[scenario] || whole <= 0.0 => 0.0,
            Metric::Retention | Metric::ClassRetained(..) => came.weight() / whole,
            Metric::Conversion if self.stakes.alike[scenario] => 0.0,
            Metric::Conversion => came.weight_of_fresh(),
            Metric::Satisfaction | Metric::Wallet | Metric::TimeToConvert => 0.0,
            _ => self.stakes.differences[scenario][place],
        };
        let size = size / sure.replications as f64;
        let ends = if self.leans && !metric.is_state() {
            Self::leaning(sample, size, sure)
        } else {
            sure.about(mean, libm::sqrt(variance + sure.unseen(size)))
        };
        let ends = if metric.facts().dimension.is_within_one() {
            ends.within(-1.0, 1.0)
        } else if metric.counts_customers() && self.numbered {
            ends.within(-came.real, came.real)
        } else {
            ends
        };
        Estimate::between(mean, libm::sqrt(variance), ends)
    }

    /// Whether the interval of a difference that is not forced rests on so few customers that it hardly is more than the
    /// allowance for those whom nobody happened to see.
    pub fn is_mostly_unseen(&self, scenario: usize, place: usize, sample: &[f64], sure: Confidence) -> bool {
        let replications = sure.replications as f64;
        let seen: Moments = sample.iter().copied().collect();
        let size = self.stakes.differences[scenario][place] / replications;
        seen.variance().is_some_and(|variance| variance / replications < 3.0 * sure.unseen(size))
    }

    /// A level that controls have freed of chance, kept where it can be; where nothing exact has freed it, it allows for what
    /// nobody happened to do as others do.
    pub fn controlled(
        &self,
        scenario: usize,
        (place, metric): (usize, Metric),
        (estimate, exact, whole): (Estimate, bool, f64),
        sure: Confidence,
    ) -> Estimate {
        let Some(error) = estimate.standard_error else { return estimate };
        let came = self.came[scenario][0].last().copied().unwrap_or_default();
        let size = match metric {
            _ if exact => 0.0,
            Metric::Satisfaction | Metric::Wallet | Metric::TimeToConvert => 0.0,
            Metric::Conversion => came.weight_of_fresh(),
            Metric::Retention | Metric::ClassRetained(..) if whole <= 0.0 => 0.0,
            Metric::Retention | Metric::ClassRetained(..) => came.weight() / whole,
            _ => self.stakes.levels[scenario][0][place].horizon,
        };
        let unseen = sure.student * libm::sqrt(sure.unseen(size / sure.replications as f64));
        let Estimate { mean, low, high, .. } = estimate;
        let ends = Ends { low: mean - libm::hypot(mean - low, unseen), high: mean + libm::hypot(high - mean, unseen) };
        Estimate::between(mean, error, possible(metric, ends))
    }

    /// Whether a metric is the same at time 0 in every replication: nobody's start is left to chance as far as it goes.
    fn starts_surely(&self, metric: Metric, cut: usize) -> bool {
        let segments = self.model.segments.iter().enumerate().filter(|(place, _)| cut == 0 || cut == place + 1);
        segments
            .flat_map(|(_, segment)| [self.share_at_start(metric, segment)])
            .all(|share| share.is_some_and(|share| share <= 0.0 || share >= 1.0))
    }

    /// The share of a segment's customers that a metric counts at time 0; none where that is not known.
    fn share_at_start(&self, metric: Metric, segment: &Segment) -> Option<f64> {
        if !segment.start_ids.is_empty() {
            return None;
        }
        let counts: &dyn Fn(usize) -> bool = match metric {
            Metric::Stage(its) => &move |stage| its == stage,
            Metric::ActiveCustomers => &|stage: usize| self.model.stages[stage].retained,
            Metric::Churned => return Some(0.0),
            _ => return None,
        };
        Some(segment.start.iter().filter(|(stage, _)| counts(stage.index())).map(|(_, share)| share).sum())
    }
}

impl Came {
    /// As many simulated customers of one weight as would tell as much: Kish (1965), "Survey sampling", 11.7.
    fn customers(self) -> f64 {
        if self.squares > 0.0 { self.real * self.real / self.squares } else { 0.0 }
    }

    /// What one of them moves the share of those by who came in a stage that is not retained.
    fn weight_of_fresh(self) -> f64 {
        if self.fresh > 0.0 { self.weight() / self.fresh } else { 0.0 }
    }

    /// What one of them stands for.
    fn weight(self) -> f64 {
        if self.real > 0.0 { self.squares / self.real } else { 0.0 }
    }
}

/// Ends of an interval of a level, cut where the metric cannot be.
fn possible(metric: Metric, ends: Ends) -> Ends {
    if metric.facts().dimension.is_within_one() {
        ends.within(0.0, 1.0)
    } else if metric.is_count() {
        ends.within(0.0, f64::INFINITY)
    } else {
        ends
    }
}

/// Whether a law has a long tail to one side: it varies by more than its mean, and is never negative. One that takes two
/// values has none.
fn leans(law: &Distribution) -> bool {
    law.support().0 >= 0.0 && law.support().1 > 1.0 && law.sd() > law.mean()
}

/// By cut (all, then segments), then by time: who has come, from the arrivals by segment and entry.
fn came(model: &Model, scenario: ScenarioId, segments: &[Vec<Arrivals>]) -> Vec<Vec<Came>> {
    let central = model.central();
    let times = model.run.horizon as usize + 1;
    let mut cuts = vec![vec![Came::default(); times]; segments.len() + 1];
    for (segment, arrivals) in segments.iter().enumerate() {
        let timeline =
            model.changes_starts().then(|| Timeline::new(model, &central, scenario, SegmentId::from(segment)));
        for (entry, its) in arrivals.iter().enumerate() {
            let moved = timeline
                .as_ref()
                .and_then(|timeline| changed(model, timeline, segment, u32::try_from(entry).unwrap_or(u32::MAX)));
            let start = moved.as_ref().map_or(model.segments[segment].start_at(entry), |start| &start.pieces);
            let fresh = its.real * fresh_share(&model.stages, start);
            for cut in [0, segment + 1] {
                for came in &mut cuts[cut][entry..] {
                    came.real += its.real;
                    came.squares += its.real * its.weight();
                    came.fresh += fresh;
                }
            }
        }
    }
    cuts
}
