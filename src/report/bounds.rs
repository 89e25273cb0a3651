//! Shares and figures with their intervals in words: `88% [82 to 92%]`, `12.3 k [at least 10.1 k]`.

use super::amount::{Unit, write, write_period, write_probability, write_ranged, write_rate};
use crate::estimate::money::business::PeriodPercentile;
use crate::stats::order::Bounded;
use crate::stats::share::Share;

/// What stands for a number that there is not.
pub const NONE: &str = "–";

/// A share with its interval in brackets; a dash where replications are too few to have one.
pub fn bracketed_share(share: Option<&Share>) -> String {
    share.map_or(NONE.to_owned(), |its| format!("{} [{}]", write_probability(its.share), ends_of(its)))
}

/// A share with its interval, as a sentence has it: `88% (82 to 92%)`.
pub fn share_in_words(share: &Share) -> String {
    format!("{} ({})", write_probability(share.share), ends_of(share))
}

/// The ends of a share's interval: `82 to 92%`, `96% to over 99%`.
pub fn ends_of(share: &Share) -> String {
    let [low, high] = [share.low, share.high].map(write_probability);
    let is_plain = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let low = if is_plain(&low) && is_plain(&high) { low.trim_end_matches('%') } else { &low };
    format!("{low} to {high}")
}

/// A figure with its interval in brackets, where it has any.
pub fn bracketed(unit: Unit, its: &Bounded) -> String {
    match (its.low, its.high) {
        (Some(low), Some(high)) if low >= high => write(unit, its.value),
        (Some(low), Some(high)) => {
            let (value, ends) = write_ranged(unit, its.value, low, high);
            format!("{value} [{ends}]")
        }
        _ => open(its, |value| write(unit, value), ["[", "]"]),
    }
}

/// The interval of a figure in round brackets after a space; nothing where it has none.
pub fn ends_in_words(unit: Unit, its: &Bounded) -> String {
    let text = bracketed(unit, its);
    text.split_once('[').map_or_else(String::new, |(_, ends)| format!(" ({})", ends.trim_end_matches(']')))
}

/// A rate with its interval in brackets.
pub fn bracketed_rate(its: &Bounded, brackets: [&str; 2]) -> String {
    match (its.low, its.high) {
        (Some(low), Some(high)) => {
            let [left, right] = brackets;
            format!("{} {left}{} to {}{right}", write_rate(its.value), write_rate(low), write_rate(high))
        }
        _ => open(its, write_rate, brackets),
    }
}

/// A figure with an open end.
fn open(its: &Bounded, write: impl Fn(f64) -> String, [left, right]: [&str; 2]) -> String {
    let end = match (its.low, its.high) {
        (Some(low), _) => format!(" {left}at least {}{right}", write(low)),
        (_, Some(high)) => format!(" {left}at most {}{right}", write(high)),
        _ => String::new(),
    };
    write(its.value) + &end
}

/// A percentile of a period with its interval: `17 [15 to 19]`, `never [30 to never]`.
pub fn bracketed_period(its: &PeriodPercentile, brackets: [&str; 2]) -> String {
    let [period, low, high] = [its.period, its.low, its.high].map(|at| at.map_or("never".to_owned(), write_period));
    let [left, right] = brackets;
    if low == high { period } else { format!("{period} {left}{low} to {high}{right}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_end_is_told_by_the_other() {
        let of = |low, high| bracketed(Unit::Number, &Bounded { value: 12_345.0, low, high });
        assert_eq!(of(Some(10_100.0), Some(15_200.0)), "12.3 k [10.1 to 15.2 k]");
        assert_eq!(of(Some(10_100.0), None), "12.3 k [at least 10.1 k]");
        assert_eq!(of(None, Some(15_200.0)), "12.3 k [at most 15.2 k]");
        assert_eq!(of(None, None), "12.3 k");
        assert_eq!(
            ends_in_words(Unit::Number, &Bounded { value: 1.0, low: Some(0.5), high: None }),
            " (at least 0.500)"
        );
        let rate = Bounded { value: 0.12, low: Some(0.1), high: Some(0.155) };
        assert_eq!(bracketed_rate(&rate, ["(", ")"]), "12% (10% to 15.5%)");
    }

    #[test]
    fn a_share_has_its_interval_and_one_replication_has_none() {
        assert_eq!(bracketed_share(Share::of(7, 8, 0.95).as_ref()), "88% [47% to over 99%]");
        assert_eq!(share_in_words(&Share::of(0, 5, 0.95).unwrap()), "0% (0 to 52%)");
        assert_eq!(bracketed_share(None), "–");
    }

    #[test]
    fn a_period_may_never_come() {
        let of = |period, low, high| bracketed_period(&PeriodPercentile { period, low, high }, ["[", "]"]);
        assert_eq!(of(Some(17.0), Some(15.0), None), "17 [15 to never]");
        assert_eq!(of(None, None, None), "never");
        assert_eq!(of(Some(5.0), Some(5.0), Some(5.0)), "5");
    }
}
