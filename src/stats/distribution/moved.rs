//! What a law becomes when its number is multiplied, or something is added to it.

use super::Distribution;

impl Distribution {
    /// The distribution of `factor` times the number, where it is one of these laws; `factor`
    /// must be finite. `None` where it is not: a scaled beta, or a negative log-normal.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Option<Self> {
        if factor.to_bits() == 1f64.to_bits() {
            return Some(self.clone());
        }
        if factor == 0.0 {
            return Some(Self::Constant(0.0));
        }
        let positive = factor > 0.0;
        let ends = |low: f64, high: f64| {
            if positive { (low * factor, high * factor) } else { (high * factor, low * factor) }
        };
        match *self {
            Self::Constant(value) => Some(Self::Constant(value * factor)),
            Self::Normal { mean, sd } => Some(Self::Normal { mean: mean * factor, sd: sd * factor.abs() }),
            Self::LogNormal { mu, sigma } if positive => Some(Self::LogNormal { mu: mu + libm::log(factor), sigma }),
            Self::Gamma { shape, scale } if positive => Some(Self::Gamma { shape, scale: scale * factor }),
            Self::Weibull { shape, scale } if positive => Some(Self::Weibull { shape, scale: scale * factor }),
            Self::Exponential { mean } if positive => Some(Self::Exponential { mean: mean * factor }),
            Self::Uniform { low, high } => {
                let (low, high) = ends(low, high);
                Some(Self::Uniform { low, high })
            }
            Self::Triangular { low, mode, high } => {
                let (low, high) = ends(low, high);
                Some(Self::Triangular { low, mode: mode * factor, high })
            }
            Self::Pert { low, mode, high } => {
                let (low, high) = ends(low, high);
                Some(Self::Pert { low, mode: mode * factor, high })
            }
            Self::Truncated(ref its) => its.scaled(factor).map(|its| Self::Truncated(Box::new(its))),
            Self::LogNormal { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Exponential { .. }
            | Self::LogitNormal { .. }
            | Self::Beta { .. }
            | Self::Bernoulli { .. } => None,
        }
    }

    /// The distribution of the number plus `by`, where it is one of these laws; `by` must be finite.
    #[must_use]
    pub fn shifted(&self, by: f64) -> Option<Self> {
        if by == 0.0 {
            return Some(self.clone());
        }
        match *self {
            Self::Constant(value) => Some(Self::Constant(value + by)),
            Self::Normal { mean, sd } => Some(Self::Normal { mean: mean + by, sd }),
            Self::Uniform { low, high } => Some(Self::Uniform { low: low + by, high: high + by }),
            Self::Triangular { low, mode, high } => {
                Some(Self::Triangular { low: low + by, mode: mode + by, high: high + by })
            }
            Self::Pert { low, mode, high } => Some(Self::Pert { low: low + by, mode: mode + by, high: high + by }),
            Self::Truncated(ref its) => its.shifted(by).map(|its| Self::Truncated(Box::new(its))),
            Self::LogNormal { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Exponential { .. }
            | Self::LogitNormal { .. }
            | Self::Beta { .. }
            | Self::Bernoulli { .. } => None,
        }
    }
}
