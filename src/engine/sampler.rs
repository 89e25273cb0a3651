//! A sampler turns one random word into one number of a distribution, fast enough for the period loop.

use crate::stats::distribution::Distribution;

use super::quantile::QuantileTable;

/// A distribution ready for the period loop.
#[derive(Clone, Debug)]
pub enum Sampler {
    /// The same number always.
    Constant(f32),
    /// 1 where the word is below the threshold, else 0.
    Bernoulli(u32),
    /// A quantile table, held within `low` and `high`.
    Table {
        /// The table.
        table: Box<QuantileTable>,
        /// The lowest value.
        low: f32,
        /// The highest value.
        high: f32,
    },
}

impl Sampler {
    /// Prepares a distribution; `low` and `high` hold its values.
    #[expect(clippy::cast_possible_truncation, reason = "columns of customers are single precision")]
    pub fn new(law: &Distribution, low: f64, high: f64) -> Self {
        match law {
            Distribution::Constant(value) => Self::Constant(value.clamp(low, high) as f32),
            Distribution::Bernoulli { p } => Self::Bernoulli(threshold(*p)),
            law => {
                let (from, to) = law.support();
                let table = Box::new(QuantileTable::new(|p| law.quantile(p)));
                Self::Table { table, low: low.max(from) as f32, high: high.min(to) as f32 }
            }
        }
    }

    /// The number for a word: the quantile at (word + 1/2) / 2^32.
    #[inline]
    pub fn at(&self, word: u32) -> f32 {
        match self {
            Self::Constant(value) => *value,
            Self::Bernoulli(below) => f32::from(u8::from(word < *below)),
            Self::Table { table, low, high } => table.at(word).max(*low).min(*high),
        }
    }
}

/// The threshold below which a word falls with chance `p`, to within 2^-32.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held in range; `as` saturates")]
pub fn threshold(p: f64) -> u32 {
    (p.clamp(0.0, 1.0) * 4_294_967_296.0 + 0.5).floor() as u32
}
