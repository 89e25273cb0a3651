//! Distributions as a study writes them: `beta(2, 5)`, `normal(mean=3, sd=1)`, `0.05 to 0.09`.

mod cut;
mod interval;

use super::Distribution;
use crate::diagnostic::{nearest, suggest};

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

/// Why a text is not a distribution, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {mend}")]
pub struct DistributionError {
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// The least and the greatest shape of a beta or gamma law that can be drawn.
const SHAPES: (f64, f64) = (1e-3, 1e6);

type Parsed = Result<Distribution, DistributionError>;

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

/// A finite number; `_` may part its digits.
fn number(text: &str) -> Result<f64, DistributionError> {
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

/// The parameters of a call: by name where they have one.
struct Call<'a> {
    law: &'a str,
    parameters: Vec<(Option<&'a str>, f64)>,
}

fn law(name: &str, inside: &str) -> Parsed {
    if !NAMES.contains(&name) {
        let lower = name.to_ascii_lowercase();
        let mend = match nearest(&lower, NAMES) {
            Some(near) => format!("did you mean {}?", example(near)),
            None => format!("known are {}", NAMES.join(", ")),
        };
        return fault(format!("there is no distribution `{name}`"), mend);
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

impl<'a> Call<'a> {
    fn read(law: &'a str, inside: &'a str) -> Result<Self, DistributionError> {
        let mut parameters: Vec<(Option<&str>, f64)> = Vec::new();
        let pieces = inside.split(',').map(str::trim);
        for piece in pieces.filter(|_| !inside.trim().is_empty()) {
            let (name, text) = match piece.split_once('=') {
                Some((name, text)) => (Some(name.trim()), text),
                None => (None, piece),
            };
            let value = number(text).map_err(|e| DistributionError {
                what: format!("{law}: {}", e.what),
                mend: if text.trim().is_empty() || e.mend.contains("interval") {
                    format!("write {}", example(law))
                } else {
                    e.mend
                },
            })?;
            if name.is_some() && parameters.iter().any(|p| p.0 == name) {
                return fault(format!("{law}: `{}` is given twice", name.unwrap_or_default()), "keep one of the two");
            }
            parameters.push((name, value));
        }
        let named = parameters.iter().filter(|p| p.0.is_some()).count();
        if named != 0 && named != parameters.len() {
            return fault(
                format!("{law}: some parameters have names and some do not"),
                format!("name all or none: {}", example(law)),
            );
        }
        Ok(Self { law, parameters })
    }

    /// The parameters in the order of the form they are written in, and the form's index. The
    /// first form may be written without names where `positional` says so.
    fn take<const N: usize, const FORMS: usize>(
        &self,
        forms: [&[&'static str; N]; FORMS],
        positional: bool,
    ) -> Result<(usize, [f64; N]), DistributionError> {
        let (law, given) = (self.law, self.parameters.len());
        let mend = format!("write {}", example(law));
        let unnamed = self.parameters.iter().all(|p| p.0.is_none());
        if unnamed && (positional || given == 0) {
            let values: Vec<f64> = self.parameters.iter().map(|p| p.1).collect();
            return <[f64; N]>::try_from(values).map(|values| (0, values)).or_else(|_| {
                let amount = if given < N { "lacks parameters" } else { "has too many parameters" };
                fault(format!("{law} {amount}: {given} given, {N} needed ({})", forms[0].join(", ")), &mend)
            });
        }
        for (index, form) in forms.iter().enumerate() {
            if let Some(values) = self.by_name(form) {
                return Ok((index, values));
            }
        }
        let known = || forms.iter().flat_map(|form| form.iter().copied());
        for (name, _) in &self.parameters {
            let Some(name) = name else { continue };
            if !known().any(|k| k == *name) {
                let names: Vec<&str> = known().collect();
                return fault(
                    format!("{law} has no parameter `{name}`"),
                    format!("{}: {}", suggest(name, names.iter().copied()).trim_end_matches('?'), example(law)),
                );
            }
        }
        let names: Vec<&str> = self.parameters.iter().filter_map(|p| p.0).collect();
        let what = if given < N { "lacks a parameter" } else { "is given parameters that do not go together" };
        fault(format!("{law} {what}: it has {}", names.join(", ")), mend)
    }

    fn by_name<const N: usize>(&self, form: &[&str; N]) -> Option<[f64; N]> {
        if self.parameters.len() != N {
            return None;
        }
        let mut values = [0.0; N];
        for (value, wanted) in values.iter_mut().zip(form) {
            *value = self.parameters.iter().find(|(name, _)| *name == Some(*wanted))?.1;
        }
        Some(values)
    }

    fn beta(&self) -> Parsed {
        let (form, [a, b]) = self.take([&["a", "b"], &["mean", "sd"]], true)?;
        if form == 0 {
            self.above_zero("a", a)?;
            self.above_zero("b", b)?;
            return self.drawable(Distribution::Beta { a, b }, [a, b]);
        }
        let (mean, sd) = (a, b);
        self.above_zero("sd", sd)?;
        if mean <= 0.0 || mean >= 1.0 {
            return fault(format!("beta: the mean {mean} is not between 0 and 1"), "give a mean above 0 and below 1");
        }
        let most = libm::sqrt(mean * (1.0 - mean));
        if sd >= most {
            return fault(
                format!("beta: no distribution on (0, 1) with mean {mean} has an sd of {sd}"),
                format!(
                    "give an sd below {most:.4}, the square root of mean × (1 - mean); small ones are usual, such as {:.4}",
                    0.2 * most
                ),
            );
        }
        let n = mean * (1.0 - mean) / (sd * sd) - 1.0;
        let (a, b) = (mean * n, (1.0 - mean) * n);
        self.drawable(Distribution::Beta { a, b }, [a, b])
    }

    fn gamma(&self) -> Parsed {
        let (form, [first, second]) = self.take([&["shape", "scale"], &["shape", "rate"], &["mean", "sd"]], true)?;
        let names = [["shape", "scale"], ["shape", "rate"], ["mean", "sd"]][form];
        self.above_zero(names[0], first)?;
        self.above_zero(names[1], second)?;
        let (shape, scale) = match form {
            0 => (first, second),
            1 => (first, 1.0 / second),
            _ => ((first / second) * (first / second), second * second / first),
        };
        self.drawable(Distribution::Gamma { shape, scale }, [shape, shape])
    }

    /// Series for the quantiles of laws that are all but a point or two take forever.
    fn drawable(&self, law: Distribution, shapes: [f64; 2]) -> Parsed {
        let (least, most) = SHAPES;
        match shapes.into_iter().find(|shape| !(least..=most).contains(shape)) {
            None => Ok(law),
            Some(shape) if shape < least => fault(
                format!("{}: the shape {shape} is below {least}", self.law),
                "give a smaller spread; nearly all of this distribution lies at its ends",
            ),
            Some(shape) => fault(
                format!("{}: the shape {shape} is above {most}", self.law),
                "give a larger spread, or, for hardly any, the number alone",
            ),
        }
    }

    fn log_normal(&self) -> Parsed {
        if !self.parameters.is_empty() && self.parameters.iter().all(|p| p.0.is_none()) {
            return fault(
                "lognormal without names is ambiguous: the two numbers may be the mean and sd of the amounts, or those \
                 of their logarithms",
                "name them: lognormal(mean=42, sd=25), lognormal(median=36, sigma=0.55) or lognormal(mu=3.58, sigma=0.55)",
            );
        }
        let (form, [first, second]) = self.take([&["mean", "sd"], &["median", "sigma"], &["mu", "sigma"]], false)?;
        self.above_zero(if form == 0 { "sd" } else { "sigma" }, second)?;
        if form == 2 {
            return Ok(Distribution::LogNormal { mu: first, sigma: second });
        }
        self.above_zero(if form == 0 { "mean" } else { "median" }, first)?;
        if form == 1 {
            return Ok(Distribution::LogNormal { mu: libm::log(first), sigma: second });
        }
        let variance = libm::log1p((second / first) * (second / first));
        Ok(Distribution::LogNormal { mu: libm::log(first) - 0.5 * variance, sigma: libm::sqrt(variance) })
    }

    fn exponential(&self) -> Parsed {
        if !self.parameters.is_empty() && self.parameters.iter().all(|p| p.0.is_none()) {
            return fault(
                "exponential without a name is ambiguous: the number may be the mean or the rate, which is 1 / mean",
                "name it: exponential(mean=8) or exponential(rate=0.125)",
            );
        }
        let (form, [value]) = self.take([&["mean"], &["rate"]], false)?;
        self.above_zero(["mean", "rate"][form], value)?;
        Ok(Distribution::Exponential { mean: if form == 0 { value } else { 1.0 / value } })
    }

    fn three_points(&self) -> Parsed {
        let [low, mode, high] = self.take([&["low", "mode", "high"]], true)?.1;
        self.in_order(low, high)?;
        if mode < low || mode > high {
            return fault(
                format!("{}: the mode {mode} lies outside {low} to {high}", self.law),
                format!("the order is {0}(low, mode, high), with low <= mode <= high", self.law),
            );
        }
        Ok(if self.law == "pert" {
            Distribution::Pert { low, mode, high }
        } else {
            Distribution::Triangular { low, mode, high }
        })
    }

    fn above_zero(&self, name: &str, value: f64) -> Result<(), DistributionError> {
        if value > 0.0 {
            return Ok(());
        }
        let mend = if value == 0.0 && matches!(name, "sd" | "sigma") {
            "give a number above 0, or, for no spread at all, the number alone".to_owned()
        } else {
            format!("give a {name} above 0")
        };
        fault(format!("{}: {name} = {value} is not above 0", self.law), mend)
    }

    fn in_order(&self, low: f64, high: f64) -> Result<(), DistributionError> {
        if low < high {
            return Ok(());
        }
        let (what, mend) = if low > high {
            (format!("{}: low = {low} is above high = {high}", self.law), "swap the two".to_owned())
        } else {
            (format!("{}: low and high are both {low}", self.law), format!("write the number alone: {low}"))
        };
        fault(what, mend)
    }
}

fn example(law: &str) -> &'static str {
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

fn fault<T>(what: impl Into<String>, mend: impl AsRef<str>) -> Result<T, DistributionError> {
    Err(DistributionError { what: what.into(), mend: mend.as_ref().to_owned() })
}
