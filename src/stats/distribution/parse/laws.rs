//! The laws that a study can name, each with how its parameters are read. A new one is a row.

use crate::stats::distribution::Distribution;

use super::call::Call;
use super::kind::{DistributionError, Law, Parsed, fault};

/// A law of the language.
pub struct Row {
    /// Its name, and how it is written.
    pub law: Law,
    /// Reads its parameters.
    pub read: fn(&Call<'_>) -> Parsed,
}

/// The law that cuts another one; it is read by `cut.rs`.
pub static TRUNCATED: Law =
    Law { name: "truncated", examples: &["truncated(normal(mean=0.02, sd=0.02), low=0, high=1)"] };

/// All others, in the order in which messages list them.
pub static LAWS: [Row; 10] = [
    Row { law: Law { name: "beta", examples: &["beta(2, 5)", "beta(mean=0.3, sd=0.1)"] }, read: beta },
    Row { law: Law { name: "normal", examples: &["normal(mean=3, sd=1)"] }, read: normal },
    Row {
        law: Law {
            name: "lognormal",
            examples: &[
                "lognormal(mean=42, sd=25)",
                "lognormal(median=36, sigma=0.55)",
                "lognormal(mu=3.58, sigma=0.55)",
            ],
        },
        read: log_normal,
    },
    Row {
        law: Law {
            name: "gamma",
            examples: &["gamma(shape=2, scale=3)", "gamma(shape=2, rate=0.5)", "gamma(mean=6, sd=4)"],
        },
        read: gamma,
    },
    Row { law: Law { name: "weibull", examples: &["weibull(shape=1.5, scale=10)"] }, read: weibull },
    Row {
        law: Law { name: "exponential", examples: &["exponential(mean=8)", "exponential(rate=0.125)"] },
        read: exponential,
    },
    Row { law: Law { name: "uniform", examples: &["uniform(low=0, high=1)"] }, read: uniform },
    Row { law: Law { name: "triangular", examples: &["triangular(low=1, mode=2, high=4)"] }, read: triangular },
    Row { law: Law { name: "pert", examples: &["pert(low=1, mode=2, high=4)"] }, read: pert },
    Row { law: Law { name: "bernoulli", examples: &["bernoulli(p=0.8)"] }, read: bernoulli },
];

/// The laws by name, in that order.
pub fn all() -> impl Iterator<Item = &'static Law> {
    LAWS.iter().map(|row| &row.law).chain([&TRUNCATED])
}

fn normal(call: &Call<'_>) -> Parsed {
    let [mean, sd] = call.take([&["mean", "sd"]], true)?.1;
    call.above_zero("sd", sd)?;
    Ok(Distribution::Normal { mean, sd })
}

fn beta(call: &Call<'_>) -> Parsed {
    let (form, [a, b]) = call.take([&["a", "b"], &["mean", "sd"]], true)?;
    if form == 0 {
        call.above_zero("a", a)?;
        call.above_zero("b", b)?;
        return call.drawable(Distribution::Beta { a, b }, [a, b]);
    }
    let (mean, sd) = (a, b);
    call.above_zero("sd", sd)?;
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
    call.drawable(Distribution::Beta { a, b }, [a, b])
}

fn gamma(call: &Call<'_>) -> Parsed {
    let (form, [first, second]) = call.take([&["shape", "scale"], &["shape", "rate"], &["mean", "sd"]], true)?;
    let names = [["shape", "scale"], ["shape", "rate"], ["mean", "sd"]][form];
    call.above_zero(names[0], first)?;
    call.above_zero(names[1], second)?;
    let (shape, scale) = match form {
        0 => (first, second),
        1 => (first, 1.0 / second),
        _ => ((first / second) * (first / second), second * second / first),
    };
    call.drawable(Distribution::Gamma { shape, scale }, [shape, shape])
}

fn log_normal(call: &Call<'_>) -> Parsed {
    if call.is_unnamed() {
        return fault(
            "lognormal without names is ambiguous: the two numbers may be the mean and sd of the amounts, or those \
             of their logarithms",
            format!("name them: {}", call.law.example()),
        );
    }
    let (form, [first, second]) = call.take([&["mean", "sd"], &["median", "sigma"], &["mu", "sigma"]], false)?;
    call.above_zero(if form == 0 { "sd" } else { "sigma" }, second)?;
    if form == 2 {
        return Ok(Distribution::LogNormal { mu: first, sigma: second });
    }
    call.above_zero(if form == 0 { "mean" } else { "median" }, first)?;
    if form == 1 {
        return Ok(Distribution::LogNormal { mu: libm::log(first), sigma: second });
    }
    let variance = libm::log1p((second / first) * (second / first));
    Ok(Distribution::LogNormal { mu: libm::log(first) - 0.5 * variance, sigma: libm::sqrt(variance) })
}

fn weibull(call: &Call<'_>) -> Parsed {
    let [shape, scale] = call.take([&["shape", "scale"]], true)?.1;
    call.above_zero("shape", shape)?;
    call.above_zero("scale", scale)?;
    Ok(Distribution::Weibull { shape, scale })
}

fn exponential(call: &Call<'_>) -> Parsed {
    if call.is_unnamed() {
        return fault(
            "exponential without a name is ambiguous: the number may be the mean or the rate, which is 1 / mean",
            format!("name it: {}", call.law.example()),
        );
    }
    let (form, [value]) = call.take([&["mean"], &["rate"]], false)?;
    call.above_zero(["mean", "rate"][form], value)?;
    Ok(Distribution::Exponential { mean: if form == 0 { value } else { 1.0 / value } })
}

fn uniform(call: &Call<'_>) -> Parsed {
    let [low, high] = call.take([&["low", "high"]], true)?.1;
    call.in_order(low, high)?;
    Ok(Distribution::Uniform { low, high })
}

fn triangular(call: &Call<'_>) -> Parsed {
    let [low, mode, high] = three_points(call)?;
    Ok(Distribution::Triangular { low, mode, high })
}

fn pert(call: &Call<'_>) -> Parsed {
    let [low, mode, high] = three_points(call)?;
    Ok(Distribution::Pert { low, mode, high })
}

fn three_points(call: &Call<'_>) -> Result<[f64; 3], DistributionError> {
    let [low, mode, high] = call.take([&["low", "mode", "high"]], true)?.1;
    call.in_order(low, high)?;
    if mode < low || mode > high {
        return fault(
            format!("{}: the mode {mode} lies outside {low} to {high}", call.law),
            format!("the order is {0}(low, mode, high), with low <= mode <= high", call.law),
        );
    }
    Ok([low, mode, high])
}

fn bernoulli(call: &Call<'_>) -> Parsed {
    let [p] = call.take([&["p"]], true)?.1;
    if !(0.0..=1.0).contains(&p) {
        return fault(format!("{}: the chance p = {p} is not between 0 and 1", call.law), "give a chance from 0 to 1");
    }
    Ok(Distribution::Bernoulli { p })
}
