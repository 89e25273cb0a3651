//! A distribution answers one question: how large is the number that a share p lies below?

mod moved;
pub mod parse;
mod truncated;

use super::special::{
    incomplete_beta, incomplete_gamma, incomplete_gamma_upper, inverse_incomplete_beta, inverse_incomplete_gamma,
    inverse_incomplete_gamma_upper, normal_cdf, normal_density, normal_quantile,
};

/// A law of chance for one number. Its parameters are as the law needs them: finite, spreads
/// above zero, bounds in order; [`Distribution::parse`] sees to that.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same number.
    Constant(f64),
    /// The normal distribution.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation, above 0.
        sd: f64,
    },
    /// exp of a normal number.
    LogNormal {
        /// The mean of the logarithm.
        mu: f64,
        /// The standard deviation of the logarithm, above 0.
        sigma: f64,
    },
    /// A normal number as log odds: 1 / (1 + exp(-normal)).
    LogitNormal {
        /// The mean of the log odds.
        mu: f64,
        /// The standard deviation of the log odds, above 0.
        sigma: f64,
    },
    /// The beta distribution on (0, 1).
    Beta {
        /// The first shape, above 0: the larger, the nearer to 1.
        a: f64,
        /// The second shape, above 0: the larger, the nearer to 0.
        b: f64,
    },
    /// The gamma distribution.
    Gamma {
        /// The shape, above 0.
        shape: f64,
        /// The scale, above 0: the mean is shape times scale.
        scale: f64,
    },
    /// The Weibull distribution.
    Weibull {
        /// The shape, above 0: 1 is the exponential distribution.
        shape: f64,
        /// The scale, above 0: 63 % lie below it.
        scale: f64,
    },
    /// The exponential distribution.
    Exponential {
        /// The mean, above 0.
        mean: f64,
    },
    /// All numbers between two are equally likely.
    Uniform {
        /// The least.
        low: f64,
        /// The greatest.
        high: f64,
    },
    /// Likelier in a straight line up to the mode, and down after it.
    Triangular {
        /// The least.
        low: f64,
        /// The likeliest.
        mode: f64,
        /// The greatest.
        high: f64,
    },
    /// A beta distribution stretched over (low, high) with mean (low + 4 mode + high) / 6
    /// (Malcolm, Roseboom, Clark & Fazar 1959, Operations Research 7).
    Pert {
        /// The least.
        low: f64,
        /// The likeliest.
        mode: f64,
        /// The greatest.
        high: f64,
    },
    /// 1 with chance p, else 0.
    Bernoulli {
        /// The chance of 1.
        p: f64,
    },
    /// Another law, given that the number lies between two ends.
    Truncated(Box<Truncated>),
}

/// What is kept of a law, as a share, at least: less is another law.
pub const LEAST_KEPT: f64 = 1e-6;

/// A law given that its number lies in `[low, high]`; an end may be open.
#[derive(Clone, Debug, PartialEq)]
pub struct Truncated {
    law: Distribution,
    low: f64,
    high: f64,
    /// The share of the law below `low`.
    below: f64,
    /// The share of the law above `high`.
    above: f64,
    /// The share of the law between them.
    kept: f64,
}

/// How the numbers of a law are spread, which decides how it is integrated and cut.
#[derive(Clone, Debug, PartialEq)]
pub enum Density {
    /// On a few numbers, each with its chance; the chances sum to 1.
    Points(Vec<(f64, f64)>),
    /// Over a range, with a density that is smooth inside it.
    Smooth,
    /// Over a range, with a density that has a corner at this number.
    Corner(f64),
}

