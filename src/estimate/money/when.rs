//! When something happened: its period in every replication, as percentiles.

use super::business::PeriodPercentile;
use crate::stats::order::Ranks;

/// The 5th, 50th and 95th percentile of periods over all replications, none for those in which it never happened; they come
/// last. None where there are too few replications to tell.
pub fn percentiles(mut periods: Vec<Option<usize>>, level: f64) -> [Option<PeriodPercentile>; 3] {
    periods.sort_by_key(|period| period.unwrap_or(usize::MAX));
    [0.05, 0.5, 0.95].map(|p| {
        let ranks = Ranks::of(periods.len(), p, level)?;
        let at = |rank: usize| periods[rank - 1].map(|period| period as f64);
        Some(PeriodPercentile {
            // Periods are whole, and there is none between a period and never.
            period: at(ranks.nearest()),
            // Nothing happens before time 0.
            low: ranks.low.map_or(Some(0.0), at),
            high: ranks.high.and_then(at),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_never_come_are_the_last() {
        // 30 come in periods 1 to 30, and 10 never do.
        let found = percentiles((1..=40).rev().map(|t| (t <= 30).then_some(t)).collect(), 0.95);
        let [early, middle, late] = found.map(Option::unwrap);
        assert_eq!((early.period, early.low), (Some(2.0), Some(0.0)));
        assert_eq!((middle.period, middle.low, middle.high), (Some(21.0), Some(14.0), Some(27.0)));
        assert_eq!((late.period, late.low, late.high), (None, None, None));
    }

    #[test]
    fn few_replications_tell_no_percentile() {
        let found = percentiles(vec![Some(3); 19], 0.95);
        assert!(found[0].is_none() && found[1].is_some() && found[2].is_none());
        assert_eq!(percentiles(vec![Some(3); 5], 0.95), [None; 3]);
    }
}
