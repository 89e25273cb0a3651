//! The correlation matrix nearest to one that is none.

/// The most numbers of which the nearest matrix is sought: it takes some hundred times the cube of their number.
pub const MOST: usize = 40;
/// Rounds of projection; a few dozen settle a handful of numbers to the third digit.
const ROUNDS: usize = 200;
/// Sweeps of rotations; ten are enough for any matrix of [`MOST`] rows.
const SWEEPS: usize = 30;

/// The nearest matrix with 1 in its diagonal and no eigenvalue below `least`, by the sum of squared differences: alternating
/// projections with Dykstra's correction (Higham 2002, "Computing the nearest correlation matrix: a problem from
/// finance", IMA Journal of Numerical Analysis 22(3)).
pub fn nearest(wanted: &[Vec<f64>], least: f64) -> Vec<Vec<f64>> {
    let n = wanted.len();
    let mut matrix = wanted.to_vec();
    let mut correction = vec![vec![0.0; n]; n];
    for _ in 0..ROUNDS {
        let before: Vec<Vec<f64>> = matrix
            .iter()
            .zip(&correction)
            .map(|(row, by)| row.iter().zip(by).map(|(x, by)| x - by).collect())
            .collect();
        let projected = lifted(&before, least);
        for i in 0..n {
            for j in 0..n {
                correction[i][j] = projected[i][j] - before[i][j];
                matrix[i][j] = if i == j { 1.0 } else { projected[i][j].clamp(-1.0, 1.0) };
            }
        }
    }
    matrix
}

/// The nearest matrix with no eigenvalue below `least`.
fn lifted(matrix: &[Vec<f64>], least: f64) -> Vec<Vec<f64>> {
    let n = matrix.len();
    let (values, vectors) = eigen(matrix);
    let entry = |i: usize, j: usize| (0..n).map(|k| values[k].max(least) * vectors[i][k] * vectors[j][k]).sum::<f64>();
    (0..n).map(|i| (0..n).map(|j| entry(i.max(j), i.min(j))).collect()).collect()
}

/// Eigenvalues of a symmetric matrix, and its eigenvectors in columns, by Jacobi's rotations (Golub & Van Loan 2013,
/// "Matrix computations", section 8.5).
fn eigen(matrix: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.len();
    let mut a = matrix.to_vec();
    let mut vectors: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q].abs() > 1e-15 {
                    rotate(&mut a, &mut vectors, (p, q));
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), vectors)
}

/// Turns rows and columns p and q so that their common entry is 0.
#[expect(clippy::many_single_char_names, reason = "as in the literature")]
fn rotate(a: &mut [Vec<f64>], vectors: &mut [Vec<f64>], (p, q): (usize, usize)) {
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / libm::sqrt(t * t + 1.0);
    let s = t * c;
    for row in a.iter_mut().chain(vectors.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (c * x - s * y, s * x + c * y);
    }
    for k in 0..a.len() {
        let (x, y) = (a[p][k], a[q][k]);
        (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least_eigenvalue(matrix: &[Vec<f64>]) -> f64 {
        eigen(matrix).0.into_iter().fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn eigenvalues_of_equal_correlations_are_known() {
        let equal: Vec<Vec<f64>> = (0..5).map(|i| (0..5).map(|j| if i == j { 1.0 } else { 0.3 }).collect()).collect();
        let mut values = eigen(&equal).0;
        values.sort_by(f64::total_cmp);
        for (value, known) in values.into_iter().zip([0.7, 0.7, 0.7, 0.7, 2.2]) {
            assert!((value - known).abs() < 1e-12, "{value}");
        }
    }

    /// The example of Higham (2002), section 4: the nearest matrix to a tridiagonal one, to four places.
    #[test]
    fn the_nearest_matrix_is_the_published_one() {
        let wanted = [vec![1.0, 1.0, 0.0], vec![1.0, 1.0, 1.0], vec![0.0, 1.0, 1.0]];
        let found = nearest(&wanted, 0.0);
        for (i, j, known) in [(0, 1, 0.7607), (1, 2, 0.7607), (0, 2, 0.1573)] {
            assert!((found[i][j] - known).abs() < 5e-5, "{i} {j}: {}", found[i][j]);
        }
    }

    #[test]
    fn equal_correlations_stay_equal_and_reach_what_they_can() {
        let wanted: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| if i == j { 1.0 } else { -0.5 }).collect()).collect();
        let found = nearest(&wanted, 1e-3);
        assert!((found[0][1] + (1.0 - 1e-3) / 3.0).abs() < 1e-6, "{}", found[0][1]);
        assert!((found[2][3] - found[0][1]).abs() < 1e-9);
        assert!(least_eigenvalue(&found) > 1e-3 - 1e-6);
        let fine = vec![vec![1.0, 0.4], vec![0.4, 1.0]];
        assert!((nearest(&fine, 1e-3)[0][1] - 0.4).abs() < 1e-12);
    }
}