impl Distribution {
    /// The number that a share `p` of the distribution lies below; at 0 and 1, the ends of the
    /// support. Of a Bernoulli number: 0 for p up to the chance of 0, then 1.
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * normal_quantile(p)),
            Self::LogitNormal { mu, sigma } => logistic(mu + sigma * normal_quantile(p)),
            Self::Beta { a, b } => inverse_incomplete_beta(p, a, b),
            Self::Gamma { shape, scale } => scale * inverse_incomplete_gamma(p, shape),
            Self::Weibull { shape, scale } => scale * libm::pow(-libm::log1p(-p), 1.0 / shape),
            Self::Exponential { mean } => -mean * libm::log1p(-p),
            Self::Uniform { low, high } => low + p * (high - low),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if p * width <= mode - low {
                    low + libm::sqrt(p * width * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - p) * width * (high - mode))
                }
            }
            Self::Pert { low, mode, high } => {
                let (a, b) = pert_shapes(low, mode, high);
                low + (high - low) * inverse_incomplete_beta(p, a, b)
            }
            Self::Bernoulli { p: chance } => f64::from(p > 1.0 - chance),
            Self::Truncated(ref its) => its.quantile(p),
        }
    }

    /// The number that a share `p` of the distribution lies above: [`Distribution::quantile`] of 1 - p, which keeps its
    /// digits where p is small.
    pub fn upper_quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Normal { mean, sd } => mean - sd * normal_quantile(p),
            Self::LogNormal { mu, sigma } => libm::exp(mu - sigma * normal_quantile(p)),
            Self::LogitNormal { mu, sigma } => logistic(mu - sigma * normal_quantile(p)),
            Self::Beta { a, b } => 1.0 - inverse_incomplete_beta(p, b, a),
            Self::Gamma { shape, scale } => scale * inverse_incomplete_gamma_upper(p, shape),
            Self::Weibull { shape, scale } => scale * libm::pow(-libm::log(p), 1.0 / shape),
            Self::Exponential { mean } => -mean * libm::log(p),
            Self::Uniform { low, high } => high - p * (high - low),
            Self::Triangular { low, mode, high } => {
                -Self::Triangular { low: -high, mode: -mode, high: -low }.quantile(p)
            }
            Self::Pert { low, mode, high } => -Self::Pert { low: -high, mode: -mode, high: -low }.quantile(p),
            Self::Truncated(ref its) => its.upper_quantile(p),
            Self::Constant(_) | Self::Bernoulli { .. } => self.quantile(1.0 - p),
        }
    }

    /// The share of the distribution at or below `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        let (least, greatest) = self.support();
        if x < least || x >= greatest {
            return f64::from(x >= greatest);
        }
        match *self {
            Self::Constant(_) => 1.0,
            Self::Normal { mean, sd } => normal_cdf((x - mean) / sd),
            Self::LogNormal { mu, sigma } => normal_cdf((libm::log(x) - mu) / sigma),
            Self::LogitNormal { mu, sigma } => normal_cdf((log_odds(x) - mu) / sigma),
            Self::Beta { a, b } => incomplete_beta(x, a, b),
            Self::Gamma { shape, scale } => incomplete_gamma(shape, x / scale),
            Self::Weibull { shape, scale } => -libm::expm1(-libm::pow(x / scale, shape)),
            Self::Exponential { mean } => -libm::expm1(-x / mean),
            Self::Uniform { low, high } => (x - low) / (high - low),
            Self::Triangular { low, mode, high } => {
                if x <= mode {
                    (x - low) / (high - low) * ((x - low) / (mode - low))
                } else {
                    1.0 - (high - x) / (high - low) * ((high - x) / (high - mode))
                }
            }
            Self::Pert { low, mode, high } => {
                let (a, b) = pert_shapes(low, mode, high);
                incomplete_beta((x - low) / (high - low), a, b)
            }
            Self::Bernoulli { p } => 1.0 - p,
            Self::Truncated(ref its) => its.cdf(x),
        }
    }

    /// The share of the distribution below `x`.
    pub fn below(&self, x: f64) -> f64 {
        if x <= self.support().0 { 0.0 } else { self.cdf(x) }
    }

    /// The share of the distribution above `x`: 1 - [`Distribution::cdf`], which keeps its digits where it is small.
    pub fn above(&self, x: f64) -> f64 {
        let (least, greatest) = self.support();
        if x < least || x >= greatest {
            return f64::from(x < least);
        }
        match *self {
            Self::Normal { mean, sd } => normal_cdf((mean - x) / sd),
            Self::LogNormal { mu, sigma } => normal_cdf((mu - libm::log(x)) / sigma),
            Self::LogitNormal { mu, sigma } => normal_cdf((mu - log_odds(x)) / sigma),
            // From the nearer end: 1 - x has no digits left of a small x.
            Self::Beta { a, b } if x < 0.5 => 1.0 - incomplete_beta(x, a, b),
            Self::Beta { a, b } => incomplete_beta(1.0 - x, b, a),
            Self::Gamma { shape, scale } => incomplete_gamma_upper(shape, x / scale),
            Self::Weibull { shape, scale } => libm::exp(-libm::pow(x / scale, shape)),
            Self::Exponential { mean } => libm::exp(-x / mean),
            Self::Uniform { low, high } => (high - x) / (high - low),
            Self::Triangular { low, mode, high } => Self::Triangular { low: -high, mode: -mode, high: -low }.cdf(-x),
            Self::Pert { low, mode, high } => Self::Pert { low: -high, mode: -mode, high: -low }.cdf(-x),
            Self::Truncated(ref its) => its.above(x),
            Self::Constant(_) | Self::Bernoulli { .. } => 1.0 - self.cdf(x),
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Normal { mean, .. } | Self::Exponential { mean } => mean,
            Self::LogNormal { mu, sigma } => libm::exp(mu + 0.5 * sigma * sigma),
            Self::LogitNormal { mu, sigma } => logit_normal_moments(mu, sigma).0,
            Self::Beta { a, b } => a / (a + b),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Uniform { low, high } => f64::midpoint(low, high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Pert { low, mode, high } => (low + 4.0 * mode + high) / 6.0,
            Self::Bernoulli { p } => p,
            Self::Truncated(ref its) => its.mean(),
        }
    }

    /// The standard deviation.
    pub fn sd(&self) -> f64 {
        match *self {
            Self::Constant(_) => 0.0,
            Self::Normal { sd, .. } => sd,
            Self::LogNormal { sigma, .. } => self.mean() * libm::sqrt(libm::expm1(sigma * sigma)),
            Self::LogitNormal { mu, sigma } => logit_normal_moments(mu, sigma).1,
            Self::Beta { a, b } => beta_sd(a, b),
            Self::Gamma { shape, scale } => scale * libm::sqrt(shape),
            Self::Weibull { shape, .. } => {
                // E(X^2) / E(X)^2 - 1, without the subtraction that steep shapes would not survive.
                let ln_ratio = libm::lgamma(1.0 + 2.0 / shape) - 2.0 * libm::lgamma(1.0 + 1.0 / shape);
                self.mean() * libm::sqrt(libm::expm1(ln_ratio))
            }
            Self::Exponential { mean } => mean,
            Self::Uniform { low, high } => (high - low) / libm::sqrt(12.0),
            Self::Triangular { low, mode, high } => {
                let (left, right) = (mode - low, high - mode);
                libm::sqrt((left * left + left * right + right * right) / 18.0)
            }
            Self::Pert { low, mode, high } => {
                let (a, b) = pert_shapes(low, mode, high);
                (high - low) * beta_sd(a, b)
            }
            Self::Bernoulli { p } => libm::sqrt(p * (1.0 - p)),
            Self::Truncated(ref its) => its.sd(),
        }
    }

    /// The least and the greatest number that can come.
    pub fn support(&self) -> (f64, f64) {
        match *self {
            Self::Constant(value) => (value, value),
            Self::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::LogNormal { .. } | Self::Gamma { .. } | Self::Weibull { .. } | Self::Exponential { .. } => {
                (0.0, f64::INFINITY)
            }
            Self::LogitNormal { .. } | Self::Beta { .. } => (0.0, 1.0),
            Self::Uniform { low, high } | Self::Triangular { low, high, .. } | Self::Pert { low, high, .. } => {
                (low, high)
            }
            Self::Bernoulli { p } => (f64::from(p >= 1.0), f64::from(p > 0.0)),
            Self::Truncated(ref its) => its.support(),
        }
    }

    /// How its numbers are spread.
    pub fn density(&self) -> Density {
        match *self {
            Self::Constant(value) => Density::Points(vec![(value, 1.0)]),
            Self::Bernoulli { p } => Density::Points(vec![(0.0, 1.0 - p), (1.0, p)]),
            Self::Triangular { mode, .. } => Density::Corner(mode),
            Self::Truncated(ref its) => its.law.density(),
            Self::Normal { .. }
            | Self::LogNormal { .. }
            | Self::LogitNormal { .. }
            | Self::Beta { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Exponential { .. }
            | Self::Uniform { .. }
            | Self::Pert { .. } => Density::Smooth,
        }
    }
}

fn pert_shapes(low: f64, mode: f64, high: f64) -> (f64, f64) {
    let width = high - low;
    (1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width)
}

fn beta_sd(a: f64, b: f64) -> f64 {
    let n = a + b;
    libm::sqrt(a / n * (b / n) / (n + 1.0))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn log_odds(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

/// Mean and standard deviation of a logit-normal number, which have no closed form: by the
/// trapezoidal rule over the normal number, whose error falls faster than any power of the step.
fn logit_normal_moments(mu: f64, sigma: f64) -> (f64, f64) {
    const STEP: f64 = 1.0 / 64.0;
    let average = |f: &dyn Fn(f64) -> f64| {
        let at = |i: i32| STEP * f64::from(i);
        (-640..=640).map(|i| f(logistic(mu + sigma * at(i))) * normal_density(at(i)) * STEP).sum::<f64>()
    };
    let mean = average(&|x| x);
    (mean, libm::sqrt(average(&|x| (x - mean) * (x - mean))))
}

#[cfg(test)]
mod tests;
