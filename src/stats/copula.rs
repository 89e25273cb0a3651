//! A copula says how numbers hang together, whatever law each of them has.
//!
//! The Gaussian copula: normal numbers are correlated, and each is then turned into the share of its law that lies below it
//! (Iman & Conover 1982, "A distribution-free approach to inducing rank correlation among input variables", Communications in
//! Statistics B 11(3); Nelsen 2006, "An introduction to copulas").

use std::f64::consts::PI;

use super::correlation;
use super::special::{normal_cdf, normal_quantile};

/// What is left of a variance of 1 when it counts as nothing.
const NOTHING: f64 = 1e-10;

/// The shares nearest to 0 and 1 that a quantile still takes.
const NEAREST: (f64, f64) = (f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);

/// The correlation of two normal numbers whose ranks have the correlation `rank` (Spearman's, -1 to 1): 2 sin(pi rank / 6).
/// Kruskal (1958), "Ordinal measures of association", Journal of the American Statistical Association 53.
fn normal_correlation(rank: f64) -> f64 {
    2.0 * libm::sin(PI * rank / 6.0)
}

/// The correlation of the ranks of two normal numbers that have this correlation: the other way round.
fn rank_correlation_of(normal: f64) -> f64 {
    6.0 / PI * libm::asin(normal / 2.0)
}

/// The rank correlations nearest to some that normal numbers can have, in three digits; where they are too many to seek
/// the nearest of, all nearer to 0 by the same factor. A copula can have them.
pub fn nearest_ranks(wanted: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = wanted.len();
    let map = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { f(i.max(j), i.min(j)) }).collect()).collect()
    };
    let mut found = wanted.to_vec();
    if n <= correlation::MOST {
        // What rounding to three digits can take away from an eigenvalue.
        let least = 6e-4 * n as f64;
        let near = correlation::nearest(&map(&|i, j| normal_correlation(wanted[i][j])), least.min(0.5));
        found = map(&|i, j| rank_correlation_of(near[i][j]));
    }
    let scaled = |by: f64| map(&|i, j| libm::round(found[i][j] * by * 1e3) / 1e3);
    let (mut low, mut high) = (0, 1000);
    if Copula::of_ranks(&scaled(1.0)).is_ok() {
        return scaled(1.0);
    }
    while high - low > 1 {
        let middle = i32::midpoint(low, high);
        *(if Copula::of_ranks(&scaled(f64::from(middle) / 1e3)).is_ok() { &mut low } else { &mut high }) = middle;
    }
    scaled(f64::from(low) / 1e3)
}

/// Why a matrix of correlations cannot be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopulaError {
    /// A row is not as long as there are rows.
    #[error("row {0} has not one number for each row")]
    NotSquare(usize),
    /// Row and column of this place do not agree, or it is not 1 with itself, or a number is not within -1 and 1.
    #[error("row {0} is no row of correlations: 1 with itself, otherwise -1 to 1, and the same as its column")]
    NotCorrelations(usize),
    /// What stands before this place settles it, or contradicts it: the matrix is not positive definite.
    #[error(
        "number {0} cannot hang together in this way with those before it: the correlations are not positive definite"
    )]
    NotPositiveDefinite(usize),
}

/// A Gaussian copula: the lower triangle whose product with itself is the matrix of correlations.
#[derive(Clone, Debug, PartialEq)]
pub struct Copula {
    /// Row i has i + 1 numbers.
    rows: Vec<Vec<f64>>,
}

