//! Distributions as a study writes them: `beta(2, 5)`, `normal(mean=3, sd=1)`, `0.05 to 0.09`.

mod call;
mod cut;
mod interval;
pub mod kind;

use super::Distribution;
use crate::diagnostic::nearest;

use call::Call;
use kind::{Kind, Parsed, example, fault, number};

const NAMES: [&str; 11] = [
    "beta",
    "normal",
    "lognormal",
    "gamma",
    "weibull",
    "exponential",
    "uniform",
    "triangular",
    "pert",
    "bernoulli",
    "truncated",
];

impl Distribution {
    /// Reads a distribution: a number, a 90 % interval `low to high` (its ends the 5th and 95th
    /// percentiles of the law that `kind` names), or a law with its parameters in order or by
    /// name; `truncated(LAW, low, high)` cuts one. Whether the law fits `kind` is for the caller to ask, by [`Distribution::support`].
    pub fn parse(text: &str, kind: Kind) -> Parsed {
        let text = text.trim();
        if let Some((name, rest)) = text.split_once('(') {
            let Some(inside) = rest.trim_end().strip_suffix(')') else {
                return fault(format!("`{text}` lacks its closing bracket"), format!("write `{text})`"));
            };
            return if name.trim() == "truncated" { cut::truncated(inside, kind) } else { law(name.trim(), inside) };
        }
        if let Some((low, high)) = interval::ends(text) {
            return interval::law(number(low)?, number(high)?, kind);
        }
        if NAMES.contains(&text) {
            return fault(format!("`{text}` lacks its parameters"), format!("write {}", example(text)));
        }
        number(text).map(Distribution::Constant)
    }
}

fn law(name: &str, inside: &str) -> Parsed {
    if !NAMES.contains(&name) {
        let lower = name.to_ascii_lowercase();
        let help = match nearest(&lower, NAMES) {
            Some(near) => format!("did you mean {}?", example(near)),
            None => format!("known are {}", NAMES.join(", ")),
        };
        return fault(format!("there is no distribution `{name}`"), help);
    }
    let call = Call::read(name, inside)?;
    match name {
        "normal" => {
            let [mean, sd] = call.take([&["mean", "sd"]], true)?.1;
            call.above_zero("sd", sd)?;
            Ok(Distribution::Normal { mean, sd })
        }
        "lognormal" => call.log_normal(),
        "beta" => call.beta(),
        "gamma" => call.gamma(),
        "weibull" => {
            let [shape, scale] = call.take([&["shape", "scale"]], true)?.1;
            call.above_zero("shape", shape)?;
            call.above_zero("scale", scale)?;
            Ok(Distribution::Weibull { shape, scale })
        }
        "exponential" => call.exponential(),
        "uniform" => {
            let [low, high] = call.take([&["low", "high"]], true)?.1;
            call.in_order(low, high)?;
            Ok(Distribution::Uniform { low, high })
        }
        "bernoulli" => {
            let [p] = call.take([&["p"]], true)?.1;
            if !(0.0..=1.0).contains(&p) {
                return fault(
                    format!("{}: the chance p = {p} is not between 0 and 1", call.law),
                    "give a chance from 0 to 1",
                );
            }
            Ok(Distribution::Bernoulli { p })
        }
        _ => call.three_points(),
    }
}
