//! Quadrature turns a distribution over customers into a few nodes with weights, so that expectations become sums.

use crate::stats::distribution::Distribution;

/// Values of a trait with their weights, which sum to 1.
pub type Nodes = Vec<(f64, f64)>;

/// Nodes of a distribution by the double-exponential rule (Takahasi & Mori 1974) over its quantile function.
///
/// The rule crowds nodes towards both tails, so an infinite slope of the quantile function there does no harm.
/// Laws with few values are summed exactly.
pub fn nodes(law: &Distribution) -> Nodes {
    match law {
        Distribution::Constant(value) => vec![(*value, 1.0)],
        Distribution::Bernoulli { p } => vec![(0.0, 1.0 - p), (1.0, *p)],
        law => double_exponential(law),
    }
}

fn double_exponential(law: &Distribution) -> Nodes {
    unit_rule(1).into_iter().map(|(p, weight)| (law.quantile(p), weight)).collect()
}

/// The double-exponential rule on (0, 1): 93 nodes or somewhat fewer, or `finer` times as many.
pub fn unit_rule(finer: u32) -> Nodes {
    const STEP: f64 = 0.075;
    let half = std::f64::consts::FRAC_PI_2;
    let last = 46 * i32::try_from(finer).unwrap_or(1);
    let raw: Nodes = (-last..=last)
        .map(|k| {
            let x = f64::from(k) * (STEP / f64::from(finer));
            let inner = half * libm::sinh(x);
            let weight = half * libm::cosh(x) / (libm::cosh(inner) * libm::cosh(inner));
            let tail = 1.0 / (1.0 + libm::exp(2.0 * inner.abs()));
            (if k <= 0 { tail } else { 1.0 - tail }, weight)
        })
        // Beyond the last number below 1 the weights are far below rounding.
        .filter(|(p, _)| *p > 0.0 && *p < 1.0)
        .collect();
    let total: f64 = raw.iter().map(|(_, weight)| weight).sum();
    raw.into_iter().map(|(p, weight)| (p, weight / total)).collect()
}

/// The whole parts of a trait, held at 0, with their chances: what a list is read by.
pub fn whole_parts(law: &Distribution) -> Nodes {
    let below = |k: f64| law.cdf(k);
    let last = law.quantile(1.0 - 1e-12).ceil().clamp(1.0, 10_000.0);
    let mut nodes = vec![(0.0, below(1.0))];
    let mut k = 1.0;
    while k < last {
        nodes.push((k, below(k + 1.0) - below(k)));
        k += 1.0;
    }
    let total: f64 = nodes.iter().map(|(_, weight)| weight).sum();
    nodes.into_iter().map(|(value, weight)| (value, weight / total)).filter(|(_, weight)| *weight > 0.0).collect()
}
