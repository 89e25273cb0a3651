//! A truncated law is another law, given that the number lies between two ends.

use super::{Density, Distribution, LEAST_KEPT, Truncated};

impl Truncated {
    /// A law between two ends in order; none where less than [`LEAST_KEPT`] of it lies there, or where it has jumps.
    pub fn new(law: Distribution, low: f64, high: f64) -> Option<Self> {
        if matches!(law, Distribution::Truncated(_)) || matches!(law.density(), Density::Points(_)) {
            return None;
        }
        let (below, above) = (law.below(low), law.above(high));
        // By the nearer tail, so that nothing is lost of a piece far out.
        let kept = if below > 0.5 {
            law.above(low) - above
        } else if above > 0.5 {
            law.below(high) - below
        } else {
            1.0 - below - above
        };
        let (least, most) = law.support();
        let (low, high) = (low.max(least), high.min(most));
        (kept >= LEAST_KEPT && low < high).then_some(Self { law, low, high, below, above, kept })
    }

    /// The number that a share `p` lies below.
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            return self.low;
        }
        if p >= 1.0 {
            return self.high;
        }
        self.at(self.below + p * self.kept, self.above + (1.0 - p) * self.kept)
    }

    /// The number that a share `p` lies above.
    pub fn upper_quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            return self.high;
        }
        if p >= 1.0 {
            return self.low;
        }
        self.at(self.below + (1.0 - p) * self.kept, self.above + p * self.kept)
    }

    /// The number that these shares of the whole law lie below and above, by the smaller one.
    fn at(&self, below: f64, above: f64) -> f64 {
        let x = if below <= above { self.law.quantile(below) } else { self.law.upper_quantile(above) };
        x.clamp(self.low, self.high)
    }

    /// The share at or below `x`, which lies between the ends.
    pub fn cdf(&self, x: f64) -> f64 {
        let below = self.law.below(x);
        if below <= 0.5 { (below - self.below) / self.kept } else { 1.0 - (self.law.above(x) - self.above) / self.kept }
    }

    /// The share above `x`, which lies between the ends.
    pub fn above(&self, x: f64) -> f64 {
        let above = self.law.above(x);
        if above <= 0.5 { (above - self.above) / self.kept } else { 1.0 - (self.law.below(x) - self.below) / self.kept }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.average(|x| x)
    }

    /// The standard deviation.
    pub fn sd(&self) -> f64 {
        let mean = self.mean();
        libm::sqrt(self.average(|x| (x - mean) * (x - mean)))
    }

    /// The least and the greatest number that can come.
    pub fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The law of `factor` times the number, where that of the whole law is known.
    pub fn scaled(&self, factor: f64) -> Option<Self> {
        let law = self.law.scaled(factor)?;
        let (one, other) = (self.low * factor, self.high * factor);
        Self::new(law, one.min(other), one.max(other))
    }

    /// The law of the number plus `by`, where that of the whole law is known.
    pub fn shifted(&self, by: f64) -> Option<Self> {
        Self::new(self.law.shifted(by)?, self.low + by, self.high + by)
    }

    /// The mean of a function of the number, from the quantiles; a law with a corner is taken in two pieces.
    fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        let corner = match self.law.density() {
            Density::Corner(mode) if self.low < mode && mode < self.high => Some(self.cdf(mode)),
            _ => None,
        };
        match corner {
            None => between((0.0, 1.0), |p| f(self.quantile(p)), |p| f(self.upper_quantile(p))),
            Some(c) => {
                let lower = |p: f64| f(self.quantile(p));
                between((0.0, c), lower, |p| lower(c - p))
                    + between((c, 1.0), |p| lower(c + p), |p| f(self.upper_quantile(p)))
            }
        }
    }
}

/// The integral from `low` to `high` of a function that is given by the distance from either end, by the
/// double-exponential rule (Takahasi & Mori 1974), which crowds its nodes towards both ends.
fn between((low, high): (f64, f64), from_low: impl Fn(f64) -> f64, from_high: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 32.0;
    const NODES: i32 = 120;
    let width = high - low;
    let node = |k: i32| {
        let x = f64::from(k) * STEP;
        let inner = std::f64::consts::PI * libm::sinh(x.abs());
        // The distance to the nearer end, as a share of the width.
        let near = 1.0 / (1.0 + libm::exp(inner));
        let weight = STEP * std::f64::consts::PI * libm::cosh(x) * near * (1.0 - near);
        let value = if k <= 0 { from_low(near * width) } else { from_high(near * width) };
        if weight > 0.0 { weight * value } else { 0.0 }
    };
    width * (-NODES..=NODES).map(node).sum::<f64>()
}
