//! Rows whose chances are uncertain together.

use crate::quantity::ParamId;

/// Chances of a row that are uncertain together: a Dirichlet distribution.
#[derive(Clone, Debug)]
pub struct RowDraw {
    /// The chances.
    pub chances: Vec<ParamId>,
    /// Their means; what they leave over is that of staying.
    pub means: Vec<f64>,
    /// The number of customers on whom they rest.
    pub size: f64,
}
