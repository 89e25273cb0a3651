//! A share of replications: how often something happened, with the exact interval of its probability.

use std::collections::BTreeMap;

use serde::Serialize;

use super::interval::{Ends, binomial};

/// How often something happened in independent trials, and the interval of its probability. All three lie in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share of the trials.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// The share of `hits` in `trials`, with the exact interval at `level` (0.95, say); none with fewer than two trials.
    ///
    /// The interval is that of [`binomial`]. It covers at least as often as `level` says, whatever the probability.
    pub fn of(hits: u64, trials: u64, level: f64) -> Option<Self> {
        Self::of_score(hits as f64, trials, level)
    }

    /// [`Share::of`] with ties that count in part.
    pub fn of_score(score: f64, trials: u64, level: f64) -> Option<Self> {
        if trials < 2 {
            return None;
        }
        let yes = score.clamp(0.0, trials as f64);
        let Ends { low, high } = binomial(yes, trials as f64, level);
        Some(Self { share: yes / trials as f64, low, high })
    }
}

/// Shares of one number of trials, each computed once.
pub struct Shares {
    trials: u64,
    level: f64,
    known: BTreeMap<u64, Share>,
}

impl Shares {
    /// Shares of `trials` with intervals at `level`.
    pub fn new(trials: u64, level: f64) -> Self {
        Self { trials, level, known: BTreeMap::new() }
    }

    /// [`Share::of`] so many hits.
    pub fn of(&mut self, hits: u64) -> Option<Share> {
        if let Some(share) = self.known.get(&hits) {
            return Some(*share);
        }
        let share = Share::of(hits, self.trials, self.level)?;
        self.known.insert(hits, share);
        Some(share)
    }

    /// The share of each of these numbers of hits; empty with fewer than two trials.
    pub fn each(&mut self, hits: impl IntoIterator<Item = u64>) -> Vec<Share> {
        hits.into_iter().filter_map(|hits| self.of(hits)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_those_of_the_tables() {
        // R: binom.test(3, 10)$conf.int and binom.test(0, 20)$conf.int.
        let found = Share::of(3, 10, 0.95).unwrap();
        assert!((found.low - 0.066_739_51).abs() < 1e-7 && (found.high - 0.652_452_85).abs() < 1e-7, "{found:?}");
        let never = Share::of(0, 20, 0.95).unwrap();
        assert!(never.low == 0.0 && (never.high - 0.168_433_5).abs() < 1e-7, "{never:?}");
        let always = Share::of(20, 20, 0.95).unwrap();
        assert!(always.high == 1.0 && (always.low + never.high - 1.0).abs() < 1e-12, "{always:?}");
    }

    #[test]
    fn one_trial_has_no_share() {
        assert_eq!((Share::of(1, 1, 0.95), Share::of(0, 0, 0.95)), (None, None));
    }

    /// The chance that the interval holds the probability, summed up over all that can happen.
    fn coverage(trials: u64, probability: f64) -> f64 {
        let (mut chance, mut covered) = (libm::pow(1.0 - probability, trials as f64), 0.0);
        for hits in 0..=trials {
            let found = Share::of(hits, trials, 0.95).unwrap();
            covered += if found.low <= probability && probability <= found.high { chance } else { 0.0 };
            chance *= (trials - hits) as f64 / (hits + 1) as f64 * probability / (1.0 - probability);
        }
        covered
    }

    #[test]
    fn every_probability_is_covered() {
        for trials in [2, 5, 10, 20, 50, 200] {
            for probability in [0.001, 0.02, 0.2, 0.5] {
                let covered = coverage(trials, probability);
                assert!(covered >= 0.95 - 1e-9, "{trials} trials, {probability}: {covered}");
            }
            // What holds of a probability holds of the other one.
            let [seen, rest] = [1, trials - 1].map(|hits| Share::of(hits, trials, 0.95).unwrap());
            assert!((seen.low + rest.high - 1.0).abs() < 1e-12 && (seen.high + rest.low - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn many_shares_are_those_of_each() {
        let mut shares = Shares::new(20, 0.9);
        assert_eq!(shares.each([3, 3, 0]), [3, 3, 0].map(|hits| Share::of(hits, 20, 0.9).unwrap()));
        assert!(Shares::new(1, 0.9).each([1, 0]).is_empty());
    }
}
