//! Intervals as a study writes them: `0.05 to 0.09`.

use super::super::{Distribution, log_odds};
use super::kind::{Kind, Parsed, fault};

/// The standard normal quantile of 0.95: a 90 % interval is this many sds to either side.
const NINETY_PERCENT: f64 = 1.644_853_626_951_472_2;

/// `low to high`, the word standing between white space.
pub fn ends(text: &str) -> Option<(&str, &str)> {
    let at = text
        .match_indices("to")
        .map(|(at, _)| at)
        .find(|&at| text[..at].ends_with(char::is_whitespace) && text[at + 2..].starts_with(char::is_whitespace))?;
    Some((&text[..at], &text[at + 2..]))
}

/// The law whose 5th and 95th percentiles are the ends of an interval.
pub fn law(low: f64, high: f64, kind: Kind) -> Parsed {
    if low > high {
        return fault(
            format!("the interval {low} to {high} runs backwards"),
            format!("write the lower end first: `{high} to {low}`"),
        );
    }
    if low.to_bits() == high.to_bits() || low >= high {
        return fault(format!("the interval {low} to {high} has no width"), format!("write the number alone: {low}"));
    }
    let moments = |low: f64, high: f64| (f64::midpoint(low, high), (high - low) / (2.0 * NINETY_PERCENT));
    match kind {
        Kind::Chance if low <= 0.0 || high >= 1.0 => fault(
            format!("the interval {low} to {high} of a chance leaves the numbers between 0 and 1"),
            "give two chances above 0 and below 1 (7 % is 0.07); for a chance that may be all but 0 or 1 use beta(a, b)",
        ),
        Kind::Chance => {
            let (mu, sigma) = moments(log_odds(low), log_odds(high));
            Ok(Distribution::LogitNormal { mu, sigma })
        }
        Kind::Positive if low <= 0.0 => fault(
            format!("the interval {low} to {high} starts at or below 0, and the number must be above 0"),
            "give two numbers above 0, or a law that may come near to 0, such as gamma(mean=, sd=) or uniform(low, high)",
        ),
        Kind::Positive => {
            let (mu, sigma) = moments(libm::log(low), libm::log(high));
            Ok(Distribution::LogNormal { mu, sigma })
        }
        Kind::Real => {
            let (mean, sd) = moments(low, high);
            Ok(Distribution::Normal { mean, sd })
        }
    }
}
