//! A Gaussian copula: uncertain numbers with given rank correlations, whatever their distributions are.

use super::special::{normal_cdf, normal_quantile};

/// A Gaussian copula.
#[derive(Clone, Debug)]
pub struct Copula {
    /// The lower triangle of the correlation matrix's Cholesky factor, row by row.
    factor: Vec<Vec<f64>>,
}

impl Copula {
    /// The copula whose rank correlations (Spearman's) are given as a symmetric matrix with ones on its diagonal.
    ///
    /// A rank correlation ρ is that of normal numbers with the correlation 2 sin(πρ/6) (Kruskal 1958, "Ordinal
    /// measures of association", Journal of the American Statistical Association 53).
    ///
    /// # Errors
    /// The row at which the matrix fails to be positive definite.
    pub fn new(ranks: &[Vec<f64>]) -> Result<Self, usize> {
        let pearson = |rank: f64| 2.0 * libm::sin(std::f64::consts::PI * rank / 6.0);
        let mut factor: Vec<Vec<f64>> = Vec::new();
        for (at, row) in ranks.iter().enumerate() {
            let mut line = Vec::with_capacity(at + 1);
            for (before, other) in factor.iter().enumerate() {
                let known: f64 = line.iter().zip(other).map(|(a, b): (&f64, &f64)| a * b).sum();
                line.push((pearson(row[before]) - known) / other[before]);
            }
            let left = 1.0 - line.iter().map(|x| x * x).sum::<f64>();
            // Rounding aside, nothing is left where the matrix is singular.
            if left < 1e-12 {
                return Err(at);
            }
            line.push(libm::sqrt(left));
            factor.push(line);
        }
        Ok(Self { factor })
    }

    /// Probabilities that hang together, from as many that are independent; each is uniform on (0, 1).
    pub fn apply(&self, independent: &[f64]) -> Vec<f64> {
        let normal: Vec<f64> = independent.iter().map(|p| normal_quantile(*p)).collect();
        let together = |line: &Vec<f64>| line.iter().zip(&normal).map(|(weight, z)| weight * z).sum::<f64>();
        self.factor
            .iter()
            .map(|line| normal_cdf(together(line)).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0))
            .collect()
    }
}
