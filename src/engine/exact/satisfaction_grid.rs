//! A satisfaction grid carries a law of satisfaction as weights on a few nodes, so that expectations become sums.
//!
//! The weights are not a density. They stand for the law by what it gives functions: the weight of a node is the
//! expectation of its Lagrange polynomial, so that sums of weight times value are the exact expectation of every
//! polynomial of the grid's degree, atoms and clipped ends included, and nearly that of every function that bends
//! smoothly with satisfaction. It is the transpose of the collocation method for a recursion over functions (Judd
//! 1998, "Numerical methods in economics", ch. 11 and 12) at Chebyshev's extreme points (Trefethen 2013,
//! "Approximation theory and approximation practice", ch. 2 to 5). Weights may be below 0.

use crate::stats::distribution::{Density, Distribution};

use super::kernel::Kernel;
use super::quadrature::{Nodes, unit_rule};
use super::quality_law::QualityLaw;

/// Where less than this is cut off at an end of [0, 1], the cut is not looked for.
const NO_CUT: f64 = 1e-11;

/// Chebyshev's extreme points on [0, 1], from 1 down to 0, and the way from moments to weights.
pub struct SatisfactionGrid {
    nodes: Vec<f64>,
    /// By polynomial, then by node: the share of a Chebyshev moment that is a node's.
    shares: Vec<f64>,
    /// The double-exponential rule over probabilities.
    rule: Nodes,
    /// How fine the rule is.
    finer: u32,
}

impl SatisfactionGrid {
    /// A grid of `intervals + 1` nodes; with 0 intervals, one node for what is not followed.
    pub fn new(intervals: usize) -> Self {
        if intervals == 0 {
            return Self { nodes: vec![0.5], shares: vec![1.0], rule: Nodes::new(), finer: 1 };
        }
        let n = intervals as f64;
        let cosines: Vec<f64> = (0..2 * intervals).map(|k| libm::cos(std::f64::consts::PI * k as f64 / n)).collect();
        let half = |at: usize| if at == 0 || at == intervals { 0.5 } else { 1.0 };
        let shares = (0..=intervals).flat_map(|k| {
            let cosines = &cosines;
            (0..=intervals).map(move |j| 2.0 / n * half(k) * half(j) * cosines[k * j % (2 * intervals)])
        });
        let finer = 1 << (intervals / 64).max(1).ilog2().min(2);
        Self {
            nodes: (0..=intervals).map(|j| 0.5 + 0.5 * cosines[j]).collect(),
            shares: shares.collect(),
            rule: unit_rule(finer),
            finer,
        }
    }

    /// The satisfactions that carry weights.
    pub fn nodes(&self) -> &[f64] {
        &self.nodes
    }

    /// The weights of a law held in [0, 1].
    pub fn start(&self, law: &QualityLaw) -> Vec<f64> {
        if self.nodes.len() == 1 {
            return vec![1.0];
        }
        let experience = Felt::new(self, law, law.mean);
        self.weights(&experience.values(0.0, 1.0))
    }

    /// One period of a quality of this law, shifted to this mean: s becomes s + learning (q - s), held in [0, 1].
    pub fn kernel(&self, law: &QualityLaw, mean: f64, learning: f64) -> Kernel {
        let experience = Felt::new(self, law, mean);
        let rows = self.nodes.iter().map(|s| self.weights(&experience.values((1.0 - learning) * s, learning)));
        Kernel::of(rows.flatten().collect(), self.nodes.len())
    }

    /// What one occurrence of a touchpoint does whose quality has this law, shifted to this mean: with n the quality less the
    /// effort, held in [0, 1], s becomes s + pace (n - s). The pace is 1 at most.
    pub fn touched(&self, law: &QualityLaw, mean: f64, (effort, pace): (f64, f64)) -> Kernel {
        let met = Felt::new(self, law, mean).values(-effort, 1.0);
        let felt = |s: f64| met.iter().map(|(n, chance)| ((1.0 - pace) * s + pace * n, *chance)).collect::<Nodes>();
        let rows = self.nodes.iter().map(|s| self.weights(&felt(*s)));
        Kernel::of(rows.flatten().collect(), self.nodes.len())
    }

