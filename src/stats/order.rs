//! Percentiles from ordered numbers: where they lie, and between which of the numbers.

use schemars::JsonSchema;
use serde::Serialize;

use super::interval::Ends;
use super::special::incomplete_beta;

/// A figure with its interval, of which either end may be open.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Bounded {
    /// The estimate.
    pub value: f64,
    /// The lower end of the interval; none where it is open.
    pub low: Option<f64>,
    /// The upper end of the interval; none where it is open.
    pub high: Option<f64>,
}

impl Bounded {
    /// The same without an interval.
    #[must_use]
    pub fn open(self) -> Self {
        Self { low: None, high: None, ..self }
    }
}

impl std::ops::Neg for Bounded {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, low: self.high.map(|end| -end), high: self.low.map(|end| -end) }
    }
}

/// No more numbers than these are thought of.
const MOST: usize = 1_000_000;

/// What single replications come to. A percentile that they are too few for is absent ([`Ranks::of`]).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Percentiles {
    /// The 5th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p5: Option<Bounded>,
    /// The 25th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p25: Option<Bounded>,
    /// The median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<Bounded>,
    /// The 75th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p75: Option<Bounded>,
    /// The 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<Bounded>,
}

impl Percentiles {
    /// The percentiles of a sample, with their intervals at `level`; none where it is too small to know any.
    pub fn of(sample: &[f64], level: f64) -> Option<Self> {
        let mut ordered = sample.to_vec();
        ordered.sort_by(f64::total_cmp);
        let [p5, p25, median, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| percentile(&ordered, p, level));
        let known = [p5, p25, median, p75, p95].iter().any(Option::is_some);
        known.then_some(Self { p5, p25, median, p75, p95 })
    }

    /// What nine of ten replications lie between; none where they are too few to tell.
    pub fn outcomes(&self) -> Option<Ends> {
        Some(Ends { low: self.p5?.value, high: self.p95?.value })
    }
}

/// The ranks, from 1, among so many ordered numbers by which a percentile is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// Where it lies; between two ranks where this is not whole.
    pub at: f64,
    /// The lower end of its interval; none where no number lies low enough.
    pub low: Option<usize>,
    /// The upper end of its interval; none where no number lies high enough.
    pub high: Option<usize>,
}

impl Ranks {
    /// The ranks of percentile `p` in (0, 1) among `count` numbers, with its interval at `level`; none below the count at
    /// which a number is expected beyond it, and where neither end of the interval is known.
    ///
    /// The ends are order statistics (David & Nagaraja 2003, "Order statistics", 3rd edition, chapter 7.1): they cover at
    /// least as often as `level` says, whatever the law.
    pub fn of(count: usize, p: f64, level: f64) -> Option<Self> {
        let n = count as f64;
        if n * p.min(1.0 - p) < 1.0 - 1e-9 {
            return None;
        }
        let beyond = (1.0 - level) / 2.0;
        // A number of this rank lies above the percentile where fewer numbers than that lie below it.
        let below = leading(count, |rank| at_most(rank - 1, n, p) <= beyond);
        let above = leading(count, |rank| at_most(rank - 1, n, p) < 1.0 - beyond) + 1;
        let (low, high) = (Some(below).filter(|rank| *rank > 0), Some(above).filter(|rank| *rank <= count));
        let at = rank(count, p);
        (low.is_some() || high.is_some()).then_some(Self { at, low, high })
    }

    /// The smallest count for which there is a percentile `p` with an interval at `level`.
    pub fn fewest(p: f64, level: f64) -> usize {
        (1..MOST).find(|count| Self::of(*count, p, level).is_some()).unwrap_or(MOST)
    }

    /// The rank nearest to the percentile, for what has no values between two ranks.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to the count")]
    pub fn nearest(self) -> usize {
        libm::round(self.at) as usize
    }
}

/// The rank, from 1, at which the percentile `p` of `count` numbers lies; between two ranks where it is not whole.
///
/// Type 8 of Hyndman & Fan (1996), "Sample quantiles in statistical packages", The American Statistician 50(4): in about half
/// of all samples it is too large, whatever the law. Other types lie too far inside where numbers are few.
pub fn rank(count: usize, p: f64) -> f64 {
    let n = count as f64;
    (p.clamp(0.0, 1.0) * (n + 1.0 / 3.0) + 1.0 / 3.0).min(n).max(1.0)
}

