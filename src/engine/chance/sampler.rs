//! A sampler turns random words into numbers of a distribution, fast enough for the period loop.

use crate::stats::distribution::Distribution;

use super::exp::exp;
use super::normal::Normal;
use super::quantile::QuantileTable;
use crate::engine::lanes::{Kernel, Lanes, Portable};

/// A distribution ready for the period loop.
#[derive(Clone, Debug)]
pub enum Sampler {
    /// The same number always.
    Constant(f32),
    /// 1 where the word is below the threshold, else 0.
    Bernoulli(u32),
    /// mean + sd · z with a standard normal z, held within `low` and `high`.
    Normal {
        /// The mean.
        mean: f32,
        /// The standard deviation.
        sd: f32,
        /// The lowest value.
        low: f32,
        /// The highest value.
        high: f32,
    },
    /// exp(mu + sigma · z) with a standard normal z, held within `low` and `high`.
    LogNormal {
        /// The mean of the logarithm.
        mu: f32,
        /// The standard deviation of the logarithm.
        sigma: f32,
        /// The lowest value.
        low: f32,
        /// The highest value.
        high: f32,
    },
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
        let (from, to) = law.support();
        let (least, most) = (low.max(from) as f32, high.min(to) as f32);
        match law {
            Distribution::Constant(value) => Self::Constant(value.clamp(low, high) as f32),
            Distribution::Bernoulli { p } => Self::Bernoulli(threshold(*p)),
            Distribution::Normal { mean, sd } => {
                Self::Normal { mean: *mean as f32, sd: *sd as f32, low: least, high: most }
            }
            Distribution::LogNormal { mu, sigma } => {
                Self::LogNormal { mu: *mu as f32, sigma: *sigma as f32, low: least, high: most }
            }
            law => {
                let table = Box::new(QuantileTable::new(|p| law.quantile(p)));
                Self::Table { table, low: least, high: most }
            }
        }
    }

    /// The number for a word: the quantile at (word + 1/2) / 2^32.
    pub fn of(&self, word: u32) -> f32 {
        self.at(Portable::<1>, Normal::standard(), [word])[0]
    }

    /// The number for each word.
    #[inline(always)]
    fn at<L: Lanes>(&self, l: L, normal: &Normal, word: L::U) -> L::F {
        match self {
            Self::Constant(value) => l.f(*value),
            Self::Bernoulli(below) => l.pick_f(l.ge(word, l.u(*below)), l.f(0.0), l.f(1.0)),
            Self::Normal { mean, sd, low, high } => {
                l.within(l.mul_add(l.f(*sd), normal.at(l, word), l.f(*mean)), l.f(*low), l.f(*high))
            }
            Self::LogNormal { mu, sigma, low, high } => {
                let x = l.mul_add(l.f(*sigma), normal.at(l, word), l.f(*mu));
                l.within(exp(l, x), l.f(*low), l.f(*high))
            }
            Self::Table { table, low, high } => l.within(table.at(l, word), l.f(*low), l.f(*high)),
        }
    }
}

/// Turns the first `count` words of a column into numbers.
pub struct Sample<'a> {
    /// The distribution.
    pub sampler: &'a Sampler,
    /// The words, with room for lanes beyond the last one.
    pub words: &'a [u32],
    /// Where the numbers go, with as much room.
    pub out: &'a mut [f32],
    /// How many there are.
    pub count: usize,
}

impl Kernel for Sample<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let (words, out) = (l.words(self.words, n), l.numbers_mut(self.out, n));
        let normal = Normal::standard();
        for i in 0..n {
            l.store_f(&mut out[i], self.sampler.at(l, normal, l.load(&words[i])));
        }
    }
}

/// The threshold below which a word falls with chance `p`, to within 2^-32.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held in range; `as` saturates")]
pub fn threshold(p: f64) -> u32 {
    (p.clamp(0.0, 1.0) * 4_294_967_296.0 + 0.5).floor() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::parse::kind::Kind;
    use crate::stats::distribution::parse::laws::all;

    #[test]
    fn every_law_of_the_language_is_drawn_as_it_is() {
        for example in all().flat_map(|law| law.examples) {
            let law = Distribution::parse(example, Kind::Real).unwrap();
            let sampler = Sampler::new(&law, f64::NEG_INFINITY, f64::INFINITY);
            for word in (0..4_000_u32).map(|nth| nth.wrapping_mul(0x9E37_79B1)) {
                let u = (f64::from(word) + 0.5) / 4_294_967_296.0;
                // A Bernoulli is 1 for low words, as a chance is taken by low words.
                let exact = law.quantile(if matches!(law, Distribution::Bernoulli { .. }) { 1.0 - u } else { u });
                let off = (f64::from(sampler.of(word)) - exact).abs();
                assert!(off <= 3e-5 * law.sd() + 3e-7 * exact.abs(), "{example}: off by {off:e} at {exact}");
            }
        }
    }
}