    /// The weights of nodes for satisfactions in [0, 1] with their chances.
    fn weights(&self, values: &[(f64, f64)]) -> Vec<f64> {
        let n = self.nodes.len();
        let x: Vec<f64> = values.iter().map(|(s, _)| 2.0 * s - 1.0).collect();
        // Chebyshev polynomials times their chances, by the recurrence over three terms.
        let mut here: Vec<f64> = values.iter().map(|(_, chance)| *chance).collect();
        let mut next: Vec<f64> = here.iter().zip(&x).map(|(t, x)| t * x).collect();
        let mut weights = vec![0.0; n];
        for shares in self.shares.chunks_exact(n) {
            let moment = sum(&here);
            weights.iter_mut().zip(shares).for_each(|(weight, share)| *weight += moment * share);
            for ((here, next), x) in here.iter_mut().zip(&mut next).zip(&x) {
                (*here, *next) = (*next, 2.0 * x * *next - *here);
            }
        }
        weights
    }
}

/// A sum in eight lanes, so that no addition waits for the one before.
fn sum(numbers: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (eights, rest) = numbers.as_chunks::<8>();
    for eight in eights {
        lanes.iter_mut().zip(eight).for_each(|(lane, x)| *lane += x);
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// A law that is felt: shifted to a mean, as the mechanism in `feel.rs` does it.
struct Felt<'a> {
    law: &'a QualityLaw,
    shift: f64,
    rule: &'a Nodes,
    /// All values with their chances, as far as they do not hang on where the law is cut.
    whole: Nodes,
    few: bool,
}

impl<'a> Felt<'a> {
    fn new(grid: &'a SatisfactionGrid, law: &'a QualityLaw, mean: f64) -> Self {
        let shift = mean - law.mean;
        let (whole, few) = match law.law {
            Distribution::Constant(_) => (vec![(mean, 1.0)], true),
            // The mean of a Bernoulli is its chance, so a changed mean is another chance.
            Distribution::Bernoulli { .. } => {
                let chance = mean.clamp(0.0, 1.0);
                (vec![(0.0, 1.0 - chance), (1.0, chance)], true)
            }
            _ => {
                let shifted = |values: &[(f64, f64)]| values.iter().map(|(q, weight)| (q + shift, *weight)).collect();
                match law.law.density() {
                    Density::Points(points) => (shifted(&points), true),
                    Density::Smooth | Density::Corner(_) => (shifted(law.values(grid.finer)), false),
                }
            }
        };
        Self { law, shift, rule: &grid.rule, whole, few }
    }

    /// The values of `base + factor` times the number, held in [0, 1], with their chances.
    fn values(&self, base: f64, factor: f64) -> Nodes {
        let held = |q: f64| (base + factor * q).clamp(0.0, 1.0);
        let (low, high) = self.cuts(base, factor);
        if self.few || (low < NO_CUT && high > 1.0 - NO_CUT) {
            return self.whole.iter().map(|(q, chance)| (held(*q), *chance)).collect();
        }
        // What is cut off lies on the ends; between the cuts the rule meets no corner.
        let mut values = vec![(0.0, low), (1.0, 1.0 - high)];
        let between = high - low;
        if between > 0.0 {
            let inner = self.rule.iter().map(|(p, weight)| {
                let q = self.law.quantile(low + between * p) + self.shift;
                (held(q), between * weight)
            });
            values.extend(inner);
        }
        values
    }

    /// The shares of the law at or below 0, and at or below 1.
    fn cuts(&self, base: f64, factor: f64) -> (f64, f64) {
        if self.few || factor <= 0.0 {
            return (0.0, 1.0);
        }
        let at = |s: f64| self.law.law.cdf((s - base) / factor - self.shift);
        (at(0.0), at(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quality laws of all shapes: smooth, with corners, steep at their ends, skew, of two values, of one.
    const LAWS: [Distribution; 10] = [
        Distribution::Normal { mean: 0.7, sd: 0.15 },
        Distribution::Normal { mean: 0.9, sd: 0.6 },
        Distribution::Beta { a: 0.6, b: 0.4 },
        Distribution::Uniform { low: 0.2, high: 1.4 },
        Distribution::Triangular { low: -0.3, mode: 0.1, high: 0.9 },
        Distribution::LogNormal { mu: -0.8, sigma: 0.7 },
        Distribution::Gamma { shape: 0.7, scale: 0.9 },
        Distribution::Exponential { mean: 0.5 },
        Distribution::Bernoulli { p: 0.8 },
        Distribution::Constant(0.35),
    ];

    fn mean_of(grid: &SatisfactionGrid, weights: &[f64], of: impl Fn(f64) -> f64) -> f64 {
        grid.nodes().iter().zip(weights).map(|(s, weight)| of(*s) * weight).sum()
    }

    #[test]
    fn a_period_of_experience_has_the_mean_of_every_smooth_function_that_drawing_it_has() {
        let grid = SatisfactionGrid::new(32);
        let probabilities = 200_000;
        for (law, change, learning) in LAWS.iter().flat_map(|law| [(law, 0.0, 0.3), (law, -0.05, 0.9), (law, 0.1, 1.0)])
        {
            let mean = law.mean() + change;
            let kernel = grid.kernel(&QualityLaw::new(law.clone()), mean, learning);
            let draw = |k: i32| {
                let p = (f64::from(k) + 0.5) / f64::from(probabilities);
                match law {
                    Distribution::Bernoulli { .. } => f64::from(p > 1.0 - mean),
                    law => law.quantile(p) + change,
                }
            };
            let draws: Vec<f64> = (0..probabilities).map(draw).collect();
            for at in [0, 9, 16, 32] {
                let mut before = vec![0.0; 33];
                before[at] = 1.0;
                let mut after = vec![0.0; 33];
                kernel.feel(&before, &mut after);
                let s = grid.nodes()[at];
                let functions: [fn(f64) -> f64; 4] = [|_| 1.0, |s| s, |s| s * s, |s| libm::exp(-3.0 * s)];
                for of in functions {
                    let drawn = draws.iter().map(|q| of((s + learning * (q - s)).clamp(0.0, 1.0)));
                    let drawn = drawn.sum::<f64>() / f64::from(probabilities);
                    let found = mean_of(&grid, &after, of);
                    assert!((found - drawn).abs() < 2e-6, "{law:?} by {change} at {s}: {found}, drawn {drawn}");
                }
            }
        }
    }

    #[test]
    fn a_law_of_the_start_that_is_cut_at_both_ends_has_its_clipped_moments() {
        // Of a normal number held in [0, 1]: the censored mean (Greene 2012, Econometric Analysis, theorem 19.2).
        let (mean, sd) = (0.55, 0.5);
        let grid = SatisfactionGrid::new(16);
        let weights = grid.start(&QualityLaw::new(Distribution::Normal { mean, sd }));
        let (a, b) = ((0.0 - mean) / sd, (1.0 - mean) / sd);
        let cdf = crate::stats::special::normal_cdf;
        let density = crate::stats::special::normal_density;
        let expected = mean * (cdf(b) - cdf(a)) + sd * (density(a) - density(b)) + 1.0 - cdf(b);
        assert!((mean_of(&grid, &weights, |s| s) - expected).abs() < 1e-12);
        assert!((mean_of(&grid, &weights, |_| 1.0) - 1.0).abs() < 1e-13);
    }

    #[test]
    fn who_learns_nothing_feels_nothing() {
        let grid = SatisfactionGrid::new(24);
        let kernel = grid.kernel(&QualityLaw::new(LAWS[0].clone()), 0.7, 0.0);
        let before: Vec<f64> = (0..25).map(|k| f64::from(k) / 300.0).collect();
        let mut after = vec![0.0; 25];
        kernel.feel(&before, &mut after);
        before.iter().zip(&after).for_each(|(before, after)| assert!((before - after).abs() < 1e-13));
    }
}