impl Copula {
    /// The copula whose numbers have these rank correlations (Spearman's): a symmetric matrix with 1 in its diagonal.
    ///
    /// # Errors
    /// Where it is no such matrix, or that of the normal numbers is not positive definite, with the place, from 0, of the
    /// first number that fails. A matrix of rank correlations may be positive definite, and narrowly not be met by normal numbers.
    pub fn of_ranks(correlations: &[Vec<f64>]) -> Result<Self, CopulaError> {
        check(correlations)?;
        let normal = |i: usize, j: usize| if i == j { 1.0 } else { normal_correlation(correlations[i][j]) };
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(correlations.len());
        for i in 0..correlations.len() {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for j in 0..i {
                let known: f64 = row.iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
                row.push((normal(i, j) - known) / rows[j][j]);
            }
            // Cholesky's method; what is left is the variance that those before do not explain.
            let left = 1.0 - row.iter().map(|x| x * x).sum::<f64>();
            if left <= NOTHING {
                return Err(CopulaError::NotPositiveDefinite(i));
            }
            row.push(libm::sqrt(left));
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// Makes independent shares in (0, 1) hang together, one for each row; each of them stays uniform.
    /// What is beyond the rows is left alone.
    pub fn correlate(&self, shares: &mut [f64]) {
        let normal: Vec<f64> = shares.iter().map(|share| normal_quantile(*share)).collect();
        // The first stays as it is to the last bit.
        for (share, row) in shares.iter_mut().zip(&self.rows).skip(1) {
            let z = row.iter().zip(&normal).map(|(weight, z)| weight * z).sum();
            *share = normal_cdf(z).clamp(NEAREST.0, NEAREST.1);
        }
    }
}

fn check(correlations: &[Vec<f64>]) -> Result<(), CopulaError> {
    for (i, row) in correlations.iter().enumerate() {
        if row.len() != correlations.len() {
            return Err(CopulaError::NotSquare(i));
        }
    }
    for (i, row) in correlations.iter().enumerate() {
        let fine = |(j, x): (usize, &f64)| x.abs() <= 1.0 && *x == correlations[j][i] && (i != j || *x == 1.0);
        if !row.iter().enumerate().all(fine) {
            return Err(CopulaError::NotCorrelations(i));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    fn ranks(numbers: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        let mut ranks = vec![0.0; numbers.len()];
        order.into_iter().enumerate().for_each(|(rank, i)| ranks[i] = rank as f64);
        ranks
    }

    fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len() as f64;
        let apart: f64 = ranks(a).iter().zip(ranks(b)).map(|(a, b)| (a - b) * (a - b)).sum();
        1.0 - 6.0 * apart / (n * (n * n - 1.0))
    }

    #[test]
    fn ranks_hang_together_as_asked_and_each_number_stays_uniform() {
        let wanted = [vec![1.0, 0.6, -0.3], vec![0.6, 1.0, 0.2], vec![-0.3, 0.2, 1.0]];
        let copula = Copula::of_ranks(&wanted).unwrap();
        let count = 20_000.0;
        let mut columns = vec![Vec::new(); 3];
        let mut luck = SmallRng::seed_from_u64(7);
        for _ in 0..20_000 {
            let mut share = || (f64::from(luck.next_u32()) + 0.5) / 4_294_967_296.0;
            let mut shares = [share(), share(), share()];
            copula.correlate(&mut shares);
            columns.iter_mut().zip(shares).for_each(|(column, share)| column.push(share));
        }
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let found = rank_correlation(&columns[i], &columns[j]);
            // Never more than 1 / sqrt(n - 1), which it is where nothing hangs together.
            let error = 1.0 / libm::sqrt(count - 1.0);
            assert!((found - wanted[i][j]).abs() < 4.5 * error, "{i} {j}: {found}");
        }
        for column in &columns {
            let mean = column.iter().sum::<f64>() / count;
            assert!((mean - 0.5).abs() < 4.5 * libm::sqrt(1.0 / 12.0 / count), "{mean}");
            let below = column.iter().filter(|share| **share < 0.05).count() as f64 / count;
            assert!((below - 0.05).abs() < 4.5 * libm::sqrt(0.05 * 0.95 / count), "{below}");
        }
    }

    #[test]
    fn the_triangle_gives_the_matrix_back() {
        let wanted = [vec![1.0, 0.9, 0.5], vec![0.9, 1.0, 0.7], vec![0.5, 0.7, 1.0]];
        let rows = Copula::of_ranks(&wanted).unwrap().rows;
        for i in 0..3 {
            for j in 0..=i {
                let product: f64 = rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
                assert!((product - normal_correlation(wanted[i][j])).abs() < 1e-14);
            }
        }
        assert!((normal_correlation(1.0) - 1.0).abs() < 1e-15 && normal_correlation(0.0) == 0.0);
        assert!((normal_correlation(0.5) - 0.517_638_090_205_041_5).abs() < 1e-15);
    }

    #[test]
    fn what_cannot_hang_together_is_named() {
        let of = |rows: [[f64; 3]; 3]| Copula::of_ranks(&rows.map(|row| row.to_vec())).unwrap_err();
        let contradiction = of([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]);
        assert_eq!(contradiction, CopulaError::NotPositiveDefinite(2));
        assert!(contradiction.to_string().starts_with("number 2 "));
        assert_eq!(of([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), CopulaError::NotPositiveDefinite(1));
        assert_eq!(of([[1.0, 0.5, 0.0], [0.4, 1.0, 0.0], [0.0, 0.0, 1.0]]), CopulaError::NotCorrelations(0));
        assert_eq!(of([[1.0, 0.5, f64::NAN], [0.5, 1.0, 0.0], [f64::NAN, 0.0, 1.0]]), CopulaError::NotCorrelations(0));
        assert_eq!(Copula::of_ranks(&[vec![1.0], vec![1.0]]), Err(CopulaError::NotSquare(0)));
    }

    #[test]
    fn the_nearest_ranks_can_be_met_and_are_near() {
        let equal = |rank: f64, n: usize| -> Vec<Vec<f64>> {
            (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { rank }).collect()).collect()
        };
        // Three numbers that all go against each other: normal ones reach -1/2, and their ranks 6 / pi asin(-1/4).
        let found = nearest_ranks(&equal(-0.49, 3));
        let least = rank_correlation_of(-0.5);
        assert!((least + 0.482_6).abs() < 1e-4 && found[1][0] >= least && found[1][0] < least + 3e-3, "{found:?}");
        for wanted in
            [equal(-0.9, 5), equal(-0.4, 60), vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]]]
        {
            assert!(Copula::of_ranks(&wanted).is_err());
            assert!(Copula::of_ranks(&nearest_ranks(&wanted)).is_ok());
        }
        assert_eq!(nearest_ranks(&equal(0.5, 3)), equal(0.5, 3), "what can be met stays");
    }

    #[test]
    fn independent_numbers_stay_what_they_were() {
        let copula = Copula::of_ranks(&[vec![1.0, 0.0], vec![0.0, 1.0]]).unwrap();
        let mut shares = [0.25, 0.75, 0.5];
        copula.correlate(&mut shares);
        assert!(shares.iter().zip([0.25, 0.75, 0.5]).all(|(a, b)| (a - b).abs() < 1e-15));
        let mut ends = [f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0];
        Copula::of_ranks(&[vec![1.0, 0.99], vec![0.99, 1.0]]).unwrap().correlate(&mut ends);
        assert!(ends.iter().all(|share| *share > 0.0 && *share < 1.0));
    }
}
