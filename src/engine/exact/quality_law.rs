//! A quality law is what a stage is like in one period, made ready once for a study: its values at the nodes of a rule, and
//! its quantiles in a table that is read instead of being sought.

use std::sync::OnceLock;

use crate::stats::distribution::Distribution;

use super::quadrature::{Nodes, unit_rule};

/// How far apart the points of the table are, on the scale of the double-exponential rule.
const STEP: f64 = 0.075 / 8.0;
/// The last point of the table on either side.
const LAST: i32 = 46 * 8;
/// The points that a number between them is interpolated from.
const POINTS: usize = 8;
/// (-1)^j times 7 over j: the barycentric weights of even points (Berrut & Trefethen 2004, "Barycentric Lagrange
/// interpolation", SIAM Review 46(3)).
const WEIGHTS: [f64; POINTS] = [1.0, -7.0, 21.0, -35.0, 35.0, -21.0, 7.0, -1.0];
/// A table that is further off than this between its points is not used.
const CLOSE: f64 = 1e-12;
/// The finest rules that values are kept at: 1, 2 and 4 times the nodes.
const RULES: usize = 3;

/// A law with what is computed of it once.
pub struct QualityLaw {
    /// The law.
    pub law: Distribution,
    /// Its mean.
    pub mean: f64,
    rules: [OnceLock<Nodes>; RULES],
    table: OnceLock<Option<Vec<f64>>>,
}

impl QualityLaw {
    /// A law, of which nothing has been computed yet.
    pub fn new(law: Distribution) -> Self {
        Self { mean: law.mean(), law, rules: Default::default(), table: OnceLock::new() }
    }

    /// The values at the nodes of the rule that is `finer` times as fine, with their weights.
    pub fn values(&self, finer: u32) -> &[(f64, f64)] {
        let place = (finer.max(1).ilog2() as usize).min(RULES - 1);
        self.rules[place].get_or_init(|| {
            unit_rule(1 << place).into_iter().map(|(p, weight)| (self.law.quantile(p), weight)).collect()
        })
    }

    /// The number that a share `p` of the law lies below.
    pub fn quantile(&self, p: f64) -> f64 {
        let table = self.table.get_or_init(|| self.tabulated());
        table.as_ref().and_then(|table| interpolated(table, p)).unwrap_or_else(|| self.law.quantile(p))
    }

    /// The table, if it holds between its points too.
    fn tabulated(&self) -> Option<Vec<f64>> {
        let at = |x: f64| self.law.quantile(probability(x));
        let table: Vec<f64> = (-LAST..=LAST).map(|k| at(f64::from(k) * STEP)).collect();
        let holds = |k: i32| {
            let p = probability((f64::from(k) + 0.37) * STEP);
            let (exact, found) = (self.law.quantile(p), interpolated(&table, p));
            found.is_none_or(|found| (found - exact).abs() <= CLOSE * exact.abs().max(1.0))
        };
        (-LAST..LAST).step_by(3).all(holds).then_some(table)
    }
}

/// The probability at a place of the rule.
fn probability(x: f64) -> f64 {
    let tail = 1.0 / (1.0 + libm::exp(std::f64::consts::PI * libm::sinh(x.abs())));
    if x <= 0.0 { tail } else { 1.0 - tail }
}

/// The place of the rule with a probability.
fn place(p: f64) -> f64 {
    libm::asinh((libm::log(p) - libm::log1p(-p)) / std::f64::consts::PI)
}

/// The number at a probability between the points of a table; none where they do not surround it.
fn interpolated(table: &[f64], p: f64) -> Option<f64> {
    let at = place(p) / STEP + f64::from(LAST);
    let first = at.floor() - (POINTS / 2 - 1) as f64;
    // Next to 1 probabilities have too few digits to be told apart.
    let surrounded = first >= 0.0 && first + (POINTS as f64) < table.len() as f64 - 64.0;
    if !surrounded {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the table")]
    let points = &table[first as usize..first as usize + POINTS];
    let (mut sum, mut total) = (0.0, 0.0);
    for (j, (point, weight)) in points.iter().zip(WEIGHTS).enumerate() {
        let away = at - first - j as f64;
        if away == 0.0 {
            return Some(*point);
        }
        sum += weight / away * point;
        total += weight / away;
    }
    let found = sum / total;
    found.is_finite().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_the_quantiles_of_its_law() {
        let laws = [
            Distribution::Beta { a: 2.0, b: 4.0 },
            Distribution::Beta { a: 0.5, b: 0.5 },
            Distribution::Beta { a: 800.0, b: 300.0 },
            Distribution::Normal { mean: 0.7, sd: 0.15 },
            Distribution::Gamma { shape: 0.7, scale: 0.9 },
            Distribution::Triangular { low: -0.3, mode: 0.1, high: 0.9 },
            Distribution::Uniform { low: 0.2, high: 1.4 },
        ];
        for law in laws {
            let quality = QualityLaw::new(law.clone());
            for k in 0..=4_000 {
                let p = (f64::from(k) + 0.5) / 4_001.0;
                let (found, exact) = (quality.quantile(p), law.quantile(p));
                assert!((found - exact).abs() < 1e-11, "{law:?} at {p}: {found}, {exact} by the law");
            }
        }
    }
}