/// How many of the ranks 1 to `count` fulfil a condition that all below a rank that does fulfil too.
fn leading(count: usize, fulfils: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fulfils(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// The chance that of `n` numbers at most `hits` lie below the percentile `p`: DLMF 8.17.5.
fn at_most(hits: usize, n: f64, p: f64) -> f64 {
    let hits = hits as f64;
    if hits >= n { 1.0 } else { incomplete_beta(1.0 - p, n - hits, hits + 1.0) }
}

/// The percentile `p` of numbers in rising order with its interval at `level`; none where [`Ranks::of`] has none.
pub fn percentile(sorted: &[f64], p: f64, level: f64) -> Option<Bounded> {
    let ranks = Ranks::of(sorted.len(), p, level)?;
    let at = |rank: usize| sorted[rank - 1];
    Some(Bounded { value: between(sorted, ranks.at)?, low: ranks.low.map(at), high: ranks.high.map(at) })
}

/// The number at a rank in [1, count], in a straight line between neighbours; none of no numbers.
pub fn between(sorted: &[f64], rank: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = (rank - 1.0).clamp(0.0, last as f64);
    let share = at - libm::floor(at);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not below 0, and at most the last")]
    let below = at as usize;
    let low = sorted[below];
    // Equal infinite numbers are not turned into what is no number at all.
    if share == 0.0 { Some(low) } else { Some(low + share * (sorted[(below + 1).min(last)] - low)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_lies_where_type_8_says() {
        // R: quantile(c(1, 2, 4, 8, 16), c(.25, .5, .9), type = 8).
        let sample = [1.0, 2.0, 4.0, 8.0, 16.0];
        for (p, is) in [(0.25, 1.666_666_7), (0.5, 4.0), (0.9, 16.0)] {
            let found = between(&sample, rank(5, p)).unwrap();
            assert!((found - is).abs() < 1e-6, "{p}: {found}");
        }
        assert_eq!(between(&[], 1.0), None);
    }

    #[test]
    fn a_percentile_is_known_from_as_many_as_hold_one_beyond_it() {
        assert_eq!([0.05, 0.25, 0.5, 0.75, 0.95].map(|p| Ranks::fewest(p, 0.95)), [20, 4, 6, 4, 20]);
        assert_eq!(Ranks::of(19, 0.05, 0.95), None);
        // Of 20 numbers none is surely below the 5th percentile; of 72 the smallest is with a chance of 0.975.
        let few = Ranks::of(20, 0.05, 0.95).unwrap();
        assert_eq!((few.low, few.high, few.nearest()), (None, Some(4), 1));
        let mirrored = Ranks::of(20, 0.95, 0.95).unwrap();
        assert_eq!((mirrored.low, mirrored.high, mirrored.nearest()), (Some(17), None, 20));
        assert_eq!((Ranks::of(71, 0.05, 0.95).unwrap().low, Ranks::of(72, 0.05, 0.95).unwrap().low), (None, Some(1)));
        // The sign test: the interval of a median of 20 numbers is that of the 6th and the 15th.
        let median = Ranks::of(20, 0.5, 0.95).unwrap();
        assert_eq!((median.at, median.low, median.high), (10.5, Some(6), Some(15)));
    }

    #[test]
    fn nine_of_ten_lie_between_percentiles_that_20_numbers_know_and_19_do_not() {
        let upwards: Vec<f64> = (1..=20).map(f64::from).collect();
        let found = Percentiles::of(&upwards, 0.95).unwrap();
        assert_eq!((found.p5.unwrap().high, found.p95.unwrap().low), (Some(4.0), Some(17.0)));
        for (its, is) in [(found.p25, 5.416_667), (found.median, 10.5), (found.p75, 15.583_333)] {
            assert!((its.unwrap().value - is).abs() < 1e-6, "{its:?}");
        }
        let downwards: Vec<f64> = upwards.iter().rev().copied().collect();
        assert_eq!(Percentiles::of(&downwards, 0.95), Some(found));
        let few = Percentiles::of(&upwards[1..], 0.95).unwrap();
        assert_eq!((few.p5, few.p95, few.outcomes()), (None, None, None));
        assert!(few.p25.is_some() && few.median.is_some() && few.p75.is_some());
        assert_eq!(Percentiles::of(&upwards[..3], 0.95), None);
    }

    #[test]
    fn ends_cover_as_often_as_they_say_under_any_law() {
        for count in [6, 20, 50, 71, 72, 200, 1000] {
            for p in [0.05, 0.5, 0.95] {
                let Some(ranks) = Ranks::of(count, p, 0.95) else { continue };
                let n = count as f64;
                let low = ranks.low.map_or(0.0, |rank| at_most(rank - 1, n, p));
                let high = ranks.high.map_or(0.0, |rank| 1.0 - at_most(rank - 1, n, p));
                assert!(low <= 0.025 && high <= 0.025 + 1e-12, "{count} {p}: {low} {high}");
            }
        }
    }
}
