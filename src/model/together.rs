//! Uncertain numbers that are drawn together: a Gaussian copula on their rank correlations.

use crate::quantity::ParamId;
use crate::stats::copula::Copula;

use super::param::Param;

/// Numbers that are drawn together.
#[derive(Clone, Debug)]
pub struct Together {
    /// The numbers.
    pub params: Vec<ParamId>,
    /// How they hang together.
    pub copula: Copula,
}

impl Together {
    /// The probabilities at which they are drawn, from those that each would have alone.
    pub fn probabilities(&self, params: &[Param], luck: &dyn Fn(u64) -> f64) -> Vec<f64> {
        let mut shares: Vec<f64> = self.params.iter().map(|id| luck(params[id.index()].luck)).collect();
        self.copula.correlate(&mut shares);
        shares
    }
}
