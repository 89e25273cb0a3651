//! Numbers as a study writes them: known, uncertain, listed, or spread over customers.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// A number: known (`0.07`), or uncertain: `"0.05 to 0.09"` (a 90 % interval) or a
/// distribution such as `"beta(2, 5)"`, `"normal(mean=3, sd=1)"`, `"triangular(1, 2, 4)"`.
///
/// An uncertain number is drawn once per replication, the same for every scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 0.07, example = "0.05 to 0.09")]
pub enum Number {
    /// A known number.
    Known(f64),
    /// An uncertain number: a 90 % interval or a distribution.
    Uncertain(String),
}

/// A distribution over customers or occasions: `"normal(0.7, 0.15)"`,
/// `"lognormal(mean=42, sd=25)"`, `"beta(2, 5)"`, `"gamma(shape=2, scale=3)"`,
/// `"weibull(shape=1.5, scale=10)"`, `"exponential(mean=8)"`, `"uniform(0, 1)"`,
/// `"triangular(1, 2, 4)"`, `"pert(1, 2, 4)"`, `"bernoulli(0.8)"`; or one number, the same for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = "normal(0.7, 0.15)", example = 0.7)]
pub enum Spread {
    /// The same number for everyone.
    Same(f64),
    /// A distribution.
    Law(String),
}

/// A chance per period: one number, a list read by `by`, or the name of a CSV file with a
/// column `chance` beside the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 0.07, example = [0.1, 0.05], example = "chances.csv")]
pub enum Chances {
    /// The same chance in every period; a text that ends in `.csv` names a file.
    One(Number),
    /// One chance for each step of `by`; the last one holds on.
    List(Vec<Number>),
}

/// A whole number; `1e6` is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Whole(pub u64);

impl JsonSchema for Whole {
    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A whole number; `1e6` is one too.",
            "type": "integer",
            "minimum": 0,
            "examples": [12],
        })
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Integer(u64),
            Float(f64),
        }
        // 2^53: beyond it a floating-point number no longer tells whole numbers apart.
        const LARGEST: f64 = 9_007_199_254_740_992.0;
        match Written::deserialize(deserializer)? {
            Written::Integer(whole) => Ok(Self(whole)),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be whole and in range"
            )]
            Written::Float(x) if (0.0..=LARGEST).contains(&x) && x % 1.0 == 0.0 => Ok(Self(x as u64)),
            Written::Float(x) => Err(serde::de::Error::custom(format!("{x} is not a whole number"))),
        }
    }
}

/// The seed: a whole number below 2^64. What is past the whole numbers of TOML, 2^63 - 1, may stand in quotes, and so may
/// a hexadecimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seed(pub u64);

impl Seed {
    /// Reads a seed in digits, or in hexadecimal ones after `0x`; `_` may part them.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
        let apart = digits.split('_').all(|part| !part.is_empty() && part.chars().all(|digit| digit.is_digit(radix)));
        let seed = || u64::from_str_radix(&digits.replace('_', ""), radix).ok();
        if apart { seed().map(Self) } else { None }
    }
}

impl JsonSchema for Seed {
    fn schema_name() -> Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A whole number below 2^64; past 2^63 - 1 in quotes, and in hexadecimal digits after `0x` as well.",
            "anyOf": [
                { "type": "integer", "format": "uint64", "minimum": 0 },
                { "type": "string", "format": "uint64", "pattern": "^(0x[0-9a-fA-F_]+|[0-9][0-9_]*)$" },
            ],
            "examples": [2026],
        })
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(Whole),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(Whole(seed)) => Ok(Self(seed)),
            Written::Text(text) => {
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is not a seed")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn a_seed_is_any_number_of_64_bits() {
        for (text, seed) in [
            ("0", 0),
            ("9_007_199_254_740_993", (1 << 53) + 1),
            ("18446744073709551615", u64::MAX),
            ("0xFFFF_ffff_ffff_ffff", u64::MAX),
        ] {
            assert_eq!(Seed::parse(text), Some(Seed(seed)), "{text}");
        }
        for text in
            ["", "-1", "+1", "1.5", "1e3", "18446744073709551616", "0x", "0x10000000000000000", "_1", "1__0", " 1"]
        {
            assert_eq!(Seed::parse(text), None, "{text}");
        }
    }
}
