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

/// What these fields are in the schema of `business.json`.
pub mod schema {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde_json::{Map, Value, json};

    /// `probability` with its interval.
    pub fn probability(_: &mut SchemaGenerator) -> Schema {
        one("probability")
    }

    /// `probability_positive` with its interval.
    pub fn probability_positive(_: &mut SchemaGenerator) -> Schema {
        one("probability_positive")
    }

    /// `within_horizon` with its interval.
    pub fn within_horizon(_: &mut SchemaGenerator) -> Schema {
        one("within_horizon")
    }

    /// `live_share` with its interval.
    pub fn live_share(_: &mut SchemaGenerator) -> Schema {
        one("live_share")
    }

    /// `share` with its interval.
    pub fn share(_: &mut SchemaGenerator) -> Schema {
        one("share")
    }

    /// `by_time` with its intervals.
    pub fn by_time(_: &mut SchemaGenerator) -> Schema {
        list("by_time")
    }

    /// `probability_over_time` with its intervals.
    pub fn probability_over_time(_: &mut SchemaGenerator) -> Schema {
        list("probability_over_time")
    }

    fn one(name: &str) -> Schema {
        three(name, &json!({ "type": ["number", "null"] }))
    }

    fn list(name: &str) -> Schema {
        three(name, &json!({ "type": "array", "items": { "type": "number" } }))
    }

    fn three(name: &str, kind: &Value) -> Schema {
        let ends = [("", "the share of replications"), ("_low", "its lower end"), ("_high", "its upper end")];
        let field = |(end, said): (&str, &str)| {
            let mut kind = kind.clone();
            kind["description"] = said.into();
            (format!("{name}{end}"), kind)
        };
        let fields: Map<String, Value> = ends.into_iter().map(field).collect();
        let names: Vec<&String> = fields.keys().collect();
        json_schema!({ "type": "object", "required": names, "properties": fields })
    }
}
