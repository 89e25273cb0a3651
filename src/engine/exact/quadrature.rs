//! Quadrature turns a distribution over customers into a few nodes with weights, so that expectations become sums.

use crate::stats::distribution::{Density, Distribution};

/// Values of a trait with their weights, which sum to 1.
pub type Nodes = Vec<(f64, f64)>;

/// A law as nodes with weights: panels over its probabilities, each with a double-exponential rule (Takahasi & Mori 1974)
/// and, of every second node, a coarser one to hold it to.
///
/// The rule crowds nodes towards both ends of a panel, so an infinite slope of the quantile function does no harm at the
/// ends of the law, nor a corner or a steep rise where panels meet. Laws with few values are summed exactly.
#[derive(Clone, Debug)]
pub struct Rule {
    law: Distribution,
    /// The ends of the panels; none where the law has few values.
    ends: Vec<f64>,
    /// The nodes from one end to the other.
    pub nodes: Vec<Node>,
}

/// A value of a law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The share of the law below.
    pub p: f64,
    /// The value.
    pub value: f64,
    /// Its weight; all sum to 1.
    pub weight: f64,
    /// Its weight in the rule of every second node.
    pub coarse: f64,
}

impl Rule {
    /// The rule of one panel.
    pub fn new(law: &Distribution) -> Self {
        match law.density() {
            Density::Points(points) => Self::given(law, points),
            Density::Smooth | Density::Corner(_) => Self::of_panels(law, vec![0.0, 1.0]),
        }
    }

    /// A rule of given values, which are all that there are.
    pub fn given(law: &Distribution, values: Nodes) -> Self {
        let node = |(value, weight)| Node { p: 0.0, value, weight, coarse: weight };
        Self { law: law.clone(), ends: Vec::new(), nodes: values.into_iter().map(node).collect() }
    }

    fn of_panels(law: &Distribution, ends: Vec<f64>) -> Self {
        let (rule, coarse) = (unit_rule(1), unit_rule_of_every_second());
        let mut nodes = Vec::with_capacity(rule.len() * (ends.len() - 1));
        for panel in ends.windows(2) {
            let width = panel[1] - panel[0];
            nodes.extend(rule.iter().zip(&coarse).map(|((u, weight), coarse)| {
                let p = panel[0] + width * u;
                Node { p, value: law.quantile(p), weight: width * weight, coarse: width * coarse }
            }));
        }
        Self { law: law.clone(), ends, nodes }
    }

    /// How many panels there are.
    pub fn panels(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// The nodes of a panel.
    pub fn panel(&self, panel: usize) -> std::ops::Range<usize> {
        let each = self.nodes.len() / self.panels().max(1);
        panel * each..(panel + 1) * each
    }

    /// The same with a panel cut in two at a probability.
    #[must_use]
    pub fn cut_at(&self, p: f64) -> Self {
        let mut ends = self.ends.clone();
        let place = ends.partition_point(|end| *end < p);
        if ends.get(place).is_none_or(|end| *end > p) && place > 0 {
            ends.insert(place, p);
        }
        Self::of_panels(&self.law, ends)
    }
}

/// The weights of the rule of every second node of `unit_rule(1)`, 0 at the others.
fn unit_rule_of_every_second() -> Vec<f64> {
    let rule = unit_rule(1);
    // Nodes lie evenly about the middle; those above it that rounding puts at 1 are left out.
    let middle = rule.iter().position(|(p, _)| *p >= 0.5).unwrap_or(0);
    let every = |at: usize| if at % 2 == middle % 2 { 1.0 } else { 0.0 };
    let weights: Vec<f64> = rule.iter().enumerate().map(|(at, (_, weight))| every(at) * weight).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
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
