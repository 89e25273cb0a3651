//! What a number may be, and why a text is not a distribution.

use crate::stats::distribution::Distribution;

/// What a number may be, which decides what law an interval such as `0.05 to 0.09` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Between 0 and 1: a logit-normal law.
    Chance,
    /// Above 0: a log-normal law.
    Positive,
    /// Any number: a normal law.
    Real,
}

/// Why a text is not a distribution, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {help}")]
pub struct DistributionError {
    /// What is wrong.
    pub what: String,
    /// How to fix it.
    pub help: String,
}

/// What a text comes to.
pub type Parsed = Result<Distribution, DistributionError>;

/// A finite number; `_` may part its digits.
pub fn number(text: &str) -> Result<f64, DistributionError> {
    let text = text.trim();
    let plain = text.replace('_', "");
    match plain.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        Ok(_) => fault(format!("`{text}` is not a finite number"), "give a finite number"),
        Err(_) if text.ends_with('%') => {
            fault(format!("`{text}` is not a number"), "write a percentage as a share: 7 % is 0.07")
        }
        Err(_) => fault(
            format!("`{text}` is neither a number nor a distribution"),
            "write a number (0.07), a 90 % interval (`0.05 to 0.09`) or a distribution (`beta(2, 5)`)",
        ),
    }
}

/// How a law is written.
pub fn example(law: &str) -> &'static str {
    match law {
        "beta" => "beta(2, 5) or beta(mean=0.3, sd=0.1)",
        "normal" => "normal(mean=3, sd=1)",
        "lognormal" => "lognormal(mean=42, sd=25), lognormal(median=36, sigma=0.55) or lognormal(mu=3.58, sigma=0.55)",
        "gamma" => "gamma(shape=2, scale=3), gamma(shape=2, rate=0.5) or gamma(mean=6, sd=4)",
        "weibull" => "weibull(shape=1.5, scale=10)",
        "exponential" => "exponential(mean=8) or exponential(rate=0.125)",
        "uniform" => "uniform(low=0, high=1)",
        "triangular" => "triangular(low=1, mode=2, high=4)",
        "pert" => "pert(low=1, mode=2, high=4)",
        "truncated" => "truncated(normal(mean=0.02, sd=0.02), low=0, high=1)",
        _ => "bernoulli(p=0.8)",
    }
}

/// The fault of a text, and how to fix it.
pub fn fault<T>(what: impl Into<String>, help: impl AsRef<str>) -> Result<T, DistributionError> {
    Err(DistributionError { what: what.into(), help: help.as_ref().to_owned() })
}
