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
