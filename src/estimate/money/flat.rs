//! Shares in `business.json`: three fields beside each other, `NAME`, `NAME_low` and `NAME_high`.

#![expect(clippy::ref_option, reason = "serde hands a field over as it stands")]

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::stats::share::Share;

/// Writes `probability` with its interval.
pub fn probability<S: Serializer>(share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    one("probability", share, to)
}

/// Writes `probability_positive` with its interval.
pub fn probability_positive<S: Serializer>(share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    one("probability_positive", share, to)
}

/// Writes `within_horizon` with its interval.
pub fn within_horizon<S: Serializer>(share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    one("within_horizon", share, to)
}

/// Writes `live_share` with its interval.
pub fn live_share<S: Serializer>(share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    one("live_share", share, to)
}

/// Writes `share` with its interval.
pub fn share<S: Serializer>(share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    one("share", share, to)
}

/// Writes `by_time` with its intervals.
pub fn by_time<S: Serializer>(shares: &[Share], to: S) -> Result<S::Ok, S::Error> {
    list("by_time", shares, to)
}

/// Writes `probability_over_time` with its intervals.
pub fn probability_over_time<S: Serializer>(shares: &[Share], to: S) -> Result<S::Ok, S::Error> {
    list("probability_over_time", shares, to)
}

fn one<S: Serializer>(name: &str, share: &Option<Share>, to: S) -> Result<S::Ok, S::Error> {
    three(name, &[share.map(|its| its.share), share.map(|its| its.low), share.map(|its| its.high)], to)
}

fn list<S: Serializer>(name: &str, shares: &[Share], to: S) -> Result<S::Ok, S::Error> {
    let all = |part: fn(&Share) -> f64| shares.iter().map(part).collect::<Vec<f64>>();
    three(name, &[all(|its| its.share), all(|its| its.low), all(|its| its.high)], to)
}

fn three<S: Serializer, T: Serialize>(name: &str, values: &[T; 3], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(3))?;
    ["", "_low", "_high"]
        .iter()
        .zip(values)
        .try_for_each(|(end, value)| map.serialize_entry(&format!("{name}{end}"), value))?;
    map.end()
}
